"""Support: whether what a sentence says in plain words stands anywhere in the turn.

The check reads names, amounts and promises; "that one only boils" passes it, and is true of a kettle that this turn does
not speak of. A statement is supported where each telling word is the customer's own, or of a record that the turn shows,
or one of the ordinary words in which the shop's phrasings speak. Questions and requests state nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from assistant.evidence.evidence import Evidence
from assistant.evidence.wording import stems
from assistant.reference import REFERENCE_PATTERN
from assistant.writing.phrase_file import read_phrase_file

_ASKED_OF_CUSTOMERS = "customer"
"""The section of a phrase file that holds what customers write."""
_COURTESIES = stems(
    "accept acknowledge advise apologies apologize apology appreciate appreciated assist assistance assisting bear bringing "
    "caused causing certainly chat completely concern concerns concerned confusion confusing contact contacting cooperation "
    "day delay delays delighted difficult difficulty disappointed disappointing disappointment distress distressing "
    "entirely experience experiencing explaining explanation extremely feedback feel feeling forward frustrated frustrating "
    "frustration fully further glad great happy hear hesitate hope inconvenience inconvenienced inform information issue issues "
    "kind kindly know matter moment note noted opportunity pardon patience patient please pleasure problem provide provided "
    "providing reach reaching reason regret remain resolve seriously serving share sharing sincere sincerely situation sorry "
    "stress stressful support sympathize thank thanks time trouble truly unacceptable understand understandable understanding "
    "understood unfortunate unfortunately unpleasant update upset upsetting urgency urgent valuable value valued wait waiting "
    "welcome wish wonderful worry worrying wrong absolutely additional alright anxious apologise assure believe care case come"
)
_ASKS = re.compile(r"(?:please|kindly|could you|can you|may i|would you|let us know|feel free|don't hesitate)\b", re.I)
_NOT_TELLING = re.compile(r"\b(?:yes|no|not|never|sir|madam|ma'am|dear)\b", re.I)


class Support:
    """Knows the ordinary words of a shop's replies."""

    def __init__(self, ordinary: frozenset[str]) -> None:
        self._ordinary = ordinary | _COURTESIES

    @classmethod
    def read(cls, phrasings: Path) -> Self:
        """The ordinary words are those of the phrasings in the folder `phrasings`. Raises AisleError."""
        lines = (
            line.text
            for path in sorted(phrasings.glob("*.md"))
            if path.name != "README.md"
            for section, listed in read_phrase_file(path).items()
            if section != _ASKED_OF_CUSTOMERS
            for line in listed
        )
        return cls(stems(REFERENCE_PATTERN.sub(" ", " ".join(lines))))

    def unsupported(self, sentence: str, evidence: Evidence, message: str) -> tuple[str, ...]:
        """The telling words of `sentence`, written with references, that nothing bears out, as stems."""
        if sentence.rstrip("\"'”’)* ").endswith("?") or _ASKS.match(sentence.strip()):
            return ()
        said = stems(_NOT_TELLING.sub(" ", REFERENCE_PATTERN.sub(" ", sentence)))
        rest = said - self._ordinary - stems(message)
        return tuple(sorted(rest - stems(" ".join(_records(evidence))))) if rest else ()


def _records(evidence: Evidence) -> Iterator[str]:
    """All text of the records that the turn shows."""
    for fact in evidence.facts:
        yield fact.text
    for candidate in evidence.candidates:
        product = candidate.product
        yield from (product.title, product.description, product.product_type, product.color, product.material)
        for name, value in product.attributes.items():
            yield f"{name.replace('_', ' ')} {value}"
    for faq in evidence.sources:
        yield f"{faq.title} {faq.answer}"
