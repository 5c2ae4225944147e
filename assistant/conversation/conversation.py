"""Conversation: its turns, and the small state that understanding carries from one to the next."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from assistant.language_model.prompt import PromptTurn
from assistant.request import Request


@dataclass(frozen=True, slots=True)
class State:
    """What earlier turns left behind for the next message.

    `shown` are the ids of the products last shown, in the order of the cards ("the second one");
    `focus` the one last spoken of ("it"); `order_id` the order last spoken of; `misses` how many turns in a
    row were not understood or not answered; `offset` how many results of the search have been shown; `asked` and `about`
    what the last message asked about a product, so that "and the second one?" asks the same; `question` the last message
    on a matter of service, to which "is there a fee for that?" goes back.
    """

    request: Request | None = None
    shown: tuple[str, ...] = ()
    focus: str = ""
    order_id: str = ""
    misses: int = 0
    offset: int = 0
    asked: str = ""
    about: str = ""
    question: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """One message and the reply to it, as stored."""

    message: str
    reply: str
    prompt: PromptTurn
    time: datetime
    fallback: bool = False
    adapter: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """All turns between one visitor and Aisle. `customer_id` was bound by the server, never by text."""

    id: str
    customer_id: str | None = None
    turns: tuple[Turn, ...] = ()
    state: State = field(default_factory=State)
