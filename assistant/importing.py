"""Importing: reads a shop's files to the end and keeps all good rows, so that storing them can be one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from retrieval.errors import FeedError
from retrieval.feeds.report import FeedRow, RowError, RowWarning, Skipped
from retrieval.feeds.source import Source

Record = TypeVar("Record")
Report = Callable[[RowError | RowWarning | FeedError], None]
"""Called with each row that is bad or was mended and each file that is unreadable, as soon as it is met."""
Progress = Callable[[int, int], None]
"""Called with how many bytes of a file have been read, and how many it has."""

_EVERY = 200  # rows between two reports of progress


@dataclass(slots=True)
class Reading(Generic[Record]):
    """What a set of files held. `mended` counts faults that were mended, `skipped` what was left out on purpose, by reason."""

    records: list[Record] = field(default_factory=list)
    bad_rows: int = 0
    bad_files: int = 0
    mended: int = 0
    skipped: Counter[str] = field(default_factory=Counter)

    @property
    def is_complete(self) -> bool:
        """Whether every row of every file could be read."""
        return not self.bad_rows and not self.bad_files

    @property
    def exit_code(self) -> int:
        """0 when all is good, 1 when some rows or files are bad, 2 when nothing could be read."""
        if not self.records:
            return 2
        return 0 if self.is_complete else 1


def read_files(
    paths: Iterable[Path],
    read: Callable[[Source], Iterator[FeedRow[Record]]],
    report: Report,
    progress: Progress,
    files_in: Callable[[Path], Sequence[Path]],
) -> Reading[Record]:
    """Reads every file in `paths`; what is bad is reported and counted, and never stops the rest.

    `files_in` names the files that one path stands for, such as those of a folder.
    """
    reading: Reading[Record] = Reading()
    for path in paths:
        try:
            for file in files_in(path):
                source = Source.open(file)
                _add(reading, source, read(source), report, progress)
        except FeedError as error:
            reading.bad_files += 1
            report(error)
    return reading


def _add(
    reading: Reading[Record], source: Source, rows: Iterator[FeedRow[Record]], report: Report, progress: Progress
) -> None:
    for number, row in enumerate(rows):
        if isinstance(row, RowError):
            reading.bad_rows += not row.is_further
            report(row)
        elif isinstance(row, RowWarning):
            reading.mended += 1
            report(row)
        elif isinstance(row, Skipped):
            reading.skipped[row.reason] += 1
        else:
            reading.records.append(row)
        if number % _EVERY == 0:
            progress(source.position, source.size)
