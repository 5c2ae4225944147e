"""Proxies: who the client is and under which address customers reach Aisle, behind a reverse proxy or not.

Headers that a proxy adds are believed only from trusted proxies; from anybody else they are dropped, so that no reader
behind this middleware, Gradio included, takes a stranger's word for the client, the host or the path.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from retrieval.errors import SettingsError

_log = structlog.get_logger(__name__)
_PREFIX = re.compile(r"(?:/[\w.~-]{1,100}){1,10}", re.ASCII)
_FROM_PROXIES = frozenset(
    (b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"x-forwarded-prefix", b"x-gradio-server")
)
_ROOT, _FORWARDED = "aisle.root", "aisle.forwarded"


def root_of(connection: HTTPConnection) -> str:
    """Return the path under which Aisle is reached, such as "/aisle"; "" at the top of its host."""
    root: str = connection.scope.get(_ROOT, "")
    return root


def is_direct(connection: HTTPConnection) -> bool:
    """True if the request did not pass through a proxy, trusted or not."""
    return not connection.scope.get(_FORWARDED, False)


def client_of(connection: HTTPConnection) -> str:
    """Return the client's address as limits count it: an IPv6 network of 64 bits is one client."""
    host = connection.client.host if connection.client else "unknown"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return host


@dataclass(frozen=True, slots=True)
class PublicAddress:
    """Where customers reach Aisle; `path` is "" at the top of the host."""

    scheme: str
    host: str
    path: str

    @classmethod
    def parse(cls, url: str) -> PublicAddress | None:
        """Read AISLE_PUBLIC_URL; None if it is empty. Raises SettingsError for anything but scheme, host and path."""
        if not url:
            return None
        parts = urlsplit(url)
        path = parts.path.rstrip("/")
        is_path = not path or _PREFIX.fullmatch(path)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment or not is_path:
            raise SettingsError(
                f"AISLE_PUBLIC_URL has the value {url!r}, which is no address of a site.",
                "Write scheme, host and path, such as https://shop.example/aisle.",
            )
        return cls(parts.scheme, parts.netloc, path)


def trusted_networks(given: Sequence[str]) -> list[str]:
    """Return AISLE_TRUSTED_PROXIES as it is. Raises SettingsError if an item is no address, no network and not "*"."""
    for network in given:
        try:
            if network != "*":
                ipaddress.ip_network(network)
        except ValueError as error:
            raise SettingsError(
                f"AISLE_TRUSTED_PROXIES names {network!r}, which is no address or network.",
                "Write addresses and networks, such as 172.18.0.0/16, or * to trust every peer.",
            ) from error
    return list(given)


class Proxies:
    """ASGI middleware that applies the headers of trusted proxies and the public address.

    `trusted` are addresses and networks ("10.0.0.0/8"), or "*" for every peer. `public` wins over the headers. The
    path prefix may be stripped by the proxy or passed on.
    """

    def __init__(self, app: ASGIApp, trusted: Sequence[str], public: PublicAddress | None = None) -> None:
        self._app = app
        self._public = public
        self._proxied = ProxyHeadersMiddleware(self._serve, list(trusted))  # type: ignore[arg-type]
        self._warned = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its true client, scheme, host and root path."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        peer = scope["client"][0] if scope.get("client") else None
        headers = Headers(scope=scope)
        scope[_FORWARDED] = "x-forwarded-for" in headers or "forwarded" in headers
        if peer in self._proxied.trusted_hosts:
            scope[_ROOT] = _prefix(headers.get("x-forwarded-prefix", ""))
            scope["headers"] = [pair for pair in scope["headers"] if pair[0] != b"x-gradio-server"]
        else:
            self._warn(scope[_FORWARDED], peer)
            scope[_ROOT] = ""
            scope["headers"] = [pair for pair in scope["headers"] if pair[0] not in _FROM_PROXIES]
        await self._proxied(scope, receive, send)  # type: ignore[arg-type]

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._public is not None:
            scope["scheme"], scope[_ROOT] = self._public.scheme, self._public.path
            kept = [pair for pair in scope["headers"] if pair[0] not in (b"host", *_FROM_PROXIES)]
            scope["headers"] = [*kept, (b"host", self._public.host.encode())]
        root = scope[_ROOT]
        if root:
            scope["root_path"] = root
            if not f"{scope['path']}/".startswith(f"{root}/"):
                scope["path"] = root + scope["path"]
                scope["raw_path"] = root.encode() + scope.get("raw_path", scope["path"].encode())
        await self._app(scope, receive, send)

    def _warn(self, is_forwarded: bool, peer: str | None) -> None:
        if is_forwarded and not self._warned:
            self._warned = True
            hint = "Set AISLE_TRUSTED_PROXIES to it: until then all customers behind it share one rate limit."
            _log.warning("proxy_not_trusted", peer=peer, hint=hint)


def _prefix(given: str) -> str:
    prefix = given.split(",")[0].strip().rstrip("/")
    return prefix if _PREFIX.fullmatch(prefix) else ""
