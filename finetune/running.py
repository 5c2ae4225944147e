"""Running: steps over a stream of examples until the progress of a run is complete."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import structlog

from finetune.batches import batches
from finetune.example import Example
from finetune.optimizing import Optimizing, cosine
from finetune.progress import Progress

STEP_TOKENS = 6144
_LOG_EVERY = 20
log = structlog.get_logger(__name__)


def run(
    optimizing: Optimizing,
    stream: Iterator[Example],
    progress: Progress,
    chance: random.Random,
    after_step: Callable[[], None] = lambda: None,
) -> None:
    """Trains on `stream` until `progress` is complete, calling `after_step` after each step."""
    for shards in batches(stream, STEP_TOKENS, optimizing.shards, chance):
        if progress.share >= 1.0:
            return
        step = optimizing.step(shards, cosine(progress.share))
        progress.note(step.loss, step.tokens)
        if progress.step % _LOG_EVERY == 0:
            _log(progress)
        after_step()


def _log(progress: Progress) -> None:
    log.info(
        "training.step",
        step=progress.step,
        loss=round(progress.loss, 3),
        tokens=progress.tokens,
        tokens_per_second=round(progress.tokens / progress.seconds),
        share=round(progress.share, 3),
    )
