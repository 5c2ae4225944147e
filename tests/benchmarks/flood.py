"""How much longer customers wait while one visitor floods the chat with the longest messages that are read.

    python -m tests.benchmarks.flood

The server is `aisle serve` with its defaults and the models that ship. The visitor has eight connections, whose messages are random words of
the shop's own texts, then random letters of other scripts, of which a language model's tokens are single bytes. Both keep to addresses of this machine.
"""

from __future__ import annotations

import os
import random
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2

from tests.own_shop import SHOP, OwnShop, ask, own_shop

CONNECTIONS = 8
ASKED = 12
LONGEST = 2000
QUESTION = "a city bike under $700"
_CUSTOMER, _VISITOR = "127.0.0.2", "127.0.0.3"
_WORDS = (SHOP / "products.csv").read_text(encoding="utf-8").replace('"', " ").replace(",", " ").split()


def words(chance: random.Random) -> str:
    """A message of random words of the shop."""
    return " ".join(chance.choices(_WORDS, k=400))[:LONGEST]


def letters(chance: random.Random) -> str:
    """A message of random letters of other scripts."""
    return "".join(chr(chance.randint(0x400, 0x2FFF)) for _ in range(LONGEST))


@dataclass
class Visitor:
    """Somebody whose connections all send long messages, one after another."""

    url: str
    message: Callable[[random.Random], str]
    answers: Counter[int] = field(default_factory=Counter)
    _left: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def flooding(self) -> Iterator[None]:
        """Flood until the block ends; what is under way is waited for."""
        threads = [threading.Thread(target=self._send, args=(seed,)) for seed in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        time.sleep(2)
        try:
            yield
        finally:
            self._left.set()
            for thread in threads:
                thread.join()

    def _send(self, seed: int) -> None:
        chance = random.Random(seed)
        with _client(self.url, _VISITOR) as client:
            while not self._left.is_set():
                answer = client.post("/api/chat", json={"message": self.message(chance)})
                self.answers[answer.status_code] += 1
                if answer.status_code != 200:
                    time.sleep(1)


def main() -> None:
    """Prints how long the customers wait."""
    with TemporaryDirectory() as folder, own_shop(Path(folder)) as shop:
        _print("nobody else", waits(shop))
        for name, message in (("a flood of words", words), ("a flood of letters", letters)):
            visitor = Visitor(shop.url, message)
            with visitor.flooding():
                found = waits(shop)
            _print(f"{name} (answers {dict(visitor.answers)})", found)
    print(f"load of the last minute: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def waits(shop: OwnShop) -> list[float]:
    """Return the seconds that a customer waits for each of some replies."""
    found = []
    with _client(shop.url, _CUSTOMER) as client:
        for _ in range(ASKED):
            begun = time.monotonic()
            ask(client, QUESTION)
            found.append(time.monotonic() - begun)
            time.sleep(0.3)
    return found


def _client(url: str, address: str) -> httpx2.Client:
    return httpx2.Client(base_url=url, timeout=120, transport=httpx2.HTTPTransport(local_address=address))


def _print(name: str, seconds: list[float]) -> None:
    print(f"{statistics.median(seconds):6.2f} s (median) {max(seconds):6.2f} s (longest)  {name}", flush=True)


if __name__ == "__main__":
    main()
