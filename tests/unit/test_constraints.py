"""Limits and orders that code reads from a message, whatever was planned."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assistant.dialogue.need import Need
from assistant.planning.constraints import Constraints
from assistant.planning.grammar.grammar import Grammar
from assistant.planning.plan import Find
from retrieval.catalog.filter import Condition, Operator, Sort
from tests.unit.grammar_shops import SHOPS

OUTDOOR = Constraints(Grammar(SHOPS["outdoor"]))


def test_the_cheapest_is_an_order_though_the_plan_names_none() -> None:
    assert OUTDOOR.of(Find(kind="tents"), Need(), "what's your cheapest tent").sort is Sort.PRICE_LOW
    assert OUTDOOR.of(Find(kind="tents", sort="dearest"), Need(), "tents").sort is Sort.PRICE_HIGH
    assert OUTDOOR.of(Find(kind="tents"), Need(), "tents").sort is Sort.RELEVANCE


def test_cheaper_is_a_limit_beside_what_is_shown() -> None:
    catalog = SHOPS["outdoor"]
    tents = [p for p in catalog.products.values() if "Tents" in p.category_path]
    dearest = max(tents, key=lambda product: product.current_price.amount)
    wanted = OUTDOOR.of(Find(kind="tents"), Need(), "a bit cheaper?", [dearest.id])
    bounds = [c for c in wanted.conditions if c.field == "price"]
    assert bounds == [
        Condition("price", Operator.AT_MOST, number=dearest.current_price.amount - Decimal("0.01"), unit="")
    ]
    assert not [c for c in OUTDOOR.of(Find(kind="tents"), Need(), "a bit cheaper?").conditions if c.field == "price"]


@pytest.mark.parametrize(
    "said",
    [
        "too expensive, anything under 60?",
        "something cheaper, at most 60",
        "that's more than I have, 60 max, any cheaper?",
    ],
)
def test_a_bound_that_is_named_counts_and_not_what_is_cheaper_than_shown(said: str) -> None:
    dear = max(SHOPS["outdoor"].products.values(), key=lambda product: product.current_price.amount)
    wanted = OUTDOOR.of(Find(kind="tents"), Need(), said, [dear.id])
    assert [c.number for c in wanted.conditions if c.field == "price"] == [Decimal(60)]
    assert dear.id in [value for c in wanted.conditions if c.field == "id" for value in c.values]


@pytest.mark.parametrize(
    "said", ["what would you recommend?", "any gift ideas", "suggest something nice for my mom", "a present, under 30"]
)
def test_ideas_are_asked_for_without_naming_a_thing(said: str) -> None:
    assert OUTDOOR.asks_for_ideas(said)
    assert not OUTDOOR.asks_for_ideas("tents only")
    assert not OUTDOOR.asks_for_ideas("under 80")
    assert not OUTDOOR.asks_for_ideas(f"{said}, something for the kayak")


def test_the_word_size_says_no_more_where_a_size_is_read() -> None:
    assert not OUTDOOR.says_more("boots in size 9")
    assert OUTDOOR.says_more("what size")
    assert OUTDOOR.says_more("boots in size 9 for wet grass")


def test_a_size_holds_only_for_things_that_come_in_it() -> None:
    sizes = {size for product in SHOPS["outdoor"].products.values() if (size := product.size)}
    need = Need(size=sorted(sizes)[0])

    def held(kind: str) -> bool:
        return any(each.field == "size" for each in OUTDOOR.of(Find(kind=kind), need, kind).conditions)

    own = next(each for each in SHOPS["outdoor"].products.values() if each.size == need.size)
    assert held(own.category_path[-1])
    assert not held("tents")


def test_what_nobody_measured_is_at_least_not_what_was_shown() -> None:
    shown = next(each for each in SHOPS["outdoor"].products.values() if each.item_group_id)
    wanted = OUTDOOR.of(Find(kind="boots"), Need(), "something brighter", [shown.id])
    ruled_out = [value for each in wanted.conditions if each.field == "id" for value in each.values]
    assert set(ruled_out) == {each.id for each in SHOPS["outdoor"].variants(shown)}


def test_what_is_cheaper_is_no_variant_of_what_was_shown() -> None:
    shown = next(each for each in SHOPS["outdoor"].products.values() if each.item_group_id)
    variants = {each.id for each in SHOPS["outdoor"].variants(shown)}
    for said in ("a bit cheaper?", "that's too expensive", "something less expensive"):
        wanted = OUTDOOR.of(Find(), Need(), said, [shown.id])
        assert {value for each in wanted.conditions if each.field == "id" for value in each.values} == variants


@pytest.mark.parametrize(
    ("said", "modifier"),
    [
        ("a family tent please", "family"),
        ("green tents", ""),
        ("new tents", ""),
        ("my tent leaks", ""),
        ("tents", ""),
        ("hello", ""),
    ],
)
def test_the_word_before_a_kind_makes_it_narrower(said: str, modifier: str) -> None:
    assert OUTDOOR.modifier(said) == modifier
