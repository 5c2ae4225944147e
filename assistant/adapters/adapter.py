"""Adapter: a folder with the small matrices that a training laid beside a base model, as peft writes it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from tokenizers import Tokenizer

from retrieval.errors import AdapterError

CONFIG_FILE = "adapter_config.json"
WEIGHTS_FILE = "adapter_model.safetensors"
TOKENIZER_FILE = "tokenizer.json"
COPY_AGAIN = "Copy the whole folder again, or train a new one with `aisle finetune`."

_METHODS = {"LORA": "LoRA", "IA3": "IA3", "PREFIX_TUNING": "prefix tuning"}


@dataclass(frozen=True, slots=True)
class Adapter:
    """A folder with both files of an adapter. `settings` is its `adapter_config.json`."""

    name: str
    folder: Path
    settings: Mapping[str, Any]

    @classmethod
    def read(cls, folder: Path, name: str = "") -> Self:
        """The adapter in `folder`, called `name` or as the folder is. Raises AdapterError that names what is wrong."""
        settings = _settings(folder)
        if not (folder / WEIGHTS_FILE).is_file():
            raise AdapterError(f"{folder / WEIGHTS_FILE} does not exist", COPY_AGAIN)
        return cls(name or folder.resolve().name, folder, settings)

    @property
    def base(self) -> str:
        """Name of the base model that it was made for, as its configuration has it."""
        return str(self.settings.get("base_model_name_or_path") or "")

    @property
    def method(self) -> str:
        """How it changes the base: "LoRA", "DoRA", "IA3", "prefix tuning", or what its configuration calls it."""
        kind = str(self.settings.get("peft_type", "unknown"))
        return "DoRA" if kind == "LORA" and self.settings.get("use_dora") else _METHODS.get(kind, kind)

    @property
    def vocabulary(self) -> int:
        """Tokens that its own tokenizer knows, 0 where it comes without one. Raises AdapterError for a damaged one."""
        path = self.folder / TOKENIZER_FILE
        if not path.is_file():
            return 0
        try:
            return int(Tokenizer.from_file(str(path)).get_vocab_size())
        except Exception as error:  # tokenizers raises bare Exception for a damaged file
            raise AdapterError(f"{path} cannot be read: {error}", COPY_AGAIN) from error

    @property
    def made(self) -> datetime:
        """When its weights were written."""
        return datetime.fromtimestamp((self.folder / WEIGHTS_FILE).stat().st_mtime, UTC)

    def digest(self) -> str:
        """SHA-256 of its configuration and weights. Raises AdapterError where they cannot be read."""
        whole = hashlib.sha256()
        try:
            for name in (CONFIG_FILE, WEIGHTS_FILE):
                with (self.folder / name).open("rb") as file:
                    whole.update(hashlib.file_digest(file, "sha256").digest())
        except OSError as error:
            raise AdapterError(f"{self.folder} cannot be read: {error.strerror}", COPY_AGAIN) from error
        return whole.hexdigest()


def short_name(model: str) -> str:
    """The last part of a model's path or Hugging Face name, by which an adapter and its base know each other."""
    return Path(model).name


def _settings(folder: Path) -> Mapping[str, Any]:
    path = folder / CONFIG_FILE
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise AdapterError(f"{path} does not exist, so {folder} is no adapter", COPY_AGAIN) from error
    except (OSError, ValueError) as error:
        raise AdapterError(f"{path} cannot be read: {error}", COPY_AGAIN) from error
    if not isinstance(settings, dict):
        raise AdapterError(f"{path} is not a JSON object", COPY_AGAIN)
    return settings
