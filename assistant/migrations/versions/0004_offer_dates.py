"""Offer dates: when a sale begins and ends, when a pre-order is sent and when an offer expires."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NAMES = ("sale_starts", "sale_ends", "availability_date", "expiration_date")


def upgrade() -> None:
    """To this revision."""
    with op.batch_alter_table("products") as products:
        for name in NAMES:
            products.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Back from this revision."""
    with op.batch_alter_table("products") as products:
        for name in NAMES:
            products.drop_column(name)
