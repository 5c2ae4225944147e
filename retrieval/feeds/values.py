"""Values: one cell or JSON value of a feed, read as text, link, number, moment or availability.

Each function raises ValueError with what is wrong, in words that follow the field's name.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal, InvalidOperation

from retrieval.catalog.product import Availability
from retrieval.catalog.window import Window
from retrieval.feeds.blanks import is_blank
from retrieval.feeds.text import clean, plain, unescaped

_LARGEST_COUNT = 2**31 - 1  # what an integer column of PostgreSQL holds
_LONGEST_TEXT, _LONGEST_LINE, _LONGEST_ID = 100_000, 1_000, 200

_DAY = re.compile(r"\d{4}-?\d\d-?\d\d")

_AVAILABILITY = {
    "instock": Availability.IN_STOCK,
    "available": Availability.IN_STOCK,
    "lowstock": Availability.IN_STOCK,
    "limitedavailability": Availability.IN_STOCK,
    "instoreonly": Availability.IN_STOCK,
    "onlineonly": Availability.IN_STOCK,
    "yes": Availability.IN_STOCK,
    "true": Availability.IN_STOCK,
    "1": Availability.IN_STOCK,
    "outofstock": Availability.OUT_OF_STOCK,
    "soldout": Availability.OUT_OF_STOCK,
    "unavailable": Availability.OUT_OF_STOCK,
    "no": Availability.OUT_OF_STOCK,
    "false": Availability.OUT_OF_STOCK,
    "0": Availability.OUT_OF_STOCK,
    "preorder": Availability.PREORDER,
    "presale": Availability.PREORDER,
    "backorder": Availability.BACKORDER,
    "onbackorder": Availability.BACKORDER,
    "madetoorder": Availability.BACKORDER,
}


def shown(value: object) -> str:
    """`value` as an error message names it: short, and on one line."""
    text = str(value)
    return repr(text if len(text) <= 60 else text[:57] + "...")


def read_text(value: object) -> str:
    """Clean text without HTML; entities are resolved, which foreign exports have even in plain fields."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError(f"{shown(value)} is no text")
    return _at_most(_LONGEST_TEXT, plain(unescaped(clean(str(value)))))


def read_line(value: object) -> str:
    """Clean text on one line."""
    return _at_most(_LONGEST_LINE, " ".join(read_text(value).split()))


def read_id(value: object) -> str:
    """An identifier, never empty."""
    text = _at_most(_LONGEST_ID, read_line(value))
    if not text:
        raise ValueError("is missing or empty")
    return text


def read_link(value: object) -> str:
    """An address on the web, or one relative to the shop; "" for none. Schemes that a browser would run are refused."""
    text = _at_most(_LONGEST_LINE * 2, re.sub(r"[\t\n]", "", clean(str(value))))  # as browsers do
    scheme = re.match(r"([a-z][a-z0-9+.-]*):", re.sub(r"\s", "", text), re.IGNORECASE)
    if scheme and scheme[1].lower() not in ("http", "https"):
        raise ValueError(f"{shown(text)} is no http or https address")
    return text.replace(" ", "%20")


def read_count(value: object) -> int:
    """A whole number that is not negative: 12, "12" or "12.0"."""
    number = read_number(value)
    if number != number.to_integral_value():
        raise ValueError(f"{shown(value)} is no whole number")
    if not 0 <= number <= _LARGEST_COUNT:
        raise ValueError(f"{shown(value)} is negative or too large")
    return int(number)


def read_rating(value: object) -> float:
    """A rating from 0 to 5."""
    number = read_number(value)
    if not 0 <= number <= 5:
        raise ValueError(f"{shown(value)} is not between 0 and 5")
    return float(number)


def read_stars(value: object) -> int:
    """The rating of one review or event: 1 to 5, halves rounded up."""
    number = read_number(value)
    if not 1 <= number <= 5:
        raise ValueError(f"{shown(value)} is not between 1 and 5")
    return int(number + Decimal("0.5"))


def read_number(value: object) -> Decimal:
    """A finite number; a comma may stand for the decimal point."""
    text = str(value).strip()
    if isinstance(value, bool) or len(text) > 40:
        raise ValueError(f"{shown(value)} is no number")
    try:
        number = Decimal(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)
    except InvalidOperation as error:
        raise ValueError(f"{shown(value)} is no number") from error
    if not number.is_finite():
        raise ValueError(f"{shown(value)} is no number")
    return number


def read_availability(value: object) -> Availability:
    """One of the four values, from the words of Merchant feeds, schema.org, WooCommerce and the like."""
    word = re.sub(r"[\W_]", "", str(value).rsplit("/", 1)[-1]).lower()
    if word not in _AVAILABILITY:
        raise ValueError(f"{shown(value)} is none of in_stock, out_of_stock, preorder, backorder")
    return _AVAILABILITY[word]


def read_moment(value: object) -> datetime:
    """A date and time in ISO 8601, in UTC where no zone is given; a date alone is its midnight."""
    try:
        moment = datetime.fromisoformat(str(value).strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{shown(value)} is no date and time such as 2026-11-02T09:15:00+00:00") from error


def read_date(value: object) -> date:
    """A day in ISO 8601; of a date and time, its day as written."""
    try:
        return datetime.fromisoformat(str(value).strip()).date()
    except ValueError as error:
        raise ValueError(f"{shown(value)} is no date such as 2026-11-02") from error


def read_start(value: object, zone: tzinfo) -> datetime:
    """When something begins, in UTC: a moment in ISO 8601, or the first one of a day. `zone` is that of dates that name none."""
    return _dated(value, zone, days=0)


def read_end(value: object, zone: tzinfo) -> datetime:
    """The moment from which something is over, in UTC; a day without a time is included."""
    return _dated(value, zone, days=1)


def read_window(value: object, zone: tzinfo) -> Window:
    """Start and end with a slash between them, as in `sale_price_effective_date`; either may be blank."""
    if isinstance(value, Window):
        return value
    start, _, end = str(value).partition("/")
    return window_of(start, end, zone)


def window_of(start: object, end: object, zone: tzinfo) -> Window:
    """The time from `start` to `end`; a blank one leaves that side open. Raises ValueError if it ends before it begins."""
    first = None if is_blank(start) else read_start(start, zone)
    last = None if is_blank(end) else read_end(end, zone)
    if first is not None and last is not None and last <= first:
        raise ValueError(f"{shown(f'{start}/{end}')} ends before it begins")
    return Window(first, last)


def _dated(value: object, zone: tzinfo, days: int) -> datetime:
    """A moment in UTC; a date without a time is its midnight, `days` later."""
    text = str(value).strip()
    try:
        if _DAY.fullmatch(text):
            day = date.fromisoformat(text) + timedelta(days=days)
            return datetime.combine(day, time(), zone).astimezone(UTC)
        moment = datetime.fromisoformat(text)
        return (moment.replace(tzinfo=zone) if moment.tzinfo is None else moment).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{shown(text)} is no date such as 2026-11-27 or 2026-11-27T09:00+01:00") from error


def _at_most(length: int, text: str) -> str:
    if len(text) > length:
        raise ValueError(f"has {len(text):,} characters; at most {length:,} are kept")
    return text
