"""Generation: one version of a shop's records, and what answers from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

import structlog

from retrieval.catalog.catalog import Catalog
from retrieval.errors import IndexDamaged, IndexMismatch, IndexMissing, SearchIndexError
from retrieval.index.encoder import Encoder
from retrieval.index.home import IndexHome
from retrieval.index.index import Index
from retrieval.index.texts import IndexTexts
from retrieval.recommendation.profile import History
from retrieval.store.records import Records
from retrieval.store.versions import DataVersion

Served = TypeVar("Served")
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Material:
    """All that hangs on the records, but for customers and orders, which are read from the database every time.

    `encoder` made the index.
    """

    catalog: Catalog
    history: History
    index: Index
    encoder: Encoder


@dataclass(frozen=True, slots=True)
class Generation(Generic[Served]):
    """`served` answers from `material`, which is the records at `version`.

    `is_indexed` says whether a built index holds these very texts; until then, new ones are found by their words alone.
    """

    version: DataVersion
    material: Material
    is_indexed: bool
    served: Served


class Generations(Generic[Served]):
    """Makes the generations of one shop. `make` builds what serves from the material and whatever it shares between them.

    `encoder`, which may return another one later, and `wishes` place its texts, see `Index`.
    """

    def __init__(
        self,
        records: Records,
        home: Path,
        chroma_url: str,
        encoder: Callable[[], Encoder],
        wishes: Encoder,
        make: Callable[[Material], Served],
    ) -> None:
        self._records = records
        self._home = home
        self._chroma_url = chroma_url
        self._encoder = encoder
        self._wishes = wishes
        self._make = make

    def first(self) -> Generation[Served]:
        """The records as they are. Raises StoreError, SearchIndexError for an empty shop, and whatever `make` raises."""
        return self._generation(None)

    def next(self, current: Generation[Served]) -> Generation[Served]:
        """The records as they are now, by the encoder that serves now; `current` itself when nothing changed. Raises like `first`."""
        version = self._records.version()
        if self._encoder() is current.material.encoder:
            if version == current.version:
                return current
            if version.in_memory == current.version.in_memory:
                return replace(current, version=version)
        return self._generation(current)

    def indexed(self, current: Generation[Served]) -> Generation[Served]:
        """`current` with the index in use, if that was built of its texts by now; else `current` itself."""
        index = self._opened(current.material.catalog, current.material.encoder)
        if index is None:
            return current
        material = replace(current.material, index=index)
        return replace(current, material=material, is_indexed=True, served=self._make(material))

    def build_index(self, current: Generation[Served]) -> None:
        """Build the index of these records in the home, embedding only what changed. Raises SearchIndexError."""
        material = current.material
        Index.write(self._home, material.catalog, material.encoder, chroma_url=self._chroma_url, wishes=self._wishes)

    @property
    def index_in_use(self) -> str:
        """Name of the build in the home; "" if there is none that could be opened."""
        try:
            return IndexHome(self._home).current().name
        except SearchIndexError:
            return ""

    def _generation(self, current: Generation[Served] | None) -> Generation[Served]:
        snapshot, encoder = self._records.snapshot(), self._encoder()
        catalog = snapshot.catalog
        if not catalog.products and not catalog.faqs:
            raise SearchIndexError("The shop has no products and no FAQs.", "Run: aisle import products FILE")
        is_same = current is not None and current.material.encoder is encoder
        if current and is_same and current.material.index.fits(IndexTexts.of(catalog)):
            index, is_indexed = current.material.index, current.is_indexed
        else:
            opened = self._opened(catalog, encoder)
            index = opened or Index.interim(self._home, catalog, encoder, self._wishes)
            is_indexed = opened is not None
        material = Material(catalog, History(snapshot.events), index, encoder)
        return Generation(snapshot.version, material, is_indexed, self._make(material))

    def _opened(self, catalog: Catalog, encoder: Encoder) -> Index | None:
        try:
            return Index.open(self._home, catalog, encoder, self._chroma_url, self._wishes)
        except (IndexMissing, IndexMismatch):
            return None
        except IndexDamaged as error:
            _log.warning(
                "index_damaged", error=error.message, meanwhile="texts are found by their words, and it is built again"
            )
            return None
