"""Draft: a reply suggested to an agent, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assistant.conversation.why import Why
from assistant.shown import StatedFact


class DraftKind(StrEnum):
    """What a draft does. One message gets at most one of each."""

    ANSWER = "answer"
    ASK = "ask"
    ACT = "act"


class Origin(StrEnum):
    """Where a draft is from."""

    ASSISTANT = "assistant"
    """The assistant's own turn, which is not stored."""
    PAST = "past"
    """A person's reply to a similar message, its facts filled in anew."""


class Outcome(StrEnum):
    """What an agent did with a draft."""

    TAKEN = "taken"
    EDITED = "edited"
    REFUSED = "refused"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Draft:
    """One draft with its sources: the facts that it states, the pages that it quotes, and what it was made from.

    Every sentence has passed the check of the customers' replies. `id` is 0 until it is stored.
    """

    kind: DraftKind
    origin: Origin
    text: str
    why: Why
    facts: tuple[StatedFact, ...] = ()
    sources: tuple[str, ...] = ()
    id: int = 0


@dataclass(frozen=True, slots=True)
class Decided:
    """A draft that an agent has decided on: the message it answers, its text, and what was sent in the end.

    `distance` counts characters inserted, deleted or replaced (Levenshtein), `seconds` the time from the sight of the draft to the reply.
    """

    conversation_id: str
    message: str
    kind: DraftKind
    origin: Origin
    text: str
    outcome: Outcome
    sent: str
    distance: int | None
    seconds: float | None
