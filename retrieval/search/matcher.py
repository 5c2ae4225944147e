"""Matcher: from a query's words to the products that meet it and how well, before anyone's taste comes in.

    query → spelling → encoder ─▶ Chroma (dense) ─┐
                     └─ words ─▶ BM25F (lexical) ─┴▶ weighted sum → kind asked for? → relevance

BM25F is divided by the best score of the query, so that both parts are 0 to 1. A weighted sum of scores ranks better than
reciprocal rank fusion, which forgets by how much a product is better (Bruch, Gai and Ingber 2023,
https://doi.org/10.1145/3596512).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from retrieval.catalog.filter import Filter, Sort
from retrieval.catalog.product import Product
from retrieval.index.document import content_words, product_head, query_words, words
from retrieval.index.encoder import Encoder, Vectors
from retrieval.index.index import PRODUCTS, Index
from retrieval.recommendation.product_features import Floats, Rows
from retrieval.search.kinds import Kinds
from retrieval.search.relevance import Relevance
from retrieval.search.spelling import Spelling

_POOL = 300
"""How many products each of the two rankings brings together."""
_COSINE_WEIGHT = 1.0
"""The weight of the cosine, that of BM25F being 1."""
_OTHER_KIND = (0.7, 0.9, 0.95)
"""What is left of the relevance of a product of another kind than asked for, by the number of words in the query: the
fewer there are, the surer is the kind all that is meant. These and the weight are chosen in docs/measured.md, "Search"."""


class Matcher:
    """Matches queries against the products of one index, `products` in its order."""

    def __init__(self, index: Index, encoder: Encoder, products: Sequence[Product]) -> None:
        self._index = index
        self._encoder = encoder
        self._kinds = Kinds(products)
        self._relevance = Relevance(products, self._kinds)
        self._spelling = Spelling(f"{product_head(product)} {product.description}" for product in products)

    def match(self, query: str, rows: Rows, filter: Filter) -> tuple[Rows, Floats]:
        """Those of `rows` that meet `query`, best first, and their relevance, above 0 to 1.

        `rows` are what `filter` accepts. A filter that already demands all that the query says leaves every row in.
        """
        mended = self._spelling.mend(query)
        vector = self._encoder.encode_queries([mended])[0]
        scores = self._index.product_words.scores(query_words(mended))
        pool = np.union1d(self._dense(vector, rows), _best(scores, rows))
        cosines = np.asarray(self._index.product_vectors[pool] @ vector)
        relevance = self._relevance_of(mended, scores[pool], cosines, pool)
        order = np.argsort(-relevance, kind="stable")
        if not _demands(filter, mended):
            meets = self._relevance.meets(mended, pool, cosines, strict=filter.sort is not Sort.RELEVANCE)
            order = order[meets[order]]
        return pool[order], relevance[order]

    def _relevance_of(self, query: str, scores: Floats, cosines: Floats, pool: Rows) -> Floats:
        """How well each of `pool` fits, 0 to 1: BM25 against the best, the cosine, and whether it is the kind asked for."""
        lexical = scores / max(float(scores.max(initial=0.0)), 1e-6)
        relevance = (lexical + _COSINE_WEIGHT * np.clip(cosines, 0, 1)) / (1 + _COSINE_WEIGHT)
        kind = self._kinds.of(query)[pool]
        if kind.any():
            length = min(len(content_words(query)), len(_OTHER_KIND))
            relevance = np.where(kind, relevance, relevance * _OTHER_KIND[length - 1])
        return np.asarray(relevance, np.float32)

    def _dense(self, vector: Vectors, rows: Rows) -> Rows:
        """The nearest of `rows` by cosine, nearest first."""
        everything = len(rows) == len(self._index.product_ids)
        return self._index.store.nearest(PRODUCTS, vector, min(_POOL, len(rows)), None if everything else rows)


def _best(scores: Floats, rows: Rows) -> Rows:
    """The `_POOL` of `rows` that score highest, of those that share a word with the query."""
    best = np.argsort(-scores[rows], kind="stable")[:_POOL]
    return rows[best[scores[rows[best]] > 0]]


def _demands(filter: Filter, query: str) -> bool:
    """Whether `filter` demands every content word of `query`, so that whatever it accepts is relevant."""
    demanded = {word for condition in filter.conditions for value in condition.values for word in words(value)}
    return set(content_words(query)) <= demanded
