"""Reply: what the customer gets, and the events by which it streams."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from assistant.desk.state import State
from assistant.evidence.brief import Brief
from assistant.planning.plan import Plan
from assistant.shown import Card, Shown


@dataclass(frozen=True, slots=True)
class Answerer:
    """Who answers in a conversation that was handed over: its state, and the name of the person who has it, "" for nobody yet."""

    state: State
    name: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """A finished reply. `written` is the model's text with references, `text` the same with facts in place.

    `fallback` tells that a plain phrase stood in for a sentence that failed the check, `planned_by_default` that the embedded model
    planned because two plans of the chosen one were invalid. `timings_ms` maps a step of the way
    of a message to its milliseconds. `model` names the language model and adapter. `turn` is the number of the stored turn, `time`
    when it was stored.

    `question` is the id of a resolution if the customer has just taken leave: they are asked once whether it is solved.

    `answerer` is set in a conversation that was handed over. A message that was passed on to a person has no turn, and `text` then
    says so.
    """

    conversation_id: str
    text: str
    written: str
    plan: Plan
    brief: Brief
    shown: Shown
    fallback: bool
    timings_ms: Mapping[str, float]
    planned_by_default: bool = False
    model: str = ""
    turn: int = 0
    time: datetime = datetime.fromtimestamp(0, UTC)
    answerer: Answerer | None = None
    question: int | None = None

    @property
    def is_passed_on(self) -> bool:
        """Whether the message went to a person, and Aisle has not answered it."""
        return self.answerer is not None and not self.turn


@dataclass(frozen=True, slots=True)
class Sentence:
    """A checked piece of the reply's text, to be shown at once; pieces joined give `Reply.text`."""

    text: str


@dataclass(frozen=True, slots=True)
class Cards:
    """Products to show, before the first sentence arrives."""

    cards: tuple[Card, ...]


ReplyEvent = Sentence | Cards | Reply
"""What `Assistant.reply` yields: cards first where there are any, then sentences, the finished reply last."""
