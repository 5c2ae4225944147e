"""Thanking: whether a sentence takes for given what no turn of Aisle asks for or takes.

People thank for the order number, the photographs, the patience that they asked for. Aisle lets nobody wait, and asks for few things;
whoever learns such thanks gives them to a customer who has sent nothing.
"""

from __future__ import annotations

import re

_THANKS = r"\b(?:thank(?:s| you)|appreciate|grateful|received|reviewed|noted)\b[^.!?]*"
_GIVEN = re.compile(
    _THANKS
    + r"\b(?:(?:provid|shar|send|sent|confirm|verif|clarif|submit|upload|attach|forward|respon|repl|answer|giv)\w*"
    r"|information|details?|images?|photo\w*|pictures?|screenshots?|video|number|address|id)\b",
    re.IGNORECASE,
)
_WAITED = re.compile(_THANKS + r"\b(?:patien\w+|wait\w*|cooperation|understanding|time|hold\w*)\b", re.IGNORECASE)


def thanks_in_vain(sentence: str, was_asked: bool) -> bool:
    """Whether `sentence` thanks for what nobody was asked for; `was_asked` says that the turn before asked something."""
    return _WAITED.search(sentence) is not None or (not was_asked and _GIVEN.search(sentence) is not None)
