"""Format: how one tool writes a conversation as a JSON object."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from finetune.transcripts.draft import Draft, Record


@dataclass(frozen=True, slots=True)
class Format:
    """`fits` tells whether an object is a conversation of this format; `read` makes a draft of one.

    `read` raises ValueError, with a reason that quotes no message, where a record is broken.
    """

    name: str
    fits: Callable[[Record], bool]
    read: Callable[[Record], Draft]


def holds_objects(record: Record, name: str, *members: str) -> bool:
    """Whether the field `name` is a list, empty or of objects of which the first has one of `members`."""
    value = record.get(name)
    if not isinstance(value, list):
        return False
    return not value or (isinstance(value[0], dict) and any(member in value[0] for member in members))
