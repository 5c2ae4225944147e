"""Cancelling an order."""

from __future__ import annotations

from assistant.actions.change import Change
from assistant.actions.changes.allowed import check_reason, check_state
from assistant.actions.changes.money import fee_of, refunds
from assistant.actions.order import OrderStatus
from assistant.actions.order_record import OrderRecord
from assistant.actions.requests import Cancel
from assistant.actions.situation import Situation
from retrieval.catalog.money import Money


def cancel_change(request: Cancel, record: OrderRecord, situation: Situation) -> Change:
    """The order is cancelled, and what is left of its money goes back but for the fee. Raises Refused."""
    policy, rule, order = situation.policy, situation.policy.rules.cancel, record.order
    check_state(record, rule, policy, "be cancelled")
    check_reason(request.reason, rule.reasons, rule, by_person=situation.by_person)
    fee = fee_of(rule.fee, record, policy, rule)
    return Change(
        kind=request.kind,
        order_id=order.id,
        order_version=record.version,
        status=OrderStatus.CANCELLED,
        money=refunds(record, record.left - fee, policy),
        fee=Money(fee, order.total.currency) if fee else None,
        reason=request.reason.strip(),
        section=rule.section,
    )
