"""A real server under real talk: adapters change by the command line, and no reply breaks."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from assistant.adapters.registry import STATE_FILE
from assistant.language_model.base import NAME as BASE
from assistant.settings import SOURCE_ROOT
from tests.unit.web import events

pytestmark = pytest.mark.slow

SHIPPED_FOLDER = SOURCE_ROOT / "data" / "models" / "conversation"
QUESTIONS = ("hello", "thanks a lot, bye")
BUILD = """
from assistant.opening import build_index
from assistant.settings import load_settings
from retrieval.store.database import open_database
from retrieval.store.records import Records
from tests.unit.small_shop import FAQS, PRODUCTS
settings = load_settings()
records = Records(open_database(settings.resolved_database_url))
records.upsert_products(PRODUCTS)
records.upsert_faqs(FAQS)
build_index(settings)
"""


@dataclass
class Server:
    """A running `aisle serve`, its home and its log."""

    url: str
    home: Path
    log: Path
    environment: dict[str, str]

    def aisle(self, *arguments: str) -> str:
        command = [sys.executable, "-c", "from assistant.cli import main; main()", *arguments]
        done = subprocess.run(
            command, env=self.environment, cwd=SOURCE_ROOT, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def ask(self, message: str) -> tuple[str, str]:
        """The model that replied, and the text."""
        answer = httpx.post(f"{self.url}/api/chat", json={"message": message}, timeout=60)
        answer.raise_for_status()
        told = events(answer.text)
        assert [name for name, _ in told].count("done") == 1, answer.text
        reply = json.loads(told[-1][1])
        sentences = "".join(json.loads(data)["text"] for name, data in told if name == "sentence")
        assert sentences.strip() == reply["reply"]
        return reply["model"], reply["reply"]

    def until_serving(self, model: str) -> None:
        for _ in range(600):
            if self.healthy_with() == model:
                return
            time.sleep(0.1)
        pytest.fail(f"{model} never came to serve: {self.log.read_text()[-2000:]}")

    def healthy_with(self) -> str:
        try:
            return str(httpx.get(f"{self.url}/healthz", timeout=5).json()["model"])
        except httpx.HTTPError:
            return ""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("serving")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ, "AISLE_HOME": str(home), "AISLE_RATE_LIMIT": "100000/minute",
        "AISLE_PORT": str(port), "OMP_NUM_THREADS": "1",
    }  # fmt: skip
    subprocess.run([sys.executable, "-c", BUILD], env=environment, cwd=SOURCE_ROOT, check=True, timeout=300)
    log = home / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", "from assistant.cli import main; main()", "serve"],
            env=environment, cwd=SOURCE_ROOT, stdout=output, stderr=output,
        )  # fmt: skip
    try:
        running = Server(f"http://127.0.0.1:{port}", home, log, environment)
        running.until_serving(f"{BASE}+shipped")
        yield running
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def test_adapters_change_under_talk_and_every_reply_is_whole(server: Server, tmp_path: Path) -> None:
    mine = shutil.copytree(SHIPPED_FOLDER, tmp_path / "2026-11")
    told: list[tuple[str, str]] = []
    stop = threading.Event()

    def talk(question: str) -> None:
        while not stop.is_set():
            told.append(server.ask(question))

    threads = [threading.Thread(target=talk, args=(question,)) for question in QUESTIONS * 2]
    for thread in threads:
        thread.start()
    try:
        server.aisle("promote", str(mine), "--force", "--reason", "the same weights under another name")
        server.until_serving(f"{BASE}+2026-11")
        server.aisle("rollback")
        server.until_serving(f"{BASE}+shipped")
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert {model for model, _ in told} == {f"{BASE}+shipped", f"{BASE}+2026-11"}
    assert all(text for _, text in told)
    counted = httpx.get(f"{server.url}/metrics", timeout=5).text
    for model, count in Counter(model for model, _ in told).items():
        line = next(line for line in counted.splitlines() if line.startswith(f'aisle_replies_total{{model="{model}"}}'))
        assert float(line.split()[-1]) >= count


def test_damage_leaves_the_server_what_it_has(server: Server) -> None:
    serving = server.healthy_with()
    state = server.home / "adapters" / STATE_FILE
    whole = state.read_text()
    state.write_text(whole[:40])
    for _ in range(100):
        if "adapter_not_switched" in server.log.read_text():
            break
        time.sleep(0.1)
    assert "says what adapter serves" in server.log.read_text()
    assert server.ask("hello")[0] == serving
    state.write_text(whole)
    assert "2026-11" in server.aisle("adapters")
