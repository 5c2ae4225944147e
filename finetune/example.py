"""Example: the token ids of one conversation and how much each counts in the loss."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Example:
    """`weights[i]` is how much predicting `ids[i]` from the ids before it counts; both have shape (length,).

    `targets` are what is to be predicted in place of `ids`, if that differs: a verdict on a line, which the model never reads.
    """

    ids: NDArray[np.int64]
    weights: NDArray[np.float32]
    targets: NDArray[np.int64] | None = None


def reply_example(prompt: Sequence[int], reply: Sequence[int], ends: bool = True) -> Example:
    """The example of one reply, which alone counts, behind the ids of its live prompt.

    Its closing token, the last of `reply`, counts where the reply `ends` there.
    """
    weights = np.zeros(len(prompt) + len(reply), np.float32)
    weights[len(prompt) :] = 1.0
    weights[-1] = float(ends)
    return Example(np.array([*prompt, *reply], np.int64), weights)


def merged(examples: Iterable[Example]) -> list[Example]:
    """`examples` of one conversation in order, each that begins a later one as part of it: read once, all replies counting.

    What stands before a token decides its loss, so every reply is learnt exactly as if it stood alone.
    """
    kept: list[Example] = []
    for example in examples:
        last = kept[-1] if kept else None
        if last is not None and np.array_equal(example.ids[: len(last.ids)], last.ids):
            weights = example.weights.copy()
            weights[: len(last.ids)] = np.maximum(weights[: len(last.ids)], last.weights)
            kept[-1] = Example(example.ids, weights)
        else:
            kept.append(example)
    return kept
