"""Rules: what the recorded actions do in the retail world, by the world's own rules. The measure for what ours do.

They were read in tau_bench/envs/retail/tools of https://github.com/sierra-research/tau-bench (MIT), where the tasks were
recorded, and are written anew here, apart from `assistant/actions/changes`. An action that breaks a rule changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from assistant.actions.payment_method import PaymentMethod
from assistant.actions.retail_world import Item, Move, RetailWorld, WorldOrder, address_of
from retrieval.catalog.money import Money

CANCEL_REASONS = ("no longer needed", "ordered by mistake")
ITEMS_CHANGED, RETURN_REQUESTED, EXCHANGE_REQUESTED = (
    "pending (item modified)",
    "return requested",
    "exchange requested",
)
READS = frozenset(
    {
        "calculate", "find_user_id_by_email", "find_user_id_by_name_zip", "get_item_details", "get_order_details",
        "get_product_details", "get_user_details", "list_all_product_types", "think", "transfer_to_human_agents",
    }
)  # fmt: skip
"""Actions that change nothing in the world."""


class BrokenRule(Exception):
    """The world refuses an action."""


def act(world: RetailWorld, name: str, values: Mapping[str, Any]) -> None:
    """Do one recorded action in `world`. Raises BrokenRule, and then nothing has changed; KeyError for an unknown action."""
    if name in READS:
        return
    try:
        _WRITES[name](world, **values)
    except TypeError as error:
        raise BrokenRule(f"wrong arguments: {error}") from error


def is_known(name: str) -> bool:
    """True if the world has an action of this name."""
    return name in READS or name in _WRITES


def _cancel(world: RetailWorld, order_id: str, reason: str) -> None:
    order = _in_state(world, order_id, "pending")
    _need(reason in CANCEL_REASONS, "invalid reason")
    for move in list(order.moves):
        order.moves.append(Move("refund", move.amount, move.method_id))
        _pay(world, order, move.method_id, -move.amount)
    order.status, order.cancel_reason = "cancelled", reason


def _change_address(world: RetailWorld, order_id: str, **address: str) -> None:
    _in_state(world, order_id, "pending").address = _address(address)


def _change_account(world: RetailWorld, user_id: str, **address: str) -> None:
    _need(user_id in world.shoppers, "user not found")
    world.shoppers[user_id].address = _address(address)


def _change_payment(world: RetailWorld, order_id: str, payment_method_id: str) -> None:
    order = _in_state(world, order_id, "pending")
    method = _method(world, order, payment_method_id)
    _need(len(order.moves) == 1 and order.moves[0].kind == "payment", "there is more than one payment")
    (paid,) = order.moves
    _need(paid.method_id != payment_method_id, "the payment method is the same")
    _need(_covers(method, paid.amount), "insufficient balance")
    order.moves += [Move("payment", paid.amount, payment_method_id), Move("refund", paid.amount, paid.method_id)]
    _pay(world, order, payment_method_id, paid.amount)
    _pay(world, order, paid.method_id, -paid.amount)


def _change_items(
    world: RetailWorld, order_id: str, item_ids: list[str], new_item_ids: list[str], payment_method_id: str
) -> None:
    order = _in_state(world, order_id, "pending")
    difference = _difference(world, order, item_ids, new_item_ids)
    method = _method(world, order, payment_method_id)
    _need(_covers(method, difference), "insufficient balance")
    order.moves.append(Move("payment" if difference > 0 else "refund", abs(difference), payment_method_id))
    _pay(world, order, payment_method_id, difference)
    for old, new in zip(item_ids, new_item_ids, strict=True):
        place = next(place for place, item in enumerate(order.items) if item.product_id == old)
        order.items[place] = Item(new, world.products[new].price.amount)
    order.status = ITEMS_CHANGED


def _return(world: RetailWorld, order_id: str, item_ids: list[str], payment_method_id: str) -> None:
    order = _in_state(world, order_id, "delivered")
    method = _method(world, order, payment_method_id)
    is_original = payment_method_id == order.moves[0].method_id
    _need(method.balance is not None or is_original, "neither the original method nor a gift card")
    _has(order, item_ids)
    order.status, order.settled_with, order.back = RETURN_REQUESTED, payment_method_id, sorted(item_ids)


def _exchange(
    world: RetailWorld, order_id: str, item_ids: list[str], new_item_ids: list[str], payment_method_id: str
) -> None:
    order = _in_state(world, order_id, "delivered")
    difference = _difference(world, order, item_ids, new_item_ids)
    _need(_covers(_method(world, order, payment_method_id), difference), "insufficient balance")
    order.status, order.settled_with = EXCHANGE_REQUESTED, payment_method_id
    order.back, order.sent, order.difference = sorted(item_ids), sorted(new_item_ids), difference


_WRITES: Mapping[str, Callable[..., None]] = {
    "cancel_pending_order": _cancel,
    "modify_pending_order_address": _change_address,
    "modify_pending_order_items": _change_items,
    "modify_pending_order_payment": _change_payment,
    "modify_user_address": _change_account,
    "return_delivered_order_items": _return,
    "exchange_delivered_order_items": _exchange,
}


def _need(condition: bool, reason: str) -> None:
    if not condition:
        raise BrokenRule(reason)


def _in_state(world: RetailWorld, order_id: str, status: str) -> WorldOrder:
    _need(order_id in world.orders, "order not found")
    _need(world.orders[order_id].status == status, f"the order is not {status}")
    return world.orders[order_id]


def _method(world: RetailWorld, order: WorldOrder, method_id: str) -> PaymentMethod:
    methods = world.shoppers[order.customer_id].methods
    _need(method_id in methods, "payment method not found")
    return methods[method_id]


def _covers(method: PaymentMethod, amount: Decimal) -> bool:
    return method.balance is None or method.balance.amount >= amount


def _pay(world: RetailWorld, order: WorldOrder, method_id: str, amount: Decimal) -> None:
    """Take `amount`, which may be negative, from a gift card; other methods have no balance."""
    methods = world.shoppers[order.customer_id].methods
    method = methods[method_id]
    if method.balance is not None:
        balance = Money(method.balance.amount - amount, method.balance.currency)
        methods[method_id] = PaymentMethod(method.id, method.kind, method.label, balance)


def _has(order: WorldOrder, item_ids: list[str]) -> None:
    held = Counter(item.product_id for item in order.items)
    _need(not Counter(item_ids) - held, "some item not found")


def _difference(world: RetailWorld, order: WorldOrder, old: list[str], new: list[str]) -> Decimal:
    """What the new items cost more. Raises BrokenRule unless each is an available variant of what it replaces."""
    _has(order, old)
    _need(len(old) == len(new), "the numbers of items differ")
    difference = Decimal(0)
    for before, after in zip(old, new, strict=True):
        product = world.products.get(after)
        same = product is not None and product.item_group_id == world.products[before].item_group_id
        _need(same and product is not None and product.is_available, "new item not found or not available")
        paid = next(item.price for item in order.items if item.product_id == before)
        difference += (product.price.amount if product else Decimal(0)) - paid
    return difference


def _address(values: Mapping[str, str]) -> Any:
    try:
        return address_of(values)
    except KeyError as error:
        raise BrokenRule(f"the address has no {error}") from error
