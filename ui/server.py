"""Server: uvicorn with limits on what a client may send and how long it may take."""

from __future__ import annotations

import asyncio

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

_LARGEST_HEAD = 32_768
_MOST_CONNECTIONS = 900  # below the usual limit of 1,024 open files
_REQUEST_SECONDS = 30.0


class TimedProtocol(H11Protocol):
    """HTTP/1.1 that closes a connection whose request has not arrived whole after 30 seconds.

    uvicorn's own timeout covers idle connections between two requests alone.
    """

    request_seconds = _REQUEST_SECONDS
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the time of the first request."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Take `data` in, and stop or start the time as it ends or begins a request."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the time."""
        self._stop()
        super().connection_lost(exc)

    def _watch(self) -> None:
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._stop()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(self.request_seconds, self.transport.abort)

    def _stop(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def server_for(app: ASGIApp) -> uvicorn.Server:
    """Return a server of `app`. Proxies and client addresses are the app's matter (`ui/proxies.py`)."""
    config = uvicorn.Config(
        app,
        http=TimedProtocol,
        ws="none",
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=3,
        limit_concurrency=_MOST_CONNECTIONS,
        h11_max_incomplete_event_size=_LARGEST_HEAD,
    )
    return uvicorn.Server(config)
