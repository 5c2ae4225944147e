"""Ratings: what customers think of a reply, kept with its turn."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    with op.batch_alter_table("turns") as table:
        table.add_column(sa.Column("rating", sa.Text(), nullable=True))
        table.add_column(sa.Column("rating_reason", sa.JSON(), nullable=False, server_default='""'))
        table.add_column(sa.Column("rated", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("turns") as table:
        table.alter_column("rating_reason", server_default=None)


def downgrade() -> None:
    """To the revision before; ratings are lost."""
    with op.batch_alter_table("turns") as table:
        table.drop_column("rated")
        table.drop_column("rating_reason")
        table.drop_column("rating")
