"""A shop of one's own, made by the commands of docs/own-shop.md and served by `aisle serve` in a process of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import psutil

from assistant.settings import SOURCE_ROOT
from tests.sse_events import events

DOCS = (SOURCE_ROOT / "docs" / "own-shop.md").read_text(encoding="utf-8")
SHOP = SOURCE_ROOT / "tests" / "fixtures" / "shops" / "cog_and_lantern"
SITE = "https://www.oak.example"
"""The documented address of the shop's pages."""
_START_SECONDS = 300


@dataclass(frozen=True)
class OwnShop:
    """The running server: its address, its folder, its process, and the seconds of each command until it was done."""

    url: str
    folder: Path
    seconds: dict[str, float]
    process: psutil.Process

    @property
    def log(self) -> str:
        """What the commands and the server said."""
        return "".join(path.read_text() for path in self.folder.glob("*.log"))

    @property
    def memory(self) -> float:
        """Resident memory of the server in megabytes."""
        return float(self.process.memory_info().rss) / 1e6


def documented_commands() -> list[str]:
    """Return the commands of the block `sh`; the last one serves."""
    (block,) = re.findall(r"^```sh\n(.*?)^```", DOCS, re.M | re.S)
    assert SITE in block
    return [str(line) for line in block.strip().split("\n")]


@contextmanager
def own_shop(folder: Path, site: str = SITE, **environment: str) -> Iterator[OwnShop]:
    """Run the documented commands in `folder` and serve until the end, with `site` for the address of the shop's pages.

    `environment` holds further variables. Raises AssertionError if a command fails or the server does not get ready.
    """
    shutil.copy(SHOP / "products.csv", folder / "products.csv")
    shutil.copytree(SHOP / "faqs", folder / "policies")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    variables = os.environ | environment | {
        "AISLE_HOME": "./myshop", "AISLE_PORT": str(port), "PYTHONPATH": str(SOURCE_ROOT),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }  # fmt: skip
    *commands, last = [command.replace(SITE, site) for command in documented_commands()]
    seconds: dict[str, float] = {}
    for number, command in enumerate(commands):
        begun, path = time.monotonic(), folder / f"{number}.log"
        with path.open("w") as log:
            done = subprocess.run(command, shell=True, cwd=folder, env=variables, stdout=log, stderr=log)
        assert done.returncode == 0, (command, path.read_text())
        seconds[command.split(" --")[0]] = time.monotonic() - begun
    begun, url = time.monotonic(), f"http://127.0.0.1:{port}"
    with (folder / "serve.log").open("w") as log:
        server = subprocess.Popen(last.split(), cwd=folder, env=variables, stdout=log, stderr=log)
        try:
            _wait_until_ready(url, server)
            seconds[last] = time.monotonic() - begun
            yield OwnShop(url, folder, seconds, psutil.Process(server.pid))
        finally:
            server.terminate()
            server.wait(30)


def ask(client: httpx2.Client, message: str, token: str = "") -> dict[str, Any]:
    """Return the finished reply to `message` in a new conversation. Raises AssertionError for any other answer."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = client.post("/api/chat", json={"message": message}, headers=headers)
    assert answer.status_code == 200, answer.text
    (done,) = (data for name, data in events(answer.text) if name == "done")
    found: dict[str, Any] = json.loads(done)
    return found


def _wait_until_ready(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            if httpx2.get(f"{url}/healthz", timeout=10).status_code == 200:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.2)
    raise AssertionError("the server is not ready")
