"""Hours: when people answer in the chat.

    Hours.parse("Mon-Fri 09:00-17:00, Sat 10:00-14:00", ZoneInfo("Europe/Berlin"))

A span ends on the day on which it begins; "always" is every hour of the week.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Self

ALWAYS = "always"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"([a-z]{3})(?:\s*-\s*([a-z]{3}))?\s+(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
_MIDNIGHT = 24 * 60
_LOOK_AHEAD_DAYS = 60


@dataclass(frozen=True, slots=True)
class Hours:
    """`spans` are weekday (Monday is 0), first minute and last minute of the day, in `zone`; nobody answers on `closed` days."""

    spans: tuple[tuple[int, int, int], ...]
    zone: tzinfo
    closed: frozenset[date] = frozenset()

    @classmethod
    def parse(cls, written: str, zone: tzinfo, closed: Collection[date] = ()) -> Self:
        """Read hours. Raises ValueError that quotes the part that cannot be read."""
        if written.strip().lower() == ALWAYS:
            spans = [(day, 0, _MIDNIGHT) for day in range(7)]
        else:
            spans = [span for part in written.split(",") if part.strip() for span in _spans(part.strip())]
        return cls(tuple(sorted(spans)), zone, frozenset(closed))

    def is_open(self, moment: datetime) -> bool:
        """Whether people answer at `moment`."""
        return self.closes(moment) is not None

    def closes(self, moment: datetime) -> datetime | None:
        """When the span around `moment` ends; None if nobody answers then."""
        here = moment.astimezone(self.zone)
        return next((end for start, end in self._on(here.date()) if start <= here < end), None)

    def opens(self, moment: datetime) -> datetime | None:
        """When the next span after `moment` begins; None if none does within two months."""
        here = moment.astimezone(self.zone)
        days = (here.date() + timedelta(days=ahead) for ahead in range(_LOOK_AHEAD_DAYS))
        return next((start for day in days for start, _ in self._on(day) if start > here), None)

    def _on(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        if day in self.closed:
            return
        midnight = datetime.combine(day, time(), self.zone)
        for weekday, first, last in self.spans:
            if weekday == day.weekday():
                yield _at(midnight, first), _at(midnight, last)


def _at(midnight: datetime, minute: int) -> datetime:
    """That minute by the clock on the wall, whatever summer time does to the day."""
    if minute == _MIDNIGHT:
        return midnight + timedelta(days=1)
    return midnight.replace(hour=minute // 60, minute=minute % 60)


def _spans(part: str) -> Iterator[tuple[int, int, int]]:
    found = _SPAN.fullmatch(part.lower())
    days = [name for name in (found[1], found[2] or found[1]) if name in _DAYS] if found else []
    if found is None or len(days) != 2:
        raise ValueError(f'{part!r} is no opening time; write "Mon-Fri 09:00-17:00, Sat 10:00-14:00", or "always"')
    hours = [int(number) for number in found.groups()[2:]]
    first, last = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
    if hours[1] > 59 or hours[3] > 59 or not first < last <= _MIDNIGHT:
        raise ValueError(f"{part!r} ends before it begins, or is no time of a day")
    begin, end = (_DAYS.index(name) for name in days)
    yield from ((day % 7, first, last) for day in range(begin, (end if end >= begin else end + 7) + 1))
