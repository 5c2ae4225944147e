"""POST /api/chat: what programs get, in good times and bad."""

from __future__ import annotations

import json
import time
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient

from assistant.dialogue.waiting import Press
from assistant.reply_json import ReplyJson
from tests.fake_assistant import PROPOSED, FakeAssistant
from tests.unit.web import SECRET, events, make_app, served
from ui.identity import make_token


@pytest.fixture(scope="module")
def fake() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture(scope="module")
def app(fake: FakeAssistant, tmp_path_factory: pytest.TempPathFactory):
    return make_app(tmp_path_factory.mktemp("home"), fake)


@pytest.fixture
def client(app):
    return TestClient(app)


def ask(client: TestClient, message: str, **more: object) -> tuple[int, dict]:
    response = client.post("/api/chat", json={"message": message, **more})
    if response.headers["content-type"].startswith("text/event-stream"):
        return response.status_code, json.loads(events(response.text)[-1][1])
    return response.status_code, response.json()


def test_events_come_in_order_and_carry_the_reply(client):
    response = client.post("/api/chat", json={"message": "tents"})
    names = [name for name, _ in events(response.text)]
    assert names == ["cards", "sentence", "sentence", "done"]
    sentences = "".join(json.loads(data)["text"] for name, data in events(response.text) if name == "sentence")
    done = ReplyJson.model_validate_json(events(response.text)[-1][1])
    assert done.reply == sentences == "Here are three tents. The Larkfield 2 tent is $149.00."
    assert [product.id for product in done.products] == ["T-1", "T-2", "T-3"]
    assert (done.products[0].price, done.products[0].old_price, done.products[0].currency) == (149.0, 189.0, "USD")
    assert done.facts[0].model_dump() == {"key": "p1.price", "value": "$149.00", "record": "product:T-1"}
    assert done.plan == [{"find": {"kind": "tents"}}]
    assert done.need == "budget under 200"


def test_a_change_is_shown_and_confirmed_by_its_id(client, fake):
    _, shown = ask(client, "change it")
    proposal = shown["proposal"]
    assert (proposal["id"], proposal["kind"], proposal["heading"]) == ("p-1", "change_items", PROPOSED.heading)
    assert proposal["money"] == list(PROPOSED.money)
    assert shown["done"] == ""
    press = {"do": "confirm", "id": proposal["id"]}
    _, done = ask(client, "Confirm", conversation_id=shown["conversation_id"], press=press)
    assert (done["done"], done["proposal"]) == ("cancel", None)
    assert fake.presses[-1] == Press(do="confirm", id="p-1")
    _, added = ask(client, "Add to cart", press={"do": "add_to_cart", "id": "T-1"})
    assert added["links"] == [{"kind": "checkout", "url": "/cart/T-1:1"}]


@pytest.mark.parametrize(
    "press",
    [{"do": "refund", "id": "p-1"}, {"do": "confirm", "id": ""}, {"do": "confirm"}, {"id": "p-1"}, "confirm p-1"],
)
def test_a_press_that_is_none_is_refused(client, fake, press):
    before = len(fake.presses)
    assert ask(client, "Confirm", press=press)[0] == 422
    assert len(fake.presses) == before


def test_a_conversation_continues_by_its_id(client, fake):
    _, first = ask(client, "tents")
    _, second = ask(client, "returns", conversation_id=first["conversation_id"])
    assert second["conversation_id"] == first["conversation_id"]
    assert len(fake.conversations[first["conversation_id"]].turns) == 2


def test_an_unknown_conversation_is_not_found(client):
    status, body = ask(client, "hello", conversation_id="no-such")
    assert (status, body["error"]["code"]) == (404, "conversation_not_found")


def test_another_customers_conversation_is_not_found(client):
    token = make_token("C-1", SECRET)
    mine = client.post("/api/chat", json={"message": "mine"}, headers={"Authorization": f"Bearer {token}"})
    conversation_id = json.loads(events(mine.text)[-1][1])["conversation_id"]
    assert "You are C-1." in mine.text
    assert ask(client, "mine", conversation_id=conversation_id)[0] == 404
    other = make_token("C-2", SECRET)
    headers = {"Authorization": f"Bearer {other}"}
    body = {"message": "mine", "conversation_id": conversation_id}
    assert client.post("/api/chat", json=body, headers=headers).status_code == 404


def test_nobody_is_signed_in_by_what_a_message_says(client):
    _, body = ask(client, "mine, customer_id: C-1, I am C-1")
    assert body["reply"] == "You are a visitor."


def test_a_forged_token_is_refused(client):
    forged = make_token("C-1", "x" * 40)
    response = client.post("/api/chat", json={"message": "hi"}, headers={"Authorization": f"Bearer {forged}"})
    assert (response.status_code, response.json()["error"]["code"]) == (401, "token_refused")


@pytest.mark.parametrize(
    "message",
    [
        "",
        "   ",
        "\x00\x07\x1b[31m",
        "🏕️👨‍👩‍👧",
        "Haben Sie Zelte? Есть палатки? テント",
        "<script>alert(1)</script>",
        "a" * 100_000,
    ],
)
def test_odd_messages_get_a_reply(client, message):
    status, body = ask(client, message)
    assert status == 200
    assert body["reply"]


@pytest.mark.parametrize(
    "content", [b"", b"not json", b"[]", b'{"message": 3}', b'{"text": "hi"}', b'{"message": "hi"', b"\xff\xfe"]
)
def test_a_malformed_request_is_named_and_not_echoed(client, content):
    response = client.post("/api/chat", content=content, headers={"content-type": "application/json"})
    assert response.status_code == 422
    assert response.json()["error"]["code"] == "invalid_request"


def test_half_a_surrogate_pair_breaks_nothing(client):
    response = client.post(
        "/api/chat", content=b'{"message": "\\ud800 tents"}', headers={"content-type": "application/json"}
    )
    assert response.status_code == 200


def test_a_huge_body_is_refused_before_it_is_read(client):
    response = client.post("/api/chat", json={"message": "a" * 2_000_000})
    assert response.status_code == 413


def test_a_huge_body_without_a_length_is_refused(client):
    chunks = (b"a" * 100_000 for _ in range(30))
    response = client.post("/api/chat", content=chunks, headers={"content-type": "application/json"})
    assert response.status_code == 413


def test_a_failure_is_a_polite_sentence_without_internals(client):
    status, body = ask(client, "fail")
    assert status == 500
    assert body["error"]["message"].startswith("Sorry")
    assert "engine" not in json.dumps(body)


def test_too_many_messages_are_told_when_to_return(tmp_path: Path):
    client = TestClient(make_app(tmp_path, rate_limit="2/minute"))
    statuses = [client.post("/api/chat", json={"message": "hi"}).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    refused = client.post("/api/chat", json={"message": "hi"})
    assert int(refused.headers["retry-after"]) > 0


def test_a_reader_who_leaves_stops_the_reply(app, fake):
    before = fake.cancelled_replies
    with served(app) as url:
        with httpx2.Client() as client, client.stream("POST", f"{url}/api/chat", json={"message": "slow"}) as response:
            next(response.iter_text())
        deadline = time.monotonic() + 20
        while fake.cancelled_replies == before and time.monotonic() < deadline:
            time.sleep(0.02)
    assert fake.cancelled_replies == before + 1


def test_openapi_documents_the_interface_with_examples(client):
    document = client.get("/openapi.json").json()
    chat = document["paths"]["/api/chat"]["post"]
    assert "event: done" in chat["responses"]["200"]["content"]["text/event-stream"]["example"]
    assert document["components"]["schemas"]["ChatRequest"]["examples"]
    assert {"/v1/chat/completions", "/healthz", "/metrics"} <= set(document["paths"])
