"""order and change: the signed-in customer's own orders, or the one that a visitor has proved. Every query carries the owner, and a change is only proposed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.actions.order import OrderStatus
from assistant.actions.order_record import OrderRecord
from assistant.actions.reads import delivery_estimate
from assistant.actions.refusal import Reason
from assistant.evidence.brief import ORDER_SLOTS, BriefLine, Note
from assistant.planning.answer_form import Answer
from assistant.planning.change_form import asks_how
from assistant.planning.order_form import (
    Aspect,
    asked_of_order,
    asks_dearer,
    asks_extreme,
    asks_first,
    asks_spent,
    goes_on_about_spending,
    goods_bought,
    means_own_orders,
)
from assistant.planning.plan import Change, Order
from assistant.tools.changing import settle
from assistant.tools.meant_change import first_draft
from assistant.tools.order_changes import OrderChange
from assistant.tools.order_search import OrderSearch
from assistant.tools.order_totals import extreme, ranked, spent
from assistant.tools.policy import SURELY_ANSWERS, page_findings
from assistant.tools.tool import Asked, Bench, Findings, Task

_QUESTIONS = {
    "cancel": "can I cancel my order",
    "address": "can I change the delivery address of my order",
    "items": "can I change the items of my order",
    "payment": "can I change the payment method of my order",
    "return": "how do I return something and until when",
    "exchange": "can I exchange an item for another size or color",
}
"""What the shop's pages are asked where an order cannot be changed here."""
_LATE = "my order is late, what can I do"
_POSSIBLE = {
    "cancel": Note.CAN_CANCEL,
    "change_items": Note.CAN_CHANGE_ITEMS,
    "change_address": Note.CAN_CHANGE_ADDRESS,
    "change_payment": Note.CAN_CHANGE_PAYMENT,
}


def order(step: Order, task: Task, bench: Bench) -> Findings:
    """The orders that are meant, or what all of them came to; a visitor is asked to sign in."""
    owner, message = task.orders_of, task.message
    if owner is None:
        return Findings(notes=(Note.SIGNED_OUT,))
    search = OrderSearch(owner, task, bench)
    if not search.recent and not search.said(step.order):
        return Findings(notes=(Note.NO_ORDERS,))
    if asks_spent(message, task.thread) or goes_on_about_spending(message, task.thread):
        return spent(search.in_period, search.period, search.today, bench.actions.day)
    if asks_first(message) and (first := _first(search.recent)):
        return first
    if (sign := asks_dearer(message)) and len(told := search.told) > 1:
        return ranked(told, sign)
    if (sign := asks_extreme(message)) and search.in_period:
        return extreme(search.in_period, sign, search.in_time)
    if (goods := goods_bought(message)) and (found := search.bought(goods)) is not None:
        return found
    records, notes = search.meant(step.order, step.what)
    orders = tuple(record.order for record in records)
    if len(records) == 1 and step.what in ("status", "history") and asked_of_order(message) <= {Aspect.STANDING}:
        notes += _open_to(records[0], bench)
        return Findings(orders=orders, records=records, lines=_if_late(records[0], task, bench), notes=notes)
    return Findings(orders=orders, records=records, notes=notes)


def change(step: Change, task: Task, bench: Bench) -> Findings:
    """A change of an order on its way: asked about, proposed, run after a yes, or refused.

    Where the policy lets nothing of the kind be done here, or the customer only asks how, where the order stands and what the pages say.
    """
    if task.continued is not None and task.continued.answer is not Answer.NEITHER:
        return settle(task, bench)
    if task.orders_of is None or task.owner is None or asks_how(task.message):
        return _explained(step, task, bench)
    draft = task.continued.draft if task.continued else first_draft(step, task)
    found = OrderChange(draft, task, bench).next()
    return _explained(step, task, bench) if found is None else found


def _if_late(record: OrderRecord, task: Task, bench: Bench) -> tuple[BriefLine, ...]:
    """What the shop's pages say on late orders, if this one was sent and is late; () if none does.

    Pages on late orders speak of parcels, so of an order that has not been sent they say what does not fit: "ask the neighbors".
    """
    estimate = delivery_estimate(record, bench.actions.day(task.moment))
    is_late = record.order.status is OrderStatus.DELAYED or (estimate is not None and estimate.days_late > 0)
    is_parcel = record.order.status is OrderStatus.SHIPPED or bool(record.order.carrier or record.order.tracking)
    is_sent = record.order.status in (OrderStatus.SHIPPED, OrderStatus.DELAYED) and is_parcel
    return page_findings(Asked((_LATE,)), bench, SURELY_ANSWERS) if is_sent and is_late else ()


def _open_to(record: OrderRecord, bench: Bench) -> tuple[Note, ...]:
    """What can still be changed of an order that is on its way to the customer, or that nothing can."""
    possible = bench.actions.still_possible(record) if record.order.status.is_open else None
    if possible is None:
        return ()
    return tuple(_POSSIBLE[kind] for kind in possible) or (Note.NOT_CHANGED_ANY_MORE,)


def _first(records: Sequence[OrderRecord]) -> Findings | None:
    """The open order that is expected first, or those of the same day; None if nobody knows of one."""
    dated = [
        (record.order.expected, record) for record in records if record.order.status.is_open and record.order.expected
    ]
    if not dated:
        return None
    earliest = min(day for day, _ in dated)
    found = tuple(record for day, record in dated if day == earliest)
    notes = (Note.ARRIVES_FIRST,) if len(found) == 1 < len(dated) else ()
    return Findings(orders=tuple(record.order for record in found), records=found, notes=notes)


def _returnable(step: Change, search: OrderSearch, bench: Bench) -> Findings:
    """The orders with items that can still be returned, according to the records."""
    if not search.recent:
        return Findings(notes=(Note.NO_ORDERS,))
    delivered = (each for each in search.recent if each.order.status is OrderStatus.DELIVERED)
    found = tuple(
        each.order
        for each in delivered
        if (why := bench.actions.why_not(step.what, each)) is None or why.reason is Reason.NOT_OFFERED
    )
    more = (Note.MORE_ORDERS,) if len(found) > len(ORDER_SLOTS) else ()
    return Findings(orders=found[: len(ORDER_SLOTS)], notes=more if found else (Note.NONE_RETURNABLE,))


def _explained(step: Change, task: Task, bench: Bench) -> Findings:
    lines = page_findings(Asked((_QUESTIONS[step.what],)), bench)
    owner = task.orders_of
    if owner is None:
        return Findings(lines=lines, notes=(Note.SIGNED_OUT,))
    search = OrderSearch(owner, task, bench)
    if step.what in ("return", "exchange") and not search.said(step.order) and means_own_orders(task.message):
        return replace(_returnable(step, search, bench), lines=lines)
    records, notes = search.meant(step.order, step.what)
    return Findings(orders=tuple(record.order for record in records), lines=lines, notes=notes)
