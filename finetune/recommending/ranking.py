"""Full ranking: the place of the right item among all items, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from finetune.ranking_metrics import DEPTH, Mean
from finetune.recommending.sequences import Items, Split

Floats = NDArray[np.float32]
Scores = Callable[[Sequence[Items]], Floats]
"""Scores of all items for some histories, higher is better, shape (users, items)."""

USERS = 512
"""Users that are ranked at a time."""


@dataclass(frozen=True, slots=True)
class Ranks:
    """The place of the right item for each user, from 1, shape (users,).

    `among_all` counts every item; `among_new` leaves out the items of the user's history. A right item that is in the
    history itself comes last in `among_new`.
    """

    among_all: Items
    among_new: Items

    @classmethod
    def of(cls, scores: Scores, split: Split) -> Ranks:
        """Rank the answers of `split`. Ties count against the right item: equal scores stand before it."""
        among_all, among_new = np.zeros(len(split.answers), np.int64), np.zeros(len(split.answers), np.int64)
        for start in range(0, len(split.answers), USERS):
            some, answers = split.known[start : start + USERS], split.answers[start : start + USERS]
            found = scores(some)
            part, lines = slice(start, start + len(some)), np.arange(len(some))
            own = found[lines, answers]
            before = found >= own[:, None]
            among_all[part] = before.sum(axis=1)
            users = np.repeat(lines, [len(history) for history in some])
            history = np.concatenate(some)
            before[users, history] = False
            before[lines, answers] = True
            among_new[part] = before.sum(axis=1)
            repeated = np.zeros(len(some), bool)
            repeated[users[history == answers[users]]] = True
            among_new[part][repeated] = found.shape[1]
        return cls(among_all, among_new)

    def places(self, history_counts: bool) -> Items:
        """The ranks among all items, or among those that the user has not had."""
        return self.among_all if history_counts else self.among_new


def gains(places: Items, depth: int = DEPTH) -> NDArray[np.float64]:
    """NDCG@depth of one right answer at each of `places`: 1 / log2(place + 1) within `depth`, else 0."""
    return np.where(places <= depth, 1 / np.log2(places + 1.0), 0.0)


def mean_gain(places: Items) -> float:
    """Mean NDCG@10."""
    return float(gains(places).mean())


def means(places: Items) -> tuple[Mean, Mean]:
    """NDCG@10 and hit rate@10 with their intervals."""
    return Mean.of(gains(places).tolist()), Mean.of((places <= DEPTH).astype(np.float64).tolist())
