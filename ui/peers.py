"""Peers: the workers of `aisle serve --workers N`, and how a request of the chat page reaches the one that keeps its session.

Gradio keeps a page's queue in the memory of one process, while each connection of a browser may be accepted by any. A session belongs
to the worker that its name hashes to; the others pass its requests on through that worker's socket, frame by frame.
"""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.errors import body_of

_log = structlog.get_logger(__name__)
_LENGTH = 4
_PASSED = "aisle.passed_on"
_TEXTS = ("type", "http_version", "method", "scheme", "path", "root_path")
_BYTES = ("raw_path", "query_string")
_OTHERS = ("client", "server", "session", "aisle.root", "aisle.forwarded")


@dataclass(frozen=True, slots=True)
class Seat:
    """One worker's place among `count`, from 0. Sockets of all are in `folder`, which only this user reads.

    `is_again` says that the worker before it in this place has died.
    """

    number: int
    count: int
    folder: Path
    is_again: bool = False

    @property
    def is_first(self) -> bool:
        """Whether this worker does what is done once for all, such as daily deletion."""
        return self.number == 0

    @property
    def catches_up(self) -> bool:
        """Whether this worker calls what was missed: before the start, or by the worker that died in this place."""
        return self.is_first or self.is_again

    def socket(self, number: int) -> Path:
        """The socket of a worker."""
        return self.folder / f"{number}.sock"


class Peers:
    """Passes requests on to the worker that a session belongs to, and answers those that others pass on to this one."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    def keeps(self, scope: Scope, session: str) -> bool:
        """True if this worker answers for `session`: it is its own, or another has passed the request on."""
        return scope.get(_PASSED, False) or self._owner(session) == self._seat.number

    async def pass_on(self, scope: Scope, body: bytes, receive: Receive, send: Send, session: str) -> None:
        """Let the worker that keeps `session` answer a request whose body is read already; 503 if it gives no answer."""
        is_answered = False
        with suppress(OSError):  # it is being started again, or dies now
            reader, writer = await asyncio.open_unix_connection(self._seat.socket(self._owner(session)))
            leaving = asyncio.create_task(_close_when_left(receive, writer))
            try:
                await _write(writer, {**_portable(scope), "body": body.decode("latin-1")})
                while (frame := await _read(reader)) is not None:
                    is_answered = True
                    await send(_message(frame))
            finally:
                leaving.cancel()
                writer.close()
        if not is_answered:
            headers = {"Retry-After": "5"}
            await JSONResponse(body_of("busy", "Please try again in a moment."), 503, headers)(scope, receive, send)

    @asynccontextmanager
    async def listening(self, app: ASGIApp) -> AsyncIterator[None]:
        """Answer what others pass on with `app`, for as long as this lasts."""

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                if (given := await _read(reader)) is not None:
                    await _answer(app, given, reader, writer)
            except Exception:
                _log.exception("passed_request_failed")
            finally:
                writer.close()

        path = self._seat.socket(self._seat.number)
        path.unlink(missing_ok=True)  # of a worker that was killed
        server = await asyncio.start_unix_server(answer, path)
        try:
            yield
        finally:
            server.close()

    def _owner(self, session: str) -> int:
        return zlib.crc32(session.encode()) % self._seat.count


async def _answer(
    app: ASGIApp, given: Mapping[str, Any], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    is_read, has_left = False, asyncio.Event()

    async def receive() -> Message:
        nonlocal is_read
        if not is_read:
            is_read = True
            return {"type": "http.request", "body": given["body"].encode("latin-1"), "more_body": False}
        await has_left.wait()  # an app may wait for this in several places at once, which a reader does not allow
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        with suppress(ConnectionError):  # the browser has left, as `receive` says
            await _write(writer, _frame(message))

    async def watch() -> None:
        with suppress(ConnectionError):
            await reader.read()  # ends once the other side has closed
        has_left.set()

    watching = asyncio.create_task(watch())
    try:
        await app(_scope(given), receive, send)
    finally:
        watching.cancel()


async def _close_when_left(receive: Receive, writer: asyncio.StreamWriter) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    writer.close()


def _portable(scope: Scope) -> dict[str, Any]:
    """What an app needs of a scope, as JSON."""
    told = {name: scope[name] for name in (*_TEXTS, *_OTHERS) if name in scope}
    told |= {name: scope[name].decode("latin-1") for name in _BYTES if name in scope}
    return told | {"headers": [[name.decode("latin-1"), value.decode("latin-1")] for name, value in scope["headers"]]}


def _scope(given: Mapping[str, Any]) -> Scope:
    scope: dict[str, Any] = {name: value for name, value in given.items() if name != "body"}
    scope |= {name: given[name].encode("latin-1") for name in _BYTES if name in given}
    scope["headers"] = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in given["headers"]]
    for name in ("client", "server"):
        scope[name] = tuple(given[name]) if given.get(name) else None
    return scope | {_PASSED: True, "asgi": {"version": "3.0", "spec_version": "2.3"}, "extensions": {}}


def _frame(message: Message) -> dict[str, Any]:
    if message["type"] == "http.response.start":
        headers = [[name.decode("latin-1"), value.decode("latin-1")] for name, value in message.get("headers", ())]
        return {"status": message["status"], "headers": headers}
    return {"body": message.get("body", b"").decode("latin-1"), "more": message.get("more_body", False)}


def _message(frame: Mapping[str, Any]) -> Message:
    if "status" in frame:
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in frame["headers"]]
        return {"type": "http.response.start", "status": frame["status"], "headers": headers}
    return {"type": "http.response.body", "body": frame["body"].encode("latin-1"), "more_body": frame["more"]}


async def _write(writer: asyncio.StreamWriter, frame: Mapping[str, Any]) -> None:
    data = json.dumps(frame).encode()
    writer.write(len(data).to_bytes(_LENGTH) + data)
    if (
        not writer.is_closing()
    ):  # else it would wait, and Gradio's generator must not be cancelled while a message is sent
        await writer.drain()


async def _read(reader: asyncio.StreamReader) -> dict[str, Any] | None:
    """The next frame; None once the other side has closed."""
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        length = int.from_bytes(await reader.readexactly(_LENGTH))
        frame: dict[str, Any] = json.loads(await reader.readexactly(length))
        return frame
    return None
