"""Rating: what a customer thinks of one reply."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

LONGEST_REASON = 500
"""Characters of a reason that are kept."""


class Thumb(StrEnum):
    """Whether a reply helped."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class RatedReply:
    """A reply that a customer has rated at the time `rated`, with the message it answers."""

    rated: datetime
    rating: Thumb
    reason: str
    message: str
    reply: str
    fallback: bool
    model: str
