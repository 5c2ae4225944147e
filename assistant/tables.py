"""Tables of orders and of conversations."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import JSON, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from retrieval.store.columns import ExactDecimal, UtcTime
from retrieval.store.database import Base
from retrieval.store.tables import CustomerRow


class OrderRow(Base):
    """One Order. `key` is the id as it is compared: letters and digits alone, in lower case.

    `lines` are kept with it, for they are never read or changed without it; their prices are text, digit for digit.
    """

    __tablename__ = "orders"
    __table_args__ = (Index(None, "customer_id", "placed"),)

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text)
    customer_id: Mapped[str] = mapped_column(ForeignKey(CustomerRow.id))
    status: Mapped[str] = mapped_column(Text)
    placed: Mapped[datetime] = mapped_column(UtcTime)
    expected: Mapped[date | None]
    delivered: Mapped[date | None]
    refunded: Mapped[date | None]
    carrier: Mapped[str] = mapped_column(Text)
    tracking: Mapped[str] = mapped_column(Text)
    lines: Mapped[list[dict[str, object]]] = mapped_column(JSON)
    currency: Mapped[str] = mapped_column(Text)
    shipping: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    total: Mapped[Decimal] = mapped_column(ExactDecimal)


class ConversationRow(Base):
    """One Conversation without its turns. `customer_id` is None for a visitor."""

    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    customer_id: Mapped[str | None] = mapped_column(Text, index=True)
    started: Mapped[datetime] = mapped_column(UtcTime)
    thread: Mapped[dict[str, object]] = mapped_column(JSON)


class TurnRow(Base):
    """One Turn. Texts are JSON strings, which hold what PostgreSQL's text cannot: NUL and lone surrogates."""

    __tablename__ = "turns"

    conversation_id: Mapped[str] = mapped_column(ForeignKey(ConversationRow.id, ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    message: Mapped[str] = mapped_column(JSON)
    reply: Mapped[str] = mapped_column(JSON)
    shown: Mapped[dict[str, object]] = mapped_column(JSON)
    time: Mapped[datetime] = mapped_column(UtcTime)
    fallback: Mapped[bool]
    model: Mapped[str] = mapped_column(Text)
