"""Continuation: how a reply that is learnt as a beginning may go on, so that a model learns to go on.

People apologize and then look an order up; Aisle apologizes and then asks to sign in. What they wrote is learnt as it stands; what
comes next is shown in the shop's own phrasings, and learnt from there alone.
"""

from __future__ import annotations

import random

import numpy as np

from finetune.example import Example
from finetune.simulator import Simulator
from finetune.tuning.base_model import Encode
from finetune.tuning.examples_file import StoredExample
from retrieval.errors import AisleError


class Continuations:
    """Writes them with the phrasings of a simulator, for a base that reads by `encode`."""

    def __init__(self, simulator: Simulator, encode: Encode) -> None:
        self._simulator = simulator
        self._encode = encode

    def example(self, item: StoredExample, chance: random.Random) -> Example | None:
        """`item` with what it leaves unsaid behind it, of which alone is learnt; None where no phrase fits."""
        try:
            rest = self._simulator.going_on(item.prompt.turns, item.unsaid, chance)
        except AisleError:
            return None
        begun, whole = (
            self._encode(item.prompt, reply, ends)
            for reply, ends in ((item.reply, False), (f"{item.reply} {rest}", True))
        )
        shared = min(len(begun.ids) - 1, len(whole.ids))
        if not np.array_equal(begun.ids[:shared], whole.ids[:shared]) or shared == len(whole.ids):
            return None
        weights = whole.weights.copy()
        weights[:shared] = 0.0
        return Example(whole.ids, weights)
