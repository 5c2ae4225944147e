"""Contrast: teaches a model which reply belongs to which conversation, beside how each one reads.

By likelihood alone a model learns first what people say everywhere ("Is there anything else?"), and says it anywhere. In a
contest a few replies meet a few conversations, and of every reply the model must say whose it is. What a reply gains by its own
conversation over the others is what the two have to do with each other: a bound on their mutual information
(InfoNCE, https://arxiv.org/abs/1807.03748; for dialogue, https://arxiv.org/abs/1510.03055).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as functional
from numpy.typing import NDArray
from torch import Tensor, nn

Ids = NDArray[np.int64]

SIZE = 8
"""Most conversations of a contest."""
_DRAWS = 4
"""Draws for each place in a contest: some fall on a conversation or a reply that is in it already."""


@dataclass(frozen=True, slots=True)
class Answered:
    """Token ids of a prompt and of the reply to it, without its closing token; `transcript` is where both come from."""

    transcript: str
    prompt: Ids
    reply: Ids


@dataclass(frozen=True, slots=True)
class Contest:
    """Replies of as many conversations, no two alike, each with its own prompt."""

    answered: tuple[Answered, ...]

    @property
    def tokens(self) -> int:
        """Tokens that are computed for it."""
        return sum(len(each.prompt) + len(each.reply) * len(self.answered) for each in self.answered)


def draw_contests(answered: Sequence[Answered], count: int, seed: str) -> list[Contest]:
    """At most `count` contests drawn by `seed`, fewer where too few conversations have different replies.

    Replies of about the same length meet, the longest first, so that little is computed for padding.
    """
    chance = random.Random(seed)
    drawn: dict[bytes, Answered] = {}
    met: set[str] = set()
    for each in chance.choices(answered, k=_DRAWS * SIZE * count) if answered else ():
        if len(drawn) < SIZE * count and each.transcript not in met and each.reply.tobytes() not in drawn:
            drawn[each.reply.tobytes()] = each
            met.add(each.transcript)
    by_length = sorted(drawn.values(), key=lambda each: -len(each.reply))
    contests = (tuple(by_length[start : start + SIZE]) for start in range(0, len(by_length), SIZE))
    return [Contest(each) for each in contests if len(each) > 1]


def contest_loss(network: nn.Module, contest: Contest) -> Tensor:
    """Mean cross-entropy, in nats, of the conversation that each reply belongs to."""
    device = next(network.parameters()).device
    prompts = [torch.from_numpy(each.prompt).to(device) for each in contest.answered]
    replies = [torch.from_numpy(each.reply).to(device) for each in contest.answered]
    own = torch.arange(len(replies), device=device)
    return functional.cross_entropy(_logs(network, prompts, replies).T, own)


def _logs(network: Any, prompts: Sequence[Tensor], replies: Sequence[Tensor]) -> Tensor:
    """Log-probability of every reply behind every prompt, each of which is read once, shape (prompts, replies)."""
    count, (ids, read), (told, counted) = len(replies), _padded(prompts), _padded(replies)
    read[torch.arange(len(prompts)), read.sum(1) - 1] = False  # the last token of a prompt is read with the reply
    cache = network.base_model(input_ids=ids, attention_mask=read.long(), use_cache=True).past_key_values
    cache.batch_repeat_interleave(count)
    last = torch.stack([prompt[-1] for prompt in prompts])
    shown = torch.cat([last.repeat_interleave(count)[:, None], told[:, :-1].repeat(len(prompts), 1)], 1)
    seen, counted = read.repeat_interleave(count, 0), counted.repeat(len(prompts), 1)
    places = seen.sum(1)[:, None] + torch.arange(shown.shape[1], device=shown.device)
    mask = torch.cat([seen, torch.ones_like(shown, dtype=torch.bool)], 1).long()
    logits = network(input_ids=shown, attention_mask=mask, position_ids=places, past_key_values=cache).logits[counted]
    logs = -functional.cross_entropy(logits.float(), told.repeat(len(prompts), 1)[counted], reduction="none")
    return torch.zeros_like(counted, dtype=logs.dtype).masked_scatter(counted, logs).sum(1).view(len(prompts), count)


def _padded(rows: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """`rows` padded on the right, and which places are none of the padding."""
    lengths = torch.tensor([len(row) for row in rows], device=rows[0].device)
    ids = nn.utils.rnn.pad_sequence(list(rows), batch_first=True)
    return ids, torch.arange(ids.shape[1], device=ids.device) < lengths[:, None]
