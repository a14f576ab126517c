"""Films with their members, and deliveries to the National Library."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def _column(name: str, *, key: bool = False, nullable: bool = False) -> sa.Column[str]:
    """Text ordered by its bytes on both engines."""
    kind = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    return sa.Column(name, kind, primary_key=key, nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable, autoincrement=False)


def upgrade() -> None:
    """Add what films and deliveries need; nothing that was there is changed."""
    op.create_table(
        "film",
        _column("id", key=True),
        _number("number"),
        *[_column(name) for name in ("standing", "ground", "authority")],
        *[_number(name) for name in ("available", "changed")],
        _number("decided", nullable=True),
        _column("person"),
        _column("record", nullable=True),
        *[_column(name) for name in ("way", "delivery", "replaces", "reference", "libris")],
    )
    op.create_index("film_number", "film", ["number"], unique=True)
    op.create_index("film_standing", "film", ["standing"])
    op.create_table(
        "film_member",
        _column("id", key=True),
        _column("item"),
        sa.Column(
            "film",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            sa.ForeignKey("film.id"),
            nullable=False,
        ),
        *[_column(name) for name in ("role", "account")],
        *[_number(name) for name in ("available", "found", "version")],
        *[_number(name, nullable=True) for name in ("duration", "width", "height")],
        _column("joined"),
    )
    op.create_index("film_member_film", "film_member", ["film"])
    op.create_index("film_member_item", "film_member", ["item"])
    op.create_table(
        "delivery",
        _column("id", key=True),
        _number("number"),
        *[_column(name) for name in ("intent", "standing", "key", "name")],
        _number("size"),
        _column("sha256"),
        *[_number(name) for name in ("changed", "tries")],
        _column("reference"),
    )
    op.create_index("delivery_number", "delivery", ["number"], unique=True)
