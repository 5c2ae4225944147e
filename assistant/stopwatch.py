"""Stopwatch: how long the steps of a turn take."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Stopwatch:
    """Milliseconds per step of a turn, and from its start to the first sentence."""

    timings_ms: dict[str, float] = field(default_factory=dict)
    _start: float = field(default_factory=time.perf_counter)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time what happens inside as the step `name`."""
        start = time.perf_counter()
        yield
        self.timings_ms[name] = _milliseconds(start)

    def first(self, name: str) -> None:
        """Note the time since the start under `name`, if it has not been noted yet."""
        self.timings_ms.setdefault(name, _milliseconds(self._start))


def _milliseconds(start: float) -> float:
    return round((time.perf_counter() - start) * 1000, 2)
