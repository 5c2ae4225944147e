"""Options: the colors and sizes that somebody named, and which variants of a product they mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from retrieval.catalog.product import Product
from retrieval.folding import folded

_FIELDS = ("color", "size")
_WORD = re.compile(r"[^\W_]+")
_SHORTEST_WORD = 3
"""Letters of a word that sets a variant apart; "m" and "cm" are also said of other things."""


@dataclass(frozen=True, slots=True)
class Options:
    """Named colors and sizes, in any case; empty where none was named."""

    color: tuple[str, ...] = ()
    size: tuple[str, ...] = ()

    def over(self, other: Options) -> Options:
        """These options, and those of `other` in a field where these name none."""
        return Options(self.color or other.color, self.size or other.size)

    def had_by(self, variants: Sequence[Product]) -> Options:
        """Those of these options that some of `variants` have."""
        color, size = (
            tuple(value for value in getattr(self, field) if any(_has(variant, field, value) for variant in variants))
            for field in _FIELDS
        )
        return Options(color, size)

    def had_together(self, variants: Sequence[Product]) -> bool:
        """Whether one of `variants` has a color and a size of these."""
        return any(all(self._names(variant, field) for field in _FIELDS) for variant in variants)

    def without(self, values: Iterable[str]) -> Options:
        """These options without `values`, which were ruled out."""
        unwanted = {folded(value) for value in values}
        color, size = (
            tuple(value for value in getattr(self, field) if folded(value) not in unwanted) for field in _FIELDS
        )
        return Options(color, size)

    def among(self, variants: Sequence[Product]) -> list[Product]:
        """Those of `variants` that are meant. An option that none of them has means something else and is passed over."""
        kept = list(variants)
        for field in _FIELDS:
            kept = [variant for variant in kept if self._names(variant, field)] or kept
        return kept

    def each_of(self, variants: Sequence[Product]) -> list[list[Product]]:
        """The meant variants, parted by the color, else the size, of which several were named and exist."""
        meant = self.among(variants)
        for field in _FIELDS:
            parts = [[v for v in meant if _has(v, field, value)] for value in _known(getattr(self, field))]
            if len(parts := [part for part in parts if part]) > 1:
                return parts
        return [meant]

    def _names(self, product: Product, field: str) -> bool:
        return any(_has(product, field, value) for value in getattr(self, field))


def _has(product: Product, field: str, value: str) -> bool:
    text = folded(str(getattr(product, field)))
    return bool(text) and folded(value) in {text, *(part.strip() for part in text.replace("/", ",").split(","))}


def _known(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(folded(value) for value in values))


def words_of(product: Product, variants: Sequence[Product]) -> frozenset[str]:
    """The words of color and size that `product` has and not all of `variants` have: "quiet" of "Quiet switches"."""
    return _option_words(product) - frozenset.intersection(*map(_option_words, variants))


def words_in(text: str) -> frozenset[str]:
    """The words and numbers of `text` that can set a variant apart, in lower case and without accents."""
    return frozenset(word for word in _WORD.findall(folded(text)) if len(word) >= _SHORTEST_WORD or word.isdecimal())


def _option_words(product: Product) -> frozenset[str]:
    return words_in(f"{product.color} {product.size}")
