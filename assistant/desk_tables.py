"""Tables of the desk: who answers in a conversation, what people wrote in it, and which agents are there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from retrieval.store.columns import UtcTime
from retrieval.store.database import Base

_CONVERSATION = "conversations.id"


class CaseRow(Base):
    """A conversation that was handed over at least once. `version` grows with everything that the desk or the customer must see.

    `since` is when the state began; `waiting_since` survives a release to the queue. `by_email` is true for one handed over while
    nobody answers in the chat. `next_thread` is what the conversation carries on once the agent has answered, the reply itself left out.
    """

    __tablename__ = "desk_cases"

    conversation_id: Mapped[str] = mapped_column(ForeignKey(_CONVERSATION, ondelete="CASCADE"), primary_key=True)
    state: Mapped[str] = mapped_column(Text, index=True)
    since: Mapped[datetime] = mapped_column(UtcTime)
    changed: Mapped[datetime] = mapped_column(UtcTime, index=True)
    version: Mapped[int]
    customer_id: Mapped[str | None] = mapped_column(Text)
    waiting_since: Mapped[datetime] = mapped_column(UtcTime)
    reason: Mapped[str] = mapped_column(Text)
    mood: Mapped[str] = mapped_column(Text)
    by_email: Mapped[bool]
    email: Mapped[str] = mapped_column(JSON)
    agent_id: Mapped[str] = mapped_column(Text)
    agent_name: Mapped[str] = mapped_column(Text)
    summary: Mapped[dict[str, object]] = mapped_column(JSON)
    handed_over: Mapped[int]
    next_thread: Mapped[dict[str, object] | None] = mapped_column(JSON)


class EntryRow(Base):
    """One message, note or event of a case, in the order of their ids. `turn` is how many turns Aisle had answered before it."""

    __tablename__ = "desk_entries"
    __table_args__ = (Index("ix_desk_entries_case", "conversation_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey(_CONVERSATION, ondelete="CASCADE"))
    turn: Mapped[int]
    kind: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(JSON)
    time: Mapped[datetime] = mapped_column(UtcTime)


class EpisodeRow(Base):
    """One hand-over from its beginning to its end: what waiting times and reports are counted from."""

    __tablename__ = "desk_episodes"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey(_CONVERSATION, ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    started: Mapped[datetime] = mapped_column(UtcTime)
    taken: Mapped[datetime | None] = mapped_column(UtcTime)
    first_reply: Mapped[datetime | None] = mapped_column(UtcTime)
    ended: Mapped[datetime | None] = mapped_column(UtcTime)
    outcome: Mapped[str] = mapped_column(Text)
    agent_id: Mapped[str] = mapped_column(Text)


class DraftRow(Base):
    """One reply suggested to an agent, and what became of it. `about` names the message that it answers: the drafts of one message
    share it. `written` has references in the place of facts. `outcome` is "" until an agent decides.
    """

    __tablename__ = "desk_drafts"
    __table_args__ = (Index("ix_desk_drafts_case", "conversation_id", "about"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey(_CONVERSATION, ondelete="CASCADE"))
    about: Mapped[str] = mapped_column(Text)
    message: Mapped[str] = mapped_column(JSON)
    kind: Mapped[str] = mapped_column(Text)
    origin: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(JSON)
    why: Mapped[dict[str, object]] = mapped_column(JSON)
    facts: Mapped[list[dict[str, object]]] = mapped_column(JSON)
    sources: Mapped[list[str]] = mapped_column(JSON)
    made: Mapped[datetime] = mapped_column(UtcTime)
    milliseconds: Mapped[float]
    outcome: Mapped[str] = mapped_column(Text)
    sent: Mapped[str] = mapped_column(JSON)
    distance: Mapped[int | None]
    seconds: Mapped[float | None]
    agent_id: Mapped[str] = mapped_column(Text)
    decided: Mapped[datetime | None] = mapped_column(UtcTime)


class PresenceRow(Base):
    """An agent whose desk is open, or was."""

    __tablename__ = "desk_presence"

    agent_id: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    seen: Mapped[datetime] = mapped_column(UtcTime)
