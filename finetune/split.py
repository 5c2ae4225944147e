"""Split: what an adapter learns from, what decides when it stops, and what judges it, apart by customer and by time.

The latest replies judge, those before them decide, the rest teach: so an adapter is measured as it will be used, on what comes
after. All conversations of a customer go together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations, pairwise

from finetune.replayed import Replayed
from retrieval.errors import FeedError

_NEVER = datetime.min.replace(tzinfo=UTC)
_FEWEST = 3


@dataclass(frozen=True, slots=True)
class Split:
    """The three parts. Raises FeedError where a reply or a customer is in two of them."""

    train: tuple[Replayed, ...]
    validation: tuple[Replayed, ...]
    test: tuple[Replayed, ...]

    def __post_init__(self) -> None:
        """Checks that the parts are apart."""
        for name, key in (("reply", _place), ("customer", _group)):
            sets = [set(map(key, part)) for part in (self.train, self.validation, self.test)]
            if both := next((first & second for first, second in combinations(sets, 2) if first & second), None):
                raise FeedError(
                    f"the {name} {min(both)} is in two parts of the split",
                    "Give every conversation an id of its own in the export.",
                )

    @property
    def parts(self) -> Iterator[tuple[str, tuple[Replayed, ...]]]:
        """Each part with its name."""
        yield from (("train", self.train), ("validation", self.validation), ("test", self.test))


def split(replayed: Sequence[Replayed], validation: float = 0.1, test: float = 0.1) -> Split:
    """Parts with about these shares of the replies. Without times, customers are ordered by a hash of their ids.

    Raises FeedError for fewer than three customers, or conversations where customers are unknown.
    """
    groups: dict[str, list[Replayed]] = {}
    for item in replayed:
        groups.setdefault(_group(item), []).append(item)
    if len(groups) < _FEWEST:
        raise FeedError(
            f"replies of {len(groups)} customers are too few to learn from some and be judged on others",
            "Import more conversations; see the counts of `aisle finetune --dry-run`.",
        )
    ordered = sorted(groups, key=lambda group: (_latest(groups[group]), _hashed(group)))
    tested = _taken(ordered, groups, test * len(replayed), len(groups) - 2)
    decided = _taken(ordered[: len(ordered) - tested], groups, validation * len(replayed), len(groups) - tested - 1)
    cuts = (0, len(ordered) - tested - decided, len(ordered) - tested, len(ordered))
    parts = [[item for group in ordered[start:end] for item in groups[group]] for start, end in pairwise(cuts)]
    return Split(*(tuple(part) for part in parts))


def _taken(ordered: Sequence[str], groups: dict[str, list[Replayed]], wanted: float, most: int) -> int:
    """How many groups from the end hold at least `wanted` replies: one or more, at most `most`."""
    held, count = 0, 0
    while count < most and (not count or held < wanted):
        count += 1
        held += len(groups[ordered[-count]])
    return count


def _place(item: Replayed) -> str:
    return f"{item.transcript_id}, turn {item.turn}"


def _group(item: Replayed) -> str:
    return f"customer {item.customer_id}" if item.customer_id else f"conversation {item.transcript_id}"


def _latest(items: Iterable[Replayed]) -> datetime:
    return max(_comparable(item.time) for item in items)


def _comparable(time: datetime | None) -> datetime:
    if time is None:
        return _NEVER
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _hashed(group: str) -> str:
    return hashlib.sha256(group.encode()).hexdigest()
