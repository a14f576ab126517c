"""All tables of the state database. No column holds item content, a native id or free text about a person.

``migrations/`` makes these tables; a test proves that both say the same on SQLite and PostgreSQL.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
)

from connectors.state.columns import KEY_BYTES, NAME_BYTES, Instant, Words

METADATA = MetaData()


def _name(field: str, *, key: bool = False) -> Column[str]:
    """A short text: a name, an id, a kind. ``field`` is ``table.column``."""
    return Column(field.partition(".")[2], Words(field, NAME_BYTES), primary_key=key, nullable=False)


def _object_key(field: str, *, key: bool = False) -> Column[str]:
    """An object's key in the store, or a subject that may be one."""
    return Column(field.partition(".")[2], Words(field, KEY_BYTES), primary_key=key, nullable=False)


def _text(field: str) -> Column[str]:
    """A longer text, often JSON."""
    return Column(field.partition(".")[2], Words(field), nullable=False)


def _instant(field: str, *, nullable: bool = False) -> Column[datetime]:
    return Column(field.partition(".")[2], Instant(field), nullable=nullable)


def _added(field: str) -> Column[str]:
    """A short text that rows from before it was added have empty."""
    return Column(field.partition(".")[2], Words(field, NAME_BYTES), nullable=False, server_default="")


def _number(name: str, *, key: bool = False) -> Column[int]:
    return Column(name, BigInteger, primary_key=key, nullable=False, autoincrement=False)


SETTING = Table("setting", METADATA, _name("setting.name", key=True), _text("setting.value"))

ACCOUNT = Table("account", METADATA, _name("account.name", key=True), _text("account.spec"))

ACCOUNT_MEMORY = Table(
    "account_memory",
    METADATA,
    Column("account", Words("account_memory.account", NAME_BYTES), ForeignKey("account.name"), primary_key=True),
    _name("account_memory.name", key=True),
    _text("account_memory.value"),
    sqlite_with_rowid=False,
)

PERSON = Table(
    "person",
    METADATA,
    _name("person.name", key=True),
    _name("person.role"),
    _instant("person.added"),
    Column("valid_from", Date, nullable=True),
    Column("valid_to", Date, nullable=True),
    Column("decided", Date, nullable=True),
    _added("person.body"),
    _added("person.paragraph"),
)

PERSON_KEY = Table(
    "person_key",
    METADATA,
    _name("person_key.key", key=True),
    _name("person_key.person"),
    _instant("person_key.added"),
    _instant("person_key.ended", nullable=True),
)
"""``key``: a public key; no private key ever comes near the database."""

LEASE = Table(
    "lease",
    METADATA,
    _name("lease.name", key=True),
    Column("holder", Words("lease.holder", NAME_BYTES), nullable=True),
    _number("fence"),
    _name("lease.host"),
    _name("lease.boot"),
    _number("pid"),
    _number("started"),
    _number("renewed"),
    _number("expires"),
)
"""``holder``: random name of one acquisition, null while nobody holds it. ``fence`` never goes down. ``started``: the
process's start in the operating system's own count. ``renewed``, ``expires``: the database's clock, microseconds."""

INTENT = Table(
    "intent",
    METADATA,
    _object_key("intent.key", key=True),
    Column("lease", Words("intent.lease", 500), primary_key=True),
    _number("fence", key=True),
    _instant("intent.made"),
    sqlite_with_rowid=False,
)
"""One row per object and holder: two holders may be about to write the same medium."""

FILE = Table(
    "file",
    METADATA,
    _object_key("file.key", key=True),
    _name("file.authority"),
    _name("file.month"),
    _number("rows"),
    _number("size"),
    _name("file.batch"),
    _instant("file.made"),
    _name("file.state"),
    CheckConstraint("state IN ('live', 'retired')", name="file_state"),
)
Index("file_partition", FILE.c.state, FILE.c.authority, FILE.c.month)

NATIVE = Table(
    "native",
    METADATA,
    Column("hash", LargeBinary, primary_key=True),
    Column("item", Words("native.item", NAME_BYTES), nullable=True),
    Column("order_digest", Words("native.order", NAME_BYTES), nullable=True),
    Column("culled", Instant("native.culled"), nullable=True),
    sqlite_with_rowid=False,
)
_HAS_ORDER = NATIVE.c.order_digest.is_not(None)
Index("native_order", NATIVE.c.order_digest, sqlite_where=_HAS_ORDER, postgresql_where=_HAS_ORDER)
_HAS_ITEM = NATIVE.c.item.is_not(None)
Index("native_item", NATIVE.c.item, sqlite_where=_HAS_ITEM, postgresql_where=_HAS_ITEM)

MEDIA = Table(
    "media",
    METADATA,
    _name("media.digest", key=True),
    Column("size", BigInteger, nullable=True),
    sqlite_with_rowid=False,
)

MEDIA_REF = Table(
    "media_ref",
    METADATA,
    _name("media_ref.item", key=True),
    Column("digest", Words("media_ref.digest", NAME_BYTES), ForeignKey("media.digest"), primary_key=True),
    sqlite_with_rowid=False,
)
Index("media_ref_digest", MEDIA_REF.c.digest)

MEDIA_WANTED = Table("media_wanted", METADATA, _name("media_wanted.item", key=True), _name("media_wanted.account"))
Index("media_wanted_account", MEDIA_WANTED.c.account)

COPY = Table(
    "copy",
    METADATA,
    _object_key("copy.key", key=True),
    _name("copy.kind"),
    _name("copy.authority"),
    _name("copy.month"),
    _name("copy.account"),
    _name("copy.part"),
    _instant("copy.through", nullable=True),
    _instant("copy.made"),
    _name("copy.state"),
    CheckConstraint("state IN ('live', 'retired')", name="copy_state"),
)
Index("copy_partition", COPY.c.authority, COPY.c.month)
Index("copy_kind", COPY.c.kind)

COPY_ITEM = Table(
    "copy_item",
    METADATA,
    Column("copy_key", Words("copy.key", KEY_BYTES), ForeignKey("copy.key", ondelete="CASCADE"), primary_key=True),
    Column("item", Words("copy.items", 500), primary_key=True),
    sqlite_with_rowid=False,
)
Index("copy_item_item", COPY_ITEM.c.item)

LEDGER = Table(
    "ledger",
    METADATA,
    _number("seq", key=True),
    _text("ledger.body"),
    Column("previous", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

LEDGER_SUBJECT = Table(
    "ledger_subject",
    METADATA,
    _object_key("ledger_subject.subject", key=True),
    Column("seq", BigInteger, ForeignKey("ledger.seq"), primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

CAPTURE_NOTE = Table(
    "capture_note",
    METADATA,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    _name("capture_note.run"),
    _name("capture_note.account"),
    _name("capture_note.endpoint"),
    _name("capture_note.subject"),
    _text("capture_note.parameters"),
    _number("status"),
    _instant("capture_note.at"),
    _number("returned"),
    _name("capture_note.digest"),
)
Index("capture_note_account", CAPTURE_NOTE.c.account, CAPTURE_NOTE.c.at)
Index("capture_note_at", CAPTURE_NOTE.c.at)

COVERAGE = Table(
    "coverage",
    METADATA,
    _name("coverage.run", key=True),
    _name("coverage.account", key=True),
    _name("coverage.night"),
    _name("coverage.horizon"),
    _instant("coverage.started"),
    _instant("coverage.ended"),
    _number("asked"),
    _number("returned"),
    _number("new"),
    _number("edited"),
    _number("hidden"),
    _number("gone"),
    _number("failed"),
    Column("complete", Boolean, nullable=False),
    _text("coverage.findings"),
)
Index("coverage_account", COVERAGE.c.account, COVERAGE.c.started)
Index("coverage_night", COVERAGE.c.night)

REVISION = Table(
    "revision",
    METADATA,
    Column("one", SmallInteger, primary_key=True, autoincrement=False),
    _number("value"),
    CheckConstraint("one = 1", name="revision_one"),
)
"""One row only. Whoever changes a mark, a hold or a plan raises it first, which also keeps them in single file."""

MARK = Table(
    "mark",
    METADATA,
    _name("mark.item", key=True),
    _name("mark.kind", key=True),
    _name("mark.person"),
    _instant("mark.at"),
    Column("on_day", Date, nullable=True),
    _name("mark.dnr"),
    _name("mark.provision"),
    _added("mark.authority"),
    sqlite_with_rowid=False,
)

HOLD = Table(
    "hold",
    METADATA,
    _number("number", key=True),
    _name("hold.scope"),
    _name("hold.subject"),
    _name("hold.set_by"),
    _instant("hold.set_at"),
    Column("lifted_by", Words("hold.lifted_by", NAME_BYTES), nullable=True),
    _instant("hold.lifted_at", nullable=True),
    Column("record", Words("hold.record", NAME_BYTES), nullable=True),
)

PLAN = Table(
    "plan",
    METADATA,
    _number("number", key=True),
    _name("plan.edition"),
    _text("plan.text"),
    _name("plan.digest"),
    _name("plan.person"),
    _instant("plan.adopted"),
)
Index("plan_edition", PLAN.c.edition)

ORDER = Table(
    "cull_order",
    METADATA,
    _name("cull_order.digest", key=True),
    _number("number"),
    Column("as_of", Date, nullable=False),
    _instant("cull_order.made"),
    Column("edition", Words("cull_order.edition", NAME_BYTES), nullable=True),
    Column("plan_digest", Words("cull_order.plan_digest", NAME_BYTES), nullable=True),
    _number("revision"),
    _text("cull_order.scope"),
    _number("cull"),
    _number("keep"),
    _number("ask"),
    _text("cull_order.guards"),
    _name("cull_order.standing"),
    Column("record", Words("cull_order.record", NAME_BYTES), nullable=True),
)
"""``scope``: JSON with the accounts, types and authorities it was limited to. ``number``: order of making."""

SIGNATURE = Table(
    "signature",
    METADATA,
    _name("signature.order_digest", key=True),
    _name("signature.act", key=True),
    _name("signature.person"),
    _name("signature.role"),
    _name("signature.key"),
    _instant("signature.at"),
    _instant("signature.expires", nullable=True),
    _text("signature.accepted"),
    _text("signature.statement"),
    _name("signature.signature"),
)

OPERATION = Table(
    "operation",
    METADATA,
    _name("operation.order_digest", key=True),
    _instant("operation.begun"),
    _instant("operation.until", nullable=True),
    _instant("operation.finished", nullable=True),
    _number("culled"),
    _number("kept"),
    Column("certificate", Words("operation.certificate", NAME_BYTES), nullable=True),
)

OPERATION_KEY = Table(
    "operation_key",
    METADATA,
    _name("operation_key.order_digest", key=True),
    _object_key("operation_key.key", key=True),
    sqlite_with_rowid=False,
)
"""Objects that go with an order, until their absence is certified (an attachment's key is a digest of content)."""

TOMBSTONE = Table(
    "tombstone",
    METADATA,
    _name("tombstone.item", key=True),
    Column("parent", Words("tombstone.parent", NAME_BYTES), nullable=True),
    _name("tombstone.thread"),
    _name("tombstone.kind"),
    _name("tombstone.rule"),
    _name("tombstone.edition"),
    _name("tombstone.order_digest"),
    _instant("tombstone.culled"),
    Column("salt", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
Index("tombstone_thread", TOMBSTONE.c.thread)
Index("tombstone_order", TOMBSTONE.c.order_digest, TOMBSTONE.c.item)

OUTBOX = Table(
    "outbox",
    METADATA,
    _number("number", key=True),
    _name("outbox.kind"),
    _name("outbox.subject"),
    _instant("outbox.made"),
    _instant("outbox.done", nullable=True),
)

PACKAGE = Table(
    "package",
    METADATA,
    _name("package.id", key=True),
    _number("number"),
    _text("package.intent"),
    _name("package.standing"),
    _object_key("package.key"),
    _name("package.name"),
    _number("size"),
    _name("package.sha256"),
    _number("items"),
    _instant("package.changed"),
    _number("tries"),
    _name("package.reference"),
)
Index("package_number", PACKAGE.c.number, unique=True)

PACKAGE_ITEM = Table(
    "package_item",
    METADATA,
    Column("package", Words("package_item.package", NAME_BYTES), ForeignKey("package.id"), primary_key=True),
    _name("package_item.item", key=True),
    sqlite_with_rowid=False,
)
Index("package_item_item", PACKAGE_ITEM.c.item)

REGISTRATION = Table(
    "registration",
    METADATA,
    _name("registration.item", key=True),
    _name("registration.standing"),
    _name("registration.registry"),
    Column("secret", Boolean, nullable=False),
    _number("version"),
    _name("registration.message"),
    _object_key("registration.key"),
    _number("parts"),
    _instant("registration.decided"),
    _instant("registration.changed"),
    _name("registration.person"),
    _number("tries"),
    _number("repeats"),
    Column("record", Words("registration.record", NAME_BYTES), nullable=True),
)
Index("registration_standing", REGISTRATION.c.standing)
Index("registration_message", REGISTRATION.c.message)

FILM = Table(
    "film",
    METADATA,
    _name("film.id", key=True),
    _number("number"),
    _name("film.standing"),
    _name("film.ground"),
    _name("film.authority"),
    _instant("film.available"),
    _instant("film.changed"),
    _instant("film.decided", nullable=True),
    _name("film.person"),
    Column("record", Words("film.record", NAME_BYTES), nullable=True),
    _name("film.way"),
    _name("film.delivery"),
    _name("film.replaces"),
    _name("film.reference"),
    _name("film.libris"),
)
Index("film_number", FILM.c.number, unique=True)
Index("film_standing", FILM.c.standing)

FILM_MEMBER = Table(
    "film_member",
    METADATA,
    _name("film_member.id", key=True),
    _name("film_member.item"),
    Column("film", Words("film_member.film", NAME_BYTES), ForeignKey("film.id"), nullable=False),
    _name("film_member.role"),
    _name("film_member.account"),
    _instant("film_member.available"),
    _instant("film_member.found"),
    _number("version"),
    Column("duration", BigInteger, nullable=True),
    Column("width", BigInteger, nullable=True),
    Column("height", BigInteger, nullable=True),
    _name("film_member.joined"),
)
"""``id``: a keyed hash, so that it may outlive the item; lengths and sizes are no content."""
Index("film_member_film", FILM_MEMBER.c.film)
Index("film_member_item", FILM_MEMBER.c.item)

DELIVERY = Table(
    "delivery",
    METADATA,
    _name("delivery.id", key=True),
    _number("number"),
    _text("delivery.intent"),
    _name("delivery.standing"),
    _object_key("delivery.key"),
    _name("delivery.name"),
    _number("size"),
    _name("delivery.sha256"),
    _instant("delivery.changed"),
    _number("tries"),
    _name("delivery.reference"),
)
Index("delivery_number", DELIVERY.c.number, unique=True)

REQUEST = Table(
    "request",
    METADATA,
    _number("number", key=True),
    *[_name(f"request.{name}") for name in ("kind", "standing", "authority", "channel")],
    *[_instant(f"request.{name}") for name in ("received", "opened", "changed")],
    _name("request.person"),
    Column("hold", BigInteger, nullable=True),
    *[Column(name, Words(f"request.{name}", NAME_BYTES), nullable=True) for name in ("record", "contact", "listed")],
    _name("request.digest"),
    _number("items"),
    _name("request.outcome"),
    _instant("request.answered", nullable=True),
    _name("request.fee"),
    Column("decision", Words("request.decision", NAME_BYTES), nullable=True),
    _instant("request.decided", nullable=True),
    Column("served", Date, nullable=True),
    Column("appealed", Date, nullable=True),
    _instant("request.forwarded", nullable=True),
    _name("request.ruling"),
    Column("final", Date, nullable=True),
    _instant("request.closed", nullable=True),
)
"""What was asked, by whom and why it was refused is content: it stands in the items that ``record`` and the rest name."""
Index("request_standing", REQUEST.c.standing)

ASSESSMENT = Table(
    "assessment",
    METADATA,
    Column("request", BigInteger, ForeignKey("request.number"), primary_key=True, autoincrement=False),
    _name("assessment.item", key=True),
    _number("version", key=True),
    _name("assessment.verdict"),
    _name("assessment.provision"),
    _text("assessment.masks"),
    _name("assessment.person"),
    _instant("assessment.at"),
    Column("copy", Words("assessment.copy", NAME_BYTES), nullable=True),
    _number("portion"),
    _name("assessment.seen"),
    sqlite_with_rowid=False,
)
"""``masks``: JSON of places and provisions (``schemas.request.Mask``), never of what stood there."""

NOTICE = Table(
    "notice",
    METADATA,
    *[_name(f"notice.{name}", key=True) for name in ("subject", "code")],
    *[_name(f"notice.{name}") for name in ("clause", "account", "authority", "certainty", "standing", "person")],
    _number("version"),
    *[_instant(f"notice.{name}") for name in ("first", "last", "changed")],
    sqlite_with_rowid=False,
)
"""What the watch has told of an item or account: codes and ids, never what was written."""
Index("notice_standing", NOTICE.c.standing, NOTICE.c.account)

REMOVAL = Table(
    "removal",
    METADATA,
    _number("number", key=True),
    *[_name(f"removal.{name}") for name in ("kind", "standing", "item", "account", "authority", "clause", "person")],
    *[_instant(f"removal.{name}") for name in ("opened", "changed")],
    _name("removal.secured"),
    _number("version"),
    Column("record", Words("removal.record", NAME_BYTES), nullable=True),
    _name("removal.wanted"),
    _number("tries"),
    _name("removal.answer"),
    _instant("removal.done", nullable=True),
    Column("notice", Words("removal.notice", NAME_BYTES), nullable=True),
    _name("removal.noticed"),
    *[Column(name, Boolean, nullable=False) for name in ("police", "register", "secrecy")],
)
"""Why, and what was there, is content: it stands in the items that ``record`` and ``notice`` name."""
Index("removal_item", REMOVAL.c.item)
Index("removal_standing", REMOVAL.c.standing)

BLOCK = Table(
    "block",
    METADATA,
    _name("block.item", key=True),
    *[_name(f"block.{name}") for name in ("account", "authority", "person", "standing")],
    _instant("block.at"),
    Column("review", Date, nullable=False),
    _instant("block.changed"),
    sqlite_with_rowid=False,
)
"""Who is blocked is content: it stands in the decision."""

PAPER = Table(
    "paper",
    METADATA,
    *[_name(f"paper.{name}", key=True) for name in ("sort", "subject", "period")],
    *[_name(f"paper.{name}") for name in ("item", "digest")],
    _instant("paper.at"),
    sqlite_with_rowid=False,
)
"""Which of our own documents stands for what."""
