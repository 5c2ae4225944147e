"""Tuning: trains an adapter on examples, watches the held-out loss, and keeps the weights that did best.

Everything that a step does follows from the recipe's seed and the step's number, never from how the run came there: a run
that was killed and started again, or spread over several processes, takes the same steps.

When to stop is told by the held-out loss of replies alone: that of held-out contests soon rises, for a model grows too sure of itself,
while it still ranks better with every pass.
"""

from __future__ import annotations

import itertools
import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from finetune.batches import Batch, Passes, endless, pad, parts_of, steps
from finetune.example import Example
from finetune.optimizing import Beside, Optimizing, cosine
from finetune.tuning.checkpoint import Checkpoints, Course, learning, restore, set_weights, state_of
from finetune.tuning.contrast import Answered, Contest, contest_loss, draw_contests
from finetune.tuning.losses import loss_for
from finetune.tuning.processes import Processes
from finetune.tuning.recipe import Precision, Recipe, threads_at_hand
from retrieval.errors import FeedError

FEWEST_STEPS = 150
"""Steps of a run whose length nobody gave: a small shop's replies are read more often, and the held-out loss tells when to stop."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What is known after a step: `held_out` where the adapter was evaluated then; `tokens` computed and `seconds` so far."""

    step: int
    steps: int
    loss: float
    tokens: int
    seconds: float
    held_out: float | None = None


Watch = Callable[[Noted], None]


class Tuning:
    """One run over `model`, a base with a fresh adapter; contests are drawn among `answered`.

    Raises FeedError where there is nothing to learn or to measure.
    """

    def __init__(
        self,
        model: Any,
        train: Passes,
        validation: Sequence[Example],
        recipe: Recipe,
        processes: Processes,
        checkpoints: Checkpoints | None = None,
        answered: Sequence[Answered] = (),
    ) -> None:
        first = train(0)
        _check(first, "to learn from")
        _check(validation, "to measure progress on")
        self._recipe, self._train, self._processes, self._checkpoints = recipe, train, processes, checkpoints
        self._answered = answered if recipe.contrast else ()
        self._model = model.to(processes.device)
        self._held_out = processes.own(_batches(validation, recipe))
        self._length = run_length(first, recipe)
        self._optimizing = _optimizing(self._model, recipe, processes)
        self._best: dict[str, Tensor] = {}
        self.course = Course()

    @property
    def steps(self) -> int:
        """How many steps the run takes unless it ends early."""
        return self._length

    def run(self, watch: Watch = lambda noted: None) -> Course:
        """Trains to the end and leaves the best weights in the model. Goes on from a checkpoint where there is one."""
        self._resume()
        every = max(1, math.ceil(self._length / self._recipe.evaluations))
        if not self.course.held_out:
            self._evaluate()
        started, before = time.monotonic(), self.course.seconds
        self._model.train()
        for step in itertools.islice(self._steps(), self.course.step, self._length):
            done = self._step(step)
            self.course.seconds = before + time.monotonic() - started
            held_out = None
            if self.course.step % every == 0 or self.course.step == self._length:
                held_out = self._evaluate()
                self._save()
            watch(Noted(self.course.step, self._length, done, self.course.tokens, self.course.seconds, held_out))
            if held_out is not None and self.course.evaluations_since_best >= self._recipe.patience:
                break
        self._optimizing.close()
        set_weights(self._model, self._best)
        self._model.eval()
        return self.course

    def _step(self, step: Sequence[Example]) -> float:
        number, recipe = self.course.step, self._recipe
        parts = [pad(part) for part in parts_of(step, recipe.parts)]
        contests = draw_contests(self._answered, len(parts), f"{recipe.seed} {number}")
        done = self._optimizing.step(
            self._processes.own(parts),
            cosine(number / self._length, recipe.warm_up),
            self._processes.own([self._weighed(contest, len(contests)) for contest in contests]),
        )
        self.course.step += 1
        self.course.tokens += sum(batch.tokens for batch in parts) + sum(each.tokens for each in contests)
        self.course.losses.append(round(done.loss, 5))
        return done.loss

    def _weighed(self, contest: Contest, count: int) -> Beside:
        """The loss of one of `count` contests of a step."""

        def loss(network: nn.Module) -> Tensor:
            return self._recipe.contrast / count * contest_loss(network, contest)

        return loss

    def _steps(self) -> Iterator[list[Example]]:
        """The steps of the run from its beginning, whoever asks."""
        chance = random.Random(self._recipe.seed)
        return steps(endless(self._train, chance), self._recipe.batch_tokens, chance)

    def _evaluate(self) -> float:
        self._model.eval()
        loss = self._optimizing.mean_loss(self._held_out)
        self._model.train()
        self.course.held_out[self.course.step] = loss
        if self.course.best[0] == self.course.step:
            self._best = {name: value.detach().clone() for name, value in learning(self._model).items()}
        return loss

    def _save(self) -> None:
        if self._checkpoints is not None and self._processes.is_main:
            state = state_of(self._model, self._optimizing.optimizer)
            self._checkpoints.save(state, self._best, self.course)
        self._processes.wait()

    def _resume(self) -> None:
        found = self._checkpoints.load() if self._checkpoints is not None else None
        if found is not None:
            state, best, self.course = found
            restore(self._model, self._optimizing.optimizer, state)
            self._best = {name: value.to(self._processes.device) for name, value in best.items()}


def _optimizing(model: Any, recipe: Recipe, processes: Processes) -> Optimizing:
    network = model.get_base_model()
    return Optimizing(
        network,
        recipe.learning_rate,
        decay=recipe.decay,
        shards=max(1, threads_at_hand() // processes.count),
        loss=loss_for(network, network.config.vocab_size),
        added=processes.added if processes.count > 1 else None,
        precision=torch.bfloat16 if recipe.precision is Precision.BF16 else torch.float32,
    )


def mean_loss(model: Any, examples: Sequence[Example], recipe: Recipe, processes: Processes) -> float:
    """The weighted mean loss of `examples`, in nats per token, of a model as `Tuning` trains it."""
    optimizing = _optimizing(model.to(processes.device), recipe, processes)
    model.eval()
    loss = optimizing.mean_loss(processes.own(_batches(examples, recipe)))
    optimizing.close()
    return loss


def run_length(examples: Sequence[Example], recipe: Recipe) -> int:
    """How many steps the recipe takes where these are the examples of a pass."""
    if recipe.max_steps is not None:
        return recipe.max_steps
    a_pass = sum(1 for _ in steps(iter(examples), recipe.batch_tokens, random.Random(0)))
    return max(FEWEST_STEPS, math.ceil(recipe.passes * a_pass))


def _batches(examples: Sequence[Example], recipe: Recipe) -> list[Batch]:
    """All examples once, in parts like those of a step."""
    cut = steps(iter(examples), recipe.batch_tokens, random.Random(0))
    return [pad(part) for step in cut for part in parts_of(step, recipe.parts)]


def _check(examples: Sequence[Example], purpose: str) -> None:
    if not examples:
        raise FeedError(
            f"the transcripts leave no reply {purpose}",
            "See the counts of `aisle finetune --dry-run`: import more transcripts, or the records that they speak of.",
        )
    if not any(example.weights[1:].any() for example in examples):
        raise FeedError(
            f"every reply {purpose} is masked, so there is nothing to learn",
            "The prompts may be longer than the base can read: choose a base with a longer context, or a shorter policy.",
        )
