"""The limit on one client's messages: a moving window on a clock that nobody can set back."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.errors import SettingsError
from ui.protection import RateLimit, TooFast

MOMENTS = st.lists(st.tuples(st.integers(0, 20), st.sampled_from("abc")), max_size=80)


def takes(limit: RateLimit, client: str) -> bool:
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
