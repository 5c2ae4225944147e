"""Tables of access: staff accounts, their sessions, API keys, codes that prove an order, and counts of attempts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from retrieval.store.columns import UtcTime
from retrieval.store.database import Base


class StaffRow(Base):
    """One staff account. `name` is how it signs in, in lower case; `title` is what customers may see."""

    __tablename__ = "staff"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str] = mapped_column(Text)
    created: Mapped[datetime] = mapped_column(UtcTime)
    disabled: Mapped[datetime | None] = mapped_column(UtcTime)


class StaffSessionRow(Base):
    """One signed-in browser of a staff account. `key` is the SHA-256 of its cookie, which is never stored."""

    __tablename__ = "staff_sessions"

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    staff: Mapped[str] = mapped_column(ForeignKey(StaffRow.name, ondelete="CASCADE"), index=True)
    started: Mapped[datetime] = mapped_column(UtcTime)
    seen: Mapped[datetime] = mapped_column(UtcTime)


class AttemptRow(Base):
    """How often something limited was tried since its window began. `key` is the SHA-256 of what is counted."""

    __tablename__ = "attempts"

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    count: Mapped[int]
    expires: Mapped[datetime] = mapped_column(UtcTime, index=True)


class ApiKeyRow(Base):
    """One API key. `hash` is its SHA-256; the key itself is never stored. `used` is kept to the hour."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    scopes: Mapped[list[str]] = mapped_column(JSON)
    hash: Mapped[str] = mapped_column(Text)
    created: Mapped[datetime] = mapped_column(UtcTime)
    expires: Mapped[datetime | None] = mapped_column(UtcTime)
    revoked: Mapped[datetime | None] = mapped_column(UtcTime)
    used: Mapped[datetime | None] = mapped_column(UtcTime)


class OrderCodeRow(Base):
    """A code that a conversation waits for. `hash` is keyed; without an order behind it no code is good."""

    __tablename__ = "order_codes"

    conversation_id: Mapped[str] = mapped_column(Text, primary_key=True)
    customer_id: Mapped[str] = mapped_column(Text)
    order_id: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(Text)
    expires: Mapped[datetime] = mapped_column(UtcTime)
    tries: Mapped[int]
