"""Change: one promotion or rollback, and the file that holds them all.

What serves is what the last change says. The file is replaced as a whole: a process that is killed at any moment leaves the
old one or the new one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from retrieval.errors import AdapterError

FORMAT = 1
"""Raised when the layout of the file changes."""


class Action(StrEnum):
    """How a change came about."""

    PROMOTE = "promote"
    ROLLBACK = "rollback"


@dataclass(frozen=True, slots=True)
class Change:
    """From `before` to `adapter`, names of the registry. `digest` is that of the adapter's files, "" for none at all.

    `forced` tells that the judging spoke against it; `reason` is what `by`, an account of this machine, gave for it.
    """

    action: Action
    adapter: str
    before: str
    time: datetime
    by: str
    digest: str = ""
    forced: bool = False
    reason: str = ""


_CHANGES: TypeAdapter[tuple[Change, ...]] = TypeAdapter(tuple[Change, ...])


def read_changes(path: Path) -> tuple[Change, ...]:
    """All changes, the first one first; none where there is no file. Raises AdapterError for a damaged file."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        if stored["format"] != FORMAT:
            raise ValueError(f"its format is {stored['format']!r}, and this Aisle reads {FORMAT}")
        return _CHANGES.validate_python(stored["changes"])
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError, ValidationError) as error:
        raise AdapterError(
            f"{path}, which says what adapter serves, cannot be read: {str(error).splitlines()[0]}",
            "Restore it from a backup, or remove it, which makes the shipped adapter serve, and promote again.",
        ) from error


def write_changes(path: Path, changes: Sequence[Change]) -> None:
    """Replaces the file at once; what it held before stands until the new content is on the disk."""
    stored: dict[str, Any] = {"format": FORMAT, "changes": _CHANGES.dump_python(tuple(changes), mode="json")}
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(json.dumps(stored, indent=2, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes the names in `folder` outlast a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def promoted(changes: Sequence[Change], first: str) -> list[str]:
    """The adapters to which one can go back, `first` at the bottom and the one that serves on top."""
    stack = [first]
    for change in changes:
        if change.action is Action.ROLLBACK:
            stack = stack[:-1] or [first]
        else:
            stack.append(change.adapter)
    return stack
