"""What messages ask for by their grammar, whether or not the shop knows the thing."""

from __future__ import annotations

import pytest

from assistant.planning.thing_form import thing_asked


@pytest.mark.parametrize(
    ("message", "thing"),
    [
        ("oh and a salad spinner under 30", "salad spinner"),
        ("What about a birdbath?", "birdbath"),
        ("accordions?", "accordions"),
        ("do you sell fly swatters?", "fly swatters"),
        ("show me napkin rings please", "napkin rings"),
        ("I need another doormat for the back door", "doormat"),
    ],
)
def test_a_thing_is_asked_for(message: str, thing: str) -> None:
    assert thing_asked(message) == thing


@pytest.mark.parametrize(
    "message",
    [
        "a bit cheaper", "any in red?", "the wooden ones", "a smaller one", "for my mother", "is it waterproof?",
        "with a lid", "adults, like 6 of us", "something softer", "washable?",
    ],
)  # fmt: skip
def test_a_wish_about_what_is_looked_for_names_no_thing(message: str) -> None:
    assert thing_asked(message) == ""
