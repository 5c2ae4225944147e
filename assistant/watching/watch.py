"""Watch: looks at feeds at an interval, imports what is new, and keeps the old records when something is wrong with it."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog

from assistant.importing import Report
from assistant.shop_import import ImportResult
from assistant.watching.feed import Feed, FetchError, named
from retrieval.errors import SettingsError, StoreError

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_MOST_TOLD = 20
_log = structlog.get_logger(__name__)


class Watch:
    """Imports `feeds` together, whenever one of them has changed. `store` imports their files and reports on bad rows.

    Two looks are at least `every` seconds apart, from start to start.
    """

    def __init__(
        self, feeds: Sequence[Feed], store: Callable[[Sequence[Path], Report], ImportResult], every: float
    ) -> None:
        self._feeds = feeds
        self._store = store
        self._every = every
        self._refusal = ""

    def run(self, stopped: threading.Event) -> None:
        """Look again and again until `stopped` is set."""
        _log.info("watch_started", feeds=[feed.name for feed in self._feeds], every=self._every)
        pause = 0.0
        while not stopped.wait(pause):
            started = time.monotonic()
            rest = self.look()
            pause = max(rest, self._every - (time.monotonic() - started))

    def look(self) -> float:
        """Look once, and log one line on what came of it. Returns the seconds for which a server asks to be left alone."""
        try:
            news = [feed.fetch() for feed in self._feeds]
        except FetchError as error:
            _log.warning("feed_not_fetched", error=error.message, kept="the records of before")
            return error.rest
        if not any(news):
            refused = {"refused": self._refusal} if self._refusal else {}
            _log.info("feed_unchanged", **refused)
            return 0.0
        try:
            self._import()
        except StoreError as error:  # the feeds count as new until they are stored
            _log.error("feed_not_stored", error=error.message, hint=error.hint)
        return 0.0

    def _import(self) -> None:
        faults: list[str] = []
        result = self._store(
            [feed.path for feed in self._feeds],
            lambda fault: faults.append(str(fault)) if len(faults) < _MOST_TOLD else None,
        )
        for feed in self._feeds:
            feed.settle()
        reading = result.reading
        self._refusal = result.refusal or ("" if result.outcome else "no row could be read")
        for fault in faults:
            _log.warning("bad_row", fault=named(fault, self._feeds))
        if result.outcome is None:
            _log.error("feed_refused", reason=self._refusal, kept="the records of before", bad_rows=reading.bad_rows)
            return
        unknown = {"of_unknown_products": result.unknown.total()} if result.unknown else {}
        _log.info("imported", version=result.version, bad_rows=reading.bad_rows, **result.outcome.counts, **unknown)


def seconds_of(interval: str) -> float:
    """Seconds of "30s", "15m", "2h" or "1d". Raises SettingsError for anything else, and for less than a second."""
    match = re.fullmatch(r"(\d{1,6})\s*([smhd])", interval.strip().lower())
    seconds = int(match[1]) * _UNITS[match[2]] if match else 0
    if not seconds:
        raise SettingsError(f"{interval!r} is no interval.", 'Write it as "30s", "15m", "2h" or "1d".')
    return float(seconds)
