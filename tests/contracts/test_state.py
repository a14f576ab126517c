"""Contract of the state database's books, on SQLite and PostgreSQL alike."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from connectors.state import Database, StateError
from schemas.account import Account
from schemas.books import AdoptedPlan, Books, CaptureNote, Copy, Coverage, LiveFile, Person
from schemas.finding import Finding
from schemas.hold import Mark
from schemas.ids import ItemId, Month
from schemas.receipt import Receipt
from schemas.refusal import RefusedError

AT = datetime(2026, 1, 31, 12, 0, 0, 123457, tzinfo=UTC)
ONE = ItemId("202601-aaaaaaaaaaaaaaaa")
TWO = ItemId("202601-bbbbbbbbbbbbbbbb")
ACCOUNT = Account(
    name="kommunen", platform="mastodon", handle="@kommunen@exempel.se", authority="ks", administrators=("Åsa", "Bo")
)
FILE = LiveFile(
    key="holdings/ks/2026-01/a.parquet", authority="ks", month=Month("2026-01"), rows=3, size=9, batch="b", made=AT
)
COPY = Copy(key="archive/ks/x.xml", kind="record-xml", authority="ks", month="2026-01", account="kommunen", made=AT)
NOTE = CaptureNote(
    run="r1", account="kommunen", endpoint="timeline", subject="kommunen", parameters={"limit": 40, "b": "\x00\ud800"},
    status=200, at=AT, returned=40, digest="d" * 64,
)  # fmt: skip
COVERAGE = Coverage(
    run="r1", account="kommunen", night="2026-01-31", horizon="week", started=AT, ended=AT + timedelta(seconds=1),
    asked=9, returned=8, new=1, edited=2, hidden=3, gone=4, failed=5, complete=True,
    findings=(Finding(code="H101", severity="warning", subject=ONE, count=2, parameters=(("pages", 3), ("field", "x"))),),
)  # fmt: skip
PLAN = AdoptedPlan(edition="2026-1", text="# plan\nÅÄÖ", digest="e" * 64, person="Åsa", adopted=AT)


def test_a_block_that_ends_is_committed(state: Database) -> None:
    """What was written is there for every later transaction."""
    with state.writing() as books:
        books.set_setting("made", "2026")
    with state.reading() as books:
        assert books.setting("made") == "2026"
        assert books.setting("other") is None


def test_an_exception_undoes_the_whole_block(state: Database) -> None:
    """Nothing of a block that raised is stored, in any book."""
    with pytest.raises(ZeroDivisionError), state.writing() as books:
        books.set_setting("made", "2026")
        books.manifest.add(FILE)
        books.ledger.append(Receipt(act="test", at=AT, actor="bevara"))
        books.holds.set("item", ONE, "Åsa", AT)
        raise ZeroDivisionError
    with state.reading() as books:
        assert books.setting("made") is None
        assert list(books.manifest.live()) == []
        assert books.ledger.head() == (0, bytes(32))
        assert books.revision() == 0


def test_reading_sees_one_moment(state: Database) -> None:
    """A commit by somebody else does not show in a view that was open before it."""
    with state.writing() as books:
        books.set_setting("x", "old")
    with state.reading() as view:
        assert view.setting("x") == "old"
        with state.writing() as books:
            books.set_setting("x", "new")
        assert view.setting("x") == "old"
    with state.reading() as view:
        assert view.setting("x") == "new"


def test_reading_cannot_write(state: Database) -> None:
    """A change in a reading transaction is refused, and the next writing one works."""
    with pytest.raises(StateError), state.reading() as books:
        books.set_setting("x", "y")
    with state.writing() as books:
        assert books.setting("x") is None
        books.set_setting("x", "y")


def test_one_writing_transaction_per_thread(state: Database) -> None:
    """A second one inside the first is refused at once instead of waiting for itself."""
    with pytest.raises(StateError, match="already"), state.writing(), state.writing():
        pass
    with state.writing() as books:
        books.set_setting("x", "y")


def test_a_failed_statement_cannot_be_passed_over(state: Database) -> None:
    """A transaction whose statement failed does not commit, even if the caller swallows the error."""
    with state.writing() as books:
        books.natives.add([(b"1" * 32, ONE)])
    with pytest.raises(StateError), state.writing() as books:
        books.set_setting("x", "y")
        try:
            books.natives.add([(b"2" * 32, TWO), (b"1" * 32, TWO)])
        except Exception:  # noqa: BLE001, S110 - the careless caller is the point
            pass
    with state.reading() as books:
        assert books.setting("x") is None
        assert books.natives.count() == 1


def test_errors_hold_no_values(state: Database) -> None:
    """The text of a database error names neither rows nor parameters."""
    with state.writing() as books:
        books.manifest.add(FILE)
    with pytest.raises(StateError) as caught, state.writing() as books:
        books.manifest.add(FILE)
    assert "2026-01" not in str(caught.value)
    assert caught.value.__suppress_context__
    assert "INSERT INTO file" in str(caught.value)


def test_accounts(state: Database) -> None:
    """Accounts come back as they were put, by name; putting again replaces, and what is remembered stays."""
    second = Account(name="a-biblioteket", platform="sample", handle="b", authority="ks", path="x")
    with state.writing() as books:
        books.accounts.put(ACCOUNT)
        books.accounts.put(second)
        books.accounts.remember("kommunen", {"own": "did:plc:x", "pass": "1"})
        books.accounts.remember("kommunen", {"pass": "2"})
        books.accounts.remember("kommunen", {})
        books.accounts.put(replace(ACCOUNT, unit="Kansliet"))
    with state.reading() as books:
        assert books.accounts.get("kommunen") == replace(ACCOUNT, unit="Kansliet")
        assert books.accounts.get("nobody") is None
        assert list(books.accounts.all()) == [second, replace(ACCOUNT, unit="Kansliet")]
        assert books.accounts.memory("kommunen") == {"own": "did:plc:x", "pass": "2"}
        assert books.accounts.memory("a-biblioteket") == {}


def test_nothing_is_remembered_of_an_unknown_account(state: Database) -> None:
    """Memory of an account that is not registered is refused."""
    with pytest.raises(StateError), state.writing() as books:
        books.accounts.remember("nobody", {"x": "y"})


def test_persons(state: Database) -> None:
    """A person is registered once; the order is by bytes on every engine, whatever its locale."""
    people = [Person(name=name, role="arkivarie", added=AT) for name in ("Örjan", "asta", "Åsa", "Bo")]
    with state.writing() as books:
        for person in people:
            books.persons.add(person)
    with pytest.raises(RefusedError, match="person: 'Bo'"), state.writing() as books:
        books.persons.add(Person(name="Bo", role="annan", added=AT))
    with state.reading() as books:
        assert books.persons.get("Bo") == people[3]
        assert books.persons.get("Bosse") is None
        assert [person.name for person in books.persons.all()] == ["Bo", "asta", "Åsa", "Örjan"]


def test_manifest(state: Database) -> None:
    """Files are live, then retired, then forgotten; partitions count the live ones in order."""
    early = replace(FILE, key="holdings/ks/2026-01/z.parquet", made=AT - timedelta(microseconds=1))
    other = replace(FILE, key="holdings/bun/2025-12/c.parquet", authority="bun", month=Month("2025-12"))
    with state.writing() as books:
        for file in (FILE, early, other):
            books.manifest.add(file)
    with state.reading() as books:
        assert list(books.manifest.live()) == [other, early, FILE]
        assert list(books.manifest.live("ks", Month("2026-01"))) == [early, FILE]
        assert list(books.manifest.live("ks", Month("2025-12"))) == []
        assert list(books.manifest.partitions()) == [("bun", "2025-12", 1), ("ks", "2026-01", 2)]
    with state.writing() as books:
        books.manifest.retire([FILE.key])
        books.manifest.forget([early.key])
    with state.reading() as books:
        assert list(books.manifest.live("ks")) == [early]
        assert list(books.manifest.retired()) == [FILE.key]
        assert books.manifest.known([FILE.key, early.key, "holdings/no", "a\x00b", "\udcff", "x" * 5000]) == {
            FILE.key,
            early.key,
        }
    with state.writing() as books:
        books.manifest.forget([FILE.key, "holdings/no"])
        assert list(books.manifest.retired()) == []
        assert books.manifest.known([FILE.key]) == frozenset()


def test_only_live_files_can_be_retired(state: Database) -> None:
    """A swap whose old file somebody else replaced already is not committed."""
    with state.writing() as books:
        books.manifest.add(FILE)
        books.manifest.retire([FILE.key])
    with pytest.raises(StateError, match="not live"), state.writing() as books:
        books.manifest.add(replace(FILE, key="holdings/ks/2026-01/new.parquet"))
        books.manifest.retire([FILE.key])
    with state.reading() as books:
        assert list(books.manifest.live()) == []


def test_natives(state: Database) -> None:
    """A hash leads to its item; suppressed it is still known, with no item; unknown ones are left out."""
    with state.writing() as books:
        books.natives.add([(b"1" * 32, ONE), (b"2" * 32, TWO), (b"\x00" * 32, ONE)])
        books.natives.add([])
    with state.writing() as books:
        assert books.natives.suppress([ONE, ONE]) == 2
        assert books.natives.suppress([ONE]) == 0
    with state.reading() as books:
        found = books.natives.find([b"1" * 32, b"2" * 32, b"3" * 32, b"\x00" * 32])
        assert found == {b"1" * 32: None, b"2" * 32: TWO, b"\x00" * 32: None}
        assert books.natives.find([]) == {}
        assert books.natives.count() == 3


def test_fifty_thousand_natives(state: Database) -> None:
    """Bulk insert and look-up work past every limit on variables, at tens of thousands a second."""
    entries = [(secrets.token_bytes(32), ItemId(f"202601-{number:016d}")) for number in range(50_000)]
    begun = time.monotonic()
    with state.writing() as books:
        books.natives.add(entries)
    with state.reading() as books:
        assert books.natives.find([key for key, _ in entries]) == dict(entries)
    assert time.monotonic() - begun < 10
    begun = time.monotonic()
    with state.reading() as books:
        assert len(books.natives.find([key for key, _ in entries[:1000]])) == 1000
    assert time.monotonic() - begun < 1
    with state.writing() as books:
        assert books.natives.suppress([item for _, item in entries[:40_000]]) == 40_000


def test_media(state: Database) -> None:
    """References are rows: the last one that goes leaves the object free, a repeat counts once."""
    with state.writing() as books:
        assert books.media.lock(["b", "a"]) == frozenset()
        books.media.refer([(ONE, "a"), (TWO, "a"), (TWO, "b"), (TWO, "b")], {"a": 10, "b": 2**40})
        assert books.media.lock(["a", "b", "c"]) == {"a", "b"}
        books.media.refer([(ONE, "b")], {})
    with state.writing() as books:
        assert books.media.size("a") == 10
        assert books.media.size("b") == 2**40
        assert books.media.size("c") is None
        assert list(books.media.all()) == [("a", 10), ("b", 2**40)]
        assert books.media.lock(["c"]) == frozenset()
        assert books.media.unrefer([TWO]) == ()
        assert books.media.unrefer([TWO]) == ()
        assert books.media.unrefer([ONE]) == ("a", "b")
        assert list(books.media.all()) == []


def test_a_digest_that_was_only_locked_leaves_no_row(state: Database) -> None:
    """Locking alone does not leave a digest of content behind, and an object without size is refused."""
    with state.writing() as books:
        books.media.lock(["a", "b"])
        books.media.refer([(ONE, "a")], {"a": 1})
    with state.writing() as books:
        assert books.media.lock(["a", "b"]) == {"a"}
    with pytest.raises(RefusedError, match=r"media\.size"), state.writing() as books:
        books.media.refer([(ONE, "b")], {})
    with state._transaction(writing=False) as transaction:
        assert transaction.connection.exec_driver_sql("SELECT digest FROM media").scalars().all() == ["a"]


def test_media_still_wanted(state: Database) -> None:
    """Items wait for their attachments until they have them or lose their references."""
    with state.writing() as books:
        books.media.want("kommunen", [TWO, ONE])
        books.media.want("kommunen", [ONE])
        books.media.want("annat", [ItemId("202601-cccccccccccccccc")])
        assert list(books.media.missing("kommunen")) == [ONE, TWO]
        books.media.have([ONE])
        assert list(books.media.missing("kommunen")) == [TWO]
        books.media.unrefer([TWO])
        assert list(books.media.missing("kommunen")) == []
        assert len(books.media.missing("annat")) == 1


def test_a_medium_that_is_locked_keeps_others_waiting(state: Database) -> None:
    """Whoever asks for a locked medium gets it after the other's commit, and sees what that one registered."""
    seen: list[frozenset[str]] = []

    def later() -> None:
        with state.writing() as books:
            seen.append(books.media.lock(["m"]))

    with state.writing() as books:
        books.media.lock(["m"])
        other = threading.Thread(target=later)
        other.start()
        time.sleep(0.3)
        assert seen == []
        books.media.refer([(ONE, "m")], {"m": 1})
    other.join(10)
    assert seen == [frozenset({"m"})]


def test_copies(state: Database) -> None:
    """Copies are found by kind, partition and named item, and leave the register in two steps."""
    named = Copy(key="work/p.parquet", kind="proposal", items=(TWO, ONE), through=AT, made=AT)
    with state.writing() as books:
        books.copies.add(COPY)
        books.copies.add(named)
    with state.reading() as books:
        shown = replace(named, items=(ONE, TWO))
        assert list(books.copies.find()) == [COPY, shown]
        assert list(books.copies.find(kind="record-xml")) == [COPY]
        assert list(books.copies.find(authority="ks", month="2026-01")) == [COPY]
        assert list(books.copies.find(item=TWO)) == [shown]
        assert list(books.copies.find(kind="record-xml", item=TWO)) == []
    with state.writing() as books:
        books.copies.retire([named.key, named.key, "work/none"])
        books.copies.forget([COPY.key])
    with state.reading() as books:
        assert list(books.copies.find()) == [COPY]
        assert list(books.copies.retired()) == [named.key]
        assert books.copies.known([COPY.key, named.key, "a\x00"]) == {COPY.key, named.key}
    with state.writing() as books:
        books.copies.forget([named.key])
        assert books.copies.known([named.key]) == frozenset()
        books.copies.add(replace(named, items=()))
        assert list(books.copies.find(item=ONE)) == []


def test_a_copy_registered_again_is_replaced_but_never_revived(state: Database) -> None:
    """The same key says what was said last; one that waits to be removed cannot be registered."""
    with state.writing() as books:
        books.copies.add(replace(COPY, items=(ONE,)))
        books.copies.add(replace(COPY, items=(TWO,), part="main"))
        assert list(books.copies.find(item=ONE)) == []
        assert [copy.part for copy in books.copies.find(item=TWO)] == ["main"]
        books.copies.retire([COPY.key])
    with pytest.raises(StateError, match="waits to be removed"), state.writing() as books:
        books.copies.add(COPY)


def test_notes_and_coverage(state: Database) -> None:
    """Capture notes and coverage come back exactly, oldest first, by account and night."""
    older = replace(NOTE, at=AT - timedelta(days=1), account="annat")
    late = replace(COVERAGE, run="r2", night="2026-02-01", started=AT + timedelta(days=1), complete=False, findings=())
    with state.writing() as books:
        books.notes.capture([NOTE, older])
        books.notes.capture([])
        books.notes.cover(late)
        books.notes.cover(replace(COVERAGE, asked=1))
        books.notes.cover(COVERAGE)
    with state.reading() as books:
        assert list(books.notes.captures()) == [older, NOTE]
        assert list(books.notes.captures("kommunen")) == [NOTE]
        assert list(books.notes.coverage()) == [COVERAGE, late]
        assert list(books.notes.coverage("kommunen", "2026-02-01")) == [late]
        assert list(books.notes.coverage("annat")) == []


def test_marks(state: Database) -> None:
    """One mark per item and kind, replaced by the next one, gone when removed."""
    mark = Mark(item=ONE, kind="inaktuell", person="Åsa", at=AT, on=date(2026, 2, 28))
    other = Mark(item=TWO, kind="i-arende", person="Bo", at=AT, dnr="KS 2026/1", provision="OSL 21:1")
    with state.writing() as books:
        books.marks.add(other)
        books.marks.add(mark)
        books.marks.add(replace(mark, person="Bo"))
    with state.reading() as books:
        assert list(books.marks.of([TWO, ONE])) == [replace(mark, person="Bo"), other]
        assert list(books.marks.of([])) == []
        assert list(books.marks.all()) == [replace(mark, person="Bo"), other]
    with state.writing() as books:
        assert books.marks.remove(ONE, "inaktuell")
        assert not books.marks.remove(ONE, "inaktuell")
        assert list(books.marks.all()) == [other]


def test_holds(state: Database) -> None:
    """Holds are numbered, lifted once and never removed."""
    with state.writing() as books:
        first = books.holds.set("item", ONE, "Åsa", AT)
        second = books.holds.set("account", "kommunen", "Bo", AT)
    assert (first.number, second.number, first.lifted_at) == (1, 2, None)
    with state.writing() as books:
        lifted = books.holds.lift(1, "Bo", AT)
        assert (lifted.lifted_by, lifted.lifted_at, lifted.set_by) == ("Bo", AT, "Åsa")
    for number in (1, 3):
        with pytest.raises(RefusedError, match="hold"), state.writing() as books:
            books.holds.lift(number, "Bo", AT)
    with state.reading() as books:
        assert list(books.holds.in_force()) == [second]
        assert list(books.holds.all()) == [lifted, second]


def test_plans(state: Database) -> None:
    """Editions stay in order of adoption; a name cannot come to mean another text."""
    second = replace(PLAN, edition="2026-2", text="# other", digest="f" * 64)
    with state.writing() as books:
        books.plans.adopt(PLAN)
        books.plans.adopt(PLAN)
        books.plans.adopt(second)
    with pytest.raises(RefusedError, match="edition"), state.writing() as books:
        books.plans.adopt(replace(PLAN, text="# changed"))
    with state.writing() as books:
        assert list(books.plans.adopted()) == [PLAN, second]
        books.plans.adopt(PLAN)
        assert books.plans.adopted()[-1] == PLAN


CHANGES: dict[str, Callable[[Books], object]] = {
    "mark": lambda books: books.marks.add(Mark(item=TWO, kind="ringa", person="Åsa", at=AT)),
    "unmark": lambda books: books.marks.remove(ONE, "ringa"),
    "hold": lambda books: books.holds.set("item", ONE, "Åsa", AT),
    "lift": lambda books: books.holds.lift(1, "Åsa", AT),
    "plan": lambda books: books.plans.adopt(PLAN),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_raises_the_revision(state: Database, change: str) -> None:
    """Marks, holds and plans each raise it in their own transaction."""
    with state.writing() as books:
        books.marks.add(Mark(item=ONE, kind="ringa", person="Åsa", at=AT))
        books.holds.set("item", ONE, "Åsa", AT)
        before = books.revision()
    with state.writing() as books:
        CHANGES[change](books)
    with state.reading() as books:
        assert books.revision() == before + 1


def test_a_locked_revision_does_not_change(state: Database) -> None:
    """Somebody who sets a hold waits until the transaction that locked the revision is over."""
    order: list[str] = []

    def hold() -> None:
        with state.writing() as books:
            books.holds.set("item", ONE, "Åsa", AT)
            order.append("hold")

    with state.writing() as books:
        revision = books.revision(lock=True)
        other = threading.Thread(target=hold)
        other.start()
        time.sleep(0.3)
        assert books.revision() == revision
        order.append("swap")
    other.join(10)
    assert order == ["swap", "hold"]


@pytest.mark.parametrize(
    "moment",
    [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2026, 3, 29, 2, 30, 0, 1, tzinfo=timezone(timedelta(hours=2))),
        datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    ],
)
def test_instants_are_exact(state: Database, moment: datetime) -> None:
    """Every microsecond of every year comes back, in UTC."""
    with state.writing() as books:
        books.persons.add(Person(name="Åsa", role="arkivarie", added=moment))
    with state.reading() as books:
        person = books.persons.get("Åsa")
    assert person is not None
    assert person.added == moment
    assert person.added.tzinfo is UTC


def test_a_time_without_zone_is_refused(state: Database) -> None:
    """A naive time is refused by its field's name."""
    with pytest.raises(RefusedError, match=r"person\.added"), state.writing() as books:
        books.persons.add(Person(name="Åsa", role="arkivarie", added=AT.replace(tzinfo=None)))


REFUSED: dict[str, Callable[[Books, str], object]] = {
    "setting.value": lambda books, bad: books.set_setting("x", bad),
    "person.name": lambda books, bad: books.persons.add(Person(name=bad, role="x", added=AT)),
    "file.key": lambda books, bad: books.manifest.add(replace(FILE, key=bad)),
    "native.item": lambda books, bad: books.natives.add([(b"1" * 32, ItemId(bad))]),
    "copy.items": lambda books, bad: books.copies.add(replace(COPY, items=(ItemId(bad),))),
    "media_wanted.item": lambda books, bad: books.media.want("x", [ItemId(bad)]),
    "capture_note.subject": lambda books, bad: books.notes.capture([replace(NOTE, subject=bad)]),
    "coverage.horizon": lambda books, bad: books.notes.cover(replace(COVERAGE, horizon=bad)),
    "mark.dnr": lambda books, bad: books.marks.add(Mark(item=ONE, kind="ringa", person="x", at=AT, dnr=bad)),
    "hold.subject": lambda books, bad: books.holds.set("item", bad, "x", AT),
    "plan.text": lambda books, bad: books.plans.adopt(replace(PLAN, text=bad)),
    "receipt.subjects": lambda books, bad: books.ledger.append(Receipt(act="x", at=AT, actor="x", subjects=("s", bad))),
}


@pytest.mark.parametrize("bad", ["a\x00b", "a\ud800b", "ö" * 9_000_000], ids=["nul", "surrogate", "long"])
def test_what_one_engine_cannot_store_is_refused_by_both(state: Database, bad: str) -> None:
    """The refusal names table and column, does not repeat the text, and nothing is stored."""
    for field, attempt in REFUSED.items():
        with pytest.raises(RefusedError) as caught, state.writing() as books:
            attempt(books, bad)
        assert caught.value.field == field
        assert len(str(caught.value)) < 200
    with state.reading() as books:
        assert books.ledger.head()[0] == 0
        assert books.natives.count() == 0


@pytest.mark.parametrize(
    "text",
    ["", "'; DROP TABLE setting; --", "\x01\x1f\x7f\r\n\t", "\u202eabc\u2066", "👩‍👩‍👧 %s %(x)s :x", "å" * 500_000],
)
def test_hostile_text_comes_back_unchanged(state: Database, text: str) -> None:
    """Quotes, control characters, direction marks, placeholders and half a million letters are just text."""
    with state.writing() as books:
        books.set_setting("x", text)
        books.plans.adopt(replace(PLAN, text=text))
        books.ledger.append(Receipt(act="test", at=AT, actor="Åsa", evidence={"text": text[:100_000]}))
    with state.reading() as books:
        assert books.setting("x") == text
        assert books.plans.adopted()[0].text == text
        assert (
            books.ledger.after(0)[0].body
            == Receipt(act="test", at=AT, actor="Åsa", evidence={"text": text[:100_000]}).body()
        )
