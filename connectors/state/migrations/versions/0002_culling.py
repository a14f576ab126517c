"""Culling: keys of persons, orders and their signatures, executions, tombstones, the outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def _text() -> sa.types.TypeEngine[str]:
    """Text ordered by its bytes on both engines."""
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _column(name: str, *, key: bool = False, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, _text(), primary_key=key, nullable=nullable)


def _number(name: str, *, key: bool = False, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), primary_key=key, nullable=nullable, autoincrement=False)


def upgrade() -> None:
    """Add what a culling needs; nothing that was there is changed."""
    _persons()
    _orders()
    _remains()


def _persons() -> None:
    for name in ("valid_from", "valid_to", "decided"):
        op.add_column("person", sa.Column(name, sa.Date(), nullable=True))
    for name in ("body", "paragraph"):
        op.add_column("person", sa.Column(name, _text(), nullable=False, server_default=""))
    op.create_table(
        "person_key", _column("key", key=True), _column("person"), _number("added"), _number("ended", nullable=True)
    )
    op.add_column("mark", sa.Column("authority", _text(), nullable=False, server_default=""))
    op.add_column("hold", sa.Column("record", _text(), nullable=True))


def _orders() -> None:
    op.create_table(
        "cull_order",
        _column("digest", key=True),
        _number("number"),
        sa.Column("as_of", sa.Date(), nullable=False),
        _number("made"),
        _column("edition", nullable=True),
        _column("plan_digest", nullable=True),
        _number("revision"),
        _column("scope"),
        *[_number(name) for name in ("cull", "keep", "ask")],
        _column("guards"),
        _column("standing"),
        _column("record", nullable=True),
    )
    op.create_table(
        "signature",
        _column("order_digest", key=True),
        _column("act", key=True),
        _column("person"),
        _column("role"),
        _column("key"),
        _number("at"),
        _number("expires", nullable=True),
        _column("accepted"),
        _column("statement"),
        _column("signature"),
    )
    op.create_table(
        "operation",
        _column("order_digest", key=True),
        _number("begun"),
        _number("until", nullable=True),
        _number("finished", nullable=True),
        _number("culled"),
        _number("kept"),
        _column("certificate", nullable=True),
    )
    op.create_table(
        "operation_key", _column("order_digest", key=True), _column("key", key=True), sqlite_with_rowid=False
    )


def _remains() -> None:
    op.add_column("native", sa.Column("order_digest", _text(), nullable=True))
    op.add_column("native", sa.Column("culled", sa.BigInteger(), nullable=True))
    op.create_index(
        "native_order",
        "native",
        ["order_digest"],
        sqlite_where=sa.text("order_digest IS NOT NULL"),
        postgresql_where=sa.text("order_digest IS NOT NULL"),
    )
    op.create_table(
        "tombstone",
        _column("item", key=True),
        _column("parent", nullable=True),
        _column("thread"),
        _column("kind"),
        _column("rule"),
        _column("edition"),
        _column("order_digest"),
        _number("culled"),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("tombstone_thread", "tombstone", ["thread"])
    op.create_index("tombstone_order", "tombstone", ["order_digest", "item"])
    op.create_table(
        "outbox",
        _number("number", key=True),
        _column("kind"),
        _column("subject"),
        _number("made"),
        _number("done", nullable=True),
    )
