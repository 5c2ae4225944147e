"""A web app around the hand-written assistant, in process and on a real port."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fastapi import FastAPI
from starlette.types import ASGIApp

from assistant.settings import Settings
from tests.fake_assistant import FakeAssistant
from tests.sse_events import events as events
from ui.app import create_app
from ui.cli import listen
from ui.server import server_for

SECRET = "0123456789abcdef" * 3


def make_app(
    home: Path, fake: FakeAssistant | None = None, demo: tuple[str, ...] = ("C-1",), **settings: object
) -> FastAPI:
    given: dict[str, object] = {"home": home, "secret": SECRET, "rate_limit": "1000/minute", **settings}
    return create_app(fake or FakeAssistant(), Settings(_env_file=None, **given), dict.fromkeys(demo, ""))


@contextmanager
def served(app: ASGIApp, listener: socket.socket | None = None) -> Iterator[str]:
    """The base URL of `app` at `listener` or on a free port, closed at the end."""
    listener = listener or listen("127.0.0.1", 0)
    server = server_for(app)
    server.config.timeout_graceful_shutdown = 1
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
