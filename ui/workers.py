"""Workers: several processes behind one port, each with a whole server, and a parent that starts again what ends.

They share the database, the Chroma server and the home, and nothing in memory.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import FrameType

import structlog
from sqlalchemy import make_url

from assistant.settings import Settings
from retrieval.errors import AisleError, SettingsError
from ui.peers import Seat

_log = structlog.get_logger(__name__)
_FAILED = 3
"""Exit code of a worker that could not open the shop."""
_PAUSE_SECONDS = 1.0
_STOP_SECONDS = 20.0
Serve = Callable[[Settings, socket.socket, Seat], None]


def check_workers(settings: Settings, count: int) -> None:
    """Raise SettingsError where several processes cannot work together."""
    if count > 1 and make_url(settings.resolved_database_url).get_backend_name() != "postgresql":
        raise SettingsError(
            f"{count} workers need PostgreSQL.",
            "Set AISLE_DATABASE_URL to postgresql://user@host/name, or serve with one.",
        )
    if count > 1 and not settings.chroma_url:
        raise SettingsError(
            f"{count} workers need a Chroma server, because the embedded index belongs to one process.",
            "Start one with `chroma run`, set AISLE_CHROMA_URL, and run: aisle index",
        )


def serve_with_workers(settings: Settings, listener: socket.socket, count: int, serve: Serve) -> None:
    """Serve at `listener` with `count` processes until interrupted. A worker that dies is started again.

    Must be called before this process has threads, which a fork would lose. Raises AisleError if a worker cannot open the shop at
    the start: all would fail alike. One that cannot open it later is tried again, and the others go on.
    """
    with tempfile.TemporaryDirectory(prefix="aisle-workers-") as folder:
        crew = _Crew(settings, listener, count, Path(folder), serve)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, crew.stop)
        crew.run()


class _Crew:
    """The worker processes, seen from their parent."""

    def __init__(self, settings: Settings, listener: socket.socket, count: int, folder: Path, serve: Serve) -> None:
        self._settings, self._listener, self._serve = settings, listener, serve
        self._context = multiprocessing.get_context("fork")
        self._seats = [Seat(number, count, folder) for number in range(count)]
        self._workers = [self._begin(seat) for seat in self._seats]
        self._stopped = threading.Event()

    def stop(self, _signal: int, _frame: FrameType | None) -> None:
        """End all workers."""
        self._stopped.set()

    def run(self) -> None:
        """Watch the workers until the parent is told to stop."""
        try:
            while not self._stopped.wait(_PAUSE_SECONDS):
                for seat, worker in zip(tuple(self._seats), tuple(self._workers), strict=True):
                    if not worker.is_alive():
                        self._start_again(seat, worker.exitcode)
        finally:
            self._end()

    def _start_again(self, seat: Seat, exit_code: int | None) -> None:
        if exit_code == _FAILED and not seat.is_again:
            raise AisleError("A worker could not open the shop.", "The log above says why.")
        _log.error("worker_ended", worker=seat.number, exit_code=exit_code)
        self._seats[seat.number] = replace(seat, is_again=True)
        self._workers[seat.number] = self._begin(self._seats[seat.number])

    def _end(self) -> None:
        for worker in self._workers:
            worker.terminate()
        deadline = time.monotonic() + _STOP_SECONDS
        for worker in self._workers:
            worker.join(max(0.0, deadline - time.monotonic()))
            if worker.is_alive():
                worker.kill()
                worker.join()

    def _begin(self, seat: Seat) -> multiprocessing.process.BaseProcess:
        worker = self._context.Process(target=_work, args=(self._serve, self._settings, self._listener, seat))
        worker.start()
        return worker


def _work(serve: Serve, settings: Settings, listener: socket.socket, seat: Seat) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), name="parent", daemon=True).start()
    try:
        serve(settings, listener, seat)
    except AisleError as error:
        _log.error("worker_failed", worker=seat.number, error=error.message, hint=error.hint)
        raise SystemExit(_FAILED) from None


def _end_with_parent(parent: int) -> None:
    """Stop once the parent is gone: a worker that stayed would hold the port."""
    while os.getppid() == parent:
        time.sleep(_PAUSE_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
