"""Protection: response headers, and a limit on how often one client may ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette._utils import get_route_path
from starlette.datastructures import MutableHeaders
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from retrieval.errors import AisleError, SettingsError

TOO_FAST = "That was a lot of messages in a short time. Please wait a minute and ask again."


class TooFast(AisleError):
    """One client sends more messages than the setting allows."""


class RateLimit:
    """At most so many messages per client, in a moving window. Counts live in this process."""

    def __init__(self, limit: str, times: int = 1) -> None:
        """`limit` is a rate such as "60/minute", of which `times` as many are allowed."""
        try:
            item = parse(limit)
            self._limit: RateLimitItem = type(item)(item.amount * times, item.multiples)
        except ValueError as error:
            raise SettingsError(
                f"AISLE_RATE_LIMIT has the value {limit!r}, which is no rate.", 'Write it as "60/minute" or "5/second".'
            ) from error
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def take(self, client: str) -> None:
        """Counts one message of `client`. Raises TooFast beyond the limit."""
        if not self._limiter.hit(self._limit, client):
            raise TooFast(TOO_FAST)


def is_from_own_page(request: Request) -> bool:
    """True if a page of this site sent `request`, or something that is no browser."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin", "")
    if site:
        return site in ("same-origin", "none")
    return not origin or urlsplit(origin).netloc == request.url.netloc


class BodyLimits:
    """Refuses a request whose body is larger than `usual` bytes, or than what `larger` allows at its path."""

    def __init__(self, app: ASGIApp, usual: int, larger: Mapping[str, int]) -> None:
        self._usual = RequestBodyLimitMiddleware(app, usual)
        self._larger = {path: RequestBodyLimitMiddleware(app, limit) for path, limit in larger.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting its body."""
        path = get_route_path(scope) if scope["type"] == "http" else ""
        await self._larger.get(path, self._usual)(scope, receive, send)


class SecurityHeaders:
    """Adds headers to every response, unbuffered; `embedders` are the origins whose pages may frame the chat.

    Sources are this host alone, pictures aside, which a shop may keep on its own. Gradio compiles its templates in
    the browser, so its pages alone get inline and evaluated scripts; what they show is escaped in `ui/cards.py`.
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
        is_secure = scope["scheme"] == "https"
        policy = self._chat_policy if f"{get_route_path(scope)}/".startswith("/chat/") else self._page_policy

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = policy
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
                headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
                headers["Cross-Origin-Opener-Policy"] = "same-origin"
                if is_secure:
                    _secure_cookies(message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers["Cache-Control"] = "no-store"  # pages name the host and the customer
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _secure_cookies(message: Message) -> None:
    message["headers"] = [
        (name, value + b"; Secure" if name.lower() == b"set-cookie" and b"; secure" not in value.lower() else value)
        for name, value in message["headers"]
    ]


def _policy(scripts: str, ancestors: str) -> str:
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob: https:; font-src 'self' data:; connect-src 'self'; frame-src 'self'; "
        f"object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors {ancestors}"
    )
