"""Passage: the one to three sentences of a FAQ's answer that speak to a question, in the record's own words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from assistant.evidence.evidence import Fact, FactKind
from assistant.evidence.hints import answer_hint
from assistant.evidence.wording import plain_text, sentences, stems
from retrieval.catalog.faq import Faq

_MOST_SENTENCES = 3
_MOST_CHARACTERS = 420
_DURATION = re.compile(
    r"\b(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fourteen|thirty|sixty|ninety)"
    r"(?:\s*(?:-|–|to)\s*(?:\d+|two|three|four|five|six|seven|eight|nine|ten))?"
    r"[\s-](?:(?:business|working|calendar|full)\s)?(?:minute|hour|day|week|month|year)s?\b",
    re.IGNORECASE,
)
_AMOUNT = re.compile(r"(?:CA\$|A\$|[$€£¥₹])\s?\d[\d,]*(?:\.\d+)?|\b\d[\d,]*(?:\.\d+)?\s?(?:USD|EUR|GBP|CAD|AUD)\b")
_LEANING = re.compile(
    r"(?:it|they|this|these|that|those|otherwise|however|then|but|so|if (?:it|this|that))\b", re.IGNORECASE
)
_TELLING = range(60, 300)
"""Characters of a passage that is neither a scrap nor a page."""


def passage(faq: Faq, question: str) -> str:
    """The sentences of `faq` that best answer `question`: at most three that follow each other, whole and verbatim.

    A short answer is given whole. What the question says beyond the title picks the passage, else it is the opening.
    "" when the record is empty.
    """
    paragraphs = [sentences(line) for line in plain_text(faq.answer).splitlines()]
    everything = [sentence for paragraph in paragraphs for sentence in paragraph]
    if _fits(everything):
        return " ".join(everything)
    asked = stems(question) - stems(faq.title)
    best = max(_windows(everything), key=lambda window: _merit(window, asked, everything), default=[])
    return " ".join(best)


def only_duration(text: str) -> str:
    """The one duration in `text` ("30 days"), or "" when there is none or more than one."""
    return _only(_DURATION.findall(text))


def only_amount(text: str) -> str:
    """The one amount of money in `text` ("$4.95"), or "" when there is none or more than one."""
    return _only(_AMOUNT.findall(text))


def answer_facts(slot: str, faq: Faq, question: str) -> Iterator[Fact]:
    """What a reply may say from one FAQ: the passage that answers, its title, and its one duration and amount."""
    text, record = passage(faq, question), f"faq:{faq.id}"
    yield Fact(f"{slot}.text", FactKind.TEXT, text, answer_hint(text), record)
    yield Fact(f"{slot}.title", FactKind.TEXT, faq.title, "", record)
    if duration := only_duration(text):
        yield Fact(f"{slot}.duration", FactKind.DURATION, duration, "", record)
    if amount := only_amount(text):
        yield Fact(f"{slot}.amount", FactKind.MONEY, amount, "", record)


def _only(found: Iterable[str]) -> str:
    distinct = set(found)
    return distinct.pop() if len(distinct) == 1 else ""


def _fits(window: Sequence[str]) -> bool:
    return 0 < len(window) <= _MOST_SENTENCES and sum(map(len, window)) <= _MOST_CHARACTERS


def _windows(everything: list[str]) -> Iterable[list[str]]:
    """Runs of sentences that can stand alone: none ends by announcing what is left out."""
    for start in range(len(everything)):
        for end in range(start + 1, min(start + _MOST_SENTENCES, len(everything)) + 1):
            window = everything[start:end]
            announces = window[-1].endswith(":") and end < len(everything)
            if not announces and (end == start + 1 or _fits(window)):
                yield window


def _merit(window: Sequence[str], asked: frozenset[str], everything: Sequence[str]) -> float:
    """How much of the question the window covers: rarer words count more, the opening a little, length costs."""
    covered = asked & stems(" ".join(window))
    weight = sum(1 / sum(word in stems(sentence) for sentence in everything) for word in covered)
    opening = 0.6 if window[0] == everything[0] else 0.0
    leaning = 0.5 if _LEANING.match(window[0]) else 0.0
    telling = 0.2 if sum(map(len, window)) in _TELLING else 0.0
    return weight + opening + telling - leaning - 0.06 * len(window)
