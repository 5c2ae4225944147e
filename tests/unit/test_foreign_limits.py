"""A limit in another currency: never taken for the shop's own, whatever sign or word names it."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

import pytest

from assistant.dialogue.need import Need
from assistant.planning.constraints import Constraints
from assistant.planning.grammar.grammar import Grammar
from assistant.planning.plan import Find
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.filter import Operator
from retrieval.catalog.money import Money
from retrieval.catalog.product import Product


@cache
def constraints(currency: str) -> Constraints:
    tents = [Product(f"t{n}", "Alder Tent", Money(Decimal(100 * n), currency), product_type="Tents") for n in (1, 6)]
    return Constraints(Grammar(Catalog(tents)))


def most(currency: str, message: str, budget: str = "") -> Decimal | None:
    wanted = constraints(currency).of(Find(kind="tents"), Need(budget=budget), message)
    return next((c.number for c in wanted.conditions if (c.field, c.operator) == ("price", Operator.AT_MOST)), None)


@pytest.mark.parametrize(
    ("currency", "message"),
    [
        ("USD", "a tent under 20,000 yen"), ("USD", "tent below €300"), ("USD", "tent for max 300 quid"), ("USD", "under ₹ 9000"),
        ("EUR", "a tent under $300"), ("EUR", "tent up to 300 bucks"), ("GBP", "at most 300 eur"), ("CAD", "under 300 USD"),
    ],
)  # fmt: skip
def test_a_foreign_limit_bounds_nothing_and_is_noted(currency: str, message: str) -> None:
    assert most(currency, message) is None
    assert most(currency, "", budget=message) is None
    assert constraints(currency).has_foreign_limit(Need(), message)
    assert constraints(currency).has_foreign_limit(Need(budget=message), "got tents")


@pytest.mark.parametrize(
    ("currency", "message"),
    [
        ("USD", "a tent under $300"), ("USD", "tent below 300 bucks"), ("USD", "tent under 300"), ("CAD", "under 300 dollars"),
        ("EUR", "at most 300 euros"), ("GBP", "300 quid max"), ("GBP", "under £300"), ("USD", "under $300, that is 270 euros"),
    ],
)  # fmt: skip
def test_a_limit_in_the_shops_money_or_in_none_counts(currency: str, message: str) -> None:
    assert most(currency, message) == 300
    assert not constraints(currency).has_foreign_limit(Need(), message)
