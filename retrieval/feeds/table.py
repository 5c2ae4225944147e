"""Table: rows of a delimited text file (CSV, TSV, semicolons, bars), each with the line on which it begins."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from retrieval.errors import FeedError
from retrieval.feeds.report import WHOLE_ROW, RowError
from retrieval.feeds.source import Source

_DELIMITERS = "\t;,|"
_MOST_LINES = 2_000  # of one quoted cell; beyond that a quotation mark is missing


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: cells by normal column name, only those that are not blank."""

    line: int
    cells: Mapping[str, str]


class Table:
    """A header and the rows under it. `columns` maps normal names to those in the file, in its order; `delimiter` divides cells."""

    def __init__(self, source: Source, columns: Mapping[str, str], delimiter: str, header_line: int) -> None:
        self.source = source
        self.columns = columns
        self.delimiter = delimiter
        self._header_line = header_line

    @classmethod
    def open(cls, source: Source) -> Table:
        """Reads the header and finds the delimiter in it. Raises FeedError when there is no header."""
        for number, line in enumerate(source.lines(), start=1):
            if not line.strip() or re.fullmatch(r"sep=.", line.strip()):
                continue
            try:
                splits = {
                    delimiter: next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
                    for delimiter in _DELIMITERS
                }
            except csv.Error as error:
                raise FeedError(
                    f"{source.name}:{number}: no header can be read: {error}.", "Export it again."
                ) from error
            delimiter = max(_DELIMITERS, key=lambda candidate: len(splits[candidate]))
            columns: dict[str, str] = {}
            for place, name in enumerate(splits[delimiter], start=1):
                normal = normal_name(name) or "column"
                columns[f"{normal}_{place}" if normal in columns else normal] = name.strip()
            return cls(source, columns, delimiter, number)
        raise FeedError(f"{source.name} is empty.", "Export it again.")

    def rows(self, with_blank: bool = False) -> Iterator[TableRow | RowError]:
        """Every row that is not blank. One that breaks the table is reported, and reading goes on after it.

        `with_blank` also yields rows whose cells are all blank; an empty line is no row.
        """
        lines = self.source.lines()
        for _ in range(self._header_line):
            next(lines)
        names = list(self.columns)
        self.source.columns = tuple(self.columns.values())
        for line, cells in _records(lines, self.delimiter, len(names), self._header_line + 1):
            if isinstance(cells, str):
                yield RowError(self.source.name, line, WHOLE_ROW, cells)
                continue
            if 0 < len(cells) < len(names):
                self.source.short_rows[line] = len(cells)
            if filled := {name: cell for name, cell in zip(names, cells, strict=False) if cell.strip()}:
                yield TableRow(line, filled)
            elif with_blank and cells:
                yield TableRow(line, {})


@lru_cache(maxsize=2048)  # the same few names in every row
def normal_name(name: str) -> str:
    """A column's or property's name in snake_case: "g:image link", "imageLink" and "Image-Link" are one."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip().removeprefix("g:"))
    return re.sub(r"\W+", "_", spaced.replace("\ufeff", "")).strip("_").lower()


def _records(
    lines: Iterable[str], delimiter: str, width: int, first_line: int
) -> Iterator[tuple[int, list[str] | str]]:
    """Each record's first line and its cells, or what is wrong with it.

    A quotation mark that is never closed swallows the rows after it: a record of several lines that is not well
    formed or does not fit the header is therefore given up after its first line.
    """
    source = iter(lines)
    waiting: deque[str] = deque()
    line = first_line
    while True:
        taken: list[str] = []
        cells = _record(_taking(waiting, source, taken), delimiter, width, taken)
        if not taken:
            return
        used = 1 if isinstance(cells, str) else len(taken)
        waiting.extendleft(reversed(taken[used:]))
        yield line, cells
        line += used


def _taking(waiting: deque[str], source: Iterator[str], taken: list[str]) -> Iterator[str]:
    while len(taken) < _MOST_LINES:
        line = waiting.popleft() if waiting else next(source, None)
        if line is None:
            return
        taken.append(line)
        yield line


def _record(lines: Iterator[str], delimiter: str, width: int, taken: list[str]) -> list[str] | str:
    try:
        cells = next(csv.reader(lines, delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error as error:
        return f"the row cannot be read: {error}"
    extra = [cell for cell in cells[width:] if cell.strip()]
    if len(taken) > 1 and (extra or not _is_well_formed(taken, delimiter)):
        return "a quotation mark is not closed"
    return f"has {len(cells)} cells under a header of {width}" if extra else cells


def _is_well_formed(lines: list[str], delimiter: str) -> bool:
    try:
        return len(list(csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True))) == 1
    except csv.Error:
        return False
