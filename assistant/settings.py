"""Settings: every choice an operator can make, read from the environment (prefix `AISLE_`) or a `.env` file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from retrieval.errors import SettingsError

SOURCE_ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """All settings with their defaults; an unknown `AISLE_` name in `.env` is an error."""

    model_config = SettingsConfigDict(env_prefix="AISLE_", env_file=".env", extra="forbid", env_ignore_empty=True)

    home: Path = Field(
        Path("var"), description="Directory for all that a running shop makes: database, index, adapters."
    )
    data: Path = Field(
        SOURCE_ROOT / "data", description="Directory of the files that ship: sample shop, phrasings, models."
    )

    shop_name: str = Field("Fern & Fell", description="Name of the shop, as replies and the page say it.")
    shop_email: str = Field(
        "hello@fernandfell.example", description="E-mail address for reaching a person at the shop."
    )
    shop_phone: str = Field("+1 206 555 0142", description="Telephone number for reaching a person; empty hides it.")
    shop_hours: str = Field(
        "Monday to Friday 9 am to 6 pm, Saturday 10 am to 4 pm",
        description="When a person can be reached; empty hides it.",
    )
    policy: Path | None = Field(
        None, description="Markdown file on tone and limits for models that read one; empty takes the built-in one."
    )

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
        "empty takes the promoted adapter, at first the one that ships, `none` takes none.",
    )
    names_model: str = Field(
        "",
        description="spaCy model, a package or a folder, that finds names to mask in transcripts besides the rules; "
        "needs the extra `privacy`.",
    )
    temperature: float = Field(
        0.6, ge=0, le=2, description="How freely replies are worded; 0 always takes the likeliest word."
    )
    threads: int = Field(0, ge=0, description="CPU threads for models; 0 takes the number of cores, at most 4.")

    encoder: str = Field(
        "", description="sentence-transformers model, a name or a folder; empty takes all-MiniLM-L6-v2."
    )
    chroma_url: str = Field("", description="URL of a Chroma server; empty keeps the index inside the home directory.")
    database_url: str = Field(
        "", description="SQLAlchemy URL, such as postgresql+psycopg://user@host/aisle; empty is SQLite in the home."
    )

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(7860, ge=1, le=65535, description="Port to listen on.")
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
    rate_limit: str = Field("60/minute", description="Messages that one client may send.")
    max_message: int = Field(
        2000,
        ge=100,
        description="Characters of a message that are read; a longer one is cut there, and the reply says so.",
    )
    return_days: int = Field(30, ge=0, description="Days after delivery in which an order may be returned.")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR. Logs never hold message text.")

    @field_validator("allowed_origins", "trusted_proxies", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        """Read a list from text: items with commas between them, or a JSON list."""
        if not isinstance(value, str):
            return value
        if value.lstrip().startswith("["):
            return json.loads(value)
        return [item.strip() for item in value.split(",") if item.strip()]

    @property
    def resolved_database_url(self) -> str:
        """`database_url`, or SQLite inside the home."""
        return self.database_url or f"sqlite:///{self.home.resolve() / 'aisle.db'}"


def load_settings(**overrides: object) -> Settings:
    """Settings from the environment, with `overrides` (command-line options) on top.

    Raises SettingsError that names the variable, its value and what is allowed.
    """
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = "AISLE_" + "_".join(str(part) for part in first["loc"]).upper()
        shown = "" if name in ("AISLE_SECRET", "AISLE_MODEL_KEY") else f" has the value {first.get('input')!r}"
        raise SettingsError(
            f"{name}{shown}: {first['msg'].lower()}.", "See `.env.example` for what each setting may be."
        ) from error
