"""The head of the sequence evaluation: a weighted sum of what several models say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from finetune.recommending.ranking import USERS, Floats, Ranks, Scores, mean_gain
from finetune.recommending.sequences import Items, Split

_WEIGHTS = (0.0, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Blend:
    """A weighted sum of scores, each standardized over the items of a user."""

    parts: Sequence[Scores]
    weights: tuple[float, ...]

    @classmethod
    def fit(cls, parts: Sequence[Scores], split: Split, with_history: bool) -> Blend:
        """Start from the best part; change one weight at a time to what ranks the answers of `split` best."""
        held = [_standardized(part(split.known)) for part in parts]
        alone = [_gain_of(scores, split, with_history) for scores in held]
        best = int(np.argmax(alone))
        weights, value, total = [0.0] * len(parts), alone[best], held[best].copy()
        weights[best] = 1.0
        for _ in range(_ROUNDS):
            before = value
            for place, scores in enumerate(held):
                rest = total - weights[place] * scores
                tried = {}
                for weight in _WEIGHTS:
                    if any(weights[:place] + weights[place + 1 :]) or weight:
                        tried[weight] = _gain_of(rest + np.float32(weight) * scores, split, with_history)
                chosen = max(tried, key=lambda weight: tried[weight])
                if tried[chosen] > value:
                    weights[place], value = chosen, tried[chosen]
                total = rest + np.float32(weights[place]) * scores
            if value == before:
                break
        return cls(tuple(parts), tuple(weights))

    def scores(self, histories: Sequence[Items]) -> Floats:
        """Shape (users, items)."""
        used = [(part, weight) for part, weight in zip(self.parts, self.weights, strict=True) if weight]
        found: Floats = sum(np.float32(weight) * _standardized(part(histories)) for part, weight in used)  # type: ignore[assignment]
        return found


def _standardized(scores: Floats) -> Floats:
    centered = scores - scores.mean(axis=1, keepdims=True)
    found: Floats = centered / np.maximum(centered.std(axis=1, keepdims=True), np.float32(1e-9))
    return found


def _gain_of(scores: Floats, split: Split, with_history: bool) -> float:
    starts = iter(range(0, len(scores), USERS))

    def next_rows(histories: Sequence[Items]) -> Floats:
        start = next(starts)
        return scores[start : start + len(histories)]

    return mean_gain(Ranks.of(next_rows, split).places(with_history))
