"""order and change: the signed-in customer's own orders, or the one that a visitor has proved. Every query carries the owner, and a change is only proposed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from assistant.actions.order import OrderStatus
from assistant.actions.order_record import OrderRecord
from assistant.actions.owner import Owner
from assistant.actions.reads import delivery_estimate
from assistant.evidence.brief import ORDER_SLOTS, BriefLine, Note
from assistant.evidence.sums import Sum
from assistant.planning.answer_form import Answer
from assistant.planning.change_form import asks_how, order_said
from assistant.planning.grammar.text import clean
from assistant.planning.order_form import asks_first, asks_spent
from assistant.planning.plan import Change, Order
from assistant.tools.changing import settle
from assistant.tools.meant_change import first_draft
from assistant.tools.order_changes import OrderChange
from assistant.tools.order_items import orders_with
from assistant.tools.policy import SURELY_ANSWERS, page_findings
from assistant.tools.tool import Asked, Bench, Findings, Task
from retrieval.catalog.money import Money

_RECENT, _ALL = 20, 10_000
_GOING_BACK = (OrderStatus.RETURNED, OrderStatus.CANCELLED)
_LATEST = re.compile(r"\b(?:last|latest|newest|most recent) (?:order|purchase|parcel|package)\b")
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
    """The order that is meant, or the candidates for it; a visitor is asked to sign in."""
    owner = task.orders_of
    if owner is None:
        return Findings(notes=(Note.SIGNED_OUT,))
    if asks_spent(task.message):
        return _spent(bench.actions.find(owner, limit=_ALL))
    if asks_first(task.message) and (first := _first(bench.actions.find(owner, limit=_RECENT))):
        return first
    found = _meant(step.order, step.what, owner, task, bench)
    orders = tuple(record.order for record in found)
    if len(found) == 1 and step.what in ("status", "history"):
        return Findings(
            orders=orders, records=found, lines=_if_late(found[0], task, bench), notes=_open_to(found[0], bench)
        )
    return Findings(orders=orders, records=found, notes=() if found else (Note.NO_ORDER,))


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
    """What the shop's pages say on late orders, if this one is late; () if none does."""
    estimate = delivery_estimate(record, bench.actions.day(task.moment))
    is_late = record.order.status is OrderStatus.DELAYED or (estimate is not None and estimate.days_late > 0)
    return page_findings(Asked((_LATE,)), bench, SURELY_ANSWERS) if record.order.status.is_open and is_late else ()


def _open_to(record: OrderRecord, bench: Bench) -> tuple[Note, ...]:
    """What can still be changed of an order that is on its way to the customer, or that nothing can."""
    possible = bench.actions.still_possible(record) if record.order.status.is_open else None
    if possible is None:
        return ()
    return tuple(_POSSIBLE[kind] for kind in possible) or (Note.NOT_CHANGED_ANY_MORE,)


def _spent(records: Sequence[OrderRecord]) -> Findings:
    """What all orders came to in each currency, without those that were cancelled or sent back."""
    spent: dict[str, Decimal] = {}
    for order in (record.order for record in records if record.order.status not in _GOING_BACK):
        spent[order.total.currency] = spent.get(order.total.currency, Decimal(0)) + order.total.amount
    sums = tuple(Sum("spent", str(Money(amount, currency))) for currency, amount in spent.items())
    return Findings(sums=sums, notes=() if sums else (Note.NO_ORDER,))


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


def _explained(step: Change, task: Task, bench: Bench) -> Findings:
    lines = page_findings(Asked((_QUESTIONS[step.what],)), bench)
    owner = task.orders_of
    if owner is None:
        return Findings(lines=lines, notes=(Note.SIGNED_OUT,))
    found = _meant(step.order, step.what, owner, task, bench)
    orders = tuple(record.order for record in found)
    return Findings(orders=orders, lines=lines, notes=() if found else (Note.NO_ORDER,))


def _meant(number: str, what: str, owner: Owner, task: Task, bench: Bench) -> tuple[OrderRecord, ...]:
    if (said := order_said(number, task.message)) and (named := bench.actions.find(owner, said)):
        return named
    if number:
        return bench.actions.find(owner, number)
    recent = bench.actions.find(owner, limit=_RECENT)
    if what == "history":
        return recent[: len(ORDER_SLOTS)]
    if _LATEST.search(clean(task.message).casefold()):
        return recent[:1]
    if task.thread.order and (known := bench.actions.find(owner, task.thread.order)):
        return known
    if what in ("return", "exchange"):
        fitting = [each for each in recent if each.order.status is OrderStatus.DELIVERED]
    elif what == "refund":
        refunded = [each for each in recent if each.order.status in _GOING_BACK or each.refunds]
        named = orders_with(task.message, recent, bench)
        fitting = [each for each in refunded if each in named] or list(named) or refunded
    else:
        fitting = [each for each in recent if each.order.status.is_open]
    return tuple(fitting[: len(ORDER_SLOTS)]) or recent[:1]
