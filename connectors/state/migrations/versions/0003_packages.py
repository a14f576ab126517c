"""Packages for an e-archive with their items, and registrations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def _column(name: str, *, key: bool = False, nullable: bool = False) -> sa.Column[str]:
    """Text ordered by its bytes on both engines."""
    kind = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    return sa.Column(name, kind, primary_key=key, nullable=nullable)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False, autoincrement=False)


def upgrade() -> None:
    """Add what packages and registrations need; nothing that was there is changed."""
    op.create_table(
        "package",
        _column("id", key=True),
        _number("number"),
        *[_column(name) for name in ("intent", "standing", "key", "name")],
        _number("size"),
        _column("sha256"),
        *[_number(name) for name in ("items", "changed", "tries")],
        _column("reference"),
    )
    op.create_index("package_number", "package", ["number"], unique=True)
    op.create_table(
        "package_item",
        sa.Column(
            "package",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            sa.ForeignKey("package.id"),
            primary_key=True,
            nullable=False,
        ),
        _column("item", key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("package_item_item", "package_item", ["item"])
    op.create_table(
        "registration",
        _column("item", key=True),
        *[_column(name) for name in ("standing", "registry")],
        sa.Column("secret", sa.Boolean(), nullable=False),
        _number("version"),
        *[_column(name) for name in ("message", "key")],
        *[_number(name) for name in ("parts", "decided", "changed")],
        _column("person"),
        *[_number(name) for name in ("tries", "repeats")],
        _column("record", nullable=True),
    )
    op.create_index("registration_standing", "registration", ["standing"])
    op.create_index("registration_message", "registration", ["message"])
