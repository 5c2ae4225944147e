"""Export: everything that is known of one customer, as JSON by table."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, Table, select

from assistant.personal.belongings import Belongings, personal_tables
from retrieval.errors import AisleError
from retrieval.store.database import reading, storable
from retrieval.store.tables import CustomerRow


class NoSuchCustomer(AisleError):
    """Nothing is known of a customer."""


def customer_id_of(engine: Engine, named: str) -> str:
    """The id of the customer whose id or e-mail address is `named`. Raises NoSuchCustomer if none or several are."""
    with reading(engine) as connection:
        ids = select(CustomerRow.id)
        if storable(named) and connection.scalar(ids.where(CustomerRow.id == named)):
            return named
        rows = connection.execute(select(CustomerRow.id, CustomerRow.email).where(CustomerRow.email != "")).all()
        found = [row.id for row in rows if row.email.strip().casefold() == named.strip().casefold()]
        if len(found) > 1:
            raise NoSuchCustomer(
                f"Several customers have the address {named!r}: {', '.join(found)}.", "Name one by its id."
            )
        if found:
            return str(found[0])
        if storable(named):
            known = Belongings.of(connection, named)
            if any(_rows(connection, known, table) for table in personal_tables()):
                return named
    raise NoSuchCustomer(f"Nothing is known of a customer {named!r}.", "Name one by id or e-mail address.")


def export_customer(engine: Engine, customer_id: str) -> dict[str, list[dict[str, Any]]]:
    """Every row that belongs to the customer, by table; moments in ISO 8601, decimals as text."""
    with reading(engine) as connection:
        known = Belongings.of(connection, customer_id)
        tables = {table.name: _rows(connection, known, table) for table in personal_tables()}
    return {name: rows for name, rows in tables.items() if rows}


def _rows(connection: Any, known: Belongings, table: Table) -> list[dict[str, Any]]:
    conditions = known.where(table)
    if not conditions:
        return []
    found = connection.execute(select(table).where(*conditions).order_by(*table.primary_key)).mappings()
    secret = ("hash",)
    return [{name: _plain(value) for name, value in row.items() if name not in secret} for row in found]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
