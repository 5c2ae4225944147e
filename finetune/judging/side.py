"""Side: one of the two that are compared, the model with what served before or with what was trained."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self, cast

from assistant.adapters.registry import Registry
from assistant.language_model.language_model import ForetellingModel
from assistant.language_model.models import open_language_model
from assistant.writers import WriterParts
from assistant.writing.writer import Writer
from retrieval.errors import AdapterError


@dataclass(frozen=True, slots=True)
class Side:
    """The engine itself, and the writer and check around it as they serve. `name` is what the report calls it."""

    name: str
    model: ForetellingModel
    writer: Writer

    @classmethod
    def serving(cls, parts: WriterParts, seed: int = 1) -> Self:
        """What serves now with the model of `parts`; what comes with that model where another model's adapter serves.

        Raises ModelError.
        """
        registry = Registry.of(parts.settings)
        try:
            serving = registry.serving()
        except AdapterError:
            serving = registry.beginning()
        return cls.open(parts, serving.folder, serving.name, seed)

    @classmethod
    def open(cls, parts: WriterParts, adapter: Path | None, name: str, seed: int = 1) -> Self:
        """The model of `parts` with the adapter in this folder, or without one. Raises ModelError."""
        model = open_language_model(parts.settings, adapter, name)
        return cls(name, cast(ForetellingModel, model), parts.writer_with(model, adapter, seed))
