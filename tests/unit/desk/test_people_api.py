"""The interface by which a customer's page follows a person."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from fastapi.testclient import TestClient

from assistant.desk.case import Agent
from assistant.desk.desk import Desk
from assistant.desk.state import Move
from assistant.opening import open_live_assistant
from assistant.settings import Settings
from retrieval.store.database import open_database
from tests.unit.desk.desk_home import PERSON, PLANS, THANKS, make_desk_home
from tests.unit.scripted_model import ruled_model
from tests.unit.web import events, served
from ui.app import create_app

MAYA = Agent("1", "Maya")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return make_desk_home(tmp_path_factory.mktemp("staffed"))


@pytest.fixture(scope="module")
def url(settings: Settings) -> Iterator[str]:
    with ruled_model(PLANS):
        assistant = open_live_assistant(settings)
        with served(create_app(assistant, settings, {"C-1": ""})) as base:
            yield base
        assistant.close()


@pytest.fixture
def desk(settings: Settings) -> Desk:
    return Desk(open_database(settings.resolved_database_url))


@pytest.fixture
def customer(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, timeout=30) as client:
        yield client


def ask(customer: httpx.Client, message: str, id: str | None = None) -> dict[str, Any]:
    answer = customer.post("/api/chat", json={"message": message, "conversation_id": id})
    found: dict[str, Any] = json.loads(dict(events(answer.text))["done"])
    return found


def test_a_conversation_goes_to_a_person_and_comes_back(customer: httpx.Client, desk: Desk) -> None:
    first = ask(customer, PERSON)
    id = first["conversation_id"]
    assert first["answerer"] == {"state": "waiting", "name": ""}
    assert "You are first in line." in first["reply"]
    desk.move(id, Move.TAKE, MAYA)
    passed = ask(customer, "hello?", id)
    assert passed["answerer"] == {"state": "with_agent", "name": "Maya"}
    assert passed["turn"] == 0
    desk.say(id, MAYA, "Hi, Maya here.")
    desk.note(id, MAYA, "sounds tired")
    said = customer.get(f"/api/conversations/{id}/messages").json()
    assert said["state"] == "with_agent"
    assert [(each["kind"], each["text"]) for each in said["messages"]][2:] == [
        ("event", "take"),
        ("customer", "hello?"),
        ("agent", "Hi, Maya here."),
    ]
    desk.move(id, Move.HAND_BACK, MAYA)
    assert ask(customer, THANKS, id)["turn"] == 2


def test_the_stream_says_when_a_person_has_written(customer: httpx.Client, desk: Desk) -> None:
    id = ask(customer, PERSON)["conversation_id"]
    with customer.stream("GET", f"/api/conversations/{id}/events") as stream:
        lines = (line for line in stream.iter_lines() if line.startswith("event"))
        assert next(lines) == "event: changed"
        threading.Timer(0.8, lambda: desk.move(id, Move.TAKE, MAYA)).start()
        assert next(lines) == "event: changed"


def test_a_customer_leaves_the_queue_but_not_a_person(customer: httpx.Client, desk: Desk) -> None:
    id = ask(customer, PERSON)["conversation_id"]
    assert customer.post(f"/api/conversations/{id}/resume").status_code == 204
    again = customer.post(f"/api/conversations/{id}/resume")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "move_refused")


def test_programs_that_cannot_show_people_are_not_handed_over(customer: httpx.Client) -> None:
    body = {"model": "aisle", "messages": [{"role": "user", "content": PERSON}]}
    answer = customer.post("/v1/chat/completions", json=body).json()
    assert answer["aisle"]["answerer"] is None
    assert "in line" not in answer["choices"][0]["message"]["content"]


def test_nobody_else_follows_the_conversation(url: str, customer: httpx.Client) -> None:
    customer.post("/session", data={"customer_id": "C-1"})
    id = ask(customer, PERSON)["conversation_id"]
    assert customer.get(f"/api/conversations/{id}/messages").status_code == 200
    with httpx.Client(base_url=url) as stranger:
        for path in ("messages", "events"):
            assert stranger.get(f"/api/conversations/{id}/{path}").status_code == 404
        assert stranger.post(f"/api/conversations/{id}/resume").status_code == 404


def test_without_hours_in_the_policy_there_is_no_desk(tmp_path: Path) -> None:
    settings = make_desk_home(tmp_path, "---\ncancel:\n  when: [processing]\n---\n")
    with ruled_model(PLANS):
        assistant = open_live_assistant(settings)
        client = TestClient(create_app(assistant, settings))
        assert client.get("/api/conversations/any/messages").status_code == 404
        assert '"answerer":null' in client.post("/api/chat", json={"message": PERSON}).text
        assistant.close()
