"""Wording: how long replies are, how varied, and whether they repeat themselves."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from finetune.judging.difference import Difference

_WORD = re.compile(r"\{[a-z0-9_.]+\}|[\w'’-]+")
_RUN = 4
_Z = 1.959964


def words(text: str) -> list[str]:
    """The words of a reply in lower case; a reference is one."""
    return [word.lower() for word in _WORD.findall(text)]


def repeats(text: str) -> bool:
    """Whether a run of four words comes twice in one reply."""
    runs = list(zip(*(words(text)[start:] for start in range(_RUN)), strict=False))
    return len(set(runs)) < len(runs)


def distinct(replies: Sequence[str], size: int) -> float:
    """Different runs of `size` words by all of them, "distinct-n" (Li et al. 2016, https://arxiv.org/abs/1510.03055)."""
    runs = Counter(run for reply in replies for run in _runs(reply, size))
    return len(runs) / max(sum(runs.values()), 1)


def distinct_difference(groups: Sequence[str], before: Sequence[str], after: Sequence[str], size: int) -> Difference:
    """The change of distinct-n, with the interval of the jackknife over conversations (Tukey 1958).

    Drawing with replacement would draw the same words twice, and so understate how varied they are.
    """
    names = sorted(set(groups))
    parts = [np.array([_without(groups, name, side, size) for name in names]) for side in (before, after)]
    changes = parts[1] - parts[0]
    count = len(names)
    error = float(np.sqrt((count - 1) / count * ((changes - changes.mean()) ** 2).sum())) if count else float("nan")
    one, other = distinct(before, size), distinct(after, size)
    return Difference(one, other, other - one, other - one - _Z * error, other - one + _Z * error)


def _without(groups: Sequence[str], name: str, replies: Sequence[str], size: int) -> float:
    return distinct([reply for group, reply in zip(groups, replies, strict=True) if group != name], size)


def _runs(text: str, size: int) -> list[tuple[str, ...]]:
    listed = words(text)
    return [tuple(listed[start : start + size]) for start in range(len(listed) - size + 1)]
