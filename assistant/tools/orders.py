"""order and change: the signed-in customer's own orders. Every query carries the owner; nothing is changed here."""

from __future__ import annotations

from assistant.actions.order import Order as ShopOrder
from assistant.actions.order import OrderStatus
from assistant.evidence.brief import ORDER_SLOTS, Note
from assistant.planning.plan import Change, Order
from assistant.tools.policy import page_findings
from assistant.tools.tool import Bench, Findings, Task

_RECENT = 20
_GOING_BACK = (OrderStatus.RETURNED, OrderStatus.CANCELLED)
_QUESTIONS = {
    "cancel": "can I cancel my order",
    "address": "can I change the delivery address of my order",
    "items": "can I change the items of my order",
    "payment": "can I change the payment method of my order",
    "return": "how do I return something and until when",
    "exchange": "can I exchange an item for another size or color",
}
"""What the shop's pages are asked when a customer wants to change an order."""


def order(step: Order, task: Task, bench: Bench) -> Findings:
    """The order that is meant, or the candidates for it; a visitor is asked to sign in."""
    if task.customer_id is None:
        return Findings(notes=(Note.SIGNED_OUT,))
    found = _meant(step.order, step.what, task.customer_id, task, bench)
    return Findings(orders=found, notes=() if found else (Note.NO_ORDER,))


def change(step: Change, task: Task, bench: Bench) -> Findings:
    """Where the order stands, and what the shop's pages say about changing it."""
    lines = page_findings((_QUESTIONS[step.what],), bench)
    if task.customer_id is None:
        return Findings(lines=lines, notes=(Note.SIGNED_OUT,))
    found = _meant(step.order, step.what, task.customer_id, task, bench)
    return Findings(orders=found, lines=lines, notes=() if found else (Note.NO_ORDER,))


def _meant(number: str, what: str, customer_id: str, task: Task, bench: Bench) -> tuple[ShopOrder, ...]:
    if number:
        named = bench.orders.find(customer_id, number)
        return (named,) if named else ()
    recent = bench.orders.of(customer_id, _RECENT)
    if what == "history":
        return recent[: len(ORDER_SLOTS)]
    if task.thread.order and (known := bench.orders.find(customer_id, task.thread.order)):
        return (known,)
    if what in ("return", "exchange"):
        fitting = [each for each in recent if each.status is OrderStatus.DELIVERED]
    elif what == "refund":
        fitting = [each for each in recent if each.status in _GOING_BACK]
    else:
        fitting = [each for each in recent if each.status.is_open]
    return tuple(fitting[: len(ORDER_SLOTS)]) or recent[:1]
