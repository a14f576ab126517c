"""Verification: everything that is wrong is found, nothing that is right is reported, and nothing is changed."""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import string
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn, cast

import pytest
from sqlalchemy import text

from connectors.chance import SystemChance
from connectors.clock import FixedClock
from connectors.state import Database
from connectors.storage.folder import FolderStore
from connectors.storage.readonly import ReadOnlyStore
from connectors.storage.s3 import S3Store
from flows.keep.derived import write_derived
from flows.verify.act import export_ledger, verify
from flows.verify.command import register, verify_command
from flows.verify.decide import SHOWN, VerifyReport, named_digest
from schemas.account import Account
from schemas.books import Copy, LiveFile
from schemas.codes.verify import TEXTS
from schemas.deposit import DepositSettings
from schemas.ground import Facts, Ground, Home, Limits, Organisation
from schemas.ids import ItemId, Month
from schemas.neighbours import Formats, Keyring, Masker, MediaFacts, OpenedExport, Session, Store, Typesetter, WebPage
from schemas.receipt import Receipt
from schemas.refusal import GuardError, UnreachableError
from schemas.shelf import holding, medium, proposal, record_document

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
CLOCK = FixedClock(AT)
MONTH = Month("2025-11")
ITEM = ItemId("202511-aaaaaaaaaaaaaaaa")
ALWAYS = {"V120"}
"""Findings of a sound archive: no second place."""


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


ROWS = [b"rows one" * 100, b"rows two" * 200]
FILES = [holding("arvika", MONTH, _digest(data)) for data in ROWS]
MEDIA = [b"picture one", b"picture two" * 1000, b"picture three"]
MEDIA_KEYS = [medium(_digest(data)) for data in MEDIA]
XML = b"<record/>"
DOCUMENT = record_document("arvika", "konto", MONTH, _digest(XML))
LIST = proposal("f" * 64)


def _fill(state: Database, store: Store) -> None:
    """A small sound archive: two files of rows, three attachments, a document, a proposal, a ledger segment."""
    for data, key in zip([*ROWS, *MEDIA], [*FILES, *MEDIA_KEYS], strict=True):
        store.put_new(key, data)
    with state.writing() as books:
        for data, key in zip(ROWS, FILES, strict=True):
            books.manifest.add(
                LiveFile(key=key, authority="arvika", month=MONTH, rows=1, size=len(data), batch="b", made=AT)
            )
        digests = {_digest(data): len(data) for data in MEDIA}
        books.media.lock(sorted(digests))
        books.media.refer([(ITEM, digest) for digest in digests], digests)
        books.ledger.append(Receipt(act="harvest.batch", at=AT, actor="bevara"))
    with state.hold_lease("archive") as lease:
        receipt = Receipt(act="archive.write", at=AT, actor="bevara")
        for key, kind, data in ((DOCUMENT, "record-xml", XML), (LIST, "proposal", b"list")):
            write_derived(state, store, lease, Copy(key=key, kind=kind, made=AT), data, receipt)
    export_ledger(state, store, CLOCK)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Root of the folder store."""
    (tmp_path / "store").mkdir()
    return tmp_path / "store"


@pytest.fixture
def store(root: Path, sqlite_state: Database) -> FolderStore:
    """A folder store with the small sound archive."""
    store = FolderStore(root, "prov")
    _fill(sqlite_state, store)
    return store


def _codes(report: VerifyReport) -> set[str]:
    return {one.code for one in report.findings} - ALWAYS - {"V115"}


def _found(report: VerifyReport) -> set[tuple[str, str]]:
    return {(one.code, one.subject) for one in report.findings if one.severity != "info"}


def test_a_sound_archive_is_clean(
    state: Database, make_bucket: Callable[..., str], make_s3_store: Callable[..., S3Store]
) -> None:
    """Nothing but advice is told about a sound archive, on both engines, in a bucket, shallow and deep."""
    store = make_s3_store(make_bucket(), "arkiv")
    _fill(state, store)
    for deep in (False, True):
        report = verify(state, ReadOnlyStore(store), deep=deep)
        assert report.clean
        assert _codes(report) == set()
        assert {one.code for one in report.findings} >= ALWAYS
    assert report.counts == {
        "files": 2,
        "media": 3,
        "copies": 3,
        "objects": 8,
        "links": 4,
        "segments": 1,
        "read": 6,
    }


def test_an_empty_archive_is_clean(sqlite_state: Database, root: Path) -> None:
    """A new home has nothing to complain about, but for the missing second place."""
    report = verify(sqlite_state, FolderStore(root, "prov"), deep=True)
    assert report.clean
    assert {one.code for one in report.findings} == ALWAYS


def test_what_is_missing_is_found(sqlite_state: Database, store: FolderStore) -> None:
    """Every kind of registered object is missed when it is gone."""
    with sqlite_state.reading() as books:
        (exported,) = (copy.key for copy in books.copies.find(kind="ledger"))
    for key in (FILES[0], MEDIA_KEYS[1], DOCUMENT, LIST, exported):
        store.destroy(key)
    for deep in (False, True):
        report = verify(sqlite_state, store, deep=deep)
        assert _found(report) == {
            ("V101", FILES[0]),
            ("V104", MEDIA_KEYS[1]),
            ("V107", DOCUMENT),
            ("V107", LIST),
            ("V107", exported),
        }
        assert not report.clean


def test_all_media_missing_are_found(sqlite_state: Database, store: FolderStore) -> None:
    """The merge of listing and register does not lose the ends."""
    for key in MEDIA_KEYS:
        store.destroy(key)
    assert _found(verify(sqlite_state, store, deep=False)) == {("V104", key) for key in MEDIA_KEYS}


def test_another_size_is_found_without_reading(sqlite_state: Database, store: FolderStore, root: Path) -> None:
    """A file of rows and an attachment with one byte more are found by the shallow verification."""
    for key in (FILES[1], MEDIA_KEYS[0]):
        with (root / key).open("ab") as stream:
            stream.write(b"x")
    report = verify(sqlite_state, store, deep=False)
    assert _found(report) == {("V102", FILES[1]), ("V105", MEDIA_KEYS[0])}
    sizes = {one.code: dict(one.parameters) for one in report.findings if one.code in {"V102", "V105"}}
    assert sizes == {
        "V102": {"expected": len(ROWS[1]), "found": len(ROWS[1]) + 1},
        "V105": {"expected": len(MEDIA[0]), "found": len(MEDIA[0]) + 1},
    }


@pytest.mark.parametrize(
    ("key", "code"), [(FILES[0], "V103"), (MEDIA_KEYS[1], "V106"), (DOCUMENT, "V108")], ids=["rows", "medium", "copy"]
)
def test_one_changed_byte_is_found_by_reading(
    sqlite_state: Database, store: FolderStore, root: Path, key: str, code: str
) -> None:
    """A changed byte with the size kept is found by the deep verification only."""
    data = bytearray((root / key).read_bytes())
    data[len(data) // 2] ^= 1
    (root / key).write_bytes(data)
    assert verify(sqlite_state, store, deep=False).clean
    assert _found(verify(sqlite_state, store, deep=True)) == {(code, key)}


def test_what_nobody_knows_is_found_and_kept(sqlite_state: Database, store: FolderStore, root: Path) -> None:
    """Unknown objects anywhere, also one under a name near a known one, are findings and stay where they are."""
    unknown = [
        holding("arvika", MONTH, "0" * 64),
        medium("0" * 64),
        medium("f" * 64),
        "media/aa/odd",
        FILES[0] + ".bak",
        "archive/ledger/odd.txt",
        "zz",
    ]
    for key in unknown:
        store.put_new(key, b"unknown")
    (root / "länk").symlink_to(root / "zz")
    (root / ".DS_Store").write_bytes(b"x")
    report = verify(sqlite_state, store, deep=True)
    assert _found(report) == {("V109", key) for key in unknown} | {("V111", "folder:prov")}
    assert all(store.get(key) == b"unknown" for key in unknown)
    assert [dict(one.parameters) for one in report.findings if one.code == "V111"] == [{"found": 2}]


def test_announced_and_retired_objects_are_no_findings(sqlite_state: Database, store: FolderStore) -> None:
    """What an intent announces and what waits to be removed is told as a number at most."""
    announced = holding("arvika", MONTH, "1" * 64)
    with sqlite_state.hold_lease("account:konto") as lease:
        with sqlite_state.writing() as books:
            books.intents.open(announced, lease, AT)
        store.put_new(announced, b"on its way")
        assert _codes(verify(sqlite_state, store, deep=True)) == set()
    with sqlite_state.writing() as books:
        books.manifest.retire([FILES[0]])
        books.copies.retire([DOCUMENT])
        assert books.media.unrefer([ITEM])
    report = verify(sqlite_state, store, deep=True)
    assert report.clean
    assert {(one.code, dict(one.parameters).get("found")) for one in report.findings} >= {("V116", 2), ("V117", 1)}


def test_unfinished_writing_is_found(sqlite_state: Database, store: FolderStore, root: Path) -> None:
    """A temporary file that nobody announced is a finding; one that is announced is not."""
    for key in ("holdings/arvika/2025-11/a", "holdings/arvika/2025-11/b"):
        path = root / ".tmp" / f"{key}~0123456789abcdef"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
    with sqlite_state.hold_lease("account:konto") as lease:
        with sqlite_state.writing() as books:
            books.intents.open("holdings/arvika/2025-11/a", lease, AT)
        assert _found(verify(sqlite_state, store, deep=False)) == {("V110", "holdings/arvika/2025-11/b")}


def test_a_changed_ledger_is_found(sqlite_state: Database, store: FolderStore, tmp_path: Path) -> None:
    """A changed body in the database breaks the chain there and differs from the exported segment."""
    with sqlite_state._engine.begin() as connection:
        connection.execute(text("UPDATE ledger SET body = replace(body, 'bevara', 'bavara') WHERE seq = 2"))
    report = verify(sqlite_state, store, deep=False)
    found = {one.code: dict(one.parameters) for one in report.findings if one.severity == "error"}
    assert found == {"V112": {"seq": 2}, "V114": {"seq": 2}}


def test_a_shortened_ledger_is_found(sqlite_state: Database, store: FolderStore) -> None:
    """Links cut off the end of the database are missed against the segments, one in the middle by the chain too."""
    _remove_links(sqlite_state, "seq >= 3")
    assert _codes(verify(sqlite_state, store, deep=False)) == {"V114"}
    with pytest.raises(GuardError) as refused:
        export_ledger(sqlite_state, store, CLOCK)
    assert refused.value.code == "G-SEGMENTS"
    _remove_links(sqlite_state, "seq = 1")
    assert _codes(verify(sqlite_state, store, deep=False)) == {"V112", "V114"}


def test_a_broken_chain_is_not_exported(sqlite_state: Database, store: FolderStore) -> None:
    """A changed new link stops the export before anything is written."""
    with sqlite_state.writing() as books:
        for _ in range(3):
            books.ledger.append(Receipt(act="harvest.batch", at=AT, actor="bevara"))
    before = list(store.list(""))
    with sqlite_state._engine.begin() as connection:
        connection.execute(text("UPDATE ledger SET body = replace(body, 'bevara', 'bavara') WHERE seq = 6"))
    with pytest.raises(GuardError, match="link 6") as refused:
        export_ledger(sqlite_state, store, CLOCK)
    assert refused.value.code == "G-CHAIN"
    assert list(store.list("")) == before


def _remove_links(state: Database, which: str) -> None:
    with state._engine.begin() as connection:
        connection.execute(text(f"DELETE FROM ledger_subject WHERE {which}"))
        connection.execute(text(f"DELETE FROM ledger WHERE {which}"))


def test_a_changed_segment_is_found(sqlite_state: Database, store: FolderStore, root: Path) -> None:
    """One changed byte in an exported segment is found against the database, and its link is named."""
    (path,) = (root / "archive" / "ledger").iterdir()
    lines = path.read_bytes().splitlines(keepends=True)
    lines[1] = lines[1].replace(b"bevara", b"bavara", 1)
    path.write_bytes(b"".join(lines))
    report = verify(sqlite_state, store, deep=False)
    assert {(one.code, dict(one.parameters)["seq"]) for one in report.findings if one.severity == "error"} == {
        ("V114", 2)
    }


def test_segments_that_do_not_join_are_found(sqlite_state: Database, store: FolderStore) -> None:
    """A registered segment that overlaps, one that is missing in between, and a misnamed one are found."""
    with sqlite_state.writing() as books:
        for _ in range(6):
            books.ledger.append(Receipt(act="harvest.batch", at=AT, actor="bevara"))
        for key in (
            "archive/ledger/000000000003-000000000004.jsonl",
            "archive/ledger/000000000008-000000000009.jsonl",
            "archive/ledger/odd.jsonl",
        ):
            books.copies.add(Copy(key=key, kind="ledger", made=AT))
            store.put_new(key, b"x")
    report = verify(sqlite_state, store, deep=False)
    assert {dict(one.parameters)["seq"] for one in report.findings if one.code == "V113"} <= {3, 5}
    assert {"V113", "V114", "V121"} <= _codes(report)


def test_what_cannot_be_read_is_a_finding_and_not_the_end(
    sqlite_state: Database, store: FolderStore, root: Path
) -> None:
    """A link in an object's place is reported, and all other objects are still verified."""
    (root / FILES[0]).unlink()
    (root / FILES[0]).symlink_to(root / FILES[1])
    store.destroy(MEDIA_KEYS[0])
    found = _found(verify(sqlite_state, store, deep=True))
    assert found == {("V118", FILES[0]), ("V111", "folder:prov"), ("V104", MEDIA_KEYS[0])}


def test_an_unreachable_store_says_nothing(sqlite_state: Database, store: FolderStore, root: Path) -> None:
    """A store that is away gives an error, not a thousand missing objects."""
    os.rename(root, root.with_name("away"))  # noqa: PTH104  # one call that cannot half succeed
    with pytest.raises(UnreachableError):
        verify(sqlite_state, store, deep=False)


def test_very_many_findings_are_counted(sqlite_state: Database, store: FolderStore) -> None:
    """Beyond a number of findings of one code the rest is told as a number, so that none is dropped in silence."""
    for number in range(SHOWN + 7):
        store.put_new(f"unknown/{number:04d}", b"")
    report = verify(sqlite_state, store, deep=False)
    assert sum(one.code == "V109" for one in report.findings) == SHOWN
    (more,) = (one for one in report.findings if one.code == "V119")
    assert (more.subject, more.count, more.severity) == ("V109", 7, "warning")


def test_a_digest_is_promised_by_names_that_hold_one() -> None:
    """Holdings, media and preserved documents promise their digest; proposals, segments and odd names do not."""
    assert named_digest(FILES[0]) == _digest(ROWS[0])
    assert named_digest(MEDIA_KEYS[0]) == _digest(MEDIA[0])
    assert named_digest(DOCUMENT) == _digest(XML)
    for key in (LIST, "archive/ledger/000000000001-000000000002.jsonl", "media/aa/odd", "zz"):
        assert named_digest(key) is None


# The command


def test_the_command_answers_in_swedish(sqlite_state: Database, store: FolderStore) -> None:
    """A clean archive exits with 0 and says so; a missing file is named with its remedy and gives 3."""
    out = io.StringIO()
    assert verify_command(sqlite_state, store, deep=False, as_json=False, out=out) == 0
    assert "Inga fel hittades." in out.getvalue()
    assert "V120" in out.getvalue()
    assert "ingen andra plats är inställd" in out.getvalue()
    store.destroy(FILES[0])
    out = io.StringIO()
    assert verify_command(sqlite_state, store, deep=True, as_json=False, out=out) == 3
    assert f"FEL V101 {FILES[0]}: Filen med poster saknas i lagret." in out.getvalue()
    assert "1 fynd behöver ses över." in out.getvalue()


def test_the_command_answers_in_json(sqlite_state: Database, store: FolderStore) -> None:
    """The JSON object holds counts and findings with both languages."""
    store.destroy(FILES[0])
    out = io.StringIO()
    assert verify_command(sqlite_state, store, deep=False, as_json=True, out=out) == 3
    answer = json.loads(out.getvalue())
    assert list(answer) == ["place", "deep", "clean", "counts", "findings"]
    assert (answer["place"], answer["deep"], answer["clean"]) == ("folder:prov", False, False)
    assert answer["counts"]["files"] == 2
    first = answer["findings"][0]
    assert (first["code"], first["severity"], first["subject"], first["count"]) == ("V101", "error", FILES[0], 1)
    assert first["sv"].startswith("Filen med poster saknas")
    assert first["en"].startswith("The file of records is missing")


def _nothing() -> NoReturn:
    raise AssertionError


def test_the_verb_is_on_the_command_line(
    sqlite_state: Database, store: FolderStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """``verify --deep`` reads the home's store and prints; it is not one of the commands that write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    register(parser.add_subparsers())
    args = parser.parse_args(["--json", "verify", "--deep"])
    home = Home(
        path=tmp_path,
        name="prov",
        rehearsal=True,
        ground=Ground(state=sqlite_state, store=ReadOnlyStore(store), clock=CLOCK, chance=SystemChance()),
        native_key=lambda: b"",
        open_session=_no_session,
        facts=lambda _: Facts(),
        open_export=_no_export,
        check_account=lambda _: None,
        without_secrets=lambda text: text,
        media_limit=0,
        keyring=cast("Keyring", None),
        typesetter=cast("Typesetter", None),
        limits=Limits(),
        organisation=Organisation(),
        formats=cast("Formats", None),
        schemas_dir=None,
        profile=lambda _: _nothing(),
        receiver=lambda _: _nothing(),
        package_files=lambda _source, _name: _nothing(),
        registries={},
        registry=lambda _: _nothing(),
        snapshot_days=(),
        reminder_days=3,
        deposit=DepositSettings(),
        media_facts=cast("MediaFacts", None),
        films_of=lambda _: _nothing(),
        feed=lambda _: _nothing(),
        receipts=lambda _: _nothing(),
        disclosure=_nothing,
        masker=cast("Masker", None),
        mailing=_nothing,
        oversight=_nothing,
        moderator=lambda _: None,
        page=lambda address: WebPage(address=address),
        adverts=lambda _: None,
    )
    assert args.run(home, args) == 0
    assert json.loads(capsys.readouterr().out)["counts"]["read"] == 6
    assert not getattr(args, "writes", False)


def _no_export(account: Account, path: Path) -> AbstractContextManager[OpenedExport]:
    raise AssertionError(f"verification opens no export of {account.name} at {path}")


def _no_session(account: Account) -> Session:
    raise AssertionError(f"verification does not meet the platform of {account.name}")


def test_every_code_has_both_languages_with_the_same_parameters() -> None:
    """The Swedish and the English sentence of a code name the same parameters."""
    for code, (swedish, english) in TEXTS.items():
        names = [{name for _, name, _, _ in string.Formatter().parse(one) if name} for one in (swedish, english)]
        assert names[0] == names[1], code
