"""Money: what a change refunds and charges, and with which payment methods. Refunds never exceed what was paid."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_DOWN, Decimal

from assistant.actions.change import Direction, ItemMove, MoneyMove
from assistant.actions.changes.refused import Refused
from assistant.actions.order_record import MoneyState, OrderRecord
from assistant.actions.payment_method import PaymentKind, PaymentMethod
from assistant.actions.policy import ChangeItems, GiveBack, MoneyGoesTo, Policy, Rule
from assistant.actions.refusal import Reason
from retrieval.catalog.money import Money

_UNNAMED = "the payment method of the order"


def difference(moves: Iterable[ItemMove]) -> Decimal:
    """What the new goods cost more than the old ones, by their prices; negative if less."""
    cost = Decimal(0)
    for move in moves:
        cost += move.after.unit_price.amount * move.quantity if move.after else 0
        cost -= move.before.unit_price.amount * move.quantity if move.before else 0
    return cost


def paid_share(record: OrderRecord, amount: Decimal) -> Decimal:
    """What was paid of `amount` in prices of lines: less where a discount made the order cheaper than its lines."""
    order = record.order
    lines = sum((line.unit_price.amount * line.quantity for line in order.lines), Decimal(0))
    goods = order.total.amount - (order.shipping.amount if order.shipping else 0)
    if lines <= goods:
        return amount
    return (amount * max(goods, Decimal(0)) / lines).quantize(_smallest(order.total.amount, lines), ROUND_DOWN)


def _smallest(*amounts: Decimal) -> Decimal:
    """The smallest unit that `amounts` are written with, such as 0.01."""
    return Decimal(1).scaleb(min(0, *(int(amount.as_tuple().exponent) for amount in amounts)))


def settled(
    record: OrderRecord,
    moves: Iterable[ItemMove],
    method_id: str,
    policy: Policy,
    rule: ChangeItems | GiveBack,
    after_return: bool = False,
) -> tuple[MoneyMove, ...]:
    """The difference in price of `moves` as money: charged to, or refunded to, `method_id` or what pays the order.

    Raises Refused for a method that cannot take part.
    """
    if method_id:
        customers_method(record, method_id)
    cost = difference(moves)
    if cost >= 0:
        return charge(record, cost, method_id, policy, after_return)
    amount = paid_share(record, -cost)
    return refunds(
        record, amount, policy, method_id=method_id, to=rule.refund_to, after_return=after_return, section=rule.section
    )


def refunds(
    record: OrderRecord,
    amount: Decimal,
    policy: Policy,
    *,
    method_id: str = "",
    to: tuple[MoneyGoesTo, ...] = (MoneyGoesTo.ORIGINAL,),
    after_return: bool = False,
    section: str = "",
) -> tuple[MoneyMove, ...]:
    """Moves that give `amount` back, at most what is left: to `method_id` if `to` allows that, else to what paid.

    Raises Refused for a method that is not the customer's, or to which this money may not go.
    """
    amount = max(min(amount, record.left), Decimal(0))
    if method_id:
        _check_target(record, method_id, amount, to, section)
    if not amount:
        return ()
    if method_id:
        return (_move(Direction.REFUND, amount, method_id, record, policy, after_return),)
    moves = []
    for paid_with, net in record.net_by_method.items():
        part = min(net, amount)
        if part > 0:
            moves.append(_move(Direction.REFUND, part, paid_with, record, policy, after_return))
            amount -= part
    return tuple(moves)


def charge(
    record: OrderRecord, amount: Decimal, method_id: str, policy: Policy, after_return: bool = False
) -> tuple[MoneyMove, ...]:
    """The move that takes `amount`. Raises Refused for an unknown method, or a gift card that has less."""
    if amount <= 0:
        return ()
    method_id = method_id or current_method(record)
    if method_id:
        check_balance(customers_method(record, method_id), amount)
    return (_move(Direction.CHARGE, amount, method_id, record, policy, after_return),)


def current_method(record: OrderRecord) -> str:
    """The id of the method that pays most of the order now; "" where the shop's file named none."""
    net = record.net_by_method
    return max(net, key=lambda method_id: net[method_id], default="")


def customers_method(record: OrderRecord, method_id: str) -> PaymentMethod:
    """The customer's payment method. Raises Refused if they have none with this id."""
    found = record.method(method_id)
    if found is None:
        raise Refused(Reason.NO_SUCH_PAYMENT, "That payment method is not saved in your account.")
    return found


def check_balance(method: PaymentMethod, amount: Decimal) -> None:
    """Raises Refused if `method` is a gift card with less than `amount`."""
    if method.balance is not None and method.balance.amount < amount:
        text = f"{method.label} has {method.balance} left, and {Money(amount, method.balance.currency)} is needed."
        raise Refused(Reason.BALANCE_TOO_LOW, text)


def total_after(record: OrderRecord, moves: Iterable[MoneyMove]) -> Money:
    """What the order costs once `moves` have moved."""
    total = record.order.total
    signs = {Direction.CHARGE: 1, Direction.REFUND: -1}
    return Money(total.amount + sum(signs[move.direction] * move.amount.amount for move in moves), total.currency)


def fee_of(amount: Decimal, record: OrderRecord, policy: Policy, rule: Rule) -> Decimal:
    """The fee `amount`, at most what is left to refund. Raises Refused where the order has another currency than the fee."""
    if amount and record.order.total.currency != policy.currency:
        text = f"The fee is in {policy.currency} and the order is not, so a person at the shop looks at this."
        raise Refused(Reason.NEEDS_PERSON, text, rule.section)
    return min(amount, record.left)


def _check_target(
    record: OrderRecord, method_id: str, amount: Decimal, to: tuple[MoneyGoesTo, ...], section: str
) -> None:
    method, paid = customers_method(record, method_id), record.net_by_method.get(method_id, Decimal(0))
    if MoneyGoesTo.ANY in to or (MoneyGoesTo.GIFT_CARD in to and method.kind is PaymentKind.GIFT_CARD):
        return
    if MoneyGoesTo.ORIGINAL not in to or paid < amount:
        text = f"The refund cannot go to {method.label}; it goes to what the order was paid with."
        raise Refused(Reason.REFUND_ELSEWHERE, text, section)


def _move(
    direction: Direction, amount: Decimal, method_id: str, record: OrderRecord, policy: Policy, after_return: bool
) -> MoneyMove:
    method = record.method(method_id)
    at_once = method is not None and method.kind is PaymentKind.GIFT_CARD
    state = MoneyState.AFTER_RETURN if after_return else MoneyState.DONE if at_once else MoneyState.DUE
    waits = direction is Direction.REFUND and not at_once
    return MoneyMove(
        direction=direction,
        amount=Money(amount, record.order.total.currency),
        method_id=method_id,
        label=method.label if method else _UNNAMED,
        state=state,
        days=policy.rules.refunds.days if waits else (0, 0),
    )
