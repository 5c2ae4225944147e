"""Blanks and hidden records: the one place that decides what says nothing, and what is not meant for customers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

_WORDS = frozenset(
    {
        "nan", "null", "none", "nil", "undefined", "n/a", "#n/a", "na", "n.a.", "unknown", "not applicable", "not available",
        "no value", "-", "--", "–", "—", "?", "tbd",
    }
)  # fmt: skip
"""What spreadsheets and exports write where they have no value."""
_WORDS_ARE_VALUES = frozenset({"id", "title", "answer"})
"""Fields in which such a word can be meant: a game may be called "Unknown"."""
ATTRIBUTE = "attribute"
"""The field of any attribute: there "none" says something, as in "smell: none"."""
_ZERO_IS_BLANK = frozenset({"sale_price", "item_group_id", "gtin", "rating"})
"""Fields in which shop systems write 0 for "none": no sale, no parent, no barcode, not rated yet."""
_ZERO = re.compile(r"(?:[A-Za-z]{3}\s?|[^\w\s]\s?)?0+(?:[.,]0+)?(?:\s?[A-Za-z]{3}|\s?[^\w\s])?")
"""Zero with or without a currency."""
_HIDDEN_STATES = frozenset({"draft", "private", "pending", "trash", "archived", "future", "inactive", "unlisted"})
_NO = frozenset({"false", "no", "0", "-1"})
_YES = frozenset({"true", "yes", "1"})


def is_empty(value: object) -> bool:
    """True for null, blank text and empty lists and objects, whatever the field."""
    return value is None or value in ((), [], {}) or (isinstance(value, str) and not value.strip())


def is_blank(value: object, field: str = "") -> bool:
    """True if a cell or JSON value says nothing: null, blank text, an empty list, a word for nothing, or 0 where 0 means none.

    `field` is the field of the record that the value is for, if it is known.
    """
    if is_empty(value):
        return True
    if isinstance(value, str) and field not in _WORDS_ARE_VALUES:
        word = value.strip().casefold()
        if word in _WORDS and not (word == "none" and field == ATTRIBUTE):
            return True
    return field in _ZERO_IS_BLANK and _is_zero(value)


def hidden(values: Mapping[str, object]) -> str:
    """Why a record is not for customers ("draft", "hidden"), or "". `values` are by names in snake_case."""
    for name in ("status", "post_status", "state"):
        state = str(values.get(name) or "").strip().casefold()
        if state in _HIDDEN_STATES:
            return state
    for name in ("visibility", "catalog_visibility", "visibility_in_catalog"):
        if str(values.get(name) or "").strip().casefold() in ("hidden", "private", "none"):
            return "hidden"
    if str(values.get("draft", "")).strip().casefold() in _YES:
        return "draft"
    for name in ("published", "is_published", "is_visible", "visible"):
        if str(values.get(name, "true")).strip().casefold() in _NO:
            return "not published"
    return ""


def _is_zero(value: object) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, int | float | Decimal):
        return value == 0
    return isinstance(value, str) and _ZERO.fullmatch(value.strip()) is not None
