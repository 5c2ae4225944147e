"""Resolve: turns a checked sentence with references into the text that the customer reads."""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.evidence.evidence import Fact, FactKind
from assistant.reference import REFERENCE_PATTERN
from retrieval.errors import WritingError

_SENTENCE_START = re.compile(r"(?:^|[.!?…][\"'”’)]*\s+|\n\s*)[\"'“‘(]*$")
_ARTICLE = re.compile(r"\b(an?) $", re.IGNORECASE)
_THE = re.compile(r"\bthe $", re.IGNORECASE)
_CLOSED = re.compile(r"[.!?…][\"'”’)]*$")
_STOP = re.compile(r"[\"'”’)]*\.")
_VOWEL_SOUND = re.compile(r"[aeiou]|8|1[18]\b|hour|honest|heir", re.IGNORECASE)
_CONSONANT_SOUND = re.compile(r"uni|use|usu|eu|one\b|once|ubiq", re.IGNORECASE)
_SPOKEN_WITH_VOWEL = re.compile(r"[AEFHILMNORSX](?:\b|[A-Z\d])")
_KEPT_AS_WRITTEN = frozenset({FactKind.NAME, FactKind.CODE, FactKind.CONTACT, FactKind.MONEY})


def resolve(written: str, facts: Mapping[str, Fact]) -> str:
    """`written` with the text of each fact in place of its reference, joined as a careful writer would.

    Fits "a" and "an", sentence capitals, spaces, possessives and final dots to the fact's text.
    Raises WritingError for a reference that is not in `facts`.
    """
    pieces = REFERENCE_PATTERN.split(written)
    text, rest = pieces[0], ""
    for place in range(1, len(pieces), 2):
        key, rest = pieces[place], pieces[place + 1]
        if key not in facts:
            raise WritingError(f"the reply refers to {{{key}}}, which this turn does not have", "Try another model.")
        text = _joined(text, facts[key], rest)
        text += _tail(text, rest)
    return text


def _joined(before: str, fact: Fact, rest: str) -> str:
    """`before` with the fact's text, and what stands between them put right."""
    value = fact.text
    article = _ARTICLE.search(before)
    if article:
        before = before[: article.start()] + _article(article.group(1), value) + " "
    if _THE.search(before) and value.startswith("The "):
        value = value.removeprefix("The ")
    if fact.kind not in _KEPT_AS_WRITTEN and _SENTENCE_START.search(before):
        value = value[:1].upper() + value[1:]
    if value.endswith(".") and rest[:1] in (",", ";", ":", "!", "?"):
        value = value[:-1]
    needs_space = bool(before) and (before[-1].isalnum() or before[-1] in ",.;:!?)")
    return f"{before} {value}" if needs_space else before + value


def _tail(text: str, rest: str) -> str:
    """`rest` without a second full stop, with a space before a word, and with the possessive that `text` takes."""
    if text.endswith(("s", "S")) and re.match(r"['’]s\b", rest):
        return rest[0] + rest[2:]
    if _CLOSED.search(text) and (stop := _STOP.match(rest)):
        return stop.group()[:-1] + rest[stop.end() :]
    if rest[:1].isalpha() and not re.match(r"s\b", rest):
        return " " + rest
    return rest


def _article(written: str, value: str) -> str:
    vowel = bool(_SPOKEN_WITH_VOWEL.match(value)) or (
        bool(_VOWEL_SOUND.match(value)) and not _CONSONANT_SOUND.match(value)
    )
    article = "an" if vowel else "a"
    return article.capitalize() if written[0].isupper() else article
