"""Reply: what the customer gets, and the events by which it streams."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.evidence.evidence import Evidence, Fact
from assistant.request import Request
from retrieval.catalog.candidate import Candidate
from retrieval.catalog.faq import Faq


@dataclass(frozen=True, slots=True)
class Reply:
    """A finished reply. `written` is the model's text with references, `text` the same with facts in place.

    `facts` are those the text uses. `fallback` tells that a plain phrase stood in for a sentence that failed the
    check. `timings_ms` maps a step of the way of a message to its milliseconds.
    """

    conversation_id: str
    text: str
    written: str
    request: Request
    evidence: Evidence
    facts: tuple[Fact, ...]
    fallback: bool
    timings_ms: Mapping[str, float]
    model: str = ""

    @property
    def products(self) -> tuple[Candidate, ...]:
        """The cards."""
        return self.evidence.candidates

    @property
    def sources(self) -> tuple[Faq, ...]:
        """The records whose text answers."""
        return self.evidence.sources


@dataclass(frozen=True, slots=True)
class Sentence:
    """A checked piece of the reply's text, to be shown at once; pieces joined give `Reply.text`."""

    text: str


@dataclass(frozen=True, slots=True)
class Cards:
    """Products to show, before the first sentence arrives."""

    candidates: tuple[Candidate, ...]


ReplyEvent = Sentence | Cards | Reply
"""What `Assistant.reply` yields: cards first where there are any, then sentences, the finished reply last."""
