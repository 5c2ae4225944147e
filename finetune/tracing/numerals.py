"""Numerals: small numbers in words and in digits."""

from __future__ import annotations

import re

_SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["-", "-", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)?", re.IGNORECASE)
_MOST = 100


def in_words(number: int) -> str:
    """ "fourteen", "twenty-one"; "" from 100 upwards, where people write digits."""
    if number < len(_SMALL):
        return _SMALL[number]
    if number >= _MOST:
        return ""
    tens, ones = divmod(number, 10)
    return _TENS[tens] + (f"-{_SMALL[ones]}" if ones else "")


_VALUES = {in_words(number): number for number in range(_MOST)}


def numeral(number: int) -> str:
    """A pattern for `number` in digits, with or without commas, or in words."""
    forms = dict.fromkeys([str(number), f"{number:,}", in_words(number)])
    return "(?:" + "|".join(form for form in forms if form) + ")"


def as_digits(text: str) -> str:
    """`text` with its number words in digits: "three days" is "3 days"."""
    return _WORD.sub(lambda found: str(_VALUES.get(found.group().lower(), found.group())), text)
