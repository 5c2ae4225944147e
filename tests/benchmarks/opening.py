"""How long the sample shop takes to import, to index, to index again unchanged, and to open."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from assistant.opening import build_index, open_assistant
from assistant.sample_shop import import_sample
from assistant.settings import Settings


def measure(home: Path) -> Iterator[tuple[str, float, str]]:
    """Seconds of each step, in a fresh home."""
    settings = Settings(home=home)
    for name, step in (
        ("import of the sample shop", lambda: import_sample(settings)),
        ("index build", lambda: build_index(settings)),
        ("index build, nothing changed", lambda: build_index(settings)),
        ("opening the assistant", lambda: open_assistant(settings)),
    ):
        start = time.perf_counter()
        step()
        yield name, time.perf_counter() - start, "s"
