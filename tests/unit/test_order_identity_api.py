"""POST /api/orders/code and /proof: from the form to the order that a conversation may speak of."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from assistant.actions.order import OrderStatus
from assistant.actions.orders import Orders
from assistant.conversation.store import Store
from retrieval.catalog.customer import Customer
from retrieval.store.database import open_database
from retrieval.store.records import Records
from tests.unit.actions.order_desk import order
from tests.unit.web import SECRET, make_app
from ui.identity import make_token
from ui.order_identity_api import code_mail
from ui.strings import languages, strings_of

ORDER = {"order": "A-1042", "email": "ada@example.com"}


def with_orders(home: Path) -> Path:
    """`home` with an order of Ada's."""
    engine = open_database(f"sqlite:///{home / 'aisle.db'}")
    Records(engine).upsert_customers([Customer("C-1", "Ada Fell", "ada@example.com")])
    Orders(engine).upsert([order("A-1042", OrderStatus.SHIPPED)])
    engine.dispose()
    return home


def code_in(home: Path) -> str:
    """The code of the latest mail, once it is there."""
    for _ in range(200):
        if files := sorted((home / "outbox").glob("*.eml")):
            found = re.search(r"^ {4}(\d{4} \d{4})", files[-1].read_text(), re.M)
            assert found
            return found[1]
        time.sleep(0.05)
    raise AssertionError("no mail has come")


def test_a_visitor_proves_an_order(tmp_path: Path) -> None:
    with TestClient(make_app(with_orders(tmp_path), shop_name="Elm & Fell")) as client:
        asked = client.post("/api/orders/code", json=ORDER)
        assert asked.status_code == 202
        conversation = asked.json()["conversation_id"]
        wrong = client.post("/api/orders/proof", json={"conversation_id": conversation, "code": "1"})
        assert (wrong.status_code, wrong.json()["error"]["code"]) == (403, "code_refused")
        given = {"conversation_id": conversation, "code": code_in(tmp_path)}
        assert client.post("/api/orders/proof", json=given).json() == {"order_id": "A-1042"}
        assert client.post("/api/orders/proof", json=given).status_code == 403
    owner = Store(open_database(f"sqlite:///{tmp_path / 'aisle.db'}")).proved_order(conversation)
    assert owner is not None
    assert (owner.customer_id, owner.order_id) == ("C-1", "A-1042")


def test_the_answer_is_the_same_whether_the_order_exists(tmp_path: Path) -> None:
    client = TestClient(make_app(with_orders(tmp_path)))
    answers = [
        client.post("/api/orders/code", json=given)
        for given in (ORDER, ORDER | {"order": "A-9"}, ORDER | {"email": "eve@example.com"}, {"order": "", "email": ""})
    ]
    assert {answer.status_code for answer in answers} == {202}
    assert {tuple(answer.json()) for answer in answers} == {("conversation_id",)}
    assert len({frozenset(answer.headers) for answer in answers}) == 1


def test_what_is_refused(tmp_path: Path) -> None:
    client = TestClient(make_app(with_orders(tmp_path)))
    signed_in = {"Authorization": f"Bearer {make_token('C-1', SECRET)}"}
    assert client.post("/api/orders/code", json=ORDER, headers=signed_in).status_code == 409
    assert client.post("/api/orders/code", json=ORDER | {"conversation_id": "nothing"}).status_code == 404
    assert client.post("/api/orders/code", json={"order": "x" * 101, "email": ""}).status_code == 422
    statuses = [client.post("/api/orders/code", json=ORDER).status_code for _ in range(7)]
    assert statuses[-1] == 429
    limited = client.post("/api/orders/code", json=ORDER)
    assert limited.json()["error"]["code"] == "too_many_attempts"
    assert 3000 < int(limited.headers["retry-after"]) <= 3601


@pytest.mark.parametrize("language", languages())
def test_the_mail_is_in_the_language_of_the_chat(language: str) -> None:
    mail = code_mail("Elm & Fell", strings_of(language))("ada@example.com", "A-1042", "4711 0815")
    for text in (mail.subject, mail.text):
        assert "A-1042" in text
        assert "4711 0815" in text
    assert "Elm & Fell" in mail.text
    assert "10 min" in mail.text.lower()
