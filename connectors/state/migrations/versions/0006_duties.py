"""The municipality's own duties: what the watch told, removals, blocks, and which document stands for what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def _column(name: str, *, key: bool = False, nullable: bool = False) -> sa.Column[str]:
    """Text ordered by its bytes on both engines."""
    kind = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    return sa.Column(name, kind, primary_key=key, nullable=nullable)


def _number(name: str, *, key: bool = False, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), primary_key=key, nullable=nullable, autoincrement=False)


def upgrade() -> None:
    """Add what the duties need; nothing that was there is changed."""
    op.create_table(
        "notice",
        *[_column(name, key=True) for name in ("subject", "code")],
        *[_column(name) for name in ("clause", "account", "authority", "certainty", "standing", "person")],
        *[_number(name) for name in ("version", "first", "last", "changed")],
        sqlite_with_rowid=False,
    )
    op.create_index("notice_standing", "notice", ["standing", "account"])
    op.create_table(
        "removal",
        _number("number", key=True),
        *[_column(name) for name in ("kind", "standing", "item", "account", "authority", "clause", "person")],
        *[_number(name) for name in ("opened", "changed")],
        _column("secured"),
        _number("version"),
        _column("record", nullable=True),
        _column("wanted"),
        _number("tries"),
        _column("answer"),
        _number("done", nullable=True),
        _column("notice", nullable=True),
        _column("noticed"),
        *[sa.Column(name, sa.Boolean(), nullable=False) for name in ("police", "register", "secrecy")],
    )
    op.create_index("removal_item", "removal", ["item"])
    op.create_index("removal_standing", "removal", ["standing"])
    op.create_table(
        "block",
        _column("item", key=True),
        *[_column(name) for name in ("account", "authority", "person", "standing")],
        _number("at"),
        sa.Column("review", sa.Date(), nullable=False),
        _number("changed"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "paper",
        *[_column(name, key=True) for name in ("sort", "subject", "period")],
        *[_column(name) for name in ("item", "digest")],
        _number("at"),
        sqlite_with_rowid=False,
    )
