"""Versions: how often the records of each kind were changed, so that a running server notices a change by one small query.

Whoever changes records calls `raise_version` in the same transaction: a reader sees both, or neither.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from retrieval.store.database import table_of
from retrieval.store.tables import VersionRow


class Kind(StrEnum):
    """The kinds of records that a shop imports."""

    PRODUCTS = "products"
    FAQS = "faqs"
    CUSTOMERS = "customers"
    ORDERS = "orders"
    EVENTS = "events"


@dataclass(frozen=True, slots=True)
class DataVersion:
    """How many changes each kind of record has seen in one database; 0 before the first."""

    products: int = 0
    faqs: int = 0
    customers: int = 0
    orders: int = 0
    events: int = 0

    @property
    def number(self) -> int:
        """All changes together. It rises with every import that changes anything."""
        return sum(asdict(self).values())

    @property
    def in_memory(self) -> tuple[int, int, int]:
        """The changes of what a server keeps in memory; customers and orders are read from the database every time."""
        return self.products, self.faqs, self.events


def raise_version(connection: Connection, kind: Kind) -> None:
    """Count one change of `kind`, in the transaction of `connection`."""
    table = table_of(VersionRow)
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
    counted = insert.on_conflict_do_update(index_elements=["kind"], set_={"number": table.c.number + 1})
    connection.execute(counted, {"kind": kind.value, "number": 1})


def read_version(connection: Connection) -> DataVersion:
    """The version of the records that `connection` sees."""
    rows = connection.execute(select(VersionRow.kind, VersionRow.number))
    known = set(Kind)
    return DataVersion(**{kind: number for kind, number in rows if kind in known})
