"""Export, erasure and retention of a customer's data, on SQLite and PostgreSQL."""

from __future__ import annotations

import gzip
import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select
from typer.testing import CliRunner

from assistant.access.mail import FileOutbox, Mail
from assistant.access.tables import OrderCodeRow
from assistant.actions.address import Address
from assistant.actions.database_backend import DatabaseBackend
from assistant.actions.order import OrderStatus
from assistant.actions.orders import Orders
from assistant.actions.owner import Owner
from assistant.actions.proposal import Done, Proposal
from assistant.actions.requests import AddToCart, ChangeAddress
from assistant.cli import build_app
from assistant.conversation.conversation import Turn
from assistant.conversation.rating import Thumb
from assistant.conversation.store import Store
from assistant.dialogue.thread import Thread
from assistant.order_tables import CartLineRow, OrderRow
from assistant.personal.belongings import IMPERSONAL, PERSONAL_COLUMNS, personal_tables
from assistant.personal.erasure import erase_customer
from assistant.personal.export import NoSuchCustomer, customer_id_of, export_customer
from assistant.personal.retention import Retention
from assistant.personal.traces import Identity, identity_in_file
from assistant.tables import ConversationRow, ProvedOrderRow
from retrieval.catalog.customer import Customer, Event, EventKind
from retrieval.store.database import Base, open_database, reading, writing
from retrieval.store.records import Records
from tests.unit.actions.order_desk import PRODUCTS, order, policy

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
INES = Customer("C-100", "Inês Quintanar", "ines.q@example.org")
BO = Customer("C-1000", "Bo Vance", "bo@example.org")
SECRETS = ("Quintanar", "ines.q@example.org", "Rua do Sol", "TRACK-777", "Orchard Row")
"""What nobody but Ines has."""


def turn(
    engine: Engine, conversation: str | None, customer: str | None, message: str, when: datetime = NOW, cart: str = ""
) -> str:
    store = Store(engine)
    opened = store.open(conversation, customer)
    return store.append(
        replace(opened, customer_id=customer), Turn(message, f"You said: {message}", when), Thread(cart=cart)
    ).id


def fill(engine: Engine, home: Path) -> dict[str, str]:
    """A shop with two customers, who have one of everything; the ids of conversations."""
    records, orders = Records(engine), Orders(engine)
    records.upsert_products(PRODUCTS)
    records.upsert_customers([INES, BO])
    sun, row = (
        Address("3 Rua do Sol", "Lisboa", "1000", "PT", name=INES.name),
        Address("9 Orchard Row", "Bath", "BA1", "UK"),
    )
    orders.upsert(
        [
            order("A-1", OrderStatus.PROCESSING, INES.id, address=sun, tracking="TRACK-777"),
            order("A-2", OrderStatus.DELIVERED, INES.id, address=row),
            order("B-1", OrderStatus.PROCESSING, BO.id, tracking="TRACK-1"),
        ]
    )
    ids = {}
    for number, customer in enumerate((INES, BO)):
        records.upsert_events([Event(customer.id, "mug", EventKind.VIEW, NOW)])
        owner, backend = Owner(customer_id=customer.id), DatabaseBackend(engine, policy(home), clock=lambda: NOW)
        moved = ChangeAddress(
            order="AB"[number] + "-1", address=Address(("5 Orchard Row", "7 Dock Road")[number], "Bath", "BA1", "UK")
        )
        for request in (AddToCart(product_id="mug"), moved):
            proposal = backend.propose(owner, request)
            assert isinstance(proposal, Proposal)
            assert isinstance(backend.execute(owner, proposal.id, f"key {proposal.id}"), Done)
        ids[customer.id] = turn(engine, None, customer.id, f"I am {customer.name}")
        Store(engine).rate(ids[customer.id], customer.id, 1, Thumb.DOWN, f"{customer.email} was wrong")
    ids["typed"] = turn(engine, None, None, "my address is Ines.Q@example.org, please")
    ids["proved"], ids["stranger"] = turn(engine, None, None, "my order"), turn(engine, None, None, "hello")
    with writing(engine) as connection:
        proved = {"conversation_id": ids["proved"], "customer_id": INES.id, "order_id": "A-1"}
        connection.execute(insert(ProvedOrderRow).values(**proved, proved=NOW))
        connection.execute(insert(OrderCodeRow).values(**proved, hash="x" * 64, expires=NOW, tries=0))
    FileOutbox(home / "outbox", "shop@example.org").send(Mail(INES.email, "Code", "for A-1"))
    FileOutbox(home / "outbox", "shop@example.org").send(Mail(BO.email, "Code", "for B-1"))
    examples = home / "adapters" / "mine" / "examples.jsonl"
    examples.parent.mkdir(parents=True)
    lines = [
        {"text": "I am Inês Quintanar"},
        {"text": "I am Bo Vance"},
        {"text": "C-1000 and C-10"},
        {"text": "for C-100."},
    ]
    examples.write_text("\n".join(map(json.dumps, lines)) + "\n")
    return ids


def snapshot(engine: Engine) -> dict[str, list[Any]]:
    with reading(engine) as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table))]
            for table in Base.metadata.sorted_tables
        }


def test_every_table_says_whose_its_rows_are_or_is_named_as_impersonal() -> None:
    personal = {table.name for table in personal_tables()}
    forgotten = set(Base.metadata.tables) - personal - IMPERSONAL
    assert forgotten == set(), f"give them one of {sorted(PERSONAL_COLUMNS)}, or name them in IMPERSONAL"
    assert not personal & IMPERSONAL


def test_the_export_holds_all_of_one_customer_and_nothing_of_another(engine: Engine, tmp_path: Path) -> None:
    fill(engine, tmp_path)
    found = export_customer(engine, INES.id)
    text = json.dumps(found, ensure_ascii=False)
    assert set(found) >= {"customers", "addresses", "payment_methods", "orders", "order_lines", "shipments", "events",
                          "cart_lines", "conversations", "turns", "order_audit", "proved_orders"}  # fmt: skip
    for secret in SECRETS:
        assert secret in text
    assert "ines.q@example.org was wrong" in [row["rating_reason"] for row in found["turns"]]
    for other in (BO.name, BO.email, "TRACK-1", '"C-1000"', "x" * 64):
        assert other not in text
    assert {row["id"] for row in found["orders"]} == {"A-1", "A-2"}


def test_a_customer_is_named_by_id_or_address(engine: Engine, tmp_path: Path) -> None:
    fill(engine, tmp_path)
    Records(engine).upsert_customers([Customer("C-5", "Bo Too", BO.email)])
    assert customer_id_of(engine, INES.id) == customer_id_of(engine, " INES.Q@EXAMPLE.ORG ") == INES.id
    for unknown in ("C-10", "", "nobody@example.org", "\x00", BO.email):
        with pytest.raises(NoSuchCustomer):
            customer_id_of(engine, unknown)


def test_an_erased_customer_is_nowhere_and_everybody_else_is_as_before(engine: Engine, tmp_path: Path) -> None:
    ids = fill(engine, tmp_path)
    kept = tmp_path / "transcripts"
    kept.mkdir()
    (kept / "chats.jsonl").write_text('{"c": "In\\u00eas  quintanar"}\n{"c": "hello"}\n')
    before, other = snapshot(engine), export_customer(engine, BO.id)
    done = erase_customer(engine, INES.id, tmp_path, [kept])
    assert done.left == ()
    assert done.orders == 2
    text = json.dumps(snapshot(engine), default=str, ensure_ascii=False)
    for secret in (*SECRETS, ids[INES.id], ids["typed"], ids["proved"]):
        assert secret not in text, secret
    assert export_customer(engine, BO.id) == other
    after = snapshot(engine)
    assert [row for row in before["turns"] if row[0] in (ids[BO.id], ids["stranger"])] == after["turns"]
    assert after["products"] == before["products"]
    with reading(engine) as connection:
        orders = connection.execute(
            select(OrderRow.id, OrderRow.customer_id, OrderRow.total, OrderRow.address_id).order_by(OrderRow.id)
        ).all()
    assert [row.id for row in orders] == ["A-1", "A-2", "B-1"]
    assert orders[0].customer_id == orders[1].customer_id != INES.id
    assert orders[0].total == order("A-1", OrderStatus.PROCESSING).total.amount
    assert orders[0].address_id is None
    assert len(after["order_lines"]) == len(before["order_lines"])
    mails = [path.read_text() for path in (tmp_path / "outbox").iterdir()]
    assert len(mails) == 1
    assert BO.email in mails[0]
    assert (kept / "chats.jsonl").read_text() == '{"c": "hello"}\n'
    assert len((tmp_path / "adapters" / "mine" / "examples.jsonl").read_text().splitlines()) == 2
    with pytest.raises(NoSuchCustomer):
        customer_id_of(engine, INES.id)


def test_visitors_conversations_that_share_a_cart_with_the_erased_go_with_them(engine: Engine, tmp_path: Path) -> None:
    ids = fill(engine, tmp_path)
    begun, theirs = (turn(engine, None, who, "hi") for who in (None, BO.id))
    typed = [turn(engine, None, None, "I am ines.q@example.org", cart=cart) for cart in (begun, theirs, "deleted")]
    sharing = [turn(engine, None, None, "hi", cart=cart) for cart in (begun, "deleted", ids[INES.id], ids["proved"])]
    kept = [turn(engine, None, None, "hi", cart=cart) for cart in ("", "other", ids["stranger"], theirs)]
    carts = {id_: Owner(visitor_id=id_).key for id_ in (begun, theirs, "deleted", typed[0], sharing[0], kept[0])}
    with writing(engine) as connection:
        for owner in carts.values():
            connection.execute(insert(CartLineRow).values(owner=owner, product_id="mug", quantity=1, added=NOW))
    assert erase_customer(engine, INES.id, tmp_path).left == ()
    with reading(engine) as connection:
        left = set(connection.scalars(select(ConversationRow.id)))
        assert left == {ids[BO.id], ids["stranger"], theirs, *kept}
        lines = set(connection.scalars(select(CartLineRow.owner)))
        assert lines == {Owner(customer_id=BO.id).key, carts[theirs], carts[kept[0]]}


def test_a_database_file_holds_no_byte_of_the_erased(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'aisle.db'}")
    fill(engine, tmp_path)
    with reading(engine) as connection:
        assert any(b"Quintanar" in path.read_bytes() for path in tmp_path.glob("aisle.db*"))
        assert connection
    erase_customer(engine, INES.id, tmp_path)
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert not any(secret.encode() in path.read_bytes() for secret in SECRETS), path


def test_what_is_left_is_reported_by_kind_and_place_and_never_by_value(engine: Engine, tmp_path: Path) -> None:
    ids = fill(engine, tmp_path)
    turn(engine, ids["stranger"], None, "a friend of mine, inês quintanar, said so")
    (tmp_path / "notes.txt").write_text("call Inês Quintanar")
    (tmp_path / "old.json.gz").write_bytes(gzip.compress(b'{"to": "ines.q@example.org"}', mtime=0))
    done = erase_customer(engine, INES.id, tmp_path)
    found = {(trace.what, trace.where.replace(str(tmp_path.resolve()), "")) for trace in done.left}
    assert found == {
        ("name", "database, turns.message, 1 rows"), ("name", "database, turns.reply, 1 rows"), ("name", "/notes.txt"),
        ("e-mail", "/old.json.gz"),
    }  # fmt: skip
    assert "Quintanar" not in str(done.left)


@pytest.mark.parametrize(
    ("content", "kinds"),
    [
        (b"I am C-100.", {"id"}), (b"C-1000 C-100a xC-100 C-100-1", set()), (b"x" * ((1 << 20) - 3) + b" ines.q@example.org ", {"e-mail"}),
        (b"not.ines.q@example.org", set()), ("INÊS\n QUINTANAR".encode(), {"name"}), (b"\0\0C-100ines.q@example.orgNEXT", {"e-mail"}),
        (gzip.compress(b"to C-100", mtime=0), {"id"}), (b"\x1f\x8bno gzip C-100 ", {"id"}), (b"", set()),
    ],
)  # fmt: skip
def test_texts_are_found_as_whole_words_in_files_of_any_kind(tmp_path: Path, content: bytes, kinds: set[str]) -> None:
    identity = Identity((("e-mail", INES.email), ("id", INES.id), ("name", INES.name)))
    (tmp_path / "file").write_bytes(content)
    assert identity_in_file(identity, tmp_path / "file") == kinds


def test_what_is_too_old_goes_and_the_rest_stays(engine: Engine, tmp_path: Path) -> None:
    old, new = NOW - timedelta(days=31), NOW - timedelta(days=29)
    kept = turn(engine, None, "C-9", "new", new)
    going, revived = turn(engine, None, "C-9", "old", old), turn(engine, None, None, "old", old)
    turn(engine, revived, None, "new", new)
    with writing(engine) as connection:
        for id_ in (going, revived, kept):
            connection.execute(ConversationRow.__table__.update().where(ConversationRow.id == id_).values(started=old))
        for owner, added in (('["visitor", "a"]', old), ('["visitor", "b"]', new), ('["customer", "C-9"]', old)):
            connection.execute(insert(CartLineRow).values(owner=owner, product_id="mug", quantity=1, added=added))
    Records(engine).upsert_events([Event("C-9", "mug", EventKind.VIEW, time) for time in (old, new)])
    outbox = FileOutbox(tmp_path / "outbox", "shop@example.org")
    outbox.send(Mail(BO.email, "x", "y"))
    mail = next((tmp_path / "outbox").iterdir())
    os.utime(mail, (NOW.timestamp() - 8 * 86_400,) * 2)
    assert dict(Retention(0, 0, tmp_path / "none").apply(engine, lambda: NOW)) == dict.fromkeys(
        ("conversations", "visitors' cart lines", "events", "mails"), 0
    )
    counts = Retention(30, 30, tmp_path).apply(engine, lambda: NOW)
    assert dict(counts) == {"conversations": 1, "visitors' cart lines": 1, "events": 1, "mails": 1}
    with reading(engine) as connection:
        assert set(connection.scalars(select(ConversationRow.id))) == {kept, revived}
        assert set(connection.scalars(select(CartLineRow.owner))) == {'["visitor", "b"]', '["customer", "C-9"]'}
    assert set(Retention(30, 30, tmp_path).apply(engine, lambda: NOW).values()) == {0}


def test_the_commands_export_and_erase(tmp_path: Path) -> None:
    fill(open_database(f"sqlite:///{tmp_path / 'aisle.db'}"), tmp_path)

    def run(*arguments: str, typed: str = "") -> Any:
        return CliRunner().invoke(build_app(), [*arguments, "--home", str(tmp_path)], input=typed)

    file = tmp_path.parent / f"{tmp_path.name}.json"
    assert run("customer", "export", INES.email, "--output", str(file)).exit_code == 0
    assert file.stat().st_mode & 0o077 == 0
    assert json.loads(file.read_text()) == json.loads(run("customer", "export", INES.id).stdout)
    assert run("customer", "erase", INES.id, typed="n\n").exit_code == 1
    assert "customers" in json.loads(run("customer", "export", INES.id).stdout)
    done = run("customer", "erase", INES.id, typed="y\n")
    assert done.exit_code == 0, done.output
    assert "nothing is left" in done.output
    (tmp_path / "note").write_text(BO.email)
    left = run("customer", "erase", BO.id, "--yes")
    assert left.exit_code == 1
    assert "e-mail: " in left.output
    assert isinstance(run("customer", "erase", INES.id, "--yes").exception, NoSuchCustomer)
    assert "Deleted 0 conversations" in run("retention").output
