"""Where a message turns from one matter to another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.understanding.grammar.clauses import clauses


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        ("show me tents", ("show me tents",)),
        (
            "I want to return my order and do you have green tents?",
            ("I want to return my order", "do you have green tents?"),
        ),
        ("hi, do you ship to canada?", ("hi,", "do you ship to canada?")),
        ("Where is my parcel? Also, can I pay with paypal?", ("Where is my parcel?", "can I pay with paypal?")),
        ("thanks! and how do I return it?", ("thanks!", "how do I return it?")),
        ("tents and sleeping bags", ("tents and sleeping bags",)),
        ("a tent for two and a stove", ("a tent for two and a stove",)),
        ("red or blue, and waterproof", ("red or blue, and waterproof",)),
        ("no, not orange", ("no,", "not orange")),
        ("I like it. Please.", ("I like it. Please",)),
        ("cancel my order then show me mugs", ("cancel my order", "show me mugs")),
        ("ok", ("ok",)),
        ("tent no. 2 please", ("tent no. 2 please",)),
    ],
)
def test_message_is_cut(message: str, parts: tuple[str, ...]) -> None:
    assert tuple(part.rstrip(".,") for part in clauses(message)) == tuple(part.rstrip(".,") for part in parts)


@given(st.text(min_size=1, max_size=300))
def test_there_is_always_a_part_and_never_more_than_four(message: str) -> None:
    assert 1 <= len(clauses(message)) <= 4
