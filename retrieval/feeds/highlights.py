"""Highlights: short sentences about a product that feeds give as a list, Google Merchant's `product_highlight`.

Field reference: https://support.google.com/merchants/answer/9216100
"""

from __future__ import annotations

import csv
import re

from retrieval.feeds.text import unescaped

_NEXT = re.compile(r"\s*[;|\n•]\s*|,\s*(?=[A-Z\d])")
"""What parts the highlights of a cell; a comma only before a capital letter, for "light, warm and dry" is one."""


def highlight_sentences(value: object) -> list[str]:
    """The highlights in a list or a cell, each as a sentence with its final sign."""
    if isinstance(value, list):
        parts = [str(each) for each in value if isinstance(each, str)]
    elif isinstance(value, str):
        parts = (
            next(csv.reader([value.replace("\n", " ")], skipinitialspace=True)) if '"' in value else _NEXT.split(value)
        )
    else:
        return []
    said = (" ".join(unescaped(part).split()).lstrip("-–*• ") for part in parts)
    return [text if text[-1] in ".!?" else f"{text}." for text in said if text]


def with_highlights(description: object, highlights: list[str]) -> object:
    """A description with highlights behind it; a description that is no text is left for the reader of the row to report."""
    if description is not None and not isinstance(description, str):
        return description
    text = (description or "").rstrip()
    if text and text[-1].isalnum():
        text += "."
    return " ".join(filter(None, [text, *highlights]))
