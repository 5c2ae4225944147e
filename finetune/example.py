"""Example: the token ids of one conversation and how much each counts in the loss.

Replies count in full, from the token after `<|assistant|>` to `<|end|>`. What customers write counts a little, save for
its digits, so that the model learns how people put things without learning anybody's numbers. Facts count nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from assistant.language_model.prompt import ASSISTANT, END, FACTS, TEXT, USER, PromptTurn
from assistant.language_model.prompt_tokens import prompt_ids

CONTEXT = 512


@dataclass(frozen=True, slots=True)
class Example:
    """`weights[i]` is how much predicting `ids[i]` from the ids before it counts; both have shape (length,).

    `targets` are what is to be predicted in place of `ids`, if that differs: a verdict on a line, which the model never reads.
    """

    ids: NDArray[np.int64]
    weights: NDArray[np.float32]
    targets: NDArray[np.int64] | None = None


def conversation_example(
    tokenizer: Tokenizer, turns: Sequence[PromptTurn], message_weight: float, context: int = CONTEXT
) -> Example:
    """The example of one conversation; its earliest turns go where it is longer than `context`."""
    ids = prompt_ids(tokenizer, turns, context)[:context]
    return Example(np.array(ids, np.int64), _weights(tokenizer, ids, message_weight))


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


def text_example(tokenizer: Tokenizer, text: str, context: int = CONTEXT) -> list[Example]:
    """Plain text in pieces of `context` tokens, all of which count."""
    ids = tokenizer.encode(text).ids
    marker, end = tokenizer.token_to_id(TEXT), tokenizer.token_to_id(END)
    room = context - 2
    pieces = [[marker, *ids[start : start + room], end] for start in range(0, len(ids), room)]
    return [
        Example(np.array(piece, np.int64), np.array([0.0] + [1.0] * (len(piece) - 1), np.float32)) for piece in pieces
    ]


def _weights(tokenizer: Tokenizer, ids: list[int], message_weight: float) -> NDArray[np.float32]:
    user, facts, assistant, end = (tokenizer.token_to_id(token) for token in (USER, FACTS, ASSISTANT, END))
    weights = np.zeros(len(ids), np.float32)
    weight = 0.0
    for place, token in enumerate(ids):
        if token in (user, facts):
            weight = 0.0
        weights[place] = 0.0 if 0.0 < weight < 1.0 and _is_digit(tokenizer, token) else weight
        if token == user:
            weight = message_weight
        elif token == assistant:
            weight = 1.0
        elif token == end:
            weight = 0.0
    return weights


def _is_digit(tokenizer: Tokenizer, token: int) -> bool:
    text = tokenizer.id_to_token(token) or ""
    return any(character.isdigit() for character in text)
