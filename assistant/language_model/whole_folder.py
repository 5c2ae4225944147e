"""WholeFolder: a folder of derived files that is either complete or gets built again.

Files are written into a scratch folder, `manifest.json` last, and one rename puts the folder in place. A process killed at any
moment leaves at most a scratch folder, which the next build sweeps away. Processes wait for each other with a `flock`.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from retrieval.errors import ModelError

MANIFEST = "manifest.json"
_FILES, _SOURCE = "files", "source"
_CHUNK = 1 << 22

Source = Mapping[str, str]
"""What a folder was made from: versions and hashes."""


def ensure_folder(folder: Path, source: Source, fill: Callable[[Path], None]) -> bool:
    """Make sure that `folder` is complete and was made from `source`; `fill` writes its files if it isn't.

    Returns whether it was built. Raises ModelError if the disk cannot be written.
    """
    if is_whole(folder, source):
        return False
    with _writing(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
    with _only_process(folder):
        if is_whole(folder, source):
            return False
        scratch = folder.with_name(f"{_scratch_prefix(folder)}{uuid.uuid4().hex[:8]}")
        try:
            with _writing(folder):
                for left in folder.parent.glob(f"{_scratch_prefix(folder)}*"):
                    shutil.rmtree(left)
                scratch.mkdir()
                fill(scratch)
                _close(scratch, source)
                shutil.rmtree(folder, ignore_errors=True)
                os.replace(scratch, folder)
                _sync(folder.parent)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return True


def is_whole(folder: Path, source: Source) -> bool:
    """Return whether `folder` was made from `source` and every file has the size that its manifest names."""
    manifest = read_manifest(folder)
    if manifest is None or manifest.get(_SOURCE) != dict(source):
        return False
    files = manifest.get(_FILES)
    if not isinstance(files, dict) or not files:
        return False
    try:
        return all((folder / name).stat().st_size == size for name, size in files.items())
    except OSError:
        return False


def read_manifest(folder: Path) -> dict[str, object] | None:
    """Return the manifest of a complete folder, None without a readable one."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return manifest if isinstance(manifest, dict) else None


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal. Raises ModelError if it cannot be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}", "Copy the whole folder again.") from error
    return digest.hexdigest()


def _close(scratch: Path, source: Source) -> None:
    """Write every file through to the disk, and then the manifest."""
    files = sorted(path for path in scratch.iterdir() if path.is_file())
    for path in files:
        path.chmod(0o644)
        _sync(path)
    content = {_SOURCE: dict(source), _FILES: {path.name: path.stat().st_size for path in files}}
    manifest = scratch / MANIFEST
    manifest.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    _sync(manifest)
    _sync(scratch)


def _scratch_prefix(folder: Path) -> str:
    return f".{folder.name}-building-"


@contextlib.contextmanager
def _only_process(folder: Path) -> Iterator[None]:
    """Wait until no other process builds `folder`; the lock ends with its process."""
    with _writing(folder):
        lock = folder.with_name(f".{folder.name}.lock").open("a")
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Turn a full disk, a missing permission and the like into ModelError."""
    try:
        yield
    except OSError as error:
        raise ModelError(
            f"{folder} cannot be written: {error.strerror or error}",
            "Free space, correct the permissions, or choose another AISLE_CACHE.",
        ) from error


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
