"""Healing: what a killed process left half done, found at the start of a server, put right, and said.

Changes of orders and turns of conversations are one transaction each, so that nothing of them is ever half done. What can be left is
listed in `heal`, in the order in which it is looked for.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import update

from assistant.actions.refusal import Reason
from assistant.adapters.registry import COPYING
from assistant.order_tables import ProposalRow
from assistant.rehearsal.rehearsal import FOLDER, SCRATCH, alone
from assistant.settings import Settings
from retrieval.clock import utc_now
from retrieval.errors import SettingsError
from retrieval.store.database import open_database, writing

_OPEN = "open"


def heal(settings: Settings) -> tuple[str, ...]:
    """Put right what is half done in this home, and say it, one sentence each; () after a clean stop. Raises StoreError.

    Safe while other processes serve the same home: what they hold is left alone.
    """
    return tuple(_healed(settings))


def _healed(settings: Settings) -> Iterator[str]:
    yield from _log_of_sqlite(settings)
    yield from _proposals(settings)
    yield from _unfinished_files(settings.home)
    yield from _copies(settings.home)
    yield from _index(settings.home)


def _log_of_sqlite(settings: Settings) -> Iterator[str]:
    """A server that stops writes SQLite's log back; a killed one leaves it. So does one that stops while another process has the file open."""
    url = settings.resolved_database_url
    left = Path(f"{url.removeprefix('sqlite:///')}-wal")
    if not url.startswith("sqlite:///") or not left.is_file() or not left.stat().st_size:
        return
    engine = open_database(url)
    with engine.connect() as connection:
        cursor = connection.connection.cursor()  # below SQLAlchemy, whose transaction would hold the log
        is_busy, _, _ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        (found,) = cursor.execute("PRAGMA quick_check").fetchone()
        cursor.close()
    engine.dispose()
    is_alone = not left.exists()  # whoever closes the file last removes its log
    if is_alone and not is_busy:
        yield f"The log of the database was not written back, as after a kill; now it is, and the check of the file says {found}."


def _proposals(settings: Settings) -> Iterator[str]:
    """Changes that were shown, and whose ten minutes passed while nobody served."""
    engine, now = open_database(settings.resolved_database_url), utc_now()
    late = (ProposalRow.state == _OPEN, ProposalRow.expires <= now)
    with writing(engine) as connection:
        closed = connection.execute(update(ProposalRow).where(*late).values(state=Reason.EXPIRED.value)).rowcount
    engine.dispose()
    if closed:
        yield f"{closed} proposed {_plural(closed, 'change')} waited for a yes too long, and can no longer be made."


def _unfinished_files(home: Path) -> Iterator[str]:
    """Files that were written beside their place and never put there; what is in their place is whole."""
    folders = (home, home / FOLDER)
    left = [path for folder in folders if folder.is_dir() for path in folder.glob(".*.partial") if path.is_file()]
    for path in left:
        path.unlink(missing_ok=True)
    if left:
        yield f"{len(left)} half-written {_plural(len(left), 'file')} removed: {', '.join(path.name for path in left)}."


def _copies(home: Path) -> Iterator[str]:
    """Half-copied adapters, and copies of the shop of a rehearsal that was killed."""
    adapters = home / "adapters"
    halves = list(adapters.glob(f"{COPYING}*"))
    if halves:
        with (adapters / "promoting.lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return  # another process copies now
            for folder in halves:
                shutil.rmtree(folder, ignore_errors=True)
        yield f"{len(halves)} half-copied {_plural(len(halves), 'adapter')} removed."
    scratch = list((home / FOLDER).glob(f"{SCRATCH}*"))
    if scratch:
        try:
            with alone(home / FOLDER):
                for folder in scratch:
                    shutil.rmtree(folder, ignore_errors=True)
        except SettingsError:
            return  # a rehearsal runs now
        yield f"{len(scratch)} {_plural(len(scratch), 'copy', 'copies')} of the shop removed that a rehearsal left."


def _index(home: Path) -> Iterator[str]:
    """An index that was being built. The index in use is whole, and the next build goes on from what was embedded."""
    if any((home / "index").glob("unfinished-*.bin")):
        yield "A build of the search index was cut off; it goes on where it stopped, and the index from before serves meanwhile."


def _plural(count: int, one: str, many: str = "") -> str:
    return one if count == 1 else many or f"{one}s"
