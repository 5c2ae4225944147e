"""Messages that ask for goods, and messages that tell more of a need."""

from __future__ import annotations

import pytest

from assistant.planning.request_form import (
    asks_for_goods,
    asks_for_like,
    asks_for_like_named,
    asks_for_others,
    asks_total,
    count_asked,
    goes_on,
    is_wish_for_goods,
    requests_in,
    speaks_of_it,
    tells_need,
    without_count,
)


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


@pytest.mark.parametrize(
    ("message", "is_named"),
    [
        ("anything similar?", False),
        ("Show me similar ones", False),
        ("any other kites like this in blue", False),
        ("are there alternatives to it?", False),
        ("something like the Harbor kite but cheaper", True),
        ("do you sell lamps like the Harbor", True),
        ("something similar to a hammock", True),
    ],
)
def test_asks_for_like(message: str, *, is_named: bool) -> None:
    assert asks_for_like(message)
    assert asks_for_like_named(message) is is_named


@pytest.mark.parametrize(
    "message",
    [
        "I'd like the red one",
        "is it similar to cashmere",
        "it should look like the picture",
        "what is it like",
        "do people like the smell",
    ],
)
def test_asks_for_nothing_alike(message: str) -> None:
    assert not asks_for_like(message)


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


@pytest.mark.parametrize(
    ("message", "requests"),
    [
        ("is it heavy?", ()),
        ("is it heavy? and do you have mugs", ("is it heavy?", "and do you have mugs")),
        ("I need a lamp for my desk, and what's the cheapest way to get it here", ("I need a lamp for my desk", "what's the cheapest way to get it here")),
        ("looking for a rug. can you wash it", ("looking for a rug.", "can you wash it")),
        ("my tent leaks. I bought it in May. what can I do? is it too late", ("my tent leaks. I bought it in May. what can I do?", "is it too late")),
        ("when do you open, is there parking, and how do I get there", ("when do you open", "is there parking", "how do I get there")),
        ("whats the weight and does it fold? it has to fit in a car", ("whats the weight", "does it fold? it has to fit in a car")),
        ("hi! a tent for two please. something light would be great.", ()),
        ("a tent for two please. is it heavy", ("a tent for two please.", "is it heavy")),
        ("we live in Ghent. do you deliver there?", ()),
        ("ok, and gloves? do they keep warm", ()),
        ("what if it breaks, do you mend it?", ()),
        ("I need a tent for two. Should be light.", ()),
        ("Need boots for Scotland, where it always rains", ()),
        ("I need a bag that is light and which fits a laptop", ()),
        ("Some screws were missing. They came loose. can you send me new ones?", ()),
        ("I’m looking for a lamp. can it be dimmed", ("I’m looking for a lamp.", "can it be dimmed")),
        ("if it is too small, can I swap it? and what would I pay", ("if it is too small, can I swap it?", "and what would I pay")),
        ("can you send it to Canada? how long and how much?", ()),
        ("is it a? or is it b? or is it c? or is it d then?", ()),
    ],
)  # fmt: skip
def test_requests_are_told_apart_and_what_is_told_goes_with_them(message: str, requests: tuple[str, ...]) -> None:
    assert requests_in(message) == requests
    assert all(request in message for request in requests)


def test_what_is_needed_and_no_goods_is_no_wish() -> None:
    assert is_wish_for_goods("I need a lamp for reading")
    for part in (
        "I need a refund",
        "A zipper broke",
        "I need them for work",
        "I want to return it",
        "need someone to help me",
        "which lamps do you have",
    ):
        assert not is_wish_for_goods(part)


@pytest.mark.parametrize(
    ("message", "count"),
    [
        ("what would 25 cost?", 25),
        ("how much are 3 of them", 3),
        ("what would it cost", 1),
        ("what is 60 cm in inches", 1),
    ],
)
def test_how_many_of_one_thing_a_price_is_asked_for(message: str, count: int) -> None:
    assert count_asked(message) == count
    assert (without_count(message) == message) == (count == 1)


@pytest.mark.parametrize(
    ("message", "speaks"),
    [
        ("can it go in the dishwasher", True),
        ("how many people do they seat?", True),
        ("does the lamp come with a bulb", False),
        ("Then the vase. Is it heavy?", False),
        ("and your vase, is it heavy?", False),
        ("the blue one, is it heavy?", True),
    ],
)
def test_what_is_asked_of_it_is_asked_of_what_was_spoken_of(message: str, speaks: bool) -> None:
    assert speaks_of_it(message) is speaks
