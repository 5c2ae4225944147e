"""Proposal: an exact change that waits for its customer's yes, and Done: what an executed one did."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

from assistant.actions.change import Change
from assistant.actions.change_text import done_sentence, money_sentences, notes, what_sentences

PROPOSAL_LIFE = timedelta(minutes=10)
"""How long a proposal waits for a yes."""


class Card(BaseModel):
    """A proposal for the screen: a heading, what changes, what money moves, and what follows."""

    model_config = ConfigDict(frozen=True)

    proposal_id: str
    heading: str
    changes: tuple[str, ...]
    money: tuple[str, ...]
    notes: tuple[str, ...]
    expires: datetime


class Proposal(BaseModel):
    """`change`, offered until `expires`. `cancels` is the id of the open proposal that this one took the place of."""

    model_config = ConfigDict(frozen=True)

    id: str
    change: Change
    made: datetime
    expires: datetime
    cancels: str = ""

    def lines(self) -> tuple[str, ...]:
        """All that a customer must know before a yes: what changes, what money moves and where to, and what follows."""
        return (*what_sentences(self.change), *money_sentences(self.change), *notes(self.change))

    def card(self) -> Card:
        """The same as a card."""
        heading, *changes = what_sentences(self.change)
        return Card(
            proposal_id=self.id,
            heading=heading,
            changes=tuple(changes),
            money=money_sentences(self.change),
            notes=notes(self.change),
            expires=self.expires,
        )


class Done(BaseModel):
    """What an executed proposal did. `repeated` is true for the answer to a key that was used before: nothing ran again."""

    model_config = ConfigDict(frozen=True)

    proposal_id: str
    change: Change
    time: datetime
    repeated: bool = False

    def lines(self) -> tuple[str, ...]:
        """What was done, as a reply may claim it."""
        return (done_sentence(self.change), *money_sentences(self.change))
