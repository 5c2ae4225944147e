"""Numbers in words, written as digits: "a hundred", "twenty-five", "1.5k", "half a dozen"."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

_ONES = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
}  # fmt: skip
_TEENS = {
    "zero": 0, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90, "ninty": 90,
}  # fmt: skip
_SMALL_VALUES = _ONES | _TEENS | _TENS


def _any_of(words: dict[str, int]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_SMALL = rf"(?:(?:{_any_of(_TENS)})(?:[\s-](?:{_any_of(_ONES)})\b)?|{_any_of(_TEENS | _ONES)})"
_COUNT = rf"(?:{_SMALL}|half\s+a|(?:a\s+)?couple(?:\s+of)?|an?)"
_HUNDREDS = rf"(?:{_COUNT}[\s-]+)?hundreds?(?:\s+(?:and\s+)?{_SMALL})?"
_PHRASE = re.compile(
    rf"\b(?:(?:{_HUNDREDS}|{_COUNT})[\s-]+(?:thousands?|grand)(?:\s+(?:and\s+)?(?:{_HUNDREDS}|{_SMALL}))?|{_HUNDREDS}|{_SMALL})\b",
    re.IGNORECASE,
)
_UNIT_NOUN = re.compile(
    r"[\s-]+(?:star|person|people|man|item|piece|day|week|hour|year|dollar|pound|euro|buck|kilo|kg|litre|liter|inch|pack)s?\b",
    re.IGNORECASE,
)
_BEFORE_ONE = re.compile(r"(?:\bsize|\bnumber|\boption|\bfor|\bunder|\bexactly)\s+$", re.IGNORECASE)
_DOZEN = re.compile(r"\b(half a|a|one|\d+|two|three)\s+dozens?\b", re.IGNORECASE)
_THOUSANDS = re.compile(r"(?<![\w.-])(\d+(?:\.\d+)?)k\b", re.IGNORECASE)

NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+,\d{1,2}(?!\d)|\d+(?:\.\d+)?|\.\d+)"
"""Pattern of a number in digits, to be read by `to_decimal`."""


def in_digits(text: str) -> str:
    """`text` with every number word as digits. "one" as a pronoun ("the red one", "that one") stays."""
    text = _DOZEN.sub(lambda found: str(_dozens(found.group(1))), text)
    text = _PHRASE.sub(lambda found: _replaced(found, text), text)
    return _THOUSANDS.sub(lambda found: f"{Decimal(found.group(1)) * 1000:f}".removesuffix(".0"), text)


def to_decimal(text: str) -> Decimal | None:
    """The value of a number in digits ("1,299.50", "12,5"), or None when it is none or beyond a thousand million."""
    plain = text.strip()
    if re.fullmatch(r"\d+,\d{1,2}", plain):
        plain = plain.replace(",", ".")
    try:
        value = Decimal(plain.replace(",", "").rstrip("."))
    except InvalidOperation:
        return None
    return value if value < 10**9 else None


def _replaced(found: re.Match[str], text: str) -> str:
    phrase = found.group()
    if phrase.lower() == "one":
        counts = _UNIT_NOUN.match(text, found.end()) or _BEFORE_ONE.search(text[: found.start()])
        return "1" if counts else phrase
    return str(_value(phrase.lower()))


def _value(phrase: str) -> int:
    total, current = 0, 0
    for word in re.split(r"[\s-]+", phrase):
        if word == "couple":
            current = 2
        elif word.startswith("hundred"):
            current = max(current, 1) * 100
        elif word.startswith("thousand") or word == "grand":
            total, current = total + max(current, 1) * 1000, 0
        else:
            current += _SMALL_VALUES.get(word, 0)
    return (total + current) // (2 if phrase.startswith("half") else 1)


def _dozens(count: str) -> int:
    if count.lower() == "half a":
        return 6
    return 12 * (int(count) if count.isdigit() else _ONES.get(count.lower(), 1))
