"""Highlights: short sentences about a product that feeds give as a list, Google Merchant's `product_highlight`.

Field reference: https://support.google.com/merchants/answer/9216100
"""

from __future__ import annotations

import csv
import re

from retrieval.feeds.text import unescaped

_NEXT = re.compile(r"\s*[;|\n•]\s*|,\s*(?=[A-Z])|,\s+(?=\d)")
"""Separates the highlights of a cell. A comma does so only before a capital letter, or a space and a digit: "light, warm and dry" is one, and so is "1,000 litres"."""
_BULLET = re.compile(r"^(?:[-–*](?:\s+|$|(?=[^\W\d]))|•\s*)+")
"""Bullets at the start, with or without a space behind them; a sign right before a digit is a minus."""


def highlight_sentences(value: object) -> list[str]:
    """The highlights in a list or a cell, each as a sentence with its final sign."""
    if isinstance(value, list):
        parts = [str(each) for each in value if isinstance(each, str)]
    elif isinstance(value, str):
        parts = _cells(value)
    else:
        return []
    said = (_BULLET.sub("", " ".join(unescaped(part).split()), count=1) for part in parts)
    return [text if text[-1] in ".!?" else f"{text}." for text in said if text]


def _cells(value: str) -> list[str]:
    """The highlights of one cell: quoted and with commas between them, or divided by signs."""
    if not value.lstrip().startswith('"'):
        return _NEXT.split(value)
    try:
        return next(csv.reader([value.replace("\n", " ")], skipinitialspace=True))
    except csv.Error:
        return _NEXT.split(value)


def with_highlights(description: object, highlights: list[str]) -> object:
    """A description with highlights behind it; a description that is no text is left for the reader of the row to report."""
    if description is not None and not isinstance(description, str):
        return description
    text = (description or "").rstrip()
    if text and text[-1].isalnum():
        text += "."
    return " ".join(filter(None, [text, *highlights]))
