"""Upsert: adds new rows, changes known ones, leaves equal ones alone, and counts each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, delete, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

Values = Mapping[str, Any]
"""One row: its columns' names and what they hold."""

Identity = tuple[Any, ...]
"""What a row's key columns hold."""

_BATCH = 200  # rows per statement: both databases limit the parameters of one


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an upsert did, in records. `hidden` names those of the removed ones that the shop hides, each with the reason."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    hidden: Mapping[str, str] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        """The four numbers by name."""
        return {
            "added": self.added,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "removed": self.removed,
        }

    @property
    def has_changes(self) -> bool:
        """Whether any record is other than before."""
        return bool(self.added or self.changed or self.removed)

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(
            self.added + other.added,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.removed + other.removed,
            {**self.hidden, **other.hidden},
        )


def upsert(
    connection: Connection, table: Table, key: Sequence[str], incoming: Iterable[Values]
) -> tuple[Outcome, set[Identity]]:
    """Puts rows into `table`, known by the columns named in `key`; of two with the same key the later one stays.

    Every row names the same columns. Returns what that changed, and the keys of the incoming rows.
    """
    outcome, identities = Outcome(), set[Identity]()
    rows = iter(incoming)
    while batch := {tuple(row[name] for name in key): row for row in islice(rows, _BATCH)}:
        outcome += _put(connection, table, key, batch)
        identities.update(batch)
    return outcome, identities


def _put(connection: Connection, table: Table, key: Sequence[str], batch: Mapping[Identity, Values]) -> Outcome:
    names = list(next(iter(batch.values())))
    query = select(*(table.c[name] for name in names)).where(_among(table, key, batch))
    known = {tuple(row[name] for name in key): dict(row) for row in connection.execute(query).mappings()}
    different = [row for identity, row in batch.items() if known.get(identity) != row]
    if different:
        insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
        others = {name: insert.excluded[name] for name in names if name not in key}
        connection.execute(insert.on_conflict_do_update(index_elements=list(key), set_=others), different)
    changed = len(known) - (len(batch) - len(different))
    return Outcome(added=len(batch) - len(known), changed=changed, unchanged=len(batch) - len(different))


def remove(connection: Connection, table: Table, key: Sequence[str], identities: Sequence[Identity]) -> Outcome:
    """Removes the rows with these keys, all of which must be there."""
    for start in range(0, len(identities), _BATCH):
        connection.execute(delete(table).where(_among(table, key, identities[start : start + _BATCH])))
    return Outcome(removed=len(identities))


def _among(table: Table, key: Sequence[str], identities: Iterable[Any]) -> Any:
    return tuple_(*(table.c[name] for name in key)).in_(list(identities))
