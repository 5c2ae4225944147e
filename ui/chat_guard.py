"""Chat guard: of Gradio's interface only what the chat page uses, with checked requests and bounded memory.

Gradio serves some forty routes; the page needs a dozen. A route of the rest would write files, run programs, hold a
connection for ever or answer a malformed request with a traceback, which may show what a customer wrote.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

import structlog
from pydantic import BaseModel, ValidationError
from starlette._utils import get_route_path
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.errors import body_of
from ui.peers import Peers
from ui.protection import Limiter, TooFast
from ui.proxies import client_of
from ui.refusals import Refusals

Inputs = Sequence[type[BaseModel] | None]
"""The model of each input of a listener, None for plain text."""
_log = structlog.get_logger(__name__)
_PAGES = frozenset(("", "/", "/config"))
_READ = re.compile(
    r"/|/config|/theme\.css|/favicon\.ico|/manifest\.json|/(?:static|assets|svelte)/.+"
    r"|/gradio_api/(?:info|theme\.css|app_id|startup-events|queue/data)"
)
_JOIN, _RUN, _DATA = "/gradio_api/queue/join", "/gradio_api/run/predict", "/gradio_api/queue/data"
_SESSION = re.compile(r"[A-Za-z0-9]{1,64}")
_UNREAD_SECONDS = 30
"""How long events wait for a page that does not read them. A page opens its stream with its first message."""


class ChatGuard:
    """ASGI wrapper around the mounted Gradio app.

    `queue` is Gradio's; `inputs` are those of each listener by its index; `limit` counts messages that are
    put into the queue, and is looser than that of replies, whose refusal the page shows in words. `peers` are the other workers, among
    which each session has one that keeps it; None if there is one process.
    """

    def __init__(
        self,
        app: ASGIApp,
        queue: Any,
        inputs: Mapping[int, Inputs],
        limit: Limiter,
        refusals: Refusals,
        peers: Peers | None = None,
    ) -> None:
        self._app = app
        self._queue = queue
        self._inputs = inputs
        self._limit = limit
        self._refusals = refusals
        self._peers = peers
        self._readers: Counter[str] = Counter()
        self._unread: dict[str, float] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what the page needs, and answer everything else with 404."""
        if scope["type"] != "http":
            return
        path, method = get_route_path(scope), scope["method"]
        if method in ("GET", "HEAD") and (path == "" or _READ.fullmatch(path)):
            if path in _PAGES:
                scope["query_string"] = b""
            if path == _DATA:
                await self._read(scope, receive, send)
            else:
                await self._pass(scope, receive, send)
        elif method == "POST" and path in (_JOIN, _RUN):
            await self._post(Request(scope, receive), path, send)
        else:
            await _answer(404, "not_found", "The chat page has no such address.", scope, receive, send)

    async def _post(self, request: Request, path: str, send: Send) -> None:
        try:
            body = await request.body()
        except ClientDisconnect:
            return
        session = self._session(body)
        if session is None:
            message = "This is no message of the chat page. Programs use /api/chat."
            await _answer(422, "invalid_request", message, request.scope, request.receive, send)
            return
        if self._peers is not None and not self._peers.keeps(request.scope, session):
            await self._peers.pass_on(request.scope, body, request.receive, send, session)
            return
        if path == _JOIN:
            await self._drop_unread()
            try:
                await run_in_threadpool(self._limit.take, client_of(request))  # the count may be in the database
            except TooFast as error:
                self._refusals.note(client_of(request), "rate_limited")
                await _answer(429, "rate_limited", error.message, request.scope, request.receive, send)
                return
            if not self._readers[session]:
                self._unread.setdefault(session, time.monotonic())
        await self._pass(request.scope, _replay(body, request.receive), send)

    async def _read(self, scope: Scope, receive: Receive, send: Send) -> None:
        session = "".join(parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", [])[:1])
        if self._peers is not None and not self._peers.keeps(scope, session):
            await self._peers.pass_on(scope, b"", receive, send, session)
            return
        self._readers[session] += 1
        self._unread.pop(session, None)
        is_whole = False

        async def send_noting(message: Message) -> None:
            nonlocal is_whole
            await send(message)
            is_whole = is_whole or (message["type"] == "http.response.body" and not message.get("more_body"))

        try:
            await self._pass(scope, receive, send_noting)
        finally:
            self._readers[session] -= 1
            if not self._readers[session]:
                del self._readers[session]
                if not is_whole:  # Gradio does not notice a page that leaves while an event is being sent to it
                    await self._drop(session)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Call Gradio. What it raises is logged by its class: the text of a validation error quotes the request."""
        started = False

        async def send_noting(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, send_noting)
        except Exception as error:
            _log.error("chat_request_failed", path=get_route_path(scope)[:100], error=type(error).__name__)
            if not started:
                await _answer(400, "refused", "The chat page cannot do that.", scope, receive, send)

    def _session(self, body: bytes) -> str | None:
        """Return the session of a well-formed message of the page, or None."""
        try:
            given = json.loads(body)
        except (ValueError, RecursionError):
            return None
        if not isinstance(given, dict):
            return None
        listener, data, session = given.get("fn_index"), given.get("data"), given.get("session_hash")
        if not isinstance(session, str) or not _SESSION.fullmatch(session):
            return None
        inputs = self._inputs.get(listener) if type(listener) is int else None
        return session if inputs is not None and _fits(data, inputs) else None

    async def _drop_unread(self) -> None:
        """Free what waits for pages that never read it."""
        latest = time.monotonic() - _UNREAD_SECONDS
        for session in [name for name, joined in self._unread.items() if joined < latest]:
            del self._unread[session]
            await self._drop(session)

    async def _drop(self, session: str) -> None:
        """Stop what is being written for a session, and free what waits for it."""
        await self._queue.clean_events(session_hash=session)
        self._queue.pending_messages_per_session.pop(session, None)
        self._queue.pending_event_ids_session.pop(session, None)


def _fits(data: Any, inputs: Inputs) -> bool:
    """True if Gradio can read `data`. It checks that again, but prints what it refuses."""
    if not isinstance(data, list) or len(data) != len(inputs):
        return False
    try:
        for value, model in zip(data, inputs, strict=True):
            if model is not None and value is not None:
                model.model_validate(value, context={"validate_meta": True})
    except ValidationError:
        return False
    return True


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives `body` once more, then what follows it."""
    sent = False

    async def again() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


async def _answer(status: int, code: str, message: str, scope: Scope, receive: Receive, send: Send) -> None:
    await JSONResponse(body_of(code, message), status)(scope, receive, send)
