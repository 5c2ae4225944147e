"""Models: the one place that chooses which engine writes replies."""

from __future__ import annotations

import os
from pathlib import Path

from assistant.language_model.embedded_model import EmbeddedModel
from assistant.language_model.language_model import LanguageModel
from assistant.language_model.model_files import is_embedded_folder
from assistant.settings import Settings
from retrieval.errors import SettingsError

_NO_ADAPTER = "none"


def open_language_model(settings: Settings) -> LanguageModel:
    """A server where a URL is set, else the named Hugging Face model, else the model that ships.

    A folder written by `aisle train base` runs on the embedded engine, any other model on `transformers`. Raises
    ModelError when a model or server cannot be used, SettingsError when an adapter is set for a server.
    """
    if settings.model_url:
        return _remote(settings)
    if not settings.model:
        shipped = settings.data / "models"
        return _embedded(shipped / "base", _adapter(settings, shipped / "adapter"), settings)
    folder = Path(settings.model)
    if is_embedded_folder(folder):
        return _embedded(folder, _adapter(settings, None), settings)
    from assistant.language_model.transformers_model import TransformersModel

    return TransformersModel.open(settings.model, _adapter(settings, None), threads=settings.threads)


def _embedded(folder: Path, adapter: Path | None, settings: Settings) -> EmbeddedModel:
    return EmbeddedModel.open(folder, adapter, cores=settings.threads or min(os.cpu_count() or 1, 4))


def _remote(settings: Settings) -> LanguageModel:
    from assistant.language_model.remote_model import RemoteModel

    if settings.adapter not in ("", _NO_ADAPTER):
        raise SettingsError(
            f"AISLE_ADAPTER is {settings.adapter!r}, but a model server loads its own adapters",
            "Clear AISLE_ADAPTER and name the adapter on the server with AISLE_MODEL.",
        )
    return RemoteModel.open(settings.model_url, settings.model, settings.model_key.get_secret_value())


def _adapter(settings: Settings, shipped: Path | None) -> Path | None:
    if settings.adapter == _NO_ADAPTER:
        return None
    if settings.adapter:
        return Path(settings.adapter)
    return shipped if shipped is not None and shipped.is_dir() else None
