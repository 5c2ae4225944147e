"""Periods: a span of past days that a message names, "this year", "last month", "since June", "in the past 90 days"."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.planning.grammar.amount_phrases import MONEY_WORD
from assistant.planning.grammar.text import Text

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_SHORT = 3
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_MONTH = r"(?P<{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may(?! (?:i|we|you|it|they)\b)|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b"
_YEAR = rf"(?P<{{0}}>(?:19|20)\d\d)\b(?![.,]\d|\s*%|\s*(?:{MONEY_WORD})(?!\w))"
_ORDINAL = r"(?P<{0}>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to `last`, both included."""

    first: date
    last: date

    def has(self, day: date) -> bool:
        """Whether a day lies in the period."""
        return self.first <= day <= self.last


def period_in(message: str, today: date) -> Period | None:
    """The period before or around `today` that a message names; None if it names none. A month without a year is the latest one."""
    said = Text.of(message).lower
    return next((read(found, today) for pattern, read in _FORMS if (found := pattern.search(said))), None)


def without_period(message: str) -> str | None:
    """The message in lower case without the period that it names; None if it names none."""
    said = Text.of(message).lower
    found = next(filter(None, (pattern.search(said) for pattern, _ in _FORMS)), None)
    return None if found is None else f"{said[: found.start()]} {said[found.end() :]}"


def _month_period(year: int, month: int) -> Period:
    return Period(date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def _number(name: str) -> int:
    return next(place for place, month in enumerate(_MONTHS, 1) if month.startswith(name[:_SHORT]))


def _latest(name: str, year: str | None, today: date) -> Period:
    """The month of that name, in `year` or else the latest that has begun."""
    month = _number(name)
    return _month_period(int(year) if year else today.year - (month > today.month), month)


def _since(found: re.Match[str], today: date) -> Period:
    start = _latest(found["month"], found["year"], today).first
    day = int(found["before"] or found["after"] or 1)
    return Period(start.replace(day=min(day, monthrange(start.year, start.month)[1])), today)


def _between(found: re.Match[str], today: date) -> Period:
    last = _latest(found["last"], found["year"], today)
    first = _month_period(last.first.year - (_number(found["first"]) > last.first.month), _number(found["first"]))
    return Period(first.first, last.last)


def _rolling(found: re.Match[str], today: date) -> Period:
    return Period(today - timedelta(days=int(found["count"] or 1) * _DAYS[found["unit"]]), today)


def _this(found: re.Match[str], today: date) -> Period:
    match found["unit"]:
        case "year":
            return Period(date(today.year, 1, 1), today)
        case "month":
            return Period(today.replace(day=1), today)
        case _:
            return Period(today - timedelta(days=today.weekday()), today)


def _last(found: re.Match[str], today: date) -> Period:
    match found["unit"]:
        case "year":
            return Period(date(today.year - 1, 1, 1), date(today.year - 1, 12, 31))
        case "month":
            end = today.replace(day=1) - timedelta(days=1)
            return Period(end.replace(day=1), end)
        case _:
            start = today - timedelta(days=today.weekday() + 7)
            return Period(start, start + timedelta(days=6))


def _day(found: re.Match[str], today: date) -> Period:
    day = today if found["day"] == "today" else today - timedelta(days=1)
    return Period(day, day)


def _forms() -> Iterator[tuple[re.Pattern[str], Callable[[re.Match[str], date], Period]]]:
    """What finds each kind of period, and what it means; the first that fits counts."""
    yield (
        re.compile(
            rf"\b(?:between|from) {_MONTH.format('first')} (?:and|to|until|till|through|-) {_MONTH.format('last')}(?: (?:of )?{_YEAR.format('year')})?"
        ),
        _between,
    )
    yield (
        re.compile(
            rf"\b(?:since|after|from) (?:the )?(?:(?:beginning|start) of )?(?:{_ORDINAL.format('before')} (?:of )?)?{_MONTH.format('month')}"
            rf"(?: (?:the )?{_ORDINAL.format('after')}(?!\d))?,?(?: (?:of )?{_YEAR.format('year')})?"
        ),
        _since,
    )
    yield (
        re.compile(rf"\b(?:since|from) (?:the )?(?:(?:beginning|start) of )?{_YEAR.format('year')}"),
        lambda found, today: Period(date(int(found["year"]), 1, 1), today),
    )
    yield re.compile(r"\b(?:last|past|previous) (?P<count>\d{1,3}) (?P<unit>day|week|month|year)s?\b"), _rolling
    yield (
        re.compile(r"\b(?:in|over|during|within|for) the (?P<count>)(?:last|past) (?P<unit>week|month|year)\b"),
        _rolling,
    )
    yield re.compile(r"\bthis (?:current )?(?P<unit>year|month|week)\b"), _this
    yield re.compile(r"\bsince (?:last|the last) (?P<unit>year|month|week)\b"), _since_last
    yield re.compile(r"\b(?:last|past|previous) (?P<unit>year|month|week)\b"), _last
    yield (
        re.compile(
            rf"\b(?:in|during|for|of|about|and|last|this) {_MONTH.format('month')},?(?: (?:of )?{_YEAR.format('year')})?"
        ),
        lambda found, today: _latest(found["month"], found["year"], today),
    )
    yield (
        re.compile(rf"\b(?:in|during|for|of|about|and) {_YEAR.format('year')}"),
        lambda found, today: Period(date(int(found["year"]), 1, 1), date(int(found["year"]), 12, 31)),
    )
    yield re.compile(r"\b(?P<day>today|yesterday)\b"), _day


def _since_last(found: re.Match[str], today: date) -> Period:
    return Period(_last(found, today).first, today)


_FORMS = tuple(_forms())
