"""Of Gradio only what the page uses is served, malformed requests are refused, and nothing waits for ever."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from starlette.routing import Mount
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from tests.fake_assistant import FakeAssistant
from tests.unit.web import make_app
from ui import chat_guard
from ui.chat import _kept
from ui.chat_guard import ChatGuard
from ui.protection import RateLimit
from ui.refusals import Refusals

API = "/chat/gradio_api"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory):
    return make_app(tmp_path_factory.mktemp("home"), FakeAssistant())


@pytest.fixture(scope="module")
def client(app) -> Iterator[TestClient]:
    with TestClient(app) as opened:
        yield opened


def listener(client: TestClient, name: str) -> dict:
    found = [dep for dep in client.get("/chat/config").json()["dependencies"] if dep["api_name"] == name]
    return found[0]


def message_body(client: TestClient, text: object = "tents", history: object = (), session: object = "abc123") -> dict:
    dependency = listener(client, "_answer")
    return {"data": [text, list(history), "", "", ""], "fn_index": dependency["id"], "session_hash": session}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{API}/dev/reload"),
        ("GET", f"{API}/heartbeat/abc"),
        ("POST", f"{API}/process_recording"),
        ("POST", f"{API}/upload"),
        ("GET", f"{API}/deep_link?session_hash=x"),
        ("GET", f"{API}/proxy=http://evil.example"),
        ("GET", f"{API}/file=/etc/passwd"),
        ("GET", f"{API}/openapi.json"),
        ("GET", f"{API}/token"),
        ("POST", f"{API}/call/x"),
        ("POST", f"{API}/run/x"),
        ("POST", f"{API}/api/predict"),
        ("POST", f"{API}/component_server"),
        ("POST", f"{API}/vibe-edit"),
        ("GET", "/chat/monitoring"),
        ("GET", "/chat/openapi.json"),
        ("POST", "/chat/login"),
        ("PUT", "/chat/"),
    ],
)
def test_what_the_page_does_not_use_is_absent(client: TestClient, method: str, path: str) -> None:
    answer = client.request(method, path, json={} if method == "POST" else None)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", ["/chat/?page=x", "/chat?page=<script>", "/chat/config?deep_link=../x"])
def test_a_query_changes_no_page(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["queue/join", "run/predict"])
@pytest.mark.parametrize(
    "change",
    [
        {"fn_index": 9999}, {"fn_index": None}, {"fn_index": True}, {"fn_index": "0"}, {"data": None}, {"data": []}, {"data": {}},
        {"data": [1] * 40}, {"session_hash": None}, {"session_hash": ""}, {"session_hash": "a" * 65}, {"session_hash": "<b>"},
    ],
)  # fmt: skip
def test_a_malformed_message_is_refused(
    client: TestClient, path: str, change: dict, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = client.post(f"{API}/{path}", json=message_body(client, "my secret words") | change)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid_request")
    assert "secret" not in "".join(capfd.readouterr())


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b"1" * 6000])
def test_a_body_that_is_no_message_is_refused(client: TestClient, body: bytes) -> None:
    assert (
        client.post(f"{API}/queue/join", content=body, headers={"Content-Type": "application/json"}).status_code == 422
    )


def test_odd_values_of_a_page_put_nothing_into_the_log(client: TestClient, capfd: pytest.CaptureFixture[str]) -> None:
    start = listener(client, "_start")
    for odd in ({"a": "secret"}, ["secret"], 1, None, "x" * 1000):
        body = {"data": [odd, odd, odd], "fn_index": start["id"], "session_hash": "abc"}
        assert client.post(f"{API}/run/predict", json=body).status_code == 200
    component = {"role": "user", "content": {"type": "component", "value": "secret"}}
    for odd in ("secret", [{"secret": 1}], [["secret"]], [component]):
        body = message_body(client)
        body["data"][1] = odd
        assert client.post(f"{API}/queue/join", json=body).status_code == 422
    assert "secret" not in "".join(capfd.readouterr())


def test_joining_the_queue_is_limited(tmp_path: Path) -> None:
    with TestClient(make_app(tmp_path, FakeAssistant(), rate_limit="3/minute")) as client:
        body = message_body(client)
        codes = [client.post(f"{API}/queue/join", json=body | {"session_hash": f"s{n}"}).status_code for n in range(8)]
    assert codes == [200] * 6 + [429] * 2


def test_events_that_nobody_reads_are_dropped(client: TestClient, app, monkeypatch: pytest.MonkeyPatch) -> None:
    guard = next(route.app for route in app.routes if isinstance(route, Mount) and route.path == "/chat")
    assert isinstance(guard, ChatGuard)
    for number in range(5):
        client.post(f"{API}/queue/join", json=message_body(client, session=f"unread{number}"))
    waiting = guard._queue.pending_messages_per_session
    assert "unread0" in waiting
    monkeypatch.setattr(chat_guard, "_UNREAD_SECONDS", -1)
    client.post(f"{API}/queue/join", json=message_body(client, session="last"))
    assert not any(f"unread{number}" in waiting for number in range(5))


def test_a_page_that_reads_gets_its_reply(client: TestClient) -> None:
    client.post(f"{API}/queue/join", json=message_body(client, "kettle", session="reader"))
    with client.stream("GET", f"{API}/queue/data?session_hash=reader") as stream:
        lines = [json.loads(line[6:]) for line in stream.iter_lines() if line.startswith("data: ")]
    assert any("You said: kettle" in json.dumps(line) for line in lines)


def test_the_history_that_goes_back_to_the_page_is_bounded() -> None:
    large = [{"role": "user", "content": f"{number} " + "x" * 100_000} for number in range(5)]
    assert [message["content"][0] for message in _kept(large)] == ["3", "4"]
    many = [{"role": "user", "content": str(number)} for number in range(500)]
    assert [message["content"] for message in _kept(many)] == [str(number) for number in range(300, 500)]
    assert _kept("no list") == _kept([None, 1, {"role": "system", "content": "x"}, {"role": "user"}]) == []


@pytest.mark.parametrize("leaves", ["while it waits", "while an event is sent to it", "after the last event"])
def test_what_is_written_for_a_page_that_has_left_is_stopped(leaves: str) -> None:
    class Queue:
        def __init__(self) -> None:
            self.cleaned: list[str] = []
            self.pending_messages_per_session: dict[str, object] = {"s1": object(), "s2": object()}
            self.pending_event_ids_session: dict[str, object] = {"s1": object(), "s2": object()}

        async def clean_events(self, *, session_hash: str) -> None:
            self.cleaned.append(session_hash)

    async def gradio(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"data: one", "more_body": True})
        if leaves == "while it waits":
            raise asyncio.CancelledError
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def to_the_page(message: Message) -> None:
        if leaves == "while an event is sent to it" and message["type"] == "http.response.body":
            raise asyncio.CancelledError

    async def nothing() -> Message:
        return {"type": "http.disconnect"}

    queue = Queue()
    guard = ChatGuard(gradio, queue, {}, RateLimit("10/minute"), Refusals())
    path = "/gradio_api/queue/data"
    scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "query_string": b"session_hash=s1"}
    with suppress(asyncio.CancelledError):
        asyncio.run(guard(scope, nothing, to_the_page))
    has_left = leaves != "after the last event"
    assert queue.cleaned == ["s1"] * has_left
    assert ("s1" in queue.pending_messages_per_session) is not has_left
    assert "s2" in queue.pending_messages_per_session
