"""The one question at the end: once for each resolution, after a farewell or a person's close."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from assistant.conversation.resolution import ResolvedBy
from assistant.desk.case import Agent
from assistant.desk.desk import Desk
from assistant.desk.state import Move
from assistant.opening import open_live_assistant
from assistant.settings import Settings
from assistant.tables import ResolutionRow
from retrieval.store.database import open_database, reading
from tests.unit.desk.desk_home import PERSON, PLANS, PRICE, THANKS, make_desk_home
from tests.unit.desk.test_people_api import ask
from tests.unit.scripted_model import ruled_model
from ui.app import create_app

MAYA = Agent("maya", "Maya")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return make_desk_home(tmp_path_factory.mktemp("resolved"))


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[TestClient]:
    with ruled_model(PLANS):
        assistant = open_live_assistant(settings)
        with TestClient(create_app(assistant, settings, {"C-1": ""})) as opened:
            yield opened
        assistant.close()


@pytest.fixture
def desk(settings: Settings) -> Desk:
    return Desk(open_database(settings.resolved_database_url))


def kept(settings: Settings, id: str) -> list[tuple[str, bool | None]]:
    query = select(ResolutionRow.resolved_by, ResolutionRow.is_solved).where(ResolutionRow.conversation_id == id)
    with reading(open_database(settings.resolved_database_url)) as connection:
        return [(row.resolved_by, row.is_solved) for row in connection.execute(query.order_by(ResolutionRow.id))]


def answer(client: TestClient, id: str, question: int | None, solved: bool) -> int:
    body = {"conversation_id": id, "question": question, "solved": solved}
    return client.post("/api/satisfaction", json=body).status_code


def test_a_farewell_after_an_answer_is_asked_about_once(client: TestClient, settings: Settings) -> None:
    first = ask(client, PRICE)
    id = first["conversation_id"]
    assert first["question"] is None
    question = ask(client, THANKS, id)["question"]
    assert question
    assert ask(client, THANKS, id)["question"] is None  # nothing was answered in between
    assert answer(client, id, question, True) == 204
    assert answer(client, id, question, False) == 204  # a changed mind takes the place of the first answer
    ask(client, PRICE, id)
    assert ask(client, THANKS, id)["question"] not in (None, question)
    assert kept(settings, id) == [(ResolvedBy.ASSISTANT, False), (ResolvedBy.ASSISTANT, None)]


def test_thanks_for_nothing_resolves_nothing(client: TestClient, settings: Settings) -> None:
    done = ask(client, THANKS)
    assert done["question"] is None
    assert kept(settings, done["conversation_id"]) == []


def test_a_close_is_asked_about_if_a_person_has_written(client: TestClient, settings: Settings, desk: Desk) -> None:
    id = ask(client, PERSON)["conversation_id"]
    desk.move(id, Move.CLOSE, MAYA, said="Customer left")
    assert client.get(f"/api/conversations/{id}/messages").json()["question"] is None
    assert kept(settings, id) == []
    ask(client, PERSON, id)
    desk.move(id, Move.TAKE, MAYA)
    desk.say(id, MAYA, "Here I am.")
    desk.move(id, Move.CLOSE, MAYA, said="Answered")
    question = client.get(f"/api/conversations/{id}/messages").json()["question"]
    assert answer(client, id, question, True) == 204
    assert client.get(f"/api/conversations/{id}/messages").json()["question"] is None
    assert kept(settings, id) == [(ResolvedBy.PERSON, True)]


def test_thanks_after_a_person_handed_back_is_the_persons(client: TestClient, settings: Settings, desk: Desk) -> None:
    ask(client, PRICE)
    id = ask(client, PERSON)["conversation_id"]
    desk.move(id, Move.TAKE, MAYA)
    desk.say(id, MAYA, "It is on its way.")
    desk.move(id, Move.HAND_BACK, MAYA)
    assert ask(client, THANKS, id)["question"]
    assert kept(settings, id) == [(ResolvedBy.PERSON, None)]


def test_nobody_answers_for_somebody_else(client: TestClient) -> None:
    client.post("/session", data={"customer_id": "C-1"})
    id = ask(client, PRICE)["conversation_id"]
    question = ask(client, THANKS, id)["question"]
    client.cookies.clear()
    assert answer(client, id, question, True) == 404
    other = ask(client, PRICE)["conversation_id"]
    assert answer(client, other, question, True) == 404


def test_the_question_is_gone_once_the_customer_goes_on(client: TestClient, desk: Desk) -> None:
    id = ask(client, PERSON)["conversation_id"]
    desk.move(id, Move.TAKE, MAYA)
    desk.say(id, MAYA, "Here I am.")
    desk.move(id, Move.CLOSE, MAYA, said="Answered")
    assert ask(client, PRICE, id)["question"] is None
    assert client.get(f"/api/conversations/{id}/messages").json()["question"] is None
