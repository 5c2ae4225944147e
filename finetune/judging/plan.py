"""Plan: how much is judged, and the seed of every draw."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

Item = TypeVar("Item")

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How many replies are ranked, written and shown, and the seed of every draw."""

    ranked: int = 200
    written: int = 200
    shown: int = 20
    seed: int = 1


def spread(items: Sequence[Item], count: int) -> list[Item]:
    """At most `count` of `items`, at even distances."""
    kept = min(count, len(items))
    return [items[number * len(items) // kept] for number in range(kept)]
