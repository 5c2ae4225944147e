"""Search: short runs over a few learning rates and ranks, to find the recipe that the held-out loss likes best."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from finetune.batches import Passes
from finetune.example import Example
from finetune.tuning.processes import Processes
from finetune.tuning.recipe import Method, Recipe
from finetune.tuning.tuning import Tuning, run_length

RATES = (0.3, 1.0, 3.0)
"""Learning rates that are tried, as multiples of the recipe's."""
RANKS = (8, 16, 32)
_SHARE = 0.2
_FEWEST_STEPS = 20


@dataclass(frozen=True, slots=True)
class Trial:
    """One short run and the lowest held-out loss it came to, in nats per token."""

    recipe: Recipe
    loss: float


def search(
    fresh: Callable[[Recipe], Any],
    train: Passes,
    validation: Sequence[Example],
    recipe: Recipe,
    processes: Processes,
    tried: Callable[[Trial], None] = lambda trial: None,
) -> list[Trial]:
    """Every trial, the best first: all rates at the recipe's rank, then the other ranks at the best rate.

    `fresh` lays a new adapter beside the base. IA3 has no rank.
    """
    trials = [
        _tried(fresh, train, validation, replace(recipe, learning_rate=recipe.peak * rate), processes, tried)
        for rate in RATES
    ]
    best = min(trials, key=lambda trial: trial.loss).recipe
    for rank in () if recipe.method is Method.IA3 else RANKS:
        if rank != recipe.rank:
            trials.append(_tried(fresh, train, validation, replace(best, rank=rank), processes, tried))
    return sorted(trials, key=lambda trial: trial.loss)


def _tried(
    fresh: Callable[[Recipe], Any],
    train: Passes,
    validation: Sequence[Example],
    recipe: Recipe,
    processes: Processes,
    tried: Callable[[Trial], None],
) -> Trial:
    short = replace(
        recipe, max_steps=max(_FEWEST_STEPS, math.ceil(run_length(train(0), recipe) * _SHARE)), evaluations=2
    )
    course = Tuning(fresh(short), train, validation, short, processes).run()
    trial = Trial(recipe, course.best[1])
    tried(trial)
    return trial
