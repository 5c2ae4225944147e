"""FairTurns: shares a few cores among many requests, first come, first served, one computation at a time."""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Iterator


class FairTurns:
    """At most `seats` computations at once. A `threading.Semaphore` would let the last user of a seat take it again at once."""

    def __init__(self, seats: int) -> None:
        self._lock = threading.Lock()
        self._free = seats
        self._waiting: deque[threading.Event] = deque()
        self._requests = 0

    @property
    def waiting(self) -> int:
        """Computations that wait for a seat."""
        return len(self._waiting)

    @contextlib.contextmanager
    def request(self) -> Iterator[None]:
        """Count a request while it needs turns."""
        with self._lock:
            self._requests += 1
        try:
            yield
        finally:
            with self._lock:
                self._requests -= 1

    @contextlib.contextmanager
    def turn(self) -> Iterator[bool]:
        """Wait for a seat and hold it; yields whether this is the only request."""
        self._acquire()
        try:
            yield self._requests <= 1
        finally:
            self._release()

    def _acquire(self) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            mine = threading.Event()
            self._waiting.append(mine)
        mine.wait()

    def _release(self) -> None:
        """Hand the seat to whoever waits longest."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._free += 1
