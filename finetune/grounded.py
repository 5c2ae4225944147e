"""Grounded examples: the simulator's dialogues, whose replies say their turn's acts and facts and nothing else."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import islice

from tokenizers import Tokenizer

from assistant.language_model.contexts import Contexts
from assistant.language_model.prompt import PromptTurn
from assistant.writing.manners import Manners
from finetune.example import Example, conversation_example
from finetune.simulator import Simulator

HELD_OUT_SEED = 20_000_000
"""Seed of the dialogues that measure and never train; training seeds lie below it."""

CONTEXT_TURNS = 90_000
"""Simulated replies after which next to no new context of a reference appears (one in ten thousand)."""


def grounded_examples(tokenizer: Tokenizer, message_weight: float, chance: random.Random) -> Iterator[Example]:
    """Examples of simulated conversations without end."""
    for turns in Simulator.load().conversations(chance.randrange(HELD_OUT_SEED)):
        yield conversation_example(tokenizer, turns, message_weight)


def held_out_conversations(count: int) -> list[Sequence[PromptTurn]]:
    """The same `count` simulated conversations every time, of a seed that no training uses."""
    return list(islice(Simulator.load().conversations(HELD_OUT_SEED), count))


def learned_contexts(seed: int, turns: int = CONTEXT_TURNS) -> Contexts:
    """Where references stand in the replies that grounded training shows."""
    replies = (turn.reply for conversation in Simulator.load().conversations(seed) for turn in conversation)
    return Contexts.of(islice(replies, turns))


def learned_manners(seed: int, turns: int = CONTEXT_TURNS) -> Manners:
    """How each act is spoken of in the replies that grounded training shows."""
    return Manners.of(islice((turn for talk in Simulator.load().conversations(seed) for turn in talk), turns))
