"""Reads: what can be said of an order without changing it: delivery, invoice, refunds, and the link to check out a cart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import quote

from assistant.actions.address import Address
from assistant.actions.change import CartLine
from assistant.actions.order import OrderLine, OrderStatus
from assistant.actions.order_record import MoneyState, OrderRecord, Refund
from assistant.actions.policy import Policy
from retrieval.catalog.money import Money

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class DeliveryEstimate:
    """When an order arrives or arrived. `days_late` counts from the day it was expected, 0 if it is not late."""

    expected: date | None
    delivered: date | None
    days_late: int
    carrier: str
    tracking: str


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One line of an invoice."""

    title: str
    quantity: int
    unit_price: Money
    amount: Money


@dataclass(frozen=True, slots=True)
class Invoice:
    """What an invoice of the order says. `discount` is what its lines and shipping cost more than its total."""

    number: str
    ordered: date
    to: Address | None
    lines: tuple[InvoiceLine, ...]
    shipping: Money | None
    discount: Money | None
    total: Money
    refunded: Money


@dataclass(frozen=True, slots=True)
class RefundStatus:
    """Where one refund stands. `arrives_by` is the latest day, None where it waits for goods or has arrived."""

    amount: Money
    method: str
    state: MoneyState
    arrives_by: date | None
    paid: date | None


def delivery_estimate(record: OrderRecord, today: date) -> DeliveryEstimate | None:
    """When the order arrives or arrived; None for one that is cancelled or came back."""
    order = record.order
    if order.status in (OrderStatus.CANCELLED, OrderStatus.RETURNED):
        return None
    until = order.delivered or today
    late = (until - order.expected).days if order.expected else 0
    return DeliveryEstimate(order.expected, order.delivered, max(late, 0), order.carrier, order.tracking)


def invoice(record: OrderRecord) -> Invoice:
    """The figures of the order's invoice."""
    order, currency = record.order, record.order.total.currency
    lines = tuple(_invoice_line(line) for line in order.lines)
    full = sum((line.amount.amount for line in lines), order.shipping.amount if order.shipping else Decimal(0))
    refunded = sum((refund.amount.amount for refund in record.refunds if refund.paid), Decimal(0))
    return Invoice(
        number=order.id,
        ordered=order.placed.date(),
        to=order.address,
        lines=lines,
        shipping=order.shipping,
        discount=Money(full - order.total.amount, currency) if full > order.total.amount else None,
        total=order.total,
        refunded=Money(refunded, currency),
    )


def refund_status(record: OrderRecord, policy: Policy) -> tuple[RefundStatus, ...]:
    """Each refund of the order, the oldest first."""
    return tuple(_refund(refund, record, policy) for refund in record.refunds)


def checkout_link(cart: Sequence[CartLine], policy: Policy) -> str:
    """Where the shop checks this cart out; "" for an empty cart, or if the policy names no link."""
    items = ",".join(f"{quote(line.product_id, safe='')}:{line.quantity}" for line in cart)
    return policy.rules.cart.checkout.replace("{items}", items) if items else ""


def after_business_days(start: date, days: int) -> date:
    """The day that is `days` business days after `start`; weekends do not count, holidays do."""
    day = start
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < _SATURDAY
    return day


def _invoice_line(line: OrderLine) -> InvoiceLine:
    amount = Money(line.unit_price.amount * line.quantity, line.unit_price.currency)
    return InvoiceLine(line.title, line.quantity, line.unit_price, amount)


def _refund(refund: Refund, record: OrderRecord, policy: Policy) -> RefundStatus:
    method = record.method(refund.method_id)
    latest = after_business_days(refund.time.date(), policy.rules.refunds.days[1])
    return RefundStatus(
        amount=refund.amount,
        method=method.label if method else "the payment method of the order",
        state=refund.state,
        arrives_by=latest if refund.state is MoneyState.DUE else None,
        paid=refund.paid,
    )
