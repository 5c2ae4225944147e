"""Changes the records of a live server while four customers chat, and looks for replies that are late or mixed.

    python -m tests.benchmarks.reloads --times 100

The server is `aisle serve` with the models that ship, in a process of its own, made by the steps of docs/own-shop.md; records come over
`POST /api/import`. First price and stock, a page and an order change once each. Then one product changes again and again, each time with
another price, and in stock or sold out by turns, so that a reply with the price of one version and the stock of another is seen.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx2

from finetune.score import Score
from tests.own_shop import OwnShop, ask, own_shop
from ui.identity import make_token

CUSTOMERS = 4
SECONDS = 10.0
"""How long after an import a message may still be answered from the records before it."""
TITLE = "Harbor Brass Bell"
QUESTION = f"how much is the {TITLE} and is it in stock?"
_PRICE = 100
_AMOUNT = re.compile(r"\$(\d[\d,]*(?:\.\d\d)?)")
_GONE = re.compile(
    r"out of stock|sold out|not (?:currently )?(?:available|in stock)|unavailable|n't (?:available|in stock)"
)
_HERE = re.compile(r"(?<!not )(?<!not currently )(?<!n't )\bin stock\b")
_PATIENCE = 120.0


@dataclass(frozen=True)
class Told:
    """A reply, and when its message was sent."""

    sent: float
    reply: dict[str, Any]

    @property
    def step(self) -> int | None:
        """The step whose price the card shows; None without exactly one card."""
        cards = self.reply["products"]
        return round(cards[0]["price"]) - _PRICE if len(cards) == 1 else None


@dataclass
class Customers:
    """Customers who ask the same question again and again, each in a thread of its own and a new conversation each time."""

    shop: OwnShop
    told: list[Told] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    _left: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Customers:
        self._threads = [threading.Thread(target=self._chat) for _ in range(CUSTOMERS)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._left.set()
        for thread in self._threads:
            thread.join()

    def _chat(self) -> None:
        with httpx2.Client(base_url=self.shop.url, timeout=_PATIENCE) as client:
            while not self._left.is_set():
                sent = time.monotonic()
                try:
                    self.told.append(Told(sent, ask(client, QUESTION)))
                except (AssertionError, httpx2.TransportError) as error:
                    self.errors.append(str(error))
                    time.sleep(0.5)


@dataclass(frozen=True)
class Owner:
    """Whoever imports records into a shop and looks at what it serves."""

    client: httpx2.Client
    key: str

    def post(self, kind: str, *rows: dict[str, Any]) -> int:
        """Import `rows`; the version of the data after it."""
        content = "".join(json.dumps(row) + "\n" for row in rows)
        headers = {"Authorization": f"Bearer {self.key}"}
        answer = self.client.post("/api/import", params={"kind": kind}, content=content, headers=headers)
        found = answer.json()
        assert found.get("complete"), found
        return int(found["data_version"])

    def served(self, version: int) -> float:
        """Wait until the server names this version; how long that took."""
        return until(lambda: int(self.client.get("/healthz").json()["data_version"]) >= version)


def main() -> None:
    """Prints how soon changes were told, what was mixed or late, and the server's memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=100, help="How often the product changes.")
    times = parser.parse_args().times
    key, secret = secrets.token_hex(32), secrets.token_hex(32)
    variables = {"AISLE_IMPORT_KEY": key, "AISLE_SECRET": secret, "AISLE_RATE_LIMIT": "100000/minute"}
    with TemporaryDirectory() as folder, own_shop(Path(folder), **variables) as shop:
        with httpx2.Client(base_url=shop.url, timeout=_PATIENCE) as client, Customers(shop) as customers:
            owner = Owner(client, key)
            owner.served(owner.post("products", bell(0)))
            for name, seconds in changes(owner, secret):
                print(f"{name}: told right {seconds:.1f} s after the import", flush=True)
            customers.told.clear()
            imported, waits, memory = reloads(owner, shop, times)
        print_result(customers, imported, waits, memory)


def changes(owner: Owner, secret: str) -> Sequence[tuple[str, float]]:
    """Change one record of each kind; seconds from the import to a finished reply that is right."""
    delivery = {
        "id": "delivery",
        "title": "How long does delivery take?",
        "answer": "Accessories arrive in 17 business days.",
    }
    customer = {"id": "C-1", "name": "Maya Okafor", "email": "maya@post.example"}
    order = {"id": "OE-1001", "customer_id": "C-1", "status": "shipped", "placed": "2026-11-02T00:00:00Z", "total": "9.00 USD",
             "lines": [{"product_id": "bell-harbor", "title": TITLE, "quantity": 1, "unit_price": "9.00 USD"}]}  # fmt: skip
    owner.post("customers", customer)
    owner.post("orders", order)
    token = make_token("C-1", secret)

    def told(message: str, word: str, token: str = "") -> Callable[[], bool]:
        return lambda: word in ask(owner.client, message, token)["reply"]

    found = []
    for name, kind, row, right in (
        ("price", "products", bell(2), told(QUESTION, f"${_PRICE + 2}.00")),
        ("stock", "products", bell(3), lambda: bool(_GONE.search(ask(owner.client, QUESTION)["reply"]))),
        ("page", "faqs", delivery, told("how long does delivery take?", "17 business days")),
        ("order", "orders", order | {"status": "delayed"}, told("where is my order?", "delayed", token)),
    ):
        begun = time.monotonic()
        owner.post(kind, row)
        until(right)
        found.append((name, time.monotonic() - begun))
    return found


def reloads(owner: Owner, shop: OwnShop, times: int) -> tuple[list[float], list[float], list[float]]:
    """Change the product `times` times; when each import was done, how long until it was served, and memory then."""
    imported, waits, memory = [], [], []
    for step in range(times):
        version = owner.post("products", bell(step))
        imported.append(time.monotonic())
        waits.append(owner.served(version))
        memory.append(shop.memory)
    return imported, waits, memory


def print_result(
    customers: Customers, imported: Sequence[float], waits: Sequence[float], memory: Sequence[float]
) -> None:
    """Prints counts with their intervals."""
    told = customers.told
    wrong = [fault for each in told if (fault := mixed(each.reply))]
    behind = [each for each in told if is_late(each, imported)]
    print(
        f"{len(imported)} reloads, served after {statistics.median(waits):.1f} s (median), {max(waits):.1f} s at the latest"
    )
    print(f"{len(told)} replies from {len({each.step for each in told})} versions, {len(customers.errors)} errors")
    print(f"replies with values of two versions: {Score(len(wrong), len(told))}")
    print(f"replies from records that an import had replaced {SECONDS:.0f} s before: {Score(len(behind), len(told))}")
    places = sorted({min(place, len(memory)) - 1 for place in (1, 10, 20, 40, 60, 80, 100, len(memory))})
    print("memory: " + ", ".join(f"{memory[place]:,.0f} MB after {place + 1}" for place in places))
    print(f"load of the last minute: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    for fault in wrong[:5]:
        print(fault)
    for error in customers.errors[:5]:
        print(error)


def bell(step: int) -> dict[str, Any]:
    """The product at one step: its price says which step it is, and so does its stock."""
    return {
        "id": "bell-harbor", "title": TITLE, "description": "A brass bell with a clear tone.", "product_type": "Bells",
        "price": f"{_PRICE + step}.00 USD", "availability": "out_of_stock" if step % 2 else "in_stock",
    }  # fmt: skip


def mixed(reply: dict[str, Any]) -> str:
    """What in a reply is of two steps; "" if all is of one."""
    (card,) = reply["products"] if len(reply["products"]) == 1 else (None,)
    if card is None:
        return ""
    text, wanted = reply["reply"], round(card["price"]) % 2 == _PRICE % 2
    amounts = {float(amount.replace(",", "")) for amount in _AMOUNT.findall(text)}
    is_wrong = card["available"] is not wanted or amounts - {card["price"]}
    if is_wrong or (_GONE.search(text) if wanted else _HERE.search(text)):
        return f"mixed: {text} {card}"
    return ""


def is_late(told: Told, imported: Sequence[float]) -> bool:
    """True if an import that was done well before the message replaced what the reply says."""
    due = [step for step, done in enumerate(imported) if done + SECONDS <= told.sent]
    return told.step is not None and bool(due) and told.step < due[-1]


def until(holds: Callable[[], bool]) -> float:
    """Wait until it holds; how long that took. Raises AssertionError after two minutes."""
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < _PATIENCE, "it never came to be"
        time.sleep(0.05)
    return time.monotonic() - begun


if __name__ == "__main__":
    main()
