"""Asking: whether a sentence asks for something that its turn can do nothing with.

A person who looks an order up asks for its number, a photograph, the day of the purchase. Aisle cannot look there; whoever
learns to ask so promises by the question. Only a turn that searches, reads records or asks has a use for an answer. Offers ("anything
else?", "let us know if ...") and open questions ("what do you need?") are always in place.
"""

from __future__ import annotations

import re

from assistant.evidence.brief import Brief, Note
from assistant.planning.plan import Ask, Bundle, Change, Choose, Compare, Details, Find, Order, Plan

_PRELUDE = re.compile(r"^(?:so|then|also|meanwhile|in the meantime|to (?:\w+ ){1,8}\w+),? ", re.IGNORECASE)
_REQUEST = re.compile(
    r"^(?:please|kindly|(?:could|can|would|will) you|may (?:i|we)|(?:i|we)(?:'d| would)? (?:need|require))\b|\?[\"'”’)*\s]*$",
    re.IGNORECASE,
)
_OFFER = re.compile(
    r"\b(?:(?:anything|something|what) else|help|assist|hesitate|let (?:me|us) know|feel free|take your time|accept|pardon"
    r"|excuse|bear with|reach (?:out|us)|contact us|questions?|looking for|like to (?:know|do)|want(?:ed)? to know|need|find for you"
    r"|in english|can i (?:do|answer)|sign in|log in)\b",
    re.IGNORECASE,
)
_USING = (Find, Bundle, Details, Compare, Choose, Order, Change, Ask)
"""Steps whose turn goes on from what the customer answers; before a visitor has signed in, none does."""


def has_use(plan: Plan, brief: Brief) -> bool:
    """Whether a turn with this plan and outcome has a use for what the customer would answer."""
    return Note.SIGNED_OUT not in brief.notes and any(isinstance(step, _USING) for step in plan.steps)


def asks_in_vain(sentence: str, has_use: bool) -> bool:
    """Whether `sentence` asks the customer for something in a turn that has no use for it."""
    text = _PRELUDE.sub("", sentence.strip())
    return not has_use and _REQUEST.search(text) is not None and _OFFER.search(text) is None
