"""The call for a conversation that waits: signed, tried again, once for each hand-over, against a real local server."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from assistant.access.attempts import DatabaseStorage
from assistant.conversation.store import Store
from assistant.desk.case import Agent, Cause, Summary
from assistant.desk.desk import Desk
from assistant.desk.state import Move
from assistant.desk.webhook import SIGNATURE, Webhook, signature
from assistant.settings import Settings
from retrieval.errors import SettingsError
from retrieval.store.database import open_database

SECRET = "0123456789abcdef" * 3


@contextmanager
def receiver(*statuses: int) -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """A server that answers with `statuses` in turn, then with 204: its address, and the signature and body of each call."""
    calls: list[tuple[str, bytes]] = []
    left = list(statuses)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            calls.append((self.headers[SIGNATURE], body))
            self.send_response(left.pop(0) if left else 204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", calls
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    engine = open_database(f"sqlite:///{tmp_path / 'aisle.db'}")
    yield Desk(engine)
    engine.dispose()


def waiting(desk: Desk) -> str:
    """A conversation that waits for a person."""
    conversation = Store(desk._engine).begin()
    desk.hand_over(conversation, Cause.ASKED, Summary(last_message="call me at home"), "Somebody will be here soon.")
    return conversation


def called(hook: Webhook, calls: list[tuple[str, bytes]], count: int) -> None:
    """Wait until the server was called so often, then stop the webhook; the test's own timeout ends a wait for nothing."""
    deadline = threading.Event()
    while len(calls) < count:
        deadline.wait(0.01)
    hook.close()


def test_a_call_is_signed_and_says_nothing_of_the_customer(desk: Desk) -> None:
    conversation = waiting(desk)
    with receiver() as (url, calls):
        hook = Webhook(desk, url, SECRET, "https://shop.example/desk", clock=lambda: 1_764_450_000.7)
        hook.noticed(conversation)
        called(hook, calls, 1)
    ((sign, body),) = calls
    assert sign == f"t=1764450000,v1={signature(SECRET.encode(), 1764450000, body)}"
    told = json.loads(body)
    assert told["event"] == "conversation.waiting"
    assert (told["reason"], told["mood"], told["signed_in"]) == ("asked", "calm", False)
    assert told["desk"] == "https://shop.example/desk"
    assert datetime.fromisoformat(told["waiting_since"]).tzinfo is not None
    assert conversation not in body.decode()
    assert b"call me" not in body


def test_a_refused_call_is_tried_again_with_a_new_signature(desk: Desk) -> None:
    conversation, moments = waiting(desk), iter(range(100, 200))
    with receiver(503, 500, 302) as (url, calls):
        hook = Webhook(desk, url, SECRET, waits=(0.01,) * 4, clock=lambda: float(next(moments)))
        hook.noticed(conversation)
        called(hook, calls, 4)
    assert [sign.partition(",")[0] for sign, _ in calls] == ["t=100", "t=101", "t=102", "t=103"]
    assert len({body for _, body in calls}) == 1


def test_each_hand_over_is_called_once_and_again_after_a_restart(desk: Desk) -> None:
    first, second = waiting(desk), waiting(desk)
    agent = Agent("a-1", "Maya")
    with receiver() as (url, calls):
        hook = Webhook(desk, url, SECRET)
        for _ in range(3):
            hook.noticed(first)
        called(hook, calls, 1)
        assert len(calls) == 1
        desk.move(second, Move.TAKE, agent)
        again = Webhook(desk, url, SECRET)
        again.catch_up()
        called(again, calls, 2)
    ids = [json.loads(body)["id"] for _, body in calls]
    assert len(calls) == 2
    assert ids[0] == ids[1]


def test_of_several_processes_one_calls_and_one_that_starts_calls_what_waits(desk: Desk) -> None:
    conversation = waiting(desk)
    with receiver() as (url, calls):
        one, other, later = (Webhook(desk, url, SECRET, claims=DatabaseStorage(desk._engine)) for _ in range(3))
        one.noticed(conversation)
        called(one, calls, 1)
        other.noticed(conversation)
        other._pool.shutdown(wait=True)
        assert len(calls) == 1
        later.catch_up()
        called(later, calls, 2)
        other.close()
    assert len({json.loads(body)["id"] for _, body in calls}) == 1


def test_a_second_hand_over_of_a_conversation_has_another_id(desk: Desk) -> None:
    conversation = waiting(desk)
    with receiver() as (url, calls):
        hook = Webhook(desk, url, SECRET)
        hook.noticed(conversation)
        while not calls:
            threading.Event().wait(0.01)
        desk.move(conversation, Move.RESUME)
        hook.noticed(conversation)
        desk.hand_over(conversation, Cause.UPSET, Summary(), "Somebody will be here soon.")
        hook.noticed(conversation)
        called(hook, calls, 2)
    first, second = (json.loads(body) for _, body in calls)
    assert first["id"] != second["id"]
    assert second["mood"] == "upset"


@pytest.mark.parametrize(
    ("url", "secret", "message"),
    [
        ("http://hooks.example/x", SECRET, "https"), ("hooks.example", SECRET, "https"), ("https://", SECRET, "https"),
        ("https://hooks.example/x", "short", "openssl"),
    ],
)  # fmt: skip
def test_an_address_or_secret_that_cannot_be_used_is_refused(desk: Desk, url: str, secret: str, message: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Webhook.open(Settings(_env_file=None, desk_webhook=url, desk_webhook_secret=secret), desk)  # type: ignore[arg-type]
    assert message in (refused.value.hint or "")


def test_without_an_address_nothing_is_called(desk: Desk) -> None:
    assert Webhook.open(Settings(_env_file=None), desk) is None
