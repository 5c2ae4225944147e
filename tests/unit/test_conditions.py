"""Conditions and kinds read well behind a noun and around it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assistant.evidence.conditions import conditions_in_words
from assistant.evidence.wording import by_size, in_words, plural_kind, singular_kind
from retrieval.catalog.facets import Facets
from retrieval.catalog.filter import Condition, Operator, Sort
from retrieval.catalog.money import Money
from retrieval.catalog.product import Product

FACETS = Facets.of([Product("p", "P", Money(Decimal(1)), attributes={"weight": "1.2 kg", "capacity": "2 l"})])


def _in(field: str, *values: str) -> Condition:
    return Condition(field, Operator.IN, values)


def _not(field: str, *values: str) -> Condition:
    return Condition(field, Operator.NOT_IN, values)


def _from(field: str, number: str) -> Condition:
    return Condition(field, Operator.AT_LEAST, number=Decimal(number))


def _to(field: str, number: str) -> Condition:
    return Condition(field, Operator.AT_MOST, number=Decimal(number))


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        ((), ""),
        ((_in("product_type", "Tents"),), ""),
        (
            (_in("color", "Blue"), _to("price", "60"), _not("material", "Leather")),
            "in blue, under $60 and without leather",
        ),
        ((_in("color", "Red", "Green"),), "in red or green"),
        ((_in("size", "M"), _in("brand", "Skarn")), "in size M and from Skarn"),
        ((_not("brand", "Skarn"), _not("color", "Red")), "not from Skarn and not in red"),
        ((_from("price", "40"), _to("price", "59.50")), "between $40 and $59.50"),
        ((_from("rating", "4"),), "rated 4 or better"),
        ((_from("discount", "0.01"), _in("availability", "in_stock")), "on sale and in stock"),
        ((_in("waterproof", "yes"), _in("vegan", "no")), "that are waterproof and that are not vegan"),
        ((_to("weight", "2"),), "with a weight of at most 2 kg"),
        ((_in("capacity", "2 l"),), "with a capacity of 2 l"),
    ],
)
def test_conditions_in_words(conditions: tuple[Condition, ...], words: str) -> None:
    assert conditions_in_words(conditions, FACETS) == words


def test_the_order_comes_last() -> None:
    assert conditions_in_words((_in("color", "Red"),), FACETS, Sort.PRICE_LOW) == "in red, cheapest first"
    assert conditions_in_words((), FACETS, Sort.RATING) == "best rated first"


@pytest.mark.parametrize(
    ("step", "plural", "singular"),
    [
        ("Tents", "tents", "tent"), ("Knives", "knives", "knife"), ("Batteries", "batteries", "battery"), ("Torches", "torches", "torch"),
        ("Trousers", "trousers", "trousers"), ("Footwear", "footwear", ""), ("beauty", "beauty products", ""), ("Hiking", "hiking products", ""),
        ("mens-shirts", "men's shirts", "men's shirt"), ("LED Lamps", "LED lamps", "LED lamp"), ("Pots & Pans", "pots & pans", ""), ("", "", ""),
    ],
)  # fmt: skip
def test_kinds_in_words(step: str, plural: str, singular: str) -> None:
    assert (plural_kind(step), singular_kind(step)) == (plural, singular)


def test_lists_in_words() -> None:
    assert [in_words(items) for items in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]


def test_sizes_in_order() -> None:
    assert by_size(["L", "XS", "M"]) == ["XS", "M", "L"]
    assert by_size(["10", "9.5", "9"]) == ["9", "9.5", "10"]
    assert by_size(["wide", "narrow"]) == ["wide", "narrow"]
