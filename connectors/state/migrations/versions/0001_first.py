"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def _text() -> sa.types.TypeEngine[str]:
    """Text ordered by its bytes on both engines."""
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _column(name: str, *, key: bool = False, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, _text(), primary_key=key, nullable=nullable)


def _number(name: str, *, key: bool = False, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), primary_key=key, nullable=nullable, autoincrement=False)


def upgrade() -> None:
    """Make all tables and the one revision row."""
    _registers()
    _work()
    _files()
    _items()
    _ledger_and_notes()
    _decisions()


def _registers() -> None:
    op.create_table("setting", _column("name", key=True), _column("value"))
    op.create_table("account", _column("name", key=True), _column("spec"))
    op.create_table(
        "account_memory",
        sa.Column("account", _text(), sa.ForeignKey("account.name"), primary_key=True),
        _column("name", key=True),
        _column("value"),
        sqlite_with_rowid=False,
    )
    op.create_table("person", _column("name", key=True), _column("role"), _number("added"))


def _work() -> None:
    op.create_table(
        "lease",
        _column("name", key=True),
        _column("holder", nullable=True),
        _number("fence"),
        _column("host"),
        _column("boot"),
        _number("pid"),
        _number("started"),
        _number("renewed"),
        _number("expires"),
    )
    op.create_table(
        "intent",
        _column("key", key=True),
        _column("lease", key=True),
        _number("fence", key=True),
        _number("made"),
        sqlite_with_rowid=False,
    )


def _files() -> None:
    op.create_table(
        "file",
        _column("key", key=True),
        _column("authority"),
        _column("month"),
        _number("rows"),
        _number("size"),
        _column("batch"),
        _number("made"),
        _column("state"),
        sa.CheckConstraint("state IN ('live', 'retired')", name="file_state"),
    )
    op.create_index("file_partition", "file", ["state", "authority", "month"])
    op.create_table(
        "copy",
        _column("key", key=True),
        _column("kind"),
        _column("authority"),
        _column("month"),
        _column("account"),
        _column("part"),
        _number("through", nullable=True),
        _number("made"),
        _column("state"),
        sa.CheckConstraint("state IN ('live', 'retired')", name="copy_state"),
    )
    op.create_index("copy_partition", "copy", ["authority", "month"])
    op.create_index("copy_kind", "copy", ["kind"])
    op.create_table(
        "copy_item",
        sa.Column("copy_key", _text(), sa.ForeignKey("copy.key", ondelete="CASCADE"), primary_key=True),
        _column("item", key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("copy_item_item", "copy_item", ["item"])


def _items() -> None:
    op.create_table(
        "native",
        sa.Column("hash", sa.LargeBinary(), primary_key=True),
        _column("item", nullable=True),
        sqlite_with_rowid=False,
    )
    has_item = sa.text("item IS NOT NULL")
    op.create_index("native_item", "native", ["item"], sqlite_where=has_item, postgresql_where=has_item)
    op.create_table("media", _column("digest", key=True), _number("size", nullable=True), sqlite_with_rowid=False)
    op.create_table(
        "media_ref",
        _column("item", key=True),
        sa.Column("digest", _text(), sa.ForeignKey("media.digest"), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("media_ref_digest", "media_ref", ["digest"])
    op.create_table("media_wanted", _column("item", key=True), _column("account"))
    op.create_index("media_wanted_account", "media_wanted", ["account"])


def _ledger_and_notes() -> None:
    op.create_table(
        "ledger",
        _number("seq", key=True),
        _column("body"),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "ledger_subject",
        _column("subject", key=True),
        sa.Column("seq", sa.BigInteger(), sa.ForeignKey("ledger.seq"), primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "capture_note",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        _column("run"),
        _column("account"),
        _column("endpoint"),
        _column("subject"),
        _column("parameters"),
        _number("status"),
        _number("at"),
        _number("returned"),
        _column("digest"),
    )
    op.create_index("capture_note_account", "capture_note", ["account", "at"])
    op.create_index("capture_note_at", "capture_note", ["at"])
    counts = [_number(name) for name in ("asked", "returned", "new", "edited", "hidden", "gone", "failed")]
    op.create_table(
        "coverage",
        _column("run", key=True),
        _column("account", key=True),
        _column("night"),
        _column("horizon"),
        _number("started"),
        _number("ended"),
        *counts,
        sa.Column("complete", sa.Boolean(), nullable=False),
        _column("findings"),
    )
    op.create_index("coverage_account", "coverage", ["account", "started"])
    op.create_index("coverage_night", "coverage", ["night"])


def _decisions() -> None:
    revision_table = op.create_table(
        "revision",
        sa.Column("one", sa.SmallInteger(), primary_key=True, autoincrement=False),
        _number("value"),
        sa.CheckConstraint("one = 1", name="revision_one"),
    )
    op.bulk_insert(revision_table, [{"one": 1, "value": 0}])
    op.create_table(
        "mark",
        _column("item", key=True),
        _column("kind", key=True),
        _column("person"),
        _number("at"),
        sa.Column("on_day", sa.Date(), nullable=True),
        _column("dnr"),
        _column("provision"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "hold",
        _number("number", key=True),
        _column("scope"),
        _column("subject"),
        _column("set_by"),
        _number("set_at"),
        _column("lifted_by", nullable=True),
        _number("lifted_at", nullable=True),
    )
    op.create_table(
        "plan",
        _number("number", key=True),
        _column("edition"),
        _column("text"),
        _column("digest"),
        _column("person"),
        _number("adopted"),
    )
    op.create_index("plan_edition", "plan", ["edition"])
