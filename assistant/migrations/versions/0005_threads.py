"""Threads: conversations carry the thread of the new core; turns keep what stood beside the reply.

What older versions carried from turn to turn means nothing to the new core: earlier conversations go on with an empty thread, and all
their messages and replies stay.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    with op.batch_alter_table("conversations") as table:
        table.add_column(sa.Column("thread", sa.JSON(), nullable=False, server_default="{}"))
        table.drop_column("state")
    with op.batch_alter_table("conversations") as table:
        table.alter_column("thread", server_default=None)
    with op.batch_alter_table("turns") as table:
        table.add_column(sa.Column("shown", sa.JSON(), nullable=False, server_default="{}"))
        table.drop_column("prompt")
        table.alter_column("adapter", new_column_name="model")
    with op.batch_alter_table("turns") as table:
        table.alter_column("shown", server_default=None)


def downgrade() -> None:
    """To the revision before; threads and what stood beside replies are lost."""
    with op.batch_alter_table("turns") as table:
        table.add_column(sa.Column("prompt", sa.JSON(), nullable=False, server_default="{}"))
        table.drop_column("shown")
        table.alter_column("model", new_column_name="adapter")
    with op.batch_alter_table("turns") as table:
        table.alter_column("prompt", server_default=None)
    with op.batch_alter_table("conversations") as table:
        table.add_column(sa.Column("state", sa.JSON(), nullable=False, server_default="{}"))
        table.drop_column("thread")
    with op.batch_alter_table("conversations") as table:
        table.alter_column("state", server_default=None)
