"""Writers: makes the writer of a shop's replies, with whichever adapter serves."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from assistant.adapters.registry import Registry
from assistant.adapters.switch import Switch, follow
from assistant.language_model.language_model import Decoding, LanguageModel
from assistant.language_model.models import NO_ADAPTER, open_language_model
from assistant.settings import Settings
from assistant.writing.check import Check
from assistant.writing.checking.goods import Goods
from assistant.writing.manners import MANNERS_FILE, Manners
from assistant.writing.plain_phrases import PlainPhrases
from assistant.writing.writer import Writer
from retrieval.catalog.catalog import Catalog
from retrieval.errors import ModelError


@dataclass(frozen=True, slots=True)
class WriterParts:
    """What all writers of one shop share: its settings, the words of its catalogue, and the plain phrases."""

    settings: Settings
    goods: Goods
    phrases: PlainPhrases

    @classmethod
    def of(cls, settings: Settings, catalog: Catalog) -> Self:
        """The parts for the shop with this catalogue. Raises AisleError where a plain phrase is missing."""
        return cls(settings, Goods.of(catalog), PlainPhrases.load(settings.data / "phrasings"))

    def writer(self, adapter: Path | None, name: str = "") -> Writer:
        """A writer with the adapter in this folder, called `name`, or without one. Raises ModelError and SettingsError."""
        return self.writer_with(open_language_model(self.settings, adapter, name), adapter)

    def writer_with(self, model: LanguageModel, adapter: Path | None, seed: int | None = None) -> Writer:
        """The writer around `model`, which was opened with this adapter; with a `seed` it writes the same again.

        Raises ModelError for damaged manners.
        """
        check = Check(self.goods, _manners(self.settings, adapter))
        return Writer(model, self.phrases, check, Decoding(temperature=self.settings.temperature, seed=seed))


class ShopWriters:
    """The writers of one shop: the model stays open when the catalog changes, and only the check of what it writes is new."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._switch: Switch[Writer] | None = None

    def of(self, catalog: Catalog) -> CatalogWriters:
        """Writers of replies about `catalog`. The first call opens the model; raises ModelError and SettingsError."""
        if self._switch is None:
            self._switch = open_writers(self._settings, catalog)
        return CatalogWriters(self._switch, Goods.of(catalog))


@dataclass(frozen=True, slots=True)
class CatalogWriters:
    """Whichever writer serves, with a check that knows `goods`."""

    switch: Switch[Writer]
    goods: Goods

    def current(self) -> Writer:
        """The writer that serves now."""
        return self.switch.current().about(self.goods)


def open_writers(settings: Settings, catalog: Catalog) -> Switch[Writer]:
    """The writer with the adapter that AISLE_ADAPTER names, else with the one that the registry says, whichever that is at a time.

    Raises ModelError and SettingsError.
    """
    parts = WriterParts.of(settings, catalog)
    if settings.model_url or settings.adapter == NO_ADAPTER:
        return Switch(parts.writer(None))
    if settings.adapter:
        return Switch(parts.writer(Path(settings.adapter)))
    return follow(Registry.of(settings), lambda serving: parts.writer(serving.folder, serving.name))


def _manners(settings: Settings, adapter: Path | None) -> Manners | None:
    """The manners of the embedded model in use and of its adapter; None for other models, which have none."""
    if settings.model_url:
        return None
    own = _read(Path(settings.model) if settings.model else settings.data / "models" / "base")
    learned = _read(adapter) if adapter is not None else None
    return own.joined(learned) if own and learned else own


def _read(folder: Path) -> Manners | None:
    try:
        return Manners.read(folder)
    except (OSError, ValueError, KeyError, IndexError) as error:
        raise ModelError(f"{folder / MANNERS_FILE} cannot be read: {error}", "Run: aisle train contexts") from error
