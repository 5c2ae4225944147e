"""Settings: every choice an operator can make, read from the environment (prefix `AISLE_`) or a `.env` file."""

from __future__ import annotations

import json
import logging
import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from assistant.shop_file import FILE_NAME, ShopFileSource
from retrieval.errors import SettingsError

SOURCE_ROOT = Path(__file__).resolve().parent.parent


class _OwnNames(PydanticBaseSettingsSource):
    """What `.env` gives to Aisle: other programs may keep their names in the same file."""

    def __init__(self, settings_cls: type[BaseSettings], read: PydanticBaseSettingsSource) -> None:
        super().__init__(settings_cls)
        self._read = read

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Not used: the file is read whole."""
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """Settings, and unknown names that begin with `AISLE_`, which are refused later."""
        known = self.settings_cls.model_fields
        return {name: value for name, value in self._read().items() if name in known or name.startswith("aisle_")}


class Settings(BaseSettings):
    """All settings with their defaults; an unknown `AISLE_` name in `.env` is an error."""

    model_config = SettingsConfigDict(env_prefix="AISLE_", env_file=".env", extra="forbid", env_ignore_empty=True)

    home: Path = Field(
        Path("var"), description="Directory for all that a running shop makes: database, index, adapters."
    )
    data: Path = Field(
        SOURCE_ROOT / "data", description="Directory of the files that ship: sample shop, conversations, models."
    )
    cache: Path | None = Field(
        None,
        description="Directory for the converted language model, 300 MB that all homes share; empty takes `~/.cache/aisle`.",
    )

    shop_file: Path | None = Field(
        None,
        description="The shop's name, contacts and looks, as `aisle init` writes them; empty takes `shop.yaml` in the home.",
    )
    shop_name: str = Field("", description="Name of the shop, as replies and pages say it.")
    shop_email: str = Field(
        "", description="E-mail address for reaching a person at the shop; empty is never mentioned."
    )
    shop_phone: str = Field(
        "", description="Telephone number for reaching a person at the shop; empty is never mentioned."
    )
    shop_hours: str = Field("", description="When a person can be reached; empty is never mentioned.")
    currency: str = Field("USD", description="Currency of imported prices that name none.")
    timezone: str = Field("UTC", description="The shop's time zone, such as Europe/Berlin, for dates that name none.")
    return_days: int = Field(30, ge=0, description="Days after delivery in which an order may be returned.")
    language: Literal["en", "de", "fr", "es", "it"] = Field(
        "en", description="Language of the chat's buttons and labels: en, de, fr, es or it. Replies are in English."
    )
    logo: str = Field(
        "", description="Picture of the shop in the chat's heading: a file next to the shop file, or a URL."
    )
    color: str = Field("#2b4a6f", description="Color of the bubble, the heading and the buttons, as #rrggbb.")
    color_dark: str = Field("", description="The same in dark mode; empty takes `AISLE_COLOR`.")
    theme: Literal["page", "system", "light", "dark"] = Field(
        "page", description="Dark mode: follows the page, follows the visitor's system, or is light or dark always."
    )
    position: Literal["left", "right"] = Field("right", description="Corner of the bubble: left or right.")
    greeting: str = Field("", max_length=300, description="First words of the chat; empty is a plain hello.")
    first_questions: Annotated[list[str], NoDecode] = Field(
        [], max_length=4, description="Up to four questions that the chat offers first, separated by vertical bars."
    )
    policy: Path | None = Field(
        None,
        description="What may be done with orders, as docs/orders.md says; empty takes `policy.md` in the home.",
    )
    orders_url: str = Field(
        "", description="The shop's own order system, as docs/orders.md says; empty keeps orders in the database."
    )
    orders_token: SecretStr = Field(SecretStr(""), description="Bearer token for the shop's order system.")

    model: str = Field(
        "", description="Causal language model: a Hugging Face name or a folder; empty takes the embedded model."
    )
    model_url: str = Field(
        "", description="OpenAI-compatible server that writes instead, such as http://127.0.0.1:8000/v1."
    )
    model_key: SecretStr = Field(SecretStr(""), description="API key for the model server, where it asks for one.")
    adapter: str = Field(
        "",
        description="Adapter folder, which wins over `aisle promote`; "
        "empty takes the promoted adapter, at first the one that ships; `none` is a model of `AISLE_MODEL` alone.",
    )
    names_model: str = Field(
        "",
        description="spaCy model, a package or a folder, that finds names to mask in transcripts besides the rules; "
        "needs the extra `privacy`.",
    )
    threads: int = Field(0, ge=0, description="CPU threads for models; 0 takes the number of cores, at most 4.")

    encoder: str = Field(
        "",
        description="sentence-transformers model, a name or a folder; empty takes all-MiniLM-L6-v2, "
        "or what `aisle train embeddings` has made of it and promoted.",
    )
    chroma_url: str = Field("", description="URL of a Chroma server; empty keeps the index inside the home directory.")
    database_url: str = Field(
        "", description="SQLAlchemy URL, such as postgresql+psycopg://user@host/aisle; empty is SQLite in the home."
    )

    keep_conversations: int = Field(
        0, ge=0, description="Days after its last turn that a conversation is kept; 0 keeps all."
    )
    keep_events: int = Field(
        0, ge=0, description="Days that views, carts, purchases and ratings are kept; 0 keeps all."
    )

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(7860, ge=1, le=65535, description="Port to listen on.")
    workers: int = Field(
        1, ge=1, le=64, description="Processes that serve; more than one needs PostgreSQL and a Chroma server."
    )
    allowed_origins: Annotated[list[str], NoDecode] = Field(
        [], description="Shops that may embed the chat, with commas: https://shop.example,https://www.shop.example."
    )
    public_url: str = Field(
        "",
        description="Address at which customers reach Aisle, such as https://shop.example/aisle; empty takes it from each request.",
    )
    trusted_proxies: Annotated[list[str], NoDecode] = Field(
        ["127.0.0.1", "::1"],
        description="Addresses and networks of reverse proxies whose X-Forwarded headers are believed, with commas; * trusts all.",
    )
    secret: SecretStr = Field(
        SecretStr(""), description="Key that signs session cookies; empty makes one and keeps it in the home."
    )
    import_key: SecretStr = Field(
        SecretStr(""),
        description="Key of at least 32 characters for `POST /api/import`; empty refuses every import over HTTP.",
    )
    mail_url: SecretStr = Field(
        SecretStr(""),
        description="Mail server for codes to customers, such as smtp://user:password@mail.example:587; empty keeps mails in `outbox` in the home.",
    )
    mail_from: str = Field("", description="Sender of mails; empty takes `AISLE_SHOP_EMAIL`.")
    desk_webhook: str = Field(
        "", description="Address that is called when a conversation begins to wait for a person, as docs/desk.md says."
    )
    desk_webhook_secret: SecretStr = Field(
        SecretStr(""), description="Key of at least 32 characters that signs the calls of `AISLE_DESK_WEBHOOK`."
    )
    api_keys: Literal["optional", "required"] = Field(
        "optional",
        description="`required` refuses `/api/chat` and `/v1` without a key of `aisle keys create` or a customer's token; the widget needs none.",
    )
    rate_limit: str = Field("60/minute", description="Messages that one client may send.")
    max_message: int = Field(
        2000,
        ge=100,
        description="Characters of a message that are read; of a longer one the beginning and the end, and the reply says so.",
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR. Logs never hold message text.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Where values come from, the first of which wins: the command line, the environment, `.env`, the shop file."""
        return init_settings, env_settings, _OwnNames(settings_cls, dotenv_settings), ShopFileSource(settings_cls)

    @field_validator("allowed_origins", "trusted_proxies", "first_questions", mode="before")
    @classmethod
    def _listed(cls, value: object, info: ValidationInfo) -> object:
        """Read a list from text: items with commas (questions: bars) between them, or a JSON list."""
        if not isinstance(value, str):
            return value
        if value.lstrip().startswith("["):
            return json.loads(value)
        sign = "|" if info.field_name == "first_questions" else ","
        return [item.strip() for item in value.split(sign) if item.strip()]

    @field_validator("allowed_origins")
    @classmethod
    def _origins(cls, value: list[str]) -> list[str]:
        """As browsers spell them."""
        return [origin.lower().rstrip("/") for origin in value]

    @field_validator("currency")
    @classmethod
    def _currency(cls, value: str) -> str:
        if not re.fullmatch("[A-Za-z]{3}", value):
            raise ValueError("it must be a currency code of three letters, such as EUR")
        return value.upper()

    @field_validator("timezone")
    @classmethod
    def _timezone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("it must be a time zone such as Europe/Berlin or UTC") from error
        return value

    @field_validator("color", "color_dark")
    @classmethod
    def _color(cls, value: str) -> str:
        if value and not re.fullmatch(r"#(?:[0-9a-fA-F]{3}){1,2}", value):
            raise ValueError("it must be a color such as #2b4a6f")
        return value.lower()

    @field_validator("shop_email", "mail_from")
    @classmethod
    def _email(cls, value: str) -> str:
        if value and not re.fullmatch(r"[^@\s]+@[^@\s]+", value):
            raise ValueError("it must be an e-mail address")
        return value

    @field_validator("log_level")
    @classmethod
    def _level(cls, value: str) -> str:
        if value.upper() not in logging.getLevelNamesMapping():
            raise ValueError("it must be DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @property
    def zone(self) -> ZoneInfo:
        """`timezone` as Python counts in it."""
        return ZoneInfo(self.timezone)

    @property
    def resolved_database_url(self) -> str:
        """`database_url`, or SQLite inside the home."""
        return self.database_url or f"sqlite:///{self.home.resolve() / 'aisle.db'}"

    @property
    def resolved_cache(self) -> Path:
        """`cache`, or Aisle's folder among the user's caches."""
        return self.cache or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "aisle"

    @property
    def resolved_shop_file(self) -> Path:
        """`shop_file`, or `shop.yaml` in the home, whether it exists or not."""
        return self.shop_file or self.home / FILE_NAME

    @property
    def sample_note(self) -> Path:
        """The note that `aisle demo` leaves in a home that it fills with the sample shop."""
        return self.home / "sample_shop"

    @property
    def logo_file(self) -> Path | None:
        """The logo as a file, which may be absent; None without a logo or for one at a URL."""
        if not self.logo or re.match("https?://", self.logo):
            return None
        return self.resolved_shop_file.parent / self.logo


def load_settings(**overrides: object) -> Settings:
    """Settings from the environment, `.env` and the shop file, with `overrides` (command-line options) on top.

    Raises SettingsError that names the variable or the file's key, its value and what is allowed.
    """
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        raise _refusal(error.errors()[0]) from error


def _refusal(found: ErrorDetails) -> SettingsError:
    value, name = found.get("input"), str(found["loc"][0]).upper()
    named = getattr(value, "where", "") or (name if name.startswith("AISLE_") else f"AISLE_{name}")
    if found["type"] == "extra_forbidden":
        return SettingsError(f"{named} is no setting of Aisle.", "See `.env.example` for all of them.")
    shown = (
        ""
        if name in ("SECRET", "MODEL_KEY", "IMPORT_KEY", "ORDERS_TOKEN", "MAIL_URL")
        else f" has the value {str(value)!r}"
    )
    reason = " ".join(found["msg"].removeprefix("Value error, ").split())
    return SettingsError(
        f"{named}{shown}: {reason[:1].lower()}{reason[1:].rstrip('.')}.",
        "See `.env.example` for what each setting may be.",
    )
