"""OrderRecord: an order with the money that moved for it and the goods that come back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from assistant.actions.order import Order
from assistant.actions.payment_method import PaymentMethod
from retrieval.catalog.money import Money


class MoneyState(StrEnum):
    """Whether money has moved."""

    DONE = "done"
    DUE = "due"
    AFTER_RETURN = "after_return"
    """It moves when the goods are back."""


@dataclass(frozen=True, slots=True)
class Payment:
    """Money from the customer. `method_id` is empty where the shop's file named no method."""

    amount: Money
    method_id: str
    state: MoneyState
    reason: str
    time: datetime


@dataclass(frozen=True, slots=True)
class Refund:
    """Money back to the customer; `paid` is the day on which it moved, None before."""

    amount: Money
    method_id: str
    state: MoneyState
    reason: str
    time: datetime
    paid: date | None = None


@dataclass(frozen=True, slots=True)
class Shipment:
    """One parcel."""

    carrier: str = ""
    tracking: str = ""
    expected: date | None = None
    delivered: date | None = None


class ReturnKind(StrEnum):
    """What the customer gets for goods that come back."""

    RETURN = "return"
    EXCHANGE = "exchange"


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """`quantity` of order line number `line` that comes back; in an exchange, the `new_` fields say what is sent instead."""

    line: int
    product_id: str
    title: str
    quantity: int
    unit_price: Money
    new_product_id: str = ""
    new_title: str = ""
    new_unit_price: Money | None = None


@dataclass(frozen=True, slots=True)
class Return:
    """Goods that come back. `difference` is what an exchange costs on top, negative if it is cheaper; 0 for a return."""

    number: int
    kind: ReturnKind
    state: str
    reason: str
    method_id: str
    difference: Decimal
    requested: datetime
    lines: tuple[ReturnedLine, ...]
    label_made: datetime | None = None


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """All that is known of one order. `version` rises with every change, `item_changes` with every change of items."""

    order: Order
    payments: tuple[Payment, ...] = ()
    refunds: tuple[Refund, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    returns: tuple[Return, ...] = ()
    methods: tuple[PaymentMethod, ...] = ()
    cancel_reason: str = ""
    item_changes: int = 0
    version: int = 0

    @property
    def paid(self) -> Decimal:
        """What the customer gave or owes. Money that moves only after a return is not counted: nothing can be refunded of it."""
        return _sum(payment for payment in self.payments if payment.state is not MoneyState.AFTER_RETURN)

    @property
    def left(self) -> Decimal:
        """What can still be refunded. Never negative."""
        return max(self.paid - _sum(self.refunds), Decimal(0))

    def method(self, method_id: str) -> PaymentMethod | None:
        """The customer's payment method with this id."""
        return next((method for method in self.methods if method.id == method_id), None)

    @property
    def net_by_method(self) -> dict[str, Decimal]:
        """What each payment method gave minus what went back to it, the first one used first."""
        net: dict[str, Decimal] = {}
        for payment in self.payments:
            if payment.state is not MoneyState.AFTER_RETURN:
                net[payment.method_id] = net.get(payment.method_id, Decimal(0)) + payment.amount.amount
        for refund in self.refunds:
            net[refund.method_id] = net.get(refund.method_id, Decimal(0)) - refund.amount.amount
        return net

    @property
    def returned(self) -> dict[int, int]:
        """How many pieces of each line, by its number, are on their way back or were given back."""
        counts: dict[int, int] = {}
        for line in (line for each in self.returns for line in each.lines):
            counts[line.line] = counts.get(line.line, 0) + line.quantity
        return counts


def _sum(moves: Iterable[Payment | Refund]) -> Decimal:
    return sum((move.amount.amount for move in moves), Decimal(0))
