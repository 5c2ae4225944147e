"""Replayed: one reply of a person, in the place of the reply that Aisle would have written then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from assistant.act import Act
from assistant.evidence.evidence import Evidence
from assistant.language_model.prompt import Prompt


@dataclass(frozen=True, slots=True)
class Replayed:
    """A live turn's prompt and evidence, and what the person replied.

    `prompt` is the very one that Aisle would write from at this place of the conversation, its last turn without a reply;
    `reply` is the person's text with its facts as references into `evidence`, `human` the same text, masked, as it read.
    Where `ends` is False there was more to say, so that nothing is to be learnt from where `reply` ends; `unsaid` are the acts of the
    turn that it does not do. `people` are those of the transcript, by whose names texts are masked; they are never written.
    """

    transcript_id: str
    turn: int
    prompt: Prompt
    evidence: Evidence
    reply: str
    human: str
    customer_id: str = ""
    time: datetime | None = None
    ends: bool = True
    unsaid: tuple[Act, ...] = ()
    people: tuple[str, ...] = ()
