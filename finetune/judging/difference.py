"""Difference: a figure before and after, and how far chance may have moved it.

Replies of one conversation resemble each other, so whole conversations are drawn with replacement, the same ones for both
sides (paired cluster bootstrap, percentile interval; Efron and Tibshirani 1993, chapters 8 and 13).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DRAWS = 2000
_TAILS = (0.025, 0.975)


@dataclass(frozen=True, slots=True)
class Ratio:
    """A figure that is a sum over replies by another: nats by tokens, right ones by all. Both have shape (replies,)."""

    over: Floats
    under: Floats

    @classmethod
    def mean(cls, values: Sequence[float]) -> Self:
        """The mean of `values`, one for each reply."""
        listed = np.asarray(values, np.float64)
        return cls(listed, np.ones_like(listed))

    @property
    def value(self) -> float:
        """The figure; NaN without replies."""
        total = float(self.under.sum())
        return float(self.over.sum()) / total if total else float("nan")


@dataclass(frozen=True, slots=True)
class Difference:
    """`change` is after less before; `low` to `high` is its 95 % interval."""

    before: float
    after: float
    change: float
    low: float
    high: float

    @property
    def is_certain(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low > 0 or self.high < 0


class Conversations:
    """To which conversation each reply belongs; draws of conversations, the same ones for every figure."""

    def __init__(self, ids: Sequence[str], seed: int = 1, draws: int = DRAWS) -> None:
        names, self._place = np.unique(np.asarray(ids, dtype=object).astype(str), return_inverse=True)
        self.count = len(names)
        chance = np.random.default_rng(seed)
        even = np.full(self.count, 1 / max(self.count, 1))
        self._times = chance.multinomial(self.count, even, size=draws).astype(np.float64)

    def interval(self, ratio: Ratio) -> tuple[float, float]:
        """The 95 % interval of one figure."""
        return _tails(self._drawn(ratio))

    def difference(self, before: Ratio, after: Ratio) -> Difference:
        """What changed from `before` to `after`, which are of the same replies."""
        low, high = _tails(self._drawn(after) - self._drawn(before))
        return Difference(before.value, after.value, after.value - before.value, low, high)

    def _drawn(self, ratio: Ratio) -> Floats:
        """The figure in each of the draws; draws in which it has no value are left out by `_tails`."""
        over, under = (np.bincount(self._place, part, self.count) for part in (ratio.over, ratio.under))
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray((self._times @ over) / (self._times @ under))


def _tails(values: Floats) -> tuple[float, float]:
    known = values[np.isfinite(values)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.quantile(known, _TAILS)
    return float(low), float(high)
