"""Customer and Event: who shops, and what they did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EventKind(StrEnum):
    """What a customer did with a product."""

    VIEW = "view"
    CART = "cart"
    PURCHASE = "purchase"
    RATING = "rating"


@dataclass(frozen=True, slots=True)
class Customer:
    """A person with an account at the shop."""

    id: str
    name: str
    email: str

    @property
    def first_name(self) -> str:
        """The first word of the name, "" for a customer without one."""
        return next(iter(self.name.split()), "")


@dataclass(frozen=True, slots=True)
class Event:
    """One act of one customer on one product; `rating` (1 to 5) only where kind is RATING."""

    customer_id: str
    product_id: str
    kind: EventKind
    time: datetime
    rating: int | None = None
