"""Shop file: `shop.yaml`, where a shop says who it is and how its chat looks. `aisle init` writes it; it holds no secrets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from retrieval.errors import SettingsError

FILE_NAME = "shop.yaml"
SETTINGS: Mapping[str, str] = {
    "name": "shop_name",
    "email": "shop_email",
    "phone": "shop_phone",
    "hours": "shop_hours",
    "currency": "currency",
    "timezone": "timezone",
    "language": "language",
    "return_days": "return_days",
    "logo": "logo",
    "color": "color",
    "color_dark": "color_dark",
    "theme": "theme",
    "position": "position",
    "greeting": "greeting",
    "first_questions": "first_questions",
    "allowed_origins": "allowed_origins",
}
"""Each key of the file and the setting that it gives. The setting's variable in the environment wins."""
LOGO_TYPES = {
    ".svg": "image/svg+xml", ".png": "image/png", ".webp": "image/webp", ".jpg": "image/jpeg", ".jpeg": "image/jpeg",
    ".gif": "image/gif",
}  # fmt: skip
"""Pictures that a logo may be, by the end of the file's name."""
_OF_SAMPLES = frozenset({"today"})
"""Keys of the sample shop alone: the day on which its records stand still."""
_COLOR_AS_COMMENT = re.compile(r"^(color|color_dark):[ \t]+#[0-9a-f]{3,6}\b", re.M | re.I)


class FileText(str):
    """A text from the shop file. `where` is its key and file, such as "color in var/shop.yaml", for errors."""

    where: str

    def __new__(cls, text: str, where: str) -> FileText:
        """`text` as it stands at `where`."""
        made = super().__new__(cls, text)
        made.where = where
        return made


class FileList(list[FileText]):
    """A list of texts from the shop file, with the same `where`."""

    def __init__(self, texts: Iterable[FileText], where: str) -> None:
        super().__init__(texts)
        self.where = where


def read_shop_file(path: Path) -> dict[str, Any]:
    """The settings that the file at `path` gives, as texts and lists of texts; empty values are left out.

    Raises SettingsError for a file that is no YAML mapping or has a key that no shop file has.
    """
    try:
        text = path.read_text(encoding="utf-8")
        given = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - makes texts alone: a phone number stays one
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}.", "It must be a text file in UTF-8.") from error
    except yaml.YAMLError as error:
        told = " ".join(str(error).split())
        raise SettingsError(
            f"{path} is not valid YAML: {told}.", 'Put texts with signs such as : or # in "quotes".'
        ) from error
    if given in (None, ""):
        return {}
    if not isinstance(given, dict):
        raise SettingsError(
            f"{path} holds no settings.", "Write one `key: value` a line; `aisle init` makes such a file."
        )
    if found := _COLOR_AS_COMMENT.search(text):
        raise SettingsError(
            f"{found[1]} in {path} has no value: YAML takes # for a comment.", 'Write it in quotes: "#2b4a6f".'
        )
    for key in given:
        if key not in SETTINGS and key not in _OF_SAMPLES:
            raise SettingsError(f"{path} has the unknown key {key!r}.", f"Known are: {', '.join(SETTINGS)}.")
    return {
        SETTINGS[key]: _located(value, f"{key} in {path}") for key, value in given.items() if key in SETTINGS and value
    }


def _located(value: Any, where: str) -> FileText | FileList:
    if isinstance(value, str):
        return FileText(value, where)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return FileList((FileText(item, where) for item in value), where)
    raise SettingsError(f"{where} is neither a text nor a list of texts.", "See the comments that `aisle init` writes.")


class ShopFileSource(PydanticBaseSettingsSource):
    """Settings source that reads the shop file: `shop_file`, or `shop.yaml` in the home, if there is one."""

    def __init__(self, settings: type[BaseSettings]) -> None:
        super().__init__(settings)

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Not used: the file is read whole."""
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """The file's settings. Sources before this one say where the file is."""
        named = self.current_state.get("shop_file")
        home = self.current_state.get("home") or self.settings_cls.model_fields["home"].default
        path = Path(named) if named else Path(home) / FILE_NAME
        if not named and not path.is_file():
            return {}
        return read_shop_file(path)
