"""Answer form: whether a message says yes or no to a change that was shown, and nothing else.

A yes moves money, so it is read strictly: a word that is neither a yes, nor filling, nor part of the change as it was shown makes the
message something else. `python -m tests.benchmarks.answers` prints how often the reading is right.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from assistant.planning.grammar.text import Text, clean

_LONGEST = 12
"""Words of an answer; a longer message says more than yes or no."""
_SIGNS = {
    "👍": " yes ",
    "✅": " yes ",
    "👌": " yes ",
    "☑": " yes ",
    "✔": " yes ",
    "👎": " no ",
    "❌": " no ",
    "🚫": " no ",
}
_FACES = re.compile(r"[\U0001F300-\U0001FAFF\u2600-\u27BF\uFE0F]")
_SMILEYS = re.compile(r"(?<!\w)[:;]-?[)dp](?!\w)", re.IGNORECASE)
_ACTS = frozenset({"cancel"})
"""Words of a no that a change may be called by: "yes, cancel it"."""
_YES, _NO = " <yes> ", " <no> "
_CLAUSE_END = re.compile(r"\s*[,.;:!–—]+\s*|\s+-\s+|\s+(?=(?:because|since|cause|cos)\b)", re.IGNORECASE)
_REASON = re.compile(
    r"^(?:because|since|cause|cos|i|i'?ll|i'?ve|i'?m|we|we'?ll|we'?ve|he|he'?s|she|she'?s|they|they'?ll|my|our|someone|somebody)\b",
    re.IGNORECASE,
)
"""How a clause begins that tells why: "my brother can have them"."""
_WISHES = re.compile(
    r"\b(?:want|need|like|prefer|instead|rather|mean|meant|change|make|put|order|return|send|exchange|swap|ship|pay|use|take)\w*\b",
    re.IGNORECASE,
)
"""What makes a clause more than a reason: "no, I want the blue one" changes the change."""


class Answer(StrEnum):
    """What a message says to a change that waits for a yes."""

    YES = "yes"
    NO = "no"
    NEITHER = "neither"


def read_answer(message: str, shown: str = "") -> Answer:
    """The answer that `message` is to a change whose words are `shown`; those may be repeated ("yes, cancel FF-1").

    A question, a condition, and a yes next to a no are neither. A no wins over "ok" and "fine", for it does no harm, and is one with a reason
    behind it, too.
    """
    if "?" in message:
        return Answer.NEITHER
    answer = _whole(message, shown)
    return Answer.NO if answer is Answer.NEITHER and _is_no_with_reason(message, shown) else answer


def _is_no_with_reason(message: str, shown: str) -> bool:
    """Whether the clauses of a message begin with a no, and those behind it only tell why: "leave it, I'll give them to my brother"."""
    clauses = [clause for clause in _CLAUSE_END.split(clean(message).replace("’", "'").strip()) if clause]
    for end in range(len(clauses) - 1, 0, -1):
        said, reasons = ", ".join(clauses[:end]), clauses[end:]
        if _whole(said, shown) is Answer.NO:
            return bool(_REASON.match(reasons[0])) and not any(map(_WISHES.search, reasons))
    return False


def _whole(message: str, shown: str) -> Answer:
    """The answer of a message every word of which belongs to it."""
    said = _marked(message)
    of_change = {_plain(token.word) for token in Text(clean(shown)).tokens if token.is_word}
    of_change -= (_words("no words") - _ACTS) | _words(
        "conditions"
    )  # "No money moves" and titles leave a no what it is
    found: set[Answer] = set()
    is_weak_yes = False
    tokens = re.findall(r"<yes>|<no>|\w+", said)
    for token in tokens:
        if token == _YES.strip():
            found.add(Answer.YES)
        elif token == _NO.strip():
            found.add(Answer.NO)
        elif token in of_change or token in _words("neutral words"):
            continue
        elif token in _words("yes words"):
            found.add(Answer.YES)
        elif token in _words("weak yes words"):
            is_weak_yes = True
        elif token in _words("no words"):
            found.add(Answer.NO)
        else:
            return Answer.NEITHER
    if not found and is_weak_yes:
        found.add(Answer.YES)
    return found.pop() if len(found) == 1 and len(tokens) <= _LONGEST else Answer.NEITHER


def _marked(message: str) -> str:
    """The message in lower case, with every phrase and sign that means yes or no as a mark."""
    text = message
    for sign, word in _SIGNS.items():
        text = text.replace(sign, word)
    text = _plain(_SMILEYS.sub(" ", _FACES.sub(" ", clean(text))))
    for pattern, mark in _marks():
        text = pattern.sub(mark, text)
    return text


def _plain(text: str) -> str:
    """In lower case and without apostrophes, which many leave out."""
    return text.casefold().replace("'", "")


@cache
def _marks() -> tuple[tuple[re.Pattern[str], str], ...]:
    """What finds the phrases of each kind, longer ones first; "no problem" is a yes, and "please do not" is none."""
    kinds = (("yes phrases with no", _YES), ("no phrases", _NO), ("yes phrases", _YES))
    ordered = (
        (_plain(phrase), mark) for name, mark in kinds for phrase in sorted(_lists()[name], key=len, reverse=True)
    )
    return tuple((re.compile(rf"\b{re.escape(phrase)}\b"), mark) for phrase, mark in ordered)


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(_plain(_lists()[name]).split())


@cache
def _lists() -> Mapping[str, Any]:
    lists: Mapping[str, Any] = yaml.safe_load((files("assistant.planning") / "answer_words.yaml").read_text("utf-8"))
    return lists
