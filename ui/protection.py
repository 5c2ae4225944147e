"""Protection: response headers, a limit on the size of a request, and on how often one client may ask.

All three are plain ASGI or plain calls: nothing here buffers a response, so that replies stream through.
"""

from __future__ import annotations

from collections.abc import Sequence

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from retrieval.errors import AisleError, SettingsError

LARGEST_BODY = 1_000_000
_UPLOAD_PATHS = ("/chat/gradio_api/upload", "/chat/upload")
TOO_FAST = "That was a lot of messages in a short time. Please wait a minute and ask again."


class TooFast(AisleError):
    """One client sends more messages than the setting allows."""


class RateLimit:
    """At most so many messages per client, in a moving window. Counts live in this process."""

    def __init__(self, limit: str) -> None:
        try:
            self._limit: RateLimitItem = parse(limit)
        except ValueError as error:
            raise SettingsError(
                f"AISLE_RATE_LIMIT has the value {limit!r}, which is no rate.", 'Write it as "60/minute" or "5/second".'
            ) from error
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def take(self, client: str) -> None:
        """Counts one message of `client`. Raises TooFast beyond the limit."""
        if not self._limiter.hit(self._limit, client):
            raise TooFast(TOO_FAST)


class SecurityHeaders:
    """Adds headers to every response; `embedders` are the origins whose pages may show the chat in a frame.

    Sources are this host alone, pictures aside, which a shop may keep on its own. Gradio compiles its templates in the
    browser, so its pages alone get inline and evaluated scripts; what they show of others is escaped in `ui/cards.py`.
    """

    def __init__(self, app: ASGIApp, embedders: Sequence[str]) -> None:
        self._app = app
        ancestors = " ".join(["'self'", *embedders])
        self._chat_policy = _policy("'self' 'unsafe-inline' 'unsafe-eval'", ancestors)
        self._page_policy = _policy("'self'", "'self'")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on; the headers join the response's start."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        policy = self._chat_policy if scope["path"].startswith("/chat") else self._page_policy

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = policy
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
                headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _policy(scripts: str, ancestors: str) -> str:
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: https:; "
        "font-src 'self' data:; connect-src 'self'; frame-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
        f"frame-ancestors {ancestors}"
    )


class BodyLimit:
    """Refuses request bodies above `largest` bytes, and the upload routes of Gradio, which the chat does not use."""

    def __init__(self, app: ASGIApp, largest: int = LARGEST_BODY) -> None:
        self._app = app
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on unless it is too large; a body without a length is counted as it arrives."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"].rstrip("/") in _UPLOAD_PATHS:
            await _refuse(404, "not_found", "This chat takes no files.")(scope, receive, send)
        elif _length(scope) > self._largest:
            await self._too_large()(scope, receive, send)
        else:
            await self._counted(scope, receive, send)

    async def _counted(self, scope: Scope, receive: Receive, send: Send) -> None:
        received = 0
        started = False

        async def counting_receive() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._largest:
                raise _BodyTooLarge
            return message

        async def noting_send(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, counting_receive, noting_send)
        except _BodyTooLarge:
            if not started:
                await self._too_large()(scope, receive, send)

    def _too_large(self) -> JSONResponse:
        return _refuse(413, "too_large", f"The request is larger than {self._largest:,} bytes.")


class _BodyTooLarge(Exception):
    """Ends the reading of a body; never leaves this module."""


def _length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0
    return 0


def _refuse(status: int, code: str, message: str) -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": message}}, status)
