"""Codes that prove an order, what they have proved, and an index to find an order by its number."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "order_codes",
        _text("conversation_id"), _text("customer_id"), _text("order_id"), _text("hash"),
        sa.Column("expires", MOMENT, nullable=False), sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_order_codes")),
    )  # fmt: skip
    op.create_table(
        "proved_orders",
        _text("conversation_id"), _text("customer_id"), _text("order_id"),
        sa.Column("proved", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_proved_orders")),
    )  # fmt: skip
    op.create_index(op.f("ix_orders_key"), "orders", ["key"])


def downgrade() -> None:
    """To the revision before; proofs are lost."""
    op.drop_index(op.f("ix_orders_key"), "orders")
    op.drop_table("proved_orders")
    op.drop_table("order_codes")
