"""Rehearsed: how the shop's rehearsal went with an adapter, as it stands in the adapter's `rehearsal.json`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from pydantic import TypeAdapter, ValidationError

from retrieval.errors import AdapterError

REHEARSAL_FILE = "rehearsal.json"


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """The latest rehearsal of the adapter with this `digest`; `failed` names the conversations that did not pass."""

    time: datetime
    digest: str
    conversations: int
    failed: tuple[str, ...]

    @property
    def objections(self) -> tuple[str, ...]:
        """Why the adapter must not serve, in words; none if every conversation passed."""
        if not self.failed:
            return ()
        return (f"its rehearsal failed in {len(self.failed)} of {self.conversations}: {', '.join(self.failed)}",)

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """The rehearsal kept in `folder`; None if there was none. Raises AdapterError."""
        path = folder / REHEARSAL_FILE
        try:
            return TypeAdapter(cls).validate_json(path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValidationError) as error:
            raise AdapterError(
                f"{path} cannot be read as a rehearsal", "Rehearse again with `aisle rehearse`."
            ) from error

    def write(self, folder: Path) -> None:
        """Keep it in `folder`, in the place of an earlier one. Raises AdapterError."""
        path = folder / REHEARSAL_FILE
        try:
            path.write_bytes(TypeAdapter(type(self)).dump_json(self, indent=2))
        except OSError as error:
            raise AdapterError(f"{path} cannot be written: {error.strerror}", "Correct its permissions.") from error
