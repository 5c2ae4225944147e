"""Sampling: how the next token is drawn."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from assistant.language_model.decoding import Decoding

CANDIDATES = 40
"""Tokens that a draw chooses among at most."""


class Sampler:
    """Draws tokens by temperature and top-p, the same ones for the same seed."""

    def __init__(self, decoding: Decoding) -> None:
        self.temperature = decoding.temperature
        self._top_p = decoding.top_p
        self._chance = random.Random(decoding.seed)

    def draw(self, tokens: Sequence[int], logits: Sequence[float]) -> int:
        """One of `tokens`, which come with their logits in falling order."""
        if self.temperature <= 0:
            return tokens[0]
        weights = [math.exp((logit - logits[0]) / self.temperature) for logit in logits]
        limit, total, kept = self._top_p * sum(weights), 0.0, 0
        for weight in weights:
            total += weight
            kept += 1
            if total >= limit:
                break
        return self._chance.choices(tokens[:kept], weights[:kept])[0]
