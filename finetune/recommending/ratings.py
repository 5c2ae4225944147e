"""Ratings of users for items, read from the layouts in which shops and MovieLens export them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import FeedError

Numbers = NDArray[np.int64]
Values = NDArray[np.float64]

_NAMES = {
    "user": ("user", "userid", "user_id", "customer", "customer_id", "customerid"),
    "item": ("item", "itemid", "item_id", "movieid", "movie_id", "product", "product_id", "productid"),
    "rating": ("rating", "stars", "score"),
    "time": ("time", "timestamp", "date", "created_at"),
}
_HINT = (
    "A ratings file is a CSV with columns user, item, rating and, if known, time; or MovieLens' u.data, ratings.dat or "
    "ratings.csv."
)


@dataclass(frozen=True, slots=True)
class Ratings:
    """One row for each rating; users and items are numbers from 0, times are seconds."""

    users: Numbers
    items: Numbers
    values: Values
    times: Values  # zero where the file has none
    user_names: tuple[str, ...]
    item_names: tuple[str, ...]
    rejected: tuple[str, ...] = field(default=(), repr=False)  # one text for each row that cannot be read

    def __len__(self) -> int:
        return len(self.values)

    def part(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Ratings:
        """The ratings of `rows`; numbers keep their meaning."""
        return Ratings(
            self.users[rows], self.items[rows], self.values[rows], self.times[rows], self.user_names, self.item_names
        )

    @classmethod
    def of(cls, rows: Sequence[tuple[str, str, float, float]], rejected: Sequence[str] = ()) -> Ratings:
        """Numbers the users and items of `rows` of user, item, rating and time."""
        users, items = dict[str, int](), dict[str, int]()
        numbers = [(users.setdefault(row[0], len(users)), items.setdefault(row[1], len(items))) for row in rows]
        pairs = np.array(numbers, np.int64).reshape(-1, 2)
        values = np.array([row[2:] for row in rows], np.float64).reshape(-1, 2)
        return cls(pairs[:, 0], pairs[:, 1], values[:, 0], values[:, 1], tuple(users), tuple(items), tuple(rejected))

    @classmethod
    def read(cls, path: Path) -> Ratings:
        """Read a file, leaving out the rows that cannot be read; each is named in `rejected`.

        A user who rated an item twice counts with the later rating. Raises FeedError if no row can be read.
        """
        try:
            text = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            text = path.read_text(encoding="latin-1")
        except OSError as error:
            raise FeedError(f"{path}: {error}", _HINT) from error
        kept, rejected = dict[tuple[str, str], tuple[float, float, int]](), list[str]()
        for number, fields in _rows(path, text.splitlines()):
            try:
                user, item, value, moment = _checked(fields)
            except ValueError as error:
                rejected.append(f"line {number}: {error}")
                continue
            if (user, item) in kept:
                first = kept[user, item]
                rejected.append(f"line {max(number, first[2]) if moment < first[1] else first[2]}: user {user!r} rated "
                                f"item {item!r} again; the later rating counts")  # fmt: skip
                if moment < first[1]:
                    continue
            kept[user, item] = (value, moment, number)
        if not kept:
            raise FeedError("\n".join((f"{path}: no rating can be read", *rejected[:10])), _HINT)
        return cls.of([(*pair, value, moment) for pair, (value, moment, _) in kept.items()], rejected)


def split(ratings: Ratings, share: float, seed: int) -> tuple[Ratings, Ratings]:
    """Ratings to learn from, and a random `share` of all to judge on."""
    order = np.random.default_rng(seed).permutation(len(ratings))
    count = round(share * len(ratings))
    return ratings.part(np.sort(order[count:])), ratings.part(np.sort(order[:count]))


def _rows(path: Path, lines: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Line numbers with user, item, rating and time, an empty text where there is none."""
    first = next((line for line in lines if line.strip()), "")
    if "::" in first:
        yield from ((number, line.split("::")) for number, line in enumerate(lines, start=1) if line.strip())
        return
    delimiter = max("\t,;", key=first.count)
    header = [name.strip().lower() for name in next(csv.reader([first], delimiter=delimiter), [])]
    places = {
        wanted: next((place for place, name in enumerate(header) if name in known), None)
        for wanted, known in _NAMES.items()
    }
    has_header = None not in (places["user"], places["item"], places["rating"])
    if not has_header and len(header) not in (3, 4):
        raise FeedError(f"{path}: the first line is {first[:80]!r}", _HINT)
    chosen = list(places.values()) if has_header else [0, 1, 2, 3]
    for number, line in enumerate(lines, start=1):
        if line.strip() and not (has_header and line is first):
            row = next(csv.reader([line], delimiter=delimiter))
            yield number, [row[place] if place is not None and place < len(row) else "" for place in chosen]


def _checked(fields: Sequence[str]) -> tuple[str, str, float, float]:
    """User, item, rating and time of one row. Raises ValueError that names what is wrong."""
    user, item, rating, moment, *_ = (*(text.strip() for text in fields), "", "", "", "")
    if not user or not item:
        raise ValueError(f"{'user' if not user else 'item'} is missing in {list(fields)}")
    try:
        value = float(rating)
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        raise ValueError(f"rating {rating!r} is not a number")
    try:
        seconds = _seconds(moment)
    except ValueError:
        raise ValueError(f"time {moment!r} is neither seconds nor a date such as 2011-09-30 12:00") from None
    return user, item, value, seconds


def _seconds(text: str) -> float:
    if not text:
        return 0.0
    try:
        found = float(text)
    except ValueError:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    if not np.isfinite(found):
        raise ValueError(text)
    return found
