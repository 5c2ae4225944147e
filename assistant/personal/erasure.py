"""Erasure: removes a customer from every store, then searches all of them and reports what is left.

Conversations, events, profile, addresses, carts, proposals, codes, and all that hangs on them are deleted. Orders stay, as accounts
must be kept, but belong to a nameless customer from then on, without address, payment label, tracking number and reasons.
"""

from __future__ import annotations

import json
import re
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection, Engine, Text, cast, delete, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from assistant.actions.owner import Owner
from assistant.order_tables import AuditRow, OrderRow, PaymentMethodRow, ReturnRow, ShipmentRow
from assistant.personal.belongings import Belongings, personal_tables
from assistant.personal.traces import Identity, Trace, files_in, flat, identity_in_file, traces
from assistant.tables import ConversationRow, TurnRow
from retrieval.errors import StoreError
from retrieval.store.database import table_of, writing
from retrieval.store.tables import CustomerRow
from retrieval.store.versions import Kind, raise_version

_KEPT = frozenset(
    {"orders", "order_lines", "shipments", "returns", "return_lines", "payments", "refunds", "order_audit"}
)
"""What is kept of orders, without what identifies a person."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was done. `deleted` counts rows by table, `orders` those that lost their customer, `files` lines or whole mails removed.

    `left` is what a search of every store still finds; an erasure is complete if it is empty.
    """

    deleted: Mapping[str, int]
    orders: int
    files: Mapping[str, int]
    left: tuple[Trace, ...]


def erase_customer(engine: Engine, customer_id: str, home: Path, transcripts: Sequence[Path] = ()) -> Erasure:
    """Erase a customer from the database, from mails in the home, and from JSON lines in its adapters and in `transcripts`.

    Done again, it goes on where it was stopped. Raises StoreError.
    """
    with writing(engine) as connection:
        known = Belongings.of(connection, customer_id)
        known = replace(known, conversations=(*known.conversations, *_by_address(connection, known)))
        known = known.with_shared_carts(connection)
        identity = Identity.of(connection, known)
        _unname_orders(connection, known)
        deleted = Counter[str]()
        for table in reversed(personal_tables()):
            for condition in known.conditions(table) if table.name not in _KEPT else ():
                deleted[table.name] += connection.execute(delete(table).where(condition)).rowcount
        for kind in (Kind.CUSTOMERS, Kind.ORDERS, Kind.EVENTS):
            raise_version(connection, kind)
    _overwrite_free_pages(engine)
    files = Counter[str]()
    for mail in (home / "outbox").glob("*.eml"):
        if identity_in_file(identity, mail):
            mail.unlink()
            files[str(mail)] += 1
    for folder in (home / "adapters", *transcripts):
        for path in files_in(folder):
            if path.suffix == ".jsonl" and (count := _drop_lines(identity, path)):
                files[str(path)] += count
    left = traces(engine, identity, (home, *transcripts))
    return Erasure(+deleted, len(known.orders), files, tuple(left))


def _by_address(connection: Connection, known: Belongings) -> list[str]:
    """Visitors' conversations in which the customer's e-mail address was written."""
    address = connection.scalar(select(CustomerRow.email).where(CustomerRow.id == known.customer_id))
    if not address:
        return []
    query = select(TurnRow.conversation_id, TurnRow.message).join(ConversationRow)
    query = query.where(
        ConversationRow.customer_id.is_(None), cast(TurnRow.message, Text).icontains(address, autoescape=True)
    )
    return list(dict.fromkeys(connection.scalars(query)))


def _unname_orders(connection: Connection, known: Belongings) -> None:
    """Leave orders to a nameless customer, and the audit, which also has the cart of who never ordered."""
    nobody = f"erased-{secrets.token_hex(8)}"
    if known.orders:
        connection.execute(insert(CustomerRow).values(id=nobody, name="", email=""))
        methods = connection.execute(
            select(table_of(PaymentMethodRow)).where(PaymentMethodRow.customer_id == known.customer_id)
        ).mappings().all()  # fmt: skip
        for method in methods:
            values = {**method, "customer_id": nobody, "label": "", "balance": None}
            connection.execute(insert(PaymentMethodRow).values(values))
    owner = Owner(customer_id=nobody).key
    changes = (
        (OrderRow, {"customer_id": nobody, "address_id": None, "cancel_reason": ""}),
        (ShipmentRow, {"tracking": ""}),
        (ReturnRow, {"reason": ""}),
        (AuditRow, {"owner": owner, "change": {}}),
    )
    for row, values in changes:
        for condition in known.conditions(table_of(row)):
            connection.execute(update(table_of(row)).where(condition).values(values))


def _overwrite_free_pages(engine: Engine) -> None:
    """SQLite keeps deleted rows in free pages and in its log until they are written over. PostgreSQL's own vacuum does that later."""
    if engine.dialect.name != "sqlite":
        return
    try:
        with engine.connect() as connection:
            raw = connection.connection.cursor()
            raw.execute("VACUUM")
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except SQLAlchemyError as error:
        raise StoreError(
            "The customer is deleted, but the file could not be compacted.", "Run the command again."
        ) from error


def _drop_lines(identity: Identity, path: Path) -> int:
    """Remove every line of a JSON lines file that names the customer; how many there were. The file changes whole or not at all."""
    patterns = [pattern for _, pattern in identity.patterns()]
    draft, count = path.with_name(f".{path.name}.part"), 0
    try:
        with path.open("rb") as old, draft.open("wb") as new:
            for line in old:
                if _names(line, patterns):
                    count += 1
                else:
                    new.write(line)
        if count:
            draft.chmod(path.stat().st_mode)
            draft.replace(path)
    except OSError as error:
        raise StoreError(
            f"{path} cannot be rewritten: {error.strerror}.", "Remove the customer there by hand."
        ) from error
    finally:
        draft.unlink(missing_ok=True)
    return count


def _names(line: bytes, patterns: Sequence[re.Pattern[str]]) -> bool:
    text = line.decode("utf-8", "replace")
    with suppress(ValueError, RecursionError):
        text = f"{text}\n{flat(json.loads(text))}"  # letters may be written as \u escapes
    return any(pattern.search(text) for pattern in patterns)
