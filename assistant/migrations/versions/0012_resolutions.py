"""Resolutions: when what a customer came for ended, and what they answered when asked whether it is solved."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "resolutions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("resolved_by", sa.Text(), nullable=False),
        sa.Column("time", MOMENT, nullable=False),
        sa.Column("is_solved", sa.Boolean(), nullable=True),
        sa.Column("answered", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resolutions")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_resolutions_conversation_id"), "resolutions", ["conversation_id"])


def downgrade() -> None:
    """To the revision before; answers are lost."""
    op.drop_table("resolutions")
