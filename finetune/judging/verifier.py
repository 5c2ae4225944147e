"""Verifier: what a written reply says beside its references, held against its brief by other means than the check.

The check decides what a customer may read; this decides whether it decided well, so the two share no code. A reference is
filled from the shop's own records and is true by construction; what is left are the words that a model spelled itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from assistant.evidence.brief import Brief
from finetune.judging.promise_claims import claimed

_REFERENCE = re.compile(r"\{([a-z]\w*(?:\.\w+)?)\}")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n")
_SPELLED = re.compile(r"\S*[@$€£¥₹%]\S*|\bhttps?:\S+|\bwww\.\S+|\b[\w-]*\d[\w.,:/-]*")
_WORDED = re.compile(
    r"\b(?:an?|one|two|three|four|five|six|seven|ten|fourteen|thirty|\w+teen|\w+ty) (?:business |working |calendar )?"
    r"(?:days?|weeks?|hours?|minutes?|months?|years?)\b|\b(?:tomorrow|overnight|next week|next month)\b",
    re.IGNORECASE,
)
_SOLD_OUT = re.compile(r"\b(?:sold out|out of stock|unavailable|not available|no longer available)\b", re.IGNORECASE)
_IN_STOCK = re.compile(r"(?<!not )\b(?:in stock|available now|still available)\b", re.IGNORECASE)
_CHEAPER = re.compile(
    r"\b(?:(cheap(?:er|est)|less expensive)|(dear(?:er|est)|more expensive|pricier))\b", re.IGNORECASE
)
_SALE = re.compile(r"\b(?:on sale|reduced|discounted|free (?:of charge|shipping|delivery|returns?))\b", re.IGNORECASE)
_OFFERED = re.compile(
    r"\b(?:if|whether|when|unless|would you|do you|want|anything|something|only show)\b|\?\s*$", re.IGNORECASE
)
_AMOUNT = re.compile(r"\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Findings:
    """What no record bears out, in the words of the reply."""

    wrong_facts: tuple[str, ...] = ()
    promises: tuple[str, ...] = ()


def verify(written: str, brief: Brief, heard: str) -> Findings:
    """What `written`, a reply with references, says that neither `brief` nor the customer, who was `heard`, said."""
    wrong: list[str] = []
    promises: list[str] = []
    for sentence in filter(None, _SENTENCE.split(written)):
        wrong += _wrong(sentence, brief, heard)
        promises += claimed(_REFERENCE.sub("this", sentence))
    return Findings(tuple(wrong), tuple(promises))


def _wrong(sentence: str, brief: Brief, heard: str) -> Iterator[str]:
    yield from (f"{{{key}}}" for key in _REFERENCE.findall(sentence) if key not in brief.facts)
    own = _REFERENCE.sub(" ", sentence)
    said = heard.lower()
    recorded = " ".join(fact.text for fact in brief.facts.values()).lower()
    spelled = (found.group().strip(".,:;!?()") for found in _SPELLED.finditer(own))
    yield from (word for word in spelled if word and word.lower() not in said)
    yield from (word for word in _WORDED.findall(own) if word.lower() not in said and word.lower() not in recorded)
    if not _OFFERED.search(own):
        yield from _wrong_claims(sentence, own, brief)


def _wrong_claims(sentence: str, own: str, brief: Brief) -> Iterator[str]:
    stocks = {fact.hint for fact in brief.facts.values() if fact.key.endswith(".stock")}
    if (found := _SOLD_OUT.search(own)) and "out" not in stocks:
        yield found.group()
    if (found := _IN_STOCK.search(own)) and stocks and stocks <= {"out", "later"}:
        yield found.group()
    if (found := _SALE.search(own)) and not any(
        fact.key.endswith((".old_price", ".saving")) or found.group().lower() in fact.text.lower()
        for fact in brief.facts.values()
    ):
        yield found.group()
    yield from _wrong_comparison(sentence, brief)


def _wrong_comparison(sentence: str, brief: Brief) -> Iterator[str]:
    """A product called cheaper or dearer that is not, by the prices of this turn."""
    prices = {
        fact.key[:2]: _amount(fact.text) for fact in brief.facts.values() if re.fullmatch(r"p\d\.price", fact.key)
    }
    for found in _CHEAPER.finditer(sentence):
        before = re.findall(r"\{(p\d)\.", sentence[: found.start()])
        if not before or len(prices) < 2 or prices.get(before[-1]) is None:
            continue
        own = prices[before[-1]]
        others = [price for slot, price in prices.items() if slot != before[-1] and price is not None]
        right = any(price > own for price in others) if found.group(1) else any(price < own for price in others)  # type: ignore[operator]
        if not right:
            yield found.group()


def _amount(text: str) -> Decimal | None:
    found = _AMOUNT.search(text)
    try:
        return Decimal(found.group().replace(",", "")) if found else None
    except InvalidOperation:
        return None
