"""RowError, RowWarning and Skipped: what became of a row that is no record, or not the one that was written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from typing import TypeAlias, TypeVar

WHOLE_ROW = "(row)"
"""Stands for the field where the fault is not in one field."""

MISSING = "is missing or empty"
"""What is wrong with a field that has no value."""


@dataclass(frozen=True, slots=True)
class RowError:
    """A row that could not be read. `line` counts from 1; `field` is named as in the file.

    `is_further` marks all but the first fault of a row: several rows may stand on one line, so the line does not tell them apart.
    `id` is the id of the record that the row is about, "" if that could not be read either.
    """

    file: str
    line: int
    field: str
    reason: str
    id: str = dataclass_field(default="", compare=False)
    is_further: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: {self.reason}"


@dataclass(frozen=True, slots=True)
class RowWarning:
    """A fault in a row that was mended; its record follows. `reason` says what was wrong and what was done about it."""

    file: str
    line: int
    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: {self.reason} (mended)"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that was left out on purpose, such as an unpublished draft.

    Records that are stored under `id` or one of `parts`, the sections of a page, must be removed: customers must not see
    them. If `is_whole`, the row is a product with all of its variants, so products whose group is `id` must be removed too.
    """

    file: str
    line: int
    reason: str
    id: str = ""
    is_whole: bool = False
    parts: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Where the row is, and what it is about: "TP-127 (products.csv:12)"."""
        place = f"{self.file}:{self.line}"
        return f"{self.id} ({place})" if self.id else place


def of_one_row(errors: Iterable[RowError]) -> Iterator[RowError]:
    """Yield the faults of one row, all but the first marked as further ones."""
    return (replace(error, is_further=number > 0) for number, error in enumerate(errors))


Record = TypeVar("Record")
FeedRow: TypeAlias = Record | RowError | RowWarning | Skipped
"""What reading a feed yields for one row."""
