"""Performing: whether a reply does what its turn did.

A person may do something else than Aisle would: thank for an address where Aisle asks to sign in. Whoever learns from that
learns to thank and not to ask. Acts that show facts are done by showing them (`assistant.writing.draft`); the others are known
by the words without which nobody does them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from assistant.act import Act

_CANNOT = r"\b(?:not|n't|no|never|cannot|none|nothing|neither|unable|only|unfortunately|afraid)\b|n't\b"
_ASKS = r"\?|\b(?:tell|describe|share|provide|explain|specify|let me know|send|confirm|elaborate|clarify)\b"
_WORDS: Mapping[Act, str] = {
    Act.SIGN_IN: r"\b(?:sign(?:ed|ing)?|log(?:ged|ging)?)[ -]?(?:in|on)\b|\byour account\b",
    Act.ASK_WHICH_PRODUCT: r"\b(?:which|what)\b.*\?|\bdo you mean\b|\b(?:name|model|link) of\b|\bwhich (?:one|product|item|of)\b",
    Act.ASK_PREFERENCE: r"\?|\b(?:tell|let) me\b|\bwords about\b",
    Act.CART_HELP: r"\b(?:cart|basket|checkout|page)\b",
    Act.DETAIL_MISSING: _CANNOT,
    Act.FOUND_NOTHING: _CANNOT,
    Act.NO_MORE: _CANNOT + r"|\ball\b",
    Act.NO_ANSWER: _CANNOT,
    Act.NO_ORDERS: _CANNOT,
    Act.ORDER_NOT_FOUND: _CANNOT,
    Act.OUT_OF_SCOPE: _CANNOT + r"|\b(?:outside|beyond|shop|just)\b",
    Act.NOT_UNDERSTOOD: _CANNOT + r"|\?",
    Act.OTHER_LANGUAGE: r"\benglish\b",
    Act.LISTEN: _ASKS + r"|\bneed to know\b",
    Act.APOLOGIZE: r"\b(?:sorry|apolog\w*|regret)\b",
    Act.CALM: r"\b(?:sorry|apolog\w*|regret|understand\w*|frustrat\w*|over|again|point|hoped)\b",
    Act.GREET: r"\b(?:hello|hi|hey|good (?:morning|afternoon|evening|day)|welcome|help|see you|still here)\b",
    Act.GOODBYE: r"\b(?:bye|goodbye|good-bye|have a|take care|enjoy|see you|all the best|thanks?|come back|farewell|(?:chat|talk)ing)\b",
    Act.WELCOME: r"\b(?:welcome|pleasure|no problem|glad|any ?time|happy|don't mention|good to hear|lovely|here for|thank\w*|farewell|of help|trouble)\b",
    Act.GLAD: r"\b(?:glad|happy|great|nice|lovely|thank\w*|good to|wonderful|pleased|brilliant|kind|to hear|music)\b",
    Act.HOW_ARE_YOU: r"\b(?:fine|well|good|great|thank\w*)\b",
    Act.WHO_ARE_YOU: r"\b(?:assistant|chat|bot|not a person)\b",
    Act.CAPABILITIES: r"\b(?:find|compar|order|product|question|return|deliver)\w*",
}
_PATTERNS = {act: re.compile(words, re.IGNORECASE | re.DOTALL) for act, words in _WORDS.items()}


def left_out(reply: str, acts: Iterable[Act]) -> tuple[Act, ...]:
    """Those of `acts` that `reply` does not do, as far as words tell."""
    return tuple(act for act in acts if act in _PATTERNS and not _PATTERNS[act].search(reply))
