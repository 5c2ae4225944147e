"""Asking: whether a sentence asks for something that its turn can do nothing with.

A person who looks an order up asks for its number, a photograph, the day of the purchase. Aisle cannot look there; whoever
learns to ask so promises by the question. Only a turn that searches or asks has a use for an answer. Offers ("anything
else?", "let us know if ...") and open questions ("what do you need?") are always in place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.act import Act
from assistant.evidence.planning import LISTING_ACTS, POINTED_ACTS

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
_USING = LISTING_ACTS | POINTED_ACTS | {
    Act.APOLOGIZE, Act.ASK_PREFERENCE, Act.ASK_WHICH_PRODUCT, Act.COMPARED, Act.DETAIL_MISSING, Act.FOUND_NOTHING,
    Act.LISTEN, Act.NO_MORE, Act.NOT_UNDERSTOOD, Act.ORDER_HISTORY, Act.ORDER_NOT_FOUND, Act.ORDER_STATUS, Act.WHICH_ORDER,
}  # fmt: skip
"""Acts whose turn goes on from what the customer answers; before a visitor has signed in, none does."""


def asks_in_vain(sentence: str, acts: Iterable[Act]) -> bool:
    """Whether `sentence` asks the customer for something and no act of the turn has a use for it."""
    text, done = _PRELUDE.sub("", sentence.strip()), frozenset(acts)
    if _REQUEST.search(text) is None or _OFFER.search(text) is not None:
        return False
    return Act.SIGN_IN in done or done.isdisjoint(_USING)
