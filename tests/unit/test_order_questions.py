"""Questions about a customer's own orders: which order is meant and what is asked of it is read by code, whatever a model plans."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from assistant.actions.order import Order, OrderLine, OrderStatus
from assistant.actions.orders import Orders
from assistant.order_tables import OrderRow
from assistant.planning.grammar.periods import Period, period_in
from assistant.planning.order_form import MANY, OrderState, last_orders, state_of
from retrieval.catalog.customer import Customer
from retrieval.catalog.product import Product
from retrieval.store.records import Records
from tests.unit.actions.order_desk import order, usd
from tests.unit.order_chat import OrderChat

TENT = Product("tent", "Alder Tent", usd("200.00"), product_type="Camping > Tents")
PEGS = Product("pegs", "Tent Pegs", usd("9.00"), product_type="Camping > Pegs")
TODAY = date(2026, 11, 20)
WRONG_PLANS = ("policy orders", "order items O-1")


def placed(order: Order, year: int, month: int, day: int, *lines: OrderLine) -> Order:
    return replace(order, placed=datetime(year, month, day, 9, tzinfo=UTC), lines=lines or order.lines)


def line(id: str, title: str) -> OrderLine:
    return OrderLine(id, title, 1, usd("10.00"))


def plant(records: Records, orders: Orders) -> None:
    """Dee has four orders; Eve has one that is late; Finn has none."""
    records.upsert_products([TENT, PEGS])
    records.upsert_customers([Customer(id, name, f"{name}@example.com") for id, name in NAMES.items()])
    delivered, processing = OrderStatus.DELIVERED, OrderStatus.PROCESSING
    orders.upsert(
        [
            placed(
                order("O-1", delivered, "C-4", total=usd("300.00"), delivered=date(2025, 6, 9)),
                *(2025, 6, 5),
                line("tent", "Alder Tent"),
            ),
            placed(
                order("O-2", delivered, "C-4", total=usd("20.00"), delivered=date(2026, 10, 12)),
                *(2026, 10, 8),
                line("pegs", "Tent Pegs"),
            ),
            placed(order("O-3", OrderStatus.CANCELLED, "C-4", total=usd("999.00")), 2026, 10, 20),
            placed(
                order("O-4", delivered, "C-4", total=usd("50.00"), delivered=date(2026, 11, 9)),
                *(2026, 11, 5),
                line("mug", "Mug"),
            ),
            order(
                "L-1",
                OrderStatus.DELAYED,
                "C-5",
                expected=date(2026, 11, 16),
                carrier="Parcelway",
                tracking="PW-77",
            ),
            placed(order("L-2", delivered, "C-5"), 2026, 11, 3),
            order("P-1", processing, "C-7", expected=date(2026, 11, 24)),
        ]
    )


NAMES = {"C-4": "Dee", "C-5": "Eve", "C-6": "Finn", "C-7": "Gus"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> OrderChat:
    return OrderChat(tmp_path_factory.mktemp("orders"), plant=plant)


def asked(shop: OrderChat, customer: str, *messages: str, plan: str = "policy orders") -> str:
    """The last reply of a new conversation."""
    shop.conversation, shop.customer = None, customer
    return [shop.say(message, plan).text for message in messages][-1]


@pytest.mark.parametrize("plan", WRONG_PLANS)
@pytest.mark.parametrize(
    "message", ["did i ever buy a tent?", "Have I ordered a tent before", "is there a tent in any of my orders?"]
)
def test_goods_that_were_bought_are_found_in_the_orders_that_hold_them(
    shop: OrderChat, message: str, plan: str
) -> None:
    text = asked(shop, "C-4", message, plan=plan)
    assert text == "Yes: order O-1 of June 5, 2025 has Alder Tent in it."


@pytest.mark.parametrize(
    ("message", "goods"),
    [
        ("did i ever buy a kayak?", "kayak"),
        ("have I already ordered any gloves from you", "gloves"),
    ],
)
def test_goods_that_were_not_bought_are_said_to_be_in_no_order(shop: OrderChat, message: str, goods: str) -> None:
    for customer in ("C-4", "C-7") if goods == "kayak" else ("C-4",):
        assert asked(shop, customer, message) == f"I see no {goods} in your orders."


@pytest.mark.parametrize(
    ("message", "goods"),
    [
        ("did we buy a tent this year", "tent"),
        ("did I order any tent pegs in 2025?", "tent pegs"),
        ("have we bought a mug in the last two weeks", "mug"),
    ],
)
def test_goods_that_were_bought_at_another_time_are_missing_only_from_the_time_named(
    shop: OrderChat, message: str, goods: str
) -> None:
    assert asked(shop, "C-4", message) == f"I see no {goods} in your orders from that time."


def test_the_day_on_which_something_was_bought_is_said(shop: OrderChat) -> None:
    assert asked(shop, "C-4", "when did I buy the mug?").startswith("That was on November 5: order O-4")
    assert "October 8" in asked(shop, "C-4", "when did i last buy tent pegs")


@pytest.mark.parametrize("plan", ["order status", "order status O-4", "order refund"])
@pytest.mark.parametrize(
    ("message", "order"),
    [
        ("has the alder been delivered?", "O-1"),
        ("did I get my money back for the pegs", "O-2"),
        ("and my mug, where is that", "O-4"),
    ],
)
def test_goods_that_are_named_tell_which_order_is_meant(shop: OrderChat, message: str, order: str, plan: str) -> None:
    text = asked(shop, "C-4", "how is my last order doing?", message, plan=plan)
    assert {id for id in ("O-1", "O-2", "O-3", "O-4") if id in text} == {order}


@pytest.mark.parametrize("plan", WRONG_PLANS)
@pytest.mark.parametrize(
    "message",
    [
        "whats in my last order and when did it arrive?",
        "what was in my most recent order, and when was it delivered?",
        "what did i order last and has it arrived",
    ],
)
def test_the_last_order_is_the_one_placed_most_recently_and_both_halves_are_answered(
    shop: OrderChat, message: str, plan: str
) -> None:
    text = asked(shop, "C-4", message, plan=plan)
    assert "Mug" in text
    assert "O-4" in text
    assert "November 9" in text
    assert "O-1" not in text


@pytest.mark.parametrize(
    "message",
    [
        "when did i last buy something before that?",
        "what was in the order before that?",
        "and my previous order?",
        "and before that?",
        "what did I buy before that, and has it arrived?",
    ],
)
def test_the_order_before_is_the_one_placed_before_the_one_spoken_of(shop: OrderChat, message: str) -> None:
    text = asked(shop, "C-4", "what was in my last order?", message, plan="order history")
    assert "O-3" in text
    assert "O-4" not in text


@pytest.mark.parametrize(
    "message",
    ["Will my order arrive before this Friday?", "will it be here before that", "will I get my order before Christmas"],
)
def test_a_day_of_arrival_names_no_order_before_another(shop: OrderChat, message: str) -> None:
    assert "L-1" in asked(shop, "C-5", "where is my order L-1?", message, plan="order status L-1")


def test_before_the_first_order_there_is_none(shop: OrderChat) -> None:
    text = asked(shop, "C-4", "what was my first order?", "and what was in the order before that?")
    assert text == "I see no order before that one in your account."


@pytest.mark.parametrize("plan", WRONG_PLANS)
@pytest.mark.parametrize(
    "message",
    [
        "where is my order?",
        "has my parcel been shipped",
        "how much have i spent?",
        "did I ever buy a tent",
        "what was my biggest order",
    ],
)
def test_a_customer_without_orders_is_told_so(shop: OrderChat, message: str, plan: str) -> None:
    if plan.endswith("O-1"):
        plan = "order items"
    assert asked(shop, "C-6", message, plan=plan) == "You have no orders yet."


def test_a_number_that_is_not_theirs_is_still_asked_to_be_checked(shop: OrderChat) -> None:
    for customer in ("C-6", "C-4"):
        assert "number" in asked(shop, customer, "where is order L-1234?", plan="order status L-1234")


@pytest.mark.parametrize(
    ("message", "sum", "about"),
    [
        ("how much have i spent this year?", "$70.00", "2 orders (O-2 and O-4) from January 1 to November 20"),
        ("what did I spend last month", "$20.00", "1 order (O-2) from October 1 to October 31"),
        ("how much did i pay in 2025", "$300.00", "1 order (O-1) from January 1, 2025 to December 31, 2025"),
        ("how much have I spent since November", "$50.00", "1 order (O-4) from November 1 to November 20"),
        ("how much have i spent", "$370.00 in all", "3 orders (O-1, O-2 and O-4) from June 5, 2025 to November 20"),
    ],
)
def test_what_was_spent_is_that_of_the_time_named_and_says_which_orders_count(
    shop: OrderChat, message: str, sum: str, about: str
) -> None:
    text = asked(shop, "C-4", message)
    assert sum in text
    assert about in text
    assert "without any that were cancelled or sent back" in text


def test_another_time_named_behind_it_is_asked_of_the_same(shop: OrderChat) -> None:
    assert "$20.00" in asked(shop, "C-4", "how much have i spent this year?", "and last month?", plan="order history")
    assert "$20.00" in asked(shop, "C-4", "how much did I spend", "what about october", plan="policy x")
    assert "$300.00" in asked(shop, "C-4", "how much did I spend", "ok, and in all of 2025?", plan="policy x")
    assert "nothing to count" in asked(shop, "C-4", "how much have I spent in 2024")


@pytest.mark.parametrize(
    "message", ["and do you have tents?", "and where is my parcel?", "what about shipping?", "and mugs from this year?"]
)
def test_something_else_asked_behind_it_is_not_asked_of_the_same(shop: OrderChat, message: str) -> None:
    told = asked(shop, "C-4", "how much have I spent?", message)
    assert "$370.00" not in told
    assert "$70.00" not in told


@pytest.mark.parametrize("plan", WRONG_PLANS)
@pytest.mark.parametrize(
    ("message", "says"),
    [
        ("what was my biggest order", "Your largest order is O-1 of June 5, 2025, for $300.00: Alder Tent."),
        ("which of my orders was the most expensive?", "Your largest order is O-1"),
        ("whats the smallest order i made", "Your smallest order is O-2 of October 8, for $20.00"),
        ("my largest order this year?", "Your largest order from that time is O-4 of November 5, for $50.00"),
    ],
)
def test_the_largest_order_is_that_with_the_largest_total(shop: OrderChat, message: str, says: str, plan: str) -> None:
    assert asked(shop, "C-4", message, plan=plan).startswith(says)


@pytest.mark.parametrize(
    ("message", "says"),
    [
        ("which one is more expensive", "Order L-1 is more expensive: $59.00, against $12.00 for L-3."),
        ("and which of them is cheaper?", "Order L-3 is less expensive: $12.00, against $59.00 for L-1."),
        ("which cost the most", "Order L-1 is more expensive: $59.00"),
    ],
)
def test_orders_that_were_told_are_compared_by_their_totals(tmp_path: Path, message: str, says: str) -> None:
    chat = OrderChat(tmp_path, plant=plant)
    Orders(chat.engine).upsert([order("L-3", OrderStatus.SHIPPED, "C-5", total=usd("12.00"))])
    chat.customer = "C-5"
    assert "L-3" in chat.say("where are my orders?", "order status").text
    assert chat.say(message, "policy exchange").text.startswith(says)


@pytest.mark.parametrize("plan", ["policy delivery", "order status"])
@pytest.mark.parametrize("message", ["when will it finally come", "is it here yet?", "how late is it now"])
def test_asked_again_the_reply_has_number_day_lateness_and_tracking_and_nothing_else(
    shop: OrderChat, message: str, plan: str
) -> None:
    text = asked(shop, "C-5", "where is my order L-1", message, plan=plan)
    assert text.startswith(
        "I'm sorry, your order L-1 is delayed with Parcelway and 4 days late: it was expected on November 16."
    )
    assert "PW-77" in text
    assert "help@oak.example" not in text


@pytest.mark.parametrize("message", ["what's the tracking number", "tracking number?", "give me its tracking code"])
def test_the_tracking_number_is_said_alone(shop: OrderChat, message: str) -> None:
    text = asked(shop, "C-5", "where is my order L-1", message)
    assert text == "The tracking number of order L-1 is PW-77 with Parcelway."


@pytest.mark.parametrize(
    "message",
    ["will my parcel arrive this week?", "is my order coming today", "why hasn't my order arrived this month"],
)
def test_a_day_of_arrival_is_no_time_of_an_order(shop: OrderChat, message: str) -> None:
    assert "order P-1" in asked(shop, "C-7", message)


def test_an_order_without_a_tracking_number_is_said_to_have_none(shop: OrderChat) -> None:
    text = asked(shop, "C-7", "whats the tracking number of my order")
    assert text.startswith("Order P-1 has no tracking number yet.")
    assert "prepar" in text


@pytest.mark.parametrize("plan", ["policy late", "order status"])
@pytest.mark.parametrize("message", ["why is it delayed?", "why hasn't it arrived", "why the delay?"])
def test_why_an_order_is_late_is_said_not_to_be_recorded(shop: OrderChat, message: str, plan: str) -> None:
    text = asked(shop, "C-5", "where is my order L-1?", message, plan=plan)
    assert "order L-1 is delayed with Parcelway and 4 days late" in text
    assert text.endswith("The reason for the delay is not in our records.")


@pytest.mark.parametrize("plan", ["ask which_product"])
@pytest.mark.parametrize(
    "messages",
    [
        ("where is my order", "why isn't it shipped yet"),
        ("why has my order not been sent yet?",),
        ("why isn't it shipped yet",),
    ],
)
def test_why_an_order_was_not_sent_is_said_of_the_order_that_was_not(
    shop: OrderChat, messages: tuple[str, ...], plan: str
) -> None:
    text = asked(shop, "C-7", *messages, plan=plan)
    assert "P-1" in text
    assert "November 24" in text
    assert text.endswith("Why it has not been sent yet is not in our records.")


@pytest.mark.parametrize("plan", ["policy late", "hand_over upset"])
@pytest.mark.parametrize(
    "message",
    [
        "my parcel is late!! this is ridiculous",
        "my order still hasn't arrived",
        "I never received my package, it should have been here days ago",
    ],
)
def test_who_complains_of_a_late_order_is_told_of_the_one_that_is(shop: OrderChat, message: str, plan: str) -> None:
    text = asked(shop, "C-5", message, plan=plan)
    assert text.startswith("I'm sorry")
    assert "L-1" in text
    assert "4 days late" in text
    assert text.count("sorry") == 1


@pytest.mark.parametrize("status", [OrderStatus.PROCESSING, OrderStatus.SHIPPED, OrderStatus.DELAYED])
def test_an_order_past_its_day_is_called_late_at_once_and_in_a_list(tmp_path: Path, status: OrderStatus) -> None:
    chat = OrderChat(tmp_path, plant=plant)
    chat.customer = "C-7"
    Orders(chat.engine).upsert([order("P-1", status, "C-7", expected=date(2026, 11, 19))])
    assert "1 day late" in chat.say("where is my order", "order status").text.split(":")[0]
    Orders(chat.engine).upsert([order("P-2", status, "C-7", expected=date(2026, 11, 28))])
    chat.conversation = None
    text = chat.say("where are my orders?", "order status").text
    assert "expected on November 19, 1 day late" in text
    assert text.count("late") == 1


@pytest.mark.parametrize(
    "message",
    [
        "what if my parcel is late?",
        "where are you located",
        "how long does delivery take?",
        "can I return my order when it arrives",
        "when does it come back in stock",
        "do you have a tent",
    ],
)
def test_questions_to_the_shop_are_left_to_its_pages(shop: OrderChat, message: str) -> None:
    shop.conversation, shop.customer = None, "C-5"
    reply = shop.say(message, "policy something")
    assert not any(step.tool == "order" for step in reply.plan.steps)


@pytest.mark.parametrize(
    "message",
    [
        "I already bought a tent and need pegs",
        "we have already ordered a tent, do you have pegs for it?",
        "What pegs do I need since I already bought a tent?",
        "I already bought a tent but no pegs",
    ],
)
def test_goods_that_a_customer_says_were_bought_are_not_asked_for(shop: OrderChat, message: str) -> None:
    shop.conversation, shop.customer = None, "C-4"
    reply = shop.say(message, "find pegs: pegs")
    assert not any(step.tool == "order" for step in reply.plan.steps)


@pytest.mark.parametrize(
    "message",
    [
        "can you check if I already bought a tent",
        "I already ordered a tent?",
        "so we've already bought a tent from you?",
        "tell me whether I ever bought a tent",
    ],
)
def test_goods_are_asked_for_by_a_question_mark_or_an_opener(shop: OrderChat, message: str) -> None:
    assert asked(shop, "C-4", message) == "Yes: order O-1 of June 5, 2025 has Alder Tent in it."


def test_a_visitor_is_asked_to_sign_in_only_for_orders_of_their_own(shop: OrderChat) -> None:
    shop.conversation, shop.customer = None, None
    assert "sign in" in shop.say("did I ever buy a tent?", "policy x").text
    assert not any(step.tool == "order" for step in shop.say("my parcel is late!", "policy late").plan.steps)
    shop.customer = "C-4"


@pytest.mark.parametrize(
    ("message", "first", "last"),
    [
        ("this year", date(2026, 1, 1), TODAY),
        ("last year", date(2025, 1, 1), date(2025, 12, 31)),
        ("last month", date(2026, 10, 1), date(2026, 10, 31)),
        ("in the past three months", date(2026, 8, 22), TODAY),
        ("since June", date(2026, 6, 1), TODAY),
        ("since 5 June 2025", date(2025, 6, 5), TODAY),
        ("in december", date(2025, 12, 1), date(2025, 12, 31)),
        ("between June and August", date(2026, 6, 1), date(2026, 8, 31)),
        ("last week", date(2026, 11, 9), date(2026, 11, 15)),
        ("in 2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("yesterday", date(2026, 11, 19), date(2026, 11, 19)),
        ("since 31 June", date(2026, 6, 30), TODAY),
        ("since May 01", date(2026, 5, 1), TODAY),
        ("since May 0", date(2026, 5, 1), TODAY),
    ],
)
def test_periods(message: str, first: date, last: date) -> None:
    assert period_in(f"what did I spend {message}?", TODAY) == Period(first, last)


@pytest.mark.parametrize(
    "message",
    [
        "may I pay later",
        "and may i ask",
        "what did I spend",
        "order 2024-17",
        "my last order",
        "since 0 May",
        "did I spend about 2000 dollars?",
        "a card of 2000 USD",
        "is it for 1999.99",
        "for 2000€",
    ],
)
def test_no_period(message: str) -> None:
    assert period_in(message, TODAY) is None


WORDS = """since after from between until the beginning start of in last past previous this and for 0 00 1 29 31 32 99 999
3rd 0th may february may, june 1900 2000 2024 2099 year years month months week days day today yesterday"""


@given(
    message=st.lists(st.sampled_from(WORDS.split()), max_size=8).map(" ".join) | st.text(),
    today=st.dates(date(1990, 1, 1), date(2100, 1, 1)),
)
def test_any_message_has_a_period_or_none(message: str, today: date) -> None:
    assert isinstance(period_in(message, today), Period | None)


@pytest.mark.parametrize(
    ("message", "ids", "has_more"),
    [
        ("can you list my last two orders", ["O-4", "O-3"], False),
        ("my latest 4 orders please", ["O-4", "O-3", "O-2"], True),
        ("what did I get in my recent orders", ["O-4", "O-3", "O-2"], True),
    ],
)
def test_the_last_orders_are_listed(shop: OrderChat, message: str, ids: list[str], has_more: bool) -> None:
    text = asked(shop, "C-4", message, plan="order status")
    assert [id for id in ("O-4", "O-3", "O-2", "O-1") if id in text] == ids
    assert ("You have more orders than these" in text) is has_more


@pytest.mark.parametrize(
    ("message", "count"),
    [
        ("where is my last order", 0),
        ("the last 2 things I bought", 0),
        ("how do I send back my last orders", 0),
        ("see my previous orders", MANY),
        ("show my last five purchases", 5),
    ],
)
def test_how_many_of_the_last_orders_are_asked_for(message: str, count: int) -> None:
    assert last_orders(message) == count


@pytest.mark.parametrize(
    "message", ["what did I pay?", "and how much have I paid", "what's in it and how much did I pay?"]
)
def test_what_was_paid_is_that_of_the_order_in_view(shop: OrderChat, message: str) -> None:
    assert "$300.00" in asked(shop, "C-4", "what was my first order?", message, plan="order status")


@pytest.mark.parametrize("message", ["what did I pay altogether?", "how much have I spent", "what did we pay in 2025?"])
def test_what_was_paid_in_all_is_that_of_all_orders(shop: OrderChat, message: str) -> None:
    assert "ou spent" in asked(shop, "C-4", "what was my last order?", message, plan="order status")


@pytest.mark.parametrize(
    "message", ["hello, is my parcel packed?", "was my order processed yet?", "has it been dispatched"]
)
def test_how_far_an_order_has_come_is_asked_of_the_order(shop: OrderChat, message: str) -> None:
    assert "P-1" in asked(shop, "C-7", message)


def test_an_order_that_was_cancelled_says_so_with_its_reason(tmp_path: Path) -> None:
    chat = OrderChat(tmp_path)
    chat.say("cancel A-1", "change cancel A-1")
    chat.say("yes")
    assert chat.say("so is it cancelled now?", "policy cancel").text.startswith("Your order A-1 was cancelled.")
    with chat.engine.begin() as connection:
        connection.execute(update(OrderRow).where(OrderRow.id == "A-1").values(cancel_reason="no longer needed"))
    for message in ("is it cancelled?", "why was it cancelled?"):
        text = chat.say(message, "policy cancel").text
        assert text == "Your order A-1 was cancelled. The reason given: no longer needed."


@pytest.mark.parametrize(
    ("message", "state"),
    [
        ("where is the one that hasn't come yet", OrderState.WAITED_FOR),
        ("the parcel that you have not sent", OrderState.UNSENT),
        ("what about the one still being prepared?", OrderState.UNSENT),
        ("the one that was delivered", OrderState.ARRIVED),
        ("the delayed parcel", OrderState.LATE),
        ("what was in the cancelled order", OrderState.CANCELLED),
        ("any shipped orders of mine?", OrderState.SENT),
        ("my last delivered one", OrderState.ARRIVED),
        ("You sent one with a hole, send it back", None),
        ("I returned one of them", None),
        ("you delivered one shirt too few", None),
        ("the shop that sent one parcel too many", None),
        ("I cancelled one order already", None),
        ("you delayed one order before", None),
        ("my order has not been sent", None),
        ("I want the one that has a handle", None),
        ("is there only one left", None),
    ],
)
def test_the_state_by_which_an_order_is_meant(message: str, state: OrderState | None) -> None:
    assert state_of(message) is state


@pytest.mark.parametrize(
    "message",
    [
        "can I still send back anything from my earlier orders?",
        "can we still return something we ordered? which of my orders?",
    ],
)
def test_what_can_still_go_back_is_told_order_by_order(shop: OrderChat, message: str) -> None:
    text = asked(shop, "C-4", "where is my first order?", message, plan="change return O-1")
    assert "You can return order O-4 until December 9" in text
    assert "O-1" not in text


@pytest.mark.parametrize(("count", "has_more"), [(3, False), (4, True)])
def test_that_more_orders_can_still_go_back_is_said(tmp_path: Path, count: int, has_more: bool) -> None:
    chat = OrderChat(tmp_path, plant=plant)
    ids = [f"R-{number}" for number in range(count)]
    Orders(chat.engine).upsert([placed(order(id, OrderStatus.DELIVERED, "C-6"), 2026, 11, 5) for id in ids])
    text = asked(chat, "C-6", "can I still return something from my past orders?", plan="change return")
    assert text.startswith("You can still return ")
    assert sum(id in text for id in ids) == 3
    assert ("You have more orders with items you can still return." in text) is has_more


def test_that_nothing_can_go_back_is_said(shop: OrderChat) -> None:
    text = asked(shop, "C-7", "can I still return something from my past orders?", plan="change return P-1")
    assert text.startswith("None of your orders can be sent back right now.")
