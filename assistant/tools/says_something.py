"""Whether a line of a page can answer anything: a greeting, an announcement, a question and a gap that nobody filled cannot."""

from __future__ import annotations

import re

from assistant.planning.grammar.words import words
from retrieval.feeds.placeholders import is_unwritten

_LEADS_ON = re.compile(r"[:?][\s)*_\"'”’]*$|\bhow (?:it|this) works\W*$", re.IGNORECASE)
"""Ends of lines that only ask, or only lead to what follows."""
_REASSURES = re.compile(r"(?:no|don['’]t|do not) worr(?:y|ies)\W*", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


def says_something(text: str) -> bool:
    """True if a line says something of its own, however short: "Free of charge." and "Sorry, no." do, "We are sorry." does not."""
    if _LEADS_ON.search(text) or _REASSURES.fullmatch(text) or is_unwritten(text):
        return False
    said = {word.replace("’", "'") for word in _WORD.findall(text.casefold())}
    if said & (words("negators") | {"yes"}):
        return True
    courtesies = words("courtesies")
    return bool(said) and not (said & courtesies and said <= courtesies | words("function words"))
