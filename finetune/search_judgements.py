"""Judges search by people's grades: `aisle evaluate search FILE`.

FILE holds JSON lines `{"query": "usb hub", "grades": {"4711": 3, "4712": 0}}`, plain or gzipped; a grade is a number
from 0 (wrong) up. Five rankings are judged on the same queries:

* hybrid: what `aisle search` serves, limits in words ("under 20") included,
* BM25 (k1 1.2, b 0.75) over title and description, lower-case words as they are: the usual floor,
* BM25 stemmed: the same without plurals and stop words,
* dense: the cosine of the encoder alone,
* random: a seeded shuffle of the catalog.

nDCG@10 takes the gain 2^grade − 1 and the discount log2(rank + 1), as web search and the ESCI and WANDS benchmarks do
(Burges et al. 2005, https://doi.org/10.1145/1102351.1102363); a product nobody graded counts as 0. MRR is the reciprocal
rank of the first product graded above 0 in the first 50, recall@50 the share of those products in the first 50.
Queries without a relevant product have none of the three; for them the report counts empty answers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from assistant.adapters.embeddings import open_shop_encoder
from assistant.cli.progress import stages
from assistant.cli.search import ShopSearch
from assistant.planning.grammar.grammar import Grammar
from assistant.settings import Settings
from finetune.ranking_metrics import Mean, graded_ndcg, ratio_of_means, reciprocal_rank
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.product import Product
from retrieval.errors import FeedError, SearchIndexError
from retrieval.feeds.intake import Intake
from retrieval.feeds.recognition import read_products
from retrieval.feeds.source import Source
from retrieval.index.document import content_words, words
from retrieval.index.encoder import Encoder
from retrieval.index.index import Index
from retrieval.index.lexical import Lexical
from retrieval.recommendation.recommender import Recommender
from retrieval.search.search import Search
from retrieval.store.database import open_database
from retrieval.store.records import Records

DEPTH = 50
_TOP = 10

Ranking = Sequence[str]
Way = Callable[[str], Ranking]
"""From a query to product ids, best first, at most `DEPTH`."""


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """A query and the grade of each product that people judged for it."""

    query: str
    grades: Mapping[str, float]

    @property
    def relevant(self) -> frozenset[str]:
        """Ids graded above 0."""
        return frozenset(id for id, grade in self.grades.items() if grade > 0)


@dataclass(frozen=True, slots=True)
class WayFigures:
    """How one ranking does. `ungraded` is the mean share of products in the first ten that nobody graded."""

    ndcg: Mean
    mrr: Mean
    recall: Mean
    ungraded: Mean
    empty_when_nothing_fits: int


@dataclass(frozen=True, slots=True)
class SearchFigures:
    """Figures by way. `ratio` is hybrid nDCG@10 over that of BM25, paired by query; `ratio_stemmed` the same for BM25 stemmed."""

    queries: int
    without_relevant: int
    products: int
    missing: int
    ways: Mapping[str, WayFigures]
    ratio: Mean
    ratio_stemmed: Mean

    def as_json(self) -> str:
        """One JSON object."""
        return json.dumps(asdict(self), indent=2)

    def as_text(self) -> str:
        """A Markdown table and what it means."""
        lines = [
            f"{self.queries} queries over {self.products:,} products, {self.without_relevant} without a relevant product",
            "",
            "| ranking | nDCG@10 | MRR | recall@50 | ungraded in the first 10 |",
            "|---|---|---|---|---|",
        ]
        for way, figures in self.ways.items():
            lines.append(
                f"| {way} | {figures.ndcg} | {figures.mrr} | {figures.recall} | {figures.ungraded.value:.3f} |"
            )
        lines += [
            "",
            f"hybrid / BM25, nDCG@10, paired: {self.ratio}",
            f"hybrid / BM25 stemmed, nDCG@10, paired: {self.ratio_stemmed}",
        ]
        if self.without_relevant:
            counts = ", ".join(f"{way} {figures.empty_when_nothing_fits}" for way, figures in self.ways.items())
            lines.append(f"Empty answers to the {self.without_relevant} queries without a relevant product: {counts}")
        if self.missing:
            lines.append(f"{self.missing} graded products are not in the catalog; no ranking can return them.")
        lines.append(
            "Gains are 2^grade - 1; 95 % intervals by bootstrap over queries; an ungraded product counts as 0."
        )
        return "\n".join(lines)


def read_judgements(path: Path) -> list[JudgedQuery]:
    """The judged queries of a JSON-lines file. Raises FeedError, naming the line."""
    found = []
    for number, line in enumerate(Source.open(path).lines(), start=1):
        if line.strip():
            found.append(_judged(line, f"{path}, line {number}"))
    if not found:
        raise FeedError(f"{path} holds no judged query.", _FORM)
    return found


_FORM = 'A line looks like {"query": "usb hub", "grades": {"4711": 3, "4712": 0}}.'


def _judged(line: str, place: str) -> JudgedQuery:
    try:
        record = json.loads(line)
        query, grades = record["query"], {str(id): float(grade) for id, grade in record["grades"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FeedError(f"{place} is no judged query: {error!r}.", _FORM) from error
    wrong = next((grade for grade in grades.values() if not 0 <= grade <= _HIGHEST), None)
    if not isinstance(query, str) or not query.strip():
        raise FeedError(f"{place} has no query.", _FORM)
    if wrong is not None:
        raise FeedError(f"{place} has the grade {wrong:g}.", f"Grades go from 0 (wrong) to at most {_HIGHEST}.")
    return JudgedQuery(query, grades)


_HIGHEST = 10
"""A gain of 2^10 is a thousand times that of grade 1; what is higher is a percentage by mistake."""


def judge_ways(
    judged: Sequence[JudgedQuery], products: Mapping[str, Product], ways: Mapping[str, Way]
) -> SearchFigures:
    """The figures of each way; those of `hybrid`, `BM25` and `BM25 stemmed` must be among them."""
    rankings = {way: [tuple(rank(query.query)) for query in judged] for way, rank in ways.items()}
    answerable = [place for place, query in enumerate(judged) if query.relevant]
    gains = {way: [graded_ndcg(rankings[way][place], judged[place].grades) for place in answerable] for way in ways}
    return SearchFigures(
        queries=len(judged),
        without_relevant=len(judged) - len(answerable),
        products=len(products),
        missing=len({id for query in judged for id in query.relevant} - products.keys()),
        ways={way: _figures(judged, ranked, gains[way]) for way, ranked in rankings.items()},
        ratio=ratio_of_means(gains["hybrid"], gains["BM25"]),
        ratio_stemmed=ratio_of_means(gains["hybrid"], gains["BM25 stemmed"]),
    )


def _figures(judged: Sequence[JudgedQuery], rankings: Sequence[Ranking], gains: Sequence[float]) -> WayFigures:
    pairs = [(query, ranking) for query, ranking in zip(judged, rankings, strict=True) if query.relevant]
    empty = sum(not ranking for query, ranking in zip(judged, rankings, strict=True) if not query.relevant)
    return WayFigures(
        ndcg=Mean.of(gains),
        mrr=Mean.of([reciprocal_rank(ranking, query.relevant, DEPTH) for query, ranking in pairs]),
        recall=Mean.of(
            [len(query.relevant.intersection(ranking[:DEPTH])) / len(query.relevant) for query, ranking in pairs]
        ),
        ungraded=Mean.of(
            [_ungraded(query, ranking) for query, ranking in zip(judged, rankings, strict=True) if ranking]
        ),
        empty_when_nothing_fits=empty,
    )


def _ungraded(query: JudgedQuery, ranking: Ranking) -> float:
    top = ranking[:_TOP]
    return sum(id not in query.grades for id in top) / len(top)


def floors(catalog: Catalog, index: Index, encoder: Encoder, seed: int = 1) -> dict[str, Way]:
    """The ways that hybrid search is compared with, on the products of `index`."""
    ids = np.array(index.product_ids)
    texts = [f"{product.title} {product.description}" for product in (catalog.products[id] for id in index.product_ids)]
    dice = np.random.default_rng(seed)

    def dense(query: str) -> Ranking:
        cosines = index.product_vectors @ encoder.encode_queries([query])[0]
        return [str(id) for id in ids[np.argsort(-cosines, kind="stable")[:DEPTH]]]

    def random(query: str) -> Ranking:
        return [str(id) for id in dice.permutation(ids)[:DEPTH]]

    return {
        "BM25": _bm25(ids, texts, _plain_words, _plain_words),
        "BM25 stemmed": _bm25(ids, texts, words, content_words),
        "dense": dense,
        "random": random,
    }


def _bm25(
    ids: NDArray[np.str_],
    texts: Sequence[str],
    of_text: Callable[[str], list[str]],
    of_query: Callable[[str], list[str]],
) -> Way:
    lexical = Lexical.of(map(of_text, texts))

    def rank(query: str) -> Ranking:
        scores = lexical.scores(of_query(query))
        best = np.argsort(-scores, kind="stable")[:DEPTH]
        return [str(ids[row]) for row in best if scores[row] > 0]

    return rank


def _plain_words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def evaluate_judgements(file: Path, catalog_file: Path | None, settings: Settings) -> SearchFigures:
    """Judges the search of the imported shop, or of the products in `catalog_file`, by the queries in `file`.

    A catalog file is indexed once, in a folder of its own inside the home. Raises FeedError, SearchIndexError, ModelError
    and StoreError.
    """
    judged = read_judgements(file)
    encoder = open_shop_encoder(settings)
    if catalog_file is None:
        catalog = Records(open_database(settings.resolved_database_url)).catalog()
        index = Index.open(settings.home, catalog, encoder, settings.chroma_url)
    else:
        catalog = _read_catalog(catalog_file)
        index = _open_or_build(settings.home / "evaluation", catalog, encoder)
    recommender = Recommender.load(settings.data / "models" / "recommender")
    served = ShopSearch(Search(catalog, index, encoder, recommender), Grammar(catalog))
    hybrid: dict[str, Way] = {
        "hybrid": lambda query: [found.product.id for found in served.products(query, DEPTH, None).candidates]
    }
    return judge_ways(judged, catalog.products, hybrid | floors(catalog, index, encoder))


def _read_catalog(file: Path) -> Catalog:
    products = [row for row in read_products(Source.open(file), Intake()) if isinstance(row, Product)]
    if not products:
        raise FeedError(
            f"{file} holds no product that can be read.", f"See what is wrong: aisle import products {file}"
        )
    return Catalog(products)


def _open_or_build(home: Path, catalog: Catalog, encoder: Encoder) -> Index:
    try:
        return Index.open(home, catalog, encoder)
    except SearchIndexError:
        with stages(Console(stderr=True)) as show:
            return Index.build(home, catalog, encoder, show)
