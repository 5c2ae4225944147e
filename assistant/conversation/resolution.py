"""Resolution: the end of what a customer came for, and the one question that is asked about it.

A customer ends it by thanking or taking leave after an answer, or a person ends it by closing the conversation in which they wrote. Nothing
else does: what merely falls silent is never asked about.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Connection, Engine, func, insert, select, update

from assistant.conversation.conversation import Turn
from assistant.desk_tables import EntryRow
from assistant.tables import ResolutionRow, TurnRow
from retrieval.clock import utc_now
from retrieval.errors import ConversationNotFound
from retrieval.store.database import storable, writing

_TALK = "talk"
_AGENT = "agent"  # EntryKind.AGENT of the desk, which imports this package
_FAREWELLS = frozenset({"thanks", "bye"})


class ResolvedBy(StrEnum):
    """Whose answer the customer had last."""

    ASSISTANT = "assistant"
    PERSON = "person"


class Resolutions:
    """The customers' answers to the question, in one database. Every method raises StoreError where the database fails."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def answer(self, conversation_id: str, resolution_id: int, is_solved: bool) -> None:
        """Keep what the customer says, in the place of an earlier answer. Raises ConversationNotFound if there is no such question.

        The caller has checked whose conversation it is.
        """
        this = (ResolutionRow.conversation_id == conversation_id, ResolutionRow.id == resolution_id)
        with writing(self._engine) as connection:
            query = update(ResolutionRow).where(*this).values(is_solved=is_solved, answered=utc_now())
            if not storable(conversation_id) or not connection.execute(query).rowcount:
                raise ConversationNotFound(f"Conversation {conversation_id!r} was not asked question {resolution_id}.")


def open_question(connection: Connection, conversation_id: str) -> int | None:
    """The id of the resolution with which the conversation ends now, if the customer has not answered; None otherwise."""
    query = select(ResolutionRow.id, ResolutionRow.turn, ResolutionRow.answered)
    query = query.where(ResolutionRow.conversation_id == conversation_id).order_by(ResolutionRow.id.desc()).limit(1)
    last = connection.execute(query).first()
    is_open = last is not None and last.answered is None and last.turn == _last_turn(connection, conversation_id)
    return last.id if last is not None and is_open else None


def keep_farewell(connection: Connection, conversation_id: str, number: int, turn: Turn) -> None:
    """Keep a resolution if the customer takes leave with `turn`, and something was answered since the last one."""
    if not turn.why.plan or not all(_is_farewell(step) for step in turn.why.plan):
        return
    before = _last_resolved(connection, conversation_id)
    query = select(TurnRow.number, TurnRow.why).where(
        TurnRow.conversation_id == conversation_id, TurnRow.number > before, TurnRow.number < number
    )
    answered = [
        each.number for each in connection.execute(query) if any(_TALK not in step for step in each.why["plan"])
    ]
    persons = select(func.max(EntryRow.turn)).where(
        EntryRow.conversation_id == conversation_id, EntryRow.kind == _AGENT, EntryRow.turn > before
    )
    person = connection.scalar(persons) or 0
    if not answered and not person:
        return
    by = ResolvedBy.PERSON if person >= max(answered, default=0) else ResolvedBy.ASSISTANT
    keep_resolution(connection, conversation_id, by, number)


def keep_resolution(connection: Connection, conversation_id: str, by: ResolvedBy, turn: int | None = None) -> None:
    """Keep that the conversation is resolved with its `turn`, by default the last one."""
    number = _last_turn(connection, conversation_id) if turn is None else turn
    values = {"conversation_id": conversation_id, "turn": number, "resolved_by": by, "time": utc_now()}
    connection.execute(insert(ResolutionRow).values(values))


def _is_farewell(step: dict[str, dict[str, object]]) -> bool:
    return _TALK in step and step[_TALK].get("about") in _FAREWELLS


def _last_turn(connection: Connection, conversation_id: str) -> int:
    query = select(func.max(TurnRow.number)).where(TurnRow.conversation_id == conversation_id)
    return connection.scalar(query) or 0


def _last_resolved(connection: Connection, conversation_id: str) -> int:
    query = select(func.max(ResolutionRow.turn)).where(ResolutionRow.conversation_id == conversation_id)
    return connection.scalar(query) or 0
