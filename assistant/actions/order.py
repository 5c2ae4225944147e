"""Order: what one customer bought, where it is, and until when it may come back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from assistant.actions.address import Address
from assistant.actions.payment_method import PaymentMethod
from retrieval.catalog.money import Money


class OrderStatus(StrEnum):
    """Where an order stands."""

    PROCESSING = "processing"
    SHIPPED = "shipped"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    RETURNED = "returned"

    @property
    def is_open(self) -> bool:
        """Whether the customer still waits for it."""
        return self in (OrderStatus.PROCESSING, OrderStatus.SHIPPED, OrderStatus.DELAYED)


@dataclass(frozen=True, slots=True)
class OrderLine:
    """`quantity` of one product at `unit_price`; `title` as it was when the order was placed."""

    product_id: str
    title: str
    quantity: int
    unit_price: Money


@dataclass(frozen=True, slots=True)
class Order:
    """One order of one customer. `total` includes `shipping` where that is known; `refunded` is the day of a refund.

    `carrier`, `tracking`, `expected` and `delivered` are those of its last parcel. `payment` is how it was first paid.
    """

    id: str
    customer_id: str
    status: OrderStatus
    placed: datetime
    lines: tuple[OrderLine, ...]
    total: Money
    shipping: Money | None = None
    expected: date | None = None
    delivered: date | None = None
    refunded: date | None = None
    carrier: str = ""
    tracking: str = ""
    address: Address | None = None
    payment: PaymentMethod | None = None

    def return_until(self, policy_days: int) -> date | None:
        """The last day on which it may be returned, `policy_days` after delivery; None unless it is delivered."""
        if self.status is not OrderStatus.DELIVERED or self.delivered is None:
            return None
        return self.delivered + timedelta(days=policy_days)
