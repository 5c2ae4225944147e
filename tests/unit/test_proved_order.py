"""A visitor who has proved one order talks about it, changes it, and sees nothing else of the account."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.access.mail import Mail
from assistant.access.order_identity import OrderIdentity
from assistant.actions.owner import Owner
from assistant.conversation.store import Store
from retrieval.catalog.customer import Customer
from retrieval.store.records import Records
from tests.unit.order_chat import OrderChat


@pytest.fixture
def chat(tmp_path: Path) -> Iterator[OrderChat]:
    """A visitor's chat."""
    made = OrderChat(tmp_path)
    made.customer = None
    Records(made.engine).upsert_customers([Customer("C-1", "Ada Fell", "ada@example.com")])
    yield made
    made.engine.dispose()


def prove(chat: OrderChat, order: str) -> None:
    sent: list[str] = []

    class Postbox:
        def send(self, mail: Mail) -> None:
            sent.append(mail.text)

    identity = OrderIdentity(chat.engine, Postbox(), Mail, "s" * 40)
    chat.conversation = identity.request(chat.conversation or "", order, "ada@example.com", "here")
    identity.close()
    assert identity.prove(chat.conversation, sent[0], "here") == order


def test_the_proved_order_is_told_and_no_other_one(chat: OrderChat) -> None:
    before = chat.say("where is my order A-2?", "order status A-2")
    assert before.shown.find_order
    assert "A-2" not in before.text
    prove(chat, "A-2")
    told = chat.say("where is my order A-2?", "order status A-2")
    assert told.brief.orders == ("A-2",)
    assert "A-2" in told.text
    assert not told.shown.find_order
    for message, plan in (
        ("and A-3?", "order status A-3"),
        ("where is B-1?", "order status B-1"),
        ("all my orders", "order history"),
    ):
        reply = chat.say(message, plan)
        assert not {"A-1", "A-3", "A-4", "B-1"} & set(reply.brief.orders), message
        assert "Ada" not in reply.text


def test_the_proved_order_can_be_changed_and_no_other_one(chat: OrderChat) -> None:
    prove(chat, "A-1")
    assert chat.say("cancel A-4", "change cancel A-4").shown.proposal is None
    offered = chat.say("cancel my order", "change cancel").shown.proposal
    assert offered is not None
    assert "A-1" in offered.heading
    assert chat.say("yes please").shown.done == "cancel"
    assert chat.audit() == ["cancel"]
    row = chat.rows()["order_audit"][0]
    assert (row["owner"], row["order_id"]) == (Owner(customer_id="C-1", order_id="A-1").key, "A-1")


def test_the_accounts_other_payment_methods_are_not_seen(chat: OrderChat) -> None:
    prove(chat, "A-1")
    owner = Store(chat.engine).proved_order(chat.conversation or "")
    assert owner is not None
    whole = chat.actions.find(Owner(customer_id="C-1"), "A-1")[0]
    for found in (chat.actions.find(owner, "A-1"), chat.actions.find(owner)):
        assert [method.id for method in found[0].methods] == ["card-1"]
        assert len(whole.methods) > 1
    assert chat.actions.find(owner, "A-2") == ()


def test_the_visitors_cart_goes_along(chat: OrderChat) -> None:
    chat.say("put the mug in my cart", "talk ok")
    chat.press("add_to_cart", "mug")
    prove(chat, "A-2")
    chat.say("where is my order?", "order status")
    owner = Store(chat.engine).proved_order(chat.conversation or "")
    assert owner is not None
    assert chat.cart(owner) == {"mug": 1}
    assert chat.cart(Owner(visitor_id=chat.conversation or "")) == {}


def test_a_proof_is_of_its_conversation_alone(chat: OrderChat) -> None:
    prove(chat, "A-2")
    chat.conversation = None
    assert chat.say("where is my order A-2?", "order status A-2").shown.find_order
