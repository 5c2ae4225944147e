"""Gathering: puts rows of one conversation together that lie scattered in a file, within a fixed amount of memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Row = TypeVar("Row")

_MOST_HELD = 1 << 25
"""Characters that are held at once. Beyond that the conversation that has been silent for longest is taken as ended."""
_ROW_COST = 400  # what a row takes beside its text


@dataclass(slots=True)
class Gathered(Generic[Row]):
    """The rows of one conversation, and where the first one stands."""

    key: str
    place: str
    rows: list[Row] = field(default_factory=list)
    size: int = 0


def gathered(rows: Iterable[tuple[str, str, int, Row]], most_held: int = _MOST_HELD) -> Iterator[Gathered[Row]]:
    """Conversations, from rows of (key, place, length, row).

    In a file sorted by time conversations are interleaved, but each lasts for a limited time: so a window suffices.
    """
    held: OrderedDict[str, Gathered[Row]] = OrderedDict()
    total = 0
    for key, place, length, row in rows:
        conversation = held.setdefault(key, Gathered(key, place))
        held.move_to_end(key)
        conversation.rows.append(row)
        conversation.size += length + _ROW_COST
        total += length + _ROW_COST
        while total > most_held:
            _, ended = held.popitem(last=False)
            total -= ended.size
            yield ended
    yield from held.values()
