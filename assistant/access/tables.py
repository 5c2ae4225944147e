"""Tables of access: staff accounts, their sessions, and counts of attempts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Text
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
