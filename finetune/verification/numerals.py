"""Numerals: the numbers that a text says, in digits or in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_TO_TWENTY = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
    "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
WORDS = {word: number for number, word in enumerate(_TO_TWENTY)} | {
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100,
}  # fmt: skip
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_WORD = re.compile(rf"\b(?:({_TENS})[- ])?({'|'.join(WORDS)})\b", re.IGNORECASE)
_MEASURED = re.compile(
    r"[- ](?:\w+ )?(?:days?|weeks?|months?|years?|hours?|minutes?|percent|per cent|dollars?|euros?|pounds?|cm|mm|m|inch(?:es)?|feet|kg|lbs?|"
    r"grams?|lit(?:er|re)s?|people|persons?|stars)\b",
    re.IGNORECASE,
)
_SMALLEST_CLAIM = 4
"""Smaller numbers in words are also ways of speaking: "a day or two"."""


def plain(numeral: str) -> str:
    """A numeral without separators of thousands and closing zeros: "1,200" and "1200.0" are the same."""
    digits = re.sub(r",(?=\d{3}(?:\D|$))", "", numeral).replace(",", ".")
    try:
        return f"{Decimal(digits).normalize():f}"
    except InvalidOperation:
        return numeral


def numbers(text: str) -> frozenset[str]:
    """Every number in `text`, plain; "twelve" is 12."""
    return frozenset(map(plain, NUMBER.findall(text))) | {number for _, _, number in worded(text)}


def worded(text: str) -> Iterator[tuple[int, str, str]]:
    """Numbers in words: where each is, as it is written, and plain."""
    for found in _WORD.finditer(text):
        tens = WORDS[found[1].lower()] if found[1] else 0
        yield found.start(), found[0], str(tens + WORDS[found[2].lower()])


def worded_measures(text: str) -> list[tuple[int, str, str]]:
    """The numbers in words that measure something, such as "twelve years"; others are mostly ways of speaking."""
    return [
        each
        for each in worded(text)
        if int(each[2]) >= _SMALLEST_CLAIM and _MEASURED.match(text[each[0] + len(each[1]) :])
    ]
