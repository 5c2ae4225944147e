"""Awaited: the open order that a customer most likely writes about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assistant.actions.order import OrderStatus
from assistant.actions.order_record import OrderRecord
from assistant.actions.reads import delivery_estimate


@dataclass(frozen=True, slots=True)
class AwaitedOrder:
    """One open order. `is_late` is true once the day it was expected on has passed."""

    id: str
    status: OrderStatus
    expected: date | None
    is_late: bool


def awaited(records: Sequence[OrderRecord], today: date) -> AwaitedOrder | None:
    """The open order that is expected first, the newest if no day is known; None without an open one. `records` begin with the newest."""
    found = [record for record in records if record.order.status.is_open]
    if not found:
        return None
    first = min(found, key=lambda record: record.order.expected or date.max)  # of several, min takes the newest
    estimate = delivery_estimate(first, today)
    order = first.order
    return AwaitedOrder(order.id, order.status, order.expected, bool(estimate and estimate.days_late))
