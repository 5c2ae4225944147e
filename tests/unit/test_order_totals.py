"""Questions about all of a customer's orders: what they came to, and which comes first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from assistant.actions.order import OrderLine, OrderStatus
from assistant.actions.order_record import OrderRecord
from assistant.actions.orders import Orders
from assistant.dialogue.thread import Thread
from assistant.evidence.brief import Note
from assistant.planning.grammar.order_number import order_number
from assistant.planning.grammar.text import Text
from assistant.planning.order_form import asks_first, asks_spent
from assistant.tools.order_totals import ranked, spent
from retrieval.catalog.money import Money
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


@pytest.fixture(scope="module")
def tied(tmp_path_factory: pytest.TempPathFactory) -> OrderChat:
    """Two orders of $100.00 and one of €70.00 that have arrived; on their way are one of $40.00 and one of €50.00."""
    chat = OrderChat(tmp_path_factory.mktemp("tied"))
    arrived, on_its_way, cancelled = OrderStatus.DELIVERED, OrderStatus.SHIPPED, OrderStatus.CANCELLED
    totals = {
        "T-1": (arrived, usd("100.00")),
        "T-2": (arrived, usd("100.00")),
        "T-3": (arrived, Money(Decimal("70.00"), "EUR")),
        "T-4": (on_its_way, usd("40.00")),
        "T-5": (on_its_way, Money(Decimal("50.00"), "EUR")),
    }
    Orders(chat.engine).upsert(
        [
            order(id, status, total=total, shipping=None, lines=(OrderLine("mug", "Mug", 1, total),))
            for id, (status, total) in totals.items()
        ]
        + [order(id, cancelled) for id in ("A-1", "A-2", "A-3", "A-4")]
    )
    return chat


@pytest.mark.parametrize(
    "before", [(), (("where are my orders?", "order status"),)], ids=["first message", "with orders told"]
)
@pytest.mark.parametrize(
    "message", ["which of my orders was the most expensive?", "what was my biggest order?", "my most expensive order?"]
)
def test_orders_that_share_the_largest_total_are_both_told(
    tied: OrderChat, message: str, before: tuple[tuple[str, str], ...]
) -> None:
    tied.conversation = None
    for said in before:
        tied.say(*said)
    text = tied.say(message, "policy orders").text
    assert text.startswith("Your largest orders are")
    for total in ("$100.00 for T-1", "$100.00 for T-2", "€70.00 for T-3"):
        assert total in text
    assert "more expensive" not in text


@pytest.mark.parametrize("message", ["which one is more expensive?", "which of them is cheaper", "which cost the most"])
def test_totals_in_different_currencies_are_told_and_not_compared(tied: OrderChat, message: str) -> None:
    tied.conversation = None
    tied.say("where are my orders?", "order status")
    text = tied.say(message, "policy orders").text
    assert text.startswith("The totals are in different currencies, so I do not compare them:")
    assert "$40.00 for T-4" in text
    assert "€50.00 for T-5" in text


@pytest.mark.parametrize(
    ("zone", "says"), [("Pacific/Auckland", "on June 5"), ("America/New_York", "from June 4"), ("UTC", "from June 4")]
)
def test_a_sum_begins_on_the_day_of_the_shop(zone: str, says: str) -> None:
    def shop_day(moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(zone)).date()

    placed = datetime(2026, 6, 4, 22, tzinfo=UTC)
    records = [OrderRecord(order("A-1", OrderStatus.DELIVERED, placed=placed))]
    (found,) = spent(records, None, date(2026, 6, 5), shop_day).sums
    assert says in found.about


@pytest.mark.parametrize(
    ("sign", "totals", "told", "notes"),
    [
        (1, "9 7", "0 1", (Note.LARGEST_FIRST,)),
        (-1, "9 7 8", "1 2 0", (Note.SMALLEST_FIRST,)),
        (1, "9 9", "0 1", (Note.EQUAL_TOTALS,)),
        (1, "9 7 9", "0 2", (Note.LARGEST_FIRST, Note.EQUAL_TOTALS)),
        (-1, "7 9 7", "0 2", (Note.SMALLEST_FIRST, Note.EQUAL_TOTALS)),
    ],
)
def test_orders_are_ranked_by_their_totals(sign: int, totals: str, told: str, notes: tuple[Note, ...]) -> None:
    records = [
        OrderRecord(order(str(place), OrderStatus.DELIVERED, total=usd(total)))
        for place, total in enumerate(totals.split())
    ]
    found = ranked(records, sign)
    assert [each.id for each in found.orders] == told.split()
    assert found.notes == notes


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
    assert not asks_spent(message, Thread())


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
