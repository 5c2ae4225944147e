"""Live: holds the generation that serves, and follows the records while the server runs."""

from __future__ import annotations

import threading
import time
from typing import Generic

import structlog

from assistant.live.generation import Generation, Generations, Served
from retrieval.errors import AisleError, IndexBusy

LOOK_SECONDS = 2.0
"""Seconds between two looks at the records."""

_SHARE = 2.0
"""Seconds of rest for each second of building: a large shop whose feed never stands still keeps cores for its customers."""
_LONGEST_PAUSE = 60.0
_INDEX_PAUSE = 5.0
_log = structlog.get_logger(__name__)


class Live(Generic[Served]):
    """What serves now. Reading `current` is atomic, from any thread.

    `seconds` lie between two looks at the records. If new records cannot be served, the ones that serve stay, and the log says why.
    """

    def __init__(
        self, generations: Generations[Served], first: Generation[Served], seconds: float = LOOK_SECONDS
    ) -> None:
        self._generations = generations
        self._current = first
        self._seconds = seconds
        self._pause = seconds
        self._fault = ""
        self._stopped = threading.Event()
        self._tried_index = generations.index_in_use
        self._indexer: threading.Thread | None = None
        self._index_after = 0.0  # time.monotonic() before which no build is started

    @property
    def current(self) -> Generation[Served]:
        """What serves now; a turn takes it once and keeps it to its end."""
        return self._current

    def start(self) -> None:
        """Begin to look, in a thread of its own."""
        threading.Thread(target=self._run, name="records", daemon=True).start()

    def close(self) -> None:
        """Stop looking; what serves stays."""
        self._stopped.set()

    def look(self) -> None:
        """Look once: serve what has changed, and see to an index of it."""
        started = time.monotonic()
        try:
            is_new = self._take(self._generations.next(self._current), started)
            if not self._current.is_indexed:
                is_new |= self._take_index()
            self._fault = ""
            self._pause = max(self._seconds, _SHARE * (time.monotonic() - started)) if is_new else self._seconds
        except Exception as error:  # a bug or a lack of memory must not end the looking
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)
            self._tell(error)

    def _run(self) -> None:
        while not self._stopped.wait(self._pause):
            self.look()

    def _take(self, found: Generation[Served], started: float) -> bool:
        before, self._current = self._current, found
        if found.served is before.served:
            return False
        _log.info(
            "data_refreshed",
            version=found.version.number,
            products=len(found.material.catalog.products),
            faqs=len(found.material.catalog.faqs),
            indexed=found.is_indexed,
            seconds=round(time.monotonic() - started, 2),
        )
        return True

    def _take_index(self) -> bool:
        """Serve with the index that this or another process has built, or build one next to what serves."""
        in_use = self._generations.index_in_use
        if in_use != self._tried_index:
            self._tried_index = in_use
            if self._take(self._generations.indexed(self._current), time.monotonic()):
                return True
        is_building = self._indexer is not None and self._indexer.is_alive()
        if not is_building and time.monotonic() >= self._index_after:
            self._indexer = threading.Thread(target=self._build, args=(self._current,), name="index", daemon=True)
            self._indexer.start()
        return False

    def _build(self, generation: Generation[Served]) -> None:
        started = time.monotonic()
        try:
            self._generations.build_index(generation)
        except IndexBusy:
            pass  # the other process's index is looked at once it is in use
        except Exception as error:
            _log.error("index_not_built", error=str(error), exc_info=None if isinstance(error, AisleError) else error)
            self._index_after = time.monotonic() + _LONGEST_PAUSE
            return
        self._index_after = time.monotonic() + max(_INDEX_PAUSE, _SHARE * (time.monotonic() - started))

    def _tell(self, error: Exception) -> None:
        """Log what went wrong, once for as long as it stays the same."""
        if str(error) == self._fault:
            return
        self._fault = str(error)
        known = isinstance(error, AisleError)
        _log.error(
            "data_not_refreshed",
            serving=self._current.version.number,
            error=str(error),
            exc_info=None if known else error,
        )
