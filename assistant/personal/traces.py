"""Traces: searches every store for what identifies one customer, and says where it still is.

Identity is the customer's id, e-mail address, full name, streets, tracking numbers and the ids of their conversations. Searched are
every text column of every table in the database, every file in the home, and the folders that are named.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, Table, select
from sqlalchemy.types import JSON, String

from assistant.order_tables import AddressRow, ShipmentRow
from assistant.personal.belongings import Belongings
from retrieval.store.database import reading
from retrieval.store.tables import CustomerRow

_BLOCK = 1 << 20
_SHORTEST = 4  # a name such as "Al" is in every other word
_LONG = 6  # of texts searched in binary files, where words have no bounds
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Trace:
    """Something of a customer that was found: what (a kind, never the value) and where."""

    what: str
    where: str


@dataclass(frozen=True, slots=True)
class Identity:
    """What identifies a customer: pairs of a kind, such as "e-mail", and a text."""

    texts: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, connection: Connection, known: Belongings) -> Identity:
        """What the database holds to identify the customer of `known`."""
        found = [("id", known.customer_id)] + [("conversation", id_) for id_ in known.conversations]
        customer = connection.execute(
            select(CustomerRow.name, CustomerRow.email).where(CustomerRow.id == known.customer_id)
        ).first()
        if customer is not None:
            found += [("name", customer.name), ("e-mail", customer.email)]
        addresses = select(AddressRow.name, AddressRow.line1).where(AddressRow.customer_id == known.customer_id)
        for address in connection.execute(addresses):
            found += [("name", address.name), ("street", address.line1)]
        shipments = ShipmentRow.__table__
        for condition in known.conditions(shipments):  # type: ignore[arg-type]
            found += [
                ("tracking number", number)
                for number in connection.scalars(select(ShipmentRow.tracking).where(condition))
            ]
        kept = {(what, text.strip()) for what, text in found if len(text.strip()) >= _SHORTEST or what == "id"}
        return cls(tuple(sorted(kept)))

    def patterns(self) -> list[tuple[str, re.Pattern[str]]]:
        """A pattern for each text: whole words, in any case, with any white space between them."""
        return [(what, _pattern(text)) for what, text in self.texts]


def traces(engine: Engine, identity: Identity, folders: Sequence[Path]) -> list[Trace]:
    """Everything that is left of `identity` in the database and in `folders`, at most 1,000 places. Raises StoreError."""
    found: list[Trace] = []
    for trace in (*_in_database(engine, identity), *_in_files(identity, folders)):
        found.append(trace)
        if len(found) == _MOST:
            break
    return found


def _in_database(engine: Engine, identity: Identity) -> Iterator[Trace]:
    schema = MetaData()
    with reading(engine) as connection:
        schema.reflect(connection)  # every table that there is, known to this version or not
        for table in schema.sorted_tables:
            columns = [column for column in table.c if isinstance(column.type, String | JSON)]
            if columns:
                yield from _in_table(connection, table, columns, identity)


def _in_table(connection: Connection, table: Table, columns: Sequence[Any], identity: Identity) -> Iterator[Trace]:
    patterns = identity.patterns()
    rows = connection.execution_options(yield_per=500).execute(select(*columns))
    counts: dict[tuple[str, str], int] = {}
    for row in rows:
        for column, value in zip(columns, row, strict=True):
            text = "" if value is None else value if isinstance(value, str) else flat(value)
            for what, pattern in patterns:
                if text and pattern.search(text):
                    counts[what, column.name] = counts.get((what, column.name), 0) + 1
    for (what, column_name), count in sorted(counts.items()):
        yield Trace(what, f"database, {table.name}.{column_name}, {count} rows")


def _in_files(identity: Identity, folders: Iterable[Path]) -> Iterator[Trace]:
    for path in sorted({path.resolve() for folder in folders for path in files_in(folder)}):
        try:
            kinds = identity_in_file(identity, path)
        except OSError as error:
            yield Trace("not searched", f"{path}: {error.strerror}")
            continue
        for what in sorted(kinds):
            yield Trace(what, str(path))


def files_in(folder: Path) -> Iterator[Path]:
    """Every file in `folder`, or `folder` itself if it is one."""
    if folder.is_file():
        yield folder
    else:
        yield from (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def identity_in_file(identity: Identity, path: Path) -> set[str]:
    """Which of `identity` is in the file, packed with gzip or not. Raises OSError."""
    patterns = identity.patterns()
    longest = max((len(text.encode()) for _, text in identity.texts), default=0) + 8
    kinds: set[str] = set()
    tail = b""
    with path.open("rb") as file:
        packed = zlib.decompressobj(31) if file.peek(2)[:2] == b"\x1f\x8b" else None
        while block := file.read(_BLOCK):
            try:
                data = tail + (packed.decompress(block) if packed else block)
            except zlib.error:
                packed, data = None, tail + block
            if b"\0" in data:  # a database or an index, in which texts stand next to each other without a gap
                lower = data.lower()
                kinds |= {
                    what for what, text in identity.texts if len(text) >= _LONG and text.lower().encode() in lower
                }
            else:
                text = data.decode("utf-8", "replace")
                kinds |= {what for what, pattern in patterns if pattern.search(text)}
            tail = data[-longest:]
    return kinds


def flat(value: Any) -> str:
    """Every text in a JSON value, keys included."""
    if isinstance(value, dict):
        return "\n".join(flat(part) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return "\n".join(map(flat, value))
    return value if isinstance(value, str) else ""


def _pattern(text: str) -> re.Pattern[str]:
    words = r"\s+".join(map(re.escape, text.split()))
    return re.compile(rf"(?<![\w.+-]){words}(?![\w+-])", re.IGNORECASE)
