"""Opening: makes an assistant from settings. The one place where the class behind each protocol is chosen."""

from __future__ import annotations

import time
from functools import cached_property
from pathlib import Path

from assistant.actions.actions import Actions
from assistant.actions.orders import Orders
from assistant.assistant import Assistant, Parts
from assistant.conversation.store import Store
from assistant.evidence.gathering import Gatherer
from assistant.finding import Finder
from assistant.live.generation import Generations, Material
from assistant.live.live import LOOK_SECONDS, Live
from assistant.live.live_assistant import LiveAssistant
from assistant.settings import Settings
from assistant.shop import Shop
from assistant.understanding.grammar.grammar import Grammar
from assistant.understanding.intent_head import IntentHead
from assistant.understanding.understanding import Understanding
from assistant.writers import ShopWriters
from retrieval.catalog.catalog import Catalog
from retrieval.errors import IndexBusy, SearchIndexError, SettingsError
from retrieval.index.encoder import Encoder
from retrieval.index.index import Index, Progress
from retrieval.index.sentence_encoder import open_encoder
from retrieval.recommendation.profile import History
from retrieval.recommendation.recommender import Recommender
from retrieval.search.search import Search
from retrieval.store.database import open_database
from retrieval.store.records import Records

_BUSY_SECONDS = 0.5


def open_assistant(settings: Settings) -> Assistant:
    """The assistant of the shop in `settings.home`.

    Raises StoreError, SearchIndexError (none built yet, or of another catalogue), ModelError or SettingsError.
    """
    workshop = _Workshop(settings)
    snapshot = workshop.records.snapshot()
    index = Index.open(settings.home, snapshot.catalog, workshop.encoder, settings.chroma_url)
    return workshop.assistant(Material(snapshot.catalog, History(snapshot.events), index))


def open_live_assistant(settings: Settings, seconds: float = LOOK_SECONDS) -> LiveAssistant:
    """The assistant of the shop in `settings.home`, which follows its records until it is closed, with a look every `seconds`.

    An index that is absent or older than the records is built while it serves. Raises StoreError, SearchIndexError (an empty
    shop, or a Chroma server that does not answer), ModelError or SettingsError.
    """
    workshop = _Workshop(settings)
    generations = Generations(
        workshop.records, settings.home, settings.chroma_url, workshop.encoder, workshop.assistant
    )
    live = Live(generations, generations.first(), seconds)
    live.start()
    return LiveAssistant(live)


class _Workshop:
    """Makes the assistant of one generation of the records. What does not hang on them is opened once and shared.

    Models are opened with the first assistant, after the records and the index: what is missing there is reported first.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._policy = _policy(settings)
        engine = open_database(settings.resolved_database_url)
        self.records, self._orders, self._store = Records(engine), Orders(engine), Store(engine)
        self.encoder = open_encoder(settings.encoder)

    def assistant(self, material: Material) -> Assistant:
        """The assistant that answers from `material`. Raises ModelError and SettingsError."""
        catalog, settings = material.catalog, self._settings
        shop = Shop(
            settings.shop_name,
            settings.shop_email,
            settings.shop_phone,
            settings.shop_hours,
            settings.return_days,
            settings.zone,
        )
        search = Search(catalog, material.index, self.encoder, self._recommender, material.history)
        parts = Parts(
            catalog=catalog,
            records=self.records,
            orders=self._orders,
            understanding=Understanding(Grammar(catalog), self._intents, self._reader),
            finder=Finder(catalog, search),
            actions=Actions(self._orders),
            gatherer=Gatherer(catalog, shop),
            writers=self._writers.of(catalog),
            store=self._store,
        )
        return Assistant(parts, self._policy, settings.max_message)

    @cached_property
    def _reader(self) -> Encoder:
        return open_encoder() if self._settings.encoder else self.encoder  # which the intent head was trained on

    @cached_property
    def _intents(self) -> IntentHead:
        return IntentHead.open(self._settings.data / "models" / "intents")

    @cached_property
    def _recommender(self) -> Recommender:
        return Recommender.load(self._settings.data / "models" / "recommender")

    @cached_property
    def _writers(self) -> ShopWriters:
        return ShopWriters(self._settings)


def build_index(settings: Settings, progress: Progress | None = None) -> Catalog:
    """Builds the index of the records in the database, embedding only what changed; the catalogue it holds.

    While another process builds it, such as a running server, this one waits. Raises StoreError, ModelError, or
    SearchIndexError when there is nothing to index or it cannot be written.
    """
    records, encoder = Records(open_database(settings.resolved_database_url)), open_encoder(settings.encoder)
    while True:
        catalog = records.catalog()
        if not catalog.products and not catalog.faqs:
            raise SearchIndexError("The shop has no products and no FAQs yet.", "Run: aisle import products FILE")
        try:
            Index.build(settings.home, catalog, encoder, progress, settings.chroma_url).close()
        except IndexBusy:
            time.sleep(_BUSY_SECONDS)
        else:
            return catalog


def _policy(settings: Settings) -> str:
    path = settings.policy or settings.data / "policy.md"
    try:
        return _read(path).replace("{shop}", settings.shop_name or "this shop")
    except OSError as error:
        raise SettingsError(
            f"AISLE_POLICY names {path}, which cannot be read: {error.strerror}.", "Check the path."
        ) from error


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip()
