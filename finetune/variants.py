"""Variants: replies in other words of the same meaning, so that an adapter learns a way of speaking and not the letter.

Only everyday phrases change places; references and whatever else is said stay as they are, in their order.
"""

from __future__ import annotations

import random
import re

from assistant.reference import REFERENCE_PATTERN

_GROUPS: tuple[tuple[str, ...], ...] = (
    ("I am", "I'm"), ("you are", "you're"), ("we are", "we're"), ("it is", "it's"), ("that is", "that's"), ("do not", "don't"),
    ("cannot", "can't"), ("is not", "isn't"), ("are not", "aren't"), ("does not", "doesn't"),
    ("Hello", "Hi"), ("Thank you", "Thanks"), ("Of course", "Certainly"), ("I understand", "I see"),
    ("I apologize", "I'm sorry"), ("I am sorry to hear that", "I'm sorry to hear that", "I'm sorry about that"),
    ("Is there anything else I can help you with?", "Can I help you with anything else?", "Is there anything else?"),
    ("Could you please", "Can you please", "Would you please"), ("Let me know", "Just tell me"), ("Have a great day", "Have a good day"),
    ("have a look at", "look at"), ("at the moment", "right now"),
)  # fmt: skip
_OTHERS = {phrase: [other for other in group if other != phrase] for group in _GROUPS for phrase in group}
_BY_LOWER = {phrase.lower(): phrase for phrase in _OTHERS}
_PHRASE = re.compile(
    r"(?<![\w'{.])(?:"
    + "|".join(re.escape(phrase) for phrase in sorted(_OTHERS, key=len, reverse=True))
    + r")(?![\w'}])",
    re.IGNORECASE,
)
_ENDS_CLAUSE = re.compile(r"\s*(?:[.,;:!?]|$)")
_SHORTENED = re.compile(r"\w+'(?:m|re|s)$")


def variant(reply: str, chance: random.Random) -> str:
    """`reply` with each known phrase in other words half of the time."""
    pieces = REFERENCE_PATTERN.split(reply)
    texts = [_changed(text, chance) if place % 2 == 0 else f"{{{text}}}" for place, text in enumerate(pieces)]
    return "".join(texts)


def _changed(text: str, chance: random.Random) -> str:
    def other(match: re.Match[str]) -> str:
        said = match.group()
        chosen = chance.choice(_OTHERS[_BY_LOWER[said.lower()]])
        if chance.random() < 0.5 or (_SHORTENED.search(chosen) and _ENDS_CLAUSE.match(text[match.end() :])):
            return said  # "here you're." is no English
        return (
            chosen[0].upper() + chosen[1:]
            if said[0].isupper()
            else chosen[0].lower() + chosen[1:]
            if chosen[:2] not in ("I ", "I'")
            else chosen
        )

    return _PHRASE.sub(other, text)
