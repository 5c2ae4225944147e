"""Judges search: `aisle evaluate search`.

Dense and lexical ranking alone, and what search shows in the end, on

* the sample shop, by queries of our own (`data/shop/queries.yaml`), on which the thresholds of `Relevance` were chosen,
* WANDS queries: which of the furniture classes is meant, a class being a document (public, evaluation only),
* DSTC9 questions: which of one business's answers belongs to each (public, evaluation only).
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from finetune.ranking_metrics import Mean, ndcg, reciprocal_rank
from finetune.recommender_data import read_catalog
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.faq import Faq
from retrieval.catalog.filter import Filter, Sort
from retrieval.catalog.money import Money
from retrieval.catalog.product import Product
from retrieval.index.document import content_words, query_words
from retrieval.index.encoder import Encoder
from retrieval.index.index import PASSAGES, PRODUCTS, Index
from retrieval.index.sentence_encoder import open_encoder
from retrieval.recommendation.recommender import Recommender
from retrieval.search.search import Search

_DEEP = 100
_BUSINESSES = 40
_EVERYTHING = Filter()

Ranking = Sequence[str]


@dataclass(frozen=True, slots=True)
class Task:
    """A query and the documents that answer it; none where nothing should be found."""

    query: str
    right: frozenset[str]


def evaluate_search(shop: Path, data: Path | None, model: Path, seed: int = 1) -> str:
    """The tables, as Markdown. Without `data` only the sample shop is judged."""
    encoder, recommender = open_encoder(), Recommender.load(model)
    sections = [_sample_shop(shop, encoder, recommender)]
    if data is not None:
        sections.append(_wands(data / "wands_queries" / "eval_public.jsonl.gz", encoder))
        sections.append(_dstc9(data / "dstc9_faq" / "faq.jsonl.gz", encoder, seed))
    return "\n\n".join(sections)


def _sample_shop(folder: Path, encoder: Encoder, recommender: Recommender) -> str:
    catalog = read_catalog(folder)
    search = Search(catalog, index := Index.in_memory(catalog, encoder), encoder, recommender)
    tasks = [
        Task(entry["query"], _right(catalog, entry["right"]))
        for entry in yaml.safe_load((folder / "queries.yaml").read_text(encoding="utf-8"))
    ]

    def group(product_id: str) -> str:
        return catalog.products[product_id].item_group_id or product_id

    def shown(query: str, filter: Filter = _EVERYTHING) -> Ranking:
        return [group(candidate.product.id) for candidate in search.products(query, filter, _DEEP).candidates]

    ways = _product_ways(index, encoder, group) | {"shown": shown}
    answerable = [task for task in tasks if task.right]
    unanswerable = [task for task in tasks if not task.right]
    cheapest = Filter(sort=Sort.PRICE_LOW)
    fitting = Mean.of([float(bool(task.right & set(shown(task.query, cheapest)[:1]))) for task in answerable])
    empty = sum(not shown(task.query) for task in unanswerable)
    return "\n".join((
        _table(f"Sample shop, {len(answerable)} queries of our own, on which the thresholds were chosen", ways, answerable),
        "",
        f"The cheapest product shown is a right answer: {fitting}",
        f"Nothing is shown where the shop has nothing: {empty} of {len(unanswerable)}",
    ))  # fmt: skip


def _right(catalog: Catalog, names: Sequence[str]) -> frozenset[str]:
    return frozenset(
        product.item_group_id or product.id
        for product in catalog.products.values()
        if {product.item_group_id or product.id, *product.category_path[-1:]} & set(names)
    )


def _wands(path: Path, encoder: Encoder) -> str:
    rows = [row for row in _lines(path) if row["query_class"]]
    classes = sorted({str(row["query_class"]) for row in rows})
    catalog = Catalog(Product(name, name, Money(Decimal(1))) for name in classes)
    search = Search(catalog, index := Index.in_memory(catalog, encoder), encoder)
    tasks = [Task(row["query"], frozenset({row["query_class"]})) for row in rows]

    def shown(query: str) -> Ranking:
        return [candidate.product.id for candidate in search.products(query, _EVERYTHING, _DEEP).candidates]

    ways = _product_ways(index, encoder, str) | {"shown": shown}
    return _table(f"WANDS, {len(tasks)} queries over {len(classes)} classes", ways, tasks)


def _dstc9(path: Path, encoder: Encoder, seed: int) -> str:
    businesses: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in _lines(path):
        if row["entity"]:
            businesses[row["entity"]].append(row)
    drawn = np.random.default_rng(seed).choice(sorted(businesses), min(_BUSINESSES, len(businesses)), replace=False)
    gains: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for name in drawn:
        catalog = Catalog((), [Faq(row["id"], name, row["answer"]) for row in businesses[name]])
        tasks = [Task(row["question"], frozenset({row["id"]})) for row in businesses[name]]
        for way, rank in faq_ways(catalog, encoder).items():
            gains[way] += [_gain(rank(task.query), task) for task in tasks]
    asked = len(next(iter(gains.values())))
    return _rendered(f"DSTC9, {asked} questions over the answers of {len(drawn)} businesses", gains)


def _product_ways(index: Index, encoder: Encoder, name: Callable[[str], str]) -> dict[str, Callable[[str], Ranking]]:
    def dense(query: str) -> Ranking:
        rows = index.store.nearest(PRODUCTS, encoder.encode_queries([query])[0], 3 * _DEEP)
        return list(dict.fromkeys(name(index.product_ids[row]) for row in rows))

    def lexical(query: str) -> Ranking:
        scores = index.product_words.scores(query_words(query))
        rows = [row for row in np.argsort(-scores, kind="stable") if scores[row] > 0]
        return list(dict.fromkeys(name(index.product_ids[row]) for row in rows))

    return {"dense": dense, "lexical": lexical}


def faq_ways(catalog: Catalog, encoder: Encoder) -> dict[str, Callable[[str], Ranking]]:
    """Rankings of the pages of `catalog`: by the encoder alone, by words alone (BM25), and as search shows them."""
    index, ids = Index.in_memory(catalog, encoder), tuple(catalog.faqs)
    search = Search(catalog, index, encoder)

    def dense(query: str) -> Ranking:
        rows = index.store.nearest(PASSAGES, encoder.encode_queries([query])[0], _DEEP)
        return list(dict.fromkeys(index.passage_faqs[row] for row in rows))

    def lexical(query: str) -> Ranking:
        scores = index.faq_words.scores(content_words(query))
        return [ids[row] for row in np.argsort(-scores, kind="stable") if scores[row] > 0]

    return {
        "dense": dense,
        "lexical": lexical,
        "shown": lambda query: [hit.faq.id for hit in search.faqs(query, _DEEP)],
    }


def _gain(ranking: Ranking, task: Task) -> tuple[float, float]:
    return reciprocal_rank(ranking, task.right), ndcg(ranking, task.right)


def _table(title: str, ways: Mapping[str, Callable[[str], Ranking]], tasks: Sequence[Task]) -> str:
    gains = {way: [_gain(rank(task.query), task) for task in tasks] for way, rank in ways.items()}
    return _rendered(title, gains)


def _rendered(title: str, gains: Mapping[str, Sequence[tuple[float, float]]]) -> str:
    lines = [f"### {title}", "", "| ranking | MRR@10 | NDCG@10 |", "|---|---|---|"]
    for way, pairs in gains.items():
        mrr, gain = (Mean.of([pair[place] for pair in pairs]) for place in (0, 1))
        lines.append(f"| {way} | {mrr} | {gain} |")
    return "\n".join(lines)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
