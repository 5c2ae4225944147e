"""Build: puts the parts of a dialogue together. The one place where the class behind each protocol is chosen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from assistant.actions.actions import Actions
from assistant.actions.policy import Policy
from assistant.adapters.adapter import Adapter
from assistant.adapters.fitting import check_fits
from assistant.checking.claims import ClaimsChecker
from assistant.dialogue.thread import Thread
from assistant.evidence.briefing import Briefing
from assistant.evidence.wording import plural_kind
from assistant.language_model.chat_model import ChatModel
from assistant.language_model.speaker import Speaker
from assistant.planning.chat_planner import ChatPlanner
from assistant.planning.constraints import Constraints
from assistant.planning.grammar.grammar import Grammar
from assistant.planning.grounding import Grounding
from assistant.planning.planner import LanguageModelPlanner, Planner
from assistant.planning.route import NOTHING_NEAR, Nearness, Router
from assistant.reading.known_questions import KnownQuestions
from assistant.reading.listener import Listener
from assistant.reading.reader import Reader
from assistant.settings import Settings
from assistant.shop import Shop
from assistant.tools.answering import nearness
from assistant.tools.tool import Bench
from assistant.turn import Dialogue
from assistant.writing.chat_writer import ChatWriter
from assistant.writing.composer import Composer
from assistant.writing.rendered_writer import RenderedWriter
from assistant.writing.sentence_writer import SentenceWriter
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.filter import Filter
from retrieval.errors import SettingsError
from retrieval.index.encoder import Encoder
from retrieval.search.search import Search

_FORESEEN = 3
"""Products that a wish may bring, by which the questions behind it are understood."""


def dialogue_of(
    catalog: Catalog,
    shop: Shop,
    search: Search,
    actions: Actions,
    finder: Encoder,
    speaker: Speaker,
    reader: Reader,
    everyday: frozenset[str],
    now: Callable[[], datetime],
    chat: ChatModel | None = None,
    router: Router | None = None,
    listener: Listener | None = None,
    wish_listener: Listener | None = None,
) -> Dialogue:
    """The dialogue of one shop. `everyday` are the stems that the claims checker takes for everyday words.

    `now` is the clock by which prices, stock and days count.

    Replies are rendered by code, in wordings of which the speaker chooses. With `chat`, that model plans and writes, and the speaker plans only if two plans of it are invalid.
    """
    grammar = Grammar(catalog)
    names = grammar.names
    known = KnownQuestions(finder, catalog.faqs)
    bench = Bench(catalog, search, reader, Constraints(grammar), actions, finder, known)

    def near(thread: Thread, message: str) -> Nearness:
        return nearness(thread, message, listener, bench) if listener else NOTHING_NEAR

    def found(wish: str) -> tuple[str, ...]:
        return tuple(each.product.id for each in search.nearest(wish, Filter(), _FORESEEN, now()))

    planner: Planner = LanguageModelPlanner(speaker, names, Grounding(grammar, known), router, near, found)
    writer: SentenceWriter = RenderedWriter(speaker)
    if chat is not None:
        planner = ChatPlanner(chat, catalog, names, default=planner)
        writer = ChatWriter(chat)
    return Dialogue(
        planner=planner,
        bench=bench,
        briefing=Briefing(catalog, shop, now, actions.policy or Policy()),
        composer=Composer(writer, ClaimsChecker(catalog, everyday)),
        kinds=catalog_kinds(catalog),
        listener=listener,
        wish_listener=wish_listener,
    )


def open_chat_model(settings: Settings, adapter: Path | None = None, adapter_name: str = "") -> ChatModel | None:
    """The server at AISLE_MODEL_URL, else the model AISLE_MODEL with `adapter`; None if neither is set.

    Raises ModelError if the model or server cannot be used, AdapterError if the adapter does not fit, SettingsError if one is set
    for a server.
    """
    if settings.model_url:
        if adapter is not None:
            raise SettingsError(
                f"the adapter {adapter} cannot be sent to the server at {settings.model_url}, which loads its own adapters",
                "Clear AISLE_ADAPTER and name the adapter on the server with AISLE_MODEL.",
            )
        from assistant.language_model.chat_server import ChatServer

        return ChatServer.open(settings.model_url, settings.model, settings.model_key.get_secret_value())
    if settings.model:
        from assistant.language_model.transformers_chat import TransformersChat

        if adapter is not None:
            check_fits(Adapter.read(adapter), settings.model)
        return TransformersChat.open(settings.model, adapter, adapter_name=adapter_name, threads=settings.threads)
    return None


def catalog_kinds(catalog: Catalog) -> tuple[str, ...]:
    """The kinds of product a shop sells, most products first, as plural nouns."""
    counts = catalog.facets.product_types
    leaves = {path[-1] for product in catalog.products.values() if (path := product.category_path)}
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(plural_kind(kind) for kind, _ in ordered if kind in leaves)
