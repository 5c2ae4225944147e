"""Who a thing is for, and how cold it gets, read from messages."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assistant.planning.grammar.company import company
from assistant.planning.grammar.temperature import temperature
from assistant.planning.grammar.text import Text


@pytest.mark.parametrize(
    ("message", "count"),
    [
        ("tent for a family of five", 5),
        ("me, my husband and three kids (4, 7 and 9)", 5),
        ("there are six of us", 6),
        ("we're two plus a big dog", 2),
        ("two adults and two children", 4),
        ("we are two grown ups and three kids", 5),
        ("we're two adults and two kids going camping, my husband has to stand up in it", 4),
        ("something to sleep in for me, the wife and our toddler", 3),
        ("my wife and I want a tent", 2),
        ("I need boots, my son is a hiker", 0),
        ("my husband moans. my kids too", 0),
        ("for both of us", 2),
        ("a tent for two", 2),
        ("tents for 3, under 200", 3),
        ("boots for 50", 0),
        ("a 3-person tent", 3),
        ("boots for my son", 0),
        ("my parents drink tea", 0),
        ("we're 3 years old as a company", 0),
        ("order 12345 for my wife", 0),
    ],
)
def test_people_are_counted_as_they_are_listed(message: str, count: int) -> None:
    assert company(Text.of(message)).count == count


@pytest.mark.parametrize(
    ("message", "is_child"),
    [
        ("rain gear for my 5 yr old daughter", True),
        ("kids' headlamp", True),
        ("my grandson is six", True),
        ("she's 8 and always cold", True),
        ("my son is 17", False),
        ("women's boots", False),
        ("a mug for my mum", False),
        ("a tent for my wife and my daughter", None),
        ("boots in size 8", None),
        ("she's 110 cm tall", None),
    ],
)
def test_a_child_is_told_from_an_adult(message: str, is_child: bool | None) -> None:
    assert company(Text.of(message)).is_child is is_child


@pytest.mark.parametrize(
    ("message", "degrees"),
    [
        ("about -5 C", -5),
        ("minus 5 celsius", -5),
        ("down to -15", -15),
        ("0 degrees at night", 0),
        ("it's around freezing where we go", 0),
        ("20 degrees F", -7),
        ("10°C", 10),
        ("under 50 dollars", None),
        ("a 10 minute walk", None),
        ("size 8-10", None),
    ],
)
def test_the_cold_is_read_in_celsius(message: str, degrees: int | None) -> None:
    found = temperature(Text.of(message))
    assert (found and found.degrees) == (None if degrees is None else Decimal(degrees))
