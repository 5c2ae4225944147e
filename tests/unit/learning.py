"""A tiny model with a fresh conversation adapter, and a few replies that it can learn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from finetune.corpora.model import open_with_references, token_function, with_lora
from finetune.example import Example, reply_example
from finetune.tuning.recipe import Recipe

SAID = (
    ("hi, what is the wren?", "Hello! The {p1.name} is {p1.price}."),
    ("do you have it", "Yes, it is {p1.stock}: take it."),
    ("thanks", "You're welcome."),
    ("bye", "Good-bye!"),
)


def fresh(base: Path, recipe: Recipe, *, exact: bool = False) -> tuple[Any, list[Example]]:
    """The model in the folder `base` with an adapter that changes nothing yet, and the replies of `SAID`.

    `exact` computes in 32 bits.
    """
    tokenizer, model = open_with_references(base)
    adapted = with_lora(model.float() if exact else model, len(tokenizer), recipe)
    tokens = token_function(tokenizer)
    examples = [reply_example(tokens(message), [*tokens(reply), tokenizer.eos_token_id]) for message, reply in SAID]
    return adapted, examples


def verdict_example(length: int = 9, place: int = 5, verdict: int = 7) -> Example:
    """A text in which one place has a target that is not the next token."""
    ids = np.arange(20, 20 + length)
    targets, weights = ids.copy(), np.zeros(length, np.float32)
    targets[place], weights[place] = verdict, 1.0
    return Example(ids, weights, targets)
