"""Relevance: which products meet a query at all.

A ranking never ends, but an answer must: "cheapest tent" must not list the cheapest tent peg, and a shop without laptops
should say so. Three signs decide: what kind of thing is asked for ("red mug": mug), by `Kinds`; the share of the query's
words that a product's record has, the rare ones weighing more; and the cosine, beside the best one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.catalog.product import Product
from retrieval.index.document import content_words, product_words, words
from retrieval.recommendation.product_features import Floats, Rows
from retrieval.search.kinds import Kinds

TITLE_END = re.compile(r"\s*(?:[,(/|:–—]|\s-\s|\s(?:with|for|in|of|by|from|and)\s).*$", re.IGNORECASE)
"""What a title says after it has named the thing: "Speckle Mug, red" names a mug."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """Shares and cosines at which a product meets a query; for all-MiniLM-L6-v2, chosen on the sample shop's queries."""

    floor: float = 0.33  # a shop whose best cosine is lower, and that lacks the words, has nothing of the kind
    large: int = 2000  # products; among so many the best cosine is high by chance, and two more limits count:
    sure: float = 0.45  # a lower best cosine needs a product that also has words of the query,
    agreed: float = 0.2  # by share of words times cosine; both chosen on furniture queries in an electronics catalog
    kind: float = 0.95  # a word names the kind that is meant when the best of it is this near to the best of all
    near: float = 0.9  # of the best cosine: met, whatever the words
    likely: float = 0.7  # of the best cosine: met where no kind was asked for
    share: float = 0.5  # of the best share of words: met when of the kind asked for
    strict_share: float = 0.95  # the same where one product must not stand for another: sorted lists


_WHOLE = 0.999


class Relevance:
    """The words of one catalogue's products, and which of them have a type."""

    def __init__(self, products: Sequence[Product], kinds: Kinds, threshold: Threshold = Threshold()) -> None:
        self._size = len(products)
        self._threshold = threshold
        self._kinds = kinds
        self._typed = np.array([bool(product.category_path) for product in products], np.bool_)
        self._words = _postings(map(product_words, products))

    def share(self, query: str) -> Floats:
        """Share of the weight of the query's words that each product's record has, shape (products,)."""
        total, shares = 0.0, np.zeros(self._size, np.float32)
        for word in dict.fromkeys(content_words(query)):
            rows = self._words.get(word)
            weight = float(np.log1p(self._size / (1 if rows is None else len(rows))))
            total += weight
            if rows is not None:
                shares[rows] += weight
        return shares / np.float32(total) if total else shares

    def meets(self, query: str, rows: Rows, cosines: Floats, strict: bool) -> NDArray[np.bool_]:
        """Whether each of `rows` meets `query`, by its words and the `cosines` to it.

        `strict` is for lists in another order than relevance, whose first place must hold a clear answer.
        """
        shares = self.share(query)[rows]
        best = max(float(cosines.max(initial=0.0)), 1e-6)
        if self._has_nothing(shares, cosines, best):
            return np.zeros(len(rows), np.bool_)
        kind = self._kinds.of(query)[rows]
        meant = kind.any() and float(cosines[kind].max()) >= self._threshold.kind * best
        meets = self._of_meant_kind(kind, shares, cosines, strict) if meant else self._near(shares, cosines, strict)
        if not strict and meets.any():  # the title of a product without a type may not show what kind it is
            meets |= ~self._typed[rows] & (shares >= self._threshold.share * shares.max(initial=0.0)) & (shares > 0)
        return meets

    def _of_meant_kind(
        self, kind: NDArray[np.bool_], shares: Floats, cosines: Floats, strict: bool
    ) -> NDArray[np.bool_]:
        limit, best_share = self._threshold, shares[kind].max()
        if strict:
            return kind & (shares >= limit.strict_share * best_share)
        likely = (shares >= limit.share * best_share) | (cosines >= limit.likely * cosines.max())
        return (kind & likely) | (cosines >= limit.near * cosines.max())

    def _near(self, shares: Floats, cosines: Floats, strict: bool) -> NDArray[np.bool_]:
        best = float(cosines.max(initial=0.0))
        near = self._threshold.near if strict else self._threshold.likely
        return (shares >= _WHOLE) | (cosines >= near * best)

    def _has_nothing(self, shares: Floats, cosines: Floats, best: float) -> bool:
        """Whether no product is near enough to what is asked, and none has all of its words."""
        limit, agreed = self._threshold, float((shares * cosines).max(initial=0.0))
        is_chance = self._size >= limit.large and best < limit.sure and agreed < limit.agreed
        return (best < limit.floor or is_chance) and not (shares >= _WHOLE).any()


def kind_words(product: Product) -> list[str]:
    """The words that say what a product is: the last one of its title and of each step of its type."""
    names = [TITLE_END.sub("", product.title), *product.category_path[-1:]]
    return [
        found[-1] for name in names if (found := [word for word in words(name) if len(word) > 2 and word.isalpha()])
    ]


def _postings(documents: Iterable[Iterable[str]]) -> Mapping[str, Rows]:
    rows: dict[str, list[int]] = defaultdict(list)
    for row, document in enumerate(documents):
        for word in set(document):
            rows[word].append(row)
    return {word: np.array(listed, np.intp) for word, listed in rows.items()}
