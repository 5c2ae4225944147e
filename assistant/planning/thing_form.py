"""Thing form: what a message asks for by its grammar alone, in the customer's words: "hm and a pepper mill around 40 dollars".

The shop need not know the thing. It tells a turn to something else ("trumpets?" after umbrellas) from a wish about what is looked for.
"""

from __future__ import annotations

import re

from assistant.planning.grammar.english import FUNCTION_WORDS
from assistant.planning.grammar.text import stems
from assistant.planning.request_form import without_lead_in

_OPENER = (
    r"(?:(?:do|can|would) (?:you|u|ya|y'all) (?:guys )?(?:also )?(?:have|sell|carry|stock|keep|do|offer|recommend|suggest)\s+"
    r"|(?:what|how) about\s+|(?:(?:have )?(?:you|u) )?got\s+|(?:is|are) there\s+|(?:show|find|give) me\s+|looking for\s+"
    r"|(?:(?:i(?:'m| am|m)? |we(?:'re| are)? )(?:also )?)?(?:need|want|looking for|after|searching for)\s+)?"
)
_THING = r"(?P<thing>[a-z][a-z-]*(?: [a-z][a-z-]*){0,2}?)"
_END = (
    r"(?=\s*(?:$|[?,.;!]|\b(?:for|with|without|in|to|that|which|under|below|over|around|about|between|from|at|by|on"
    r"|instead|too|please|pls|maybe|perhaps|then|also|and|or)\b))"
)
_ONE = re.compile(rf"^{_OPENER}(?:an?|another) {_THING}{_END}")
_SOME = re.compile(rf"^{_OPENER}(?:any |some )?{_THING}\s*(?:instead|too|then|please|pls)?\s*(?:$|[?.!])")
_DEGREE = re.compile(r"^(?:bit|little|lot|tad|touch)\b")
"""Words behind "a" that open no thing: "a bit cheaper"."""


def thing_asked(message: str) -> str:
    """What the message asks for, one thing behind "a" or several in the plural; "" where its grammar tells of none."""
    said = without_lead_in(" ".join(message.replace("’", "'").split()))
    if (one := _ONE.match(said)) and not _DEGREE.match(one["thing"]):
        return _thing(one["thing"])
    several = _SOME.match(said)
    return _thing(several["thing"]) if several and _is_plural(several["thing"].split()[-1]) else ""


def _thing(words: str) -> str:
    return "" if FUNCTION_WORDS.intersection(words.split()) else words


def _is_plural(word: str) -> bool:
    return word.endswith("s") and not word.endswith("ss") and stems(word) != (word,)
