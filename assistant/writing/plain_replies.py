"""Plain replies: what is said if the model's own words fail the check, from the brief alone."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.evidence.brief import LINE_SLOTS, Brief, Note
from assistant.planning.plan import Ask, HandOver, Plan, Talk
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


def plain_reply(plan: Plan, brief: Brief) -> str:
    """A reply with references that is true whatever the brief holds."""
    return " ".join(_sentences(plan, brief))


def _sentences(plan: Plan, brief: Brief) -> Iterator[str]:
    told = False
    for number, slot in enumerate(("p1", "p2"), 1):
        if len(brief.products) >= number:
            yield f"The {{{slot}.name}} is {{{slot}.price}} and {{{slot}.stock}}."
            told = True
    for slot, line in zip(LINE_SLOTS, brief.lines, strict=False):
        if slot in brief.facts:
            yield f"{{{slot}}}" if line.line.kind is LineKind.POLICY else f"From its page: {{{slot}}}"
            told = True
    for slot in ("o1", "o2", "o3")[: len(brief.orders)]:
        yield f"Order {{{slot}.id}} is {{{slot}.status}}."
        told = True
    if "s1" in brief.facts:
        yield "That comes to {s1}."
    for note in brief.notes:
        yield _NOTES[note]
        told = True
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
    if not told and not any(isinstance(step, Talk) for step in plan.steps):
        yield "I don't know that. Could you put it another way?"
