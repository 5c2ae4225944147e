"""Examples: token ids of an examples file for one base, with simulated conversations and variants where a recipe wants them."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from finetune.batches import Passes
from finetune.example import Example, conversation_example, merged
from finetune.grounded import HELD_OUT_SEED
from finetune.simulator import Simulator
from finetune.tuning.base_model import BaseModel
from finetune.tuning.continuation import Continuations
from finetune.tuning.contrast import Answered
from finetune.tuning.examples_file import read_examples
from finetune.tuning.recipe import Recipe
from finetune.variants import variant


def training_passes(folder: Path, base: BaseModel, recipe: Recipe) -> Passes:
    """What each pass learns from: the train part, variants of it, and what a model would unlearn by it.

    That is how a beginning goes on and, for the embedded model, simulated conversations. They are drawn anew for every pass, so
    that a shop with few transcripts does not learn a few of them by heart.
    """
    own = held_examples(folder, "train", base)
    simulator = Simulator.load()

    @lru_cache(maxsize=1)  # the first is looked at before it is learnt from
    def drawn(number: int) -> list[Example]:
        chance = random.Random(f"{recipe.seed} {number}")
        return [
            *own,
            *_variants(folder, base, recipe, chance),
            *_continued(folder, base, simulator, chance),
            *_rehearsal(own, base, simulator, recipe, chance),
        ]

    return drawn


def held_examples(folder: Path, part: str, base: BaseModel) -> list[Example]:
    """The replies of one part; those of a conversation are read together where one prompt goes on from another."""
    made: list[Example] = []
    for _, group in groupby(read_examples(folder, part), key=lambda item: item.transcript):
        made += merged(base.encode(item.prompt, item.reply, item.ends) for item in group)
    return [example for example in made if example.weights[1:].any()]


def answered_prompts(folder: Path, base: BaseModel) -> list[Answered]:
    """The replies of the train part, each behind its own prompt, for contests."""
    found = []
    for item in read_examples(folder, "train"):
        example = base.encode(item.prompt, item.reply)
        start = int(np.flatnonzero(example.weights)[0]) if example.weights[1:].any() else 0
        if start > 1 and len(example.ids) - start > 1:
            found.append(Answered(item.transcript, example.ids[:start], example.ids[start:-1]))
    return found


def fingerprint(examples: Iterable[Example]) -> str:
    """A hash by which a run that goes on knows that it still learns from the same."""
    digest = hashlib.sha256()
    for example in examples:
        digest.update(example.ids.tobytes() + example.weights.tobytes())
    return digest.hexdigest()[:16]


def _variants(folder: Path, base: BaseModel, recipe: Recipe, chance: random.Random) -> Iterator[Example]:
    if recipe.variants:
        for item in read_examples(folder, "train"):
            other = variant(item.reply, chance) if chance.random() < recipe.variants else item.reply
            if other != item.reply:
                yield base.encode(item.prompt, other, item.ends)


def _continued(folder: Path, base: BaseModel, simulator: Simulator, chance: random.Random) -> Iterator[Example]:
    continuations = Continuations(simulator, base.encode)
    for item in read_examples(folder, "train"):
        if item.unsaid and (example := continuations.example(item, chance)):
            yield example


def _rehearsal(
    own: Sequence[Example], base: BaseModel, simulator: Simulator, recipe: Recipe, chance: random.Random
) -> Iterator[Example]:
    """Simulated conversations, `recipe.rehearsal` of all tokens; only the embedded model was taught by them."""
    if not recipe.rehearsal or not base.is_embedded:
        return
    wanted = sum(len(example.ids) for example in own) * recipe.rehearsal / (1 - recipe.rehearsal)
    tokenizer = Tokenizer.from_file(str(Path(base.name) / "tokenizer.json"))
    for turns in simulator.conversations(chance.randrange(HELD_OUT_SEED)):
        if wanted <= 0:
            return
        example = conversation_example(tokenizer, turns, 0.0)
        wanted -= len(example.ids)
        yield example
