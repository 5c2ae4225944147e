"""The desk over HTTP: who sees what, what agents may do, and that no text becomes HTML."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assistant.desk.canned import fill_places, load_canned, open_places
from assistant.opening import open_live_assistant
from assistant.settings import Settings
from retrieval.errors import SettingsError
from tests.unit.desk.desk_home import PERSON, PLANS, STATUS, cookie_of, make_desk_home
from tests.unit.scripted_model import ruled_model
from ui.app import create_app
from ui.staff import COOKIE

HOSTILE = "<img src=x onerror=alert(1)> & <script>alert(2)</script>"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return make_desk_home(tmp_path_factory.mktemp("desk"), shop_email="care@elm.example")


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[TestClient]:
    with ruled_model({**PLANS, HOSTILE: "talk ok", f"{HOSTILE} again": "hand_over upset"}):
        assistant = open_live_assistant(settings)
        app = create_app(assistant, settings, {"C-1": ""})
        AS_MAYA.update(staff(cookie_of(app, "maya", "Maya")))
        AS_NOOR.update(staff(cookie_of(app, "noor", "Noor <b>K</b>")))
        with TestClient(app, follow_redirects=False) as opened:
            yield opened
        assistant.close()


AS_MAYA: dict[str, str] = {}
AS_NOOR: dict[str, str] = {}
"""Headers of the two agents' browsers, filled once the app is there."""


def staff(cookie: str) -> dict[str, str]:
    return {"cookie": f"{COOKIE}={cookie}", "origin": "http://testserver"}


def waiting(client: TestClient, *messages: str, customer_id: str = "") -> str:
    client.cookies.clear()
    if customer_id:
        client.post("/session", data={"customer_id": customer_id})
    id = None
    for message in (*messages, PERSON):
        text = client.post("/api/chat", json={"message": message, "conversation_id": id}).text
        id = text.split('"conversation_id":"')[1].split('"')[0]
    assert id is not None
    client.cookies.clear()
    return id


def act(client: TestClient, id: str, path: str, body: dict[str, str] | None = None, agent: dict[str, str] = AS_MAYA):  # type: ignore[no-untyped-def]
    return client.post(f"/desk/c/{id}/{path}", json=body or {}, headers=agent)


def test_nobody_reads_the_desk_without_signing_in(client: TestClient) -> None:
    id = waiting(client)
    page = client.get("/desk", headers={"accept": "text/html"})
    assert page.headers["location"] == "/staff/login?next=/desk"
    for path in ("queue", f"c/{id}/parts", f"c/{id}/canned", "agents", "events"):
        assert client.get(f"/desk/{path}").status_code == 401
    assert act(client, id, "move/take", agent={}).status_code == 401


def test_a_request_from_another_site_changes_nothing(client: TestClient) -> None:
    id = waiting(client)
    away = {**AS_MAYA, "sec-fetch-site": "cross-site", "origin": "https://elsewhere.example"}
    assert act(client, id, "move/take", agent=away).status_code == 403
    form = client.post(f"/desk/c/{id}/say", content="text=hi", headers={**AS_MAYA, "content-type": "text/plain"})
    assert form.status_code in (400, 422)
    assert "waiting for" in client.get(f"/desk/c/{id}", headers=AS_MAYA).text


def test_the_page_shows_the_conversation_the_customer_and_the_orders(client: TestClient) -> None:
    id = waiting(client, STATUS, customer_id="C-1")
    page = client.get(f"/desk/c/{id}", headers=AS_MAYA).text
    for text in (
        "Maya Okafor",
        "maya@post.example",
        "FF-21087",
        "1 × Wren Tent",
        "asked for a person",
        "Why this reply",
        "order",
    ):
        assert text in page, text
    visitor = waiting(client)
    other = client.get(f"/desk/c/{visitor}", headers=AS_MAYA).text
    assert "FF-21087" not in other.split('id="side"')[1]


def test_of_two_agents_one_takes_answers_and_gives_back(client: TestClient) -> None:
    id = waiting(client)
    client.get("/desk", headers=AS_NOOR)
    assert act(client, id, "say", {"text": "Hello"}).status_code == 409
    assert act(client, id, "move/take").status_code == 200
    refused = act(client, id, "move/take", agent=AS_NOOR)
    assert refused.status_code == 409
    assert (
        act(client, id, "say", {"text": "Hello"}, AS_NOOR).json()["error"]["message"] == "Maya has this conversation."
    )
    assert "Hello" in act(client, id, "say", {"text": "Hello"}).json()["timeline"]
    assert "Note · Maya" in act(client, id, "note", {"text": "calls back"}).json()["timeline"]
    assert act(client, id, "move/transfer", {"to": "noor", "reason": "knows tents"}).status_code == 200
    assert act(client, id, "move/close", {"reason": " "}, AS_NOOR).status_code == 409
    assert "Closed by" in act(client, id, "move/close", {"reason": "Answered"}, AS_NOOR).json()["timeline"]


def test_moves_that_are_the_customers_are_refused(client: TestClient) -> None:
    id = waiting(client)
    for move in ("resume", "reopen", "hand_over"):
        assert act(client, id, f"move/{move}").status_code == 409


def test_conversations_that_were_never_handed_over_are_nobodys_business(client: TestClient) -> None:
    text = client.post("/api/chat", json={"message": "thanks"}).text
    id = text.split('"conversation_id":"')[1].split('"')[0]
    assert client.get(f"/desk/c/{id}", headers=AS_MAYA).status_code == 404


def test_no_text_of_a_customer_or_an_agent_becomes_html(client: TestClient) -> None:
    id = waiting(client, HOSTILE)
    act(client, id, "move/take", agent=AS_NOOR)
    act(client, id, "say", {"text": HOSTILE}, AS_NOOR)
    act(client, id, "note", {"text": HOSTILE}, AS_NOOR)
    client.post("/api/chat", json={"message": HOSTILE, "conversation_id": id})
    page = client.get(f"/desk/c/{id}", headers=AS_NOOR).text
    assert "<img src=x" not in page
    assert "<script>alert" not in page
    assert "Noor <b>K" not in page
    assert page.count("&lt;img src=x onerror=alert(1)&gt;") >= 4


def test_canned_replies_are_filled_from_records_and_never_sent_with_a_gap(client: TestClient) -> None:
    id = waiting(client, STATUS, customer_id="C-1")
    found = {each["name"]: each["text"] for each in client.get(f"/desk/c/{id}/canned", headers=AS_MAYA).json()}
    assert found["hello"].startswith("Hello Maya, this is Maya.")
    assert found["order"] == "Your order FF-21087 is on its way."
    assert found["tracking"].endswith("is {order.tracking}.")
    assert "care@elm.example" in found["email"]
    act(client, id, "move/take")
    refused = act(client, id, "say", {"text": found["tracking"]})
    assert refused.json()["error"]["message"] == "{order.tracking} has no value yet."


def test_a_canned_file_that_cannot_work_is_refused(tmp_path: Path) -> None:
    assert open_places(fill_places("{customer.name}, {a.b} {order.id}", {"customer.name": "Ada"})) == ["order.id"]
    (tmp_path / "canned.yaml").write_text('hello: "Hello {customer.nmae}"')
    with pytest.raises(SettingsError, match=r"hello has the place \{customer\.nmae\}"):
        load_canned(tmp_path)
    (tmp_path / "canned.yaml").write_text("- hello")
    with pytest.raises(SettingsError, match="must map names to texts"):
        load_canned(tmp_path)
