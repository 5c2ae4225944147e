"""How long the commands of docs/own-shop.md take, one after another, and the first replies of the shop that they make.

    python -m tests.benchmarks.own_shop

The shop is that of `tests/fixtures/shops`, in a new folder, and the language model is converted anew as it is after a clone. `make install`
is not timed: it mostly waits for downloads.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2

from tests.own_shop import ask, own_shop

MESSAGES = ("show me city bikes", "how heavy is the first one?", "may I return it?")


def main() -> None:
    """Prints seconds, and how busy the machine was with everything."""
    with TemporaryDirectory() as folder:
        for name, seconds in measure(Path(folder)):
            print(f"{seconds:7.1f} s  {name}")
    print(f"load of the last minute: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def measure(folder: Path) -> Iterator[tuple[str, float]]:
    """Yield the seconds of each command until it is done, of `aisle serve` until it is ready, then of replies."""
    (folder / "cache").mkdir()
    with own_shop(folder, AISLE_CACHE=str(folder / "cache")) as shop:
        yield from shop.seconds.items()
        with httpx2.Client(base_url=shop.url, timeout=120) as client:
            for message in MESSAGES:
                begun = time.monotonic()
                ask(client, message)
                yield f"reply to {message!r}", time.monotonic() - begun


if __name__ == "__main__":
    main()
