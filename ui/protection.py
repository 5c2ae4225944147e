"""Protection: response headers, and a limit on how often one client may ask."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol
from urllib.parse import urlsplit

from limits import RateLimitItem, parse
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from starlette._utils import get_route_path
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from retrieval.errors import AisleError, SettingsError

_HTTPS_ONLY = "max-age=31536000"
TOO_FAST = "That was a lot of messages in a short time. Please wait a minute and ask again."


class TooFast(AisleError):
    """One client sends more messages than the setting allows."""


class Limiter(Protocol):
    """Counts what a client does."""

    def take(self, client: str) -> None:
        """Count one message of `client`. Raises TooFast beyond the limit."""
        ...


class RateLimit:
    """At most so many messages per client, in a moving window. Counts live in this process, and no change of its clock counts."""

    def __init__(self, limit: str, times: int = 1, clock: Callable[[], float] = time.monotonic) -> None:
        """`limit` is a rate such as "60/minute"; `times` as many calls are allowed. `clock` gives seconds and never goes back."""
        rate = _rate(limit, times)
        self._most, self._seconds = rate.amount, rate.get_expiry()
        self._clock, self._lock = clock, threading.Lock()
        self._taken = OrderedDict[str, deque[float]]()  # by the latest message, so that idle clients come first

    def take(self, client: str) -> None:
        """Counts one message of `client`. Raises TooFast beyond the limit."""
        with self._lock:
            now = self._clock()
            while self._taken and now - next(iter(self._taken.values()))[-1] >= self._seconds:
                self._taken.popitem(last=False)
            moments = self._taken.get(client) or deque(maxlen=self._most)
            if len(moments) == self._most and now - moments[0] < self._seconds:
                raise TooFast(TOO_FAST)
            moments.append(now)
            self._taken[client] = moments
            self._taken.move_to_end(client)


class SharedRateLimit:
    """At most so many messages per client in all processes together, in windows that a client's first message begins."""

    def __init__(self, name: str, limit: str, storage: Storage, times: int = 1) -> None:
        """`name` keeps the counts of several limits apart. Raises SettingsError for a rate that cannot be read."""
        self._name, self._rate = name, _rate(limit, times)
        self._limiter = FixedWindowRateLimiter(storage)

    def take(self, client: str) -> None:
        """Count one message of `client`. Raises TooFast beyond the limit, and StoreError."""
        if not self._limiter.hit(self._rate, self._name, client):
            raise TooFast(TOO_FAST)


def _rate(limit: str, times: int) -> RateLimitItem:
    """The rate that AISLE_RATE_LIMIT names, `times` as many."""
    try:
        rate = parse(limit)
    except ValueError as error:
        raise SettingsError(
            f"AISLE_RATE_LIMIT has the value {limit!r}, which is no rate.", 'Write it as "60/minute" or "5/second".'
        ) from error
    return type(rate)(rate.amount * times, rate.multiples, rate.namespace)


def is_from_own_page(request: Request) -> bool:
    """True if a page of this site sent `request`, or something that is no browser."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin", "")
    if site:
        return site in ("same-origin", "none")
    return not origin or urlsplit(origin).netloc == request.url.netloc


class BodyLimits:
    """Answers a request whose body is larger than `usual` bytes, or than what `larger` allows at its path, with `refusal`."""

    def __init__(self, app: ASGIApp, usual: int, larger: Mapping[str, int], refusal: ASGIApp) -> None:
        self._refusal = refusal
        self._usual = RequestBodyLimitMiddleware(app, usual)
        self._larger = {path: RequestBodyLimitMiddleware(app, limit) for path, limit in larger.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting its body."""
        path = get_route_path(scope) if scope["type"] == "http" else ""
        is_refused = False

        async def send_ours(message: Message) -> None:
            """Sends `refusal` in the place of Starlette's own, which is plain text."""
            nonlocal is_refused
            if message["type"] == "http.response.start" and message["status"] == 413:
                is_refused = Headers(raw=message["headers"]).get("content-type", "").startswith("text/plain")
                if is_refused:
                    await self._refusal(scope, receive, send)
            if not is_refused:
                await send(message)

        await self._larger.get(path, self._usual)(scope, receive, send_ours)


class SecurityHeaders:
    """Adds headers to every response, unbuffered; `embedders` are the origins whose pages may frame the chat.

    Sources are this host alone, pictures aside, which a shop may keep on its own. Gradio compiles its templates in
    the browser, so its pages alone get inline and evaluated scripts; what they show is escaped in `ui/cards.py`. Nobody may
    frame the pages of staff.
    """

    def __init__(self, app: ASGIApp, embedders: Sequence[str]) -> None:
        self._app = app
        ancestors = " ".join(["'self'", *embedders])
        self._chat_policy = _policy("'self' 'unsafe-inline' 'unsafe-eval'", ancestors)
        self._page_policy = _policy("'self'", "'self'")
        self._staff_policy = _policy("'self'", "'none'")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on; the headers join the response's start."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_secure = scope["scheme"] == "https"
        has_own_host = is_secure and not scope.get("root_path")  # under a path the host is the shop's, which decides
        path = f"{get_route_path(scope)}/"
        is_for_staff = path.startswith(("/staff/", "/desk/"))
        policy = (
            self._chat_policy
            if path.startswith("/chat/")
            else self._staff_policy
            if is_for_staff
            else self._page_policy
        )

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = policy
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
                headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
                headers["Cross-Origin-Opener-Policy"] = "same-origin"
                if has_own_host:
                    headers.setdefault("Strict-Transport-Security", _HTTPS_ONLY)
                if headers.get("content-type", "").startswith("text/html"):
                    headers["Cache-Control"] = "no-store"  # pages name the host and the customer
                if is_secure:
                    _secure_cookies(message)  # last: it puts a list of its own in the place of these headers
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
