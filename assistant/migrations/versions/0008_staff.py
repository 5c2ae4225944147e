"""Staff accounts, their sessions, and counts of attempts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "staff",
        _text("name"), _text("title"), _text("role"), _text("password_hash"),
        sa.Column("created", MOMENT, nullable=False), sa.Column("disabled", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_staff")),
    )  # fmt: skip
    op.create_table(
        "staff_sessions",
        _text("key"), _text("staff"),
        sa.Column("started", MOMENT, nullable=False), sa.Column("seen", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["staff"], ["staff.name"], name=op.f("fk_staff_sessions_staff_staff"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_staff_sessions")),
    )  # fmt: skip
    op.create_index(op.f("ix_staff_sessions_staff"), "staff_sessions", ["staff"])
    op.create_table(
        "attempts",
        _text("key"), sa.Column("count", sa.Integer(), nullable=False), sa.Column("expires", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_attempts")),
    )  # fmt: skip
    op.create_index(op.f("ix_attempts_expires"), "attempts", ["expires"])


def downgrade() -> None:
    """To the revision before; accounts are lost."""
    op.drop_table("attempts")
    op.drop_table("staff_sessions")
    op.drop_table("staff")
