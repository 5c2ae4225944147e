"""JSON records of a file, one at a time, whatever the file's size: JSONL, a list, or an object that holds the list."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import ijson

from finetune.transcripts.report import BadRecord
from retrieval.feeds.source import Source

Placed = tuple[str, Any]
"""Where a record stands in its file, "line 3" or "record 3", and its value."""
IsRecord = Callable[[Any], bool]

_LONGEST_RECORD = 1 << 24
"""Characters of one line of JSONL."""
_LONGEST_WHOLE = 1 << 20
"""Characters of a file that is read whole, because it may be a single conversation."""
_PIECE = 1 << 15
_LISTS = ("conversations", "tickets", "payload", "data", "results", "records", "items", "chats", "messages")
"""Names under which an object may hold its records, also inside "data"."""
_CUT = "is not JSON, or the file is cut off here; nothing after it can be read"


def json_records(source: Source, is_record: IsRecord) -> Iterator[Placed | BadRecord]:
    """Every record with its place. What is no JSON is reported; where reading can go on, it goes on.

    `is_record` tells a conversation from a page that holds many.
    """
    start = _head(source, 1 << 16).lstrip("\ufeff \t\r\n")
    if start.startswith("["):
        yield from _members(source, "item")
    elif _is_one_per_line(source):
        yield from _by_line(source, is_record)
    elif is_record(whole := _whole(source)):
        yield "record 1", whole
    elif prefix := _list_prefix(source):
        yield from _members(source, f"{prefix}.item")
    else:
        yield from _by_line(source, is_record)


def _head(source: Source, length: int) -> str:
    """The first `length` characters, or a little more."""
    held = ""
    for block in source.blocks():
        held += block
        if len(held.lstrip("\ufeff \t\r\n")) >= length:
            break
    return held


def _is_one_per_line(source: Source) -> bool:
    """Whether the first line that is not blank is a whole object and another line follows."""
    first = True
    for _, line in _lines(source, _LONGEST_WHOLE):
        if line is None or (line.strip() and first and not isinstance(_decoded(line), dict)):
            return False
        if line.strip():
            if not first:
                return True
            first = False
    return False


def _whole(source: Source) -> Any:
    """The one value of a file of at most a million characters; None where it is longer or no JSON."""
    text = _head(source, _LONGEST_WHOLE + 1)
    return _decoded(text) if len(text) <= _LONGEST_WHOLE else None


def _unfolded(place: str, value: Any, is_record: IsRecord) -> Iterator[Placed]:
    """The value, or the records of the page that it is."""
    if isinstance(value, dict) and not is_record(value):
        inside = value["data"] if isinstance(value.get("data"), dict) else value
        for name in _LISTS:
            if isinstance(inside.get(name), list):
                yield from ((f"{place}, record {number}", each) for number, each in enumerate(inside[name], start=1))
                return
    yield place, value


def _by_line(source: Source, is_record: IsRecord) -> Iterator[Placed | BadRecord]:
    for number, line in _lines(source, _LONGEST_RECORD):
        if line is None:
            yield BadRecord(source.name, f"line {number}", f"has more than {_LONGEST_RECORD:,} characters")
        elif line.strip():
            try:
                value = json.loads(line.strip().removeprefix("\ufeff"))
                yield from _unfolded(f"line {number}", value, is_record)
            except (ValueError, RecursionError) as error:
                reason = f": {error.msg} at character {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
                yield BadRecord(source.name, f"line {number}", f"is not JSON{reason}")


def _lines(source: Source, longest: int) -> Iterator[tuple[int, str | None]]:
    """Each line with its number; None in place of one that is too long to be held."""
    held, number, too_long = "", 1, False
    for block in source.blocks():
        *ended, rest = block.split("\n")
        for line in ended:
            yield number, None if too_long or len(held) + len(line) > longest else held + line
            held, number, too_long = "", number + 1, False
        too_long = too_long or len(held) + len(rest) > longest
        held = "" if too_long else held + rest
    if held or too_long:
        yield number, None if too_long else held


def _members(source: Source, prefix: str) -> Iterator[Placed | BadRecord]:
    """The members of the list at `prefix`, each built and handed on before the next is read."""
    found, number = ijson.sendable_list(), 0
    parser = ijson.items_coro(found, prefix, use_float=True)
    try:
        for piece in _pieces(source):
            parser.send(piece)
            for value in found:
                number += 1
                yield f"record {number}", value
            del found[:]
        parser.close()
    except (ijson.JSONError, RecursionError):
        for value in found:
            number += 1
            yield f"record {number}", value
        yield BadRecord(source.name, f"record {number + 1}", _CUT)


def _list_prefix(source: Source) -> str:
    """Where the records stand in an object too large to be held: "tickets", "data.payload"; "" where no list is known."""
    events = ijson.sendable_list()
    parser = ijson.parse_coro(events)
    known = {*_LISTS, *(f"data.{name}" for name in _LISTS)}
    try:
        for piece in _pieces(source):
            parser.send(piece)
            for prefix, event, _ in events:
                if event == "start_array" and prefix in known:
                    return str(prefix)
            del events[:]
    except ijson.JSONError:
        return ""
    return ""


def _pieces(source: Source) -> Iterator[bytes]:
    """The file in small pieces, for whatever one of them holds is built before the first is handed on."""
    for block in source.blocks():
        for place in range(0, len(block), _PIECE):
            yield block[place : place + _PIECE].replace("\ufeff", "").encode("utf-8", "replace")


def _decoded(text: str) -> Any:
    try:
        return json.loads(text.strip().removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return None
