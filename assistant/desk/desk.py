"""Desk: conversations that people answer, in the database. Every change is one transaction, with its entry in the conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, func, insert, select, update

from assistant.conversation.message import clean
from assistant.conversation.resolution import ResolvedBy, keep_resolution
from assistant.desk.case import Agent, Case, Cause, Entry, EntryKind, Mood, Summary
from assistant.desk.state import OF_THE_AGENT, Move, MoveRefused, State, moved
from assistant.desk_tables import CaseRow, EntryRow, EpisodeRow, PresenceRow
from assistant.language_model.transcript import harmless
from assistant.tables import ConversationRow, TurnRow
from retrieval.clock import utc_now
from retrieval.errors import ConversationNotFound
from retrieval.store.database import reading, storable, table_of, writing
from retrieval.store.upsert import upsert

LONGEST_MESSAGE = 4000
PRESENT_SECONDS = 90
_LONGEST_NOTE = 4000
_MEASURED, _FEWEST_MEASURED = 20, 3
"""Ended cases from which a waiting time is worked out, and how few are too few to say one."""


@dataclass(frozen=True, slots=True)
class Wait:
    """A place in the queue, counted from 1, and how many minutes it may take; None if too few cases have been measured."""

    place: int
    minutes: int | None


class Desk:
    """All cases in one database. Every method raises StoreError where the database fails."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def case(self, conversation_id: str) -> Case | None:
        """The case of a conversation; None for one that was never handed over."""
        with reading(self._engine) as connection:
            row = _row(connection, conversation_id)
        return None if row is None else _case(row)

    def entries(self, conversation_id: str) -> tuple[Entry, ...]:
        """Everything that was written at the desk, oldest first, notes too."""
        query = select(table_of(EntryRow)).where(EntryRow.conversation_id == conversation_id).order_by(EntryRow.id)
        with reading(self._engine) as connection:
            return tuple(_entry(row) for row in connection.execute(query).mappings())

    def open_cases(self) -> tuple[Case, ...]:
        """Cases that wait for a person or have one; who waits comes first, the longest wait first."""
        query = select(table_of(CaseRow)).where(CaseRow.state.in_([State.WAITING, State.WITH_AGENT]))
        with reading(self._engine) as connection:
            cases = [_case(row) for row in connection.execute(query).mappings()]
        return tuple(
            sorted(cases, key=lambda case: (case.state is not State.WAITING, case.by_email, case.waiting_since))
        )

    def versions(self, since: datetime) -> dict[str, int]:
        """The version of every case that was changed at or after `since`."""
        query = select(CaseRow.conversation_id, CaseRow.version).where(CaseRow.changed >= since)
        with reading(self._engine) as connection:
            return {id: version for id, version in connection.execute(query)}

    def hand_over(
        self,
        conversation_id: str,
        cause: Cause,
        summary: Summary,
        said: str,
        *,
        by_email: bool = False,
        email: str = "",
    ) -> Case:
        """Put a stored conversation in the queue; `said` is what Aisle tells the customer, kept in the same transaction.

        Raises MoveRefused unless Aisle answers in it now, and ConversationNotFound.
        """
        now = utc_now()
        with writing(self._engine) as connection:
            conversation = table_of(ConversationRow)
            query = select(conversation.c.customer_id).where(conversation.c.id == conversation_id).with_for_update()
            owner = connection.execute(query).first() if storable(conversation_id) else None
            if owner is None:
                raise ConversationNotFound(f"There is no conversation {conversation_id!r}.")
            row = _row(connection, conversation_id, lock=True)
            state = moved(State(row["state"]) if row else State.ASSISTANT, Move.HAND_OVER)
            values = {
                "state": state, "since": now, "changed": now, "version": (row["version"] if row else 0) + 1,
                "customer_id": owner[0], "waiting_since": now, "reason": cause,
                "mood": Mood.UPSET if cause is Cause.UPSET else Mood.CALM, "by_email": by_email,
                "email": email, "agent_id": "", "agent_name": "", "summary": summary.model_dump(mode="json"),
                "handed_over": (row["handed_over"] if row else 0) + 1,
            }  # fmt: skip
            if row is None:
                connection.execute(insert(CaseRow).values(conversation_id=conversation_id, **values))
            else:
                connection.execute(update(CaseRow).where(CaseRow.conversation_id == conversation_id).values(values))
            connection.execute(
                insert(EpisodeRow).values(
                    conversation_id=conversation_id, reason=cause, started=now, outcome="", agent_id=""
                )
            )
            _write(connection, conversation_id, EntryKind.EVENT, "", Move.HAND_OVER, now)
            _write(connection, conversation_id, EntryKind.AISLE, "", said, now)
            return _found(connection, conversation_id)

    def move(
        self, conversation_id: str, move: Move, agent: Agent | None = None, *, to: Agent | None = None, said: str = ""
    ) -> Case:
        """Change who answers. `agent` is who does it, None for the customer; `to` is who a transfer goes to.

        `said` is the reason of a close, or a word that goes with a transfer; agents alone read it. Raises MoveRefused if the state
        does not allow the move or another agent has the case, and ConversationNotFound if there is none.
        """
        now = utc_now()
        with writing(self._engine) as connection:
            case = _found(connection, conversation_id, lock=True)
            state = moved(case.state, move)
            if case.state is State.WITH_AGENT and move in OF_THE_AGENT:
                _check_mine(case, agent)
            values: dict[str, Any] = {"state": state, "since": now}
            holder = {Move.TAKE: agent, Move.TRANSFER: to}.get(move)
            if move in (Move.TAKE, Move.TRANSFER) and holder is None:
                raise MoveRefused("Nobody was named who takes the conversation.", "Name an agent.")
            values |= {"agent_id": holder.id if holder else "", "agent_name": holder.name if holder else ""}
            if state is not State.WAITING:
                values["by_email"] = False if move is not Move.CLOSE else case.by_email
            _change(connection, conversation_id, now, values)
            _count(connection, conversation_id, move, agent, now)
            if move is Move.CLOSE and _has_written(connection, conversation_id):
                keep_resolution(connection, conversation_id, ResolvedBy.PERSON)
            _write(connection, conversation_id, EntryKind.EVENT, _event_author(move, agent, to), move, now)
            if said:
                _write(
                    connection, conversation_id, EntryKind.NOTE, agent.name if agent else "", said[:_LONGEST_NOTE], now
                )
            return _found(connection, conversation_id)

    def say(self, conversation_id: str, agent: Agent, text: str) -> Case:
        """Keep the agent's message to the customer. Raises MoveRefused unless this agent has the case, or for an empty message."""
        text, now = clean(text, LONGEST_MESSAGE), utc_now()
        with writing(self._engine) as connection:
            case = _found(connection, conversation_id, lock=True)
            if not text:
                raise MoveRefused("There is nothing to send.", "Write a message first.")
            if case.state is not State.WITH_AGENT:
                raise MoveRefused("Nobody has taken this conversation.", "Take it first.")
            _check_mine(case, agent)
            _go_on(connection, conversation_id, text)
            _change(connection, conversation_id, now, {"next_thread": None})
            episode = _episode(connection, conversation_id)
            query = update(EpisodeRow).where(EpisodeRow.id == episode, EpisodeRow.first_reply.is_(None))
            connection.execute(query.values(first_reply=now))
            _write(connection, conversation_id, EntryKind.AGENT, agent.name, text, now)
            return _found(connection, conversation_id)

    def hear(self, conversation_id: str, text: str, customer_id: str | None) -> Case | None:
        """Keep the customer's message for the agent. None, with nothing kept, if Aisle answers in this conversation by now.

        Raises ConversationNotFound if it is another customer's.
        """
        now = utc_now()
        with writing(self._engine) as connection:
            row = _row(connection, conversation_id, lock=True)
            if row is None or not _case(row).is_silent:
                return None
            if row["customer_id"] not in (None, customer_id):
                raise ConversationNotFound(f"There is no conversation {conversation_id!r} for this customer.")
            _change(connection, conversation_id, now, {"customer_id": customer_id})
            _write(connection, conversation_id, EntryKind.CUSTOMER, "", text, now)
            return _found(connection, conversation_id)

    def leave_email(self, conversation_id: str, message: str, email: str, said: str) -> Case | None:
        """Keep the address at which the customer is answered, with their message and what Aisle says to it.

        None, with nothing kept, unless the conversation waits for an answer by e-mail.
        """
        now = utc_now()
        with writing(self._engine) as connection:
            row = _row(connection, conversation_id, lock=True)
            if row is None or State(row["state"]) is not State.WAITING or not row["by_email"]:
                return None
            _change(connection, conversation_id, now, {"email": email})
            _write(connection, conversation_id, EntryKind.CUSTOMER, "", message, now)
            _write(connection, conversation_id, EntryKind.AISLE, "", said, now)
            return _found(connection, conversation_id)

    def tell(self, conversation_id: str, said: str) -> None:
        """Keep what Aisle says to the customer beside its replies. Raises ConversationNotFound."""
        now = utc_now()
        with writing(self._engine) as connection:
            _found(connection, conversation_id, lock=True)
            _change(connection, conversation_id, now, {})
            _write(connection, conversation_id, EntryKind.AISLE, "", said, now)

    def note(self, conversation_id: str, agent: Agent, text: str) -> Case:
        """Keep a note that agents alone see. Raises MoveRefused for an empty one."""
        text, now = clean(text, _LONGEST_NOTE), utc_now()
        if not text:
            raise MoveRefused("There is nothing to note.", "Write a note first.")
        with writing(self._engine) as connection:
            _found(connection, conversation_id, lock=True)
            _change(connection, conversation_id, now, {})
            _write(connection, conversation_id, EntryKind.NOTE, agent.name, text, now)
            return _found(connection, conversation_id)

    def touch(self, conversation_id: str) -> None:
        """Raise the version, so that open desks look again: something beside the conversation has changed."""
        with writing(self._engine) as connection:
            if _row(connection, conversation_id, lock=True) is not None:
                _change(connection, conversation_id, utc_now(), {})

    def be_present(self, agent: Agent) -> None:
        """Count `agent` among those at the desk for the next 90 seconds."""
        row = {"agent_id": agent.id, "name": agent.name, "seen": utc_now()}
        with writing(self._engine) as connection:
            upsert(connection, table_of(PresenceRow), ["agent_id"], [row])

    def present(self) -> tuple[Agent, ...]:
        """Agents whose desk is open now, by name."""
        seen = utc_now() - timedelta(seconds=PRESENT_SECONDS)
        query = select(PresenceRow.agent_id, PresenceRow.name).where(PresenceRow.seen >= seen)
        with reading(self._engine) as connection:
            return tuple(Agent(id, name) for id, name in connection.execute(query.order_by(PresenceRow.name)))

    def wait(self, conversation_id: str = "") -> Wait:
        """The place of a waiting conversation, or of one that is handed over now, and how long it may take.

        The time is places in the queue times how long recent cases took an agent (median of the last 20), shared among the agents
        who are there.
        """
        waiting = [case for case in self.open_cases() if case.state is State.WAITING and not case.by_email]
        ids = [case.conversation_id for case in waiting]
        place = ids.index(conversation_id) + 1 if conversation_id in ids else len(ids) + 1
        query = select(EpisodeRow.taken, EpisodeRow.ended).where(
            EpisodeRow.taken.is_not(None), EpisodeRow.ended.is_not(None)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(EpisodeRow.ended.desc()).limit(_MEASURED)).all()
        if len(rows) < _FEWEST_MEASURED:
            return Wait(place, None)
        minutes = median((ended - taken).total_seconds() / 60 for taken, ended in rows if taken and ended)
        return Wait(place, max(1, round(place * minutes / max(1, len(self.present())))))


def _row(connection: Connection, conversation_id: str, lock: bool = False) -> RowMapping | None:
    if not storable(conversation_id):
        return None
    query = select(table_of(CaseRow)).where(CaseRow.conversation_id == conversation_id)
    return connection.execute(query.with_for_update() if lock else query).mappings().first()


def _found(connection: Connection, conversation_id: str, lock: bool = False) -> Case:
    row = _row(connection, conversation_id, lock)
    if row is None:
        raise ConversationNotFound(f"No conversation {conversation_id!r} was handed over.")
    return _case(row)


def _check_mine(case: Case, agent: Agent | None) -> None:
    if agent is None or case.agent is None or case.agent.id != agent.id:
        holder = case.agent.name if case.agent else "Nobody"
        raise MoveRefused(f"{holder} has this conversation.", "Ask for a transfer.")


def _change(connection: Connection, conversation_id: str, now: datetime, values: dict[str, Any]) -> None:
    stored = {"changed": now, "version": CaseRow.version + 1, **values}
    connection.execute(update(CaseRow).where(CaseRow.conversation_id == conversation_id).values(stored))


def _episode(connection: Connection, conversation_id: str) -> int | None:
    query = select(func.max(EpisodeRow.id)).where(EpisodeRow.conversation_id == conversation_id)
    return connection.scalar(query)


def _has_written(connection: Connection, conversation_id: str) -> bool:
    """Whether a person has written to the customer in the running episode."""
    query = select(EpisodeRow.first_reply).where(EpisodeRow.id == _episode(connection, conversation_id))
    return connection.scalar(query) is not None


def _count(connection: Connection, conversation_id: str, move: Move, agent: Agent | None, now: datetime) -> None:
    """Keep when the running episode was taken and how it ended."""
    values: dict[str, Any] = {}
    if move is Move.TAKE and agent is not None:
        values = {"taken": func.coalesce(EpisodeRow.taken, now), "agent_id": agent.id}
    elif move in (Move.HAND_BACK, Move.CLOSE, Move.RESUME):
        values = {"ended": now, "outcome": move}
    if values:
        episode = _episode(connection, conversation_id)
        connection.execute(update(EpisodeRow).where(EpisodeRow.id == episode).values(values))


def _go_on(connection: Connection, conversation_id: str, reply: str) -> None:
    """Let the conversation carry on from the message that the agent answers, so that Aisle knows of it afterwards."""
    query = select(CaseRow.next_thread).where(CaseRow.conversation_id == conversation_id)
    thread: dict[str, Any] | None = connection.scalar(query)
    if thread and thread.get("turns"):
        *before, last = thread["turns"]
        thread = {**thread, "turns": [*before, {**last, "reply": harmless(reply)}], "misses": 0}
        connection.execute(update(ConversationRow).where(ConversationRow.id == conversation_id).values(thread=thread))


def _event_author(move: Move, agent: Agent | None, to: Agent | None) -> str:
    return to.name if move is Move.TRANSFER and to else agent.name if agent else ""


def _write(
    connection: Connection, conversation_id: str, kind: EntryKind, author: str, text: str, now: datetime
) -> None:
    turns = select(func.coalesce(func.max(TurnRow.number), 0)).where(TurnRow.conversation_id == conversation_id)
    connection.execute(
        insert(EntryRow).values(
            conversation_id=conversation_id,
            turn=connection.scalar(turns),
            kind=kind,
            author=author,
            text=str(text),
            time=now,
        )
    )


def _case(row: RowMapping) -> Case:
    agent = Agent(row["agent_id"], row["agent_name"]) if row["agent_id"] else None
    return Case(
        row["conversation_id"], State(row["state"]), row["since"], row["version"], row["customer_id"],
        row["waiting_since"], Cause(row["reason"]), Mood(row["mood"]), row["by_email"], row["email"], agent,
        Summary.model_validate(row["summary"]), row["handed_over"],
    )  # fmt: skip


def _entry(row: RowMapping) -> Entry:
    return Entry(row["id"], row["turn"], EntryKind(row["kind"]), row["author"], row["text"], row["time"])


def visible(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The entries that the customer may see: no notes."""
    return tuple(entry for entry in entries if entry.kind is not EntryKind.NOTE)
