"""Shop: who speaks, and how a person there is reached."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shop:
    """The shop as replies name it. What is empty is left unsaid."""

    name: str
    email: str = ""
    phone: str = ""
    hours: str = ""
    return_days: int = 30
