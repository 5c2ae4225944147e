"""Batches: examples of like length together, so that padding is short and no example sees another.

Right padding under causal attention needs no mask: nothing before a pad can see it. Conversations are therefore
batched by length instead of being packed one behind another.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from finetune.example import Example

_POOL = 384


@dataclass(frozen=True, slots=True)
class Batch:
    """Ids of shape (examples, length), weights likewise; padding is id 0 with weight 0."""

    ids: Tensor
    weights: Tensor

    @property
    def tokens(self) -> int:
        """Tokens that are not padding, counted as those computed."""
        return self.ids.numel()


def pad(examples: Sequence[Example]) -> Batch:
    """One batch of `examples`, padded on the right to the longest."""
    length = max(len(example.ids) for example in examples)
    ids = np.zeros((len(examples), length), np.int64)
    weights = np.zeros((len(examples), length), np.float32)
    for row, example in enumerate(examples):
        ids[row, : len(example.ids)] = example.ids
        weights[row, : len(example.ids)] = example.weights
    return Batch(torch.from_numpy(ids), torch.from_numpy(weights))


def batches(stream: Iterator[Example], tokens: int, shards: int, chance: random.Random) -> Iterator[list[Batch]]:
    """Yields steps of about `tokens` tokens, each as `shards` batches of like size, until `stream` ends."""
    while pool := [example for example, _ in zip(stream, range(_POOL), strict=False)]:
        steps = list(_cut(sorted(pool, key=lambda example: len(example.ids)), tokens))
        chance.shuffle(steps)
        for step in steps:
            parts = [step[shard::shards] for shard in range(shards)]
            yield [pad(part) for part in parts if part]


def _cut(examples: Sequence[Example], tokens: int) -> Iterator[list[Example]]:
    step: list[Example] = []
    for example in examples:
        if step and (len(step) + 1) * len(example.ids) > tokens:
            yield step
            step = []
        step.append(example)
    if step:
        yield step


def endless(examples: Sequence[Example], chance: random.Random) -> Iterator[Example]:
    """Every example once in random order, then again in another, for ever."""
    order = list(range(len(examples)))
    while order:
        chance.shuffle(order)
        for index in order:
            yield examples[index]
