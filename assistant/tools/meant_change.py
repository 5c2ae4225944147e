"""Meant change: which kind of change a message asks for, and of which of the customer's orders."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.actions.order import OrderStatus
from assistant.actions.order_record import OrderRecord
from assistant.actions.owner import Owner
from assistant.actions.policy import Policy
from assistant.dialogue.waiting import Choice, Detail, Draft, Kind
from assistant.evidence.brief import Note
from assistant.planning.change_form import (
    adds,
    amends,
    asks_for_label,
    is_about_account,
    order_of_open_change,
    order_said,
    takes_out,
)
from assistant.planning.choice_form import likeliest
from assistant.planning.order_form import Place, place_of, speaks_of_ordering, state_of, was_just_ordered
from assistant.planning.plan import Change
from assistant.planning.request_form import points
from assistant.tools.changing import ask
from assistant.tools.order_items import item_choices, order_text, orders_with
from assistant.tools.order_search import in_state
from assistant.tools.tool import Bench, Findings, Task

_RECENT, _MOST_CHOICES = 20, 5
_KINDS = {
    "cancel": Kind.CANCEL, "address": Kind.CHANGE_ADDRESS, "items": Kind.CHANGE_ITEMS, "payment": Kind.CHANGE_PAYMENT,
    "return": Kind.RETURN, "exchange": Kind.EXCHANGE,
}  # fmt: skip
_SWAPPING = (Kind.CHANGE_ITEMS, Kind.EXCHANGE)
"""Kinds that customers do not tell apart: which one it is depends on whether the order has arrived."""


def first_draft(step: Change, task: Task) -> Draft:
    """What plan and message say of a change; what an unfinished one of the same kind knew already is kept."""
    kind = _KINDS[step.what]
    if kind is Kind.RETURN and asks_for_label(task.message):
        kind = Kind.RETURN_LABEL
    if kind is Kind.CHANGE_ADDRESS and is_about_account(task.message):
        kind = Kind.CHANGE_DEFAULT_ADDRESS
    waiting = task.thread.waiting
    number = order_said(step.order, task.message)
    if waiting is not None and (waiting.draft.kind is kind or {waiting.draft.kind, kind} == {*_SWAPPING}):
        is_same_order = number.lstrip("#") in ("", waiting.draft.order.lstrip("#"))
        if (waiting.detail is not None and not number) or (waiting.proposal and is_same_order and amends(task.message)):
            return waiting.draft
    return Draft(kind, order=number)


def meant_order(draft: Draft, task: Task, owner: Owner, bench: Bench) -> OrderRecord | Findings:
    """The order that is to be changed; or the question which one, or that there is none."""
    actions, message = bench.actions, task.message
    if draft.order:
        found = actions.find(owner, draft.order)
        return found[0] if found else Findings(notes=(Note.NO_ORDER,))
    recent = actions.find(owner, limit=_RECENT)
    if not recent:
        return Findings(notes=(Note.NO_ORDERS,))
    of_change = order_of_open_change(task.thread, message)
    spoken_of = next((each for each in recent if each.order.id == (of_change or task.thread.order)), None)
    titled = orders_with(message, recent, bench) if draft.kind is not Kind.CHANGE_PAYMENT else ()
    means_latest = place_of(message) is Place.LATEST
    state = state_of(message)
    if state and (pool := in_state(titled or recent, state, actions.day(task.moment))):
        return pool[0] if means_latest or len(pool) == 1 else _one_of(pool, draft, task, bench)
    if means_latest and not titled:
        return _latest(recent, draft.kind, message)
    goes_on = spoken_of and _was_just_spoken_of(task) and _is_possible(draft.kind, spoken_of, task, bench)
    if spoken_of and not titled and (of_change or points(message) or goes_on):
        return spoken_of
    meant = titled or recent
    possible = [each for each in meant if _is_possible(draft.kind, each, task, bench)]
    if means_latest:
        return (possible or meant)[0]
    if spoken_of in possible and titled:
        return spoken_of
    if len(possible) == 1:
        return possible[0]
    if not possible:
        return spoken_of if spoken_of in meant else meant[0]
    return _which_order(possible, draft)


def _latest(recent: Sequence[OrderRecord], kind: Kind, message: str) -> OrderRecord:
    """The last order; the last that has arrived if something is to go back, for nobody sends back what they do not have yet.

    "Swap the mug in my last order" may be about an order that has not been sent: customers do not tell such a change from an exchange.
    """
    is_in_hand = kind in (Kind.RETURN, Kind.RETURN_LABEL) or (kind is Kind.EXCHANGE and not speaks_of_ordering(message))
    if is_in_hand and not was_just_ordered(message):
        return next((each for each in recent if each.order.status is OrderStatus.DELIVERED), recent[0])
    return recent[0]


def _one_of(pool: Sequence[OrderRecord], draft: Draft, task: Task, bench: Bench) -> OrderRecord | Findings:
    """The one of several orders whose state was named that the change is possible for, or the question which."""
    possible = [each for each in pool if _is_possible(draft.kind, each, task, bench)]
    if len(possible) < 2:
        return (possible or pool)[0]
    return _which_order(possible, draft)


def _which_order(possible: Sequence[OrderRecord], draft: Draft) -> Findings:
    choices = tuple(Choice(each.order.id, order_text(each)) for each in possible[:_MOST_CHOICES])
    return ask(Detail.ORDER, draft, choices)


def meant_kind(kind: Kind, record: OrderRecord, task: Task, bench: Bench) -> Kind:
    """The kind of the change for this order: other options of an order that has arrived are an exchange."""
    if kind not in _SWAPPING or takes_out(task.message) or adds_items(task, bench):
        return kind
    (other,) = {*_SWAPPING} - {kind}
    why_not = bench.actions.why_not
    is_other = why_not(kind.value, record) is not None and why_not(other.value, record) is None
    return other if is_other else kind


def kind_in_time(kind: Kind, record: OrderRecord, task: Task, bench: Bench) -> Kind:
    """The kind of the change by how far this order has come: a label needs a return first, and a whole order that cannot be returned yet is cancelled if it can be."""
    if kind is Kind.RETURN_LABEL and not record.returns:
        kind = Kind.RETURN
    why_not = bench.actions.why_not
    if kind is not Kind.RETURN or why_not(kind.value, record) is None or why_not(Kind.CANCEL.value, record) is not None:
        return kind
    items = list(item_choices(record, bench))
    return kind if len(items) > 1 and likeliest(task.message, items) else Kind.CANCEL


def adds_items(task: Task, bench: Bench) -> bool:
    """True if the message asks for a further item in the order, and the policy lets orders grow."""
    policy = bench.actions.policy or Policy()
    return adds(task.message) and not policy.rules.change_items.only_options


def _is_possible(kind: Kind, record: OrderRecord, task: Task, bench: Bench) -> bool:
    if kind is Kind.RETURN_LABEL:
        return bool(record.returns)
    return bench.actions.why_not(meant_kind(kind, record, task, bench).value, record) is None


def _was_just_spoken_of(task: Task) -> bool:
    turns = task.thread.turns
    return bool(turns) and f"o1 {task.thread.order}" in turns[-1].brief and "\no2 " not in turns[-1].brief
