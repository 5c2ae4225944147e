"""Reciprocal rank fusion: one ranking from several, by ranks alone.

Cormack, Clarke and Büttcher 2009, "Reciprocal rank fusion outperforms Condorcet and individual rank learning
methods", https://doi.org/10.1145/1571941.1572114.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

K = 60
"""The paper's constant; it keeps one list's first place from deciding alone."""

Key = TypeVar("Key", bound=Hashable)


def fuse(rankings: Iterable[Sequence[Key]], k: int = K) -> dict[Key, float]:
    """Score of every key, the sum of 1 / (k + rank) over the `rankings` (best first), highest first.

    Equal scores keep the order in which the keys were first met.
    """
    scores: dict[Key, float] = {}
    for ranking in rankings:
        for rank, key in enumerate(ranking, start=1):
            scores[key] = scores.get(key, 0.0) + 1.0 / (k + rank)
    return dict(sorted(scores.items(), key=lambda item: -item[1]))
