"""JSON values of a file, each with its line: one per line (JSONL), a list, or an object that holds them all."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Any

from retrieval.feeds.report import WHOLE_ROW, RowError
from retrieval.feeds.source import Source

LISTS = frozenset(
    {"products", "items", "data", "results", "records", "customers", "orders", "events", "faqs", "@graph"}
)
"""Names under which an object may hold the records that are meant."""


def json_values(source: Source, lists: Collection[str] = LISTS) -> Iterator[tuple[int, Any] | RowError]:
    """Every value with the line on which it begins. Decimal fractions come as Decimal, for they may be money.

    What is no JSON is reported; reading goes on with the next line, or ends where it cannot.
    """
    if _is_one_per_line(source):
        yield from _by_line(source)
        return
    text = source.text().removeprefix("\ufeff")
    if text.lstrip().startswith("["):
        yield from _members(source.name, text, text.index("["))
    elif (whole := _decoded(text)) is not None:
        yield from _object(source.name, text, whole, lists)
    else:
        yield from _by_line(source)


def _is_one_per_line(source: Source) -> bool:
    """Whether each of the first two lines that are not blank is a whole object."""
    filled = (line for line in source.lines() if line.strip())
    first, second = next(filled, ""), next(filled, "")
    return isinstance(_decoded(first), dict) and isinstance(_decoded(second), dict)


def _by_line(source: Source) -> Iterator[tuple[int, Any] | RowError]:
    for number, line in enumerate(source.lines(), start=1):
        if line.strip():
            try:
                yield number, decode(line.strip())
            except (ValueError, RecursionError) as error:
                yield RowError(source.name, number, WHOLE_ROW, _fault(error))


def _members(file: str, text: str, start: int) -> Iterator[tuple[int, Any] | RowError]:
    """The elements of the list, or the values of the object, that opens at `start`."""
    closing = _CLOSING[text[start]]
    place, line, counted = start + 1, 1 + text.count("\n", 0, start + 1), start + 1
    while True:
        place = _skip(text, place, " \t\r\n,")
        if text[place : place + 1] == closing:
            return
        line, counted = line + text.count("\n", counted, place), place
        try:
            if closing == "}":
                _, place = _DECODER.raw_decode(text, place)
                place = _skip(text, place, " \t\r\n:")
            value, place = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError) as error:
            at = getattr(error, "pos", place)
            following = _NEXT_OBJECT.search(text, max(at, place + 1)) if closing == "]" else None
            left = "it is left out" if following else "nothing after it can be read"
            yield RowError(file, line, WHOLE_ROW, f"{_fault(error)}; {left}")
            if following is None:
                return
            place = following.end()
            continue
        yield line, value


def _object(file: str, text: str, whole: Any, lists: Collection[str]) -> Iterator[tuple[int, Any] | RowError]:
    """The records that the object holds under the first of the names `lists`, or the object itself."""
    line = 1 + text.count("\n", 0, _skip(text, 0, " \t\r\n"))
    if not isinstance(whole, dict) or not any(name in lists and _holds_records(value) for name, value in whole.items()):
        yield line, whole
        return
    place = text.index("{") + 1
    while True:
        name, place = _DECODER.raw_decode(text, _skip(text, place, " \t\r\n,"))
        place = _skip(text, place, " \t\r\n:")
        if name in lists and _holds_records(whole[name]):
            yield from _members(file, text, place)
            return
        _, place = _DECODER.raw_decode(text, place)


def _holds_records(value: Any) -> bool:
    """Whether it is a list, or an object of objects by their ids."""
    if isinstance(value, dict):
        return bool(value) and all(isinstance(inner, dict) for inner in value.values())
    return isinstance(value, list)


def _skip(text: str, place: int, letters: str) -> int:
    while place < len(text) and text[place] in letters:
        place += 1
    return place


def decode(text: str) -> Any:
    """The one JSON value that `text` holds. Raises ValueError or RecursionError."""
    value, end = _DECODER.raw_decode(text, _skip(text, 0, " \t\r\n\ufeff"))
    if text[end:].strip():
        raise ValueError(f"holds {text[end:].strip()[:20]!r} after the end of the value")
    return value


def _decoded(text: str) -> Any:
    try:
        return decode(text)
    except (ValueError, RecursionError):
        return None


def _fault(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"is not JSON: {error.msg} at character {error.colno}"
    return f"is not JSON: {error}"


def _nothing(constant: str) -> None:
    """What NaN and Infinity say, which Python and pandas write where they have no value."""


_NEXT_OBJECT = re.compile(r"\}\s*,\s*(?=\{)")
"""Where a list of objects goes on after one that cannot be read."""
_CLOSING = {"[": "]", "{": "}"}
_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_nothing)
