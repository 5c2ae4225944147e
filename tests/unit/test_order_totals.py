"""Questions about all of a customer's orders: what they came to, and which comes first."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant.actions.order import OrderStatus
from assistant.actions.orders import Orders
from assistant.planning.grammar.order_number import order_number
from assistant.planning.grammar.text import Text
from assistant.planning.order_form import asks_first, asks_spent
from tests.unit.actions.order_desk import order, usd
from tests.unit.order_chat import OrderChat

SPENT = [
    "how much did I spend?",
    "How much have I spent with you so far?",
    "what did I pay in total?",
    "total of all my orders please",
    "what do all my orders come to",
    "how much money have we spent here this year",
]
FIRST = [
    "which arrives first?",
    "which of my orders will arrive first?",
    "which parcel is coming next?",
    "what's arriving first?",
    "when is my next parcel due to arrive?",
    "which order comes soonest?",
]


@pytest.fixture(scope="module")
def chat(tmp_path_factory: pytest.TempPathFactory) -> OrderChat:
    chat = OrderChat(tmp_path_factory.mktemp("orders"))
    Orders(chat.engine).upsert(
        [
            order("A-1", OrderStatus.PROCESSING, expected=date(2026, 12, 9)),
            order("A-2", OrderStatus.SHIPPED, expected=date(2026, 12, 2)),
            order("A-4", OrderStatus.DELAYED, total=usd("100.00")),
            order("A-5", OrderStatus.CANCELLED, total=usd("999.00")),
            order("A-6", OrderStatus.RETURNED, total=usd("999.00")),
        ]
    )
    return chat


@pytest.mark.parametrize("message", SPENT)
@pytest.mark.parametrize("plan", ["talk ok", "policy paying", "order status"])
def test_what_was_spent_is_added_up(chat: OrderChat, message: str, plan: str) -> None:
    text = chat.say(message, plan).text
    assert "$277.00" in text  # three orders of $59.00 and one of $100.00, none that was cancelled or sent back
    assert "999" not in text


@pytest.mark.parametrize("message", FIRST)
def test_the_order_that_is_expected_first_is_told(chat: OrderChat, message: str) -> None:
    text = chat.say(message, "policy delivery").text
    assert "A-2 should arrive first" in text
    assert "December 2" in text
    assert "A-1" not in text


def test_somebody_else_is_told_of_their_own_orders(chat: OrderChat) -> None:
    chat.conversation, chat.customer = None, "C-2"
    assert "$118.00" in chat.say("how much did I spend?").text
    chat.conversation, chat.customer = None, None
    assert "sign in" in chat.say("how much did I spend?").text
    chat.conversation, chat.customer = None, "C-1"


def test_two_that_come_on_one_day_are_both_told(tmp_path: Path) -> None:
    chat = OrderChat(tmp_path)
    first = order("A-1", OrderStatus.PROCESSING, expected=date(2026, 12, 2))
    Orders(chat.engine).upsert([first, replace(first, id="A-2", status=OrderStatus.SHIPPED)])
    text = chat.say("which arrives first?").text
    assert "A-1" in text
    assert "A-2" in text
    assert "first" not in text


@pytest.mark.parametrize(
    "message",
    [
        "how much did I pay for the tent?",
        "how much do I pay for shipping?",
        "how much do I pay to return it?",
        "how much is it?",
    ],
)
def test_a_price_is_no_total(message: str) -> None:
    assert not asks_spent(message)


@pytest.mark.parametrize(
    "message",
    [
        "which tent is better for a first trip?",
        "which comes in blue?",
        "is this my first order?",
        "which comes with a pump?",
    ],
)
def test_a_question_about_goods_is_none_about_orders(message: str) -> None:
    assert not asks_first(message)


@pytest.mark.parametrize(
    "message",
    [
        "What did I order in FF-20349?",
        "is everything in ff-20349 shipped?",
        "when was the size wrong, by FF-20349?",
        "what's the top item of FF-20349",
    ],
)
def test_the_shops_letters_say_what_a_number_is(message: str) -> None:
    found = order_number(Text.of(message))
    assert found is not None
    assert found.id.upper() == "FF-20349"


@pytest.mark.parametrize("message", ["was it made in 2024?", "my phone is 5550142", "do you have it in size 1000"])
def test_a_number_of_something_else_is_none(message: str) -> None:
    assert order_number(Text.of(message)) is None
