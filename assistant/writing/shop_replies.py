"""Shop replies: what is said of the shop's pages, of orders and the cart, and everything that is no matter of products."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.actions.order import OrderStatus
from assistant.evidence.brief import Note
from assistant.evidence.hints import OPEN
from assistant.evidence.wording import in_words
from assistant.planning.plan import Ask, Cart, Change, HandOver, Order, Policy, Talk
from assistant.writing.attribute_clauses import Subject
from assistant.writing.phrases import table
from assistant.writing.product_replies import sum_sentences
from assistant.writing.reply_view import ReplyView, Told, distinct

_MOST_LINES = 4
_SHOP = Subject("we", is_plural=True)
_LATE_LINES = 2
_POSSIBLE = (
    (Note.CAN_CANCEL, "can_cancel"),
    (Note.CAN_CHANGE_ITEMS, "can_change_items"),
    (Note.CAN_CHANGE_ADDRESS, "can_change_address"),
    (Note.CAN_CHANGE_PAYMENT, "can_change_payment"),
)
_UNDER_WAY = (OrderStatus.PROCESSING, OrderStatus.SHIPPED, OrderStatus.DELAYED)


def policy_reply(step: Policy, lines: Sequence[Told], view: ReplyView, may_answer: bool = True) -> Iterator[str]:
    """The lines that answer in the shop's own words, then the conditions; one honest sentence if no page answers.

    Without `may_answer` no yes or no is said, because the reply or the lines answer another question, too.
    """
    told = distinct(list(lines))
    if not told:
        is_handed_over = any(isinstance(each, HandOver) for each in view.task.planned.plan.steps)
        contact = "" if is_handed_over else view.contact()
        yield view.phrases(f"policy.not_stated{'' if contact else '_alone'}", contact=contact)
        return
    if all(each.is_guess for each in told):
        may_answer = False
        yield view.phrases("policy.nearest")
    answer = view.answer(step.question, told) if may_answer else None
    if answer is not None:
        yield from view.answered(answer, told[0], _SHOP)
        told = told[1:]
    yield from (f"{{{each.slot}.quote}}" for each in told[:_MOST_LINES])


def order_reply(step: Order, lines: Sequence[Told], view: ReplyView) -> Iterator[str]:
    """Where the order stands, what is in it, or what the customer can do where it cannot be seen.

    `lines` say what to do about a late order.
    """
    notes, contact = view.task.brief.notes, view.contact()
    if Note.SIGNED_OUT in notes:
        yield view.phrases("order.sign_in_status" if step.what == "status" else "order.sign_in")
        if contact:
            yield view.phrases("order.guest", contact=contact)
        return
    if sums := list(sum_sentences(view)):
        yield from sums
        return
    if not view.orders:
        yield view.phrases("order.missing")
        return
    if len(view.orders) > 1:
        orders = [_in_a_list(slot, view) for slot in view.orders]
        yield view.phrases("order.several", orders="; ".join(orders))
        return
    slot = view.orders[0]
    if Note.ARRIVES_FIRST in notes:
        yield view.phrases("order.first", o=slot)
    if step.what == "invoice" and view.fact(f"{slot}.lines"):
        yield from _invoice(slot, view)
    elif step.what in ("items", "invoice"):
        yield view.phrases("order.items", o=slot)
    if step.what == "invoice" and not view.page_lines and contact:
        yield view.phrases("order.no_invoice", contact=contact)
    if step.what == "refund" and view.fact(f"{slot}.refunds"):
        yield view.phrases("order.refunds", o=slot)
    elif step.what == "refund":
        yield from _standing(slot, view)
        yield view.phrases("order.no_refund", o=slot)
    if step.what in ("status", "history"):
        yield from _standing(slot, view)
        yield from _if_late(slot, lines, view)
        yield from _open_to(view)


def _if_late(slot: str, lines: Sequence[Told], view: ReplyView) -> Iterator[str]:
    """What to do about an order that is late, in the words of the shop's pages or else by its contacts, or should it become late."""
    status, contact = view.fact(f"{slot}.status"), view.contact()
    if lines:
        yield from (f"{{{each.slot}.quote}}" for each in distinct(list(lines))[:_LATE_LINES])
    elif status is None or not contact:
        return
    elif view.fact(f"{slot}.late") or status.hint == OrderStatus.DELAYED:
        yield view.phrases("order.if_late", contact=contact)
    elif status.hint == OrderStatus.SHIPPED and view.fact(f"{slot}.expected"):
        yield view.phrases("order.if_not_there", contact=contact)


def _open_to(view: ReplyView) -> Iterator[str]:
    """What can still be changed of the order in this chat."""
    notes = view.task.brief.notes
    if possible := [table(f"order.{key}")[0] for note, key in _POSSIBLE if note in notes]:
        yield view.phrases("order.possible", changes=in_words(possible, "or"))
    elif Note.NOT_CHANGED_ANY_MORE in notes:
        yield view.phrases("order.not_possible")


def _standing(slot: str, view: ReplyView) -> Iterator[str]:
    status = view.fact(f"{slot}.status")
    if status is None:
        return

    def part(name: str, field: str) -> str:
        return view.phrases(f"order.{name}", o=slot) if view.fact(f"{slot}.{field}") else ""

    name = status.text
    if status.hint == OrderStatus.DELAYED and not view.fact(f"{slot}.expected"):
        name = "delayed_undated"
    yield view.phrases(
        f"order.{name}",
        o=slot,
        expected=part("expected", "expected"),
        due=part("due", "expected"),
        carrier=part("carrier", "carrier"),
        delivered=part("when_delivered", "delivered"),
        refunded=part("when_refunded", "refunded"),
    )
    if view.fact(f"{slot}.late"):
        yield view.phrases("order.late", o=slot)
    if status.hint in (OrderStatus.SHIPPED, OrderStatus.DELAYED) and view.fact(f"{slot}.tracking"):
        yield view.phrases("order.tracking", o=slot)


def _invoice(slot: str, view: ReplyView) -> Iterator[str]:
    """The figures of the order's invoice."""

    def part(field: str) -> str:
        return view.phrases(f"order.invoice_{field}", o=slot) if view.fact(f"{slot}.{field}") else ""

    yield view.phrases("order.invoice", o=slot, shipping=part("shipping"), discount=part("discount"))
    if address := part("address"):
        yield address


def _in_a_list(slot: str, view: ReplyView) -> str:
    status = view.fact(f"{slot}.status")
    is_open = status is not None and status.hint in _UNDER_WAY and view.fact(f"{slot}.expected")
    at_first = " at first" if status is not None and status.hint == OrderStatus.DELAYED else ""
    when = f", expected on {{{slot}.expected}}{at_first}" if is_open else ""
    return view.phrases("order.item_of", o=slot, when=when)


def change_reply(step: Change, lines: Sequence[Told], view: ReplyView) -> Iterator[str]:
    """Where the order stands and what the shop's pages say of changing it; nothing is changed here."""
    notes, contact = view.task.brief.notes, view.contact()
    told = distinct(list(lines))
    yield from (_still(slot, step, view) for slot in view.orders[:1] if len(view.orders) == 1)
    if told:
        yield from (view.phrases(f"change.{step.what}") for _ in table(f"change.{step.what}")[:1])
        yield from (f"{{{each.slot}.quote}}" for each in told[:_MOST_LINES])
    elif Note.SIGNED_OUT not in notes and Note.NO_ORDER not in notes:
        yield view.phrases(f"change.unknown{'' if contact else '_alone'}", contact=contact)
    if Note.SIGNED_OUT in notes:
        yield view.phrases("order.sign_in_change")
    elif Note.NO_ORDER in notes:
        yield view.phrases("order.missing")


def _still(slot: str, step: Change, view: ReplyView) -> str:
    window = view.fact(f"{slot}.window")
    if step.what in ("return", "exchange") and window is not None:
        return view.phrases("order.window" if window.hint == OPEN else "order.window_closed", o=slot)
    return next(_standing(slot, view), "")


def cart_reply(step: Cart, slots: Sequence[str], view: ReplyView) -> Iterator[str]:
    """Where the customer can do that; this chat changes no cart."""
    total = view.fact("s1")
    is_sum = total is not None and total.hint == "total"
    if step.what == "view" and total is not None:
        yield from sum_sentences(view)
        return
    if step.what == "add" and len(slots) == 1:
        yield view.phrases("cart.add", product=view.name(slots[0]))
    elif step.what == "add":
        yield view.phrases("cart.add_several" if slots else "cart.add_unknown")
    else:
        yield view.phrases(f"cart.{step.what}")
    for slot in slots[:1]:
        stock = view.text(f"{slot}.stock")
        if step.what == "add" and stock and not stock.startswith("in stock"):
            subject = view.pronoun(slot)
            yield view.phrases("more.stock", subject.is_plural, it=subject.it, stock=f"{{{slot}.stock}}")
    if is_sum:
        yield view.phrases("sums.total_of_one", sum="{s1}")


def ask_reply(step: Ask, is_alone: bool, view: ReplyView) -> Iterator[str]:
    """The one question, after a friendly word if it is all that is said about a wish."""
    if is_alone and step.about in ("use", "who", "kind", "budget"):
        yield view.phrases("ask.welcome")
    yield view.phrases(f"ask.{step.about}")


def hand_over_reply(step: HandOver, is_alone: bool, view: ReplyView) -> Iterator[str]:
    """How to reach a person, unless one comes into this chat or a page that is quoted says it."""
    if Note.HANDED_OVER in view.task.brief.notes:
        if is_alone:  # the words of the hand-over follow
            yield view.phrases(f"hand_over.here_{'upset' if step.reason == 'upset' else 'asked'}")
        return
    quoted = " ".join(told.line.text for told in view.page_lines)
    if any(value in quoted for name in ("phone", "email") if (value := view.text(f"shop.{name}"))):
        return
    known = {name: f"{{shop.{name}}}" for name in ("phone", "email", "hours") if view.fact(f"shop.{name}")}
    kinds = {
        frozenset({"phone", "email", "hours"}): "all",
        frozenset({"phone", "email"}): "phone_email",
        frozenset({"phone", "hours"}): "phone_hours",
        frozenset({"email", "hours"}): "email_hours",
        frozenset({"phone"}): "one",
        frozenset({"email"}): "one",
    }
    yield view.phrases(f"hand_over.{kinds.get(frozenset(known), 'none')}", contact=view.contact(), **known)
    if len(view.orders) == 1:
        yield view.phrases("hand_over.with_order")


def talk_reply(step: Talk, view: ReplyView) -> Iterator[str]:
    """A friendly word, and back to the shop."""
    if step.about == "insult" and view.contact():
        yield view.phrases("talk.insult_contact", contact=view.contact())
        return
    named = step.about == "who_are_you" and view.fact("shop.name")
    yield view.phrases(f"talk.{step.about}{'_named' if named else ''}")
