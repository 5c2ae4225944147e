"""change_for: what a request would change, or why it cannot be. The same records and policy give the same change."""

from __future__ import annotations

from assistant.actions.change import Change
from assistant.actions.changes.address import default_address_change, order_address_change
from assistant.actions.changes.cancel import cancel_change
from assistant.actions.changes.cart import cart_change
from assistant.actions.changes.coming_back import exchange_change, label_change, return_change
from assistant.actions.changes.items import items_change
from assistant.actions.changes.payment import payment_change
from assistant.actions.changes.refused import Refused
from assistant.actions.refusal import Reason, Refusal
from assistant.actions.requests import (
    Cancel,
    CartRequest,
    ChangeAddress,
    ChangeDefaultAddress,
    ChangeItems,
    ChangePayment,
    Exchange,
    Request,
    Return,
)
from assistant.actions.situation import Situation


def change_for(request: Request, situation: Situation) -> Change | Refusal:
    """The exact change that `request` asks for."""
    try:
        return _change(request, situation)
    except Refused as refused:
        return refused.refusal


def _change(request: Request, situation: Situation) -> Change:
    if isinstance(request, CartRequest):
        return cart_change(request, situation)
    if isinstance(request, ChangeDefaultAddress):
        return default_address_change(request, situation)
    record = situation.record
    if record is None:
        raise Refused(Reason.NO_SUCH_ORDER, f"There is no order {request.order} among yours.")
    if isinstance(request, Cancel):
        return cancel_change(request, record, situation)
    if isinstance(request, ChangeAddress):
        return order_address_change(request, record, situation)
    if isinstance(request, ChangeItems):
        return items_change(request, record, situation)
    if isinstance(request, ChangePayment):
        return payment_change(request, record, situation)
    if isinstance(request, Return):
        return return_change(request, record, situation)
    if isinstance(request, Exchange):
        return exchange_change(request, record, situation)
    return label_change(record, situation)
