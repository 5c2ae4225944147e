"""Changing the address of an order, or of the customer's account."""

from __future__ import annotations

from assistant.actions.address import Address
from assistant.actions.change import Change
from assistant.actions.changes.allowed import check_state
from assistant.actions.changes.refused import Refused
from assistant.actions.order_record import OrderRecord
from assistant.actions.refusal import Reason
from assistant.actions.requests import ChangeAddress, ChangeDefaultAddress
from assistant.actions.situation import Situation


def order_address_change(request: ChangeAddress, record: OrderRecord, situation: Situation) -> Change:
    """The order goes to another address. Raises Refused."""
    rule, order = situation.policy.rules.change_address, record.order
    check_state(record, rule, situation.policy, "be sent to another address")
    _check_address(request.address, order.address)
    return Change(
        kind=request.kind,
        order_id=order.id,
        order_version=record.version,
        address=request.address,
        address_before=order.address,
        section=rule.section,
    )


def default_address_change(request: ChangeDefaultAddress, situation: Situation) -> Change:
    """The account's address becomes another; orders keep theirs. Raises Refused."""
    rule = situation.policy.rules.change_default_address
    if not rule.allowed:
        text = "The address of an account cannot be changed here in the chat."
        raise Refused(Reason.NOT_OFFERED, text, rule.section)
    _check_address(request.address, situation.default_address)
    return Change(
        kind=request.kind,
        address=request.address,
        address_before=situation.default_address,
        section=rule.section,
    )


def _check_address(address: Address, before: Address | None) -> None:
    if missing := address.missing:
        text = f"The address has no {' and no '.join(missing)}."
        raise Refused(Reason.ADDRESS_INCOMPLETE, text)
    if address == before:
        raise Refused(Reason.NOTHING_CHANGES, "That is the address already.")
