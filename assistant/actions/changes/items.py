"""Changing the items of an order that has not been sent."""

from __future__ import annotations

from assistant.actions.change import Change, ItemMove
from assistant.actions.changes.allowed import check_state
from assistant.actions.changes.goods import Pile, added, swapped
from assistant.actions.changes.money import settled, total_after
from assistant.actions.changes.refused import Refused
from assistant.actions.order_record import OrderRecord
from assistant.actions.policy import ChangeItems as Rule
from assistant.actions.refusal import Reason
from assistant.actions.requests import ChangeItems
from assistant.actions.situation import Situation


def items_change(request: ChangeItems, record: OrderRecord, situation: Situation) -> Change:
    """Items are swapped, taken out and added, and the difference is charged or refunded. Raises Refused."""
    rule, order = situation.policy.rules.change_items, record.order
    check_state(record, rule, situation.policy, "have its items changed")
    check_items(record, rule)
    moves = _moves(request, record, situation, rule)
    money = settled(record, moves, request.payment_method, situation.policy, rule)
    return Change(
        kind=request.kind,
        order_id=order.id,
        order_version=record.version,
        items=tuple(moves),
        money=money,
        total_after=total_after(record, money),
        closes=rule.final,
        section=rule.section,
    )


def check_items(record: OrderRecord, rule: Rule) -> None:
    """Raises Refused if items are coming back, or were changed as often as the policy lets them."""
    if record.returns:
        text = f"Something of order {record.order.id} is coming back, so its items cannot change."
        raise Refused(Reason.ALREADY_COMING_BACK, text, rule.section)
    if rule.times is not None and record.item_changes >= rule.times:
        text = f"The items of order {record.order.id} were changed already."
        raise Refused(Reason.ALREADY_CHANGED, text, rule.section)


def _moves(request: ChangeItems, record: OrderRecord, situation: Situation, rule: Rule) -> list[ItemMove]:
    if rule.only_options and (request.added or not all(swap.new_product_id for swap in request.swaps)):
        text = "Items can be swapped for other variants, and none can be added or taken out."
        raise Refused(Reason.NOT_OFFERED, text, rule.section)
    pile = Pile(record)
    moves = swapped(request.swaps, pile, situation, rule.only_options)
    moves += added(request.added, record.order.total.currency, situation)
    if not moves:
        raise Refused(Reason.NOTHING_CHANGES, "No item was named.")
    if pile.is_empty and not any(move.after for move in moves):
        raise Refused(Reason.NOTHING_LEFT, "That would leave no item; the order can be cancelled instead.")
    return moves
