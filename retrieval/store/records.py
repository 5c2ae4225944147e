"""Records: the shop's products, FAQs, customers and events in the database.

Putting the same records in twice changes nothing. Each call is one transaction, and raises the version of the data if it
changes anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy import Connection, Engine, Table, literal, select

from retrieval.catalog.catalog import Catalog
from retrieval.catalog.customer import Customer, Event
from retrieval.catalog.faq import Faq
from retrieval.catalog.product import Product
from retrieval.store.database import Base, reading, storable, table_of, writing
from retrieval.store.removal import EVERYTHING_ELSE, NOTHING, Removal
from retrieval.store.rows import customer_of, event_of, event_values, faq_of, faq_values, product_of, product_values
from retrieval.store.snapshot import Snapshot
from retrieval.store.tables import CustomerRow, EventRow, FaqRow, ProductRow
from retrieval.store.upsert import Outcome, Values, remove, upsert
from retrieval.store.versions import DataVersion, Kind, raise_version, read_version

_TABLES: Mapping[Kind, type[Base]] = {
    Kind.PRODUCTS: ProductRow,
    Kind.FAQS: FaqRow,
    Kind.CUSTOMERS: CustomerRow,
    Kind.EVENTS: EventRow,
}


class Records:
    """The shop's records in one database. Every method raises StoreError where the database fails."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def upsert_products(
        self, products: Iterable[Product], replace: bool = False, removal: Removal | None = None
    ) -> Outcome:
        """Adds new products and changes known ones, and removes those of `removal`.

        Without a `removal`, `replace` removes all that are not among `products`.
        """
        return self._upsert(Kind.PRODUCTS, ("id",), map(product_values, products), _removal(replace, removal))

    def upsert_faqs(self, faqs: Iterable[Faq], replace: bool = False, removal: Removal | None = None) -> Outcome:
        """Adds new FAQs and changes known ones, and removes those of `removal`, like `upsert_products`."""
        return self._upsert(Kind.FAQS, ("id",), map(faq_values, faqs), _removal(replace, removal))

    def upsert_customers(self, customers: Iterable[Customer]) -> Outcome:
        """Adds new customers and changes known ones."""
        return self._upsert(Kind.CUSTOMERS, ("id",), map(asdict, customers))

    def upsert_events(self, events: Iterable[Event]) -> Outcome:
        """Adds events that are not known yet: the same act on the same product at the same moment is one event."""
        key = ("customer_id", "time", "product_id", "kind")
        return self._upsert(Kind.EVENTS, key, map(event_values, events))

    def catalog(self) -> Catalog:
        """Every product and FAQ, in the order in which they first came."""
        with reading(self._engine) as connection:
            return _catalog(connection)

    def version(self) -> DataVersion:
        """The version of the records now."""
        with reading(self._engine) as connection:
            return read_version(connection)

    def snapshot(self) -> Snapshot:
        """Products, FAQs and events as they are at one moment, and their version."""
        with reading(self._engine) as connection:
            return Snapshot(read_version(connection), _catalog(connection), _events(connection, None))

    def customer(self, customer_id: str) -> Customer | None:
        """The customer with exactly this id."""
        if not storable(customer_id):
            return None
        query = select(table_of(CustomerRow)).where(CustomerRow.id == customer_id)
        with reading(self._engine) as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else customer_of(row)

    def customer_ids(self) -> frozenset[str]:
        """The id of every customer."""
        with reading(self._engine) as connection:
            return frozenset(connection.scalars(select(CustomerRow.id)))

    def product_ids(self) -> frozenset[str]:
        """The id of every product."""
        with reading(self._engine) as connection:
            return frozenset(connection.scalars(select(ProductRow.id)))

    def events(self, since: datetime | None = None) -> Sequence[Event]:
        """Every event at or after `since`, oldest first."""
        with reading(self._engine) as connection:
            return _events(connection, since)

    def _upsert(
        self, kind: Kind, key: Sequence[str], incoming: Iterator[Values], removal: Removal = NOTHING
    ) -> Outcome:
        with writing(self._engine) as connection:
            table = table_of(_TABLES[kind])
            outcome, identities = upsert(connection, table, key, incoming)
            if removal != NOTHING:
                outcome += _remove(connection, table, removal, {str(id) for (id,) in identities})
            if outcome.has_changes:
                raise_version(connection, kind)
        return outcome


def _removal(replace: bool, removal: Removal | None) -> Removal:
    return removal or (EVERYTHING_ELSE if replace else NOTHING)


def _remove(connection: Connection, table: Table, removal: Removal, imported: Set[str]) -> Outcome:
    """Removes the rows of `table`, which has ids and may have groups, that `removal` names."""
    group = table.c.get("item_group_id", literal(""))
    stored = [(id, of) for id, of in connection.execute(select(table.c.id, group))]
    hidden = removal.hides(stored, imported)
    gone = [id for id in removal.gone(stored, imported) if id not in hidden]
    outcome = remove(connection, table, ("id",), [(id,) for id in (*hidden, *gone)])
    return replace(outcome, hidden=hidden)


def _catalog(connection: Connection) -> Catalog:
    products = connection.execute(select(table_of(ProductRow)).order_by(ProductRow.number)).mappings().all()
    faqs = connection.execute(select(table_of(FaqRow)).order_by(FaqRow.number)).mappings().all()
    return Catalog(map(product_of, products), map(faq_of, faqs))


def _events(connection: Connection, since: datetime | None) -> Sequence[Event]:
    query = select(table_of(EventRow))
    if since is not None:
        query = query.where(EventRow.time >= since)
    order = (EventRow.time, EventRow.customer_id, EventRow.product_id, EventRow.kind)
    return [event_of(row) for row in connection.execute(query.order_by(*order)).mappings()]
