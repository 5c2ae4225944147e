"""Importing: reads a shop's files to the end and keeps all good rows, so that storing them can be one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Generic, TypeVar

from retrieval.errors import FeedError
from retrieval.feeds.report import MISSING, FeedRow, RowError, RowWarning, Skipped
from retrieval.feeds.source import Source
from retrieval.store.removal import Removal

Record = TypeVar("Record")
Report = Callable[[RowError | RowWarning | FeedError], None]
"""Called with each row that is bad or was mended and each file that is unreadable, as soon as it is met."""
Progress = Callable[[int, int], None]
"""Called with how many bytes of a file have been read, and how many it has."""

_EVERY = 200  # rows between two reports of progress


@dataclass(slots=True)
class Reading(Generic[Record]):
    """What a set of files held. `mended` counts faults that were mended; `skipped` is what was left out on purpose.

    `by_file` counts the records of each file. `bad_ids` are the ids that bad rows name, and `nameless` says where the first bad row is that names none, "" if all do.
    """

    records: list[Record] = field(default_factory=list)
    bad_rows: int = 0
    bad_files: int = 0
    mended: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    bad_ids: set[str] = field(default_factory=set)
    nameless: str = ""
    by_file: dict[str, int] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """Whether every row of every file could be read."""
        return not self.bad_rows and not self.bad_files

    @property
    def left_out(self) -> dict[str, list[Skipped]]:
        """What was left out on purpose, by reason."""
        found: dict[str, list[Skipped]] = {}
        for row in self.skipped:
            found.setdefault(row.reason, []).append(row)
        return found

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to store and no id of a record to remove."""
        return not self.records and not any(row.id for row in self.skipped)

    def removal(self, replace: bool) -> Removal:
        """What these files remove: the records that they hide and, with `replace`, all others that they do not name.

        A bad row may be about any record whose id it does not say: as long as there is such a row, `replace` removes nothing.
        """
        return Removal(
            hidden={id: row.reason for row in self.skipped for id in (row.id, *row.parts) if id},
            hidden_groups={row.id: row.reason for row in self.skipped if row.id and row.is_whole},
            others=replace and not self.bad_files and not self.nameless,
            kept=frozenset(self.bad_ids),
        )

    @property
    def exit_code(self) -> int:
        """0 when all is good, 1 when some rows or files are bad, 2 when nothing could be read."""
        if self.is_empty:
            return 2
        return 0 if self.is_complete else 1


def read_files(
    paths: Iterable[Path],
    read: Callable[[Source], Iterator[FeedRow[Record]]],
    report: Report,
    progress: Progress,
    files_in: Callable[[Path], Sequence[Path]],
    may_be_empty: bool = False,
) -> Reading[Record]:
    """Reads every file in `paths`; what is bad is reported and counted, and never stops the rest.

    `files_in` names the files that one path stands for, such as those of a folder. With `may_be_empty` a table without rows and an empty
    list are good files.
    """
    reading: Reading[Record] = Reading()
    for path in paths:
        try:
            files = files_in(path)
        except FeedError as error:
            reading.bad_files += 1
            report(error)
            continue
        for file in files:
            before = len(reading.records)
            try:
                source = Source.open(file)
                count = _add(reading, source, read(source), report, progress)
                if not count and not (may_be_empty and _has_no_rows(source)):
                    raise FeedError(
                        f"{source.name} has {_nothing_in(source)}.", "Look at what wrote it, or leave it out."
                    )
            except FeedError as error:
                reading.bad_files += 1
                report(error)
            else:
                reading.by_file[source.name] = len(reading.records) - before
    return reading


def _add(
    reading: Reading[Record], source: Source, rows: Iterator[FeedRow[Record]], report: Report, progress: Progress
) -> int:
    """Add what `rows` hold to `reading`. Returns how many there were, bad ones included."""
    number = -1
    for number, row in enumerate(rows):
        if isinstance(row, RowError):
            row = _with_cells(row, source)
            reading.bad_rows += not row.is_further
            if row.id:
                reading.bad_ids.add(row.id)
            else:
                reading.nameless = reading.nameless or f"{row.file}:{row.line}"
            report(row)
        elif isinstance(row, RowWarning):
            reading.mended += 1
            report(row)
        elif isinstance(row, Skipped):
            reading.skipped.append(row)
        else:
            reading.records.append(row)
        if number % _EVERY == 0:
            progress(source.position, source.size)
    return number + 1


def _with_cells(error: RowError, source: Source) -> RowError:
    """`error` with how many cells its row has, if a field is missing because the row of a table ends before it."""
    count = source.short_rows.get(error.line)
    if count is None or error.reason != MISSING or error.field in source.columns[:count]:
        return error
    return replace(error, reason=f"{MISSING}: the row has {count} of the {len(source.columns)} cells of the header")


def _nothing_in(source: Source) -> str:
    """What a file without any record holds."""
    return "a header and no rows" if _is_header(source, _first_lines(source)) else "no records"


def _has_no_rows(source: Source) -> bool:
    """Whether a file is a header without rows, or an empty list in JSON."""
    lines = _first_lines(source)
    return _is_header(source, lines) or "".join(lines) == "[]"


def _is_header(source: Source, lines: Sequence[str]) -> bool:
    return len(lines) == 1 and len(source.columns) > 1


def _first_lines(source: Source) -> list[str]:
    return list(islice((line.strip() for line in source.lines() if line.strip()), 2))
