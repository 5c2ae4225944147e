"""Shop: who speaks, and how a person there is reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, tzinfo


@dataclass(frozen=True, slots=True)
class Shop:
    """The shop as replies name it. What is empty is left unsaid. Its days are counted in `zone`."""

    name: str
    email: str = ""
    phone: str = ""
    hours: str = ""
    return_days: int = 30
    zone: tzinfo = UTC
