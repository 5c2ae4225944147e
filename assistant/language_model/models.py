"""Models: the one place that chooses which engine writes replies."""

from __future__ import annotations

import os
from pathlib import Path

from assistant.language_model.embedded_model import EmbeddedModel
from assistant.language_model.language_model import LanguageModel
from assistant.language_model.model_files import is_embedded_folder
from assistant.settings import Settings
from retrieval.errors import SettingsError

NO_ADAPTER = "none"
"""The value of AISLE_ADAPTER that takes no adapter."""


def open_language_model(settings: Settings, adapter: Path | None = None, adapter_name: str = "") -> LanguageModel:
    """A server where a URL is set, else the named Hugging Face model, else the model that ships, with `adapter` or without.

    `adapter_name` is what replies call the adapter; "" takes its folder's name. A folder written by `aisle train base` runs on
    the embedded engine, any other model on `transformers`. Raises ModelError when a model, adapter or server cannot be used,
    SettingsError when an adapter is set for a server.
    """
    if settings.model_url:
        return _remote(settings)
    folder = Path(settings.model) if settings.model else settings.data / "models" / "base"
    if not settings.model or is_embedded_folder(folder):
        cores = settings.threads or min(os.cpu_count() or 1, 4)
        return EmbeddedModel.open(folder, adapter, adapter_name=adapter_name, cores=cores)
    from assistant.language_model.transformers_model import TransformersModel

    return TransformersModel.open(settings.model, adapter, adapter_name=adapter_name, threads=settings.threads)


def _remote(settings: Settings) -> LanguageModel:
    from assistant.language_model.remote_model import RemoteModel

    if settings.adapter not in ("", NO_ADAPTER):
        raise SettingsError(
            f"AISLE_ADAPTER is {settings.adapter!r}, but a model server loads its own adapters",
            "Clear AISLE_ADAPTER and name the adapter on the server with AISLE_MODEL.",
        )
    return RemoteModel.open(settings.model_url, settings.model, settings.model_key.get_secret_value())
