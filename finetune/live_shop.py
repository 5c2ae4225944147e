"""LiveShop: the shop in a home with the conversation core on it, for replays and for judging adapters.

`dialogue_of` puts the parts together as for customers; here they are opened once and shared between the adapters that are compared.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from assistant.actions.actions import Actions
from assistant.actions.orders import Orders
from assistant.adapters.embeddings import open_shop_encoder
from assistant.build import dialogue_of
from assistant.checking.claims import EVERYDAY_FILE, ClaimsChecker
from assistant.language_model.base import ensure_base
from assistant.language_model.engine import Engine
from assistant.language_model.speaker import EngineSpeaker
from assistant.planning.route import Router
from assistant.planning.router import open_router
from assistant.reading.finder import EncoderFinder, open_finder, open_product_finder
from assistant.reading.reader import LanguageModelReader
from assistant.settings import Settings
from assistant.shop import Shop
from assistant.turn import Dialogue
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.customer import Customer
from retrieval.errors import AdapterError, ModelError
from retrieval.index.encoder import Encoder
from retrieval.index.index import Index
from retrieval.search.search import Search
from retrieval.store.database import open_database
from retrieval.store.records import Records

SHIPPED = Path("models") / "conversation"
"""Where the data directory holds the conversation adapter that ships."""


def base_folder(settings: Settings, base: str = "") -> Path:
    """The folder of the base model: `base`, else AISLE_MODEL, else the one that ships. Raises ModelError."""
    named = base or settings.model
    return Path(named) if named else ensure_base(settings.resolved_cache)


def conversation_adapter(settings: Settings, adapter: Path | None = None) -> Path:
    """The folder of the adapter that plans, reads and writes: `adapter`, else AISLE_ADAPTER, else the one that ships.

    Raises ModelError where there is none.
    """
    named = Path(settings.adapter) if settings.adapter else settings.data / SHIPPED
    folder = adapter or named
    if not (folder / EVERYDAY_FILE).is_file():
        raise ModelError(
            f"{folder} holds no conversation adapter: {EVERYDAY_FILE} is missing",
            f"Run: aisle train conversation --output {folder}",
        )
    return folder


@dataclass(frozen=True, slots=True)
class OpenedAdapter:
    """One adapter at work: its engine, the dialogue that it plans, reads and writes, and the check of its sentences."""

    engine: Engine
    speaker: EngineSpeaker
    dialogue: Dialogue
    checker: ClaimsChecker
    records: Records

    def customer(self, customer_id: str) -> Customer | None:
        """The customer with this id; None for "" and for one whom the records do not know."""
        return self.records.customer(customer_id) if customer_id else None


@dataclass(frozen=True)
class LiveShop:
    """The records of one shop, its search and its orders. Safe to share between threads."""

    shop: Shop
    catalog: Catalog
    records: Records
    orders: Orders
    actions: Actions = field(repr=False)
    encoder: Encoder = field(repr=False)
    search: Search = field(repr=False)
    finder: EncoderFinder = field(repr=False)
    router: Router = field(repr=False)
    product_finder: EncoderFinder = field(repr=False)

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """The shop in `settings.home`. Raises StoreError, SearchIndexError (none built yet) or ModelError."""
        engine = open_database(settings.resolved_database_url)
        records, encoder = Records(engine), open_shop_encoder(settings)
        catalog = records.catalog()
        product_finder = open_product_finder(settings.data / "models" / "product-finder")
        index = Index.open(settings.home, catalog, encoder, settings.chroma_url, product_finder)
        search = Search(catalog, index, encoder)
        shop = Shop(
            settings.shop_name, settings.shop_email, settings.shop_phone, settings.shop_hours, settings.return_days,
            settings.zone,
        )  # fmt: skip
        return cls(
            shop,
            catalog,
            records,
            Orders(engine),
            Actions.of_database(engine),
            encoder,
            search,
            open_finder(settings.data / "models" / "finder"),
            open_router(settings.data / "models" / "router"),
            product_finder,
        )

    def with_adapter(self, base: Path, adapter: Path) -> OpenedAdapter:
        """The dialogue of this shop with the model folder `base` and the adapter in `adapter`.

        Raises ModelError and AdapterError.
        """
        engine = Engine.open(base, adapter)
        speaker = EngineSpeaker(engine)
        everyday = frozenset(_read(adapter / EVERYDAY_FILE).split())
        dialogue = dialogue_of(
            self.catalog, self.shop, self.search, self.actions, self.finder, speaker, LanguageModelReader(speaker), everyday,
            lambda: datetime.now(UTC), router=self.router, listener=self.finder, wish_listener=self.product_finder,
        )  # fmt: skip
        return OpenedAdapter(engine, speaker, dialogue, ClaimsChecker(self.catalog, everyday), self.records)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise AdapterError(
            f"{path} cannot be read: {error.strerror}", "Copy the whole folder of the adapter again."
        ) from error
