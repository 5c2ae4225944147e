"""Thanking: whether a sentence takes for given what no turn of Aisle asks for or takes.

People thank for the order number, the photographs, the patience that they asked for. Aisle asks for none of these and lets
nobody wait; whoever learns such thanks gives them to a customer who has sent nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.act import Act

_ASKING = frozenset({Act.LISTEN, Act.ASK_PREFERENCE, Act.ASK_WHICH_PRODUCT, Act.WHICH_ORDER, Act.NOT_UNDERSTOOD})
_THANKS = r"\b(?:thank(?:s| you)|appreciate|grateful|received|reviewed|noted)\b[^.!?]*"
_GIVEN = re.compile(
    _THANKS
    + r"\b(?:(?:provid|shar|send|sent|confirm|verif|clarif|submit|upload|attach|forward|respon|repl|answer|giv)\w*"
    r"|information|details?|images?|photo\w*|pictures?|screenshots?|video|number|address|id)\b",
    re.IGNORECASE,
)
_WAITED = re.compile(_THANKS + r"\b(?:patien\w+|wait\w*|cooperation|understanding|time|hold\w*)\b", re.IGNORECASE)


def thanks_in_vain(sentence: str, asked: Iterable[Act]) -> bool:
    """Whether `sentence` thanks for what nobody was asked for; `asked` are the acts of the turn before."""
    if _WAITED.search(sentence):
        return True
    return _GIVEN.search(sentence) is not None and _ASKING.isdisjoint(asked)
