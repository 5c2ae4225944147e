"""Data versions: a number for each kind of record that rises with every change, for running servers to notice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "data_versions",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_data_versions")),
    )


def downgrade() -> None:
    """Back from this revision."""
    op.drop_table("data_versions")
