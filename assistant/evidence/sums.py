"""Sums: what code works out from records, so that no model ever calculates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from retrieval.catalog.money import Money
from retrieval.catalog.product import Product


@dataclass(frozen=True, slots=True)
class Sum:
    """A computed value: `name` says what it is ("total", "difference"), `text` is the value as a reply says it, `about` what it counts."""

    name: str
    text: str
    about: str = ""


def total(basket: Iterable[tuple[Product, int]], moment: datetime) -> Money:
    """The price at `moment` of a basket of products with their quantities, all in one currency. Raises ValueError for an empty one."""
    prices = [(product.offer_at(moment).price, count) for product, count in basket]
    if not prices:
        raise ValueError("an empty basket has no total")
    currencies = {price.currency for price, _ in prices}
    if len(currencies) > 1:
        raise ValueError(f"cannot add up prices in {sorted(currencies)}")
    return Money(sum((price.amount * count for price, count in prices), Decimal(0)), currencies.pop())


def difference(first: Product, second: Product, moment: datetime) -> Money:
    """By how much the prices of two products differ at `moment`. Raises ValueError if their currencies do."""
    prices = sorted((product.offer_at(moment).price for product in (first, second)), key=lambda price: price.amount)
    return prices[1] - prices[0]


def left_of(budget: Decimal, spent: Money) -> Money | None:
    """What is left of a budget, or None if it is exceeded."""
    left = budget - spent.amount
    return Money(left, spent.currency) if left >= 0 else None
