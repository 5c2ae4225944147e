"""Actions: what Aisle does with the shop's systems for a signed-in customer. In this version it only reads orders.

Each action is one function in a registry, chosen by the intents of a request. The customer is an argument that the
server has bound; no text can name another. Every action here is tagged READ and runs at once. One that changes
something joins the same registry with a tag of its own, and runs only after a yes to the exact change shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from assistant.act import Act
from assistant.actions.order import Order, OrderStatus
from assistant.actions.orders import Orders
from assistant.conversation.conversation import State
from assistant.intents import IntentName
from assistant.reference import ORDER_SLOTS
from assistant.request import Request

LISTED = len(ORDER_SLOTS)
"""How many orders one reply can name."""

_RECENT = 20  # orders that are looked at where the customer names none
_NEWEST = re.compile(r"\b(?:last|latest|newest|(?:most )?recent)\b", re.IGNORECASE)
_WHEN = re.compile(r"\b(?:when|how (?:long|soon)|arriv\w*|get here|eta|due|expect\w*)\b", re.IGNORECASE)
_MINE = re.compile(r"\b(?:my|our|mine|i)\b", re.IGNORECASE)
_THIS = re.compile(r"\b(?:it|this|that|them|these|those|order|parcel|package|one)\b", re.IGNORECASE)
_OWN = re.compile(
    r"\b(?:my|our)\s+(?:\w+\s+){0,2}(?:orders?|parcels?|packages?|purchases?|items?|stuff|things?|deliver(?:y|ies))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ActionResult:
    """What one action did: the act, the orders that a reply may speak of, and of how many orders they are taken."""

    act: Act
    orders: tuple[Order, ...] = ()
    count: int = 0


class Access(StrEnum):
    """What an action does to the shop's records."""

    READ = "read"


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can be done. `run` returns None where there is nothing for it to do."""

    access: Access
    run: Callable[[Desk], ActionResult | None]


@dataclass(frozen=True, slots=True)
class Desk:
    """All that an action may look at: this customer's orders, and what they said."""

    orders: Orders
    customer_id: str
    request: Request
    state: State

    def recent(self) -> tuple[Order, ...]:
        """The newest orders of this customer."""
        return self.orders.of(self.customer_id, _RECENT)

    def meant(self) -> Order | None:
        """The order that the message names, the one called the last, or the one spoken of before."""
        if self.request.order_id:
            return self.orders.find(self.customer_id, self.request.order_id)
        if _NEWEST.search(self.request.message):
            return next(iter(self.orders.of(self.customer_id, 1)), None)
        return self.orders.find(self.customer_id, self.state.order_id) if self.state.order_id else None


class Actions:
    """Runs the actions that a request asks for."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders

    def run(self, request: Request, customer_id: str | None, state: State) -> tuple[ActionResult, ...]:
        """The results in the order asked, each once. A visitor is asked to sign in. Raises StoreError."""
        results: dict[ActionResult, None] = {}
        for intent in request.intents:
            action = ACTIONS.get(intent.name)
            if action is None:
                continue
            if customer_id is None:
                result = _for_visitor(intent.name, request)
            else:
                result = action.run(Desk(self._orders, customer_id, request, state))
            if result is not None:
                results[result] = None
        return tuple(results)


def _for_visitor(intent: str, request: Request) -> ActionResult | None:
    """Only what cannot be answered without an order needs a sign-in; the rest has an answer in the shop's policies."""
    if intent == IntentName.TRACK_REFUND and not _MINE.search(request.message):
        return None
    if intent in _ABOUT_ORDERS or (intent == IntentName.DELIVERY_PERIOD and request.order_id):
        return ActionResult(Act.SIGN_IN)
    return None


def _track_order(desk: Desk) -> ActionResult:
    asks_when = _WHEN.search(desk.request.message) is not None
    return _one_order(desk, Act.ORDER_DELIVERY if asks_when else Act.ORDER_STATUS)


def _delivery_period(desk: Desk) -> ActionResult | None:
    """When an order comes; None where the question is how long delivery takes in general."""
    if desk.request.order_id or desk.state.order_id:
        return _one_order(desk, Act.ORDER_DELIVERY)
    if _OWN.search(desk.request.message) and any(order.status.is_open for order in desk.recent()):
        return _one_order(desk, Act.ORDER_DELIVERY)
    return None


def _order_history(desk: Desk) -> ActionResult:
    listed = desk.orders.of(desk.customer_id, LISTED)
    if not listed:
        return ActionResult(Act.NO_ORDERS)
    return ActionResult(Act.ORDER_HISTORY, listed, desk.orders.count(desk.customer_id))


def _order_items(desk: Desk) -> ActionResult:
    if desk.request.order_id:
        return _one_order(desk, Act.ORDER_ITEMS)
    order = desk.meant() or next(iter(desk.recent()), None)
    return ActionResult(Act.NO_ORDERS) if order is None else ActionResult(Act.ORDER_ITEMS, (order,), 1)


def _track_refund(desk: Desk) -> ActionResult | None:
    """Where a returned or cancelled order stands; None where there is none, so that the policy answers."""
    if desk.request.order_id:
        return _one_order(desk, Act.ORDER_STATUS)
    going_back = [order for order in desk.recent() if order.status in (OrderStatus.RETURNED, OrderStatus.CANCELLED)]
    waiting = [order for order in going_back if order.refunded is None] or going_back[:1]
    meant = desk.meant()
    return _choose(Act.ORDER_STATUS, [meant] if meant in going_back and meant else waiting) if going_back else None


def _named_order(desk: Desk) -> ActionResult | None:
    """Where the order stands that the customer wants to change, so that the reply can say what is still possible."""
    return _one_order(desk, Act.ORDER_STATUS) if desk.request.order_id else None


def _order_to_return(desk: Desk) -> ActionResult | None:
    """Where the order stands that was named or spoken of last, so that the reply can say until when it may come back."""
    is_meant = desk.state.order_id and _THIS.search(desk.request.message)
    return _one_order(desk, Act.ORDER_STATUS) if desk.request.order_id or is_meant else None


def _one_order(desk: Desk, act: Act) -> ActionResult:
    """`act` on the order that is meant; without a hint on the one that is on its way, or else the newest."""
    order = desk.meant()
    if order is not None:
        return ActionResult(act, (order,), 1)
    if desk.request.order_id:
        return ActionResult(Act.ORDER_NOT_FOUND)
    recent = desk.recent()
    if not recent:
        return ActionResult(Act.NO_ORDERS)
    return _choose(act, [order for order in recent if order.status.is_open] or [recent[0]])


def _choose(act: Act, orders: list[Order]) -> ActionResult:
    if len(orders) == 1:
        return ActionResult(act, (orders[0],), 1)
    return ActionResult(Act.WHICH_ORDER, tuple(orders[:LISTED]), len(orders))


_ABOUT_ORDERS = frozenset(
    {IntentName.TRACK_ORDER, IntentName.ORDER_HISTORY, IntentName.ORDER_ITEMS, IntentName.TRACK_REFUND}
)

ACTIONS: Mapping[str, Action] = {
    IntentName.TRACK_ORDER: Action(Access.READ, _track_order),
    IntentName.ORDER_HISTORY: Action(Access.READ, _order_history),
    IntentName.ORDER_ITEMS: Action(Access.READ, _order_items),
    IntentName.TRACK_REFUND: Action(Access.READ, _track_refund),
    IntentName.DELIVERY_PERIOD: Action(Access.READ, _delivery_period),
    IntentName.CANCEL_ORDER: Action(Access.READ, _named_order),
    IntentName.CHANGE_ORDER: Action(Access.READ, _named_order),
    IntentName.CHANGE_SHIPPING_ADDRESS: Action(Access.READ, _named_order),
    IntentName.GET_REFUND: Action(Access.READ, _named_order),
    IntentName.RETURN_ITEM: Action(Access.READ, _order_to_return),
    IntentName.CHECK_REFUND_POLICY: Action(Access.READ, _order_to_return),
    IntentName.EXCHANGE_ITEM: Action(Access.READ, _named_order),
    IntentName.REPORT_PROBLEM: Action(Access.READ, _named_order),
}
"""Every action, by the intent that asks for it."""
