"""Dates: the days and times of feeds, in the formats of their countries, as moments in UTC.

A date that could be two days, such as 03/04/2026, is refused: when a sale ends must not be guessed.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from email.utils import parsedate_to_datetime

from retrieval.catalog.window import Window
from retrieval.feeds.blanks import is_blank
from retrieval.feeds.values import shown

_DAY = re.compile(r"\d{4}-?\d\d-?\d\d")
_NUMBERS = re.compile(r"(?P<first>\d{1,4})(?P<sign>[./-])(?P<second>\d{1,2})(?P=sign)(?P<third>\d{2,4})")
_NAMED = re.compile(
    r"(?:(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?[\s-]+(?:de )?(?P<month>[^\W\d_]{3,10})\.?,?[\s-]+(?:de )?(?P<year>\d{4})"
    r"|(?P<month_first>[^\W\d_]{3,10})\.?\s+(?P<day_after>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year_after>\d{4}))"
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan januar january janvier enero ene gennaio gen januari", "feb februar february février fév febrero febbraio februari",
            "mar mär märz march mars marzo maart mrt", "apr april avril avr abril abr aprile", "may mai mayo maggio mag mei",
            "jun juni june juin junio giugno giu", "jul juli july juillet juil julio luglio lug", "aug august août aout agosto ago augustus",
            "sep sept september septembre septiembre settembre set", "oct okt oktober october octobre octubre ottobre ott",
            "nov november novembre noviembre", "dec dez dezember december décembre déc diciembre dic dicembre",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_CLOCK = re.compile(r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?\s*(?P<half>[ap]\.?m\.?)?", re.IGNORECASE)
_SECONDS, _MILLISECONDS = re.compile(r"\d{10}"), re.compile(r"\d{13}")
_TO = re.compile(r"\s+(?:-|–|—|to|until|bis|au|/)\s+|/(?=\d{4}-)|(?<=[\dZ])/$|^/(?=\d)")
"""What stands between the two sides of a window if not a single slash."""


def read_start(value: object, zone: tzinfo) -> datetime:
    """When something begins, in UTC: a moment, or the first one of a day. `zone` is that of dates that name none."""
    return _dated(value, zone, days=0)


def read_end(value: object, zone: tzinfo) -> datetime:
    """The moment from which something is over, in UTC; a day without a time is included."""
    return _dated(value, zone, days=1)


def read_window(value: object, zone: tzinfo) -> Window:
    """Start and end with a slash, a dash or "to" between them, as in `sale_price_effective_date`; either may be blank."""
    if isinstance(value, Window):
        return value
    text = str(value).strip()
    slashes = text.split("/")
    if len(slashes) in (2, 6):  # the sides may be written with slashes themselves
        half = len(slashes) // 2
        start, end = "/".join(slashes[:half]), "/".join(slashes[half:])
    else:
        start, end = (*_TO.split(text, maxsplit=1), "")[:2]
    return window_of(start, end, zone)


def window_of(start: object, end: object, zone: tzinfo) -> Window:
    """The time from `start` to `end`; a blank one leaves that side open. Raises ValueError if it ends before it begins."""
    first = None if is_blank(start, "sale_price_effective_date") else read_start(start, zone)
    last = None if is_blank(end, "sale_price_effective_date") else read_end(end, zone)
    if first is not None and last is not None and last <= first:
        raise ValueError(f"{shown(f'{start}/{end}')} ends before it begins")
    return Window(first, last)


def _dated(value: object, zone: tzinfo, days: int) -> datetime:
    """A moment in UTC; a date without a time is its midnight, `days` later."""
    text = " ".join(str(value).split())
    try:
        if _DAY.fullmatch(text):
            return _whole_day(date.fromisoformat(text), zone, days)
        if _SECONDS.fullmatch(text) or _MILLISECONDS.fullmatch(text):
            return datetime.fromtimestamp(int(text[:10]), UTC)
        moment = _iso(text) or _mail(text) or _national(text)
        if isinstance(moment, datetime):
            return (moment.replace(tzinfo=zone) if moment.tzinfo is None else moment).astimezone(UTC)
        if moment is not None:
            return _whole_day(moment, zone, days)
    except (ValueError, OverflowError) as error:
        if "may be" in str(error):
            raise
    raise ValueError(f"{shown(text)} is no date such as 2026-11-27 or 2026-11-27T09:00+01:00")


def _whole_day(day: date, zone: tzinfo, days: int) -> datetime:
    return datetime.combine(day + timedelta(days=days), time(), zone).astimezone(UTC)


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _mail(text: str) -> datetime | None:
    """As in mail and RSS: "Fri, 27 Nov 2026 09:00:00 +0100"."""
    try:
        return (
            parsedate_to_datetime(text)
            if text[:3].isalpha() and ":" in text and re.search(r"[+-]\d{4}|GMT|UTC", text)
            else None
        )
    except (ValueError, TypeError):
        return None


def _national(text: str) -> date | datetime | None:
    """A date as countries write it, with a time behind it or without; None if it is none. Raises ValueError for two readings."""
    match = _NUMBERS.match(text)
    named = None if match else _NAMED.match(text)
    if match:
        day = _of_numbers(match)
    elif named and (month := _MONTHS.get((named["month"] or named["month_first"]).casefold())):
        day = date(int(named["year"] or named["year_after"]), month, int(named["day"] or named["day_after"]))
    else:
        return None
    rest = text[(match or named).end() :].strip(" ,T")  # type: ignore[union-attr]
    if not rest:
        return day
    clock = _CLOCK.fullmatch(rest)
    if clock is None:
        return None
    hour = int(clock["hour"])
    if half := clock["half"]:
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    return datetime.combine(day, time(hour, int(clock["minute"]), int(clock["second"] or 0)))


def _of_numbers(match: re.Match[str]) -> date:
    """Year first; with points the day first; else the number above 12 is the day."""
    first, second, third = (int(match[name]) for name in ("first", "second", "third"))
    if len(match["first"]) == 4:
        return date(first, second, third)
    year = third + 2000 if len(match["third"]) == 2 else third
    if match["sign"] == "." or first > 12 or first == second:
        return date(year, second, first)
    if second > 12:
        return date(year, first, second)
    raise ValueError(
        f"{shown(match[0])} may be {date(year, second, first)} or {date(year, first, second)}; write {year}-MM-DD"
    )
