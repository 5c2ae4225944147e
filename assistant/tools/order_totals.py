"""Order totals: what a customer's orders came to, and which of them came to most or least."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal

from assistant.actions.order import OrderStatus
from assistant.actions.order_record import OrderRecord
from assistant.evidence.brief import ORDER_SLOTS, Note
from assistant.evidence.sums import Sum
from assistant.evidence.wording import day, in_words
from assistant.planning.grammar.periods import Period
from assistant.tools.tool import Findings
from retrieval.catalog.money import Money

_GONE_BACK = (OrderStatus.RETURNED, OrderStatus.CANCELLED)
_FEW = 3
"""Orders of a sum that are named one by one."""


def spent(
    records: Sequence[OrderRecord], period: Period | None, today: date, shop_day: Callable[[datetime], date]
) -> Findings:
    """What the orders came to in each currency, with how many were counted; those that were cancelled or sent back are not.

    `records` are those of `period`, or all where none was named. `shop_day` gives the day of a moment where the shop is.
    """
    counted = [record for record in records if record.order.status not in _GONE_BACK]
    if not counted:
        return Findings(notes=(Note.NOTHING_SPENT,))
    currencies = dict.fromkeys(record.order.total.currency for record in counted)
    return Findings(sums=tuple(_sum(counted, currency, period, today, shop_day) for currency in currencies))


def extreme(records: Sequence[OrderRecord], sign: int, in_time: tuple[Note, ...] = ()) -> Findings:
    """The order with the largest total, or with a negative `sign` the smallest; all of them if several have it, one of each currency.

    Cancelled and returned orders count only where there are no others. `in_time` notes that only orders of one time are given.
    """
    counted = [record for record in records if record.order.status not in _GONE_BACK] or list(records)
    found: list[OrderRecord] = []
    for currency in dict.fromkeys(record.order.total.currency for record in counted):
        own = [record for record in counted if record.order.total.currency == currency]
        best = max(sign * record.order.total.amount for record in own)
        found += [record for record in own if sign * record.order.total.amount == best]
    return _told(found, Note.LARGEST if sign > 0 else Note.SMALLEST, *in_time)


def ranked(records: Sequence[OrderRecord], sign: int) -> Findings:
    """The orders by their totals, the largest first, or with a negative `sign` the smallest; as they are if their currencies differ.

    If several tie for first place, only those are listed.
    """
    if len({record.order.total.currency for record in records}) > 1:
        return _told(records, Note.CURRENCIES_DIFFER)
    by_total = sorted(records, key=lambda record: -sign * record.order.total.amount)
    first = [record for record in by_total if record.order.total == by_total[0].order.total]
    if len(first) == len(by_total):
        return _told(by_total, Note.EQUAL_TOTALS)
    if len(first) > 1:
        return _told(first, Note.LARGEST_FIRST if sign > 0 else Note.SMALLEST_FIRST, Note.EQUAL_TOTALS)
    return _told(by_total, Note.LARGEST_FIRST if sign > 0 else Note.SMALLEST_FIRST)


def _told(records: Sequence[OrderRecord], *notes: Note) -> Findings:
    kept = tuple(records[: len(ORDER_SLOTS)])
    return Findings(orders=tuple(record.order for record in kept), records=kept, notes=notes)


def _sum(
    records: Sequence[OrderRecord],
    currency: str,
    period: Period | None,
    today: date,
    shop_day: Callable[[datetime], date],
) -> Sum:
    own = [record.order for record in records if record.order.total.currency == currency]
    amount = sum((order.total.amount for order in own), Decimal(0))
    count = f"{len(own)} order{'s' if len(own) > 1 else ''}"
    named = f" ({in_words([order.id for order in reversed(own)])})" if len(own) <= _FEW else ""
    earliest = shop_day(min(order.placed for order in own))
    first, last = (period.first, period.last) if period else (earliest, today)
    when = (
        f"on {_day(first, today)}" if first == last else f"from {_day(first, today)} to {_day(min(last, today), today)}"
    )
    return Sum("spent in time" if period else "spent", str(Money(amount, currency)), f"{count}{named} {when}")


def _day(value: date, today: date) -> str:
    return day(value) if value.year == today.year else f"{day(value)}, {value.year}"
