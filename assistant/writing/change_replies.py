"""Change replies: what is said of a change of an order or the cart. Every value is a fact of the proposal, the records or the policy."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.actions.refusal import Reason
from assistant.dialogue.waiting import Detail, Kind
from assistant.evidence.brief import CHANGE_LINE
from assistant.evidence.change_result import ChangeResult, State
from assistant.planning.order_form import asks_about_money
from assistant.writing.reply_view import ReplyView

_FOR_A_PERSON = frozenset({Reason.NEEDS_PERSON, Reason.NOT_OFFERED, Reason.NO_SUCH_PAYMENT})
_GONE = frozenset({Reason.EXPIRED, Reason.STALE, Reason.REPLACED, Reason.WITHDRAWN, Reason.NO_SUCH_PROPOSAL})
_DONE = {Kind.CANCEL: "cancel", Kind.ADD_TO_CART: "add", Kind.REMOVE_FROM_CART: "remove"}
"""Kinds whose success has a sentence of its own before what it did."""
_REASONS = {Kind.CANCEL: "cancel", Kind.RETURN: "return", Kind.EXCHANGE: "exchange"}


def closed_reply(view: ReplyView) -> Iterator[str]:
    """That a change which was shown before was not made, because something else came in between or its time was over."""
    closed, change = view.task.brief.closed, view.task.brief.change
    if closed is None:
        return
    if closed.done is not None:
        yield view.phrases("acts.closed.done")
    elif closed.reason is Reason.EXPIRED:
        yield view.phrases("acts.closed.expired")
    elif change is not None and change.state in (State.PROPOSED, State.ASKED) and _is_revision(change, view):
        yield view.phrases("acts.closed.revised")
    else:
        yield view.phrases("acts.closed.replaced")


def change_outcome_reply(change: ChangeResult, view: ReplyView) -> Iterator[str]:
    """What came of a change: the question for what is missing, what would change, what has changed, or why nothing does."""
    match change.state:
        case State.ASKED:
            yield from _opening(change, view)
            if _is_asked_again(change, view):
                yield view.phrases("acts.not_understood")
            if change.refusal is not None:
                yield "{c.why}"
            is_sold_out = change.refusal is not None and change.detail in (Detail.VARIANT, Detail.COLOR, Detail.SIZE)
            yield view.phrases("acts.ask.variant_left") if is_sold_out else _question(change, view)
            yield from _later(change, view)
        case State.PROPOSED:
            yield from _opening(change, view)
            if change.refusal is not None:
                yield "{c.why}"
            first, *rest = _lines(view)
            yield view.phrases("acts.proposed", change=first)
            yield from () if change.kind is not None and change.kind.is_cart else rest  # the card has the whole cart
            yield view.phrases("acts.shall_i")
            yield from _later(change, view)
        case State.REMINDED:
            if asks_about_money(view.task.message) and view.fact("c2"):
                yield "{c2}"
            yield view.phrases("acts.reminded")
        case State.DONE:
            yield from _done(change, view)
            yield from _later(change, view)
        case State.DROPPED:
            yield view.phrases("acts.dropped")
            yield from _later(change, view)
        case State.CART:
            yield view.phrases("acts.cart" if change.cart else "acts.cart_empty")
            if change.links:
                yield view.phrases("acts.checkout")
            elif change.cart:
                yield view.phrases("acts.no_checkout")
        case State.REFUSED:
            yield from _refused(change, view)
            yield from _later(change, view)


def _opening(change: ChangeResult, view: ReplyView) -> Iterator[str]:
    """That an order which was to go back can only be cancelled."""
    if change.is_instead_of_return and view.fact("c.order"):
        yield view.phrases("acts.cancelled_instead")


def _later(change: ChangeResult, view: ReplyView) -> Iterator[str]:
    """That what else was named for the cart is not in it yet."""
    if change.later:
        yield view.phrases("acts.later" if change.waiting else "acts.left")


def _done(change: ChangeResult, view: ReplyView) -> Iterator[str]:
    first, *rest = _lines(view)
    if change.done is not None and change.done.repeated:
        yield view.phrases("acts.done.before")
        yield first
    elif change.kind in _DONE:
        yield view.phrases(f"acts.done.{_DONE[change.kind]}")
        yield from [first] if change.kind is not Kind.CANCEL else []
    else:
        yield view.phrases("acts.done.other")
        yield first
    yield from rest
    for link in change.links:
        yield view.phrases(f"acts.link.{link.kind}")


def _refused(change: ChangeResult, view: ReplyView) -> Iterator[str]:
    refusal = change.refusal
    if refusal is None:
        return
    yield "{c.why}"
    if change.section is not None:
        yield view.phrases("acts.policy")
    if refusal.reason in _GONE and refusal.reason is not Reason.NO_SUCH_PROPOSAL:
        yield view.phrases("acts.ask_again")
    elif refusal.reason in _FOR_A_PERSON and view.contact() and not _says_how(change):
        yield view.phrases("acts.person", contact=view.contact())


def _says_how(change: ChangeResult) -> bool:
    """Whether the policy that is cited says what to do about something that is not done in the chat."""
    is_elsewhere = change.refusal is not None and change.refusal.reason is Reason.NOT_OFFERED
    return is_elsewhere and change.section is not None


def _is_asked_again(change: ChangeResult, view: ReplyView) -> bool:
    waiting = view.task.thread.waiting
    return waiting is not None and (waiting.draft.kind, waiting.detail) == (change.kind, change.detail)


def _question(change: ChangeResult, view: ReplyView) -> str:
    detail = change.detail or Detail.PRODUCT
    name = f"acts.ask.{detail.value}"
    if detail is Detail.PRODUCT and not change.choices:
        name = "acts.ask.product_unknown"
    if detail is Detail.REASON and change.kind in _REASONS:
        name = f"acts.ask.reason_{_REASONS[change.kind]}"
    if detail is Detail.ITEM and change.kind is not None:
        name = f"acts.ask.item_{change.kind.value}"
    return view.phrases(name)


def _lines(view: ReplyView) -> list[str]:
    return [f"{{{key}}}" for key in view.task.brief.facts if CHANGE_LINE.fullmatch(key)]


def _is_revision(change: ChangeResult, view: ReplyView) -> bool:
    """Whether the change that is shown now is another version of the one before."""
    waiting = view.task.thread.waiting
    return waiting is not None and waiting.draft.kind is change.kind and waiting.draft.order in ("", change.order)
