"""Conversation: its turns, and the thread that the next message is read in the light of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from assistant.conversation.rating import Thumb
from assistant.conversation.why import Why
from assistant.dialogue.thread import Thread
from assistant.shown import Shown


@dataclass(frozen=True, slots=True)
class Turn:
    """One message and the reply to it, as stored; `shown` is what stood beside the reply, `model` what wrote it.

    `number` counts the turns of a conversation from 1; the store gives it. `rating` is what the customer thinks of the reply,
    `why` what the reply was made from.
    """

    message: str
    reply: str
    time: datetime
    shown: Shown = Shown()
    fallback: bool = False
    model: str = ""
    rating: Thumb | None = None
    number: int = field(default=0, compare=False)
    why: Why = Why()


@dataclass(frozen=True, slots=True)
class Conversation:
    """All turns between one visitor and Aisle. `customer_id` was bound by the server, never by text.

    `question` is the id of the resolution with which it ends, while the customer may still be asked whether it is solved.
    """

    id: str
    customer_id: str | None = None
    turns: tuple[Turn, ...] = ()
    thread: Thread = field(default_factory=Thread)
    question: int | None = None
