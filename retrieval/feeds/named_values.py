"""Named values: the rows of a JSON, JSONL, CSV or TSV file, whichever it is, as names in snake_case and values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from retrieval.errors import FeedError
from retrieval.feeds.json_values import json_values
from retrieval.feeds.report import WHOLE_ROW, RowError
from retrieval.feeds.source import Source
from retrieval.feeds.table import Table, normal_name
from retrieval.feeds.values import shown


@dataclass(frozen=True, slots=True)
class NamedValues:
    """One row. `names` maps each normal name to the one in the file."""

    file: str
    line: int
    values: Mapping[str, Any]
    names: Mapping[str, str]

    def under(self, aliases: Mapping[str, tuple[str, ...]]) -> tuple[dict[str, Any], dict[str, str]]:
        """For each field its value under the first alias that the row has, and how the file spells that alias."""
        used = {
            field: next((alias for alias in aliases[field] if alias in self.values), aliases[field][0])
            for field in aliases
        }
        values = {field: self.values.get(alias) for field, alias in used.items()}
        return values, {field: self.names.get(alias, field) for field, alias in used.items()}


def named_values(
    source: Source, *required: tuple[str, ...], with_blank: bool = False
) -> Iterator[NamedValues | RowError]:
    """Every row of the file. Raises FeedError when it is neither JSON nor a table with a column for all that is required.

    Each of `required` lists the names of which a table must have one. `with_blank` also yields its rows without any value.
    """
    start = next((line.strip() for line in source.lines() if line.strip()), "").lstrip("\ufeff")
    if start.startswith(("{", "[")):
        yield from _json_rows(source)
        return
    table = Table.open(source)
    missing = [names[0] for names in required if not set(names) & set(table.columns)]
    if missing:
        raise FeedError(
            f"{source.name} is neither JSON nor a table with a column for {' and '.join(missing)}.",
            f"Its columns are: {', '.join(list(table.columns.values())[:20])[:400]}.",
        )
    for row in table.rows(with_blank):
        if isinstance(row, RowError):
            yield row
        else:
            yield NamedValues(source.name, row.line, row.cells, table.columns)


def _json_rows(source: Source) -> Iterator[NamedValues | RowError]:
    for value in json_values(source):
        if isinstance(value, RowError):
            yield value
            continue
        line, record = value
        if isinstance(record, dict):
            names = {normal_name(name): name for name in record}
            yield NamedValues(source.name, line, {normal: record[name] for normal, name in names.items()}, names)
        else:
            yield RowError(source.name, line, WHOLE_ROW, f"{shown(record)} is no object with names and values")
