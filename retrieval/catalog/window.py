"""Window: a stretch of time with a start and an end, either of which may be open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` up to but not including `end`, both with a time zone; None leaves that side open."""

    start: datetime | None = None
    end: datetime | None = None

    def holds(self, moment: datetime) -> bool:
        """True if `moment`, which needs a time zone, lies in the window."""
        return (self.start is None or self.start <= moment) and (self.end is None or moment < self.end)

    def __str__(self) -> str:
        """As feeds write it: two moments in ISO 8601 with a slash between them; "" if both sides are open."""
        if self == ALWAYS:
            return ""
        return "/".join("" if moment is None else moment.isoformat() for moment in (self.start, self.end))


ALWAYS = Window()
"""The window without a start or an end."""
