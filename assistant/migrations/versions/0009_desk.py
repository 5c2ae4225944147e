"""Desk: who answers in a conversation, what people wrote in it, and what each reply was made from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def _conversation(index: bool = False, primary: bool = False) -> sa.Column[str]:
    return sa.Column("conversation_id", sa.Text(), nullable=False, primary_key=primary, index=index)


def _moment(name: str, nullable: bool = False, index: bool = False) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable, index=index)


def upgrade() -> None:
    """To this revision."""
    with op.batch_alter_table("turns") as table:
        table.add_column(sa.Column("why", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("turns") as table:
        table.alter_column("why", server_default=None)
    op.create_table(
        "desk_cases",
        _conversation(primary=True),
        sa.Column("state", sa.Text(), nullable=False, index=True),
        _moment("since"),
        _moment("changed", index=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=True),
        _moment("waiting_since"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("mood", sa.Text(), nullable=False),
        sa.Column("by_email", sa.Boolean(), nullable=False),
        sa.Column("email", sa.JSON(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("agent_name", sa.Text(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("handed_over", sa.Integer(), nullable=False),
        sa.Column("next_thread", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], ondelete="CASCADE"),
    )
    op.create_table(
        "desk_entries",
        sa.Column("id", sa.Integer(), primary_key=True),
        _conversation(),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        _moment("time"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], ondelete="CASCADE"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_desk_entries_case", "desk_entries", ["conversation_id", "id"])
    op.create_table(
        "desk_episodes",
        sa.Column("id", sa.Integer(), primary_key=True),
        _conversation(index=True),
        sa.Column("reason", sa.Text(), nullable=False),
        _moment("started"),
        _moment("taken", nullable=True),
        _moment("first_reply", nullable=True),
        _moment("ended", nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], ondelete="CASCADE"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "desk_drafts",
        sa.Column("id", sa.Integer(), primary_key=True),
        _conversation(),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("message", sa.JSON(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        _moment("made"),
        sa.Column("milliseconds", sa.Double(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("sent", sa.JSON(), nullable=False),
        sa.Column("distance", sa.Integer(), nullable=True),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("agent_id", sa.Text(), nullable=False),
        _moment("decided", nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], ondelete="CASCADE"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_desk_drafts_case", "desk_drafts", ["conversation_id", "about"])
    op.create_table(
        "desk_presence",
        sa.Column("agent_id", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        _moment("seen"),
    )


def downgrade() -> None:
    """To the revision before; hand-overs and what people wrote are lost."""
    for table in ("desk_presence", "desk_drafts", "desk_episodes", "desk_entries", "desk_cases"):
        op.drop_table(table)
    with op.batch_alter_table("turns") as table:
        table.drop_column("why")
