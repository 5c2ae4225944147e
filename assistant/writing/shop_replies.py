"""Shop replies: what is said of the shop's pages, of orders and the cart, and everything that is no matter of products."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.actions.order import OrderStatus
from assistant.evidence.brief import Note
from assistant.evidence.hints import OPEN
from assistant.evidence.wording import in_words
from assistant.planning.order_form import (
    Aspect,
    asked_of_order,
    asks_when_bought,
    goods_bought,
)
from assistant.planning.plan import Ask, Cart, Change, HandOver, Order, Policy, Talk
from assistant.writing.attribute_clauses import Subject
from assistant.writing.phrases import listed, table
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
_BY_TOTAL = frozenset(
    {
        Note.LARGEST,
        Note.SMALLEST,
        Note.LARGEST_FIRST,
        Note.SMALLEST_FIRST,
        Note.EQUAL_TOTALS,
        Note.CURRENCIES_DIFFER,
    }
)
_SHARED = ((Note.LARGEST_FIRST, "shared_largest"), (Note.SMALLEST_FIRST, "shared_smallest"))
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
        yield _no_order(view)
        return
    if not _BY_TOTAL.isdisjoint(notes):
        yield from _by_total(view)
        return
    if Note.BOUGHT in notes:
        yield from _bought(view)
        return
    if len(view.orders) > 1:
        orders = [_in_a_list(slot, view) for slot in view.orders]
        yield view.phrases("order.several", orders="; ".join(orders))
        yield from _more(view)
        return
    slot = view.orders[0]
    if Note.ARRIVES_FIRST in notes:
        yield view.phrases("order.first", o=slot)
    if step.what in ("refund", "invoice"):
        yield from _money(slot, step, view)
        return
    asked = asked_of_order(view.task.message)
    if asked - {Aspect.STANDING}:
        yield from _answers(slot, asked, view)
    elif step.what == "items" and not asked:
        yield view.phrases("order.items", o=slot)
    else:
        yield from _standing(slot, view)
        if not _was_told_before(slot, view):
            yield from _if_late(slot, lines, view)
            yield from _open_to(view)


def _more(view: ReplyView) -> Iterator[str]:
    """That there are more orders than a reply lists."""
    if Note.MORE_ORDERS in view.task.brief.notes:
        yield view.phrases("order.more")


def _no_order(view: ReplyView) -> str:
    """Why no order is told."""
    notes = view.task.brief.notes
    if Note.NOT_BOUGHT in notes:
        name = "not_bought_in_time" if Note.IN_TIME in notes else "not_bought"
        return view.phrases(f"order.{name}", goods=goods_bought(view.task.message))
    names = {
        Note.NO_ORDERS: "none_yet",
        Note.NONE_BEFORE: "none_before",
        Note.NONE_IN_TIME: "none_in_time",
        Note.NOTHING_SPENT: "nothing_spent",
    }
    return view.phrases(f"order.{next((name for note, name in names.items() if note in notes), 'missing')}")


def _by_total(view: ReplyView) -> Iterator[str]:
    """The orders by their totals: of two or three that were set side by side the others' totals, too."""
    notes, (first, *rest) = view.task.brief.notes, view.orders
    in_time = "_in_time" if Note.IN_TIME in notes else ""
    totals, others = (
        listed([view.phrases("order.total_of", o=slot) for slot in slots]) for slots in (view.orders, rest)
    )
    if Note.EQUAL_TOTALS in notes:
        ids = listed([f"{{{slot}.id}}" for slot in view.orders])
        name = next((name for note, name in _SHARED if note in notes), "same_total")
        yield view.phrases(f"order.{name}", o=first, ids=ids)
    elif Note.CURRENCIES_DIFFER in notes:
        yield view.phrases("order.other_currencies", totals=totals)
    elif Note.LARGEST_FIRST in notes or Note.SMALLEST_FIRST in notes:
        yield view.phrases("order.larger" if Note.LARGEST_FIRST in notes else "order.smaller", o=first, others=others)
    else:
        name = "largest" if Note.LARGEST in notes else "smallest"
        yield view.phrases(f"order.{'several_' if rest else ''}{name}{in_time}", o=first, totals=totals)


def _bought(view: ReplyView) -> Iterator[str]:
    """The orders that hold what was asked for, the newest first."""
    if asks_when_bought(view.task.message):
        yield view.phrases("order.bought_on", o=view.orders[0])
    else:
        yield view.phrases("order.bought", orders="; ".join(view.phrases("order.bought_in", o=o) for o in view.orders))
        yield from _more(view)
    for slot in view.orders:
        status = view.fact(f"{slot}.status")
        if status is not None and status.hint in (OrderStatus.CANCELLED, OrderStatus.RETURNED):
            yield from _standing(slot, view)


def _money(slot: str, step: Order, view: ReplyView) -> Iterator[str]:
    """The order's invoice, or what is paid back for it."""
    contact = view.contact()
    if step.what == "invoice":
        if view.fact(f"{slot}.lines"):
            yield from _invoice(slot, view)
        else:
            yield view.phrases("order.items", o=slot)
        if not view.page_lines and contact:
            yield view.phrases("order.no_invoice", contact=contact)
    elif view.fact(f"{slot}.refunds"):
        yield view.phrases("order.refunds", o=slot)
    else:
        yield from _standing(slot, view)
        yield view.phrases("order.no_refund", o=slot)


def _answers(slot: str, asked: frozenset[Aspect], view: ReplyView) -> Iterator[str]:
    """What was asked of one order, thing by thing, and no more."""
    if Aspect.PLACED in asked:
        yield view.phrases("order.placed", o=slot)
    if Aspect.CONTENTS in asked:
        yield view.phrases("order.items", o=slot)
    elif Aspect.COST in asked:
        yield view.phrases("order.cost", o=slot)
    if asked & {Aspect.STANDING, Aspect.WHY}:
        yield from _standing(slot, view)
        yield from _why(slot, view) if Aspect.WHY in asked else ()
    elif Aspect.TRACKING in asked:
        yield from _tracking(slot, view)


def _why(slot: str, view: ReplyView) -> Iterator[str]:
    """That the reason is not recorded why an order is late, has not been sent or was cancelled."""
    status = view.fact(f"{slot}.status")
    if status is None or status.hint == OrderStatus.DELIVERED or view.fact(f"{slot}.cancel_reason"):
        return
    is_late = status.hint == OrderStatus.DELAYED or view.fact(f"{slot}.late")
    if status.hint == OrderStatus.PROCESSING and not is_late:
        yield view.phrases("order.why_not_sent")
    else:
        yield view.phrases("order.why_late" if is_late else "order.why")


def _tracking(slot: str, view: ReplyView) -> Iterator[str]:
    """The tracking number alone; where there is none, where the order stands."""
    if view.fact(f"{slot}.tracking"):
        carrier = view.phrases("order.carrier", o=slot) if view.fact(f"{slot}.carrier") else ""
        yield view.phrases("order.tracking_of", o=slot, carrier=carrier)
        return
    yield view.phrases("order.no_tracking", o=slot)
    yield from _standing(slot, view)


def _was_told_before(slot: str, view: ReplyView) -> bool:
    """Whether an earlier reply has told where this order stands, with what to do about it."""
    is_same = f"o1 {view.text(f'{slot}.id')} |"
    return any(is_same in turn.brief and turn.plan.startswith("order ") for turn in view.task.thread.turns)


def _if_late(slot: str, lines: Sequence[Told], view: ReplyView) -> Iterator[str]:
    """What to do about an order that is late, in the words of the shop's pages or else by its contacts, or should it become late."""
    status, contact = view.fact(f"{slot}.status"), view.contact()
    if lines:
        yield from (f"{{{each.slot}.quote}}" for each in distinct(list(lines))[:_LATE_LINES])
    elif status is None or not contact:
        return
    elif status.hint == OrderStatus.PROCESSING and view.fact(f"{slot}.late"):
        yield view.phrases("order.if_late_unsent", contact=contact)
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
    if view.fact(f"{slot}.late"):
        name = f"late.{status.text}"
    elif status.hint == OrderStatus.DELAYED and not view.fact(f"{slot}.expected"):
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
    if status.hint in (OrderStatus.SHIPPED, OrderStatus.DELAYED) and view.fact(f"{slot}.tracking"):
        yield view.phrases("order.tracking", o=slot)
    if view.fact(f"{slot}.cancel_reason"):
        yield view.phrases("order.cancel_reason", o=slot)


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
    late = view.phrases("order.days_late", o=slot) if view.fact(f"{slot}.late") else ""
    at_first = " at first" if status is not None and status.hint == OrderStatus.DELAYED and not late else ""
    when = f", expected on {{{slot}.expected}}{at_first}{late}" if is_open else ""
    return view.phrases("order.item_of", o=slot, when=when)


def change_reply(step: Change, lines: Sequence[Told], view: ReplyView) -> Iterator[str]:
    """Where the order stands and what the shop's pages say of changing it; nothing is changed here."""
    notes, contact = view.task.brief.notes, view.contact()
    told = distinct(list(lines))
    if len(view.orders) == 1:
        yield _still(view.orders[0], step, view)
    elif step.what in ("return", "exchange") and (still := [o for o in view.orders if _is_returnable(o, view)]):
        yield view.phrases("order.windows", orders=in_words([view.phrases("order.window_of", o=o) for o in still]))
        if Note.MORE_ORDERS in notes:
            yield view.phrases("order.windows_more")
    if Note.NONE_RETURNABLE in notes:
        yield view.phrases("order.none_returnable")
    if told:
        yield from (view.phrases(f"change.{step.what}") for _ in table(f"change.{step.what}")[:1])
        yield from (f"{{{each.slot}.quote}}" for each in told[:_MOST_LINES])
    elif Note.SIGNED_OUT not in notes and not _has_no_order(view):
        yield view.phrases(f"change.unknown{'' if contact else '_alone'}", contact=contact)
    if Note.SIGNED_OUT in notes:
        yield view.phrases("order.sign_in_change")
    elif _has_no_order(view):
        yield _no_order(view)


def _is_returnable(slot: str, view: ReplyView) -> bool:
    window = view.fact(f"{slot}.window")
    return window is not None and window.hint == OPEN


def _has_no_order(view: ReplyView) -> bool:
    """Whether the records have no order of the kind that was meant."""
    none = (Note.NO_ORDER, Note.NO_ORDERS, Note.NONE_BEFORE, Note.NONE_IN_TIME)
    return not set(none).isdisjoint(view.task.brief.notes)


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
    if step.about == "who_are_you" and view.contact():  # "what is your phone number" is planned like "who are you"
        yield view.phrases("talk.person", contact=view.contact())
