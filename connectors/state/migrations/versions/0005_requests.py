"""Requests for records, and what was decided of each record."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def _column(name: str, *, key: bool = False, nullable: bool = False) -> sa.Column[str]:
    """Text ordered by its bytes on both engines."""
    kind = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    return sa.Column(name, kind, primary_key=key, nullable=nullable)


def _number(name: str, *, key: bool = False, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), primary_key=key, nullable=nullable, autoincrement=False)


def _day(name: str) -> sa.Column[date]:
    return sa.Column(name, sa.Date(), nullable=True)


def upgrade() -> None:
    """Add what requests need; nothing that was there is changed."""
    op.create_table(
        "request",
        _number("number", key=True),
        *[_column(name) for name in ("kind", "standing", "authority", "channel")],
        *[_number(name) for name in ("received", "opened", "changed")],
        _column("person"),
        _number("hold", nullable=True),
        *[_column(name, nullable=True) for name in ("record", "contact", "listed")],
        _column("digest"),
        _number("items"),
        _column("outcome"),
        _number("answered", nullable=True),
        _column("fee"),
        _column("decision", nullable=True),
        _number("decided", nullable=True),
        _day("served"),
        _day("appealed"),
        _number("forwarded", nullable=True),
        _column("ruling"),
        _day("final"),
        _number("closed", nullable=True),
    )
    op.create_index("request_standing", "request", ["standing"])
    op.create_table(
        "assessment",
        sa.Column(
            "request",
            sa.BigInteger(),
            sa.ForeignKey("request.number"),
            primary_key=True,
            nullable=False,
            autoincrement=False,
        ),
        _column("item", key=True),
        _number("version", key=True),
        *[_column(name) for name in ("verdict", "provision", "masks", "person")],
        _number("at"),
        _column("copy", nullable=True),
        _number("portion"),
        _column("seen"),
        sqlite_with_rowid=False,
    )
