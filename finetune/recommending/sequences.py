"""What each user did, in order, and the leave-one-out split of the sequential recommendation papers.

Two layouts are read. One user a line, `user item item ...` in order of time, as the Amazon sets of S3-Rec and SASRec
come; and a CSV of events with a header that names `user`, `item` and `time`.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from retrieval.errors import FeedError

Items = NDArray[np.int64]
"""Item numbers in order of time, shape (events,)."""

SHORTEST = 3
"""A user needs an item to learn from, one to validate on and one to test on."""

_SHOWN = 10
_COLUMNS = ("user", "item", "time")


@dataclass(frozen=True, slots=True)
class Sequences:
    """Items of each user in order of time; `names[number]` is the id of an item in the file."""

    histories: tuple[Items, ...]
    names: tuple[str, ...]
    too_short: int = 0  # users left out because they have fewer than `SHORTEST` items

    @property
    def events(self) -> int:
        """Events of all users that are kept."""
        return sum(map(len, self.histories))

    @classmethod
    def of(cls, rows: Iterable[Sequence[str]]) -> Sequences:
        """Numbers the items of `rows`, the item ids of each user; users with too few items are counted and left out."""
        numbers: dict[str, int] = {}
        kept, too_short = [], 0
        for row in rows:
            if len(row) < SHORTEST:
                too_short += 1
                continue
            kept.append(np.array([numbers.setdefault(item, len(numbers)) for item in row], np.int64))
        return cls(tuple(kept), tuple(numbers), too_short)

    @classmethod
    def read(cls, path: Path) -> Sequences:
        """Read a file in either layout. Raises FeedError with the lines that cannot be read."""
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise FeedError(f"{path}: {error}", "Give a text file with one user a line: user item item ...") from error
        lines = text.splitlines()
        first = next(csv.reader(lines[:1]), [])
        is_csv = set(_COLUMNS) <= set(first)
        sequences = cls.of(_of_events(path, lines) if is_csv else _of_lines(path, lines))
        if not sequences.histories:
            raise FeedError(
                f"{path}: no user has {SHORTEST} items or more",
                "The last item of each user tests, the one before validates, and the others train.",
            )
        return sequences


@dataclass(frozen=True, slots=True)
class Split:
    """Leave one out: the last item of each user tests, the one before it validates, the others train.

    `known` are the items before the right answer: for the test that includes the item of validation, as in SASRec
    (Kang and McAuley 2018).
    """

    known: tuple[Items, ...]
    answers: Items  # shape (users,)

    @classmethod
    def validation(cls, sequences: Sequences) -> Split:
        """The item before the last is the answer. `known` is what models are trained on."""
        return cls(
            tuple(items[:-2] for items in sequences.histories), np.array([items[-2] for items in sequences.histories])
        )

    @classmethod
    def test(cls, sequences: Sequences) -> Split:
        """The last item is the answer."""
        return cls(
            tuple(items[:-1] for items in sequences.histories), np.array([items[-1] for items in sequences.histories])
        )


def matrix(histories: Sequence[Items], items: int, recency: float = 1.0) -> csr_matrix:
    """Users by items: `recency` to the power of how many events ago the user's newest event with the item was."""
    users = np.repeat(np.arange(len(histories)), [len(history) for history in histories])
    columns = np.concatenate(histories) if histories else np.zeros(0, np.int64)
    ages = np.concatenate([np.arange(len(history))[::-1] for history in histories]) if histories else columns
    weights = np.power(recency, ages).astype(np.float32)
    shape = (len(histories), items)
    found = csr_matrix((weights, (users, columns)), shape=shape)
    found.sum_duplicates()
    found.data = np.minimum(found.data, 1.0)
    return found


def _of_lines(path: Path, lines: Sequence[str]) -> list[list[str]]:
    rows, places, broken = [], dict[str, int](), []
    for number, line in enumerate(lines, start=1):
        user, *items = line.split() or [""]
        if not user:
            continue
        if user in places:
            broken.append(f"line {number}: user {user!r} has a line already, line {places[user]}")
        elif not items:
            broken.append(f"line {number}: user {user!r} has no items")
        places.setdefault(user, number)
        rows.append(items)
    _raise_for(path, broken, "Write each user once: user item item ..., oldest item first.")
    return rows


def _of_events(path: Path, lines: Sequence[str]) -> list[list[str]]:
    events: dict[str, list[tuple[float, str]]] = defaultdict(list)
    broken = []
    for number, row in enumerate(csv.DictReader(lines), start=2):
        user, item, time = (str(row[column] or "").strip() for column in _COLUMNS)
        try:
            moment = float(time) if time.replace(".", "", 1).isdigit() else np.datetime64(time, "us").astype(float)
        except ValueError:
            moment = np.nan
        if not user or not item or np.isnan(moment):
            broken.append(f"line {number}: user {user!r}, item {item!r}, time {time!r}")
            continue
        events[user].append((moment, item))
    _raise_for(path, broken, "Each row needs a user, an item and a time in seconds or as 2011-09-30 12:00.")
    return [[item for _, item in sorted(listed, key=lambda event: event[0])] for listed in events.values()]


def _raise_for(path: Path, broken: Sequence[str], hint: str) -> None:
    if broken:
        more = [f"... and {len(broken) - _SHOWN:,} more"] if len(broken) > _SHOWN else []
        raise FeedError("\n".join((f"{path}: {len(broken):,} rows cannot be read", *broken[:_SHOWN], *more)), hint)
