"""Foretold: how likely the human replies are to each side, in nats per word, whatever tokens a side reads them in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from finetune.judging.difference import Conversations, Difference, Ratio
from finetune.judging.measure import Aim, Measure
from finetune.judging.plan import Progress
from finetune.judging.side import Side
from finetune.judging.wording import words
from finetune.replayed import Replayed


@dataclass(frozen=True, slots=True)
class Foretold:
    """Nats and words of each human reply, for both sides."""

    conversations: Conversations
    before: Ratio
    after: Ratio

    @classmethod
    def of(cls, replayed: Sequence[Replayed], before: Side, after: Side, seed: int, progress: Progress) -> Self:
        """Asks both sides. Raises WritingError when a model fails."""
        ids = [item.transcript_id for item in replayed]
        one, other = (_nats(side, replayed, progress) for side in (before, after))
        return cls(Conversations(ids, seed), one, other)

    def measures(self) -> list[Measure]:
        """Loss, perplexity, and the loss of whole replies."""
        difference = self._difference()
        per_reply = [Ratio.mean(side.over.tolist()) for side in (self.before, self.after)]
        shares = (float(np.expm1(nats)) for nats in (difference.change, difference.low, difference.high))
        perplexity = Difference(float(np.exp(difference.before)), float(np.exp(difference.after)), *shares)
        group, count = "Human replies foretold", len(self.before.over)
        return [
            Measure(group, "loss", difference, Aim.LOWER, count, "nats per word"),
            Measure(group, "perplexity per word", perplexity, Aim.LOWER, count, is_relative=True),
            Measure(
                group, "loss of a reply", self.conversations.difference(*per_reply), Aim.LOWER, count, "nats per reply"
            ),
        ]

    def verdict(self) -> dict[str, float]:
        """The figures by which an adapter is better or not, by their names in a Verdict."""
        difference = self._difference()
        return {
            "loss_before": difference.before,
            "loss_after": difference.after,
            "loss_change": difference.change,
            "loss_low": difference.low,
            "loss_high": difference.high,
        }

    def pairs(self) -> tuple[tuple[float, float], ...]:
        """For each reply its mean nats per word, before and after."""
        means = [np.round(side.over / np.maximum(side.under, 1), 4).tolist() for side in (self.before, self.after)]
        return tuple(zip(*means, strict=True))

    def _difference(self) -> Difference:
        return self.conversations.difference(self.before, self.after)


def _nats(side: Side, replayed: Sequence[Replayed], progress: Progress) -> Ratio:
    nats, counts = [], []
    for done, item in enumerate(replayed, 1):
        logs = side.likelihoods(item, [item.reply])[0]
        counted = logs if item.ends else logs[:-1]  # the last is of the closing token
        nats.append(-float(counted.sum()))
        counts.append(float(len(words(item.reply)) + item.ends))  # the end is foretold like a word
        progress(f"foretelling, {side.name}", done, len(replayed))
    return Ratio(np.array(nats), np.array(counts))
