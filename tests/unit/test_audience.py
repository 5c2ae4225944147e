"""For whom something is wanted, and which kinds of product are made for them."""

from __future__ import annotations

import pytest

from assistant.understanding.audience import audience, gifts_for, made_for, narrowed
from retrieval.catalog.filter import Condition, Filter, Operator, Sort

SHOES = ("mens shoes", "Women's Shoes", "Kids > Shoes")


def _kinds(*values: str) -> Filter:
    return Filter((Condition("product_type", Operator.IN, values),), Sort.PRICE_LOW)


@pytest.mark.parametrize(
    ("message", "whom"),
    [
        ("for men", "men"),
        ("shoes for my dad", "men"),
        ("a gift for my lovely wife", "women"),
        ("women's boots", "women"),
        ("something for a 6 year old", "kids"),
        ("for my 6-year-old", "kids"),
        ("for my son", "kids"),
        ("a present for a 40 year old", ""),
        ("for men and women", ""),
        ("she is my boss", ""),
        ("show me tents", ""),
    ],
)
def test_for_whom(message: str, whom: str) -> None:
    assert audience(message) == whom


@pytest.mark.parametrize(
    ("whom", "kind"), [("men", "mens shoes"), ("women", "Women's Shoes"), ("kids", "Kids > Shoes")]
)
def test_kinds_are_narrowed_to_those_made_for_them(whom: str, kind: str) -> None:
    assert made_for(whom, SHOES) == (kind,)
    assert narrowed(_kinds(*SHOES), whom) == _kinds(kind)


def test_kinds_that_are_not_parted_stay() -> None:
    assert narrowed(_kinds("Tents", "Mugs"), "women") == _kinds("Tents", "Mugs")
    assert narrowed(_kinds(*SHOES), "") == _kinds(*SHOES)


def test_a_gift_is_sought_among_what_is_made_for_them_unless_a_kind_is_named() -> None:
    assert gifts_for(Filter(), "men", SHOES).conditions == (Condition("product_type", Operator.IN, ("mens shoes",)),)
    assert gifts_for(_kinds("Mugs"), "men", SHOES) == _kinds("Mugs")
    assert gifts_for(Filter(), "men", ("Tents",)) == Filter()
