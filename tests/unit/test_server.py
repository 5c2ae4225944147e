"""The server's limits: large heads, slow requests and half-open connections do not last."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.unit.web import make_app, served
from ui.server import TimedProtocol


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TimedProtocol, "request_seconds", 0.6)
        with served(make_app(tmp_path_factory.mktemp("home"))) as base:
            yield base


def connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    assert parts.hostname
    return socket.create_connection((parts.hostname, parts.port), timeout=10)


def is_closed(connection: socket.socket) -> bool:
    try:
        return connection.recv(65536) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"GET / HT",
        b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ",
        b"POST /api/chat HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{",
    ],
)
def test_a_request_that_never_ends_is_closed(url: str, start: bytes) -> None:
    began = time.monotonic()
    with connect(url) as connection:
        connection.sendall(start)
        assert is_closed(connection)
    assert time.monotonic() - began < 8


def test_a_client_that_sends_byte_by_byte_gains_no_time(url: str) -> None:
    with connect(url) as connection:
        for _ in range(80):
            try:
                connection.sendall(b"G")
            except OSError:
                return
            time.sleep(0.1)
    pytest.fail("the connection was still open after 8 s")


def test_a_reply_may_take_longer_than_a_request(url: str) -> None:
    with httpx2.Client(base_url=url) as client:
        for _ in range(2):  # the second on the kept connection
            assert '"reply"' in client.post("/api/chat", json={"message": "pause"}).text


def test_half_open_connections_do_not_shut_others_out(url: str) -> None:
    held = [connect(url) for _ in range(60)]
    for connection in held:
        connection.sendall(b"GET / HTTP/1.1\r\n")
    assert httpx2.get(f"{url}/healthz").status_code == 200
    assert all(map(is_closed, held))
    for connection in held:
        connection.close()


@pytest.mark.parametrize("size", [200_000, 2_000_000])
def test_a_large_head_is_refused(url: str, size: int) -> None:
    with connect(url) as connection:
        try:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX-Large: " + b"a" * size + b"\r\n\r\n")
            answer = connection.recv(200)
        except (ConnectionResetError, BrokenPipeError):
            answer = b"closed"
    assert not answer.startswith(b"HTTP/1.1 200")
    assert httpx2.get(f"{url}/healthz", headers={"X-Usual": "a" * 8000}).status_code == 200


def test_a_large_body_is_refused(url: str, tmp_path: Path) -> None:
    body = '{"message": "' + "a" * 1_100_000 + '"}'
    answer = httpx2.post(f"{url}/api/chat", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
