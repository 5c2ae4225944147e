"""Attempts: how often something may be tried, counted in the database, so that every process and restart shares it.

The counting is that of the package `limits` (fixed windows); this is a storage for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from limits import RateLimitItem, parse
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import Engine, case, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from assistant.access.tables import AttemptRow
from retrieval.clock import utc_now
from retrieval.errors import AisleError
from retrieval.store.database import reading, table_of, writing


class TooManyAttempts(AisleError):
    """Something was tried more often than its limit allows. `wait` is the time until it may be tried again."""

    def __init__(self, wait: timedelta) -> None:
        minutes = max(1, -(-int(wait.total_seconds()) // 60))
        super().__init__(f"Too many attempts. Try again in {minutes} minute{'s' if minutes > 1 else ''}.")
        self.wait = wait


class DatabaseStorage(Storage):
    """Counts of `limits` in the table `attempts`. One statement counts and reads, so that no two processes lose a count."""

    STORAGE_SCHEME = None
    base_exceptions = SQLAlchemyError

    def __init__(self, engine: Engine, clock: Callable[[], datetime] = utc_now) -> None:
        super().__init__()
        self._engine = engine
        self._clock = clock

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count `amount` for `key`, in a window of `expiry` seconds that its first count begins; the count so far."""
        now = self._clock()
        insert = postgresql.insert if self._engine.dialect.name == "postgresql" else sqlite.insert
        table = table_of(AttemptRow)
        is_over = table.c.expires <= now
        ends = now + timedelta(seconds=expiry)
        statement = insert(table).values(key=_digest(key), count=amount, expires=ends)
        counted = statement.on_conflict_do_update(
            index_elements=[table.c.key],
            set_={
                "count": case((is_over, amount), else_=table.c.count + amount),
                "expires": case((is_over, ends), else_=table.c.expires),
            },
        ).returning(table.c.count)
        with writing(self._engine) as connection:
            found: int = connection.execute(counted).scalar_one()
        self._forget_over(now)  # each time, so that nobody can tell a first attempt by the work it makes
        return found

    def get(self, key: str) -> int:
        """The count of `key`; 0 when its window is over."""
        found = self._row(key)
        return found[0] if found else 0

    def get_expiry(self, key: str) -> float:
        """When the window of `key` ends, in seconds since 1970; now if there is none."""
        found = self._row(key)
        return (found[1] if found else self._clock()).timestamp()

    def check(self) -> bool:
        """True if the database answers."""
        with reading(self._engine) as connection:
            return connection.scalar(select(1)) == 1

    def reset(self) -> int:
        """Forget every count; how many there were."""
        with writing(self._engine) as connection:
            return connection.execute(delete(table_of(AttemptRow))).rowcount

    def clear(self, key: str) -> None:
        """Forget the count of `key`."""
        with writing(self._engine) as connection:
            connection.execute(delete(table_of(AttemptRow)).where(AttemptRow.key == _digest(key)))

    def _forget_over(self, now: datetime) -> None:
        """Delete windows that are over, but for those that another process counts in now: the two would wait for each other."""
        over = select(AttemptRow.key).where(AttemptRow.expires <= now).with_for_update(skip_locked=True)
        with writing(self._engine) as connection:
            connection.execute(delete(table_of(AttemptRow)).where(AttemptRow.key.in_(over)))

    def _row(self, key: str):  # type: ignore[no-untyped-def]  # noqa: ANN202
        query = select(AttemptRow.count, AttemptRow.expires)
        with reading(self._engine) as connection:
            return connection.execute(
                query.where(AttemptRow.key == _digest(key), AttemptRow.expires > self._clock())
            ).first()


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `rate`, such as "5/15minutes", for each value of what `name` counts."""

    name: str
    rate: str

    @property
    def item(self) -> RateLimitItem:
        """The rate as `limits` counts it."""
        return parse(self.rate)


class Attempts:
    """Limits on attempts in one database."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime] = utc_now) -> None:
        self._storage = DatabaseStorage(engine, clock)
        self._limiter = FixedWindowRateLimiter(self._storage)
        self._clock = clock

    def take(self, counted: Sequence[tuple[Limit, str]]) -> None:
        """Count one attempt for each limit and value. Raises TooManyAttempts if any of them is used up.

        All are counted before anything is refused: an answer does not reveal which of them ran out.
        """
        over = [pair for pair in counted if not self._limiter.hit(pair[0].item, pair[0].name, pair[1])]
        if over:
            now = self._clock().timestamp()
            ends = max(
                self._limiter.get_window_stats(limit.item, limit.name, value).reset_time for limit, value in over
            )
            raise TooManyAttempts(timedelta(seconds=max(0.0, ends - now)))

    def forget(self, counted: Sequence[tuple[Limit, str]]) -> None:
        """Begin anew for each limit and value."""
        for limit, value in counted:
            self._limiter.clear(limit.item, limit.name, value)


def _digest(key: str) -> str:
    """What is stored for `key`, which names accounts, addresses and orders."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
