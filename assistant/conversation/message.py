"""Message: a customer's raw text made safe to store, count and read."""

from __future__ import annotations

import unicodedata

_KEPT_CONTROLS = frozenset("\n\t")
_DIRECTION_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LEFT_OUT = " … "
_MOST_MARKS = 30
"""Combining marks in a run, as in the stream-safe text format (https://unicode.org/reports/tr15/#Stream_Safe_Text_Format)."""


def clean(text: str, longest: int | None = None) -> str:
    """Return `text` in Unicode's composed form, without control characters and surrounding space.

    `longest` cuts it to so many characters before any other work. Line breaks, tabs and joiners inside emoji stay;
    controls that turn the direction of text round go, because they make a price read backwards. A surrogate that has
    no partner, which no database stores, becomes the replacement character.

    The cost is linear: normalization sorts a run of combining marks in quadratic time, so runs are cut first.
    """
    text = text.strip()[:longest]
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    lines = whole.replace("\r\n", "\n").replace("\r", "\n")
    printable = "".join(character for character in lines if _is_kept(character))
    composed = unicodedata.normalize("NFC", _stream_safe(printable))
    return _stream_safe(composed)[:longest].strip()  # a few characters become several marks when they are composed


def shortened(text: str, longest: int) -> str:
    """The beginning and the end of `text`, `longest` characters at most: who pastes a page often asks about it at the end."""
    text = text.strip()
    if len(text) <= longest:
        return text
    half = (longest - len(_LEFT_OUT)) // 2
    return f"{text[:half]}{_LEFT_OUT}{text[-half:]}"


def _is_kept(character: str) -> bool:
    if character in _DIRECTION_CONTROLS:
        return False
    return character in _KEPT_CONTROLS or unicodedata.category(character) != "Cc"


def _stream_safe(text: str) -> str:
    """Return `text` without the combining marks beyond the 30th of each run."""
    if text.isascii():
        return text
    kept, run = [], 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        if run <= _MOST_MARKS:
            kept.append(character)
    return "".join(kept)
