"""Changing what an order is paid with."""

from __future__ import annotations

from assistant.actions.change import Change
from assistant.actions.changes.allowed import check_state
from assistant.actions.changes.money import charge, customers_method, refunds
from assistant.actions.changes.refused import Refused
from assistant.actions.order_record import OrderRecord
from assistant.actions.policy import ChangePayment as Rule
from assistant.actions.refusal import Reason
from assistant.actions.requests import ChangePayment
from assistant.actions.situation import Situation

PAYMENT_CHANGED = "payment changed"
"""The reason of a payment that took another's place."""


def payment_change(request: ChangePayment, record: OrderRecord, situation: Situation) -> Change:
    """All that other methods paid is charged to the new one and goes back to them. Raises Refused."""
    policy, rule, order = situation.policy, situation.policy.rules.change_payment, record.order
    check_state(record, rule, policy, "be paid with something else")
    check_payment(record, rule)
    method = customers_method(record, request.payment_method)
    amount = record.left - max(record.net_by_method.get(method.id, 0), 0)
    if amount <= 0:
        raise Refused(Reason.SAME_PAYMENT, f"Order {order.id} is paid with {method.label} already.")
    back = tuple(move for move in refunds(record, record.left, policy) if move.method_id != method.id)
    return Change(
        kind=request.kind,
        order_id=order.id,
        order_version=record.version,
        money=(*charge(record, amount, method.id, policy), *back),
        method_id=method.id,
        method_label=method.label,
        section=rule.section,
    )


def check_payment(record: OrderRecord, rule: Rule) -> None:
    """Raises Refused if the payment was changed as often as the policy lets it."""
    changes = sum(payment.reason == PAYMENT_CHANGED for payment in record.payments)
    if rule.times is not None and changes >= rule.times:
        text = f"The payment of order {record.order.id} was changed before."
        raise Refused(Reason.ALREADY_CHANGED, text, rule.section)
