"""Waiting: whether a sentence lets the customer wait for something that a person went to do.

"Let me check that for you" is followed by another message of the person. Aisle has looked before it writes, and writes once.
"""

from __future__ import annotations

import re

_WAITING = re.compile(
    r"\b(?:let me|allow me|give me|bear with (?:me|us)|hold on|(?:please|kindly) (?:hold|wait|stay (?:on|connected))|one (?:moment|minute|sec\w*)"
    r"|(?:just )?a (?:moment|minute|sec\w*|few minutes)|hang (?:on|tight)|(?:i am|i'm|we are|we're) (?:\w+ly )?(?:checking|looking|searching|working|reviewing"
    r"|processing|verifying|investigating|contacting|connecting|transferring)|while i (?:check|look|verify|pull|review))\b",
    re.IGNORECASE,
)
_HARMLESS = re.compile(r"\blet me know\b", re.IGNORECASE)


def lets_wait(sentence: str) -> bool:
    """Whether `sentence` says that something is being done now, or asks for a moment."""
    return _WAITING.search(_HARMLESS.sub(" ", sentence)) is not None
