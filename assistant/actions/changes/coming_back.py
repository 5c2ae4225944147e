"""Goods that come back: returns for money, exchanges for other variants, and the label for the parcel."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from assistant.actions.change import Change, ItemMove, Label
from assistant.actions.changes.allowed import check_coming_back, check_reason, check_state
from assistant.actions.changes.goods import Pile, swapped
from assistant.actions.changes.money import fee_of, paid_share, refunds, settled
from assistant.actions.changes.refused import Refused
from assistant.actions.order_record import OrderRecord, ReturnKind
from assistant.actions.policy import GiveBack
from assistant.actions.refusal import Reason
from assistant.actions.requests import Exchange, Return
from assistant.actions.situation import Situation
from retrieval.catalog.money import Money
from retrieval.feeds.strangers import as_name


def return_change(request: Return, record: OrderRecord, situation: Situation) -> Change:
    """Pieces come back, and what was paid for them is refunded when they have arrived. Raises Refused."""
    policy, rule, order = situation.policy, situation.policy.rules.return_, record.order
    check_state(record, rule, policy, "be returned")
    check_coming_back(record, rule, situation)
    check_reason(request.reason, rule.reasons, rule, by_person=situation.by_person)
    pile = Pile(record)
    moves = [
        ItemMove(line=taken.number, quantity=taken.quantity, before=taken.goods)
        for wanted in request.items
        for taken in pile.take(wanted)
    ]
    _check_goods(moves, rule, situation)
    amount = paid_share(record, sum((m.before.unit_price.amount * m.quantity for m in moves if m.before), Decimal(0)))
    if pile.is_empty and rule.refund_shipping and order.shipping:
        amount += order.shipping.amount
    fee = min(fee_of(rule.fee, record, policy, rule), amount)
    return Change(
        kind=request.kind,
        order_id=order.id,
        order_version=record.version,
        items=tuple(moves),
        coming_back=ReturnKind.RETURN,
        money=refunds(
            record,
            amount - fee,
            policy,
            method_id=request.refund_to,
            to=rule.refund_to,
            after_return=True,
            section=rule.section,
        ),
        fee=Money(fee, order.total.currency) if fee else None,
        method_id=request.refund_to,
        reason=request.reason.strip(),
        section=rule.section,
    )


def exchange_change(request: Exchange, record: OrderRecord, situation: Situation) -> Change:
    """Pieces come back, other variants are sent, and the difference moves when they have arrived. Raises Refused."""
    policy, rule, order = situation.policy, situation.policy.rules.exchange, record.order
    check_state(record, rule, policy, "be exchanged")
    check_coming_back(record, rule, situation)
    check_reason(request.reason, rule.reasons, rule, by_person=situation.by_person)
    if not all(swap.new_product_id for swap in request.swaps):
        raise Refused(Reason.NOTHING_CHANGES, "It is not said what to exchange it for.")
    moves = swapped(request.swaps, Pile(record), situation, only_options=True)
    _check_goods(moves, rule, situation)
    return Change(
        kind=request.kind,
        order_id=order.id,
        order_version=record.version,
        items=tuple(moves),
        coming_back=ReturnKind.EXCHANGE,
        money=settled(record, moves, request.payment_method, policy, rule, after_return=True),
        method_id=request.payment_method,
        reason=request.reason.strip(),
        section=rule.section,
    )


def label_change(record: OrderRecord, situation: Situation) -> Change:
    """The label for the latest return or exchange of the order. Raises Refused."""
    rule, order = situation.policy.rules.return_label, record.order
    if not rule.to:
        raise Refused(Reason.NOT_OFFERED, "Return labels are not made here in the chat.", rule.section)
    if not record.returns:
        text = f"Nothing of order {order.id} is coming back, so there is nothing to put a label on."
        raise Refused(Reason.NO_RETURN, text, rule.section)
    latest = record.returns[-1]
    return Change(
        kind="return_label",
        order_id=order.id,
        order_version=record.version,
        label=Label(
            number=latest.number,
            sender=str(order.address) if order.address else "",
            to=rule.to,
            link=rule.link.replace("{order}", order.id).replace("{number}", str(latest.number)),
        ),
        section=rule.section,
    )


def _check_goods(moves: Iterable[ItemMove], rule: GiveBack, situation: Situation) -> None:
    """Raises Refused if no piece was named, or one is of a type that never comes back."""
    moves = list(moves)
    if not moves:
        raise Refused(Reason.NOTHING_CHANGES, "No item was named.")
    never = [tuple(part.strip().casefold() for part in each.split(">")) for each in rule.never]
    for move in moves:
        product = situation.product(move.before.product_id) if move.before else None
        path = tuple(part.casefold() for part in product.category_path) if product else ()
        if move.before and any(_within(path, parts) for parts in never):
            text = f"{as_name(move.before.title)} cannot come back once it was delivered."
            raise Refused(Reason.NEVER_RETURNED, text, rule.section)


def _within(path: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    """True if a product type contains `parts`, one below the other: "kitchen > candles", or "candles" at any depth."""
    return any(path[start : start + len(parts)] == parts for start in range(len(path)))
