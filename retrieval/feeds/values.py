"""Values: one cell or JSON value of a feed, read as text, link, number, moment or availability.

Each function raises ValueError with what is wrong, in words that follow the field's name.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import ROUND_FLOOR, Decimal, InvalidOperation

from retrieval.catalog.product import Availability
from retrieval.feeds.report import MISSING
from retrieval.feeds.text import clean, plain, unescaped

_LARGEST_COUNT = 2**31 - 1  # what an integer column of PostgreSQL holds
_LONGEST_TEXT, _LONGEST_LINE, _LONGEST_ID = 100_000, 1_000, 200

_AVAILABILITY = {
    word: availability
    for availability, words in {
        Availability.IN_STOCK: (
            "instock available lowstock limitedavailability limitedstock instoreonly onlineonly yes true y 1 onstock readytoship fewleft lastitems"
            " auflager lieferbar verfügbar sofortlieferbar vorrätig enstock disponible disponibile opvoorraad dostępny"
        ),
        Availability.OUT_OF_STOCK: (
            "outofstock outstock soldout unavailable notavailable nostock discontinued no false n 0 temporarilyoutofstock currentlyunavailable reserved"
            " nichtauflager nichtverfügbar nichtlieferbar ausverkauft vergriffen épuisé rupturedestock enrupturedestock indisponible agotado sinstock"
            " nodisponible esaurito nondisponibile uitverkocht nietopvoorraad niedostępny"
        ),
        Availability.PREORDER: "preorder presale comingsoon vorbestellbar vorbestellung précommande preventa preordine",
        Availability.BACKORDER: "backorder backordered onbackorder madetoorder availableonbackorder availablefororder aufbestellung nachbestellt surcommande",
    }.items()
    for word in words.split()
}
"""Words of shop systems for each value, in the languages of their countries, without spaces and signs."""
_GROUPS = re.compile(r"\d{1,3}(?:([.,'’ ])\d{3})(?:\1\d{3})*")
"""A whole number with separators of thousands."""
_DAMAGED = re.compile(r"\d[.,]\d+[eE]\+?\d+|\d[eE]\+\d+")
"""How spreadsheets show a long number, whose last digits are lost."""
_OF_FIVE = re.compile(
    r"(\d(?:[.,]\d+)?)\s*(?:/|out of|of|von|sur|de|su)\s*5(?:\s*stars?)?|(\d(?:[.,]\d+)?)\s*(?:stars?|★)", re.IGNORECASE
)


def shown(value: object) -> str:
    """`value` as an error message names it: short, and on one line."""
    text = str(value)
    return repr(text if len(text) <= 60 else text[:57] + "...")


def read_text(value: object) -> str:
    r"""Clean text without HTML; entities and "\," are resolved, which foreign exports have even in plain fields."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError(f"{shown(value)} is no text")
    return _at_most(_LONGEST_TEXT, plain(unescaped(clean(str(value)))).replace("\\,", ","))


def read_line(value: object) -> str:
    """Clean text on one line."""
    return _at_most(_LONGEST_LINE, " ".join(read_text(value).split()))


def read_id(value: object) -> str:
    """An identifier, never empty."""
    text = _at_most(_LONGEST_ID, read_line(value))
    if not text:
        raise ValueError(MISSING)
    return text


def read_link(value: object) -> str:
    """An address on the web, or one relative to the shop; "" for none. Schemes that a browser would run are refused."""
    text = _at_most(_LONGEST_LINE * 2, re.sub(r"[\t\n]", "", clean(str(value))))  # as browsers do
    scheme = re.match(r"([a-z][a-z0-9+.-]*):", re.sub(r"\s", "", text), re.IGNORECASE)
    if scheme and scheme[1].lower() not in ("http", "https"):
        raise ValueError(f"{shown(text)} is no http or https address")
    return text.replace(" ", "%20")


def read_count(value: object) -> int:
    """A whole number that is not negative: 12, "12", "12.0" or "1,204"."""
    number = _counted(value)
    if number != number.to_integral_value():
        raise ValueError(f"{shown(value)} is no whole number")
    if not 0 <= number <= _LARGEST_COUNT:
        raise ValueError(f"{shown(value)} is negative or too large")
    return int(number)


def read_stock(value: object) -> int:
    """How many are in stock: a part of one is none, and fewer than none (more was sold than there was) is none as well."""
    number = _counted(
        re.sub(
            r"(?i)^(?:more than|over|>=?)\s*|\s*(?:\+|pcs?\.?|pieces|units?|stück|stk\.?|pièces)$",
            "",
            str(value).strip(),
        )
    )
    if number > _LARGEST_COUNT:
        raise ValueError(f"{shown(value)} is too large")
    return max(0, int(number.to_integral_value(ROUND_FLOOR)))


def read_gtin(value: object) -> str:
    """A barcode's number. Raises ValueError for one that a spreadsheet has rounded."""
    text = read_line(value)
    if _DAMAGED.fullmatch(text):
        raise ValueError(f"{shown(text)} has lost digits in a spreadsheet")
    return text


def read_rating(value: object) -> float:
    """A rating from 0 to 5: 4.5, "4,5" or "4.5 out of 5"."""
    match = _OF_FIVE.fullmatch(str(value).strip())
    number = read_number(match[1] or match[2] if match else value)
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


def _counted(value: object) -> Decimal:
    """A number whose separators are of thousands; of "5.000", which may be a fraction, the smaller reading."""
    text = str(value).strip()
    if _GROUPS.fullmatch(text) and not re.fullmatch(r"\d{1,3}\.000", text):
        text = re.sub(r"\D", "", text)
    return read_number(text)


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


def _at_most(length: int, text: str) -> str:
    if len(text) > length:
        raise ValueError(f"has {len(text):,} characters; at most {length:,} are kept")
    return text
