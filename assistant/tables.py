"""Tables of conversations; importing this module declares the tables of orders and of access too."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

import assistant.access.tables
import assistant.desk_tables
import assistant.order_tables  # noqa: F401 - all fill Base.metadata
from retrieval.store.columns import UtcTime
from retrieval.store.database import Base


class ConversationRow(Base):
    """One Conversation without its turns. `customer_id` is None for a visitor."""

    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    customer_id: Mapped[str | None] = mapped_column(Text, index=True)
    started: Mapped[datetime] = mapped_column(UtcTime)
    thread: Mapped[dict[str, object]] = mapped_column(JSON)


class TurnRow(Base):
    """One Turn, with what the customer thinks of its reply. Texts are JSON strings, which hold what PostgreSQL's text cannot:
    NUL and lone surrogates.
    """

    __tablename__ = "turns"

    conversation_id: Mapped[str] = mapped_column(ForeignKey(ConversationRow.id, ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    message: Mapped[str] = mapped_column(JSON)
    reply: Mapped[str] = mapped_column(JSON)
    shown: Mapped[dict[str, object]] = mapped_column(JSON)
    time: Mapped[datetime] = mapped_column(UtcTime)
    fallback: Mapped[bool]
    model: Mapped[str] = mapped_column(Text)
    why: Mapped[dict[str, object]] = mapped_column(JSON)
    rating: Mapped[str | None] = mapped_column(Text)
    rating_reason: Mapped[str] = mapped_column(JSON)
    rated: Mapped[datetime | None] = mapped_column(UtcTime)


class ResolutionRow(Base):
    """One end of what a customer came for, after `turn`. `is_solved` is what the customer answered when asked, None for no answer."""

    __tablename__ = "resolutions"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey(ConversationRow.id, ondelete="CASCADE"), index=True)
    turn: Mapped[int]
    resolved_by: Mapped[str] = mapped_column(Text)
    time: Mapped[datetime] = mapped_column(UtcTime)
    is_solved: Mapped[bool | None]
    answered: Mapped[datetime | None] = mapped_column(UtcTime)


class ProvedOrderRow(Base):
    """The one order that a visitor has proved to be theirs, in one conversation."""

    __tablename__ = "proved_orders"

    conversation_id: Mapped[str] = mapped_column(Text, primary_key=True)
    customer_id: Mapped[str] = mapped_column(Text)
    order_id: Mapped[str] = mapped_column(Text)
    proved: Mapped[datetime] = mapped_column(UtcTime)
