"""Replayed: one reply of a person, in the place of the reply that Aisle would have written then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from assistant.language_model.transcript import TranscriptTurn
from assistant.turn import Prepared


@dataclass(frozen=True, slots=True)
class Replayed:
    """A live turn up to its reply, and what the person replied.

    `reply` is the person's text with its facts as references into the brief, `human` the same text, masked, as it read. If `ends` is
    False, the person went on with something that is left out, so that nothing is learned from where `reply` ends. `people` are those
    of the transcript, by whose names texts are masked; they are never written.
    """

    transcript_id: str
    turn: int
    system: str
    prepared: Prepared
    reply: str
    human: str
    customer_id: str = ""
    time: datetime | None = None
    ends: bool = True
    people: tuple[str, ...] = ()

    @property
    def turns(self) -> tuple[TranscriptTurn, ...]:
        """The turns of the thread, then this one, which has no reply yet."""
        made = self.prepared
        return (*made.thread.turns, TranscriptTurn(made.message, made.planned.text, made.brief.as_text()))

    @property
    def message(self) -> str:
        """What the customer wrote."""
        return self.prepared.message
