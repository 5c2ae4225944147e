"""Four workers with a real PostgreSQL and a real Chroma server: what customers and agents see does not hang on who answers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import Engine, create_engine, select, text

from assistant.access.staff import Role, StaffAccounts
from assistant.settings import Settings
from assistant.tables import TurnRow
from retrieval.errors import SettingsError
from retrieval.store.database import open_database, reading
from tests.unit.desk.desk_home import PASSWORD, PERSON, PRICE, make_desk_home
from tests.unit.desk.test_webhook import SECRET as HOOK_SECRET
from tests.unit.desk.test_webhook import receiver
from tests.unit.served_model import free_port
from tests.unit.test_chroma_server import server as chroma  # noqa: F401
from tests.unit.web import SECRET, events
from ui.staff import COOKIE
from ui.workers import check_workers

pytestmark = pytest.mark.slow
WORKERS, PER_MINUTE = 4, 30
IMPORT_KEY = "k3y" * 16
Calls = list[tuple[str, bytes]]
COOKIES: dict[str, str] = {}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, postgresql: str, chroma: str) -> Settings:  # noqa: F811
    admin = create_engine(postgresql.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE workers"))
    admin.dispose()
    found = make_desk_home(
        tmp_path_factory.mktemp("workers"),
        database_url=postgresql.replace("/postgres?", "/workers?"),
        chroma_url=chroma,
    )
    with database(found) as engine:
        accounts = StaffAccounts(engine)
        for name in ("maya", "noor"):
            accounts.add(name, name.capitalize(), Role.AGENT, PASSWORD)
            COOKIES[name] = accounts.sign_in(name, PASSWORD, "test")
    return found


@contextmanager
def database(settings: Settings) -> Iterator[Engine]:
    engine = open_database(settings.resolved_database_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def webhook() -> Iterator[tuple[str, Calls]]:
    """Where hand-overs are called, and the calls so far."""
    with receiver() as found:
        yield found


@pytest.fixture(scope="module")
def process(
    settings: Settings, webhook: tuple[str, Calls], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, int]]:
    """URL and process id of the parent."""
    port, log = free_port(), tmp_path_factory.mktemp("log") / "server.log"
    given = {
        "home": str(settings.home), "adapter": "scripted", "secret": SECRET, "database_url": settings.database_url,
        "chroma_url": settings.chroma_url, "rate_limit": f"{PER_MINUTE}/minute", "workers": WORKERS, "log_level": "WARNING",
        "import_key": IMPORT_KEY, "desk_webhook": webhook[0], "desk_webhook_secret": HOOK_SECRET,
    }  # fmt: skip
    command = [sys.executable, "-m", "tests.unit.workers_server", json.dumps(given), str(port)]
    with log.open("wb") as output:
        started = subprocess.Popen(command, cwd=Path(__file__).parents[2], stdout=output, stderr=output)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(url, lambda: started.poll() is None, log)
        yield url, started.pid
    finally:
        started.terminate()
        started.wait(60)
    assert children(started.pid) == []
    assert "Traceback" not in log.read_text()


@pytest.fixture
def url(process: tuple[str, int]) -> str:
    return process[0]


def wait_until_ready(url: str, is_alive: Any, log: Path | None = None, version: int = 0) -> None:
    """Until 24 new connections in a row reach a worker that is ready: with four workers that is all of them, nearly surely.

    With `version`, each must serve these records or later ones.
    """
    deadline, in_a_row = time.monotonic() + 240, 0
    while in_a_row < 24:
        assert is_alive(), log.read_text()[-2000:] if log else ""
        assert time.monotonic() < deadline, log.read_text()[-2000:] if log else ""
        try:
            health = httpx.get(f"{url}/healthz", timeout=10)
            is_ready = health.status_code == 200 and health.json()["data_version"] >= version
        except httpx.TransportError:
            is_ready = False
        in_a_row = in_a_row + 1 if is_ready else 0
        if not is_ready:
            time.sleep(0.2)


def children(pid: int) -> list[int]:
    done = subprocess.run(["ps", "--ppid", str(pid), "-o", "pid="], capture_output=True, text=True, check=False)
    return [int(each) for each in done.stdout.split()]


def say(url: str, message: str, conversation: str | None, client: str) -> dict[str, Any]:
    """The finished reply over a connection of its own, so that any worker may answer."""
    body = {"message": message, "conversation_id": conversation}
    answer = httpx.post(f"{url}/api/chat", json=body, headers={"x-forwarded-for": client}, timeout=60)
    assert answer.status_code == 200, answer.text
    done: dict[str, Any] = json.loads(dict(events(answer.text))["done"])
    return done


def staff(name: str) -> dict[str, str]:
    return {"cookie": f"{COOKIE}={COOKIES[name]}"}


def test_the_parent_runs_as_many_workers_as_were_asked_for(process: tuple[str, int]) -> None:
    assert len(children(process[1])) == WORKERS


def test_a_conversation_goes_on_whoever_answers(url: str, settings: Settings) -> None:
    def talk(number: int) -> list[int]:
        conversation, turns = None, []
        for _ in range(6):
            done = say(url, PRICE, conversation, f"203.0.113.{number}")
            conversation = done["conversation_id"]
            turns.append(done["turn"])
            assert "$269.00" in done["reply"]
        return turns

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(talk, range(1, 9))) == [[1, 2, 3, 4, 5, 6]] * 8


def test_messages_of_one_conversation_at_once_are_all_kept_in_a_row(url: str, settings: Settings) -> None:
    conversation = say(url, PRICE, None, "203.0.113.20")["conversation_id"]
    with ThreadPoolExecutor(8) as pool:
        turns = list(pool.map(lambda n: say(url, PRICE, conversation, f"203.0.113.{20 + n}")["turn"], range(1, 17)))
    assert sorted(turns) == list(range(2, 18))
    with database(settings) as engine, reading(engine) as connection:
        query = select(TurnRow.number).where(TurnRow.conversation_id == conversation).order_by(TurnRow.number)
        assert connection.scalars(query).all() == list(range(1, 18))


def test_a_client_has_one_limit_at_all_workers(url: str) -> None:
    def ask(_: int) -> int:
        headers = {"x-forwarded-for": "198.51.100.7"}
        return httpx.post(f"{url}/api/chat", json={"message": PRICE}, headers=headers, timeout=60).status_code

    with ThreadPoolExecutor(6) as pool:
        codes = list(pool.map(ask, range(PER_MINUTE + 12)))
    assert codes.count(200) == PER_MINUTE
    assert codes.count(429) == 12


def test_of_two_agents_at_two_workers_one_gets_a_conversation(url: str) -> None:
    def take(pair: tuple[str, str]) -> int:
        conversation, name = pair
        path = f"{url}/desk/c/{conversation}/move/take"
        return httpx.post(path, json={}, headers=staff(name), timeout=60).status_code

    for number in range(5):
        conversation = say(url, PERSON, None, f"203.0.113.{50 + number}")["conversation_id"]
        with ThreadPoolExecutor(2) as pool:
            codes = list(pool.map(take, [(conversation, "maya"), (conversation, "noor")]))
        assert sorted(codes) == [200, 409]


def test_desks_at_all_workers_hear_of_a_change(url: str) -> None:
    """Eight desks over connections of their own; a conversation is handed over by whichever worker answers it."""
    heard: list[str] = []
    are_open, found = threading.Semaphore(0), threading.Semaphore(0)
    wanted: list[str] = []

    def listen(_: int) -> None:
        with httpx.stream("GET", f"{url}/desk/events", headers=staff("maya"), timeout=60) as stream:
            are_open.release()
            for line in stream.iter_lines():
                if wanted and wanted[0] in line:
                    heard.append(line)
                    found.release()
                    return

    threads = [threading.Thread(target=listen, args=(number,), daemon=True) for number in range(8)]
    for each in threads:
        each.start()
    assert all(are_open.acquire(timeout=30) for _ in threads)
    time.sleep(1)  # the first look of each worker
    wanted.append(say(url, PERSON, None, "203.0.113.70")["conversation_id"])
    say(url, "hello?", wanted[0], "203.0.113.70")
    assert all(found.acquire(timeout=30) for _ in threads)
    assert len(heard) == 8


def test_the_chat_page_gets_its_reply_over_any_connections(url: str) -> None:
    config = httpx.get(f"{url}/chat/config", timeout=60).json()
    answering = next(each for each in config["dependencies"] if each["api_name"] == "_answer")

    def visit(number: int) -> bool:
        session, headers = f"page{number}", {"x-forwarded-for": f"203.0.113.{100 + number}"}
        body = {"data": [PRICE, [], "", "", ""], "fn_index": answering["id"], "session_hash": session}
        joined = httpx.post(f"{url}/chat/gradio_api/queue/join", json=body, headers=headers, timeout=60)
        assert joined.status_code == 200, joined.text
        data = f"{url}/chat/gradio_api/queue/data?session_hash={session}"
        with httpx.stream("GET", data, headers=headers, timeout=60) as stream:
            return any("$269.00" in line for line in stream.iter_lines())

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(visit, range(12))) == [True] * 12


def test_a_hand_over_is_called_once_whichever_workers_hear_the_customer(url: str, webhook: tuple[str, Calls]) -> None:
    before = {json.loads(body)["id"] for _, body in webhook[1]}
    conversation = say(url, PERSON, None, "203.0.113.80")["conversation_id"]
    for _ in range(12):
        say(url, "hello?", conversation, "203.0.113.80")
    deadline = time.monotonic() + 10
    while not (new := [id for _, body in webhook[1] if (id := json.loads(body)["id"]) not in before]):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    time.sleep(1)  # for calls that should not be
    ids = [json.loads(body)["id"] for _, body in webhook[1]]
    assert len(ids) == len(set(ids))
    assert len(new) == 1


def test_a_changed_price_is_told_by_every_worker(url: str) -> None:
    feed = json.dumps({"id": "wren", "title": "Wren Tent", "price": "275.00 USD", "product_type": "Camping > Tents"})
    headers = {"authorization": f"Bearer {IMPORT_KEY}"}
    done = httpx.post(f"{url}/api/import", content=feed, headers=headers, timeout=60).json()
    assert done["changed"] == 1, done
    wait_until_ready(url, lambda: True, version=done["data_version"])
    assert all("$275.00" in say(url, PRICE, None, f"203.0.113.{120 + n}")["reply"] for n in range(16))


def test_a_worker_that_is_killed_is_started_again_and_nothing_is_lost(process: tuple[str, int]) -> None:
    url, parent = process
    conversation = say(url, PRICE, None, "203.0.113.90")["conversation_id"]
    before = children(parent)
    os.kill(before[0], signal.SIGKILL)
    deadline = time.monotonic() + 60
    while (now := children(parent)) == before or len(now) < WORKERS:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    wait_until_ready(url, lambda: True)
    assert say(url, PRICE, conversation, "203.0.113.90")["turn"] == 2


def test_several_workers_want_servers_that_they_can_share(tmp_path: Path) -> None:
    alone = Settings(_env_file=None, home=tmp_path)  # type: ignore[call-arg]
    check_workers(alone, 1)
    with pytest.raises(SettingsError, match="4 workers need PostgreSQL"):
        check_workers(alone, 4)
    half = Settings(_env_file=None, home=tmp_path, database_url="postgresql://aisle@/aisle")  # type: ignore[call-arg]
    with pytest.raises(SettingsError, match="need a Chroma server"):
        check_workers(half, 2)


CREW = """
import os, signal, socket, sys, time
from pathlib import Path
from assistant.settings import Settings
from retrieval.errors import AisleError
from ui.workers import serve_with_workers

log, first = Path(sys.argv[1]), sys.argv[2]

def serve(settings, listener, seat):
    if seat.number:
        time.sleep(60)
    with log.open("a") as file:
        file.write(f"{seat.catches_up} {seat.is_again}\\n")
    begun = len(log.read_text().splitlines())
    if begun == 1 and first == "dies":
        os._exit(9)
    if begun < 4:
        raise AisleError("The database cannot be reached.", "Start it.")
    os.kill(os.getppid(), signal.SIGTERM)
    time.sleep(60)

try:
    serve_with_workers(Settings(_env_file=None), socket.socket(), 2, serve)
except AisleError as error:
    print(error.message)
else:
    print("stopped")
"""


@pytest.mark.parametrize(
    ("first", "said", "starts"),
    [
        ("fails", "A worker could not open the shop.", ["True False"]),
        ("dies", "stopped", ["True False", "True True", "True True", "True True"]),
    ],
)
def test_a_shop_that_cannot_be_opened_ends_all_at_the_start_and_is_tried_again_later(
    tmp_path: Path, first: str, said: str, starts: list[str]
) -> None:
    log, root = tmp_path / "log", Path(__file__).parents[2]
    command = [sys.executable, "-c", CREW, str(log), first]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.splitlines()[-1] == said, done.stdout + done.stderr
    assert log.read_text().splitlines() == starts
