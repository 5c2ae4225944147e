"""Judges a tuned encoder next to the untuned one, by nDCG@10 on held-out queries, paired by query.

Two rankings are judged: the cosine alone, and what search shows. Ranked are the products that answer, and as many others drawn by chance.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from finetune.embeddings.queries import Query, ShopTraits, Source
from finetune.ranking_metrics import DEPTH, Mean, graded_ndcg
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.filter import Filter
from retrieval.index.encoder import Encoder
from retrieval.index.index import Index
from retrieval.search.search import Search

_MOST_QUERIES, _DEEP = 400, 100

Gains = Mapping[str, Sequence[float]]
"""nDCG@10 of each query, by way to rank: "dense" and "shown"."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The gains of the untuned and of the tuned encoder on the same queries, over `products` products."""

    queries: tuple[Query, ...]
    products: int
    before: Gains
    after: Gains

    def change(self, way: str, source: Source | None = None) -> Mean:
        """How much nDCG@10 rises, paired by query, on all queries or those of one source."""
        pairs = zip(self.queries, self.before[way], self.after[way], strict=True)
        return Mean.of([after - before for query, before, after in pairs if source in (None, query.source)])

    def mean(self, gains: Gains, way: str, source: Source | None = None) -> Mean:
        """Mean nDCG@10 on all queries or those of one source."""
        pairs = zip(self.queries, gains[way], strict=True)
        return Mean.of([gain for query, gain in pairs if source in (None, query.source)])


def compare(
    shop: ShopTraits, judged: Sequence[Query], untuned: Encoder, tuned: Encoder, most_products: int, seed: int
) -> Comparison:
    """Judge both encoders on at most 400 of the queries `judged`, customers' first, over at most `most_products` products."""
    chance = random.Random(seed)
    shuffled = sorted(chance.sample(judged, len(judged)), key=lambda query: query.source is Source.CATALOG)
    queries, places = list[Query](), set[int]()
    for query in shuffled:
        if len(queries) < _MOST_QUERIES and len(places | query.grades.keys()) <= most_products / 2:
            queries.append(query)
            places |= query.grades.keys()
    others = sorted(set(range(len(shop.products))) - places)
    ranked = sorted([*places, *chance.sample(others, min(len(others), most_products - len(places)))])
    catalog = Catalog(shop.products[place] for place in ranked)
    before, after = (_gains(shop, catalog, queries, encoder) for encoder in (untuned, tuned))
    return Comparison(tuple(queries), len(ranked), before, after)


def _gains(shop: ShopTraits, catalog: Catalog, queries: Sequence[Query], encoder: Encoder) -> Gains:
    index = Index.in_memory(catalog, encoder)
    search = Search(catalog, index, encoder)
    groups = [shop.traits[shop.places[id]].group for id in index.product_ids]
    vectors = encoder.encode_queries([query.text for query in queries])
    found: dict[str, list[float]] = {"dense": [], "shown": []}
    for query, vector in zip(queries, vectors, strict=True):
        grades: dict[str, float] = {}
        for place, grade in query.grades.items():
            group = shop.traits[place].group
            grades[group] = max(grade, grades.get(group, 0.0))
        nearest = np.argsort(-(index.product_vectors @ vector), kind="stable")
        dense = list(dict.fromkeys(groups[row] for row in nearest[:_DEEP]))
        shown = [
            shop.traits[shop.places[each.product.id]].group
            for each in search.products(query.text, Filter(), DEPTH).candidates
        ]
        found["dense"].append(graded_ndcg(dense, grades))
        found["shown"].append(graded_ndcg(list(dict.fromkeys(shown)), grades))
    index.close()
    return found
