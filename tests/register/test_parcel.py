"""Parcels: what the open and the secret form hold, that their XML is valid, and that nothing gets into the wrong one."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace

import pytest
from lxml import etree
from pypdf import PdfReader

from flows.keep.own import OwnFile, write_own
from flows.register.parcel import build_parcel
from flows.register.zipped import pack, unpack
from schemas.ids import ItemId
from schemas.record import MediaRef
from schemas.refusal import GuardError, RefusedError
from schemas.registration import Registration
from schemas.xml.record_form import SCHEMA_FILE
from tests import standards
from tests.canary.scan import Scan
from tests.cull.archive import AUTHORITY
from tests.register.world import ASKED, AUTHOR, MARKS, NATIVE, PNG, REGISTRAR, TEXT, World

FILES = ["SHA256SUMS", "bilaga-01.png", "forsattsblad.pdf", "handling.pdf", "handling.xml", "record.xml"]
SUBJECT = "Fråga om sjukdom 5ec1e70a1b2c3d82"


def send(world: World, *arguments: str, code: int = 0) -> None:
    """Decide and send."""
    world.command("register", "send", *arguments, "--as", REGISTRAR, code=code)


def text(pdf: bytes) -> str:
    """A PDF's text."""
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def found(files: dict[str, bytes]) -> frozenset[str]:
    """Marks in a parcel, whatever they are packed in."""
    scan = Scan([*MARKS.values(), SUBJECT[-16:]])
    for name, data in files.items():
        scan.data(name, data)
    return scan.found


def test_the_open_form_has_the_fields_and_the_thread(world: World) -> None:
    """The cover has date, sender, recipient, subject; the thread its pictures; digests and XML are right."""
    _, comment, _ = world.thread()
    send(world, comment, "--subject", SUBJECT, "--matter", "KS 2026/7")
    ((name, files),) = world.handed().items()
    assert name == f"bevara-{comment}-v1"
    assert sorted(files) == FILES
    cover = text(files["forsattsblad.pdf"])
    for said in ("2026-01-14", AUTHOR, "Arvika kommunstyrelse", SUBJECT, "KS 2026/7", "Sätts vid registreringen"):
        assert said in cover
    assert TEXT in text(files["handling.pdf"])
    assert files["bilaga-01.png"] == PNG
    for line in files["SHA256SUMS"].decode("ascii").splitlines():
        digest, _, file = line.partition("  ")
        assert hashlib.sha256(files[file]).hexdigest() == digest
    assert world.handed("skyddat") == {}


def test_the_xml_of_a_parcel_is_valid(world: World) -> None:
    """handling.xml by the official schema of FGS Ärendehantering 1.0, record.xml by ours; appendices as they lie there."""
    _, comment, _ = world.thread()
    world.mark(comment, "sekretess", provision="OSL 21:1")
    send(world, comment)
    (files,) = world.handed("skyddat").values()
    assert standards.faults("arendehantering", files["handling.xml"]) == []
    etree.XMLSchema(etree.parse(SCHEMA_FILE)).assertValid(etree.fromstring(files["record.xml"]))
    record = etree.fromstring(files["handling.xml"])
    space = {"f": "http://xml.ra.se/e-arkiv/FGS-ERMS"}
    restriction = record.find(".//f:Restriktion[@Typ='Sekretess']", space)
    assert restriction is not None
    assert restriction.findtext("f:Lagrum", namespaces=space) == "OSL 21:1"
    assert "Myndighet: Arvika kommunstyrelse" in (restriction.findtext("f:ForklarandeText", namespaces=space) or "")
    assert "2026-01-15" in [one.text for one in record.iterfind(".//f:Varde", space)]
    named = {one.get("Lank"): one.get("Checksumma") for one in record.iterfind(".//f:Bilaga", space)}
    assert named == {
        name: hashlib.sha256(data).hexdigest()
        for name, data in files.items()
        if name not in {"SHA256SUMS", "handling.xml"}
    }


def test_the_open_form_of_a_secret_record_is_a_neutral_cover_alone(world: World) -> None:
    """No sender, subject, provision or content in it; the secret form, in the other folder, holds it all and the mark."""
    _, comment, _ = world.thread()
    send(world, comment, "--secret", "OSL 21:1", "--subject", SUBJECT)
    (neutral,) = world.handed().values()
    (secret,) = world.handed("skyddat").values()
    assert sorted(neutral) == ["SHA256SUMS", "forsattsblad.pdf"]
    assert found(neutral) == frozenset()
    cover = text(neutral["forsattsblad.pdf"])
    assert "Sekretessmarkerad handling" in cover
    assert "2026-01-14" in cover
    assert "OSL 21:1" not in cover
    assert sorted(secret) == FILES
    assert found(secret) >= {*MARKS.values(), SUBJECT[-16:]}
    for name in ("forsattsblad.pdf", "handling.pdf"):
        for said in ("SEKRETESS", "OSL 21:1", "2026-01-15", "Arvika kommunstyrelse"):
            assert said in text(secret[name])
    assert world.marks(comment)["sekretess"].provision == "OSL 21:1"


def test_others_content_is_limited_to_what_is_needed(world: World) -> None:
    """What is answered and our reply are shown; another visitor's comment and what is secret around it are stubs."""
    post, comment, reply = world.thread(text="Frågan", author="Anders And")
    other = world.row("comment", ASKED, text="5ec1e70a1b2c3d93", own=False, thread=post, parent=post, author="Bo Ek")
    below = world.row("comment", ASKED, text="5ec1e70a1b2c3da4", own=False, thread=post, parent=comment)
    world.add([other, below])
    send(world, comment)
    (files,) = world.handed().values()
    shown = text(files["handling.pdf"])
    assert "Nu plogas gatorna." in shown
    assert "Frågan" in shown
    assert "Tack, vi tittar på det." in shown
    scan = Scan(["5ec1e70a1b2c3d93", "5ec1e70a1b2c3da4"])
    for name, data in files.items():
        scan.data(name, data)
    assert scan.found == frozenset()
    with world.open() as home, home.ground.state.reading() as books:
        (copy,) = books.copies.find(kind="registration")
    record = world.way(comment).record
    assert set(copy.items) == {post, comment, reply, record}


def test_a_secret_record_around_it_is_not_shown_in_an_open_form(world: World) -> None:
    """A reply to a secret comment is registered openly with a stub in its place, and without what points at its sender."""
    post, comment, _ = world.thread()
    pointing = {"native": "1", "parent_native": NATIVE, "thread_native": "2", "payload": f'{{"reply":"{NATIVE}"}}'}
    reply = world.row("reply", ASKED, text="Vi återkommer.", thread=post, parent=comment, **pointing)
    world.add([reply])
    world.mark(comment, "sekretess", provision="OSL 21:1")
    send(world, reply.item)
    (files,) = world.handed().values()
    assert found(files) == frozenset()
    assert "Vi återkommer." in text(files["handling.pdf"])
    assert "Utelämnat ur record.xml" in files["handling.xml"].decode()
    etree.XMLSchema(etree.parse(SCHEMA_FILE)).assertValid(etree.fromstring(files["record.xml"]))


def test_our_own_document_goes_with_its_files(world: World) -> None:
    """A certificate: cover, XML and its files under their own names; the yearly matter for a snapshot; errand kept open."""
    with world.open() as home:
        made = [
            write_own(
                home.ground,
                kind=kind,
                authority=AUTHORITY,
                text="Ett dokument",
                payload={"x": 1},
                at=world.at,
                act="test.made",
                files=[OwnFile(name="gallringsprotokoll.pdf", media_type="application/pdf", data=b"%PDF-1.7 x")],
            )
            for kind in ("certificate", "snapshot")
        ]
        with home.ground.state.writing() as books:
            books.outbox.put("register", made[0], world.at)
    send(world, *made)
    first, second = (world.handed()[f"bevara-{item}-v1"] for item in made)
    assert first["gallringsprotokoll.pdf"] == b"%PDF-1.7 x"
    assert "handling.pdf" not in first
    assert "Gallringsprotokoll av Bevara" in text(first["forsattsblad.pdf"])
    assert "KS 2026/12" in text(second["forsattsblad.pdf"])
    assert "KS 2026/12" not in text(first["forsattsblad.pdf"])
    assert standards.faults("arendehantering", second["handling.xml"]) == []


def test_missing_and_too_large_attachments_are_told_of(world: World) -> None:
    """J122 where there are no bytes, J123 where there is no room; both stand in the XML; never silent."""
    gone = MediaRef(role="video", origin="https://test/film.mp4", media_type="video/mp4")
    _, comment, _ = world.thread()
    lost = world.row("comment", ASKED, own=False, media=(gone,))
    world.add([lost])
    send(world, lost.item, code=3)
    (files,) = world.handed().values()
    assert b"Bilagor som inte finns i arkivet" in files["handling.xml"]
    with world.open() as home:
        way = Registration(
            item=comment,
            standing="decided",
            registry="diariet",
            secret=False,
            version=1,
            message="bevara-x",
            decided=world.at,
            changed=world.at,
            person=REGISTRAR,
        )
        small = build_parcel(home, way, salt=bytes(32), room=10)
        again = build_parcel(home, way, salt=bytes(32), room=10)
        assert small is not None
        assert small == again
        assert [one.code for one in small.findings] == ["J123"]
        assert build_parcel(home, replace(way, item=ItemId("202601-zzzzzzzzzzzzzzzz")), salt=bytes(32)) is None
    names = [name for name, _ in unpack(small.data)["oppen"]]
    assert names[0] == "forsattsblad.pdf"
    assert "bilaga-01.png" not in names
    assert b"bilaga-01.png, 69 byte" in dict(unpack(small.data)["oppen"])["handling.xml"]


def test_hostile_words_are_only_words(world: World) -> None:
    """Markup, control and turning characters, forbidden ones: valid XML, a PDF, names that are plain; a subject is a line."""
    nasty = "#set page() <x>&\u202e\x00\x1b[2J \ud83d $(rm) ]]> ⟦U+0000⟧".encode("utf-8", "replace").decode()
    row = world.row("comment", ASKED, text=nasty, author=nasty, own=False)
    world.add([row])
    with pytest.raises(RefusedError, match="--subject"):
        send(world, row.item, "--subject", "x" * 301)
    send(world, row.item, "--subject", f"rad ett\r\nBcc: alla@example.org {nasty}", code=0)
    (files,) = world.handed().values()
    assert standards.faults("arendehantering", files["handling.xml"]) == []
    assert "rad ett Bcc: alla@example.org" in text(files["forsattsblad.pdf"])


def test_the_same_files_give_the_same_zip() -> None:
    """Packed twice the bytes are equal; unpacked, forms and order are as they were."""
    forms = {"oppen": [("b.pdf", b"1"), ("a.xml", b"2")], "sekretess": [("å".encode().hex(), b"")]}
    assert pack(forms) == pack(forms)  # type: ignore[arg-type] # the literal's keys are forms
    assert unpack(pack(forms)) == forms  # type: ignore[arg-type] # as above


def test_a_registry_without_a_secret_folder_takes_nothing_secret(world: World) -> None:
    """G-SECRET before anything is decided, and also when the mark came after the decision (J126)."""
    _, comment, reply = world.thread()
    world.settings('[[registry]]\nname = "diariet"\nkind = "folder"\npath = "../saknas"\n')
    with pytest.raises(GuardError, match="G-SECRET"):
        send(world, comment, "--secret", "OSL 21:1")
    assert "sekretess" not in world.marks(comment)
    send(world, comment, code=10)
    world.mark(comment, "sekretess", provision="OSL 21:1")
    (world.root / "saknas").mkdir()
    told = world.command("register", "dispatch", code=3)
    assert [one["code"] for one in told["findings"]] == ["J126"]
    assert world.handed("saknas") == {}
    assert world.way(comment).standing == "decided"
    world.settings(FOLDER_AGAIN)
    world.command("register", "dispatch")
    (neutral,) = world.handed("saknas").values()
    assert found(neutral) == frozenset()
    assert world.way(comment).secret
    assert reply not in world.candidates()


FOLDER_AGAIN = """
[[registry]]
name = "diariet"
kind = "folder"
path = "../saknas"
secret_path = "../skyddat"
"""


def test_a_new_version_says_so_on_its_cover(world: World) -> None:
    """Which lydelse it is, since when, and the number that the earlier one has; of a first one nothing of the kind."""
    row = world.row("comment", ASKED, text="Frågan", own=False)
    world.add([row])
    send(world, row.item)
    world.command("register", "confirm", row.item, "KS 2026/1", "--as", REGISTRAR)
    world.later(days=2)
    world.add([replace(row, version=2, text="Ändrad", observed=world.at)], new=False)
    world.later(days=1)
    send(world, row.item)
    first, second = (text(files["forsattsblad.pdf"]) for _, files in sorted(world.handed().items()))
    assert "Lydelse 2, iakttagen 2026-01-17" in second
    assert "KS 2026/1" in second
    assert "Lydelse" not in first
