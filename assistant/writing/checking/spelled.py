"""Spelled facts: numbers, money, dates, durations and addresses that a sentence spells out for itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.act import Act
from assistant.evidence.evidence import Evidence
from assistant.evidence.lexicon import phrases, words
from assistant.reference import REFERENCE_PATTERN
from assistant.writing.checking.clauses import tokens

_SIGNS = re.compile(r"[$€£¥₹%‰]")
_CONTACT = re.compile(
    r"https?:|www\.|\S+@\S+|\b[\w-]+\.(?:com|org|net|io|co|shop|store|example|info|biz|eu|uk|de)\b", re.IGNORECASE
)
_MONTHS_LIKE_WORDS = re.compile(r"(?<=[a-z,] )(?:May|March|Sat|Sun|Mon|Wed|Fri)\b")
_TALK = frozenset({Act.GREET, Act.GOODBYE, Act.WELCOME, Act.GLAD, Act.HOW_ARE_YOU, Act.ACKNOWLEDGE, Act.CAPABILITIES})


def amounts(sentence: str, evidence: Evidence) -> Iterator[str]:
    """Digits, money and percent signs, and number words that count or measure."""
    bare = REFERENCE_PATTERN.sub(" ", sentence)
    yield from re.findall(r"\S*\d\S*", bare)
    yield from _SIGNS.findall(bare)
    said = [token.text for token in tokens(sentence)]
    for place, word in enumerate(said):
        parts = word.split("-")
        if any(part in words("numbers") for part in parts) and not _points_at_things(said, place, evidence):
            yield word


def _points_at_things(said: Sequence[str], place: int, evidence: Evidence) -> bool:
    """Whether "two" only points at what is shown: "these two", "the first two"."""
    slots = {fact.key.partition(".")[0] for fact in evidence.facts if fact.key[1:2].isdigit()}
    counts = {"two": 2, "three": 3}
    before = said[place - 1] if place else ""
    return said[place] in counts and before in words("pointing") and len(slots) >= counts[said[place]]


def times(sentence: str, evidence: Evidence) -> Iterator[str]:
    """Weekdays, months, durations and words such as "tomorrow", "overnight" or "shortly"."""
    said = [token.text for token in tokens(sentence)]
    joined = f" {' '.join(said)} "
    yield from _MONTHS_LIKE_WORDS.findall(REFERENCE_PATTERN.sub("", sentence))
    yield from (phrase for phrase in phrases("time_phrases") if f" {phrase} " in joined)
    for place, word in enumerate(said):
        if word in words("days_and_months") or (
            word in words("time_words") and not _is_small_talk(word, sentence, evidence)
        ):
            yield word
        elif _is_unit(word) and _is_measured(said, place):
            yield " ".join(said[max(0, place - 2) : place + 1])


def _is_small_talk(word: str, sentence: str, evidence: Evidence) -> bool:
    """Whether the word states nothing, as in "how can I help you today?" and "see you soon"."""
    if word not in ("today", "soon", "tonight"):
        return False
    if word == "soon" and ("as soon as" in sentence.lower() or ".stock}" in sentence):
        return True
    return _TALK.issuperset(evidence.acts) or (word == "today" and sentence.rstrip().endswith("?"))


def _is_unit(word: str) -> bool:
    return word in words("time_units") or ("-" in word and word.rsplit("-", 1)[-1] in words("time_units"))


def _is_measured(said: Sequence[str], place: int) -> bool:
    """Whether a unit of time is counted: "a day", "few business days", "same-day"."""
    if "-" in said[place]:
        return said[place].split("-")[0] in words("time_counts") | words("numbers")
    if said[place] == "second" and said[place - 1] == "the":
        return False
    before = place - 1
    while before >= 0 and said[before] in words("time_qualities"):
        before -= 1
    return before >= 0 and said[before] in words("time_counts") | words("numbers")


def contacts(sentence: str) -> Iterator[str]:
    """Links and e-mail addresses; telephone numbers are `amounts`."""
    yield from (found.group() for found in _CONTACT.finditer(REFERENCE_PATTERN.sub(" ", sentence)))
