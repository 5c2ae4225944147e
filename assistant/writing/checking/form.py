"""Form: slips of a small model that a reader trips over, whatever the sentence says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.evidence.evidence import Evidence
from assistant.evidence.hints import PLURAL
from assistant.reference import REFERENCE_PATTERN

_TWICE = re.compile(r"\b([A-Za-z]+|\{[a-z0-9_.]+\}) \1(?![\w'’.])", re.IGNORECASE)
_ALLOWED_TWICE = frozenset({"that", "had", "very", "so", "in", "bye"})
_SINGULAR = frozenset({"is", "has", "comes", "costs"})
_SUBJECT = re.compile(
    r"(?<!and the )(?<!and )(?<!, the )(?<!, )\{(?P<key>p\d\.name)\}"
    r"(?:,? (?:at|for|priced at|rated) \{p\d\.(?:price|rating)\},?)? (?P<verb>is|are|has|have|comes|come|costs|cost)\b"
)
_REPEATABLE = frozenset({"search.kind", "search.query", "search.filters", "ask.about"})
_LETTERS = re.compile(r"[^\x00-\x7f‘’“”…–—éèêëàâäöüïîôûçñ×°£€]")


def malformed(sentence: str, evidence: Evidence, before: str) -> Iterator[str]:
    """Marks left open, words said twice, signs of no English sentence, verbs that disagree, facts said before."""
    yield from _marks(sentence)
    yield from _disagreeing(sentence, evidence)
    told = [key for key in REFERENCE_PATTERN.findall(sentence) if key.endswith((".price", ".stock", ".rating"))]
    yield from (f"said twice: {key}" for key in dict.fromkeys(told) if told.count(key) > 1)
    said, now = _values(before), _values(sentence)
    if len(evidence.acts) == 1 and now and now <= said:
        yield f"said before: {min(now)}"


def _values(text: str) -> set[str]:
    """The references in `text` but for names, which may well be repeated."""
    return {
        key
        for key in REFERENCE_PATTERN.findall(text)
        if key not in _REPEATABLE and not key.endswith((".name", ".id", ".title"))
    }


def _disagreeing(sentence: str, evidence: Evidence) -> Iterator[str]:
    """Verbs behind a single product's name that do not go with its number: "the boots is", "the stick are"."""
    hints = {fact.key: fact.hint for fact in evidence.facts}
    for found in _SUBJECT.finditer(sentence):
        key, verb = found.group("key"), found.group("verb").lower()
        if (hints.get(key) == PLURAL) is (verb in _SINGULAR) and key in hints:
            yield found.group()


def _marks(sentence: str) -> Iterator[str]:
    if sentence.count('"') % 2 or sentence.count("(") != sentence.count(")"):
        yield "unbalanced"
    if sentence.count("“") != sentence.count("”"):
        yield "unbalanced"
    for found in _TWICE.finditer(sentence):
        if found.group(1).lower() not in _ALLOWED_TWICE:
            yield found.group()
    yield from _LETTERS.findall(REFERENCE_PATTERN.sub("", sentence))
