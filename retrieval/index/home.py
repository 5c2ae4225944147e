"""IndexHome: the folder that holds a shop's search index, whole at every moment.

    index/
      current          name of the build in use; replaced atomically, after the build is complete
      building.lock    held while one process builds
      builds/NAME/     one complete index; its manifest is written last, and each reader holds a lock on the folder

A build never touches an older one. A process killed at any moment leaves the pointer at a complete build; what it
left behind is swept away by the next build. Locks are `flock`s, which end with their process.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from retrieval.errors import IndexBusy, IndexDamaged, IndexMissing, SearchIndexError

REBUILD = "Run: aisle index"
_CANNOT_WRITE = "Free space or correct the permissions (or choose another AISLE_HOME), then run: aisle index"


class IndexHome:
    """Names, locks and the pointer; it knows nothing of what an index holds."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "index"
        self._pointer = self.folder / "current"
        self._builds = self.folder / "builds"

    def current(self) -> Path:
        """Folder of the build in use. Raises IndexMissing before the first build, IndexDamaged when it is gone."""
        try:
            name = self._pointer.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            raise IndexMissing(f"there is no search index in {self.folder}", REBUILD) from None
        except (OSError, UnicodeDecodeError) as error:
            raise IndexDamaged(f"{self._pointer} cannot be read: {error}", REBUILD) from error
        folder = self._builds / name
        if not name or Path(name).name != name or not folder.is_dir():
            raise IndexDamaged(f"{self._pointer} names the build {name!r}, which does not exist", REBUILD)
        return folder

    @property
    def next_step(self) -> str:
        """What to do about an index that cannot be used: a new one helps only where it can be written."""
        there = next(each for each in (self.folder, *self.folder.parents) if each.exists())
        by_effective_user = os.access in os.supports_effective_ids
        can_write = os.access(there, os.W_OK | os.X_OK, effective_ids=by_effective_user)
        return REBUILD if can_write else _CANNOT_WRITE

    @contextlib.contextmanager
    def building(self) -> Iterator[Path]:
        """A new folder to build in, removed again if building fails. Raises IndexBusy and SearchIndexError.

        Only one process builds at a time; a second is told so at once.
        """
        with written_to(self.folder):
            self._builds.mkdir(parents=True, exist_ok=True)
            lock = (self.folder / "building.lock").open("a")
        with lock:
            if not _locked(lock, fcntl.LOCK_EX):
                raise IndexBusy(
                    f"another process is building the index in {self.folder}", "Wait for it to finish, then try again."
                )
            folder = self._builds / uuid.uuid4().hex[:12]
            try:
                with written_to(self.folder):
                    folder.mkdir()
                    yield folder
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise

    def publish(self, folder: Path) -> None:
        """Makes `folder` the build in use: everything in it reaches the disk first, then the pointer moves."""
        for path in (*folder.rglob("*"), folder, self._builds):
            _sync(path)
        fresh = self._pointer.with_suffix(".new")
        fresh.write_text(folder.name, encoding="utf-8")
        _sync(fresh)
        os.replace(fresh, self._pointer)
        _sync(self.folder)

    def unused(self) -> list[Path]:
        """Builds that are neither current nor read by any process, to be removed by the one that builds."""
        current = self.current()
        return [folder for folder in self._builds.iterdir() if folder != current and not _in_use(folder)]


@contextlib.contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Keeps `folder` from being removed while it is read. Raises IndexDamaged when it is already gone."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise IndexDamaged(f"{folder} cannot be read: {error.strerror}", REBUILD) from error
    try:
        _locked(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def written_to(folder: Path) -> Iterator[None]:
    """Turns a full disk, a missing permission and the like into SearchIndexError."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise SearchIndexError(
            f"the search index in {folder} cannot be written: {reason}",
            _CANNOT_WRITE,
        ) from error


def _locked(file: int | IO[str], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _in_use(folder: Path) -> bool:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        return not _locked(descriptor, fcntl.LOCK_EX)
    finally:
        os.close(descriptor)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
