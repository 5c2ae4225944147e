"""Spellings: the ways in which people write a fact's value, as patterns: "$89.00", "$89" and "89 dollars" are one price."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import permutations

from assistant.evidence.evidence import Fact, FactKind
from assistant.evidence.hints import IN_STOCK, LOW_STOCK, OUT_OF_STOCK
from finetune.tracing.numerals import as_digits, numeral

_SIGNS = {"$": ("dollars?", "bucks", "USD"), "€": ("euros?", "EUR"), "£": ("pounds?", "quid", "GBP")}
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DATE = re.compile(r"([A-Z][a-z]+) (\d{1,2})(?:, (\d{4}))?")
_AMOUNT = re.compile(r"\d[\d,]*(?:\.\d+)?")
_LEAST_NAME = 4
"""Letters of a name's first word from which it may stand for the whole."""
_MOST_ITEMS = 4
_DENIABLE = frozenset({FactKind.STOCK, FactKind.STATUS})
_AFFIRMED = r"(?<!not )(?<!n't )"
_COUNTED = {
    "quantity": r"left|in stock|remaining|pieces|of (?:them|these)",
    "count": r"options|results|products|of (?:them|these)|kinds|models|orders?|others",
}
_IN_STOCK = {
    IN_STOCK: r"in stock|available(?! (?:in|to|on|from|as|at|for))",
    LOW_STOCK: r"nearly sold out|almost sold out|almost gone|running low|low in stock|low on stock",
    OUT_OF_STOCK: r"sold out|out of stock|not in stock|not available|unavailable|no longer available",
}
_STATUS = {
    "processing": r"being (?:prepared|processed|packed)",
    "shipped": r"on (?:its|the) way|in transit",
    "delivered": r"delivered",
    "cancelled": r"cancell?ed",
    "returned": r"returned",
    "delayed": r"delayed|running late",
}


def spellings(fact: Fact, kinds: Sequence[str] = ()) -> Iterator[str]:
    """Patterns, without regard to case, that match what people write where they mean the value of `fact`.

    `kinds` are words for what was looked for: "3 tents" counts what was found, "3 days" does not.
    """
    if len(fact.text) > 1:
        yield (_AFFIRMED if fact.kind in _DENIABLE else "") + verbatim(fact.text)
    if fact.key.endswith((".colors", ".sizes")):
        yield from _lists(fact.text)
    maker = _MAKERS.get(fact.kind)
    if fact.kind is FactKind.NUMBER:
        yield from _number(fact, kinds)
    elif maker is not None:
        yield from maker(fact)


def verbatim(text: str) -> str:
    """A pattern for `text` as it stands, whatever the spaces in it, without its final dot."""
    return _bounded(r"\s+".join(re.escape(part) for part in text.strip().rstrip(".").split()))


def _lists(text: str) -> Iterator[str]:
    """The items of a list in any order: "green and red" where the record says "red and green"."""
    items = re.split(r", | and ", text)
    if 1 < len(items) <= _MOST_ITEMS:
        for order in permutations(items):
            yield _bounded(r"(?:,\s|,?\sand\s|,?\sor\s)".join(map(re.escape, order)))


def _bounded(pattern: str) -> str:
    return rf"(?<![\w$€£.-])(?:{pattern})(?![\w%]|[.,:]\d)"


def _money(fact: Fact) -> Iterator[str]:
    found = _AMOUNT.search(fact.text)
    if not found:
        return
    amount = Decimal(found.group().replace(",", ""))
    digits = "|".join(_amount_digits(amount))
    sign = next((sign for sign in _SIGNS if sign in fact.text), "$")
    words = "|".join(_SIGNS[sign])
    yield _bounded(
        rf"{re.escape(sign)}\s?(?:{digits})(?:\s(?:{words}))?|(?:{words})\s(?:{digits})|(?:{digits})\s?(?:{words}|{re.escape(sign)})"
    )
    if amount != amount.to_integral():
        yield _bounded(digits)


def _amount_digits(amount: Decimal) -> Iterator[str]:
    for form in (f"{amount:.2f}", f"{amount:,.2f}"):
        yield re.escape(form)
    if amount == amount.to_integral():
        for form in (f"{amount:.0f}", f"{amount:,.0f}"):
            yield re.escape(form)


def _date(fact: Fact) -> Iterator[str]:
    found = _DATE.fullmatch(fact.text)
    if not found or found[1] not in _MONTHS:
        return
    number, day = _MONTHS.index(found[1]) + 1, int(found[2])
    year = int(found[3] or date.today().year)  # a fact without its year is of this one
    month = rf"(?:{found[1]}|{found[1][:3]}\.?|Sept\.?)" if number == 9 else rf"(?:{found[1]}|{found[1][:3]}\.?)"
    weekday = date(year, number, day).strftime("%A") if _exists(year, number, day) else "-"
    lead = rf"(?:(?:{weekday}|{weekday[:3]}),?\s)?(?:the\s)?"
    tail = rf"(?:,?\s{year})?"
    yield _bounded(rf"{lead}{month}\s{day}(?:st|nd|rd|th)?{tail}|{lead}{day}(?:st|nd|rd|th)?\s(?:of\s)?{month}{tail}")
    yield _bounded(rf"{year}-{number:02}-{day:02}|0?{number}/0?{day}(?:/{year}|/{year % 100:02})?")


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _duration(fact: Fact) -> Iterator[str]:
    """ "30 days", "thirty days", "3-5 working days", "3 to 5 days"."""
    spans = re.findall(r"\w+", as_digits(fact.text))
    numbers = [word for word in spans if word.isdigit()]
    units = [word for word in spans if not word.isdigit() and word != "to"]
    if not numbers or not units:
        return
    unit = r"\s".join([rf"(?:{units[0]}\s)?" + _plural(units[1])] if len(units) == 2 else [_plural(units[-1])])
    yield _bounded(r"\s?(?:-|–|to|and)\s?".join(numeral(int(number)) for number in numbers) + rf"[\s-]{unit}")


def _plural(unit: str) -> str:
    return rf"{unit.rstrip('s')}s?"


def _rating(fact: Fact) -> Iterator[str]:
    score, _, rest = fact.text.partition(" out of ")
    if rest:
        yield _bounded(rf"{re.escape(score)}(?:\s?(?:/|out of)\s?{re.escape(rest)})?(?:[\s-]stars?)?")


def _number(fact: Fact, kinds: Sequence[str]) -> Iterator[str]:
    """A bare number counts only before a word that says what is counted; other numbers are other things."""
    counted = _COUNTED.get(fact.key.partition(".")[2])
    if counted and fact.text.isdigit():
        said = "|".join([counted, *map(re.escape, kinds)])
        yield _bounded(rf"(?:{numeral(int(fact.text))})(?=\s(?:{said})\b)")


def _code(fact: Fact) -> Iterator[str]:
    """A code with or without its sign, its letters in front and its spaces."""
    parts = re.findall(r"[A-Za-z]+|\d+", fact.text)
    joined = r"[\s-]?".join(map(re.escape, parts))
    yield _bounded(rf"#?\s?{joined}")
    long = [part for part in parts if part.isdigit() and len(part) > 3]
    if len(long) == 1 and parts[-1] == long[0]:
        yield rf"(?:#\s?|(?<=order )|(?<=number )|(?<=no\. )){long[0]}(?!\w)"


def _contact(fact: Fact) -> Iterator[str]:
    digits = re.sub(r"\D", "", fact.text)
    if "@" not in fact.text and len(digits) > 5:
        yield rf"(?<!\w)\+?\(?{r'[ ().-]*'.join(digits)}(?!\w)"


def _name(fact: Fact) -> Iterator[str]:
    """A title without its last words, as long as a telling word is left: "Alder 2" is the Alder 2 Tent."""
    words = fact.text.split()
    for length in range(len(words) - 1, 0, -1):
        if length > 1 or (len(words[0]) >= _LEAST_NAME and words[0][:1].isupper()):
            yield verbatim(" ".join(words[:length])) + r"(?!\s\d)"


def _stock(fact: Fact) -> Iterator[str]:
    if fact.hint in _IN_STOCK:
        yield _bounded(rf"{_AFFIRMED}(?:{_IN_STOCK[fact.hint]})")


def _status(fact: Fact) -> Iterator[str]:
    if fact.hint in _STATUS:
        yield _bounded(rf"{_AFFIRMED}(?<!be )(?:{_STATUS[fact.hint]})")


_MAKERS: Mapping[FactKind, Callable[[Fact], Iterator[str]]] = {
    FactKind.MONEY: _money, FactKind.DATE: _date, FactKind.DURATION: _duration, FactKind.RATING: _rating,
    FactKind.CODE: _code, FactKind.CONTACT: _contact, FactKind.NAME: _name,
    FactKind.STOCK: _stock, FactKind.STATUS: _status,
}  # fmt: skip
