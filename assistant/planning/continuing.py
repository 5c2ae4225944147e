"""Continuing: how a message answers a change that is waiting for an answer, read by code before any model plans.

A yes or no to a proposal, the detail that was asked for, or a button. Everything else is planned as any other message.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from assistant.dialogue.thread import Thread
from assistant.dialogue.waiting import Choice, Detail, Draft, Kind, Press, Waiting
from assistant.planning.answer_form import Answer, read_answer
from assistant.planning.change_form import takes_out, wants_another_cancelled
from assistant.planning.choice_form import chosen, picked_one
from assistant.planning.detail_form import address_in, count_in, quantity_in, reason_in, with_part
from assistant.planning.grammar.english import FUNCTION_WORDS
from assistant.planning.grammar.text import clean, stems
from assistant.planning.option_form import asks_for_the_same
from assistant.planning.plan import Cart, Change, Plan, Step
from assistant.planning.plan_text import plan_text
from assistant.planning.planner import Planned
from assistant.planning.request_form import asks_for_goods, asks_in_words

_SHORT = 3
"""Words of a message that is an answer even if it has the form of a question or a wish: "a blue one?"."""
_ONLY = re.compile(r"\bonly\b(?! if\b)", re.IGNORECASE)
_WHATS = {
    Kind.CANCEL: "cancel", Kind.CHANGE_ADDRESS: "address", Kind.CHANGE_DEFAULT_ADDRESS: "address",
    Kind.CHANGE_ITEMS: "items", Kind.CHANGE_PAYMENT: "payment", Kind.RETURN: "return", Kind.EXCHANGE: "exchange",
    Kind.RETURN_LABEL: "return", Kind.ADD_TO_CART: "add", Kind.SET_IN_CART: "change", Kind.REMOVE_FROM_CART: "remove",
}  # fmt: skip
_PARTS = frozenset({Detail.STREET, Detail.CITY, Detail.POSTAL_CODE, Detail.COUNTRY})


@dataclass(frozen=True, slots=True)
class Continued:
    """How a change goes on. `answer` is a yes or no to `proposal`, or a no to the question that was asked.

    `is_pressed` is true for the button of a product's card, which names the exact thing and is a yes to it.
    """

    draft: Draft
    answer: Answer = Answer.NEITHER
    proposal: str = ""
    is_pressed: bool = False

    def planned(self, thread: Thread) -> Planned:
        """The plan that the message is, for those who read what Aisle did."""
        plan = Plan(steps=(_step(self.draft),), need=thread.need)
        return Planned(plan, plan_text(plan, lambda id: id, thread.need))


def continued(message: str, waiting: Waiting | None, press: Press | None = None) -> Continued | None:
    """Return how `message`, or the button that was pressed, answers what the conversation is waiting for; None if it does not."""
    if press is not None:
        return _pressed(press, waiting)
    if waiting is None or wants_another_cancelled(message, waiting):
        return None
    answer = read_answer(
        _without_same_number(message, waiting),
        f"{waiting.heading} {waiting.shown}" if waiting.proposal else _called(waiting.draft.kind),
    )
    if waiting.proposal:
        return None if answer is Answer.NEITHER else Continued(waiting.draft, answer, waiting.proposal)
    if answer is Answer.NO and waiting.detail is not Detail.REASON:  # "changed my mind" is a reason
        return Continued(waiting.draft, answer)
    if (draft := _with_detail(waiting, message)) is not None:
        return Continued(draft)
    return Continued(waiting.draft, answer) if answer is Answer.NO else None


def _without_same_number(message: str, waiting: Waiting) -> str:
    """The message without the limit that a change of the cart keeps anyway: "ok, only one" is a yes where one is shown."""
    is_same = waiting.draft.kind.is_cart and count_in(message) == waiting.draft.quantity != 0
    return _ONLY.sub(" ", message) if is_same else message


def _called(kind: Kind) -> str:
    """What a change of this kind is called, "return" and "send back": "I don't want to return anything" says no to one."""
    return f"{kind.value.replace('_', ' ')}{' send back' if kind is Kind.RETURN else ''}"


def _pressed(press: Press, waiting: Waiting | None) -> Continued:
    if press.do == "add_to_cart":
        return Continued(Draft(Kind.ADD_TO_CART, items=(press.id,), quantity=1), is_pressed=True)
    answer = Answer.YES if press.do == "confirm" else Answer.NO
    is_shown = waiting is not None and waiting.proposal == press.id
    draft = waiting.draft if waiting is not None and is_shown else Draft(Kind.SET_IN_CART)
    return Continued(draft, answer, press.id)


def _step(draft: Draft) -> Step:
    if draft.kind.is_cart:
        quantity = draft.quantity or None
        return Cart.model_validate({"what": _WHATS[draft.kind], "of": draft.items, "quantity": quantity})
    return Change.model_validate({"what": _WHATS[draft.kind], "order": draft.order})


def _with_detail(waiting: Waiting, message: str) -> Draft | None:
    """The draft with the detail that was asked for; None if the message does not hold it."""
    draft, detail = waiting.draft, waiting.detail
    is_long = len(message.split()) > _SHORT
    if detail is Detail.ADDRESS:
        address = None if "?" in message else address_in(message)
        return replace(draft, address=address) if address else None
    if detail in _PARTS and draft.address is not None and detail is not None:
        given = with_part(draft.address, detail, message)
        return replace(draft, address=given) if given else None
    if is_long and (asks_in_words(message) or asks_for_goods(message)):
        return None
    if detail in (Detail.VARIANT, Detail.HOW) and not draft.kind.is_cart:
        return _with_variant(waiting, message)
    if detail is Detail.QUANTITY:
        most = sum(choice.number for choice in waiting.choices)
        count = (count_in if draft.kind.is_cart else quantity_in)(message) or (
            most if chosen(message, [*waiting.choices, Choice("", "")]) else 0
        )
        return replace(draft, quantity=count) if count else None
    found = chosen(message, waiting.choices)
    if not found and len(waiting.choices) == 1 and draft.kind.is_cart and read_answer(message) is Answer.YES:
        found = waiting.choices
    if detail is Detail.REASON:
        reason = found[0].id if len(found) == 1 else reason_in(message, [choice.id for choice in waiting.choices])
        return replace(draft, reason=reason) if reason else None
    return _with_choice(draft, detail, found, message) if found else None


def _with_variant(waiting: Waiting, message: str) -> Draft | None:
    """The draft with the replacement that the message picks from those offered; the same draft if it names an option instead; else None."""
    if picked := picked_one(message, waiting.choices):
        return waiting.draft.with_swap(picked.id)
    offered = {word for choice in waiting.choices for word in stems(choice.text)} - FUNCTION_WORDS
    is_said = offered & set(stems(clean(message))) or asks_for_the_same(message) or takes_out(message)
    return waiting.draft if is_said else None


def _with_choice(draft: Draft, detail: Detail | None, found: Sequence[Choice], message: str) -> Draft | None:
    ids = tuple(choice.id for choice in found)
    if detail is Detail.ITEM:
        return replace(draft, items=ids, quantity=_count(found, message))
    if len(ids) != 1:
        return None
    match detail:
        case Detail.ORDER:
            return replace(draft, order=ids[0])
        case Detail.VARIANT:
            return replace(draft, items=ids)
        case Detail.COLOR:
            return replace(draft, color=ids[0])
        case Detail.SIZE:
            return replace(draft, size=ids[0])
        case Detail.PAYMENT:
            return replace(draft, payment=ids[0])
        case Detail.PRODUCT if draft.kind is Kind.CHANGE_ITEMS:
            return replace(draft, to=ids[0])
        case Detail.PRODUCT:
            return replace(draft, items=ids, quantity=draft.quantity or count_in(message))
    return None


def _count(found: Iterable[Choice], message: str) -> int:
    """How many pieces of the one item are meant, where the message says so."""
    several = list(found)
    return min(quantity_in(message), several[0].number) if len(several) == 1 else 0
