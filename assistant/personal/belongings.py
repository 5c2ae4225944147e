"""Belongings: which rows of the database are of one customer.

Tables say it by their columns: `customer_id`, `conversation_id`, `order_id`, and `owner` (an `Owner.key`). A table with none of
them has to be named in IMPERSONAL; a test holds that, so that a new table is never forgotten.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import ColumnElement, Connection, Table, or_, select
from sqlalchemy.orm import InstrumentedAttribute

import assistant.tables  # noqa: F401 - declares every table
from assistant.order_tables import OrderRow
from assistant.tables import ConversationRow, ProvedOrderRow
from retrieval.store.database import Base
from retrieval.store.tables import CustomerRow

IMPERSONAL = frozenset(
    {"products", "faqs", "data_versions", "staff", "staff_sessions", "api_keys", "attempts", "desk_presence"}
)
"""Tables about the shop and its staff, and counts under hashed keys that end within an hour."""

_BATCH = 200  # ids per statement: both databases limit the parameters of one


@dataclass(frozen=True, slots=True)
class Belongings:
    """One customer, with the ids of their conversations and orders. `conversations` includes visitors' that proved an order of theirs.

    `carts` are the ids of other conversations under which visitors' carts of theirs are kept.
    """

    customer_id: str
    conversations: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    carts: tuple[str, ...] = ()
    owners: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        owners = [["customer", self.customer_id], *(["customer", self.customer_id, order] for order in self.orders)]
        owners += [["visitor", conversation] for conversation in dict.fromkeys((*self.conversations, *self.carts))]
        object.__setattr__(self, "owners", tuple(map(json.dumps, owners)))

    @classmethod
    def of(cls, connection: Connection, customer_id: str) -> Belongings:
        """What belongs to the customer with this id, who need not exist."""
        own = select(ConversationRow.id).where(ConversationRow.customer_id == customer_id)
        proved = select(ProvedOrderRow.conversation_id).where(ProvedOrderRow.customer_id == customer_id)
        orders = select(OrderRow.id).where(OrderRow.customer_id == customer_id)
        conversations = dict.fromkeys((*connection.scalars(own), *connection.scalars(proved)))
        return cls(customer_id, tuple(conversations), tuple(connection.scalars(orders)))

    def with_shared_carts(self, connection: Connection) -> Belongings:
        """These belongings with the visitors' conversations that share a cart with one of theirs, and with those carts."""
        named = ConversationRow.thread["cart"].as_string()
        carts = dict.fromkeys(self.conversations)
        for theirs in _any_of(ConversationRow.id, self.conversations):
            carts |= dict.fromkeys(connection.scalars(select(named).where(theirs, named != "")))
        for begun in _any_of(ConversationRow.id, tuple(carts)):
            others = select(ConversationRow.id).where(begun, ConversationRow.customer_id != self.customer_id)
            for foreign in connection.scalars(others).all():
                del carts[foreign]
        conversations = dict.fromkeys(self.conversations)
        for sharing in (*_any_of(ConversationRow.id, tuple(carts)), *_any_of(named, tuple(carts))):
            visitors = select(ConversationRow.id).where(sharing, ConversationRow.customer_id.is_(None))
            conversations |= dict.fromkeys(connection.scalars(visitors))
        return replace(self, conversations=tuple(conversations), carts=tuple(carts))

    def conditions(self, table: Table) -> list[ColumnElement[bool]]:
        """Which rows of `table` are theirs, in several conditions of limited length; [] for an impersonal table."""
        found: list[ColumnElement[bool]] = []
        if table.name == CustomerRow.__tablename__:
            found.append(table.c.id == self.customer_id)
        if table.name == ConversationRow.__tablename__:
            found += _any_of(table.c.id, self.conversations)
        for column, values in self._columns.items():
            if column in table.c:
                found += _any_of(table.c[column], values)
        return found

    def where(self, table: Table) -> list[ColumnElement[bool]]:
        """`conditions` in one, or none."""
        conditions = self.conditions(table)
        return [or_(*conditions)] if conditions else []

    @property
    def _columns(self) -> Mapping[str, Sequence[str]]:
        return {
            "customer_id": (self.customer_id,),
            "conversation_id": self.conversations,
            "order_id": self.orders,
            "owner": self.owners,
        }


PERSONAL_COLUMNS = frozenset({"customer_id", "conversation_id", "order_id", "owner"})
"""Columns that say whose a row is."""


def personal_tables() -> list[Table]:
    """Every table that may hold rows of a customer, those that refer to others last."""
    return [
        table
        for table in Base.metadata.sorted_tables
        if table.name in (CustomerRow.__tablename__, ConversationRow.__tablename__)
        or PERSONAL_COLUMNS & set(table.c.keys())
    ]


def _any_of(
    column: ColumnElement[str] | InstrumentedAttribute[str], values: Sequence[str]
) -> list[ColumnElement[bool]]:
    return [column.in_(values[start : start + _BATCH]) for start in range(0, len(values), _BATCH)]
