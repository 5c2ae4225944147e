"""An agent changes an order: shown first, run once after a yes, by the policy, in the name of the conversation's customer alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine, select

from assistant.actions.address import Address
from assistant.actions.database_backend import DatabaseBackend
from assistant.actions.order import Order, OrderLine, OrderStatus
from assistant.actions.orders import Orders
from assistant.actions.owner import Owner
from assistant.actions.policy_file import load_policy
from assistant.actions.refusal import Reason, Refusal
from assistant.actions.requests import Cancel
from assistant.conversation.store import Store
from assistant.opening import open_live_assistant
from assistant.order_tables import AuditRow
from assistant.settings import Settings
from retrieval.catalog.money import Money
from retrieval.store.database import open_database, reading
from tests.unit.desk.desk_home import PLANS, STATUS, cookie_of, make_desk_home
from tests.unit.desk.test_desk_pages import HOSTILE, staff, waiting
from tests.unit.scripted_model import ruled_model
from ui.app import create_app

POLICY = """---
people:
  hours: always
cancel:
  when: [processing]
  reasons: [no longer needed]
  person_for: [fraud]
change_address:
  when: [processing]
---
"""
AGENTS: dict[str, dict[str, str]] = {}
"""Headers of the agents' browsers by account, filled once the app is there."""


def order(number: str, customer: str = "C-1") -> Order:
    lines = (OrderLine("wren", f"Wren Tent {HOSTILE}", 1, Money(Decimal(269))),)
    address = Address("12 Mill Lane", "Bath", "BA1 1AA", "UK")
    placed = datetime(2026, 11, 3, tzinfo=UTC)
    return Order(number, customer, OrderStatus.PROCESSING, placed, lines, Money(Decimal(269)), address=address)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    found = make_desk_home(tmp_path_factory.mktemp("acting"), POLICY)
    Orders(open_database(found.resolved_database_url)).upsert(
        [*(order(f"FF-{number}") for number in range(1, 9)), order("FF-90", "C-2")]
    )
    return found


@pytest.fixture
def engine(settings: Settings) -> Engine:
    return open_database(settings.resolved_database_url)


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[TestClient]:
    with ruled_model(PLANS):
        assistant = open_live_assistant(settings)
        app = create_app(assistant, settings, {"C-1": ""})
        AGENTS.update({name: staff(cookie_of(app, name, name.capitalize())) for name in ("maya", "noor")})
        with TestClient(app, follow_redirects=False) as opened:
            yield opened
        assistant.close()


@pytest.fixture
def taken(client: TestClient) -> str:
    """A conversation of customer C-1 that Maya has."""
    id = waiting(client, STATUS, customer_id="C-1")
    assert client.post(f"/desk/c/{id}/move/take", json={}, headers=AGENTS["maya"]).status_code == 200
    return id


def propose(client: TestClient, id: str, request: dict[str, object], agent: str = "maya") -> Response:
    return client.post(f"/desk/c/{id}/propose", json={"request": request}, headers=AGENTS[agent])


def shown(client: TestClient, id: str, number: str, reason: str = "no longer needed") -> str:
    """The id of the proposal that cancels an order."""
    card = propose(client, id, {"kind": "cancel", "order": number, "reason": reason}).text
    return card.split('data-proposal="')[1].split('"')[0]


def answer(client: TestClient, id: str, proposal: str, word: str = "yes", agent: str = "maya") -> Response:
    return client.post(f"/desk/c/{id}/answer", json={"proposal": proposal, "answer": word}, headers=AGENTS[agent])


def status(engine: Engine, number: str) -> OrderStatus:
    return next(each.status for each in Orders(engine).of("C-1", 50) if each.id == number)


def audits(engine: Engine, number: str) -> list[str]:
    with reading(engine) as connection:
        return list(connection.scalars(select(AuditRow.actor).where(AuditRow.order_id == number)))


def test_a_change_is_shown_and_runs_once_after_the_agents_yes(client: TestClient, engine: Engine, taken: str) -> None:
    proposal = shown(client, taken, "FF-1")
    assert (status(engine, "FF-1"), audits(engine, "FF-1")) == (OrderStatus.PROCESSING, [])
    done = answer(client, taken, proposal).json()
    assert "FF-1" in done["said"]
    assert "Note · Maya" in done["parts"]["timeline"]
    again = answer(client, taken, proposal).json()
    assert again["said"] == done["said"]
    assert again["parts"]["timeline"].count("Note · Maya") == 1
    assert (status(engine, "FF-1"), audits(engine, "FF-1")) == (OrderStatus.CANCELLED, ["agent:maya"])


def test_a_no_changes_nothing_and_the_proposal_is_gone(client: TestClient, engine: Engine, taken: str) -> None:
    proposal = shown(client, taken, "FF-2")
    assert answer(client, taken, proposal, "no").json()["said"] == ""
    assert "was cancelled before it was made" in answer(client, taken, proposal).json()["act"]
    assert audits(engine, "FF-2") == []


def test_only_who_has_the_conversation_acts(client: TestClient, engine: Engine, taken: str) -> None:
    proposal = shown(client, taken, "FF-3")
    assert answer(client, taken, proposal, agent="noor").status_code == 409
    assert propose(client, taken, {"kind": "cancel", "order": "FF-3"}, "noor").status_code == 409
    assert client.get(f"/desk/c/{taken}/act/cancel?order=FF-3", headers=AGENTS["noor"]).status_code == 409
    away = {**AGENTS["maya"], "sec-fetch-site": "cross-site", "origin": "https://elsewhere.example"}
    body = {"proposal": proposal, "answer": "yes"}
    assert client.post(f"/desk/c/{taken}/answer", json=body, headers=away).status_code == 403
    assert client.post(f"/desk/c/{taken}/answer", json=body).status_code == 401
    assert audits(engine, "FF-3") == []


def test_orders_of_others_and_carts_are_out_of_reach(client: TestClient, engine: Engine, taken: str) -> None:
    assert "There is no order FF-90" in propose(client, taken, {"kind": "cancel", "order": "FF-90", "reason": "x"}).text
    assert client.get(f"/desk/c/{taken}/act/cancel?order=FF-90", headers=AGENTS["maya"]).status_code == 404
    assert propose(client, taken, {"kind": "add_to_cart", "product_id": "wren"}).status_code == 422
    visitor = waiting(client)
    client.post(f"/desk/c/{visitor}/move/take", json={}, headers=AGENTS["maya"])
    refused = propose(client, visitor, {"kind": "cancel", "order": "FF-1"})
    assert refused.json()["error"]["message"] == "A visitor who has proved no order has none."


def test_a_visitor_who_has_proved_an_order_has_that_one(
    client: TestClient, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = waiting(client)
    monkeypatch.setattr(Store, "proved_order", lambda *_: Owner(customer_id="C-1", order_id="FF-4"))
    client.post(f"/desk/c/{visitor}/move/take", json={}, headers=AGENTS["maya"])
    page = client.get(f"/desk/c/{visitor}", headers=AGENTS["maya"]).text
    assert 'data-order="FF-4"' in page
    assert "FF-5" not in page
    assert "There is no order" in propose(client, visitor, {"kind": "cancel", "order": "FF-5"}).text
    assert "FF-4" in answer(client, visitor, shown(client, visitor, "FF-4")).json()["said"]
    assert audits(engine, "FF-4") == ["agent:maya"]


def test_the_policy_holds_and_what_it_leaves_to_people_a_person_does(
    client: TestClient, settings: Settings, engine: Engine, taken: str
) -> None:
    backend = DatabaseBackend(engine, load_policy(settings))
    asked = backend.propose(Owner(customer_id="C-1"), Cancel(order="FF-5", reason="fraud"))
    assert isinstance(asked, Refusal)
    assert asked.reason is Reason.NEEDS_PERSON
    proposal = shown(client, taken, "FF-5", "fraud")
    assert "FF-5" in answer(client, taken, proposal).json()["said"]
    assert "A reason is needed" in propose(client, taken, {"kind": "cancel", "order": "FF-6", "reason": "mood"}).text
    assert "cannot be returned" in propose(client, taken, {"kind": "return", "order": "FF-6", "items": []}).text
    page = client.get(f"/desk/c/{taken}", headers=AGENTS["maya"]).text
    button = page.split('data-id="FF-6-return"')[1].split("</button>")[0]
    assert "disabled" in button


def test_forms_hold_what_the_order_has_and_no_text_becomes_html(client: TestClient, taken: str) -> None:
    address = client.get(f"/desk/c/{taken}/act/change_address?order=FF-7", headers=AGENTS["maya"]).text
    assert 'value="12 Mill Lane"' in address
    items = client.get(f"/desk/c/{taken}/act/change_items?order=FF-7", headers=AGENTS["maya"]).text
    assert "<script>" not in items
    assert "&lt;script&gt;" in items
    assert client.get(f"/desk/c/{taken}/act/nonsense?order=FF-7", headers=AGENTS["maya"]).status_code == 404
