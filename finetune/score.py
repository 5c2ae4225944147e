"""Score: a share of right answers with its confidence interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

_Z = 1.959964


@dataclass(frozen=True, slots=True)
class Score:
    """`right` answers among `count`."""

    right: int
    count: int

    @classmethod
    def of(cls, answers: NDArray[np.bool_]) -> Self:
        """The score of answers that are right or not."""
        return cls(int(answers.sum()), len(answers))

    @property
    def share(self) -> float:
        """Right answers of all."""
        return self.right / max(self.count, 1)

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953."""
        count = max(self.count, 1)
        centre = self.share + _Z**2 / (2 * count)
        reach = _Z * (self.share * (1 - self.share) / count + _Z**2 / (4 * count**2)) ** 0.5
        low, high = (centre - reach) / (1 + _Z**2 / count), (centre + reach) / (1 + _Z**2 / count)
        return max(low, 0.0), min(high, 1.0)  # by rounding a bound may lie a hair outside

    def __str__(self) -> str:
        low, high = self.interval
        return f"{100 * self.share:.2f} % ({100 * low:.2f} to {100 * high:.2f})"
