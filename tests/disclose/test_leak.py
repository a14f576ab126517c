"""Nothing that is masked leaks: every byte of an answer to 300 records with secret marks in everything is looked through.

Half of the places are masked by the commands that officers use, half are given. The answer is looked at as a folder, as a
zip and as an e-mail that a real server took; and with it the masked copies in the archive, the state database and the
ledger. Pages and pictures are read by OCR.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

import pypdf
import pytest

from flows.keep.read import partitions
from schemas.record import Row
from schemas.shelf import medium
from schemas.tables import HOLDINGS, to_rows
from tests.disclose.marked import batches, make
from tests.disclose.marks import Marked
from tests.disclose.scanner import Scanner
from tests.disclose.world import MAIL, Desk
from tests.servers.smtp import SmtpServer, running
from tests.servers.tesseract import Tesseract

RECORDS, FEWER = 300, 90
"""FEWER: as a zip and as an e-mail, of every sort of attachment once; all of them in soak."""
_READ = 6
"""Of so many masked copies' documents the pages of one are read by OCR; of all in soak."""
CONTACT = "FEGHKLMNPR"
"""A mark in who asked."""


@dataclass(frozen=True, slots=True)
class Handed:
    """What was handed out in one form, and what lies in the archive afterwards."""

    marked: Marked
    desk: Desk
    number: int
    folder: Path


@dataclass(frozen=True, slots=True)
class Packed:
    """What was handed out in the two other forms."""

    marked: Marked
    zip: bytes
    mail: list[bytes]


@pytest.fixture(scope="module")
def smtp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmtpServer]:
    """A mail server of this module's own."""
    with running(tmp_path_factory.mktemp("post")) as server:
        yield server


def prepared(root: Path, port: int, marked: Marked) -> tuple[Desk, int]:
    """An archive with the records; everything is found, masked and assessed, nothing is answered."""
    desk = Desk(root).begin(MAIL.format(host="127.0.0.1", port=port) + "limit_mb = 100\n")
    began = desk.at
    for some in batches(marked):
        desk.stored_rows(some, new=some[0][0].version == 1)
    desk.at = began
    number = desk.ask("Allt som kommunen har", "--contact", f"{CONTACT.lower()}@post.example")
    found = desk.find(number, "--everything")
    assert found["versions"] == len(marked.versions), found
    for one in marked.masks:
        desk.request("mask", str(number), *one)
    if marked.refused:
        desk.assess(number, "refuse", *marked.refused, provision="OSL 21:1")
    desk.assess(number, "give")
    return desk, number


def _copy(desk: Desk, name: str) -> Desk:
    """The archive as it is, in another folder."""
    shutil.copytree(desk.root, desk.root.parent / name)
    return Desk(desk.root.parent / name, at=desk.at)


@pytest.fixture(scope="module")
def handed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Handed]:
    """300 records as a folder."""
    root = tmp_path_factory.mktemp("läcka")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("BEVARA_KEYS", str(root / "nycklar"))
        marked = make(RECORDS)
        desk, number = prepared(root / "allt", 1, marked)
        desk.answer(number, "--out", str(root / "svar"))
        yield Handed(marked, desk, number, root / "svar")


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory, smtp: SmtpServer) -> Packed:
    """A smaller archive, answered as a zip, and in a copy of it as an e-mail."""
    root = tmp_path_factory.mktemp("packat")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("BEVARA_KEYS", str(root / "nycklar"))
        marked = make(FEWER, "packat")
        desk, number = prepared(root / "allt", smtp.port, marked)
        other = _copy(desk, "post")
        desk.answer(number, "--out", str(root / "svar.zip"), "--zip")
        other.answer(number, "--mail")
        return Packed(marked, (root / "svar.zip").read_bytes(), smtp.raw())


def _secret(marked: Marked) -> set[str]:
    return marked.words("masked") | marked.words("never") | {CONTACT}


def _told(scanner: Scanner, marked: Marked, words: AbstractSet[str]) -> str:
    """Which places leak, for whoever reads the failure."""
    lines = [
        f"{word} ({marked.marks[word].place if word in marked.marks else 'contact'}): {sorted(scanner.places[word])[:3]}"
        for word in sorted(words)
    ]
    return f"{len(words)} marks:\n" + "\n".join(lines[:40])


def _own(desk: Desk) -> list[Row]:
    with desk.open() as home:
        return [
            row
            for _, _, table in partitions(home.ground.state, home.ground.store, HOLDINGS.names)
            for row in to_rows(table)
            if row.platform == "bevara"
        ]


def test_nothing_masked_is_in_the_folder(handed: Handed, ocr: Tesseract) -> None:
    """No masked mark in any byte or pixel of the folder; every given one is there."""
    scanner = Scanner([*handed.marked.marks, CONTACT], ocr)
    assert scanner.folder("svar", handed.folder) > len(handed.marked.versions) // 10
    assert scanner.pages > 0
    leaked = scanner.found & _secret(handed.marked)
    assert not leaked, _told(scanner, handed.marked, leaked)
    missing = handed.marked.words("given", "text", "file") - scanner.found
    assert not missing, _told(scanner, handed.marked, missing)


def test_everything_given_is_in_data_and_documents(handed: Handed) -> None:
    """Texts, names, links, addresses and alt texts stand in the JSON, in the CSV and in the text of the PDFs."""
    given = handed.marked.words("given", "text")
    texts = {
        "json": (handed.folder / "handlingar.json").read_text("utf-8"),
        "csv": (handed.folder / "handlingar.csv").read_text("utf-8-sig"),
        "pdf": "\n".join(
            page.extract_text()
            for path in sorted(handed.folder.glob("handlingar-*.pdf"))
            for page in pypdf.PdfReader(path).pages
        ),
    }
    for name, text in texts.items():
        scanner = Scanner(given)
        scanner.text(name, text)
        missing = given - scanner.found
        assert not missing, f"{name}: {_told(scanner, handed.marked, missing)}"
    assert len(json.loads(texts["json"])) >= 1
    assert len(list(csv.reader(io.StringIO(texts["csv"]), delimiter=";"))) == len(handed.marked.versions) + 1


def test_nothing_masked_is_in_the_zip(packed: Packed) -> None:
    """The same as a zip, every entry and what lies between them; every given mark is there."""
    scanner = Scanner([*packed.marked.marks, CONTACT])
    scanner.data("svar.zip", packed.zip)
    leaked = scanner.found & _secret(packed.marked)
    assert not leaked, _told(scanner, packed.marked, leaked)
    assert not packed.marked.words("given", "text", "file") - scanner.found


def test_nothing_masked_is_in_the_mail(packed: Packed) -> None:
    """The same as an e-mail that a server took; the address of who asked is in its head alone."""
    assert len(packed.mail) == 1
    scanner = Scanner([*packed.marked.marks, CONTACT])
    scanner.data("svar.eml", packed.mail[0])
    leaked = scanner.found & (_secret(packed.marked) - {CONTACT})
    assert not leaked, _told(scanner, packed.marked, leaked)
    assert not packed.marked.words("given", "text", "file") - scanner.found


def test_masked_copies_in_the_archive_hold_nothing_masked(handed: Handed, ocr: Tesseract) -> None:
    """Items of kind ``answer`` with their files; their pictures and recordings are those that were handed out."""
    copies_hold_nothing(handed, ocr, every=_READ)


def copies_hold_nothing(handed: Handed, ocr: Tesseract, *, every: int) -> None:
    """There is one for each record that is given in part, and none of them leaks; one of ``every`` is read by OCR."""
    copies = [row for row in _own(handed.desk) if row.kind == "answer"]
    partly = [one for one in handed.desk.assessments(handed.number) if one.verdict == "partly"]
    assert {one.copy for one in partly} <= {row.item for row in copies}
    assert None not in {one.copy for one in partly}
    out = {hashlib.sha256(path.read_bytes()).hexdigest() for path in handed.folder.rglob("*") if path.is_file()}
    marks = [*handed.marked.marks, CONTACT]
    scanners = (Scanner(marks), Scanner(marks, ocr))
    with handed.desk.open() as home:
        for number, row in enumerate(sorted(copies, key=lambda one: one.item)):
            scanner = scanners[number % every == 0]
            scanner.text(f"{row.item} row", repr(row))
            for one in row.media:
                assert one.digest is not None
                assert one.digest in out or one.origin.startswith("handling.")
                scanner.data(f"{row.item} {one.origin}", home.ground.store.get(medium(one.digest)))
    for scanner in scanners:
        leaked = scanner.found & _secret(handed.marked)
        assert not leaked, _told(scanner, handed.marked, leaked)


def test_no_mark_is_in_the_state_or_the_ledger(handed: Handed) -> None:
    """Not even those that are given: the state database and the ledger hold no content."""
    scanner = Scanner([*handed.marked.marks, CONTACT])
    scanner.folder("state", handed.desk.root / "hem" / "state")
    for info in (handed.desk.root / "hem" / "store").rglob("*"):
        if info.is_file() and "ledger" in str(info):
            scanner.data(str(info), info.read_bytes())
    for receipt in handed.desk.receipts(f"request:{handed.number}"):
        scanner.text("receipt", json.dumps(receipt, ensure_ascii=False))
    assert not scanner.found, _told(scanner, handed.marked, set(scanner.found))


def test_the_originals_are_untouched(handed: Handed) -> None:
    """Every version of every record is as it was, with every mark in it."""
    scanner = Scanner(handed.marked.marks)
    with handed.desk.open() as home:
        for _, _, table in partitions(home.ground.state, home.ground.store, HOLDINGS.names):
            for row in to_rows(table):
                if row.platform != "bevara":
                    scanner.text(row.item, repr((row.text, row.author, row.author_native, row.native, row.links)))
                    scanner.text(row.item, f"{row.payload} {row.media}")
    assert not handed.marked.words("given", "text") - scanner.found
    assert not handed.marked.words("never") - scanner.found


@pytest.mark.parametrize("name", ["las-mig.txt", "handlingar.csv", "handlingar.json"])
def test_a_mark_planted_in_the_finished_answer_is_found(handed: Handed, name: str, tmp_path: Path) -> None:
    """The scan of the folder is no empty show: one mark put into a finished file is found."""
    shutil.copytree(handed.folder, tmp_path / "svar")
    secret = min(handed.marked.words("masked", "text"))
    path = tmp_path / "svar" / name
    path.write_bytes(path.read_bytes() + f"\n{secret.lower()}".encode())
    scanner = Scanner([secret])
    scanner.folder("svar", tmp_path / "svar")
    assert scanner.found == {secret}


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(5))
def test_other_seeds_leak_nothing_either(
    seed: int, tmp_path: Path, smtp: SmtpServer, ocr: Tesseract, monkeypatch: pytest.MonkeyPatch
) -> None:
    """300 other records each, in all three forms, with every page and picture and masked copy read."""
    monkeypatch.setenv("BEVARA_KEYS", str(tmp_path / "nycklar"))
    smtp.clear()
    marked = make(RECORDS, f"blöt-{seed}")
    desk, number = prepared(tmp_path / "allt", smtp.port, marked)
    zipping, mailing = _copy(desk, "zip"), _copy(desk, "post")
    desk.answer(number, "--out", str(tmp_path / "svar"))
    zipping.answer(number, "--out", str(tmp_path / "svar.zip"), "--zip")
    mailing.answer(number, "--mail")
    handed = Handed(marked, desk, number, tmp_path / "svar")
    test_nothing_masked_is_in_the_folder(handed, ocr)
    packed = Packed(marked, (tmp_path / "svar.zip").read_bytes(), smtp.raw())
    test_nothing_masked_is_in_the_zip(packed)
    test_nothing_masked_is_in_the_mail(packed)
    copies_hold_nothing(handed, ocr, every=1)
