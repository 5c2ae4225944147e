"""Held values: an agent's text with everything that states a fact replaced by references, so that no rewording can change it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assistant.checking.claims import REFERENCE
from assistant.evidence.evidence import Fact, FactKind

_DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_MONTHS = "january|february|march|april|june|july|august|september|october|november|december"
_NUMBERS = "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|hundred|thousand|half"
_VALUES = (
    r"https?://\S*[\w/]|www\.\S*[\w/]",
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    r"\{[a-z][a-z0-9]*(?:\.[a-z_]+)?\}",  # a place of a canned reply that has no value yet
    r"[$€£¥₹]\s?\d[\d.,]*\d|[$€£¥₹]\s?\d",
    r"#?\b(?=[\w-]*\d)[\w-]+(?:[.,:/]\d+)*\b(?:\s?(?:%|[€£¥₹]))?",
    rf"\b(?:{_DAYS}|{_MONTHS}|today|tomorrow|yesterday|tonight|{_NUMBERS})\b|\bMay\b(?= \d)",
)
_QUALIFIERS = re.compile(
    r"\b(?:not|no|never|none|nothing|neither|nor|without|cannot|unable|yes|only|unless|until|except|free)\b|n't\b",
    re.IGNORECASE,
)
"""Words that turn the sense of a sentence round. A rewording has as many of them as the text."""


@dataclass(frozen=True, slots=True)
class HeldText:
    """A text as written with references, and the values behind them."""

    written: str
    facts: Mapping[str, Fact]

    @classmethod
    def of(cls, text: str, names: Iterable[str]) -> HeldText:
        """Hold numbers, amounts, dates, addresses and `names` (products, brands, people) of `text`."""
        spelled = [rf"(?<!\w){re.escape(name)}(?!\w)" for name in sorted(set(names), key=len, reverse=True) if name]
        value = re.compile("|".join([*spelled, *_VALUES]), re.IGNORECASE)
        facts: dict[str, Fact] = {}

        def reference(found: re.Match[str]) -> str:
            key = next((key for key, fact in facts.items() if fact.text == found[0]), f"f{len(facts) + 1}")
            facts[key] = Fact(key, FactKind.TEXT, found[0])
            return f"{{{key}}}"

        return cls(value.sub(reference, text.replace("<|", "< |")), facts)

    def filled(self, written: str) -> str:
        """`written` with the values in the place of its references."""
        return REFERENCE.sub(lambda found: self.facts[found[1]].text if found[1] in self.facts else found[0], written)

    def fault_in(self, written: str) -> str:
        """What a rewording has lost, repeated, added or turned round; "" if nothing."""
        for key, fact in self.facts.items():
            before, after = (REFERENCE.findall(each).count(key) for each in (self.written, written))
            if after != before:
                return f'"{fact.text}" is {"missing" if after < before else "there more often"}'
        if added := re.search("|".join(_VALUES), REFERENCE.sub(" ", written), re.IGNORECASE):
            return f'"{added[0]}" was added'
        before_words, after_words = (
            sorted(map(_qualifier, _QUALIFIERS.findall(each))) for each in (self.written, written)
        )
        if before_words != after_words:
            return "a yes, a no or a condition was changed"
        return ""


def _qualifier(word: str) -> str:
    """The word that counts: "cannot", "can't" and "unable" deny as "not" does."""
    word = word.lower()
    return "not" if word in ("n't", "cannot", "unable") else word
