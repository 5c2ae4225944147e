"""Changes of orders and the cart in conversation: asked for, shown, said yes to, and every way in which they come to nothing."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Generator, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.actions.order import OrderLine, OrderStatus
from assistant.actions.orders import Orders
from assistant.actions.owner import Owner
from assistant.dialogue.waiting import Press
from assistant.evidence.brief import Brief
from assistant.evidence.change_result import State
from assistant.planning.answer_form import Answer, read_answer
from assistant.reply import Reply
from retrieval.catalog.product import Product
from retrieval.errors import ConversationNotFound
from retrieval.store.records import Records
from tests.unit.actions.order_desk import ADA, POLICY, order, usd
from tests.unit.order_chat import OrderChat

REASONS = POLICY.replace("return:\n", "return:\n  reasons: [does not fit, no longer needed]\n")


@pytest.fixture
def chat(tmp_path: Path) -> OrderChat:
    return OrderChat(tmp_path)


def state(reply: Reply) -> State | None:
    return reply.brief.change.state if reply.brief.change else None


def test_a_cancellation_is_shown_and_runs_after_a_yes_once(chat: OrderChat) -> None:
    before = chat.rows()
    shown = chat.say("cancel order A-1 please", "change cancel A-1")
    assert state(shown) is State.PROPOSED
    assert "cancel order A-1" in shown.text
    assert "$59.00 goes back to Visa ending in 4242" in shown.text
    assert shown.shown.proposal is not None
    assert shown.shown.proposal.heading == "Cancel order A-1"
    assert chat.rows() == before
    done = chat.say("yes please")
    assert done.text.startswith("I have cancelled order A-1. $59.00 goes back to Visa ending in 4242")
    assert (done.shown.done, done.shown.proposal, done.fallback) == ("cancel", None, False)
    assert chat.audit() == ["cancel"]
    assert chat.actions.find(ADA, "A-1")[0].order.status is OrderStatus.CANCELLED
    assert state(chat.say("yes please")) is None
    again = chat.press("confirm", shown.shown.proposal.id)
    assert "nothing was done twice" in again.text
    assert chat.audit() == ["cancel"]


@pytest.mark.parametrize("words", ["no, leave it", "never mind", "Nope"])
def test_a_no_leaves_everything_as_it_is(chat: OrderChat, words: str) -> None:
    before = chat.rows()
    shown = chat.say("cancel A-1", "change cancel A-1")
    assert chat.say(words).text == "All right, I leave everything as it is."
    assert shown.shown.proposal is not None
    assert "cancelled before it was made" in chat.press("confirm", shown.shown.proposal.id).text
    assert chat.rows() == before


def test_something_else_asked_in_between_cancels_it_and_the_reply_says_so(chat: OrderChat) -> None:
    before = chat.rows()
    shown = chat.say("cancel A-1", "change cancel A-1")
    other = chat.say("do you have mugs?", "find mugs: mugs")
    assert other.text.startswith("As you asked for something else, I did not do this: cancel order A-1.")
    assert "Mug" in other.text
    assert state(chat.say("yes")) is None
    assert shown.shown.proposal is not None
    assert state(chat.press("confirm", shown.shown.proposal.id)) is State.REFUSED
    assert chat.rows() == before


def test_what_asks_for_nothing_leaves_it_open(chat: OrderChat) -> None:
    chat.say("cancel A-1", "change cancel A-1")
    reminded = chat.say("hmm", "talk unclear")
    assert state(reminded) is State.REMINDED
    assert "cancel order A-1" in reminded.text
    assert chat.say("ok do it").shown.done == "cancel"


@pytest.mark.parametrize(
    "message", ["will i be charged", "does that cost me anything?", "how much money do I get back"]
)
def test_what_a_shown_change_costs_is_answered_by_the_change_which_stays_open(chat: OrderChat, message: str) -> None:
    chat.say("cancel A-1", "change cancel A-1")
    reply = chat.say(message, "policy charged")
    assert state(reply) is State.REMINDED
    assert reply.text.startswith("$59.00 goes back to Visa ending in 4242")
    assert reply.text.endswith("I still have this ready: cancel order A-1. Shall I go ahead? Just say yes or no.")
    assert "did not do" not in reply.text
    assert chat.say("yes").shown.done == "cancel"


@pytest.mark.parametrize(
    ("message", "plan", "says"),
    [
        ("until when can I return things?", "policy return", "within 30 days of delivery"),
        ("where is A-2", "order status A-2", "A-2"),
        ("what is in it?", "order items A-1", "Shirt, red"),
    ],
)
def test_a_question_in_between_is_answered_and_leaves_a_shown_change_open(
    chat: OrderChat, message: str, plan: str, says: str
) -> None:
    chat.say("cancel A-1", "change cancel A-1")
    reply = chat.say(message, plan)
    assert says in reply.text
    assert reply.text.endswith("I still have this ready: cancel order A-1. Shall I go ahead? Just say yes or no.")
    before = chat.rows()
    assert chat.say("no thanks").text == "All right, I leave everything as it is."
    assert chat.rows() == before


@pytest.mark.parametrize(
    ("message", "plan"),
    [("take the mug out of A-4", "change items A-4"), ("can I return it instead?", "policy return")],
)
def test_another_wish_ends_a_shown_change(chat: OrderChat, message: str, plan: str) -> None:
    chat.say("cancel A-1", "change cancel A-1")
    chat.say(message, plan)
    assert chat.say("and A-1, is it cancelled?", "order status A-1").shown.done != "cancel"
    assert "cancel" not in chat.audit()


@pytest.mark.parametrize(
    "message",
    [
        "I want to return the last thing I bought",
        "send my latest purchase back",
        "can you return my most recent order?",
    ],
)
def test_the_reason_for_a_return_is_asked_with_the_item_named(tmp_path: Path, message: str) -> None:
    chat = OrderChat(tmp_path, REASONS)
    mug = OrderLine("mug", "Mug", 1, usd("10.00"))
    newest = order("A-9", OrderStatus.DELIVERED, placed=datetime(2026, 11, 8, tzinfo=UTC), lines=(mug,))
    Orders(chat.engine).upsert([newest])
    reply = chat.say(message, "change return")
    assert reply.text.startswith("What is the reason for sending back Mug from order A-9: does not fit")


@pytest.fixture(scope="module")
def kettles(tmp_path_factory: pytest.TempPathFactory) -> OrderChat:
    """The kettle of order K-1 has arrived, the newest order, K-2, is being prepared and has none."""

    def plant(records: Records, orders: Orders) -> None:
        records.upsert_products([Product("kettle", "Kettle", usd("30.00"), product_type="Kitchen > Kettles")])
        kettle, socks = (OrderLine(id, id.capitalize(), 1, usd("30.00")) for id in ("kettle", "socks"))
        arrived = order("K-1", OrderStatus.DELIVERED, placed=datetime(2026, 11, 8, tzinfo=UTC), lines=(kettle,))
        newest = order("K-2", OrderStatus.PROCESSING, placed=datetime(2026, 11, 18, tzinfo=UTC), lines=(socks,))
        orders.upsert([arrived, newest])

    return OrderChat(tmp_path_factory.mktemp("kettles"), plant=plant)


@pytest.mark.parametrize(
    "message",
    [
        "I just got the kettle and it is too small, I want to return it",
        "we've just gotten the kettle, please take it back",
        "I just bought a kettle and would like to return it",
        "return the kettle I got last",
    ],
)
def test_what_just_came_is_sent_back_and_the_newest_order_is_not_cancelled(kettles: OrderChat, message: str) -> None:
    kettles.conversation = None
    text = kettles.say(message, "change return").text
    assert "K-1" in text
    assert "K-2" not in text
    assert "cancel" not in text


def test_the_newest_order_is_cancelled_if_nothing_in_another_is_named(kettles: OrderChat) -> None:
    kettles.conversation = None
    assert "cancel order K-2" in kettles.say("cancel what I just bought", "change cancel").text


@pytest.mark.parametrize(
    "message", ["send back the last thing, it is too tight", "return my most recent purchase please"]
)
def test_the_last_thing_to_go_back_is_the_last_that_has_arrived(kettles: OrderChat, message: str) -> None:
    kettles.conversation = None
    text = kettles.say(message, "change return").text
    assert "K-1" in text
    assert "cancel" not in text


@pytest.mark.parametrize("message", ["I want to send back what I just ordered", "please send it back"])
def test_what_has_not_arrived_is_said_to_be_cancelled_instead(kettles: OrderChat, message: str) -> None:
    kettles.conversation = None
    kettles.say("where is my last order?", "order status")
    text = kettles.say(message, "change return").text
    assert text.startswith("Order K-2 has not arrived yet, so there is nothing to send back, but it can be cancelled.")
    assert text.endswith("Shall I go ahead?")


def test_a_cancellation_that_is_wished_for_says_nothing_of_a_return(kettles: OrderChat) -> None:
    kettles.conversation = None
    assert "arrived" not in kettles.say("cancel the socks", "change cancel").text


@pytest.mark.parametrize(
    ("message", "plan", "says"),
    [
        ("please cancel the one that hasn't been shipped", "change cancel", "cancel order A-1"),
        ("cancel the unsent order", "change cancel A-2", "cancel order A-1"),
        (
            "cancel the one that is on its way",
            "change cancel",
            "Order A-2 is on its way, so it can no longer be cancelled.",
        ),
        ("exchange something from the one that has arrived", "change exchange", "exchange from order A-3"),
    ],
)
def test_an_order_is_meant_by_how_far_it_has_come(tmp_path: Path, message: str, plan: str, says: str) -> None:
    chat = OrderChat(tmp_path, plant=lambda records, orders: orders.upsert([order("A-4", OrderStatus.RETURNED)]))
    chat.say("where is A-2?", "order status A-2")
    assert says in chat.say(message, plan).text


@pytest.mark.parametrize(
    ("message", "plan", "number"),
    [
        ("exchange the last thing I got", "change exchange", "K-1"),
        ("I need a return label for the last thing I got, please", "change return", "K-1"),
        ("swap the socks in my last order", "change exchange", "K-2"),
        ("exchange something in my last order", "change exchange", "K-2"),
    ],
)
def test_the_last_thing_that_somebody_got_has_arrived_and_the_last_order_may_not_have(
    kettles: OrderChat, message: str, plan: str, number: str
) -> None:
    kettles.conversation = None
    change = kettles.say(message, plan).brief.change
    assert change is not None
    assert change.order == number


@pytest.mark.parametrize("plan", ["talk ok", "change cancel"])
def test_a_wish_to_cancel_is_about_the_order_whose_change_is_open(chat: OrderChat, plan: str) -> None:
    chat.say("send A-1 to 1 High Street, Leeds, LS1 1AA, UK", "change address A-1")
    chat.say("where is A-4?", "order status A-4")
    assert "cancel order A-1" in chat.say("please cancel the order altogether", plan).text


def test_an_order_that_can_no_longer_be_cancelled_is_not_taken_for_another(tmp_path: Path) -> None:
    rules = POLICY.replace("change_address:\n  when: [processing]", "change_address:\n  when: [processing, shipped]")
    chat = OrderChat(tmp_path, rules)
    chat.say("send A-2 to 1 High Street, Leeds, LS1 1AA, UK", "change address A-2")
    text = chat.say("please cancel the order altogether").text
    assert "Order A-2 is on its way, so it can no longer be cancelled." in text


def test_a_delivered_order_is_not_said_to_be_under_way(tmp_path: Path) -> None:
    rules = POLICY.replace("cancel:\n  when: [processing]", "cancel:\n  when: [processing, delivered]")
    chat = OrderChat(tmp_path, rules.replace("  days: 30\n  refund_to", "  days: 1\n  refund_to"))
    reply = chat.say("send back everything in A-3", "change return A-3")
    assert "cancel order A-3" in reply.text
    assert "not arrived" not in reply.text


def test_a_wish_to_cancel_the_order_takes_the_place_of_another_change(chat: OrderChat) -> None:
    shown = chat.say("send A-1 to 1 High Street, Leeds, LS1 1AA, UK", "change address A-1")
    assert state(shown) is State.PROPOSED
    reply = chat.say("oh no, please cancel the order altogether", "talk ok")
    assert "I did not do this: send order A-1 to another address" in reply.text
    assert "cancel order A-1" in reply.text
    assert chat.say("yes").shown.done == "cancel"


def test_ten_minutes_end_it(chat: OrderChat) -> None:
    before = chat.rows()
    chat.say("cancel A-1", "change cancel A-1")
    chat.clock.wait(minutes=10)
    late = chat.say("yes")
    assert "More than ten minutes have passed" in late.text
    chat.say("cancel A-1", "change cancel A-1")
    chat.clock.wait(minutes=11)
    assert chat.say("hm", "talk unclear").text.startswith("More than ten minutes have passed, so I did not do this")
    assert chat.rows() == before


def test_a_stale_order_ends_it(chat: OrderChat) -> None:
    chat.say("cancel A-1", "change cancel A-1")
    other_tab, chat.conversation = chat.conversation, None
    chat.say("take the mug out of A-1", "change items A-1")  # replaces the first
    chat.say("yes")
    chat.conversation = other_tab
    reply = chat.say("yes")
    assert state(reply) is State.REFUSED
    assert "not made" in reply.text
    assert chat.audit() == ["change_items"]


def test_what_the_policy_forbids_is_refused_with_its_text(chat: OrderChat) -> None:
    refused = chat.say("cancel A-2", "change cancel A-2")
    assert refused.text == (
        'Order A-2 is on its way, so it can no longer be cancelled. Our policy says: "You can cancel until we have packed."'
    )
    assert [(source.id, source.title) for source in refused.shown.sources] == [("policy", "Cancelling")]
    assert chat.say("exchange the mug of A-2", "change exchange A-2").text.startswith(
        "Order A-2 is on its way; it can be exchanged once it is delivered."
    )


@pytest.fixture
def numbered(tmp_path: Path) -> OrderChat:
    """A shop whose customer has orders with numbers that tell themselves: A-1001 is being prepared, A-1002 on its way, A-1003 there."""

    def plant(records: Records, orders: Orders) -> None:
        states = (OrderStatus.PROCESSING, OrderStatus.SHIPPED, OrderStatus.DELIVERED)
        orders.upsert([order(f"A-100{number}", at) for number, at in enumerate(states, 1)])

    return OrderChat(tmp_path, plant=plant)


@pytest.mark.parametrize(
    ("message", "plan", "told"),
    [
        ("i want to send A-1001 back", "change return A-1001", "cancel order A-1001"),
        ("refund A-1001 now", "policy: refund A-1001 now", "cancel order A-1001"),
        ("refund A-1001, all of it", "change return A-1001", "cancel order A-1001"),
        ("i want to return the mug of A-1001", "change return A-1001", "it can be returned once it is delivered"),
        ("i want to send A-1002 back", "change return A-1002", "it can be returned once it is delivered"),
        (
            "send me a return label for A-1003",
            "order status A-1003",
            "What would you like to send back from order A-1003",
        ),
        ("print the return label for A-1001", "change return", "cancel order A-1001"),
    ],
)
def test_what_is_to_come_back_is_read_by_how_far_the_order_is(
    numbered: OrderChat, message: str, plan: str, told: str
) -> None:
    assert told in numbered.say(message, plan).text
    assert numbered.audit() == []


@pytest.mark.parametrize(
    ("message", "plan"),
    [
        ("the mug of A-1003 isn't for me, how do i send it back?", "policy: how do i send it back"),
        ("refund A-1003, i never used it", "policy: refund A-1003"),
        ("A-1003: don't like the shirt, money back please", "policy: money back"),
        ("process a return on A-1003 for me", "policy: process a return"),
        ("send me a return label for A-1003", "change return A-1003"),
        ("can i still return A-1003?", "policy: can i still return it"),
        ("how do i return A-1003", "policy: how do i return something"),
    ],
)
def test_a_return_after_the_window_hears_so_however_it_is_asked_for(
    numbered: OrderChat, message: str, plan: str
) -> None:
    numbered.clock.wait(days=40)
    text = numbered.say(message, plan).text
    assert (
        "The time to send back goods of order A-1003 is over" in text
        or "The time to return order A-1003 ended on" in text
    ), text


def test_a_question_on_a_refund_is_no_request_for_one(numbered: OrderChat) -> None:
    assert state(numbered.say("has A-1001 been refunded yet?", "policy: has it been refunded")) is None


def test_the_refund_of_another_item_is_not_told_for_the_one_that_is_named(tmp_path: Path) -> None:
    def plant(records: Records, orders: Orders) -> None:
        lines = (OrderLine("yen", "Brass Lantern", 1, usd("59.00")),)
        orders.upsert([replace(order("A-1004", OrderStatus.RETURNED), lines=lines, refunded=date(2026, 11, 12))])

    chat = OrderChat(tmp_path, plant=plant)
    assert "A-1004" in chat.say("where is my refund?", "order refund").text
    assert "A-1004" in chat.say("where is my refund for the lantern?", "order refund").text
    chat.conversation = None
    assert "A-1004" not in chat.say("give me my money back for the mug", "order refund").text


def test_a_policy_that_names_nothing_lets_the_pages_answer(tmp_path: Path) -> None:
    chat = OrderChat(tmp_path, "---\n---\n")
    reply = chat.say("cancel A-1", "change cancel A-1")
    assert state(reply) is None
    assert reply.brief.ran == ""


def test_a_visitor_is_told_to_sign_in(chat: OrderChat) -> None:
    chat.customer = None
    assert "sign in" in chat.say("cancel A-1", "change cancel A-1").text
    assert chat.say("yes").brief.ran == ""


def test_orders_of_others_do_not_exist(chat: OrderChat) -> None:
    before = chat.rows()
    missing = chat.say("cancel B-1", "change cancel B-1")
    assert missing.brief.orders == ()
    assert "number" in missing.text
    chat.customer, chat.conversation = "C-2", None
    shown = chat.say("cancel B-1", "change cancel B-1").shown.proposal
    chat.customer, chat.conversation = "C-1", None
    assert shown is not None
    assert "no such change" in chat.press("confirm", shown.id).text
    assert chat.rows() == before


def test_which_order_and_which_item_are_asked_one_by_one(tmp_path: Path) -> None:
    chat = OrderChat(tmp_path, REASONS)
    which = chat.say("cancel my order", "change cancel")
    assert which.text.startswith("Which order do you mean: A-")
    assert {chip[:3] for chip in which.shown.chips} == {"A-1", "A-4"}
    assert "cancel order A-1" in chat.say("the one with number A-1", "talk ok").text
    item = chat.say("i want to return something", "change return")
    assert "What would you like to send back from order A-3: Shirt, red; Mug; or Socks?" in item.text
    count = chat.say("the shirt")
    assert count.text == "How many of the Shirt, red do you mean?"
    reason = chat.say("just one")
    assert reason.text.startswith("What is the reason for sending back Shirt, red from order A-3: does not fit")
    shown = chat.say("too small for me")
    assert "Shirt, red ($20.00) comes back" in shown.text
    assert "$20.00 goes back to Visa ending in 4242 once the goods are back" in shown.text
    assert "return from order A-3 is recorded" in chat.say("yes").text
    label = chat.say("i need a return label", "policy: how do i get a label")
    assert "make a return label for order A-3" in label.text
    printed = chat.say("yes")
    assert [(link.kind, link.url) for link in printed.shown.links] == [("label", "https://shop.example/label/A-3/1")]
    assert chat.audit() == ["return", "return_label"]


def test_a_question_that_is_dropped_or_left_changes_nothing(chat: OrderChat) -> None:
    before = chat.rows()
    chat.say("cancel my order", "change cancel")
    assert chat.say("never mind").text == "All right, I leave everything as it is."
    chat.say("cancel my order", "change cancel")
    assert state(chat.say("do you sell mugs?", "find mugs")) is None
    assert state(chat.say("yes")) is None
    assert chat.rows() == before


def test_an_exchange_asks_for_the_variant_and_sends_it(chat: OrderChat) -> None:
    which = chat.say("exchange one shirt of A-3", "change exchange A-3")
    assert "Which" in which.text
    assert {"Blue", "Green"} <= {chip.capitalize() for chip in which.shown.chips}
    assert not any("grey" in chip.lower() for chip in which.shown.chips)
    shown = chat.say("the blue one")
    assert "becomes Shirt, blue ($26.00)" in shown.text
    assert "$6.00 is charged to Visa ending in 4242" in shown.text
    assert chat.say("yes").shown.done == "exchange"


def test_items_are_swapped_taken_out_and_added(chat: OrderChat) -> None:
    assert "Mug ($10.00) is taken out" in chat.say("take the mug out of A-1", "change items A-1").text
    assert chat.say("yes").shown.done == "change_items"
    assert "Socks ($5.00) becomes" not in chat.say("change the socks in A-1", "change items A-1").text
    assert "is taken out" in chat.say("take it out").text
    assert chat.say("yes").shown.done == "change_items"
    chat.say("show me mugs", "find mugs")
    added = chat.say("add that mug to A-1", "change items A-1")
    assert "Mug ($10.00) is added" in added.text
    assert chat.say("yes").shown.done == "change_items"
    titles = [line.product_id for line in chat.actions.find(ADA, "A-1")[0].order.lines]
    assert titles == ["shirt-red", "mug"]


def test_an_address_is_asked_for_part_by_part(chat: OrderChat) -> None:
    assert chat.say("send A-1 somewhere else", "change address A-1").text.startswith("What is the new address?")
    assert chat.say("9 Dock Road, Hull").text == "What is the postal code of the new address?"
    shown = chat.say("HU1 1AA")
    assert "New address: 9 Dock Road, Hull, HU1 1AA, UK." in shown.text
    assert "Until now: 12 Mill Lane, Bath, BA1 1AA, UK." in shown.text
    assert chat.say("yes").text.startswith("Done. Order A-1 now goes to 9 Dock Road, Hull, HU1 1AA, UK.")
    account = chat.say("my account address is now 3 Elm Street, Leeds, LS1 1AA, UK", "change address")
    assert "change the address of your account" in account.text
    assert chat.say("yes").shown.done == "change_default_address"


def test_the_payment_method_is_chosen_among_those_saved(chat: OrderChat) -> None:
    shown = chat.say("pay for A-1 with my gift card", "change payment A-1")
    assert state(shown) is State.REFUSED  # it has 30.00 of 59.00
    assert "Gift card has $30.00 left" in shown.text
    paid = chat.say("pay A-4 with the visa", "change payment A-4")
    assert "pay for order A-4 with Visa ending in 4242" in paid.text
    assert chat.say("yes").shown.done == "change_payment"


def test_a_reason_for_a_person_is_left_to_one(chat: OrderChat) -> None:
    reply = chat.say("the mug of A-3 arrived broken, i want to return it", "change return A-3")
    assert "A person at the shop looks at this." in reply.text
    assert "help@oak.example" in reply.text


def test_the_cart_in_words(chat: OrderChat) -> None:
    chat.customer = None
    assert chat.say("what's in my cart", "cart view").text == "Your cart is empty."
    chat.say("show me mugs", "find mugs")
    shown = chat.say("add two of those", "cart add #1 x2")
    assert "add 2 × Mug ($10.00) to your cart" in shown.text
    assert chat.say("what's in my cart", "cart view").text.startswith("As you asked for something else")
    chat.say("add two mugs", "cart add #1 x2")
    added = chat.say("yes")
    assert added.text.startswith("I have added it. Your cart now has 2 × Mug ($10.00); together $20.00.")
    assert [link.url for link in added.shown.links] == ["https://shop.example/cart/mug:2"]
    chat.say("make it 3", "cart add #1 x3")
    assert "3 × Mug" in chat.say("yes").text
    assert [link.kind for link in chat.say("check out", "cart checkout").shown.links] == ["checkout"]
    chat.say("take the mug out", "cart remove #1")
    assert chat.say("yes").text.startswith("I have taken it out. Your cart now has nothing in it.")
    assert chat.audit() == ["add_to_cart", "set_in_cart", "remove_from_cart"]


def test_the_variant_is_asked_for_and_a_list_is_counted_as_shown(chat: OrderChat) -> None:
    chat.say("show me shirts", "find shirts")
    which = chat.say("put the first one in my cart", "cart add #1")
    assert which.text.startswith("Which Shirt would you like:")
    assert "add 1 × Shirt, blue ($26.00) to your cart" in chat.say("blue").text
    assert chat.say("yes").shown.done == "add_to_cart"
    assert chat.cart(ADA) == {"shirt-blue": 1}


def test_as_many_as_are_left_are_proposed_of_the_variant_that_was_named(chat: OrderChat) -> None:
    chat.say("show me shirts", "find shirts")
    reply = chat.say("three of them in white in my cart", "cart add #1 x3")
    assert reply.text.startswith("We only have 1 Shirt in white left. Here is what I would do: add 1 × Shirt, white")
    assert chat.say("fine, only one then").shown.done == "add_to_cart"
    assert chat.cart(ADA) == {"shirt-white": 1}
    assert chat.say("another white one in my cart", "cart add #1").text == "We only have 1 Shirt in white left."


def test_a_variant_that_was_named_for_the_cart_is_kept(chat: OrderChat) -> None:
    chat.say("show me a blue shirt", "find shirts: blue")
    refused = chat.say("the red one, 30 of it, into my cart", "cart add #1 x30")
    assert refused.text == "Of one product, at most 10 can be in the cart."
    assert "add 2 × Shirt, red" in chat.say("then two", "cart add #1 x2").text


def test_the_button_of_a_card_is_a_yes_to_that_product(chat: OrderChat) -> None:
    chat.customer = None
    pressed = chat.press("add_to_cart", "mug")
    assert pressed.text.startswith("I have added it.")
    assert chat.audit() == ["add_to_cart"]
    assert state(chat.press("add_to_cart", "no-such-thing")) is State.ASKED
    assert chat.audit() == ["add_to_cart"]


@pytest.mark.parametrize("before", [(), ("show me blue shirts", "find shirts")])
@pytest.mark.parametrize("variant", ["shirt-red", "shirt-blue"])
def test_the_button_of_a_card_adds_the_very_variant_of_the_card(
    chat: OrderChat, before: tuple[str, ...], variant: str
) -> None:
    if before:
        chat.say(*before)
    assert chat.press("add_to_cart", variant).shown.done == "add_to_cart"
    assert chat.cart(ADA) == {variant: 1}


def test_a_visitors_cart_moves_to_whoever_signs_in_and_to_nobody_else(chat: OrderChat) -> None:
    chat.customer = "C-1"
    chat.press("add_to_cart", "mug")
    chat.customer, chat.conversation = None, None
    chat.press("add_to_cart", "mug")
    chat.press("add_to_cart", "socks")
    visitors = chat.conversation
    assert visitors is not None
    chat.customer = "C-1"
    assert "2 × Mug" in chat.say("what's in my cart", "cart view").text
    assert chat.cart(ADA) == {"mug": 2, "socks": 1}
    assert chat.cart(Owner(visitor_id=visitors)) == {}
    chat.customer = "C-2"
    with pytest.raises(ConversationNotFound):
        chat.say("what's in my cart", "cart view")
    chat.customer = None
    with pytest.raises(ConversationNotFound):
        chat.say("what's in my cart", "cart view")
    assert chat.cart(Owner(customer_id="C-2")) == {}


def test_what_has_run_is_stored_although_nobody_waits_for_the_reply(chat: OrderChat) -> None:
    chat.say("cancel A-1", "change cancel A-1")
    cancelled = threading.Event()
    events = chat.assistant.reply("yes", chat.conversation, "C-1", cancelled)
    assert isinstance(events, Generator)
    next(events)
    cancelled.set()
    events.close()
    assert chat.conversation is not None
    assert (
        chat.assistant.conversation(chat.conversation, "C-1").turns[-1].reply.startswith("I have cancelled order A-1.")
    )


def test_a_message_that_nobody_waits_for_runs_nothing(chat: OrderChat) -> None:
    before = chat.rows()
    chat.say("cancel A-1", "change cancel A-1")
    cancelled = threading.Event()
    cancelled.set()
    assert list(chat.assistant.reply("yes", chat.conversation, "C-1", cancelled)) == []
    assert chat.rows() == before


def test_earlier_messages_that_are_read_again_propose_nothing(chat: OrderChat) -> None:
    before = chat.rows()
    chat.speaker.texts = ["change cancel A-1", "talk ok"]
    *_, last = chat.assistant.reply("yes", None, "C-1", earlier=["cancel A-1"])
    assert isinstance(last, Reply)
    assert last.brief.ran == ""
    assert chat.rows() == before


def test_i_have_cancelled_may_be_said_only_if_it_ran(chat: OrderChat) -> None:
    checker = chat.assistant._servings.current().dialogue.composer._checker
    claim = "I have cancelled order {c.order}."
    assert checker.violations(claim, Brief(), "", False)
    shown = chat.say("cancel A-1", "change cancel A-1").brief
    assert checker.violations(claim, shown, "", False)
    done = chat.say("yes").brief
    assert checker.violations(claim, done, "", False) == []
    for other in ("I have refunded it.", "I have changed the address.", "I'll send you a label.", "I have added it."):
        assert checker.violations(other, done, "", False), other


MESSAGES = st.sampled_from(
    [
        ("cancel A-1", "change cancel A-1"), ("return the mug of A-3", "change return A-3"), ("the mug", "talk ok"),
        ("9 Dock Road, Hull, HU1 1AA, UK", "talk unclear"), ("change the address of A-1", "change address A-1"),
        ("hmm", "talk unclear"), ("no", "talk ok"), ("the blue one", "find shirts"), ("add a mug", "cart add [mug]"),
        ("make it 3", "cart change [mug] x3"), ("cancel my order", "change cancel"), ("A-4", "order status A-4"),
        ("exchange the shirt of A-3", "change exchange A-3"), ("what's in my cart", "cart view"), ("check out", "cart checkout"),
        ("pay A-4 with the visa", "change payment A-4"), ("take it out", "change items A-1"), ("why?", "policy: why"),
        ("Yes, but not the mug", "talk ok"), ("my sister said yes", "talk ok"), ("is that a yes?", "talk ok"),
    ]
)  # fmt: skip


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(st.one_of(MESSAGES, st.tuples(st.text(max_size=30), st.just("change cancel A-1"))), max_size=8))
def test_no_messages_without_a_yes_change_the_database(said: list[tuple[str, str]], shared_chat: OrderChat) -> None:
    shared_chat.conversation, before = None, shared_chat.rows()
    for message, plan in said:
        if read_answer(message) is not Answer.YES:
            shared_chat.say(message, plan)
    assert shared_chat.rows() == before


@pytest.fixture(scope="module")
def shared_chat() -> Iterator[OrderChat]:
    folder = Path(tempfile.mkdtemp(prefix="order-chat-"))
    yield OrderChat(folder)
    shutil.rmtree(folder, ignore_errors=True)


def test_a_press_names_what_it_confirms(chat: OrderChat) -> None:
    first = chat.say("cancel A-1", "change cancel A-1").shown.proposal
    second = chat.say("cancel A-4", "change cancel A-4").shown.proposal
    assert first is not None
    assert second is not None
    assert state(chat.press("confirm", first.id)) is State.REFUSED
    assert chat.audit() == []
    with pytest.raises(ValueError, match="do"):
        Press.model_validate({"do": "refund", "id": second.id})


def test_other_options_of_an_order_that_is_not_sent_are_a_change_and_not_an_exchange(chat: OrderChat) -> None:
    shown = chat.say("exchange both shirts in A-1 for blue ones", "change exchange A-1")
    assert shown.brief.change is not None
    assert shown.brief.change.proposal is not None
    assert shown.brief.change.proposal.change.kind == "change_items"
    swapped = chat.say("please swap one shirt in A-3 for green", "change items A-3")
    assert swapped.brief.change is not None
    assert swapped.brief.change.proposal is not None
    assert swapped.brief.change.proposal.change.kind == "exchange"


def test_a_change_that_was_shown_is_amended_and_shown_anew(chat: OrderChat) -> None:
    first = chat.say("exchange one shirt from A-3 for blue", "change exchange A-3")
    assert "$6.00 is charged to Visa ending in 4242" in first.text
    paid = chat.say("use my gift card instead", "change payment")
    assert paid.text.startswith("This takes the place of what I showed you before.")
    assert "$6.00 is charged to Gift card" in paid.text
    white = chat.say("actually the white one", "find shirts: white")
    assert "Shirt, white ($20.00)" in white.text
    assert "No money moves" in white.text
    unknown = chat.say("with PayPal rather", "talk ok")
    assert "not saved in your account" in unknown.text
    assert chat.audit() == []


def test_more_items_join_a_return_that_was_shown(chat: OrderChat) -> None:
    chat.say("return the mug from A-3", "change return A-3")
    both = chat.say("and the shirts as well please", "find shirts: shirts")
    assert both.brief.change is not None
    assert both.brief.change.proposal is not None
    moved = {move.before.product_id: move.quantity for move in both.brief.change.proposal.change.items if move.before}
    assert moved == {"mug": 1, "shirt-red": 2}
    assert chat.say("yes").shown.done == "return"


def test_a_payment_method_named_at_first_is_kept_until_the_change_is_shown(chat: OrderChat) -> None:
    asked = chat.say("I want to return something from A-3, refund it to my gift card", "change return A-3")
    assert state(asked) is State.ASKED
    assert "$10.00 goes back to Gift card" in chat.say("the mug", "find mugs: mug").text
