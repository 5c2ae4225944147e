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
        ("USD", "under 300 swiss francs"), ("USD", "below 3,000 Swedish kronor"), ("EUR", "a tent for max 900 kr"), ("USD", "under 90 zloty"),
        ("EUR", "tent up to 30000 won"), ("USD", "under 2000 pesos"), ("GBP", "tent below 500 yuan"), ("USD", "under R$ 300"), ("SEK", "under 300 dollars"),
        ("USD", "tent under 4000 rubles"), ("JPY", "tent under 300 yuan"),
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
        ("SEK", "under 300 kr"), ("NOK", "max 300 kroner"), ("CHF", "under 300 swiss francs"), ("JPY", "under 300 yen"), ("PLN", "under 300 zł"),
    ],
)  # fmt: skip
def test_a_limit_in_the_shops_money_or_in_none_counts(currency: str, message: str) -> None:
    assert most(currency, message) == 300
    assert not constraints(currency).has_foreign_limit(Need(), message)


@pytest.mark.parametrize(
    ("currency", "message"),
    [
        ("USD", "how much is the tent in euros?"), ("USD", "price in swiss francs?"), ("EUR", "what does it cost in US dollars"), ("GBP", "convert it to yen"),
        ("USD", "what is that in kr"), ("EUR", "can you tell me the price in £"),
    ],
)  # fmt: skip
def test_a_price_asked_in_another_currency_is_noted(currency: str, message: str) -> None:
    assert constraints(currency).names_other_currency(message)


@pytest.mark.parametrize(
    ("currency", "message"),
    [
        ("USD", "how much is it in dollars?"),
        ("EUR", "price in euros"),
        ("SEK", "what is it in kr"),
        ("USD", "how much is it in blue?"),
        ("USD", "under 300 euros"),
    ],
)
def test_the_shops_own_currency_needs_no_note(currency: str, message: str) -> None:
    assert not constraints(currency).names_other_currency(message)
