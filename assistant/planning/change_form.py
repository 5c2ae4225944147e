"""Change form: what a message asks to change, by its form, where the plan's arguments do not say it."""

from __future__ import annotations

import re
from typing import Literal

from assistant.dialogue.thread import Thread
from assistant.dialogue.waiting import Kind, Waiting
from assistant.planning.answer_form import Answer, read_answer
from assistant.planning.detail_form import address_in
from assistant.planning.grammar.order_number import order_number
from assistant.planning.grammar.text import Text, clean
from assistant.planning.order_form import asks_about_money, order_in_view
from assistant.planning.plan import (
    MOST_STEPS,
    Ask,
    Cart,
    Change,
    Compare,
    Details,
    Find,
    HandOver,
    Order,
    Plan,
    Policy,
    Step,
    Talk,
)
from assistant.planning.request_form import LONGEST, asks_in_words, points, requests_in

_ASKS_HOW = re.compile(
    r"^(?:(?:hi|hello|hey|ok(?:ay)?|so|and|but)[\s,.!]+)*(?:how (?:do|does|can|could|would|to|long|much)|what (?:happens|if|is your)|until when|can (?:i|we) still|is it too late|when (?:can|do)|who pays)\b"
)
_LABEL = re.compile(r"\b(?:return|shipping|postage|parcel|print\w*|the|a|my) label\b|\blabel (?:for|to)\b")
_ACCOUNT = re.compile(r"\b(?:account|profile|default|my own|saved)\b")
_OUT = re.compile(r"\b(?:take|leave|drop|cut)\b.*\bout\b|\b(?:remove|delete|drop|without)\b|\bdon'?t (?:want|need)\b")
_ADDS = re.compile(r"\b(?:add|include|put)\b|\b(?:also|another|more) .*\b(?:to|in) (?:my|the|that|this) order\b")
_SETS = re.compile(
    r"\b(?:make (?:it|that|them|the \w+)|change (?:it|that|them|the (?:number|quantity|amount)|.* to \d)|set|instead|rather|only (?:want|need)|not \d+ but)\b"
)
_CONTENTS = re.compile(
    r"^(?:(?:and|so|ok(?:ay)?|hm+|but)[\s,]+)*what(?:'s| is| was| were| are|s)? (?:all )?(?:in|inside) (?:it|there|that|this|that one|my (?:last )?order|the order|the (?:parcel|package|box))\b"
    r"|\bwhat did i (?:order|buy|get)\b|\bwhich (?:items|things|products) (?:are|were) in\b"
)
_STANDS = re.compile(
    r"\b(?:status|where(?:'s| is) it|has it|is it (?:shipped|sent|on its way|there|coming|late)|(?:when|will) .*\b(?:arrive|come|get here|delivered))\b"
)
_SWAPS = re.compile(r"\b(?:exchang\w+|swap\w*|trad(?:e|ing)|switch(?:ed|ing)?|replac\w+)\b")
_GOES_BACK = re.compile(r"\b(?:return\w*|refund\w*|send (?:\w+ ){0,4}back|money back|cancel\w*)\b")
_SENDS_BACK = re.compile(r"\b(?:return\w*|send(?:ing)? (?:\w+ ){0,4}back|go(?:es)? back|refund for)\b")
_FOR_ANOTHER = re.compile(
    r"\bchange (?:my|the) (?!payment|card|method|way|order|address)(?:[\w-]+ ){1,4}(?:for|to) (?:an?|the|one)\b"
)
_MORE = re.compile(r"\b(?:also|as well|too|includ\w+|add|and (?:the|my)|one more thing)\b")
_OTHERWISE = re.compile(r"\b(?:instead|rather|actually|prefer|not the|wrong)\b")
_PAYS = re.compile(
    r"\b(?:gift ?-?card|(?:store|shop|website) credit|pay ?pal|visa|master ?card|amex|(?:credit|debit) card)\b"
)
_ADDRESS = re.compile(
    r"\b(?:address|old place|(?:deliver\w*|ship\w*|sen[dt]) (?:[\w#-]+ ){0,3}(?:somewhere|elsewhere)|where (?:[\w#-]+ ){0,6}(?:sent|shipped|delivered|going|goes))\b"
)
_SPEAKS_OF: dict[str, re.Pattern[str]] = {
    "cancel": re.compile(
        r"\bcan[cs]\w*l\w*|\b(?:stop\w*|halt|abort|undo|revoke|withdraw\w*|drop(?:ping)?|scrap|forget|refund\w*|call(?:ed|ing)? (?:\w+ ){0,3}off|take back|took back)\b"
        r"|\b(?:get(?:ting)? )?rid of\b|\bmoney\b|\bmistake\w*\b|\bchanged? (?:my|our) minds?\b|\b(?:no longer|not|n[o']t) (?:\w+ ){0,2}(?:need|want)\b"
    ),
    "address": re.compile(
        rf"{_ADDRESS.pattern}|\badd?ress?e?\b|\b(?:mov(?:e|es|ed|ing)|relocat\w*|street|house number|post ?code|zip|flat|apartment|place|home|neighbou?rs?|pick ?up|locker)\b"
        r"|\b(?:go(?:es|ing|ne)?|sen[dt]|ships?|shipped|deliver(?:s|ed)?|left|leave|dropped?|redirect\w*|rerout\w*|forward\w*|bring|brought)\b[^.?!]*\b(?:to|at|with|into?) (?:my|our|your|his|her|their|the|an?|another|some\w+|\d)"
        r"|\bwhere\b[^.?!]*\b(?:go|goes|going|sent|shipped|delivered)\b"
    ),
    "payment": re.compile(rf"{_PAYS.pattern}|\b(?:pa(?:y|ys|id|ying|yments?)|cards?|transfer|invoice|charged?|method|bank|billed|billing)\b"),
}  # fmt: skip
"""What a message speaks of when it wants a change that is about one thing only; changes of goods are asked for in too many ways."""
_CANCELS_ORDER = re.compile(
    r"\bcancel(?:l?ing)? (?:(?:the|my|this|that|whole|entire|all|of|complete) ){0,3}(?:order\b|orders\b)(?! (?:change|address))|\bcall(?:ing)? off (?:the|my|this|that) (?:whole |entire )?order\b"
)
_NOT_WISHED = re.compile(
    r"(?<!why )(?<!if )\b(?:not|never|cannot|without|instead of|rather than|no (?:need|reason|wish)|(?:do|does|did|should|must|have|has|had|was|were|is|are|need)n'?t|(?:ca|could|wo|would)n'?t(?! you\b))"
    r" (?:(?:i|you|me|to|for|please|just|really|even|ever|yet|sure|if|need(?:ed)?|have|want(?:ed|ing)?|wish|mean|meant|like|going|trying|planning|plan|intend|ask(?:ed|ing)?|said|say|told|tell|dare) )*$"
)
"""What stands before "cancel my order" in a message that does not want that: "I don't want to", "no need to"."""
_LOOSE = (Change, Ask, Talk, Details, Find, Policy)
"""Steps that the model plans for a word about a change that was just shown, where it does not know that one was."""
_PLANNED = {
    Kind.CANCEL: "cancel",
    Kind.CHANGE_ADDRESS: "address",
    Kind.CHANGE_DEFAULT_ADDRESS: "address",
    Kind.CHANGE_PAYMENT: "payment",
}
_OF_ITEMS: dict[Kind, Literal["items", "return", "exchange"]] = {
    Kind.CHANGE_ITEMS: "items", Kind.RETURN: "return", Kind.EXCHANGE: "exchange",
}  # fmt: skip
_READS = (Policy, Details, Compare, Order, Ask, Talk)
_READS_OF_SHOP = (Policy, Order, Ask, Talk)
_INSTEAD = re.compile(r"\b(?:instead|rather|prefer)\b")
_IDLE = frozenset({"ok", "unclear", "thanks", "praise", "greet", "how_are_you", "joke"})


def order_said(planned: str, message: str) -> str:
    """The order number that a message names: the one that was `planned` if it stands there, else one that is announced as such; or ""."""
    if planned and re.search(rf"(?<![\w-]){re.escape(planned.casefold())}(?![\w-])", _plain(message)):
        return planned
    found = order_number(Text.of(message), announced_only=True)
    return found.id if found else ""


def asks_how(message: str) -> bool:
    """Whether a message asks how something is done rather than for it to be done: "how do I return something"."""
    return bool(_ASKS_HOW.search(_plain(message)))


def asks_for_label(message: str) -> bool:
    """Whether a message wants the label for a parcel that goes back."""
    return bool(_LABEL.search(_plain(message)))


def is_about_account(message: str) -> bool:
    """Whether a new address is that of the account rather than of one order."""
    return bool(_ACCOUNT.search(_plain(message))) and "order" not in _plain(message)


def takes_out(message: str) -> bool:
    """Whether something is to go: "take the mug out", "remove it"."""
    return bool(_OUT.search(_plain(message)))


def adds(message: str) -> bool:
    """Whether something is to be added to an order."""
    return bool(_ADDS.search(_plain(message)))


def says_more(message: str) -> bool:
    """Whether something is to be done with more than was shown: "and the mug as well"."""
    return bool(_MORE.search(_plain(message)))


def amends(message: str) -> bool:
    """Whether a message changes what was just shown rather than asking for something new: "with PayPal instead", "also the mug"."""
    return any(pattern.search(_plain(message)) for pattern in (_MORE, _OTHERWISE, _PAYS))


def names_payment(message: str) -> bool:
    """Whether a message names a kind of payment method."""
    return bool(_PAYS.search(_plain(message)))


def sets_quantity(message: str) -> bool:
    """Whether a number takes the place of the one before: "make it 3"."""
    return bool(_SETS.search(_plain(message)))


def is_question_between(plan: Plan, message: str) -> bool:
    """Whether a message only asks something, so that a change that was shown still waits: "until when can I send it back?".

    A wish for goods, another change, and "instead" end it.
    """
    is_question = asks_in_words(message) or "?" in message
    return is_question and not _INSTEAD.search(_plain(message)) and all(isinstance(step, _READS) for step in plan.steps)


def is_of_shown_change(plan: Plan, message: str) -> bool:
    """Whether what was shown of a change that waits answers a message: it asks for nothing, or what is charged or paid back."""
    is_money = asks_about_money(message) and all(isinstance(step, _READS_OF_SHOP) for step in plan.steps)
    return is_idle(plan) or (is_money and is_question_between(plan, message))


def is_idle(plan: Plan) -> bool:
    """Whether a message asks for nothing, so that a change that was shown still waits."""
    return all(isinstance(step, Talk) and step.about in _IDLE for step in plan.steps)


def wants_order_cancelled(message: str) -> bool:
    """Whether a message wants an order to be cancelled, called so: "cancel my order"; "cancel it" may mean what was just shown."""
    said = _plain(message)
    wishes = (found for found in _CANCELS_ORDER.finditer(said) if not _NOT_WISHED.search(said[: found.start()]))
    return "?" not in message and any(wishes)


def wants_another_cancelled(message: str, waiting: Waiting) -> bool:
    """Whether a message wants the order itself cancelled while another change of it is open, and is no mere no to that one."""
    is_other = waiting.draft.kind in (
        Kind.CHANGE_ADDRESS,
        Kind.CHANGE_DEFAULT_ADDRESS,
        Kind.CHANGE_ITEMS,
        Kind.CHANGE_PAYMENT,
    )
    return is_other and wants_order_cancelled(message)


def order_of_open_change(thread: Thread, message: str) -> str:
    """Return the order whose open change a message ends by cancelling the order itself; "" if it does not, or that order is not known."""
    waiting = thread.waiting
    return waiting.draft.order if waiting is not None and wants_another_cancelled(message, waiting) else ""


def speaks_of(step: Change, message: str, thread: Thread) -> bool:
    """Whether the message, or the change that is open or was planned for the message before, speaks of the change that was planned."""
    pattern = _SPEAKS_OF.get(step.what)
    if pattern is None or pattern.search(_plain(message)):
        return True
    if step.what == "address" and address_in(message) is not None:
        return True
    waits = thread.waiting is not None and _PLANNED.get(thread.waiting.draft.kind) == step.what
    return waits or bool(thread.turns and re.search(rf"^change {step.what}\b", thread.turns[-1].plan, re.MULTILINE))


def with_change(plan: Plan, thread: Thread, message: str) -> Plan:
    """The plan with what its form says about orders: "what is in it" of an order just spoken of, a label.

    A change that the message does not speak of is a question to the shop, or how the order stands that is in view. A change that is
    asked for in one sentence is not asked about at the pages as well, and what amends a change that was just shown is about that change.
    """
    if _is_declined(plan, thread, message):
        return plan.model_copy(update={"steps": (Talk(about="ok"),)})
    plan = _without_unasked_changes(plan, thread, message)
    if (
        thread.waiting
        and wants_another_cancelled(message, thread.waiting)
        and not any(isinstance(step, Change) for step in plan.steps)
    ):
        order = order_said("", message) or order_of_open_change(thread, message)
        return plan.model_copy(update={"steps": (Change(what="cancel", order=order),)})
    if step := _amended(plan, thread, message) or _of_order(plan, thread, message):
        return plan.model_copy(update={"steps": (step,)})
    if (
        len(plan.steps) > 1
        and any(isinstance(step, (Change, Cart)) for step in plan.steps)
        and not requests_in(message)
    ):
        kept = tuple(step for step in plan.steps if not isinstance(step, (Policy, Ask)))
        return plan.model_copy(update={"steps": kept})
    return plan


def _is_declined(plan: Plan, thread: Thread, message: str) -> bool:
    """Whether a message only says no, so that it asks for no change although one was planned: "ok no, leave it" behind a refusal."""
    if thread.waiting is not None or not any(isinstance(step, Change) for step in plan.steps):
        return False
    return read_answer(message) is Answer.NO and not _SPEAKS_OF["cancel"].search(_plain(message))


def _without_unasked_changes(plan: Plan, thread: Thread, message: str) -> Plan:
    """Replace each change that the message does not speak of with a step that only reads."""
    unasked = [step for step in plan.steps if isinstance(step, Change) and not speaks_of(step, message, thread)]
    if not unasked:
        return plan
    is_question = asks_in_words(message) or "?" in message
    order = order_in_view(thread)
    read: tuple[Step, ...] = (Policy(question=_question(message)),)
    if order and not is_question:  # the customer is unhappy with what was said about the order
        read = (Order(what="status", order=order), HandOver(reason="cannot_help"))
    others = (step for step in plan.steps if step not in unasked)
    return plan.model_copy(update={"steps": tuple(dict.fromkeys((*read, *others)))[:MOST_STEPS]})


def _question(message: str) -> str:
    return " ".join(message.split())[:LONGEST]


def _really(planned: str, said: str) -> Literal["return", "exchange", "address", ""]:
    """What a message asks to change, if its words are clearer than the plan: "return it, refund PayPal" asks for no other payment."""
    swaps = bool(_SWAPS.search(said))
    if planned == "payment":
        if _SENDS_BACK.search(said):
            return "return"
        return "exchange" if swaps or _FOR_ANOTHER.search(said) else ""
    if planned == "address" or _GOES_BACK.search(said):
        return ""
    if _ADDRESS.search(said) and not swaps:
        return "address"
    return "exchange" if swaps and planned in ("return", "cancel") else ""


def _amended(plan: Plan, thread: Thread, message: str) -> Step | None:
    """The change of items that was shown, where the message amends it."""
    waiting, first = thread.waiting, plan.steps[0]
    if waiting is None or not waiting.proposal or waiting.draft.kind not in _OF_ITEMS or not isinstance(first, _LOOSE):
        return None
    is_of_another = order_said("", message).lstrip("#") not in ("", waiting.draft.order.lstrip("#"))
    if is_of_another or not amends(message):
        return None
    is_question = asks_in_words(message) and not _PAYS.search(_plain(message))
    if is_question and not isinstance(first, Change):
        return None
    return Change(what=_OF_ITEMS[waiting.draft.kind], order=waiting.draft.order)


def _of_order(plan: Plan, thread: Thread, message: str) -> Step | None:
    first = plan.steps[0]
    if len(plan.steps) > 1 or isinstance(first, Cart):
        return None
    if isinstance(first, Change) and (what := _really(first.what, _plain(message))):
        return Change(what=what, order=first.order)
    is_of_label = isinstance(first, (Policy, Change, Talk)) or (
        isinstance(first, Order) and "return" in _plain(message)
    )
    if is_of_label and asks_for_label(message) and not asks_how(message):
        return Change(what="return")
    if isinstance(first, Policy) and (change := _of_named_order(message)):
        return change
    if isinstance(first, Order):
        asks_refund = first.what == "status" and "refund" in _plain(message)
        return first.model_copy(update={"what": "refund"}) if asks_refund else None
    is_fresh = bool(thread.order and thread.turns) and f"o1 {thread.order}" in thread.turns[-1].brief
    is_loose = isinstance(first, (Ask, Details, Policy, Talk))
    if is_fresh and is_loose and _CONTENTS.search(_plain(message)) and (points(message) or "order" in message):
        return Order(what="items", order=thread.order)
    if is_fresh and isinstance(first, Ask) and _STANDS.search(_plain(message)):
        return Order(what="status", order=thread.order)
    return None


def _of_named_order(message: str) -> Change | None:
    """Cancel or return for an order that a message names by its number, else None. What the pages say about orders in general may not hold for this one."""
    said, number = _plain(message), order_said("", message)
    if not number or not _GOES_BACK.search(said):
        return None
    if "cancel" in said:
        return Change(what="cancel", order=number)
    is_of_money = not _SENDS_BACK.search(said)  # "has A-1 been refunded?" asks how a refund stands
    return None if is_of_money and asks_in_words(message) else Change(what="return", order=number)


def _plain(message: str) -> str:
    return clean(message).casefold()
