"""Order plan: the plan for a message about the signed-in customer's own orders, which code recognizes by its wording."""

from __future__ import annotations

from assistant.dialogue.thread import Thread
from assistant.planning.order_form import (
    Aspect,
    asked_of_order,
    asks_about_own_purchase,
    asks_dearer,
    asks_extreme,
    asks_first,
    asks_spent,
    goes_on_about_spending,
    goods_bought,
    is_about_orders,
    last_orders,
    order_in_view,
    orders_told,
)
from assistant.planning.person_form import asks_for_person
from assistant.planning.plan import Bundle, Cart, Change, HandOver, Order, Plan, Step
from assistant.planning.request_form import requests_in

_OTHER_WORK = (Change, Cart, Bundle)
_OF_MONEY_BACK = ("refund", "invoice")


def with_order(plan: Plan, thread: Thread, message: str) -> Plan:
    """The plan with one step for the orders, if every part of the message asks of them; else the plan as it is."""
    planned = next((step for step in plan.steps if isinstance(step, Order)), None)
    if any(isinstance(step, _OTHER_WORK) for step in plan.steps) or (planned and planned.what in _OF_MONEY_BACK):
        return plan
    if not _asks_of_orders(message, thread):
        return plan
    asked = asked_of_order(message)
    order = planned.order if planned else "" if asks_of_all(message, thread) else order_in_view(thread)
    step: Step = Order(what="items" if asked == {Aspect.CONTENTS} else "status", order=order)
    person = [HandOver(reason="asked")] if asks_for_person(message) else []
    return plan.model_copy(update={"steps": (step, *person)})


def asks_of_all(message: str, thread: Thread) -> bool:
    """Whether a message asks something that only all of a customer's orders answer."""
    return bool(
        asks_spent(message, thread)
        or asks_first(message)
        or last_orders(message)
        or goes_on_about_spending(message, thread)
        or asks_extreme(message)
        or goods_bought(message)
        or asks_about_own_purchase(message)
        or (asks_dearer(message) and len(orders_told(thread)) > 1)
    )


def _asks_of_orders(message: str, thread: Thread) -> bool:
    """Whether every part of a message asks about orders, and at least one part says so."""
    parts = requests_in(message) or (message,)
    if not all(asked_of_order(part) or asks_of_all(part, thread) for part in parts):
        return False
    return any(asks_of_all(part, thread) or is_about_orders(part, thread) for part in parts)
