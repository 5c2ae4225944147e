"""Situation: all that a request is held against: the order, the customer's payment methods, the catalog, the policy, now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from assistant.actions.address import Address
from assistant.actions.change import CartLine
from assistant.actions.order_record import OrderRecord
from assistant.actions.policy import Policy
from retrieval.catalog.product import Product


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known at `now`. `product` finds a product of the catalog by its id, `today` is the day in the shop's zone.

    `by_person` is true if an agent acts: agents may make changes that the policy reserves for people.
    """

    policy: Policy
    now: datetime
    today: date
    product: Callable[[str], Product | None]
    record: OrderRecord | None = None
    default_address: Address | None = None
    cart: tuple[CartLine, ...] = ()
    by_person: bool = False
