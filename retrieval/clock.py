"""Clock: the one place that reads the time. Whatever depends on it takes a clock or a moment."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)
