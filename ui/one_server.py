"""One server: with SQLite or an embedded index a home belongs to one server at a time.

The server holds a `flock` on `serving.lock` in its home, which ends with its process, a killed one too. The file says who holds it.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import structlog
from sqlalchemy import make_url

from assistant.settings import Settings
from retrieval.clock import utc_now
from retrieval.errors import SettingsError

FILE = "serving.lock"
_LONGEST = 200
_log = structlog.get_logger(__name__)


def is_shared(settings: Settings) -> bool:
    """True if several servers may use the home: they need PostgreSQL and a Chroma server."""
    is_postgresql = make_url(settings.resolved_database_url).get_backend_name() == "postgresql"
    return is_postgresql and bool(settings.chroma_url)


@contextmanager
def alone_in(settings: Settings) -> Iterator[None]:
    """Hold the home for this server, unless several may use it. Raises SettingsError if another one holds it.

    Where the lock cannot be made, as on a file system without locks, the log says so and nothing is held.
    """
    if is_shared(settings):
        yield
        return
    file = _open(settings)
    if file is None:
        yield
        return
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _taken(settings, file) from None
        except OSError as error:
            _log.warning("home_not_locked", file=file.name, error=error.strerror)
        else:
            file.truncate(0)
            file.write(
                f"process {os.getpid()}, at http://{settings.host}:{settings.port} since {utc_now():%Y-%m-%d %H:%M} UTC"
            )
            file.flush()
        yield


def _open(settings: Settings) -> IO[str] | None:
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        return (settings.home / FILE).open("a+", encoding="utf-8")
    except OSError as error:
        _log.warning("home_not_locked", file=str(settings.home / FILE), error=error.strerror)
        return None


def _taken(settings: Settings, file: IO[str]) -> SettingsError:
    file.seek(0)
    holder = file.read(_LONGEST).strip()
    return SettingsError(
        f"{settings.home} is served already{f': {holder}' if holder else ''}.",
        "Stop that server first, or give this one a home of its own with --home. "
        "Several servers of one shop need PostgreSQL and a Chroma server (AISLE_DATABASE_URL, AISLE_CHROMA_URL).",
    )
