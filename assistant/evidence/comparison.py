"""Comparison: what two products share and how they differ, worked out by code: the model never reasons over numbers."""

from __future__ import annotations

from assistant.evidence.evidence import Fact, FactKind
from assistant.evidence.hints import FIRST, SECOND
from assistant.evidence.wording import in_words
from retrieval.catalog.product import Product


def comparison_facts(first: Product, second: Product) -> list[Fact]:
    """The `compare.*` facts of two products. What is equal or unknown is left out."""
    return [*_prices(first, second), *_ratings(first, second), *_common(first, second)]


def _prices(first: Product, second: Product) -> list[Fact]:
    one, other = first.current_price, second.current_price
    if one.currency != other.currency or one.amount == other.amount:
        return []
    is_first = one.amount < other.amount
    difference = other - one if is_first else one - other
    return [
        _name("compare.cheaper", first, second, is_first),
        Fact("compare.difference", FactKind.MONEY, str(difference), "", "computed"),
    ]


def _ratings(first: Product, second: Product) -> list[Fact]:
    """Ratings that read alike with one decimal are equal."""
    if first.rating is None or second.rating is None or round(first.rating, 1) == round(second.rating, 1):
        return []
    return [_name("compare.better_rated", first, second, first.rating > second.rating)]


def _name(key: str, first: Product, second: Product, is_first: bool) -> Fact:
    product = first if is_first else second
    return Fact(key, FactKind.NAME, product.title, FIRST if is_first else SECOND, f"product:{product.id}")


def _common(first: Product, second: Product) -> list[Fact]:
    own = [("brand", first.brand, second.brand), ("material", first.material, second.material)]
    own += [(name.replace("_", " "), one, second.attributes.get(name, "")) for name, one in first.attributes.items()]
    shared = [name for name, one, other in own if one and one.casefold() == other.casefold()]
    text = f"the same {in_words(shared[:3])}" if shared else ""
    return [Fact("compare.common", FactKind.TEXT, text, "", "computed")] if text else []
