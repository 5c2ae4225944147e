"""Case: a conversation at the desk, with what people wrote in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from assistant.desk.state import State


class Cause(StrEnum):
    """Why a conversation was handed over."""

    ASKED = "asked"
    UPSET = "upset"
    FAILED_TWICE = "failed_twice"
    RULE = "rule"


class Mood(StrEnum):
    """How the customer sounds, as far as the plan tells."""

    UPSET = "upset"
    CALM = "calm"


class EntryKind(StrEnum):
    """Who wrote an entry. Notes are for agents alone; the text of an event is the name of its move."""

    CUSTOMER = "customer"
    AGENT = "agent"
    AISLE = "aisle"
    NOTE = "note"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Agent:
    """A person of the shop. `name` is what customers see."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One message, note or event. `turn` is how many turns Aisle had answered before it, `author` the agent's name if one acted."""

    id: int
    turn: int
    kind: EntryKind
    author: str
    text: str
    time: datetime


class Summary(BaseModel):
    """What was understood before the hand-over, for the agent. Every value is from a record or the customer's own words."""

    model_config = ConfigDict(frozen=True)

    need: str = ""
    products: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    plan: tuple[str, ...] = ()
    last_message: str = ""
    last_reply: str = ""
    turns: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """Who answers in a conversation, since when, and why it was handed over. `agent` is who has it, None while nobody does."""

    conversation_id: str
    state: State
    since: datetime
    version: int
    customer_id: str | None
    waiting_since: datetime
    cause: Cause
    mood: Mood
    by_email: bool
    email: str
    agent: Agent | None
    summary: Summary
    handed_over: int

    @property
    def is_silent(self) -> bool:
        """Whether Aisle says nothing: a person answers, or will in a moment."""
        return self.state is State.WITH_AGENT or (self.state is State.WAITING and not self.by_email)
