"""Kinds: which kind of thing each product is, read off the shop's types and off the grammar of its titles.

A customer who types "printer" wants printers, and most titles with that word are something else: a printer cable, a
drum "for printers". In an English compound the last noun is the head: it says what the thing is, and the nouns before
it only modify it. Which of two neighbors is the head is learned from the catalog's own titles: "printer cable" is
frequent and "cable printer" is not, so `cable` is the head of the pair. What follows "for" or "with" is what a product
goes with. Brands, and words that are whole attribute values (black, wired, inkjet), are no kinds.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from retrieval.catalog.product import Product
from retrieval.folding import folded
from retrieval.index.document import words
from retrieval.recommendation.product_features import Rows

_TOKEN = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*|[^\w\s]")
_GOES_WITH = frozenset({"for", "with", "w", "without", "compatible", "fits", "incl", "including"})
_APART = _GOES_WITH | frozenset({"of", "in", "on", "by", "from", "to", "and", "or", "plus", "per"})
_JOINING = frozenset("-&'’.")
_SEEN_TWICE = 2
"""How often a pair must stand in titles to be trusted; once in a shop with types, whose titles are names and no data."""
_KIND_ATTRIBUTES = ("type", "category", "kind")
_OFTEN_HEAD = 0.25
"""The share of a word's places in titles from which it names a kind. "Laptop" that mostly stands before "bag" does not."""
_USUALLY = 0.5
"""The share of a word's places in titles from which it is a brand's word, or a value's."""

Run = tuple[str, ...]


class Kinds:
    """The head words of one catalog's products."""

    def __init__(self, products: Sequence[Product]) -> None:
        titles = [tuple(_runs(product.title)) for product in products]
        brands = [frozenset(words(product.brand)) for product in products]
        types = [_last_word(product.category_path[-1:]) for product in products]
        self._size = len(products)
        self._places = Counter(word for title in titles for run, _ in title for word in run)
        self._pairs = Counter(pair for title in titles for run, _ in title for pair in pairwise(run))
        self._enough = 1 if 2 * sum(map(bool, types)) > len(products) else _SEEN_TWICE
        self._described = _described(products, titles, brands, self._places)
        heads: dict[str, set[int]] = defaultdict(set)
        for row, (title, brand, type) in enumerate(zip(titles, brands, types, strict=True)):
            for head in self._heads(title, brand):
                heads[head].add(row)
            if type:
                heads[type].add(row)
        names = frozenset(types)
        self._rows: Mapping[str, Rows] = {
            head: np.array(sorted(rows), np.intp)
            for head, rows in heads.items()
            if head in names or len(rows) >= _OFTEN_HEAD * self._places[head]
        }

    def asked(self, query: str) -> tuple[str, ...]:
        """The words of `query` that name a kind of thing in this catalog: "usb printer cable" asks for a cable."""
        return tuple(word for word in self._heads(_runs(query), frozenset()) if word in self._rows)

    def of(self, query: str) -> NDArray[np.bool_]:
        """Products of a kind that `query` asks for, shape (products,); none where it asks for no kind."""
        found = np.zeros(self._size, np.bool_)
        for word in self.asked(query):
            found[self._rows[word]] = True
        return found

    def _heads(
        self, title: Sequence[tuple[Run, bool]] | Iterator[tuple[Run, bool]], brand: Container[str]
    ) -> list[str]:
        """Words of the runs that are nouns of their own, not before another one and not after "for"."""
        return [
            word
            for run, is_behind in title
            if not is_behind
            for place, word in enumerate(run)
            if word not in brand and word not in self._described and not self._modifies(run, place, brand)
        ]

    def _modifies(self, run: Run, place: int, brand: Container[str]) -> bool:
        """Whether the word at `place` only qualifies the next one."""
        if place + 1 == len(run) or run[place + 1] in brand:
            return False
        pair = run[place], run[place + 1]
        count = self._pairs[pair]
        return pair[1] not in self._described and count >= self._enough and count > self._pairs[pair[::-1]]


def _runs(title: str) -> Iterator[tuple[Run, bool]]:
    """Neighboring words without a number, a mark or a preposition between them; and whether "for" or "with" came before."""
    run: list[str] = []
    is_behind = False
    for match in _TOKEN.finditer(folded(title)):
        token = match.group()
        if token.isalpha() and len(token) > 1 and token not in _APART:
            run += words(token)
        elif token not in _JOINING:
            if run:
                yield tuple(run), is_behind
            run = []
            is_behind = is_behind or token in _GOES_WITH
    if run:
        yield tuple(run), is_behind


def _last_word(names: Sequence[str]) -> str:
    found = [word for name in names for word in words(name) if len(word) > 2 and word.isalpha()]
    return found[-1] if found else ""


def _described(
    products: Sequence[Product],
    titles: Sequence[tuple[tuple[Run, bool], ...]],
    brands: Sequence[Container[str]],
    places: Counter[str],
) -> frozenset[str]:
    """Words that stand in titles mostly as a brand, or as the value of an attribute."""
    branded = Counter(
        word
        for title, brand in zip(titles, brands, strict=True)
        for run, _ in title
        for word in run
        if word in brand
    )  # fmt: skip
    values: Counter[str] = Counter()
    for product in products:
        named = {"color": product.color, "size": product.size, "material": product.material, **product.attributes}
        for name, value in named.items():
            if not any(kind in name for kind in _KIND_ATTRIBUTES):
                parts = (words(part) for part in value.split(","))
                values.update(part[0] for part in parts if len(part) == 1)
    by_brand = {word for word, count in branded.items() if count > _USUALLY * places[word]}
    by_value = {word for word, count in values.items() if count >= max(_SEEN_TWICE + 1, _USUALLY * places[word])}
    return frozenset(by_brand | by_value)
