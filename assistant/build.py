"""Build: puts the parts of a dialogue together. The one place where the class behind each protocol is chosen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from assistant.actions.orders import Orders
from assistant.checking.claims import ClaimsChecker
from assistant.evidence.briefing import Briefing
from assistant.evidence.wording import plural_kind
from assistant.language_model.language_model import Decoding
from assistant.language_model.speaker import Speaker
from assistant.planning.constraints import Constraints
from assistant.planning.planner import LanguageModelPlanner
from assistant.reading.reader import Reader
from assistant.shop import Shop
from assistant.tools.tool import Bench
from assistant.turn import Dialogue
from assistant.understanding.grammar.grammar import Grammar
from assistant.understanding.grammar.names import Names
from assistant.writing.composer import Composer
from retrieval.catalog.catalog import Catalog
from retrieval.index.encoder import Encoder
from retrieval.search.search import Search


def dialogue_of(
    catalog: Catalog,
    shop: Shop,
    search: Search,
    orders: Orders,
    encoder: Encoder,
    speaker: Speaker,
    reader: Reader,
    everyday: frozenset[str],
    today: Callable[[], date],
    decoding: Decoding = Decoding(max_tokens=120, temperature=0.0),
) -> Dialogue:
    """The dialogue of one shop. `everyday` are the stems that the claims checker takes for everyday words."""
    grammar = Grammar(catalog)
    checker = ClaimsChecker(catalog, everyday)
    return Dialogue(
        planner=LanguageModelPlanner(speaker, Names(catalog, grammar.lexicon)),
        bench=Bench(catalog, search, reader, Constraints(grammar), orders, today, encoder),
        briefing=Briefing(catalog, shop, today),
        composer=Composer(speaker, checker, decoding),
        kinds=catalog_kinds(catalog),
    )


def catalog_kinds(catalog: Catalog) -> tuple[str, ...]:
    """The kinds of product a shop sells, most products first, as plural nouns."""
    counts = catalog.facets.product_types
    leaves = {path[-1] for product in catalog.products.values() if (path := product.category_path)}
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(plural_kind(kind) for kind, _ in ordered if kind in leaves)
