"""Order records: lines and parcels as rows, addresses, payment methods, money, returns, carts, proposals and the audit."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

EXACT = sa.Text().with_variant(sa.Numeric(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
PARCEL = ("carrier", "tracking", "expected", "delivered")


def _child(name: str, *columns: sa.Column[Any], more: tuple[sa.Constraint, ...] = ()) -> sa.Table:
    """A table of what belongs to an order, numbered from 1."""
    return op.create_table(
        name,
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f(f"fk_{name}_order_id_orders"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("order_id", "number", name=op.f(f"pk_{name}")),
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def upgrade() -> None:
    """To this revision. Lines and parcels of known orders move to tables of their own."""
    op.create_table(
        "addresses",
        _text("id"), _text("customer_id"), _text("name"), _text("line1"), _text("line2"), _text("city"),
        _text("region"), _text("postal_code"), _text("country"),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_addresses_customer_id_customers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addresses")),
    )  # fmt: skip
    op.create_index(op.f("ix_addresses_customer_id"), "addresses", ["customer_id"])
    op.create_table(
        "payment_methods",
        _text("customer_id"), _text("id"), _text("kind"), _text("label"),
        sa.Column("balance", EXACT, nullable=True), _text("currency"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_payment_methods_customer_id_customers")),
        sa.PrimaryKeyConstraint("customer_id", "id", name=op.f("pk_payment_methods")),
    )  # fmt: skip
    lines = _child(
        "order_lines", _text("product_id"), _text("title"), sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price", EXACT, nullable=False),
    )  # fmt: skip
    shipments = _child(
        "shipments", _text("carrier"), _text("tracking"), sa.Column("expected", sa.Date(), nullable=True),
        sa.Column("delivered", sa.Date(), nullable=True),
    )  # fmt: skip
    money = (_text("method_id"), sa.Column("amount", EXACT, nullable=False), _text("state"), _text("reason"))
    payments = _child("payments", *money, sa.Column("time", MOMENT, nullable=False))
    money = (_text("method_id"), sa.Column("amount", EXACT, nullable=False), _text("state"), _text("reason"))
    refunds = _child(
        "refunds", *money, sa.Column("time", MOMENT, nullable=False), sa.Column("paid", sa.Date(), nullable=True)
    )
    _child(
        "returns", _text("kind"), _text("state"), _text("reason"), _text("method_id"),
        sa.Column("difference", EXACT, nullable=False), sa.Column("requested", MOMENT, nullable=False),
        sa.Column("label_made", MOMENT, nullable=True),
    )  # fmt: skip
    op.create_table(
        "return_lines",
        _text("order_id"),
        sa.Column("return_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False), _text("product_id"), _text("title"),
        sa.Column("quantity", sa.Integer(), nullable=False), sa.Column("unit_price", EXACT, nullable=False),
        _text("new_product_id"), _text("new_title"), sa.Column("new_unit_price", EXACT, nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id", "return_number"], ["returns.order_id", "returns.number"],
            name=op.f("fk_return_lines_order_id_returns"), ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("order_id", "return_number", "number", name=op.f("pk_return_lines")),
    )  # fmt: skip
    op.create_table(
        "cart_lines",
        _text("owner"), _text("product_id"), sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("added", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("owner", "product_id", name=op.f("pk_cart_lines")),
    )  # fmt: skip
    op.create_table(
        "proposals",
        _text("id"), _text("owner"), _text("order_id"), sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("change", sa.JSON(), nullable=False), sa.Column("made", MOMENT, nullable=False),
        sa.Column("expires", MOMENT, nullable=False), _text("state"),
        sa.Column("idempotency_key", sa.Text(), nullable=True), sa.Column("outcome", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sa.UniqueConstraint("owner", "idempotency_key", name=op.f("uq_proposals_owner_idempotency_key")),
    )  # fmt: skip
    op.create_index(op.f("ix_proposals_owner_state"), "proposals", ["owner", "state"])
    op.create_table(
        "order_audit",
        sa.Column("number", sa.Integer(), nullable=False), sa.Column("time", MOMENT, nullable=False),
        _text("actor"), _text("owner"), _text("order_id"), _text("action"), _text("proposal_id"),
        sa.Column("change", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_order_audit")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_order_audit_proposal_id")),
    )  # fmt: skip
    op.create_index(op.f("ix_order_audit_order_id"), "order_audit", ["order_id"])
    _move_out(lines, shipments, payments, refunds)
    with op.batch_alter_table("orders") as orders:
        orders.add_column(sa.Column("address_id", sa.Text(), nullable=True))
        orders.create_foreign_key(op.f("fk_orders_address_id_addresses"), "addresses", ["address_id"], ["id"])
        for name in ("cancel_reason", "feed"):
            orders.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
        for name in ("item_changes", "version"):
            orders.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
        for name in (*PARCEL, "refunded", "lines"):
            orders.drop_column(name)
    with op.batch_alter_table("orders") as orders:
        for name in ("cancel_reason", "feed", "item_changes", "version"):
            orders.alter_column(name, server_default=None)


def _old_orders() -> sa.Table:
    """The table of orders with the columns of the revision before."""
    return sa.Table(
        "orders", sa.MetaData(), sa.Column("id", sa.Text()), sa.Column("lines", sa.JSON()), sa.Column("placed", MOMENT),
        sa.Column("total", EXACT), sa.Column("carrier", sa.Text()), sa.Column("tracking", sa.Text()),
        *(sa.Column(name, sa.Date()) for name in ("expected", "delivered", "refunded")),
    )  # fmt: skip


def _exact(value: object) -> object:
    """A decimal as this database takes it: text in SQLite."""
    return Decimal(str(value)) if op.get_bind().dialect.name == "postgresql" else str(value)


def _move_out(lines: sa.Table, shipments: sa.Table, payments: sa.Table, refunds: sa.Table) -> None:
    connection = op.get_bind()
    for order in connection.execute(sa.select(_old_orders())).mappings().all():
        rows = [_line(order["id"], number, line) for number, line in enumerate(order["lines"], 1)]
        if rows:
            connection.execute(lines.insert(), rows)
        if any(order[name] for name in PARCEL):
            parcel = {name: order[name] for name in PARCEL}
            connection.execute(shipments.insert().values(order_id=order["id"], number=1, **parcel))
        paid = {"order_id": order["id"], "number": 1, "method_id": "", "amount": _exact(order["total"]), "state": "done"}
        connection.execute(payments.insert().values(**paid, reason="order", time=order["placed"]))
        if order["refunded"]:
            back = paid | {"reason": "said by the shop's file", "time": order["placed"], "paid": order["refunded"]}
            connection.execute(refunds.insert().values(**back))


def _line(order_id: str, number: int, line: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "order_id": order_id, "number": number, "product_id": line["product_id"], "title": line["title"],
        "quantity": line["quantity"], "unit_price": _exact(line["unit_price"]),
    }  # fmt: skip


def downgrade() -> None:
    """Back from this revision; orders keep their lines and last parcel, and lose what the revision before did not know."""
    with op.batch_alter_table("orders") as orders:
        orders.add_column(sa.Column("lines", sa.JSON(), nullable=False, server_default="[]"))
        for name in ("carrier", "tracking"):
            orders.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
        for name in ("expected", "delivered", "refunded"):
            orders.add_column(sa.Column(name, sa.Date(), nullable=True))
    _move_back()
    with op.batch_alter_table("orders") as orders:
        for name in ("lines", "carrier", "tracking"):
            orders.alter_column(name, server_default=None)
        orders.drop_constraint(op.f("fk_orders_address_id_addresses"), type_="foreignkey")
        for name in ("address_id", "cancel_reason", "feed", "item_changes", "version"):
            orders.drop_column(name)
    for name in (
        "order_audit", "proposals", "cart_lines", "return_lines", "returns", "refunds", "payments", "shipments",
        "order_lines", "payment_methods", "addresses",
    ):  # fmt: skip
        op.drop_table(name)


def _move_back() -> None:
    connection, orders = op.get_bind(), _old_orders()
    lines: dict[str, list[dict[str, Any]]] = {}
    query = sa.text("SELECT order_id, product_id, title, quantity, unit_price FROM order_lines ORDER BY order_id, number")
    for row in connection.execute(query).mappings():
        line = {name: row[name] for name in ("product_id", "title", "quantity")}
        lines.setdefault(row["order_id"], []).append({**line, "unit_price": f"{Decimal(row['unit_price']):f}"})
    for order_id, found in lines.items():
        connection.execute(orders.update().where(orders.c.id == order_id).values(lines=found))
    parcels = sa.Table(
        "shipments", sa.MetaData(), sa.Column("order_id", sa.Text()), sa.Column("number", sa.Integer()),
        sa.Column("carrier", sa.Text()), sa.Column("tracking", sa.Text()), sa.Column("expected", sa.Date()),
        sa.Column("delivered", sa.Date()),
    )  # fmt: skip
    for row in connection.execute(sa.select(parcels).order_by(parcels.c.number)).mappings().all():
        parcel = {name: row[name] for name in PARCEL}
        connection.execute(orders.update().where(orders.c.id == row["order_id"]).values(**parcel))
    connection.execute(
        sa.text(
            "UPDATE orders SET refunded = (SELECT MAX(refunds.paid) FROM refunds WHERE refunds.order_id = orders.id)"
        )
    )
