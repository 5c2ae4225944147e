"""A shop whose records are followed, without an assistant: what serves is a search over them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from assistant.live.generation import Generations, Material
from assistant.live.live import Live
from retrieval.catalog.filter import Filter
from retrieval.index.encoder import NO_ENCODER
from retrieval.index.index import Index
from retrieval.search.search import Search
from retrieval.store.records import Records
from tests.unit.small_shop import FAQS, PRODUCTS
from tests.unit.word_encoder import WordEncoder


@dataclass(frozen=True)
class Counter:
    """Stands for an assistant: a search over the material, and nothing else."""

    material: Material
    search: Search

    def found(self, query: str) -> list[str]:
        return [each.product.id for each in self.search.products(query, Filter(), 5).candidates]


class Shop:
    """A home with records, and a live counter over them that looks when it is told to."""

    def __init__(self, home: Path, engine: Engine, chroma_url: str = "") -> None:
        self.home, self.engine = home, engine
        self.records, self.encoder = Records(engine), WordEncoder()
        self.made = 0
        self.records.upsert_products(PRODUCTS)
        self.records.upsert_faqs(FAQS)
        self.generations: Generations[Counter] = Generations(
            self.records, home, chroma_url, lambda: self.encoder, NO_ENCODER, self._make
        )

    def build(self) -> None:
        Index.write(self.home, self.records.catalog(), self.encoder)

    def open(self, seconds: float = 2.0) -> Live[Counter]:
        return Live(self.generations, self.generations.first(), seconds)

    def _make(self, material: Material) -> Counter:
        self.made += 1
        return Counter(material, Search(material.catalog, material.index, material.encoder))


def look_until(live: Live[Counter], holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline, "it never came to be"
        live.look()
        time.sleep(0.02)
