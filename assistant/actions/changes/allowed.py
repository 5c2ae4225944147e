"""Allowed: the checks of the policy that several requests share."""

from __future__ import annotations

from datetime import timedelta

from assistant.actions.changes.refused import Refused
from assistant.actions.order import OrderStatus
from assistant.actions.order_record import OrderRecord
from assistant.actions.policy import GiveBack, Policy, Rule
from assistant.actions.refusal import Reason
from assistant.actions.situation import Situation

_STATES = {
    OrderStatus.PROCESSING: "being prepared",
    OrderStatus.SHIPPED: "on its way",
    OrderStatus.DELAYED: "delayed",
    OrderStatus.DELIVERED: "delivered",
    OrderStatus.CANCELLED: "cancelled",
    OrderStatus.RETURNED: "returned",
}


def check_state(record: OrderRecord, rule: Rule, policy: Policy, what: str) -> None:
    """Raises Refused unless `rule` allows `what` ("be cancelled") in the order's state."""
    order = record.order
    if not rule.when:
        raise Refused(Reason.NOT_OFFERED, f"An order cannot {what} here in the chat.", rule.section)
    if order.status not in rule.when:
        text = f"Order {order.id} is {_STATES[order.status]}, so it can no longer {what}."
        if order.status is not OrderStatus.DELIVERED and rule.when == (OrderStatus.DELIVERED,):
            text = f"Order {order.id} is {_STATES[order.status]}; it can {what} once it is delivered."
        raise Refused(Reason.WRONG_STATE, text, rule.section)
    if policy.rules.change_items.final and record.item_changes:
        text = f"The items of order {order.id} were changed before, and after that it cannot {what}."
        raise Refused(Reason.CLOSED, text, policy.rules.change_items.section)


def check_reason(reason: str, allowed: tuple[str, ...], rule: Rule, *, by_person: bool) -> None:
    """Raises Refused if a person must look at `reason` and none acts, or if it is none of those that must be given."""
    given = reason.strip().casefold()
    if by_person and allowed:
        allowed = (*allowed, *rule.person_for)
    elif not by_person and given and given in {each.casefold() for each in rule.person_for}:
        raise Refused(Reason.NEEDS_PERSON, "A person at the shop looks at this.", rule.section)
    if allowed and given not in {each.casefold() for each in allowed}:
        raise Refused(Reason.REASON_NEEDED, f"A reason is needed: {' or '.join(allowed)}.", rule.section)


def check_coming_back(record: OrderRecord, rule: GiveBack, situation: Situation) -> None:
    """Raises Refused if the days to return or exchange are over, or if the order has a return already and may have one."""
    order = record.order
    if rule.one and record.returns:
        text = f"Something of order {order.id} is already coming back, and that is possible once."
        raise Refused(Reason.ALREADY_COMING_BACK, text, rule.section)
    if not isinstance(rule.days, int):
        return
    if order.delivered is None and situation.by_person:
        return
    if order.delivered is None:
        text = f"It is not recorded when order {order.id} was delivered, so a person at the shop looks at this."
        raise Refused(Reason.NEEDS_PERSON, text, rule.section)
    if situation.today > order.delivered + timedelta(days=rule.days):
        text = (
            f"The time to send back goods of order {order.id} is over: it was delivered more than {rule.days} days ago."
        )
        raise Refused(Reason.WINDOW_OVER, text, rule.section)
