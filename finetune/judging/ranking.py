"""Ranking: does a model find the human reply among replies that belong elsewhere?

Replies of 20 conversations form a group, and behind each of its prompts all 20 are ranked. Every reply is the right one exactly
once, so that whoever knows only which replies are common gains nothing over chance. A model ranks by what a prompt adds to the
log-probability of a reply, its mean over the group's prompts taken off: pointwise mutual information, without which the commonest
reply stands first everywhere (https://arxiv.org/abs/1510.03055, https://arxiv.org/abs/2104.08315). The closing token is left
out, for where a reply ends is not always known. Floors: chance, and BM25 between the customer's message and the replies.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Protocol, TypeVar

import numpy as np
from bm25s import BM25, tokenize
from numpy.typing import NDArray

from finetune.judging.side import Side
from finetune.replayed import Replayed

CANDIDATES = 20

Group = tuple[Replayed, ...]


class Answer(Protocol):
    """A reply of a person to a message of one conversation."""

    @property
    def message(self) -> str:
        """What the customer wrote."""
        ...

    @property
    def reply(self) -> str:
        """What the person answered."""
        ...

    @property
    def transcript_id(self) -> str:
        """The conversation."""
        ...


Item = TypeVar("Item", bound=Answer)


def groups(replayed: Sequence[Item], count: int, seed: int) -> list[tuple[Item, ...]]:
    """As many whole groups as `count` replies fill, of 20 different replies of 20 conversations each."""
    left = list(replayed)
    random.Random(seed).shuffle(left)
    found: list[tuple[Item, ...]] = []
    while (len(found) + 1) * CANDIDATES <= count and (group := _group(left)):
        taken = set(map(id, group))
        left = [item for item in left if id(item) not in taken]
        found.append(group)
    return found


def _group(left: Sequence[Item]) -> tuple[Item, ...] | None:
    chosen: dict[str, Item] = {}
    met: set[str] = set()
    for item in left:
        if item.reply not in chosen and item.transcript_id not in met:
            chosen[item.reply] = item
            met.add(item.transcript_id)
            if len(chosen) == CANDIDATES:
                return tuple(chosen.values())
    return None


def model_places(side: Side, group: Group) -> list[float]:
    """The place of each human reply of `group` behind its own prompt, 1 for the first."""
    replies = [item.reply for item in group]
    logs = np.array([[each[:-1].sum() for each in side.likelihoods(item, replies)] for item in group])
    gained: NDArray[np.float64] = logs - np.logaddexp.reduce(logs, axis=0)
    return [place(row.tolist(), right) for right, row in enumerate(gained)]


def bm25_places(group: Sequence[Answer]) -> list[float]:
    """The same by BM25 (Robertson and Zaragoza 2009) between the last message and the replies."""
    index = BM25()
    index.index(tokenize([item.reply for item in group], stopwords=None, show_progress=False), show_progress=False)
    return [place(_bm25(index, item.message), right) for right, item in enumerate(group)]


def _bm25(index: BM25, message: str) -> list[float]:
    words = tokenize([message], stopwords=None, return_ids=False, show_progress=False)[0]
    known = [word for word in words if word in index.vocab_dict]
    return [float(score) for score in index.get_scores(known)] if known else [0.0] * CANDIDATES


def place(scores: Sequence[float], right: int) -> float:
    """The place of `right` by falling score; among equals the middle of theirs, so that equal scores gain nothing."""
    better = sum(score > scores[right] for score in scores)
    equal = sum(score == scores[right] for score in scores)
    return better + (equal + 1) / 2


def recall(places: Sequence[float], depth: int) -> list[float]:
    """For each place 1 where it is among the first `depth`, else 0."""
    return [float(found <= depth) for found in places]
