"""Order facts: what a reply may say about a customer's own orders, worded by the table in `assistant/evidence/hints.py`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from assistant.actions.order import Order, OrderLine, OrderStatus
from assistant.actions.order_record import MoneyState, OrderRecord
from assistant.actions.policy import Policy
from assistant.actions.reads import RefundStatus, delivery_estimate, invoice, refund_status
from assistant.evidence.evidence import Fact, FactKind
from assistant.evidence.hints import CLOSED, OPEN
from assistant.evidence.wording import day, in_words
from retrieval.feeds.strangers import as_name

_STATUS = {
    OrderStatus.PROCESSING: "being prepared",
    OrderStatus.SHIPPED: "on its way",
    OrderStatus.DELAYED: "delayed",
    OrderStatus.DELIVERED: "delivered",
    OrderStatus.CANCELLED: "cancelled",
    OrderStatus.RETURNED: "returned",
}


def order_facts(slot: str, order: Order, fields: Iterable[str], return_days: int, today: date) -> list[Fact]:
    """The facts that `order` has among `fields`, as `slot`.field. Empty values are left out."""
    made = _all_facts(slot, order, return_days, today)
    return [made[field] for field in fields if field in made and made[field].text]


def record_facts(slot: str, record: OrderRecord, policy: Policy, today: date) -> Iterator[Fact]:
    """What is known of an order beyond where it stands, as `slot`.field: how late it is, why it was cancelled, its invoice, its refunds, its address.

    Only code writes these references. Empty values are left out.
    """
    source = f"order:{record.order.id}"
    bill, estimate = invoice(record), delivery_estimate(record, today)
    is_cancelled = record.order.status is OrderStatus.CANCELLED
    late = estimate.days_late if estimate and record.order.status.is_open else 0
    lines = [f"{_counted(line.quantity, line.title)} for {line.amount}" for line in bill.lines]
    refunds = [_refund(refund, today) for refund in refund_status(record, policy)]
    values = (
        ("late", FactKind.DURATION, f"{late} day{'s' if late > 1 else ''}" if late else ""),
        ("lines", FactKind.TEXT, in_words(lines)),
        ("shipping", FactKind.MONEY, str(bill.shipping) if bill.shipping and bill.shipping.amount else ""),
        ("discount", FactKind.MONEY, str(bill.discount) if bill.discount else ""),
        ("address", FactKind.TEXT, str(bill.to) if bill.to else ""),
        ("cancel_reason", FactKind.TEXT, as_name(record.cancel_reason) if is_cancelled else ""),
        ("refunds", FactKind.TEXT, in_words(refunds)),
    )
    yield from (Fact(f"{slot}.{field}", kind, text, "", source) for field, kind, text in values if text)


def _refund(refund: RefundStatus, today: date) -> str:
    """One refund as part of a list: "$18.00 to Visa ending in 4242, by December 4"."""
    whole = f"{refund.amount} to {refund.method}"
    if refund.paid is not None:
        return f"{whole}, paid on {_day(refund.paid, today)}"
    if refund.arrives_by is not None:
        return f"{whole}, by {_day(refund.arrives_by, today)}"
    return (
        f"{whole}, once the goods are back" if refund.state is MoneyState.AFTER_RETURN else f"{whole}, credited already"
    )


def _all_facts(slot: str, order: Order, return_days: int, today: date) -> dict[str, Fact]:
    record = f"order:{order.id}"
    until = order.return_until(return_days)

    def fact(field: str, kind: FactKind, text: str, hint: str = "") -> tuple[str, Fact]:
        return field, Fact(f"{slot}.{field}", kind, text, hint, record)

    return dict(
        [
            fact("id", FactKind.CODE, order.id),
            fact("status", FactKind.STATUS, _STATUS[order.status], order.status.value),
            fact("placed", FactKind.DATE, _day(order.placed.date(), today)),
            fact("expected", FactKind.DATE, _day(order.expected, today) if order.status.is_open else ""),
            fact("delivered", FactKind.DATE, _day(order.delivered, today)),
            fact("refunded", FactKind.DATE, _day(order.refunded, today)),
            fact("items", FactKind.TEXT, in_words([_line(line) for line in order.lines])),
            fact("total", FactKind.MONEY, str(order.total)),
            fact("carrier", FactKind.NAME, as_name(order.carrier)),
            fact("tracking", FactKind.CODE, as_name(order.tracking)),
            fact("window", FactKind.DATE, _day(until, today), OPEN if until and until >= today else CLOSED),
        ]
    )


def _day(value: date | None, today: date) -> str:
    """A date in words, with its year unless that is the current one."""
    if value is None:
        return ""
    return day(value) if value.year == today.year else f"{day(value)}, {value.year}"


def _line(line: OrderLine) -> str:
    return _counted(line.quantity, line.title)


def _counted(quantity: int, title: str) -> str:
    return f"{quantity} × {as_name(title)}" if quantity > 1 else as_name(title)
