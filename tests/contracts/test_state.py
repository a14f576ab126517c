"""Contract of the state database on SQLite and PostgreSQL alike: transactions, registers, files, items, notes."""

from __future__ import annotations

import secrets
import threading
import time
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.state import Database, StateError
from schemas.account import Account
from schemas.books import Copy
from schemas.ids import ItemId, Month
from schemas.person import Person
from schemas.receipt import Receipt
from schemas.refusal import RefusedError
from tests.contracts.state_samples import ACCOUNT, AT, COPY, COVERAGE, FILE, NOTE, ONE, TWO


def test_a_block_that_ends_is_committed(state: Database) -> None:
    """What was written is there for every later transaction."""
    with state.writing() as books:
        books.set_setting("made", "2026")
    with state.reading() as books:
        assert books.setting("made") == "2026"
        assert books.setting("other") is None


def test_an_exception_undoes_the_whole_block(state: Database) -> None:
    """Nothing of a block that raised is stored, in any book."""

    def fail() -> None:
        with state.writing() as books:
            books.set_setting("made", "2026")
            books.manifest.add(FILE)
            books.ledger.append(Receipt(act="test", at=AT, actor="bevara"))
            books.holds.set("item", ONE, "Åsa", AT)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
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

    def careless() -> None:
        with state.writing() as books:
            books.set_setting("x", "y")
            with suppress(Exception):
                books.natives.add([(b"2" * 32, TWO), (b"1" * 32, TWO)])

    with pytest.raises(StateError):
        careless()
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

    def swap() -> None:
        with state.writing() as books:
            books.manifest.add(replace(FILE, key="holdings/ks/2026-01/new.parquet"))
            books.manifest.retire([FILE.key])

    with pytest.raises(StateError, match="not live"):
        swap()
    with state.reading() as books:
        assert list(books.manifest.live()) == []


def test_natives(state: Database) -> None:
    """A hash leads to its item; suppressed it is still known, with no item; unknown ones are left out."""
    with state.writing() as books:
        books.natives.add([(b"1" * 32, ONE), (b"2" * 32, TWO), (b"\x00" * 32, ONE)])
        books.natives.add([])
    with state.writing() as books:
        assert books.natives.suppress([ONE, ONE], "o" * 64, AT) == 2
        assert books.natives.suppress([ONE], "o" * 64, AT) == 0
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
        assert books.natives.suppress([item for _, item in entries[:40_000]], "o" * 64, AT) == 40_000


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
