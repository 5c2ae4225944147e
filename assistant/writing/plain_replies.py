"""Plain replies: what is said if the model's own words fail the check, from the brief alone."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.evidence.brief import LINE_SLOTS, ORDER_SLOTS, PRODUCT_SLOTS, Brief, Note
from assistant.planning.plan import Ask, Choose, Details, Find, HandOver, Plan, Talk
from assistant.reading.lines import LineKind

_ASK = {
    "use": "What would you like to use it for?",
    "budget": "About how much would you like to spend?",
    "size": "Which size do you need?",
    "who": "Who is it for?",
    "kind": "What kind of thing are you looking for?",
    "color": "Which color would you like?",
    "which_product": "Which product do you mean?",
    "which_order": "Which order do you mean?",
    "problem": "What exactly went wrong?",
}
_TALK = {
    "greet": "Hello! What can I help you find?",
    "bye": "Goodbye, and thanks for stopping by.",
    "thanks": "You're welcome.",
    "praise": "Thank you, that's kind.",
    "how_are_you": "All well here, thanks. What can I help you with?",
    "who_are_you": "I'm the shop's assistant, a program. I can help you find products and answer questions about orders and our policies.",
    "capabilities": "I can help you find and compare products, and answer questions about orders, delivery and returns.",
    "ok": "Good. Is there anything else you need?",
    "insult": "I'm sorry this isn't going well. What can I help you with?",
    "other_language": "I'm sorry, I only speak English.",
    "unclear": "I didn't quite get that. Could you put it another way?",
    "joke": "Jokes aren't my strong suit. Can I help you find something?",
}
_OTHER_TALK = "That's outside what I can help with. Is there something from the shop you're looking for?"
FOREIGN_LIMIT = "I can't convert currencies, so the amount you named is no limit here: our prices are as shown."
_NOTES = {
    Note.NOTHING_FOUND: "I found nothing like that in our shop.",
    Note.NOT_STATED: "Our pages don't say.",
    Note.SIGNED_OUT: "Please sign in, so that I can see your orders.",
    Note.NO_ORDER: "I can't find such an order of yours.",
    Note.FOREIGN_LIMIT: FOREIGN_LIMIT,
    Note.OVER_BUDGET: "These are the least expensive ones, but together they cost more than that.",
}


_SUMS = {
    "difference": "The difference in price is {s1}.",
    "total": "Together that comes to {s1}.",
}
_WHEN = {"expected": "expected", "delivered": "on", "refunded": "and was refunded on"}
"""Which date of an order is told, and how it is joined on."""


def plain_reply(plan: Plan, brief: Brief) -> str:
    """A reply with references that is true whatever the brief holds."""
    return " ".join(_sentences(plan, brief))


def _sentences(plan: Plan, brief: Brief) -> Iterator[str]:
    told = [*_products(plan, brief), *_lines(brief), *_orders(brief)]
    yield from told
    if "s1" in brief.facts:
        yield _SUMS.get(brief.facts["s1"].hint, "That comes to {s1}.")
    for note in brief.notes:
        yield _NOTES[note]
    for step in plan.steps:
        if isinstance(step, Ask):
            yield _ASK[step.about]
            return
        if isinstance(step, Talk) and not told:
            yield _TALK.get(step.about, _OTHER_TALK)
        contact = next((key for key in ("shop.email", "shop.phone") if key in brief.facts), "")
        if isinstance(step, HandOver) or (Note.NOT_STATED in brief.notes and contact):
            yield f"A person will help you at {{{contact}}}." if contact else "Please contact the shop."
            return
    if not told and not brief.notes and not any(isinstance(step, Talk) for step in plan.steps):
        yield "I don't know that. Could you put it another way?"


def _products(plan: Plan, brief: Brief) -> Iterator[str]:
    """The products of a search or a choice, best first; those of a question are on screen already."""
    shown = PRODUCT_SLOTS[: len(brief.products)]
    if not shown:
        return
    first, *others = shown
    if any(isinstance(step, (Choose, Find)) for step in plan.steps):
        yield f"I'd look at the {{{first}.name}} at {{{first}.price}} first; it is {{{first}.stock}}."
        if others:
            yield f"The next one is the {{{others[0]}.name}} at {{{others[0]}.price}}."
    elif any(isinstance(step, Details) for step in plan.steps) and len(shown) == 1:
        answered = any(slot in brief.facts for slot, _ in zip(LINE_SLOTS, brief.lines, strict=False))
        if not answered:
            yield f"The {{{first}.name}} is {{{first}.price}} and {{{first}.stock}}; its page says no more on that."
    else:
        yield from (f"The {{{slot}.name}} is {{{slot}.price}}." for slot in shown)


def _lines(brief: Brief) -> Iterator[str]:
    """Lines of records, whose owner is named where it is a product."""
    owners = dict(zip(brief.products, PRODUCT_SLOTS, strict=False))
    last = ""
    for slot, told in zip(LINE_SLOTS, brief.lines, strict=False):
        if slot not in brief.facts:
            continue
        owner = owners.get(told.line.record)
        end = "" if told.line.text.endswith((".", "!", "?")) else "."
        if told.line.kind is LineKind.POLICY or owner is None:
            yield f"{{{slot}}}{end}"
        elif owner == last:
            yield f"It also says: {{{slot}}}{end}"
        else:
            yield f"The page of the {{{owner}.name}} says: {{{slot}}}{end}"
            last = owner


def _orders(brief: Brief) -> Iterator[str]:
    """Where each order stands, and when it comes or came."""
    for slot in ORDER_SLOTS[: len(brief.orders)]:
        when = next(
            (f", {word} {{{slot}.{field}}}" for field, word in _WHEN.items() if f"{slot}.{field}" in brief.facts), ""
        )
        yield f"Order {{{slot}.id}} is {{{slot}.status}}{when}."
