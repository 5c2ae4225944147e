"""Without any network Aisle opens and answers: no telemetry, no hub, no call to any host."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.assistant import Assistant


@pytest.mark.slow
def test_no_host_is_called(
    open_shop: Callable[[str], Assistant], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from tests.shops import open_shop as open_one

    tried: list[object] = []

    def refuse(self: socket.socket, address: object) -> None:
        tried.append(address)
        raise OSError("no network")

    open_shop("sample")
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: tried.append(args) or [])
    assistant = open_one("cog_and_lantern", tmp_path)
    assert assistant.ask("do you have a bike lock?").text
    assert tried == []
