"""Messages that ask for goods, and messages that tell more of a need."""

from __future__ import annotations

import pytest

from assistant.planning.request_form import asks_for_goods, asks_for_others, asks_total, goes_on, tells_need


@pytest.mark.parametrize(
    "message",
    [
        "do you have a pad that goes with it", "What about boots for her?", "ok, how about a lamp", "got any gloves",
        "and something for the bathroom", "I'm looking for a rug", "more like blankets and cushions", "hi, need a gift",
    ],
)  # fmt: skip
def test_asks_for_goods(message: str) -> None:
    assert asks_for_goods(message)


@pytest.mark.parametrize(
    "message",
    ["does it come with a bag", "is the lid included", "which one is lighter", "the blue one", "can it go in the oven"],
)
def test_a_question_about_a_product_asks_for_no_goods(message: str) -> None:
    assert not asks_for_goods(message)


@pytest.mark.parametrize(
    "message",
    [
        "she's 110cm tall",
        "its around freezing where we go",
        "in neutral colours",
        "for my dad, he is 80",
        "not too heavy",
    ],
)
def test_tells_need(message: str) -> None:
    assert tells_need(message)


@pytest.mark.parametrize(
    "message",
    [
        "is it warm",
        "it's waterproof, right?",
        "I want to know how heavy it is",
        "waterproof?",
        "the second one",
        "my order is late, why",
    ],
)
def test_a_question_tells_no_need(message: str) -> None:
    assert not tells_need(message)


@pytest.mark.parametrize("message", ["something else?", "hm, not those", "show me others please", "any other options?"])
def test_asks_for_others(message: str) -> None:
    assert asks_for_others(message)


@pytest.mark.parametrize("message", ["something else I should know?", "one more question", "the other day it broke"])
def test_asks_for_no_others(message: str) -> None:
    assert not asks_for_others(message)


@pytest.mark.parametrize("message", ["do you have one in red", "anything cheaper?", "what about a lighter one"])
def test_goes_on_with_the_same_kind(message: str) -> None:
    assert goes_on(message)


@pytest.mark.parametrize("message", ["do you have anything to grind the beans", "have you got tents", "got a map?"])
def test_asks_for_another_thing(message: str) -> None:
    assert not goes_on(message)


@pytest.mark.parametrize(
    ("message", "is_total"),
    [
        ("how much are two of them", True),
        ("what would I pay for that with a pad", True),
        ("what is the total", True),
        ("how much is it", False),
        ("how much does it weigh", False),
    ],
)
def test_asks_for_a_total(message: str, is_total: bool) -> None:
    assert asks_total(message) is is_total
