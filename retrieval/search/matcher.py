"""Matcher: from a query's words to the products that meet it and how well, before anyone's taste comes in.

    query → spelling → encoder ─▶ Chroma (dense) ─┐
                     └─ words ──▶ BM25 (lexical) ─┴▶ reciprocal rank fusion → relevance

Ranks are fused, never scores: a cosine and a BM25 score have no common measure.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from retrieval.catalog.filter import Filter, Sort
from retrieval.catalog.product import Product
from retrieval.index.document import content_words, product_head, words
from retrieval.index.encoder import Encoder, Vectors
from retrieval.index.index import PRODUCTS, Index
from retrieval.recommendation.product_features import Floats, Rows
from retrieval.search.fusion import K, fuse
from retrieval.search.relevance import Relevance
from retrieval.search.spelling import Spelling

_POOL = 300
"""How many products each of the two rankings brings to the fusion."""


class Matcher:
    """Matches queries against the products of one index, `products` in its order."""

    def __init__(self, index: Index, encoder: Encoder, products: Sequence[Product]) -> None:
        self._index = index
        self._encoder = encoder
        self._relevance = Relevance(products)
        self._spelling = Spelling(f"{product_head(product)} {product.description}" for product in products)

    def match(self, query: str, rows: Rows, filter: Filter) -> tuple[Rows, Floats]:
        """Those of `rows` that meet `query`, best first, and their relevance, above 0 to 1.

        `rows` are what `filter` accepts. A filter that already demands all that the query says leaves every row in.
        """
        mended = self._spelling.mend(query)
        vector = self._encoder.encode_queries([mended])[0]
        fused = fuse((self._dense(vector, rows).tolist(), self._lexical(mended, rows).tolist()))
        pool = np.array(list(fused), np.intp)
        ranks: Floats = np.array(list(fused.values()), np.float32) * np.float32((K + 1) / 2)
        cosines = np.asarray(self._index.product_vectors[pool] @ vector)
        judged = self._relevance.judge(mended, pool, cosines, strict=filter.sort is not Sort.RELEVANCE)
        relevance = ((ranks + 2 * judged.grade) / 3).astype(np.float32)
        if _demands(filter, mended):
            return pool, relevance
        return pool[judged.meets], relevance[judged.meets]

    def _dense(self, vector: Vectors, rows: Rows) -> Rows:
        """The nearest of `rows` by cosine, nearest first."""
        everything = len(rows) == len(self._index.product_ids)
        return self._index.store.nearest(PRODUCTS, vector, min(_POOL, len(rows)), None if everything else rows)

    def _lexical(self, query: str, rows: Rows) -> Rows:
        """Those of `rows` that share a word with `query`, by BM25, best first."""
        scores = self._index.product_words.scores(content_words(query))[rows]
        best = np.argsort(-scores, kind="stable")[:_POOL]
        return rows[best[scores[best] > 0]]


def _demands(filter: Filter, query: str) -> bool:
    """Whether `filter` demands every content word of `query`, so that whatever it accepts is relevant."""
    demanded = {word for condition in filter.conditions for value in condition.values for word in words(value)}
    return set(content_words(query)) <= demanded
