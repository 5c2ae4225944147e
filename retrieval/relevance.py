"""Relevance: how well each product meets a query, 0 to 1, and which products meet it at all.

A sort by price needs a yes or no: "cheapest tent" must not list the cheapest tent peg. The answer comes from two signs:
the share of the query's words that name the product (weighed by how rare they are), and the cosine beside the best one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.document import content_words, product_head, words
from retrieval.product import Product
from retrieval.shelf import Floats


class Relevance:
    """The words by which the products of one catalogue are named."""

    floor = 0.30
    """A cosine below this is chance for all-MiniLM-L6-v2 on products."""

    share = 0.80
    """Without naming it, a product meets a query when its cosine is this share of the best product's."""

    def __init__(self, products: Sequence[Product]) -> None:
        self._size = len(products)
        postings: dict[str, list[int]] = defaultdict(list)
        for row, product in enumerate(products):
            for word in set(words(product_head(product))):
                postings[word].append(row)
        self._postings = {word: np.array(rows, np.intp) for word, rows in postings.items()}

    def named(self, query: str) -> Floats:
        """Share of the weight of the query's words that are in the name of each product, shape (products,)."""
        total, shares = 0.0, np.zeros(self._size, np.float32)
        for word in dict.fromkeys(content_words(query)):
            rows = self._postings.get(word)
            weight = float(np.log1p(self._size / (1 if rows is None else len(rows))))
            total += weight
            if rows is not None:
                shares[rows] += weight
        return shares / total if total else shares

    def meets(self, named: Floats, cosines: Floats) -> NDArray[np.bool_]:
        """Which products meet a query, from their `named` shares and cosines, both of shape (rows,)."""
        if not len(cosines):
            return np.zeros(0, np.bool_)
        whole = named >= 0.999
        if whole.any():
            return whole | ((cosines >= self.share * cosines[whole].max()) & (named > 0.0))
        return (cosines >= self.floor) & (cosines >= self.share * cosines.max())
