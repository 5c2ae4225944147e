"""Shop file text: what `aisle init` writes, every key with a comment that says what it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap

import yaml

from assistant.settings import Settings
from assistant.shop_file import SETTINGS

_HEAD = """\
# Who the shop is, and how its chat looks. `aisle serve` reads this file when it starts.
# A line that begins with # is off; the value shown there is the default. Keep secrets out of this file: they belong in
# the environment or in `.env`, see `.env.example`.
"""
_ANY_WIDTH = 1_000_000  # a text stays on its line


def shop_file_text(values: Mapping[str, object]) -> str:
    """The file that gives the settings `values`, by name; those that are absent or empty are commented out."""
    return _HEAD + "".join(_entry(key, name, values.get(name)) for key, name in SETTINGS.items())


def _entry(key: str, name: str, value: object) -> str:
    field = Settings.model_fields[name]
    comment = "\n".join(f"# {line}" for line in wrap(field.description or "", 110))
    is_off = value is None or value == "" or value == []
    return f"\n{comment}\n{'# ' if is_off else ''}{key}: {_written(field.default if is_off else value)}\n"


def _written(value: object) -> str:
    if isinstance(value, str):
        return yaml.safe_dump(value, default_style='"', allow_unicode=True, width=_ANY_WIDTH).strip()
    if isinstance(value, Sequence):
        return f"[{', '.join(map(_written, value))}]"
    return str(value)
