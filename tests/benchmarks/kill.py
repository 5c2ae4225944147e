"""Kills a server under load with SIGKILL, again and again, and looks for what was lost.

    python -m tests.benchmarks.kill --times 200
    python -m tests.benchmarks.kill --times 50 --postgresql

The server is that of `aisle serve` on SQLite, or on a PostgreSQL that goes on running, in a process of its own; only the language model answers by rule, so that a start takes a second.
Four visitors talk, and a customer cancels one order after the other. After each kill the server must start again on the same files; nothing else
opens them before. Then every reply that a client has seen whole must be stored as it was seen, every order must be cancelled whole (state,
refund, audit, proposal) or not at all, and each conversation goes on from its last turn. How many starts said that they put something right is
counted: on SQLite its log, on PostgreSQL nothing is left.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext, redirect_stderr
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx2 as httpx
from sqlalchemy import Engine, func, select, text

from assistant.actions.order import Order, OrderLine, OrderStatus
from assistant.actions.orders import Orders
from assistant.order_tables import AuditRow, OrderRow, ProposalRow, RefundRow
from assistant.settings import Settings
from assistant.tables import TurnRow
from finetune.score import Score
from retrieval.catalog.money import Money
from retrieval.store.database import open_database, reading
from tests.postgresql import postgresql_server
from tests.unit.scripted_model import ruled_model
from tests.unit.small_home import make_home
from tests.unit.web import SECRET, events
from ui.cli import listen, run

_POLICY = "---\ncancel:\n  when: [processing]\n---\n"
_CUSTOMER = "C-1"
_VISITORS = 4
_START_SECONDS = 120.0


class _Plans(dict[str, str]):
    """A plan for any message of the load."""

    def __missing__(self, message: str) -> str:
        return f"change cancel {message.split()[-1]}" if message.startswith("cancel") else "details [Wren Tent]: price"


@dataclass
class Seen:
    """What clients were shown whole: replies by conversation and turn, and orders whose cancelling was said to be done."""

    replies: dict[tuple[str, int], tuple[str, str]] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)


def serve(settings: Settings, port: int, said: Path) -> None:
    """Serve until killed; what the start says is written to the file `said`."""
    with ruled_model(_Plans()), said.open("w", buffering=1, encoding="utf-8") as stderr, redirect_stderr(stderr):
        run(settings, listen("127.0.0.1", port), {_CUSTOMER: ""})


def main() -> None:
    """Prints what was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=200, help="How often the server is killed.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgresql", action="store_true", help="Keep the records in a PostgreSQL made for this.")
    given = parser.parse_args()
    with TemporaryDirectory() as home, postgresql_server() if given.postgresql else nullcontext(None) as url:
        tell = partial(print, flush=True)
        faults, healed, seen = kill(Path(home), url, given.times, random.Random(given.seed), tell)
    print(f"{given.times} kills, {len(seen.replies):,} replies and {len(seen.cancelled)} changes acknowledged")
    print(f"kills after which anything was wrong: {Score(faults, given.times)}")
    print(f"starts after a kill that said what they healed: {healed} of {given.times}")


def kill(
    home: Path, database_url: str | None, times: int, chance: random.Random, tell: Callable[[str], None]
) -> tuple[int, int, Seen]:
    """How many of `times` kills left anything wrong, how many starts after one said what they healed, and what had been acknowledged by then.

    On SQLite without `database_url`.
    """
    (home / "policy.md").write_text(_POLICY, encoding="utf-8")
    settings = make_home(
        home,
        adapter="scripted",
        secret=SECRET,
        rate_limit="100000/minute",
        log_level="ERROR",
        **({"database_url": database_url} if database_url else {}),
    )
    said = home / "said.txt"
    seen, faults, healed = Seen(), 0, 0
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.benchmarks.kill", "assistant.opening", "ui.app"])
    for round_ in range(times + 1):  # the last one only looks what the last kill left
        port = _free_port()
        server = context.Process(target=serve, args=(settings, port, said), daemon=True)
        server.start()
        try:
            wrong = list(_look(f"http://127.0.0.1:{port}", seen, settings)) if round_ else []
            healed += bool(round_) and "Healed: " in said.read_text(encoding="utf-8")
            faults += bool(wrong)
            if round_:
                found = "".join(f"; {each}" for each in wrong)
                tell(f"{round_}: {len(seen.replies)} replies, {len(seen.cancelled)} changes{found}")
            if round_ < times:
                _load_and_kill(f"http://127.0.0.1:{port}", server.pid or 0, seen, round_, chance, settings)
        finally:
            server.kill()
            server.join()
    return faults, healed, seen


def _look(url: str, seen: Seen, settings: Settings) -> Iterator[str]:
    """What is wrong after a kill, once the server serves again."""
    if not _is_ready(url):
        yield f"the server did not start within {_START_SECONDS:.0f} seconds"
        return
    yield from _goes_on(url, seen)
    engine = open_database(settings.resolved_database_url)
    yield from _lost(engine, seen)
    yield from _half_changed(engine, seen)
    engine.dispose()


def _load_and_kill(url: str, pid: int, seen: Seen, round_: int, chance: random.Random, settings: Settings) -> None:
    """Load, and a kill at any moment of it."""
    numbers = [f"K-{100 * round_ + each}" for each in range(100)]
    engine = open_database(settings.resolved_database_url)
    Orders(engine).upsert([_order(each) for each in numbers])
    engine.dispose()
    _is_ready(url)
    lock, stopped = threading.Lock(), threading.Event()
    work = [threading.Thread(target=_talk, args=(url, seen, lock, stopped, each)) for each in range(_VISITORS)]
    work.append(threading.Thread(target=_cancel, args=(url, seen, lock, stopped, numbers)))
    before = len(seen.replies)
    for each in work:
        each.start()
    deadline = time.monotonic() + _START_SECONDS
    while len(seen.replies) < before + 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(chance.uniform(0, 1.5))
    os.kill(pid, signal.SIGKILL)
    stopped.set()
    for each in work:
        each.join()


def _talk(url: str, seen: Seen, lock: threading.Lock, stopped: threading.Event, name: int) -> None:
    with httpx.Client(base_url=url, timeout=60) as client:
        conversation = None
        for number in range(10_000):
            if stopped.is_set():
                return
            message = f"how much is the Wren Tent? {name}.{number}"
            done = _ask(client, {"message": message, "conversation_id": conversation})
            if done is None:
                return
            conversation = done["conversation_id"]
            with lock:
                seen.replies[conversation, done["turn"]] = (message, done["reply"])


def _cancel(url: str, seen: Seen, lock: threading.Lock, stopped: threading.Event, numbers: list[str]) -> None:
    with httpx.Client(base_url=url, timeout=60) as client:
        try:
            client.post("/session", data={"customer_id": _CUSTOMER})
        except httpx.TransportError:
            return
        for number in numbers:
            shown = None if stopped.is_set() else _ask(client, {"message": f"cancel order {number}"})
            if shown is None or shown["proposal"] is None:
                return
            press = {"do": "confirm", "id": shown["proposal"]["id"]}
            body = {"message": "Confirm", "conversation_id": shown["conversation_id"], "press": press}
            done = _ask(client, body)
            if done is None:
                return
            with lock:
                seen.replies[done["conversation_id"], done["turn"]] = ("Confirm", done["reply"])
                if done["done"] == "cancel":
                    seen.cancelled.add(number)


def _ask(client: httpx.Client, body: Mapping[str, Any]) -> dict[str, Any] | None:
    """The finished reply, if it arrived whole."""
    try:
        answer = client.post("/api/chat", json=body)
        found = dict(events(answer.text)) if answer.status_code == 200 else {}
        done: dict[str, Any] | None = json.loads(found["done"]) if "done" in found else None
    except (httpx.TransportError, ValueError, KeyError):  # the server died on the way: nothing was acknowledged
        return None
    return done


def _goes_on(url: str, seen: Seen) -> Iterator[str]:
    """The conversation that was acknowledged last goes on from its last turn."""
    visits = [key for key, (message, _) in seen.replies.items() if message != "Confirm"]
    if not visits:
        return
    conversation, turn = visits[-1]
    with httpx.Client(base_url=url, timeout=60) as client:
        done = _ask(client, {"message": "how much is it now?", "conversation_id": conversation})
    if done is None or done["turn"] <= turn:
        yield f"conversation {conversation} does not go on after turn {turn}"


def _lost(engine: Engine, seen: Seen) -> Iterator[str]:
    with reading(engine) as connection:
        is_file = engine.dialect.name == "sqlite"
        if is_file and (found := connection.scalar(text("PRAGMA integrity_check"))) != "ok":
            yield f"the database is damaged: {found}"
        query = select(TurnRow.conversation_id, TurnRow.number, TurnRow.message, TurnRow.reply)
        kept = {(row.conversation_id, row.number): (row.message, row.reply) for row in connection.execute(query)}
    lost = [key for key, told in seen.replies.items() if kept.get(key) != told]
    if lost:
        yield f"{len(lost)} acknowledged replies are lost or changed, the first {lost[0]}"


def _half_changed(engine: Engine, seen: Seen) -> Iterator[str]:
    """Each order is as before, or cancelled with one refund of its total, one row in the audit and one executed proposal."""
    with reading(engine) as connection:
        states = {row.id: row.status for row in connection.execute(select(OrderRow.id, OrderRow.status))}
        counts = [
            {row.order_id: row.count for row in connection.execute(query)}
            for query in (
                select(RefundRow.order_id, func.count().label("count")).group_by(RefundRow.order_id),
                select(AuditRow.order_id, func.count().label("count")).group_by(AuditRow.order_id),
                select(ProposalRow.order_id, func.count().label("count"))
                .where(ProposalRow.state == "done")
                .group_by(ProposalRow.order_id),
            )
        ]
    for number, state in states.items():
        if not number.startswith("K-"):
            continue
        is_cancelled = state == OrderStatus.CANCELLED
        if [each.get(number, 0) for each in counts] != [int(is_cancelled)] * 3:
            yield f"order {number} is half changed"
        if number in seen.cancelled and not is_cancelled:
            yield f"order {number} was said to be cancelled and is {state}"


def _order(number: str) -> Order:
    lines = (OrderLine("wren", "Wren Tent", 1, Money(Decimal(269))),)
    return Order(
        number, _CUSTOMER, OrderStatus.PROCESSING, datetime(2026, 11, 2, tzinfo=UTC), lines, Money(Decimal(269))
    )


def _is_ready(url: str) -> bool:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/healthz", timeout=5).status_code == 200:
                return True
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
