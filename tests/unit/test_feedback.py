"""What customers think of replies: kept with the turn, by its owner alone, and read by the engineer."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient
from typer.testing import CliRunner

from assistant.cli import build_app
from assistant.conversation.conversation import Turn
from assistant.conversation.rating import LONGEST_REASON, Thumb
from assistant.conversation.store import Store
from assistant.dialogue.thread import Thread
from retrieval.errors import ConversationNotFound
from retrieval.store.database import open_database
from tests.fake_assistant import FakeAssistant
from tests.unit.web import events, make_app

HELLO = Turn("hello", "Hello!", datetime(2026, 11, 22, tzinfo=UTC), model="base+adapter")


def talk(store: Store, customer_id: str | None = None, *messages: str) -> str:
    conversation = store.open(None, customer_id)
    for message in messages or ("hello",):
        conversation = store.append(conversation, replace(HELLO, message=message), Thread())
    return conversation.id


def test_a_rating_is_kept_with_its_turn_until_it_is_changed_or_taken_back(engine: Engine) -> None:
    store = Store(engine)
    id = talk(store, None, "one", "two")
    store.rate(id, None, 2, Thumb.DOWN, "too dear")
    assert [(turn.number, turn.rating) for turn in store.open(id, None).turns] == [(1, None), (2, Thumb.DOWN)]
    store.rate(id, None, 2, Thumb.UP)
    assert [(rated.rating, rated.reason, rated.message) for rated in store.rated()] == [(Thumb.UP, "", "two")]
    store.rate(id, None, 2, None, "forget it")
    assert list(store.rated()) == []


def test_only_the_owner_of_a_conversation_rates_its_replies(engine: Engine) -> None:
    store = Store(engine)
    id = talk(store, "C-1")
    for stranger in (None, "C-2", ""):
        with pytest.raises(ConversationNotFound):
            store.rate(id, stranger, 1, Thumb.UP)
    store.rate(id, "C-1", 1, Thumb.UP)


@pytest.mark.parametrize(("id", "number"), [("", 1), ("unknown", 1), ("\x00", 1), ("known", 0), ("known", 2)])
def test_what_is_absent_cannot_be_rated(engine: Engine, id: str, number: int) -> None:
    store = Store(engine)
    known = talk(store)
    with pytest.raises(ConversationNotFound):
        store.rate(known if id == "known" else id, None, number, Thumb.UP)


def test_the_latest_rating_comes_first(engine: Engine) -> None:
    store = Store(engine)
    id = talk(store, None, "one", "two", "three")
    for number in (2, 3, 1):
        store.rate(id, None, number, Thumb.DOWN)
    assert [rated.message for rated in store.rated()] == ["one", "three", "two"]


def test_customers_rate_over_the_web(tmp_path: Path) -> None:
    fake = FakeAssistant()
    client = TestClient(make_app(tmp_path, fake))
    _, done = events(client.post("/api/chat", json={"message": "tents"}).text)[-1]
    reply = json.loads(done)
    rating = {"conversation_id": reply["conversation_id"], "turn": reply["turn"], "rating": "down", "reason": "dear"}
    assert client.post("/api/feedback", json=rating).status_code == 204
    assert fake.conversations[reply["conversation_id"]].turns[0].rating is Thumb.DOWN
    assert fake.reasons == ["dear"]
    assert client.post("/api/feedback", json=rating | {"rating": None}).status_code == 204
    for wrong, status in (
        ({"conversation_id": "x"}, 404),
        ({"turn": 9}, 404),
        ({"turn": 0}, 422),
        ({"rating": "5"}, 422),
    ):
        assert client.post("/api/feedback", json=rating | wrong).status_code == status


def test_ratings_have_a_limit_of_their_own(tmp_path: Path) -> None:
    client = TestClient(make_app(tmp_path, FakeAssistant(), rate_limit="2/minute"))
    rating = {"conversation_id": "none", "turn": 1, "rating": "up"}
    codes = [client.post("/api/feedback", json=rating).status_code for _ in range(4)]
    assert codes == [404, 404, 429, 429]
    assert client.post("/api/chat", json={"message": "hi"}).status_code == 200


@pytest.mark.parametrize("to_file", [True, False])
def test_the_engineer_reads_ratings_as_csv(tmp_path: Path, to_file: bool) -> None:
    store = Store(open_database(f"sqlite:///{tmp_path / 'aisle.db'}"))
    id = talk(store, None, "=HYPERLINK(1)", 'said "no", twice')
    store.rate(id, None, 1, Thumb.UP)
    store.rate(id, None, 2, Thumb.DOWN, "x" * 1000)
    path = tmp_path / "ratings.csv"
    done = CliRunner().invoke(
        build_app(), ["feedback", "--home", str(tmp_path), *(["--output", str(path)] if to_file else [])]
    )
    assert done.exit_code == 0, done.output
    rows = list(csv.DictReader(io.StringIO(path.read_text() if to_file else done.stdout)))
    assert [row["rating"] for row in rows] == ["down", "up"]
    assert rows[0]["message"] == 'said "no", twice'
    assert rows[0]["reason"] == "x" * LONGEST_REASON
    assert rows[1]["message"] == "'=HYPERLINK(1)"
    assert rows[0]["model"] == "base+adapter"
    assert id not in done.stdout
