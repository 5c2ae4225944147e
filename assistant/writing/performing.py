"""Performing: whether a reply does what its turn did, for the acts that no fact proves.

An act that shows facts is done by showing them (`assistant.writing.draft`). The others are known by the words without which
nobody does them: a reply that thanks for an address and does not ask to sign in leaves the customer waiting. Courtesies
may be left out, and have no words here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.act import Act

_CANNOT = (
    r"\b(?:not|no|never|cannot|can't|none|nothing|neither|unable|only|unfortunately|afraid|sorry|beyond|lost|little"
    r"|empty|out|without)\b|n't\b"
)
_WORDS: Mapping[Act, str] = {
    Act.SIGN_IN: r"\b(?:sign(?:ed|ing)?|log(?:ged|ging)?)[ -]?(?:in|on)\b|\byour account\b",
    Act.ASK_WHICH_PRODUCT: r"\?|\b(?:name|model|link) of\b|\bwhich (?:one|product|item|of)\b",
    Act.ASK_PREFERENCE: r"\?|\b(?:tell|let) me\b|\bwords about\b|\bhelps to know\b",
    Act.CART_HELP: r"\b(?:cart|basket|checkout|page)\b",
    Act.DETAIL_MISSING: _CANNOT + r"|\bleaves\b",
    Act.FOUND_NOTHING: _CANNOT,
    Act.NO_MORE: _CANNOT + r"|\b(?:all|end|everything|last)\b",
    Act.NO_ANSWER: _CANNOT,
    Act.NO_ORDERS: _CANNOT,
    Act.ORDER_NOT_FOUND: _CANNOT,
    Act.OUT_OF_SCOPE: _CANNOT + r"|\b(?:outside|shop|just|field|best at|orders and products)\b",
    Act.NOT_UNDERSTOOD: _CANNOT + r"|\?|\b(?:tell me|simple words|help with|email|short)\b",
    Act.OTHER_LANGUAGE: r"\b(?:english|language|words)\b",
    Act.WHO_ARE_YOU: r"\b(?:assistant|chat|bot|program|not a person)\b",
}
_PATTERNS = {act: re.compile(words, re.IGNORECASE | re.DOTALL) for act, words in _WORDS.items()}


def performs(text: str, act: Act) -> bool:
    """Whether `text`, written with references, does `act`, as far as words tell; True for acts that words do not tell."""
    return act not in _PATTERNS or _PATTERNS[act].search(text) is not None
