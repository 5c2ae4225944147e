"""Replayed turns made by hand: a message, a brief over chosen facts, and what a person replied."""

from __future__ import annotations

from datetime import UTC, datetime

from assistant.dialogue.thread import Thread
from assistant.evidence.brief import Brief
from assistant.evidence.evidence import Fact
from assistant.language_model.transcript import TranscriptTurn
from assistant.planning.plan import Find, Plan, Step
from assistant.planning.planner import Planned
from assistant.turn import Prepared
from finetune.replayed import Replayed

MOMENT = datetime(2026, 11, 20, 12, tzinfo=UTC)
SYSTEM = "You are the assistant of Fern & Fell, an online shop."


def prepared(
    message: str = "hi",
    facts: tuple[Fact, ...] = (),
    thread: tuple[TranscriptTurn, ...] = (),
    step: Step = Find(want="kettle"),
) -> Prepared:
    """A turn that shows two products, whose facts are `facts`."""
    brief = Brief(products=("P-1", "P-2"), numbers=(1, 2), facts={fact.key: fact for fact in facts})
    planned = Planned(Plan(steps=(step,)), f"{step.tool} kettle")
    return Prepared(message, Thread(turns=thread), "", planned, brief, MOMENT)


def replayed(
    transcript: str,
    turn: int = 1,
    reply: str = "Hello.",
    made: Prepared | None = None,
    *,
    customer: str = "",
    time: datetime | None = None,
    ends: bool = True,
    human: str = "Hello!",
) -> Replayed:
    return Replayed(transcript, turn, SYSTEM, made or prepared(), reply, human, customer, time, ends)
