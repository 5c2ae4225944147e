"""Split: customers and times are kept apart, and everything is in one part."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune.replayed import Replayed
from finetune.split import Split, split
from retrieval.errors import FeedError
from tests.unit.replayed_turns import replayed

START = datetime(2026, 1, 1, tzinfo=UTC)


def reply(transcript: str, turn: int = 1, customer: str = "", day: int | None = None) -> Replayed:
    time = None if day is None else START + timedelta(days=day)
    return replayed(transcript, turn, customer=customer, time=time)


@st.composite
def conversations(draw: st.DrawFn) -> list[Replayed]:
    """Conversations of some customers, with several replies and with times or without."""
    made = []
    timed = draw(st.booleans())
    for number in range(draw(st.integers(3, 40))):
        customer = draw(st.sampled_from(["", "", "C-1", "C-2", "C-3"]))
        day = draw(st.integers(0, 300)) if timed else None
        made += [reply(f"t{number}", turn, customer, day) for turn in range(1, draw(st.integers(1, 4)) + 1)]
    return made


@given(conversations())
def test_every_reply_is_in_one_part_and_no_customer_in_two(replayed: list[Replayed]) -> None:
    groups = {item.customer_id or item.transcript_id for item in replayed}
    if len(groups) < 3:
        with pytest.raises(FeedError, match="too few"):
            split(replayed)
        return
    made = split(replayed)
    assert all(part for _, part in made.parts)
    assert sorted((item.transcript_id, item.turn) for _, part in made.parts for item in part) == sorted(
        (item.transcript_id, item.turn) for item in replayed
    )
    named = [{item.customer_id for item in part if item.customer_id} for _, part in made.parts]
    assert sum(map(len, named)) == len(set().union(*named))


def test_what_judges_comes_after_what_teaches() -> None:
    made = split([reply(f"t{number}", day=(number * 7) % 50) for number in range(50)])
    days = [[item.time for item in part] for _, part in made.parts]
    assert max(days[0]) < min(days[1])
    assert max(days[1]) < min(days[2])
    assert [len(part) for _, part in made.parts] == [40, 5, 5]


def test_a_customer_goes_where_their_latest_reply_goes() -> None:
    replayed = [reply(f"t{number}", customer=f"C-{number}", day=number) for number in range(20)]
    made = split([*replayed, reply("old", customer="C-19", day=0)])
    assert "old" in {item.transcript_id for item in made.test}


def test_the_same_replies_are_split_the_same_way() -> None:
    replayed = [reply(f"t{number}") for number in range(30)]
    parts = [
        [{item.transcript_id for item in part} for _, part in split(order).parts]
        for order in (replayed, replayed[::-1])
    ]
    assert parts[0] == parts[1]


def test_an_example_or_a_customer_in_two_parts_is_an_error() -> None:
    with pytest.raises(FeedError, match="reply t1, turn 1 is in two parts"):
        Split((reply("t1"),), (reply("t2"),), (reply("t1"),))
    with pytest.raises(FeedError, match="customer C-1 is in two parts"):
        Split((reply("t1", customer="C-1"),), (reply("t2", customer="C-1"),), ())
