"""The limit on one client's messages: a moving window in one process, a fixed one where several count in a database."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from assistant.access.attempts import DatabaseStorage
from assistant.access.tables import AttemptRow
from retrieval.errors import SettingsError
from retrieval.store.database import reading
from ui.protection import Limiter, RateLimit, SharedRateLimit, TooFast

MOMENTS = st.lists(st.tuples(st.integers(0, 20), st.sampled_from("abc")), max_size=80)


def takes(limit: Limiter, client: str) -> bool:
    try:
        limit.take(client)
    except TooFast:
        return False
    return True


@given(MOMENTS, st.integers(1, 5), st.integers(1, 3))
def test_no_window_holds_more_than_the_limit_and_nobody_waits_for_longer(
    steps: list[tuple[int, str]], amount: int, times: int
) -> None:
    now = 0.0
    limit = RateLimit(f"{amount}/minute", times, clock=lambda: now)
    accepted: dict[str, list[float]] = defaultdict(list)
    for wait, client in steps:
        now += wait
        recent = [moment for moment in accepted[client] if now - moment < 60]
        is_taken = takes(limit, client)
        assert is_taken == (len(recent) < amount * times)
        accepted[client] += [now] if is_taken else []


def test_a_wall_clock_that_is_set_back_locks_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    limit = RateLimit("1/minute", clock=lambda: now)
    assert takes(limit, "a")
    assert not takes(limit, "a")
    monkeypatch.setattr("time.time", lambda: -7200.0)
    now = 60.0
    assert takes(limit, "a")


def test_clients_that_went_away_are_forgotten() -> None:
    now = 0.0
    limit = RateLimit("5/minute", clock=lambda: now)
    for number in range(1000):
        now += 1
        limit.take(f"client {number}")
    assert len(limit._taken) <= 60


@pytest.mark.parametrize("rate", ["", "many", "60", "minute"])
def test_a_limit_that_is_no_rate_is_refused(rate: str) -> None:
    with pytest.raises(SettingsError, match="AISLE_RATE_LIMIT"):
        RateLimit(rate)


def test_processes_that_share_a_database_count_together(engine: Engine) -> None:
    now = datetime(2026, 11, 30, tzinfo=UTC)
    one, other = (SharedRateLimit("messages", "5/minute", DatabaseStorage(engine, lambda: now), 2) for _ in range(2))
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda n: takes((one, other)[n % 2], "a"), range(14)))
    assert taken.count(True) == 10
    assert takes(other, "b")
    assert takes(SharedRateLimit("people", "5/minute", DatabaseStorage(engine, lambda: now)), "a")
    now += timedelta(seconds=61)
    assert takes(one, "a")
    with reading(engine) as connection:
        assert connection.scalar(select(func.count()).select_from(AttemptRow)) == 1, (
            "windows that are over are forgotten"
        )
