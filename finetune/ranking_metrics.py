"""Ranking metrics over whole rankings, with bootstrap confidence intervals."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

DEPTH = 10


def ndcg(ranking: Sequence[Hashable], right: Collection[Hashable], depth: int = DEPTH) -> float:
    """Normalised discounted cumulative gain with binary relevance (Järvelin and Kekäläinen 2002), 0 to 1."""
    gain = sum(1 / np.log2(place + 2) for place, item in enumerate(ranking[:depth]) if item in right)
    best = sum(1 / np.log2(place + 2) for place in range(min(depth, len(right))))
    return float(gain / best) if best else 0.0


def graded_ndcg(ranking: Sequence[str], grades: Mapping[str, float], depth: int = DEPTH) -> float:
    """Normalized DCG with the gain 2^grade - 1 (Burges et al. 2005), 0 to 1; what has no grade counts as 0."""
    gains = [2 ** grades.get(item, 0.0) - 1 for item in ranking[:depth]]
    best = sorted((2**grade - 1 for grade in grades.values()), reverse=True)[:depth]
    ideal = _discounted(best)
    return _discounted(gains) / ideal if ideal else 0.0


def _discounted(gains: Sequence[float]) -> float:
    return float(sum(gain / np.log2(place + 2) for place, gain in enumerate(gains)))


def hit(ranking: Sequence[Hashable], right: Collection[Hashable], depth: int = DEPTH) -> float:
    """1 when any right item is among the first `depth`, else 0."""
    return float(any(item in right for item in ranking[:depth]))


def reciprocal_rank(ranking: Sequence[Hashable], right: Collection[Hashable], depth: int = DEPTH) -> float:
    """1 / the place of the first right item among the first `depth`, else 0."""
    return next((1 / place for place, item in enumerate(ranking[:depth], start=1) if item in right), 0.0)


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over cases with its 95 % interval by the percentile bootstrap (Efron 1979); NaN without cases."""

    value: float
    low: float
    high: float
    cases: int

    @classmethod
    def of(cls, values: Sequence[float], seed: int = 1, draws: int = 2000) -> Mean:
        """The mean of `values`, resampled `draws` times."""
        if not values:
            return cls(float("nan"), float("nan"), float("nan"), 0)
        listed = np.asarray(values)
        dice = np.random.default_rng(seed)
        means = listed[dice.integers(0, len(listed), (draws, len(listed)))].mean(axis=1)
        low, high = np.quantile(means, (0.025, 0.975))
        return cls(float(listed.mean()), float(low), float(high), len(listed))

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def ratio_of_means(left: Sequence[float], right: Sequence[float], seed: int = 1, draws: int = 2000) -> Mean:
    """Mean of `left` over mean of `right`, paired by case: each bootstrap draw takes the same cases of both."""
    if not left:
        return Mean.of([])
    pairs = np.stack((np.asarray(left), np.asarray(right)), axis=1)
    dice = np.random.default_rng(seed)
    means = pairs[dice.integers(0, len(pairs), (draws, len(pairs)))].mean(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = np.quantile(means[:, 0] / means[:, 1], (0.025, 0.975))
        value = pairs[:, 0].mean() / pairs[:, 1].mean()
    return Mean(float(value), float(low), float(high), len(pairs))
