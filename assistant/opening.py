"""Opening: makes an assistant from settings. The one place where the class behind each protocol is chosen."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.actions.actions import Actions
from assistant.actions.orders import Orders
from assistant.adapters.change import Change
from assistant.adapters.embeddings import embeddings_registry, open_serving, open_shop_encoder
from assistant.adapters.registry import NONE, Registry
from assistant.adapters.registry import Serving as ServingAdapter
from assistant.adapters.switch import Switch, follow
from assistant.assistant import Assistant, Keeping, Serving
from assistant.beside import Beside
from assistant.build import dialogue_of, open_chat_model
from assistant.checking.claims import everyday_words
from assistant.chips import Chips
from assistant.conversation.store import Store
from assistant.language_model.base import Progress as BaseProgress
from assistant.language_model.base import ensure_base
from assistant.language_model.chat_model import ChatModel
from assistant.language_model.engine import Engine
from assistant.language_model.speaker import EngineSpeaker
from assistant.live.generation import Generations, Material
from assistant.live.live import LOOK_SECONDS, Live
from assistant.live.live_assistant import LiveAssistant
from assistant.planning.route import Router
from assistant.reading.reader import LanguageModelReader
from assistant.settings import Settings
from assistant.shop import Shop
from retrieval.catalog.catalog import Catalog
from retrieval.clock import utc_now
from retrieval.errors import AdapterError, IndexBusy, SearchIndexError
from retrieval.index.encoder import Encoder
from retrieval.index.index import Index, Progress
from retrieval.index.sentence_encoder import open_encoder
from retrieval.recommendation.profile import History
from retrieval.recommendation.recommender import Recommender
from retrieval.search.search import Search
from retrieval.store.database import open_database
from retrieval.store.records import Records

if TYPE_CHECKING:
    from assistant.reading.finder import EncoderFinder

_BUSY_SECONDS = 0.5
_MOST_CORES = 4


def open_assistant(settings: Settings) -> Assistant:
    """The assistant of the shop in `settings.home`.

    Raises StoreError, SearchIndexError (none built yet, or of another catalog), ModelError, AdapterError or SettingsError.
    """
    workshop, encoder = _Workshop(settings), open_shop_encoder(settings)
    snapshot = workshop.records.snapshot()
    index = Index.open(settings.home, snapshot.catalog, encoder, settings.chroma_url, workshop.product_finder)
    return workshop.assistant(Material(snapshot.catalog, History(snapshot.events), index, encoder))


def open_live_assistant(settings: Settings, seconds: float = LOOK_SECONDS) -> LiveAssistant:
    """The assistant of the shop in `settings.home`, which follows its records until it is closed, with a look every `seconds`.

    It follows the promoted encoder too. An index that is absent or older than the records is built while it serves. Raises StoreError,
    SearchIndexError (an empty shop, or a Chroma server that does not answer), ModelError, AdapterError or SettingsError.
    """
    generations = _generations(settings)
    live = Live(generations, generations.first(), seconds)
    live.start()
    return LiveAssistant(live)


def open_rehearsal_assistant(settings: Settings) -> Assistant:
    """The assistant of records that may be newer than the index: new texts are found by their words alone. Raises like above."""
    return _generations(settings).first().served


def prepare_model(settings: Settings, progress: BaseProgress | None = None) -> None:
    """Converts the base model where that was not done yet, half a minute once. Raises ModelError."""
    ensure_base(settings.resolved_cache, progress=progress)


def promote_embeddings(
    settings: Settings, name: str, progress: Progress | None = None, *, force: bool = False, reason: str = ""
) -> Change:
    """Makes an adapter of the encoder serve: the index is built with it next to the one in use, then takes its place.

    Raises AdapterError like `Registry.promote`, and what `build_index` raises; nothing has changed then.
    """
    prepare = partial(_prepare_embeddings, settings, progress)
    return embeddings_registry(settings).promote(name, force=force, reason=reason, prepare=prepare)


def rollback_embeddings(settings: Settings, progress: Progress | None = None, reason: str = "") -> Change:
    """Makes the encoder serve that did so before the last promotion, and builds the index with it. Raises like `promote_embeddings`."""
    return embeddings_registry(settings).rollback(reason, partial(_prepare_embeddings, settings, progress))


def _prepare_embeddings(settings: Settings, progress: Progress | None, serving: ServingAdapter) -> None:
    if not settings.encoder:  # that one searches, whatever is promoted
        build_index(settings, progress, open_serving(serving))


def build_index(settings: Settings, progress: Progress | None = None, encoder: Encoder | None = None) -> Catalog:
    """Builds the index of the records in the database, embedding only what changed; the catalogue it holds.

    `encoder` is the one that is about to serve, otherwise the one that does. While another process builds it, such as a running server, this one waits. Raises StoreError, ModelError, or
    SearchIndexError when there is nothing to index or it cannot be written.
    """
    engine, encoder = open_database(settings.resolved_database_url), encoder or open_shop_encoder(settings)
    product_finder = _open_product_finder(settings)
    try:
        while True:
            catalog = Records(engine).catalog()
            if not catalog.products and not catalog.faqs:
                raise SearchIndexError("The shop has no products and no FAQs yet.", "Run: aisle import products FILE")
            try:
                Index.build(settings.home, catalog, encoder, progress, settings.chroma_url, product_finder).close()
            except IndexBusy:
                time.sleep(_BUSY_SECONDS)
            else:
                return catalog
    finally:
        engine.dispose()


@dataclass(frozen=True, slots=True)
class _Speaking:
    """One opened adapter on the embedded base, and what the claims checker takes for everyday words with it."""

    speaker: EngineSpeaker
    everyday: frozenset[str]
    name: str


class _Workshop:
    """Makes the assistant of one generation of the records. What does not hang on them is opened once and shared.

    Models are opened with the first assistant, after the records and the index: what is missing there is reported first.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        engine = open_database(settings.resolved_database_url)
        self.records, self.orders = Records(engine), Orders(engine)
        self.actions = Actions.open(settings, engine)
        self._store = Store(engine)

    def assistant(self, material: Material) -> Assistant:
        """The assistant that answers from `material`. Raises ModelError, AdapterError and SettingsError."""
        servings = _Servings(self, material)
        servings.current()
        return Assistant(
            servings, Keeping(self.records, self.orders, self.actions, self._store), self.settings.max_message
        )

    def serving(self, material: Material, speaking: _Speaking) -> Serving:
        """What answers from `material` with one adapter."""
        settings, catalog = self.settings, material.catalog
        dialogue = dialogue_of(
            catalog,
            _shop(settings),
            Search(catalog, material.index, material.encoder, self._recommender, material.history),
            self.actions,
            self._finder,
            speaking.speaker,
            LanguageModelReader(speaking.speaker),
            speaking.everyday,
            utc_now,
            self._chat,
            self._router,
            self._finder,
            self.product_finder,
        )
        name = self._chat.name if self._chat else speaking.name
        return Serving(dialogue, Beside(catalog, Chips(catalog, dialogue.kinds)), name, self._chat)

    @cached_property
    def speaking(self) -> Switch[_Speaking]:
        """The adapter that serves now, whichever that is at a time."""
        settings = self.settings
        if self._chat is not None:  # its own adapter, if any, was opened with it
            return Switch(self._speaking(Registry.embedded(settings).beginning()))
        if settings.adapter:
            folder = None if settings.adapter == NONE else Path(settings.adapter)
            return Switch(self._speaking(ServingAdapter(Path(settings.adapter).name, folder)))
        return follow(Registry.of(settings), self._speaking)

    @cached_property
    def encoder(self) -> Switch[Encoder]:
        """The encoder that serves now, whichever that is at a time."""
        if self.settings.encoder:
            return Switch(open_encoder(self.settings.encoder))
        return follow(embeddings_registry(self.settings), open_serving)

    def _speaking(self, adapter: ServingAdapter) -> _Speaking:
        if adapter.folder is None:
            raise AdapterError(
                "the base model alone can neither plan nor read",
                "Clear AISLE_ADAPTER, and run: aisle promote shipped",
            )
        cores = self.settings.threads or min(os.cpu_count() or 1, _MOST_CORES)
        speaker = EngineSpeaker(Engine.open(self._base, adapter.folder, cores=cores))
        return _Speaking(speaker, everyday_words(adapter.folder), f"{self._base.name}+{adapter.name}")

    @cached_property
    def _finder(self) -> EncoderFinder:
        from assistant.reading.finder import open_finder  # imports torch, which takes seconds

        return open_finder(self.settings.data / "models" / "finder")

    @cached_property
    def product_finder(self) -> EncoderFinder:
        """What places products by what customers wish for."""
        return _open_product_finder(self.settings)

    @cached_property
    def _router(self) -> Router:
        from assistant.planning.router import open_router  # imports torch, which takes seconds

        return open_router(self.settings.data / "models" / "router")

    @cached_property
    def _base(self) -> Path:
        return ensure_base(self.settings.resolved_cache)

    @cached_property
    def _chat(self) -> ChatModel | None:
        """The model of AISLE_MODEL or AISLE_MODEL_URL, if one is set."""
        settings = self.settings
        if settings.model_url or not settings.model:
            named = Path(settings.adapter) if settings.adapter not in ("", NONE) else None
            return open_chat_model(settings, named if settings.model_url else None)
        if settings.adapter:
            return open_chat_model(settings, None if settings.adapter == NONE else Path(settings.adapter))
        serving = Registry.of(settings).serving()
        return open_chat_model(settings, serving.folder, serving.name)

    @cached_property
    def _recommender(self) -> Recommender:
        return Recommender.load(self.settings.data / "models" / "recommender")


class _Servings:
    """What answers from one generation of the records with the adapter that serves; made anew when that changes."""

    def __init__(self, workshop: _Workshop, material: Material) -> None:
        self._workshop = workshop
        self._material = material
        self._lock = threading.Lock()
        self._made: tuple[_Speaking, Serving] | None = None

    def current(self) -> Serving:
        """See `Servings.current`."""
        speaking = self._workshop.speaking.current()
        made = self._made
        if made is None or made[0] is not speaking:
            with self._lock:
                made = self._made
                if made is None or made[0] is not speaking:
                    made = self._made = speaking, self._workshop.serving(self._material, speaking)
        return made[1]


def _generations(settings: Settings) -> Generations[Assistant]:
    workshop = _Workshop(settings)
    return Generations(
        workshop.records,
        settings.home,
        settings.chroma_url,
        workshop.encoder.current,
        workshop.product_finder,
        workshop.assistant,
    )


def _open_product_finder(settings: Settings) -> EncoderFinder:
    from assistant.reading.finder import open_product_finder  # imports torch, which takes seconds

    return open_product_finder(settings.data / "models" / "product-finder")


def _shop(settings: Settings) -> Shop:
    return Shop(
        settings.shop_name,
        settings.shop_email,
        settings.shop_phone,
        settings.shop_hours,
        settings.return_days,
        settings.zone,
    )
