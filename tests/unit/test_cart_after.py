"""A visitor's cart in the conversations that follow each other: who reaches it, what is kept, and what is left after an erasure."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from assistant.access.mail import Mail
from assistant.access.order_identity import OrderIdentity
from assistant.actions.owner import Owner
from assistant.conversation.store import Store
from assistant.dialogue.waiting import Press
from assistant.personal.erasure import erase_customer
from assistant.personal.retention import Retention
from assistant.reply import Reply
from assistant.tables import ConversationRow, ProvedOrderRow, TurnRow
from retrieval.catalog.customer import Customer
from retrieval.errors import ConversationNotFound, StoreError
from retrieval.store.database import reading, writing
from retrieval.store.records import Records
from tests.unit.order_chat import OrderChat

ADA, BO = Owner(customer_id="C-1"), Owner(customer_id="C-2")


@pytest.fixture
def chat(tmp_path: Path) -> Iterator[OrderChat]:
    """A visitor's chat."""
    made = OrderChat(tmp_path)
    made.customer = None
    yield made
    made.engine.dispose()


def say(
    chat: OrderChat, conversation: str | None, add: str = "", customer: str | None = None, after: str = ""
) -> Reply:
    """The reply to a question about the cart, or to the button that adds a product."""
    chat.speaker.texts = ["cart view"]
    press = Press.model_validate({"do": "add_to_cart", "id": add}) if add else None
    message = "add it" if add else "what's in my cart?"
    *_, last = chat.assistant.reply(message, conversation, customer, press=press, after=after)
    assert isinstance(last, Reply)
    return last


def begin(chat: OrderChat, add: str = "", after: str = "", customer: str | None = None) -> str:
    """The id of a new conversation."""
    return say(chat, None, add, customer, after).conversation_id


def cut_off(chat: OrderChat, conversation: str | None, customer: str | None = None, after: str = "") -> None:
    """A message whose reply nobody waits for: it is not stored."""
    chat.speaker.texts, gone = ["cart view"], threading.Event()
    gone.set()
    message = "what's in my cart?"
    assert not list(chat.assistant.reply(message, conversation, customer, gone, after=after))


def prove(chat: OrderChat, conversation: str) -> Owner:
    """Who has proved order A-2 in the conversation."""
    sent: list[str] = []

    class Postbox:
        def send(self, mail: Mail) -> None:
            sent.append(mail.text)

    identity = OrderIdentity(chat.engine, Postbox(), Mail, "s" * 40)
    assert identity.request(conversation, "A-2", "ada@example.com", "here") == conversation
    identity.close()
    identity.prove(conversation, sent[0], "here")
    proved = Store(chat.engine).proved_order(conversation)
    assert proved is not None
    return proved


def visitors(conversation: str) -> Owner:
    return Owner(visitor_id=conversation)


def stored(chat: OrderChat, conversation: str) -> tuple[str | None, object]:
    """Whose a conversation is, and whose cart it goes on with."""
    with reading(chat.engine) as connection:
        query = select(ConversationRow.customer_id, ConversationRow.thread).where(ConversationRow.id == conversation)
        row = connection.execute(query).one()
    return row.customer_id, row.thread["cart"]


def test_nothing_that_a_visitor_adds_later_comes_into_the_cart_of_who_signed_in(chat: OrderChat) -> None:
    first = begin(chat, "mug")
    second = begin(chat, after=first)
    third = begin(chat, "socks", after=second)
    say(chat, third, customer="C-1")
    assert chat.cart(ADA) == {"mug": 1, "socks": 1}
    assert stored(chat, third) == ("C-1", "")
    assert stored(chat, first) == (None, "")
    assert say(chat, second).text == "Your cart is empty."
    say(chat, second, "mug")
    begin(chat, "socks", after=second)
    begin(chat, "mug", after=first)
    say(chat, third, customer="C-1")
    assert chat.cart(ADA) == {"mug": 1, "socks": 1}
    for who in (None, "C-2"):
        assert say(chat, None, customer=who, after=third).text == "Your cart is empty."
        with pytest.raises(ConversationNotFound):
            say(chat, third, customer=who)


@pytest.mark.parametrize("customer", ["C-1", "without a record"])
def test_who_signs_in_where_the_cart_was_begun_shares_it_no_longer(chat: OrderChat, customer: str) -> None:
    first = begin(chat, "mug")
    second = begin(chat, after=first)
    assert "Mug" in say(chat, first, customer=customer).text
    assert say(chat, second).text == "Your cart is empty."
    say(chat, second, "socks")
    assert "Socks" not in say(chat, first, customer=customer).text
    assert chat.cart(visitors(second)) == {"socks": 1}
    assert stored(chat, second) == (None, "")
    assert say(chat, None, after=first).text == "Your cart is empty."
    assert "Socks" in say(chat, None, after=second).text
    say(chat, second, customer="C-2")
    assert chat.cart(BO) == {"socks": 1}
    assert "Mug" in say(chat, first, customer=customer).text


def test_a_new_conversation_of_a_customer_takes_a_visitors_cart_and_no_customers(chat: OrderChat) -> None:
    first = begin(chat, "mug")
    second = begin(chat, after=first)
    own = begin(chat, "socks", second, "C-1")
    assert chat.cart(ADA) == {"mug": 1, "socks": 1}
    assert stored(chat, own) == ("C-1", "")
    assert stored(chat, second)[0] is stored(chat, first)[0] is None
    say(chat, second, "mug")
    assert begin(chat, after=own, customer="C-1")
    assert chat.cart(ADA) == {"mug": 1, "socks": 1}
    assert say(chat, None, customer="C-2", after=own).text == "Your cart is empty."


def test_a_customer_without_a_record_takes_the_cart_of_a_chain_alone(chat: OrderChat) -> None:
    first = begin(chat, "mug")
    second = begin(chat, after=first)
    assert "Mug" in say(chat, second, customer="C-77").text
    say(chat, first, "socks")
    assert "Socks" not in say(chat, second, customer="C-77").text
    assert chat.cart(visitors(second)) == {"mug": 1}


def test_a_sign_in_that_is_cut_off_loses_nothing_and_pulls_nothing_later(chat: OrderChat) -> None:
    first = begin(chat, "mug")
    second = begin(chat, after=first)
    cut_off(chat, second, "C-1")
    assert chat.cart(ADA) == {"mug": 1}
    assert stored(chat, second) == ("C-1", "")
    say(chat, first, "socks")
    say(chat, second, customer="C-1")
    assert chat.cart(ADA) == {"mug": 1}


def test_the_cart_is_there_when_the_conversation_that_began_it_was_deleted_for_its_age(chat: OrderChat) -> None:
    first = begin(chat, "mug")
    second = begin(chat, after=first)
    old = datetime.now(UTC) - timedelta(days=40)
    with writing(chat.engine) as connection:
        connection.execute(update(ConversationRow).where(ConversationRow.id == first).values(started=old))
        connection.execute(update(TurnRow).where(TurnRow.conversation_id == first).values(time=old))
    say(chat, second, "socks")
    clock = chat.clock()
    counts = Retention(30, 0, Path("none")).apply(chat.engine, lambda: max(clock, datetime.now(UTC)))
    assert counts["conversations"] == 1
    lines = chat.cart(visitors(first))
    assert "socks" in lines
    assert say(chat, None, after=first).text == "Your cart is empty."
    third = begin(chat, after=second)
    assert "Socks" in say(chat, third).text
    say(chat, third, customer="C-1")
    assert chat.cart(ADA) == lines
    assert chat.cart(visitors(first)) == {}


@pytest.mark.parametrize("is_new", [True, False])
def test_what_is_in_the_cart_of_a_proved_order_goes_to_who_signs_in(chat: OrderChat, is_new: bool) -> None:
    first = begin(chat, "mug")
    proved = prove(chat, first)
    say(chat, first, "socks")
    assert chat.cart(proved) == {"mug": 1, "socks": 1}
    say(chat, None if is_new else first, customer="C-1", after=first if is_new else "")
    assert chat.cart(ADA) == {"mug": 1, "socks": 1}
    assert chat.cart(proved) == {}


def test_the_cart_of_a_proved_order_goes_on_although_nobody_waits_for_the_first_reply(chat: OrderChat) -> None:
    first = begin(chat, "mug")
    proved = prove(chat, first)
    say(chat, first)
    assert chat.cart(proved) == {"mug": 1}
    cut_off(chat, None, after=first)
    assert "Mug" in say(chat, first).text
    cut_off(chat, None, after=first)
    second = begin(chat, after=first)
    assert "Mug" in say(chat, second).text
    say(chat, second, customer="C-1")
    assert chat.cart(ADA) == {"mug": 1}


def test_a_conversation_that_cannot_be_read_holds_up_no_new_one(chat: OrderChat) -> None:
    first = begin(chat, "mug")
    with writing(chat.engine) as connection:
        connection.execute(text('UPDATE conversations SET thread = \'{"misses": "many"}\''))
    with pytest.raises(StoreError, match="start a new conversation"):
        say(chat, first)
    assert "Mug" in say(chat, None, after=first).text
    with writing(chat.engine) as connection:
        connection.execute(text("UPDATE conversations SET thread = '[]' WHERE id = :id"), {"id": first})
    assert "Mug" in say(chat, None, after=first).text
    assert say(chat, None, after="a\x00b").text == "Your cart is empty."


@pytest.mark.parametrize("signs_in", ["first", "second", "third", "new"])
def test_nothing_is_left_of_a_customer_who_signed_in_along_the_way(
    chat: OrderChat, tmp_path: Path, signs_in: str
) -> None:
    Records(chat.engine).upsert_customers([Customer("C-300", "Cyrille Wrenfield", "cy@example.net")])
    other = begin(chat, "socks")
    ids = {"first": begin(chat, "mug")}
    ids["second"] = begin(chat, after=ids["first"])
    ids["third"] = begin(chat, "socks", after=ids["second"])
    if signs_in == "new":
        ids["new"] = begin(chat, "mug", ids["third"], "C-300")
    else:
        say(chat, ids[signs_in], "mug", customer="C-300")
    assert chat.cart(Owner(customer_id="C-300")) == {"mug": 2, "socks": 1}
    done = erase_customer(chat.engine, "C-300", tmp_path)
    assert done.left == ()
    assert done.deleted["cart_lines"] == 2
    assert all("C-300" not in row["owner"] for row in chat.rows()["order_audit"])
    assert chat.cart(visitors(other)) == {"socks": 1}


@pytest.mark.parametrize("named", ["typed", "proved"])
def test_nothing_is_left_of_a_visitors_cart_that_was_the_customers(chat: OrderChat, tmp_path: Path, named: str) -> None:
    first, other = begin(chat, "mug"), begin(chat, "socks")
    second = begin(chat, after=first)
    third = begin(chat, "socks", after=second)
    foreign = begin(chat, after=first)
    say(chat, foreign, customer="C-2")
    say(chat, second, "mug")
    if named == "typed":
        chat.conversation = second
        chat.say("my address is ada@example.com")
    else:
        prove(chat, second)
    left = erase_customer(chat.engine, "C-1", tmp_path).left
    assert {trace.what for trace in left} == {"street"}  # Bo lives in the same house
    with reading(chat.engine) as connection:
        assert set(connection.scalars(select(ConversationRow.id))) == {other, foreign}
        assert connection.execute(select(ProvedOrderRow)).all() == []
    assert {row["owner"] for row in chat.rows()["cart_lines"]} == {visitors(other).key, BO.key}
    assert third not in str(chat.rows())


def test_an_erasure_takes_no_cart_of_another_customer(chat: OrderChat, tmp_path: Path) -> None:
    first = begin(chat, "mug")
    chat.conversation = second = begin(chat, after=first)
    chat.say("my address is ada@example.com")
    say(chat, first, customer="C-77")
    assert {trace.what for trace in erase_customer(chat.engine, "C-1", tmp_path).left} == {"street"}
    assert stored(chat, first) == ("C-77", "")
    assert chat.cart(visitors(first)) == {"mug": 1}
    with pytest.raises(ConversationNotFound):
        say(chat, second)
