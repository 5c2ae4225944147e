"""Peers: a session has one worker; what others pass on comes back as it was answered, or as "try again" if nobody answers."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.peers import Peers, Seat

SESSION = next(f"page{number}" for number in range(99) if not Peers(Seat(0, 2, Path())).keeps({}, f"page{number}"))
"""A session of the second of two workers."""


def passed(tmp_path: Path, app: ASGIApp | None, leaves_after: int = 0) -> list[Message]:
    """What the first worker sends for a request that the second answers with `app`; None for a second that is not there.

    The browser leaves once it has had `leaves_after` parts, 0 for never.
    """
    scope: Scope = {
        "type": "http", "method": "POST", "path": "/chat/x", "root_path": "/chat", "query_string": b"a=1", "scheme": "http",
        "headers": [(b"x-one", b"1")], "client": ("203.0.113.9", 5), "http_version": "1.1", "session": {"customer": "C-1"},
    }  # fmt: skip
    sent: list[Message] = []

    async def ask() -> None:
        left = asyncio.Event()

        async def receive() -> Message:
            await left.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            sent.append(message)
            if len(sent) == leaves_after:
                left.set()

        await Peers(Seat(0, 2, tmp_path)).pass_on(scope, b"hello", receive, send, SESSION)

    async def both() -> None:
        if app is None:
            await ask()
            return
        async with Peers(Seat(1, 2, tmp_path)).listening(app):
            await ask()
            await asyncio.sleep(0.2)  # for an app that should notice that the browser has left

    asyncio.run(both())
    return sent


def body(sent: list[Message]) -> bytes:
    return b"".join(message.get("body", b"") for message in sent)


def test_a_request_arrives_as_it_was_sent_and_is_not_passed_on_again(tmp_path: Path) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        assert Peers(Seat(0, 2, tmp_path)).keeps(scope, SESSION)
        said = [
            await request.body(),
            request.method,
            str(request.url),
            request.client,
            scope["session"],
            request.headers,
        ]
        await PlainTextResponse(f"{said}", 201, {"x-two": "2"})(scope, receive, send)

    sent = passed(tmp_path, app)
    assert sent[0]["status"] == 201
    assert (b"x-two", b"2") in sent[0]["headers"]
    for each in (b"b'hello'", b"'POST'", b"/chat/x?a=1", b"203.0.113.9", b"{'customer': 'C-1'}", b"'x-one': '1'"):
        assert each in body(sent)


@pytest.mark.parametrize("starts", [False, True])
def test_a_worker_that_is_gone_or_fails_before_it_answers_is_tried_again_later(tmp_path: Path, starts: bool) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise ValueError("a bug")

    sent = passed(tmp_path, app if starts else None)
    assert sent[0]["status"] == 503
    assert (b"retry-after", b"5") in sent[0]["headers"]


def test_an_app_that_asks_in_two_places_notices_that_the_browser_has_left(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ended: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        await request.body()

        async def parts():  # type: ignore[no-untyped-def]
            try:
                while not await request.is_disconnected():  # as Gradio asks, while Starlette asks too
                    yield b"part"
                    await asyncio.sleep(0.01)
            finally:
                ended.append("left")

        await StreamingResponse(parts())(scope, receive, send)

    with caplog.at_level(logging.ERROR):
        sent = passed(tmp_path, app, leaves_after=4)
    assert body(sent).startswith(b"partpart")
    assert ended == ["left"]
    assert not caplog.records
