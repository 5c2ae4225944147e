"""Planning by the intent head and the grammar rules that serve today, for comparison.

Each message is classified with the products of the written turns on screen; its intents become the steps they are served by.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assistant.conversation.conversation import State
from assistant.intents import ABOUT_PRODUCT, SEARCHES, TALK, IntentName
from assistant.planning.plan import MOST_STEPS, Find, Plan, Step, step_of
from assistant.request import Request
from assistant.understanding.understanding import Understanding
from finetune.corpora.planner_evaluation import PlannedTurn, PlanTurn

_I = IntentName
_ORDERS = {
    _I.TRACK_ORDER: "status", _I.ORDER_HISTORY: "history", _I.ORDER_ITEMS: "items", _I.TRACK_REFUND: "refund",
    _I.GET_INVOICE: "invoice",
}  # fmt: skip
_CHANGES = {
    _I.CANCEL_ORDER: "cancel", _I.CHANGE_ORDER: "items", _I.CHANGE_SHIPPING_ADDRESS: "address", _I.RETURN_ITEM: "return",
    _I.EXCHANGE_ITEM: "exchange",
}  # fmt: skip
_CARTS = {_I.CART_ADD: "add", _I.CART_REMOVE: "remove", _I.CART_VIEW: "view", _I.PLACE_ORDER: "checkout"}
_TALKS = {
    _I.GREET: "greet", _I.GOODBYE: "bye", _I.THANKS: "thanks", _I.PRAISE: "praise", _I.HOW_ARE_YOU: "how_are_you",
    _I.WHO_ARE_YOU: "who_are_you", _I.CAPABILITIES: "capabilities", _I.JOKE: "joke", _I.INSULT: "insult",
    _I.OTHER_LANGUAGE: "other_language", _I.NOT_UNDERSTOOD: "unclear", _I.OUT_OF_SCOPE: "off_topic",
}  # fmt: skip
_PERSON = frozenset({_I.CONTACT_HUMAN_AGENT, _I.COMPLAINT})


def by_rules(understanding: Understanding) -> PlanTurn:
    """Planning by the intent head and the grammar rules over one catalog."""

    def plan(asked: PlannedTurn) -> Plan:
        thread = asked.thread
        before = understanding.read(thread.turns[-1].message, State()) if thread.turns else None
        focus = thread.shown[0] if len(thread.shown) == 1 else ""
        state = State(request=before, shown=thread.shown, focus=focus, order_id=thread.order)
        request = understanding.read(asked.turn.text.message, state)
        ids = request.product_ids or ((focus,) if focus else thread.shown[:2])
        steps = [step for intent in request.intents for step in _steps(intent.name, request, tuple(ids))]
        return Plan(steps=tuple(dict.fromkeys(steps))[:MOST_STEPS] or (Find(want=request.message),), need=thread.need)

    return plan


def _steps(name: str, request: Request, ids: tuple[str, ...]) -> Iterator[Step]:
    written: dict[str, Any]
    if name in _ORDERS:
        written = {"order": {"what": _ORDERS[IntentName(name)], "order": request.order_id}}
    elif name in _CHANGES:
        written = {"change": {"what": _CHANGES[IntentName(name)], "order": request.order_id}}
    elif name in _CARTS:
        written = {"cart": {"what": _CARTS[IntentName(name)], "of": ids[:1]}}
    elif name == _I.COMPARE and len(ids) > 1:
        written = {"compare": {"of": ids[:2]}}
    elif name in ABOUT_PRODUCT and name != _I.SIMILAR and ids:
        written = {"details": {"of": ids[:1], "question": request.message}}
    elif name in SEARCHES or name in ABOUT_PRODUCT or name == _I.BROWSE:
        kinds = [
            value
            for condition in request.filter.conditions
            if condition.field == "product_type"
            for value in condition.values
        ]
        written = {"find": {"kind": " ".join(kinds), "want": request.query}}
    elif name in _PERSON:
        written = {"hand_over": {"reason": "asked" if name == _I.CONTACT_HUMAN_AGENT else "upset"}}
    elif name in TALK:
        written = {"talk": {"about": _TALKS.get(IntentName(name), "ok")}}
    else:
        written = {"policy": {"question": request.message}}
    yield step_of(written)
