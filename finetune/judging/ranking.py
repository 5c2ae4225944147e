"""Ranking: does a model find the human reply among replies that belong elsewhere?

Each human reply stands among 19 others that people gave in other conversations, drawn by seed. A model ranks them by the mean
log-probability of their tokens behind the prompt, but for the closing one, for where a reply ends is not always known. Floors:
chance, and BM25 between the customer's message and the replies.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from bm25s import BM25, tokenize

from assistant.language_model.language_model import ForetellingModel
from finetune.replayed import Replayed

CANDIDATES = 20


@dataclass(frozen=True, slots=True)
class Contest:
    """`replies` with the human one at the place `right`; `index` is that of the replayed reply in its list."""

    index: int
    replies: tuple[str, ...]
    right: int


def contests(replayed: Sequence[Replayed], count: int, seed: int) -> list[Contest]:
    """At most `count` contests, spread evenly; none where there are fewer than 20 different replies."""
    chance = random.Random(seed)
    step = max(len(replayed) / max(count, 1), 1.0)
    chosen = [int(number * step) for number in range(min(count, len(replayed)))]
    found = (_contest(replayed, index, chance) for index in chosen)
    return [contest for contest in found if contest is not None]


def _contest(replayed: Sequence[Replayed], index: int, chance: random.Random) -> Contest | None:
    own = replayed[index]
    others = sorted({item.reply for item in replayed if item.transcript_id != own.transcript_id} - {own.reply})
    if len(others) < CANDIDATES - 1:
        return None
    replies = chance.sample(others, CANDIDATES - 1)
    right = chance.randrange(CANDIDATES)
    return Contest(index, (*replies[:right], own.reply, *replies[right:]), right)


def model_places(model: ForetellingModel, replayed: Sequence[Replayed], held: Sequence[Contest]) -> list[float]:
    """The place of the human reply in each contest, 1 for the first."""
    places = []
    for contest in held:
        logs = model.likelihoods(replayed[contest.index].prompt, contest.replies)
        places.append(place([float(each[:-1].mean()) for each in logs], contest.right))
    return places


def bm25_places(replayed: Sequence[Replayed], held: Sequence[Contest]) -> list[float]:
    """The same by BM25 (Robertson and Zaragoza 2009), which knows all replies and the last message."""
    texts = sorted({text for contest in held for text in contest.replies})
    if not texts:
        return []
    known = {text: number for number, text in enumerate(texts)}
    index = BM25()
    index.index(tokenize(texts, stopwords=None, show_progress=False), show_progress=False)
    return [
        place(_bm25(index, replayed[contest.index], [known[text] for text in contest.replies]), contest.right)
        for contest in held
    ]


def _bm25(index: BM25, item: Replayed, wanted: list[int]) -> list[float]:
    words = tokenize([item.prompt.turns[-1].message], stopwords=None, return_ids=False, show_progress=False)[0]
    known = [word for word in words if word in index.vocab_dict]
    scores = index.get_scores(known) if known else np.zeros(max(wanted) + 1)
    return [float(scores[number]) for number in wanted]


def place(scores: Sequence[float], right: int) -> float:
    """The place of `right` by falling score; among equals the middle of theirs, so that equal scores gain nothing."""
    better = sum(score > scores[right] for score in scores)
    equal = sum(score == scores[right] for score in scores)
    return better + (equal + 1) / 2


def recall(places: Sequence[float], depth: int) -> list[float]:
    """For each contest 1 where the human reply is among the first `depth`, else 0."""
    return [float(found <= depth) for found in places]
