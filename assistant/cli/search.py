"""`aisle search`: what the shop finds for a query, for a person or, as JSON, for a program."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from assistant.planning.grammar.grammar import Grammar
    from assistant.settings import Settings
    from retrieval.search.search import Search, SearchResult

Query = Annotated[str | None, typer.Argument(help="What to look for; without it, lines of standard input.")]
Limit = Annotated[int, typer.Option(min=1, help="Products per query.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object per query.")]
CustomerId = Annotated[str | None, typer.Option("--customer", help="Rank for the customer with this id.")]
Home = Annotated[Path | None, typer.Option(help="Directory of the shop's database and index (AISLE_HOME).")]


def register(app: typer.Typer) -> None:
    """Adds `search`."""
    app.command("search")(search)


def search(
    query: Query = None, limit: Limit = 10, as_json: AsJson = False, customer: CustomerId = None, home: Home = None
) -> None:
    """Search the shop's products; limits on price and rating, and words such as "cheapest", are obeyed.

    Without QUERY, standard input is read to its end and each line answered by one JSON line.
    """
    from assistant.settings import load_settings

    shop = open_search(load_settings(home=home))
    if query is not None:
        result = shop.products(query, limit, customer)
        sys.stdout.write(_json(query, result) if as_json else _table(query, result))
        return
    for line in sys.stdin:
        asked = line.strip()
        sys.stdout.write(_json(asked, shop.products(asked, limit, customer)))
        sys.stdout.flush()


class ShopSearch:
    """Search, with the limits and orders that a line of text states."""

    def __init__(self, search: Search, grammar: Grammar) -> None:
        self._search = search
        self._grammar = grammar

    def products(self, line: str, limit: int, customer_id: str | None) -> SearchResult:
        """What meets `line`; where nothing keeps to its limits, what meets its words."""
        from assistant.planning.grammar.text import Text
        from retrieval.catalog.filter import Filter

        reading = self._grammar.read(Text.of(line))
        limits = tuple(condition for condition in reading.conditions if condition.field in ("price", "rating"))
        wanted = Filter(limits, reading.sort, reading.sort_field)
        found = self._search.products(line, wanted, limit, customer_id)
        return found if found.total or wanted == Filter() else self._search.products(line, Filter(), limit, customer_id)


def open_search(settings: Settings) -> ShopSearch:
    """The shop's search as the settings describe it.

    Raises SearchIndexError when no index fits the catalogue, ModelError when a model cannot be loaded.
    """
    from assistant.adapters.embeddings import open_shop_encoder
    from assistant.planning.grammar.grammar import Grammar
    from retrieval.index.index import Index
    from retrieval.recommendation.profile import History
    from retrieval.recommendation.recommender import Recommender
    from retrieval.search.search import Search
    from retrieval.store.database import open_database
    from retrieval.store.records import Records

    records = Records(open_database(settings.resolved_database_url))
    catalog, encoder = records.catalog(), open_shop_encoder(settings)
    index = Index.open(settings.home, catalog, encoder, settings.chroma_url)
    recommender = Recommender.load(settings.data / "models" / "recommender")
    return ShopSearch(Search(catalog, index, encoder, recommender, History(records.events())), Grammar(catalog))


def _json(query: str, result: SearchResult) -> str:
    products = [
        {
            "id": candidate.product.id,
            "title": candidate.product.title,
            "price": float(candidate.product.current_price.amount),
            "score": round(candidate.score, 4),
        }
        for candidate in result.candidates
    ]
    return json.dumps({"query": query, "products": products}, ensure_ascii=False) + "\n"


def _table(query: str, result: SearchResult) -> str:
    if not result.candidates:
        return f"Nothing found for {query!r}.\n"
    rows = []
    for candidate in result.candidates:
        reasons = "; ".join(reason.text for reason in candidate.reasons[:3])
        product = candidate.product
        rows.append(f"{product.current_price!s:>10}  {product.title}  [{product.id}]  {reasons}")
    return "\n".join([*rows, f"{len(rows)} of {result.total}"]) + "\n"
