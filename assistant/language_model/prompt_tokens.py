"""Prompt tokens: the ids of a conversation for the embedded model, cut to what it can read; used to train and to serve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tokenizers import Tokenizer

from assistant.language_model.prompt import PromptTurn, compact

_MESSAGE_CHARACTERS = 600


def prompt_ids(tokenizer: Tokenizer, turns: Sequence[PromptTurn], limit: int) -> list[int]:
    """Ids of `compact(turns)`; the earliest turns are left out until at most `limit` remain.

    The last turn always stays whole, save that a message is read to its first 600 characters only.
    """
    readable = [replace(turn, message=turn.message[:_MESSAGE_CHARACTERS]) for turn in turns]
    ids: list[int] = tokenizer.encode(compact(readable)).ids
    while len(ids) > limit and len(readable) > 1:
        readable = readable[1:]
        ids = tokenizer.encode(compact(readable)).ids
    return ids
