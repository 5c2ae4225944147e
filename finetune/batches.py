"""Batches: examples of like length together, so that padding is short and no example sees another.

Right padding under causal attention needs no mask: nothing before a pad can see it. Conversations are therefore
batched by length instead of being packed one behind another.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from finetune.example import Example

_POOL = 384

Passes = Callable[[int], Sequence[Example]]
"""The examples of a pass by its number, from 0."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Ids of shape (examples, length), weights likewise; padding is id 0 with weight 0.

    `targets` are `Example.targets`, None if no example has any.
    """

    ids: Tensor
    weights: Tensor
    targets: Tensor | None = None

    @property
    def wanted(self) -> Tensor:
        """What is to be predicted at each place, shape (examples, length)."""
        return self.ids if self.targets is None else self.targets

    @property
    def tokens(self) -> int:
        """Tokens that are not padding, counted as those computed."""
        return self.ids.numel()

    def to(self, device: torch.device) -> Batch:
        """The same on `device`."""
        if self.ids.device == device:
            return self
        targets = None if self.targets is None else self.targets.to(device)
        return Batch(self.ids.to(device), self.weights.to(device), targets)


def pad(examples: Sequence[Example]) -> Batch:
    """One batch of `examples`, padded on the right to the longest."""
    length = max(len(example.ids) for example in examples)
    ids = np.zeros((len(examples), length), np.int64)
    weights = np.zeros((len(examples), length), np.float32)
    targets = np.zeros_like(ids) if any(example.targets is not None for example in examples) else None
    for row, example in enumerate(examples):
        ids[row, : len(example.ids)] = example.ids
        weights[row, : len(example.ids)] = example.weights
        if targets is not None:
            targets[row, : len(example.ids)] = example.ids if example.targets is None else example.targets
    return Batch(
        torch.from_numpy(ids), torch.from_numpy(weights), None if targets is None else torch.from_numpy(targets)
    )


def steps(stream: Iterator[Example], tokens: int, chance: random.Random) -> Iterator[list[Example]]:
    """Yields steps of about `tokens` tokens, of examples of like length, until `stream` ends."""
    while pool := list(itertools.islice(stream, _POOL)):
        cut = list(_cut(sorted(pool, key=lambda example: len(example.ids)), tokens))
        chance.shuffle(cut)
        yield from cut


def parts_of(step: Sequence[Example], parts: int) -> list[Sequence[Example]]:
    """`step` dealt out into `parts` of like size, fewer where it has fewer examples."""
    return [part for number in range(parts) if (part := step[number::parts])]


def _cut(examples: Sequence[Example], tokens: int) -> Iterator[list[Example]]:
    step: list[Example] = []
    for example in examples:
        if step and (len(step) + 1) * len(example.ids) > tokens:
            yield step
            step = []
        step.append(example)
    if step:
        yield step


def endless(passes: Passes, chance: random.Random) -> Iterator[Example]:
    """The examples of one pass after another in random order, for ever, or until a pass has none."""
    for number in itertools.count():
        examples = list(passes(number))
        if not examples:
            return
        chance.shuffle(examples)
        yield from examples
