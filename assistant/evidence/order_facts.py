"""Order facts: what a reply may say about a customer's own orders, worded by the table in `assistant/evidence/hints.py`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from assistant.actions.order import Order, OrderLine, OrderStatus
from assistant.evidence.evidence import Fact, FactKind
from assistant.evidence.hints import CLOSED, OPEN
from assistant.evidence.wording import day, in_words

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
            fact("carrier", FactKind.NAME, order.carrier),
            fact("tracking", FactKind.CODE, order.tracking),
            fact("window", FactKind.DATE, _day(until, today), OPEN if until and until >= today else CLOSED),
        ]
    )


def _day(value: date | None, today: date) -> str:
    """A date in words, with its year unless that is the current one."""
    if value is None:
        return ""
    return day(value) if value.year == today.year else f"{day(value)}, {value.year}"


def _line(line: OrderLine) -> str:
    return f"{line.quantity} × {line.title}" if line.quantity > 1 else line.title
