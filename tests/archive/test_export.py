"""An exported archive: read and proven by somebody who has a text editor, ``sha256sum`` and what lies in the folder."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from pypdf import PdfReader

from flows import exits
from flows.__main__ import run
from flows.archive import export_contents
from flows.archive.export import ACT, LEASE, Exported, export_archive
from flows.archive.export_choose import Wish
from flows.archive.export_folder import MARK
from flows.archive.export_tables import cell, cell_text
from flows.cull.execute import execute
from flows.keep import read
from flows.oversee.accounts.register import add_account
from flows.oversee.marks import mark_items
from schemas.account import Account
from schemas.books import LeaseTakenError
from schemas.ids import ItemId, Month
from schemas.record import EVIDENCE, KINDS, MediaRef, Row
from schemas.refusal import GuardError, RefusedError
from schemas.shelf import medium
from schemas.xml.record import SCHEMA_FILE, STRING_LIMIT, read_document, validate
from tests.cull.archive import ACCOUNT, AUTHORITY, OFFICER, OLD, PROPOSER, YOUNG, Small, plan_text
from tests.pictures import png
from tests.small_home import small_template

__all__ = ["small_template"]
HOSTILE = "</text><evil a='1'>&amp; \u202eomvänd\u0000\ufffe ⟦U+0000⟧\r\n =HYPERLINK(\"x\")"
AUTHOR = "=cmd|'/C calc'!A0;=1+1,\"\n<script>Åke</script>"
PICTURE, FILM, DAMAGED, LOST = png(), b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(500), b"hel", b"borta"
TRICK = "../../etc/=cmd;+1\u202egnp.exe"
DECEMBER = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)  # January in Sweden, but the id says December: it rules


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _media(data: bytes | None, name: str, **fields: str | None) -> MediaRef:
    return MediaRef(
        role="picture",
        origin=name,
        media_type=fields.get("media_type") or "image/png",
        alt=fields.get("alt"),
        digest=None if data is None else _sha(data),
        size=None if data is None else len(data),
    )


@dataclass(frozen=True, slots=True)
class Filled:
    """The archive with its rows by name, and what was culled in it."""

    small: Small
    rows: dict[str, Row]
    culled: list[ItemId]


def _row(small: Small, *where: object, **fields: object) -> Row:
    made = small.row(*where, **fields)  # type: ignore[arg-type] # as the archive's own
    return replace(made, identity=_sha(made.item.encode()))


def _put(small: Small) -> dict[str, Row]:
    post = _row(
        small,
        "post",
        YOUNG,
        text=HOSTILE,
        payload=json.dumps({"text": HOSTILE}),
        links=("https://arvika.example/?a=1&b=2",),
        counts=(("likes", 3),),
        media=(
            _media(PICTURE, TRICK, alt="=1+1\n;=2"),
            _media(FILM, "https://cdn.example/film", media_type="video/mp4"),
            _media(DAMAGED, "skadad.png"),
            _media(LOST, "borta.png"),
            _media(None, "aldrig.png"),
        ),
    )
    below = {"thread": post.item, "parent": post.item}
    comment = _row(small, "comment", YOUNG, author=AUTHOR, text="x" * 150_000, **below)
    late = _row(
        small, "comment", DECEMBER, author="Berit", text="Sent svar.", media=(_media(PICTURE, "b.png"),), **below
    )
    library = _row(small, "post", DECEMBER, account="biblioteket", text="Boktips.")
    school = _row(small, "post", DECEMBER, account="skolan", authority="arvika-bun", text="Lov.")
    rows = {"post": post, "comment": comment, "late": late, "library": library, "school": school}
    small.put(list(rows.values()))
    edited = replace(post, version=2, text="Rättad.", observed=post.observed + timedelta(days=1), media=())
    hidden = replace(comment, row="sighting", state="hidden", evidence="hidden-by-us", text=None, payload=None)
    small.put([edited, replace(hidden, observed=hidden.observed + timedelta(days=2))], new=False)
    return rows


@pytest.fixture(scope="module")
def filled(small_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    """Posts and comments of three accounts and two authorities, a culling with its certificate, losses, a secrecy mark."""
    root = tmp_path_factory.mktemp("export") / "allt"
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("BEVARA_KEYS", str(small_template.parent / "nycklar"))
        shutil.copytree(small_template, root)
        small = Small(root)
        culled = small.put([_row(small, "post", OLD) for _ in range(3)])
        digest = small.propose()
        small.approve(digest)
        with small.open() as home:
            assert execute(home, digest).culled == 3
            for name, authority in (("biblioteket", AUTHORITY), ("skolan", "arvika-bun")):
                account = Account(
                    name=name,
                    platform="mastodon",
                    handle=f"@{name}",
                    authority=authority,
                    credentials_env="HEMLIG_VARIABEL",
                    administrators=("=Adam", "Bea"),
                )
                add_account(home.ground, account)
        small.adopt(plan_text(edition="../2026 å/1"))
        rows = _put(small)
        with small.open() as home:
            store = home.ground.store
            for data in (PICTURE, FILM):
                store.put_new(medium(_sha(data)), data)
            store.put_new(medium(_sha(DAMAGED)), b"fel")
            items = [rows["comment"].item]
            mark_items(home.ground, items, "sekretess", OFFICER, provision="OSL 21:1", comment="Prövat.")
        yield Filled(small=small, rows=rows, culled=culled)


def _export(filled: Filled, folder: Path, **wish: object) -> Exported:
    with filled.small.open() as home:
        return export_archive(home, Wish(folder=folder, **wish), PROPOSER)  # type: ignore[arg-type] # fields of Wish


@pytest.fixture(scope="module")
def whole(filled: Filled, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Exported]:
    """Everything, with PDF/A."""
    folder = tmp_path_factory.mktemp("ut") / "arkivet"
    return folder, _export(filled, folder, pdf=True)


def _table(folder: Path, name: str) -> list[dict[str, str]]:
    text = (folder / name).read_text("utf-8")
    assert len(list(csv.reader(text.splitlines()))) == text.count("\n")
    found = list(csv.DictReader(text.splitlines()))
    return [{key: cell_text(one) for key, one in row.items()} for row in found]


def _files(folder: Path) -> set[str]:
    return {str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file()}


# What lies there


def test_sha256sum_proves_every_file(whole: tuple[Path, Exported]) -> None:
    """``sha256sum -c`` passes strictly, and the list names every file there is but itself."""
    folder, done = whole
    found = subprocess.run(["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=folder, capture_output=True, check=False)
    assert found.returncode == 0, found.stderr
    lines = (folder / "SHA256SUMS").read_text("ascii").splitlines()
    paths = [line[66:] for line in lines]
    assert paths == sorted(paths)
    assert set(paths) == _files(folder) - {"SHA256SUMS"}
    assert len(paths) == done.files
    assert _sha((folder / "SHA256SUMS").read_bytes()) == done.sums


def test_the_record_documents_are_valid_and_whole(whole: tuple[Path, Exported], filled: Filled) -> None:
    """Every row of the archive stands in a document that the schema beside it accepts, and comes back exactly."""
    folder, done = whole
    with filled.small.open() as home, home.ground.state.reading() as books:
        stored = sum(file.rows for file in books.manifest.live())
    schema = etree.XMLSchema(etree.parse(folder / "handlingar" / "record.xsd"))
    found: list[Row] = []
    for path in sorted((folder / "handlingar").rglob("*.xml")):
        schema.assertValid(etree.parse(path))
        with path.open("rb") as source:
            assert validate(source) == []
        with path.open("rb") as source:
            header, rows = read_document(source)
            found += rows
        place = f"handlingar/{header.authority}/{header.account}/{header.month}.xml"
        assert str(path.relative_to(folder)) == place
    assert len(found) == stored == done.rows
    back = {(row.item, row.row, row.version): row for row in found}
    for name in ("post", "comment", "library"):
        row = filled.rows[name]
        assert replace(back[row.item, "version", 1], batch=row.batch) == row
    assert filled.rows["post"].item in (folder / "forteckning.csv").read_text("utf-8")


def test_the_list_has_a_line_for_every_item(whole: tuple[Path, Exported], filled: Filled) -> None:
    """forteckning.csv tells versions, state, thread, marks and the file in which the item stands."""
    folder, done = whole
    listed = {row["id"]: row for row in _table(folder, "forteckning.csv")}
    assert len(listed) == done.items
    assert all(f'id="{item}"' in (folder / row["fil"]).read_text("utf-8") for item, row in listed.items())
    post, comment = listed[filled.rows["post"].item], listed[filled.rows["comment"].item]
    assert (post["lydelser"], post["läge"], post["slag"], post["konto"]) == ("2", "synlig", "inlägg", ACCOUNT)
    assert (comment["läge"], comment["tråd"]) == ("dold", filled.rows["post"].item)
    assert "sekretessmarkerad, OSL 21:1" in comment["märkningar"]
    assert OFFICER not in comment["märkningar"]
    assert {"gallringsprotokoll", "gallringsförslag", "beslut"} <= {row["slag"] for row in listed.values()}


def test_attachments_are_copied_and_what_is_missing_is_told(whole: tuple[Path, Exported], filled: Filled) -> None:
    """Each file once under its digest and a harmless ending; missing, damaged and never fetched ones stand in saknas.csv."""
    folder, done = whole
    listed = {row["kontrollsumma"]: row for row in _table(folder, "bilagor.csv")}
    picture = listed[_sha(PICTURE)]
    assert picture["fil"] == f"bilagor/{_sha(PICTURE)[:2]}/{_sha(PICTURE)}.png"
    assert (folder / picture["fil"]).read_bytes() == PICTURE
    assert set(picture["handlingar"].split()) == {filled.rows["post"].item, filled.rows["late"].item}
    assert picture["alternativtext"] == "=1+1\n;=2"
    assert picture["ursprungligt_namn"].startswith("=cmd;+1")
    assert picture["format"].startswith("fmt/")
    assert listed[_sha(FILM)]["fil"].endswith(".mp4")
    assert {_sha(path.read_bytes()) for path in (folder / "bilagor").rglob("*") if path.is_file()} == set(listed)
    lost = {row["kod"]: row for row in _table(folder, "saknas.csv")}
    assert {code: row["kontrollsumma"] for code, row in lost.items()} == {
        "A341": _sha(LOST),
        "A342": _sha(DAMAGED),
        "A343": "",
    }
    assert {row["handlingar"] for row in lost.values()} == {filled.rows["post"].item}
    assert lost["A343"]["konto"] == ACCOUNT
    assert {one.code: one.count for one in done.findings if one.severity != "info"} == dict.fromkeys(lost, 1)
    assert (done.missing, done.attachments) == (3, len(listed))


def test_every_thread_is_there_as_pdf(whole: tuple[Path, Exported], filled: Filled) -> None:
    """One PDF/A per thread, across months, named by the thread, with its latest texts and its secrecy mark on the face."""
    folder, done = whole
    threads = {row["tråd"] for row in _table(folder, "forteckning.csv")}
    pdfs = list((folder / "pdf").rglob("*.pdf"))
    assert {path.stem for path in pdfs} == threads
    assert done.threads == len(pdfs)
    thread = filled.rows["post"].item
    pdf = PdfReader(folder / "pdf" / AUTHORITY / f"{thread[:4]}-{thread[4:6]}" / f"{thread}.pdf")
    assert b"<pdfaid:part>3</pdfaid:part>" in pdf.trailer["/Root"]["/Metadata"].get_object().get_data()  # type: ignore[index]
    said = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    assert all(words in said for words in ("SEKRETESS", "OSL 21:1", "Rättad.", "Sent svar."))


def test_accounts_plans_and_culled_records_are_told(whole: tuple[Path, Exported], filled: Filled) -> None:
    """The register without credentials, every edition as adopted, and what is left of culled records."""
    folder, _ = whole
    assert {row["konto"]: row["med"] for row in _table(folder, "konton.csv")} == dict.fromkeys(
        (ACCOUNT, "biblioteket", "skolan"), "ja"
    )
    assert '"\'=Adam | Bea"' in (folder / "konton.csv").read_text("utf-8")
    assert not any("HEMLIG_VARIABEL" in path.read_text("utf-8", "replace") for path in folder.rglob("*.csv"))
    editions = _table(folder, "plan/utgavor.csv")
    assert [row["utgåva"] for row in editions] == ["1", "../2026 å/1"]
    for row in editions:
        assert _sha((folder / row["fil"]).read_bytes()) == row["kontrollsumma"]
    assert [row["id"] for row in _table(folder, "gallrade.csv")] == sorted(filled.culled)


# Proof


def test_the_ledger_is_proven_by_the_script_beside_it(whole: tuple[Path, Exported]) -> None:
    """The exported script accepts the exported segments and gives the head that the answer names."""
    folder, done = whole
    command = [sys.executable, "kontrollera_liggaren.py", "--head", done.head[1], "liggare"]
    found = subprocess.run(command, cwd=folder, capture_output=True, check=False, text=True)
    assert found.stdout == f"OK {done.head[0]} links, head {done.head[1]}\n"


def test_the_example_link_can_be_computed_in_a_shell(whole: tuple[Path, Exported]) -> None:
    """The command line that LAS-MIG.txt gives prints the hash of the first link."""
    folder, _ = whole
    text = (folder / "LAS-MIG.txt").read_text("utf-8")
    [command] = [line for line in text.splitlines() if line.startswith("(head -c 32 /dev/zero;")]
    first = json.loads(min((folder / "liggare").iterdir()).open("rb").readline())
    found = subprocess.run(["bash", "-c", command], capture_output=True, check=True, text=True)
    assert found.stdout.split()[0] == first["hash"]
    assert f"  body  {first['body']}" in text


def test_a_certificate_can_be_found_and_proven(whole: tuple[Path, Exported], tmp_path: Path) -> None:
    """By forteckning.csv and bilagor.csv one finds its XML; the script beside accepts it with keys and ledger."""
    folder, _ = whole
    [item] = [row["id"] for row in _table(folder, "forteckning.csv") if row["slag"] == "gallringsprotokoll"]
    [file] = [
        row["fil"]
        for row in _table(folder, "bilagor.csv")
        if item in row["handlingar"].split() and row["fil"].endswith(".xml")
    ]
    ledger = tmp_path / "liggare.jsonl"
    ledger.write_bytes(b"".join(path.read_bytes() for path in sorted((folder / "liggare").iterdir())))
    command = [sys.executable, "kontrollera_gallringsprotokoll.py", file, "nycklar.jsonl", str(ledger)]
    found = subprocess.run(command, cwd=folder, capture_output=True, check=False, text=True)
    assert found.stdout.startswith("OK 3 culled"), found.stdout + found.stderr


def test_the_receipt_tells_what_went_out(whole: tuple[Path, Exported], filled: Filled) -> None:
    """One receipt after the exported ledger: accounts, counts and the list's digest; no content, nothing as a copy."""
    folder, done = whole
    with filled.small.open() as home, home.ground.state.reading() as books:
        links = [one for one in books.ledger.after(done.head[0]) if ACT in one.body]
        assert books.copies.find(kind="export") == []
    body = json.loads(links[0].body)
    assert links[0].seq == done.head[0] + 1
    assert body["actor"] == PROPOSER
    assert body["subjects"] == ["bevara", "biblioteket", ACCOUNT, "skolan"]
    assert body["evidence"]["items"] == done.items
    assert body["evidence"]["sums_sha256"] == _sha((folder / "SHA256SUMS").read_bytes())
    assert folder.name not in links[0].body


# For a stranger


def test_every_field_is_explained(whole: tuple[Path, Exported]) -> None:
    """Every element and attribute of record.xsd, every kind, basis and file of the folder is explained in LAS-MIG.txt."""
    folder, _ = whole
    text = (folder / "LAS-MIG.txt").read_text("utf-8")
    schema = etree.parse(SCHEMA_FILE)
    names = {one.get("name") or "" for one in schema.iter("{*}element", "{*}attribute")}
    assert len(names) > 45
    fields = text[text.index("4. HANDLINGSDOKUMENTENS FÄLT") : text.index("5. TIDER")]
    assert [name for name in names if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", fields)] == []
    assert [one for one in (*KINDS, *EVIDENCE) if one not in fields] == []
    assert [name for name in {one.partition("/")[0] for one in _files(folder)} if name not in text] == []
    assert "⟦U+0000⟧" in text
    assert "Per gallringsår:\n  2026: 3 handlingar" in text
    assert "A341: bilagor som inte fanns i arkivets lager: 1" in text
    assert not re.search(r"\$[a-z_]", text)
    prose = [line for line in text.splitlines() if not line.startswith(("(head", "  body"))]
    assert [line for line in prose if len(line) > 90] == []


def test_cells_are_harmless_in_a_spreadsheet(whole: tuple[Path, Exported]) -> None:
    """No cell begins with a formula's sign, and no semicolon in one is followed by such a sign."""
    folder, _ = whole
    for path in folder.rglob("*.csv"):
        for row in csv.reader(path.read_text("utf-8").splitlines()):
            assert not any(re.match(r"\s*[=+\-@]", one) or re.search(r";[\s\"']*[=+\-@]", one) for one in row), path


@given(st.text(alphabet=st.one_of(st.sampled_from("=+-@';,\" \n\t⟦⟧U0\u202e\ud800"), st.characters())))
def test_a_cell_gives_its_text_back(text: str) -> None:
    """What a cell says is one printable line, harmless, and can be turned back exactly."""
    written = cell(text)
    assert cell_text(written) == text
    assert written.isprintable()
    assert not re.match(r"\s*[=+\-@]", written)


# The choice


def test_a_choice_takes_accounts_and_months_and_counts_the_rest(filled: Filled, tmp_path: Path) -> None:
    """Account and month choose; Bevara's own items of the account's authority go along; the rest is counted and told."""
    (tmp_path / "ut").mkdir()  # an empty folder that is there already is taken
    done = _export(filled, tmp_path / "ut", accounts=("biblioteket",), first=Month("2025-12"), last=Month("2026-01"))
    listed = _table(tmp_path / "ut", "forteckning.csv")
    assert {(row["konto"], row["arkivbildare"]) for row in listed} == {
        ("biblioteket", AUTHORITY),
        ("bevara", AUTHORITY),
    }
    assert {row["id"] for row in listed if row["konto"] == "biblioteket"} == {filled.rows["library"].item}
    assert done.left_out == 4  # the post, two comments, the other authority's post
    text = (tmp_path / "ut" / "LAS-MIG.txt").read_text("utf-8")
    assert "kontona biblioteket" in text
    assert "4 handlingar hör till andra konton eller månader" in " ".join(text.split())
    assert not (tmp_path / "ut" / "pdf").exists()
    assert [one.code for one in done.findings] == ["A349"]
    assert {row["konto"]: row["med"] for row in _table(tmp_path / "ut", "konton.csv")} == {
        ACCOUNT: "nej",
        "biblioteket": "ja",
        "skolan": "nej",
    }


def test_a_month_that_cannot_be_read_is_told(filled: Filled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A damaged file of the holdings leaves its month out; the rest is there, and the finding and saknas.csv say so."""
    root = tmp_path / "allt"
    shutil.copytree(filled.small.root, root)
    small = Small(root)
    with small.open() as home, home.ground.state.reading() as books:
        keys = [file.key for file in books.manifest.live(AUTHORITY, Month("2025-11"))]
    for key in keys:
        place = root / "hem" / "store" / key
        place.chmod(0o600)
        place.write_bytes(b"PAR1 det var en gang PAR1")
    # This process remembers small files of a store of that name.
    monkeypatch.setattr(read, "_REMEMBERED", read._Remembered(each=0, together=0))
    done = _export(replace(filled, small=small), tmp_path / "ut")
    loud = [one for one in done.findings if one.severity == "error"]
    assert [(one.code, one.subject) for one in loud] == [("A344", f"{AUTHORITY}/2025-11")]
    [row] = [row for row in _table(tmp_path / "ut", "saknas.csv") if row["kod"] == "A344"]
    assert (row["arkivbildare"], row["månad"]) == (AUTHORITY, "2025-11")
    assert {row["id"][:6] for row in _table(tmp_path / "ut", "forteckning.csv")} == {"202512", "202601"}
    text = " ".join((tmp_path / "ut" / "LAS-MIG.txt").read_text("utf-8").split())
    assert "inget därifrån är med: arvika-ks/2025-11" in text


def test_what_cannot_be_written_or_found_is_told(
    small_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record no document can hold leaves out that month of the account alone; scripts that are not there are told."""
    shutil.copytree(small_template, tmp_path / "allt")
    small = Small(tmp_path / "allt")
    good = _row(small, "post", YOUNG, account="biblioteket")
    small.put([_row(small, "post", YOUNG, author="x" * (STRING_LIMIT + 1)), good])
    monkeypatch.setattr(export_contents, "_INFRA", tmp_path)
    with small.open() as home:
        done = export_archive(home, Wish(folder=tmp_path / "ut"), PROPOSER)
    assert [(one.code, one.subject) for one in done.findings] == [
        ("A345", f"{AUTHORITY}/{ACCOUNT}/2025-11"),
        ("A348", "export"),
    ]
    [lost] = _table(tmp_path / "ut", "saknas.csv")
    assert (lost["kod"], lost["konto"], lost["månad"]) == ("A345", ACCOUNT, "2025-11")
    assert [row["id"] for row in _table(tmp_path / "ut", "forteckning.csv")] == [good.item]
    assert {path.parent.name for path in (tmp_path / "ut" / "handlingar").rglob("*.xml")} == {"biblioteket"}
    text = (tmp_path / "ut" / "LAS-MIG.txt").read_text("utf-8")
    assert "Kontrollskripten fanns inte i installationen" in text
    assert "kontrollera_liggaren.py" not in text
    assert "inga handlingar har gallrats" in text


# Refused, killed


@pytest.mark.parametrize("taken", ["file", "full", "link", "home", "orphan", "part"])
def test_a_folder_that_is_taken_is_refused(filled: Filled, tmp_path: Path, taken: str) -> None:
    """A file, a folder with something in it, a link, the archive's own folder or no folder: nothing is written over."""
    place = tmp_path / "ut"
    (tmp_path / "annan").mkdir()
    arrange: dict[str, Callable[[], object]] = {
        "file": lambda: place.write_text("mitt"),
        "full": lambda: (place / "mitt").mkdir(parents=True),
        "link": lambda: place.symlink_to(tmp_path / "annan"),
        "home": lambda: None,
        "orphan": lambda: None,
        "part": lambda: (tmp_path / ".ut.part" / "mitt").mkdir(parents=True),
    }
    arrange[taken]()
    folder = {"home": filled.small.root / "hem" / "store" / "ut", "orphan": tmp_path / "ingen" / "ut"}.get(taken, place)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(RefusedError, match="FOLDER"):
        _export(filled, folder)
    assert sorted(tmp_path.rglob("*")) == before


def test_unknown_accounts_months_and_persons_are_refused(filled: Filled, tmp_path: Path) -> None:
    """An unknown account, months the wrong way round, no mandate, another export at the same time: nothing is left."""
    with pytest.raises(RefusedError, match="--account"):
        _export(filled, tmp_path / "ut", accounts=("nyhetre",))
    with pytest.raises(RefusedError, match="--to"):
        _export(filled, tmp_path / "ut", first=Month("2025-12"), last=Month("2025-11"))
    with filled.small.open() as home, pytest.raises(GuardError, match="G-MANDATE"):
        export_archive(home, Wish(folder=tmp_path / "ut"), OFFICER)
    with filled.small.open() as home, home.ground.state.hold_lease(LEASE), pytest.raises(LeaseTakenError):
        export_archive(home, Wish(folder=tmp_path / "ut"), PROPOSER)
    assert list(tmp_path.iterdir()) == []


def test_a_broken_ledger_is_not_exported(filled: Filled, tmp_path: Path) -> None:
    """One changed link in the database refuses the export (G-CHAIN) and leaves nothing."""
    root = tmp_path / "allt"
    shutil.copytree(filled.small.root, root)
    with sqlite3.connect(root / "hem" / "state" / "bevara.db") as database:
        database.execute("UPDATE ledger SET body = replace(body, 'bevara', 'Bevara') WHERE seq = 2")
    with pytest.raises(GuardError, match="G-CHAIN"):
        _export(replace(filled, small=Small(root)), tmp_path / "ut")
    assert [one.name for one in tmp_path.iterdir()] == ["allt"]


def test_what_is_culled_meanwhile_refuses_the_export(
    small_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An export that would hold what was culled before it was done is refused; the next one is as the archive is."""
    monkeypatch.setenv("BEVARA_KEYS", str(small_template.parent / "nycklar"))
    shutil.copytree(small_template, tmp_path / "allt")
    small = Small(tmp_path / "allt")
    culled = small.put([_row(small, "post", OLD), _row(small, "post", YOUNG)])[0]
    digest = small.propose()
    small.approve(digest)
    done: list[str] = []

    def step(_name: str, _count: int) -> None:
        if not done:
            done.append("culled")
            with small.open() as other:
                execute(other, digest)

    with small.open() as home, pytest.raises(GuardError, match="G-CULLED"):
        export_archive(home, Wish(folder=tmp_path / "ut"), PROPOSER, step=step)
    assert not (tmp_path / "ut").exists()
    assert not (tmp_path / ".ut.part").exists()
    with small.open() as home:
        export_archive(home, Wish(folder=tmp_path / "ut"), PROPOSER)
    assert culled not in (tmp_path / "ut" / "forteckning.csv").read_text("utf-8")


def test_a_killed_export_leaves_nothing_that_looks_whole(filled: Filled, tmp_path: Path) -> None:
    """Killed anywhere it leaves only a marked folder beside, which the next run clears away; that one is whole."""
    shutil.copytree(filled.small.root, tmp_path / "allt")
    command = [sys.executable, "-m", "tests.archive.kill_export", str(tmp_path / "allt")]
    found = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    killed = [one for one in found if one["point"] != "never"]
    assert len(killed) == 6
    assert {one["status"] for one in killed} == {-9}
    assert not any(one["whole"] for one in killed)
    assert all(one["part"] for one in killed)
    assert all(one["marked"] for one in killed if one["point"] != "name")
    assert found[-1] == {"point": "never", "status": 0, "whole": True, "part": False, "marked": False}
    assert MARK not in _files(tmp_path / "allt" / "ut")


# The command


def test_the_command_warns_and_leaves_the_store_as_it_was(
    filled: Filled, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One JSON object with counts, the warning and exit code 3 for what is missing; no byte of the store changes."""
    store = filled.small.root / "hem" / "store"
    before = {path: path.read_bytes() for path in store.rglob("*") if path.is_file()}
    words = ["archive", "export", str(tmp_path / "ut"), "--as", PROPOSER, "--account", ACCOUNT]
    common = ["--home", str(filled.small.root / "hem"), "--at", filled.small.at.isoformat()]
    assert run([*common, "--json", *words]) == exits.FINDINGS
    answer = json.loads(capsys.readouterr().out)
    assert answer["warning"].startswith("VARNING: ")
    assert {one["code"] for one in answer["findings"]} == {"A341", "A342", "A343", "A349"}
    assert answer["missing"] == 3
    assert {path: path.read_bytes() for path in store.rglob("*") if path.is_file()} == before
    words = [
        "archive",
        "export",
        str(tmp_path / "tva"),
        "--as",
        PROPOSER,
        "--account",
        "biblioteket",
        "--to",
        "2025-12",
    ]
    assert run([*common, *words]) == exits.DONE
    told = capsys.readouterr().out
    assert "VARNING: Mappen innehåller" in told
    assert "1 handling i 1 handlingsdokument" in told
