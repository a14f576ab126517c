"""The sheet for KB's web form: what stands on it, the files beside it, and that a film was sent."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from pypdf import PdfReader

from flows.__main__ import run
from flows.deposit.answer import answer
from flows.deposit.decide import decide
from flows.deposit.sheet import DOCUMENT, PAGE, SENT, SUMS, sent, sheet
from flows.deposit.sheet_page import FOLDER, document, page, sheet_of
from flows.keep.own import read_own
from flows.oversee.persons import add_person
from schemas.deposit import DeliveryIntent, Film, Host, Told, Way
from schemas.ids import ItemId
from schemas.refusal import GuardError, RefusedError
from schemas.shelf import medium
from tests.cull.archive import AUTHORITY
from tests.deposit.resources import resource
from tests.deposit.world import COMMUNICATOR, NOW, SHOWN, World
from tests.films import make

TOLD = Told(title="Så <sorterar> du & andra", page="https://www.arvika.se/film/1", password="sommar 2026")
FILM = Film(id="f1", number=12, standing="decided", authority=AUTHORITY, available=SHOWN, changed=NOW)


@pytest.fixture(scope="module")
def film_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A real film of a second."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    make(path, seconds=1)
    return path.read_bytes()


def decided(world: World, data: bytes, *, way: Way = "form", told: Told = TOLD, **changes: Any) -> Film:
    """A film that is to be delivered."""
    item = world.film(data, text="Så sorterar du\nAndra raden", **changes)
    world.scan()
    with world.open() as home:
        (film,) = decide(home, [str(world.film_of(item).number)], True, "Till allmänheten", COMMUNICATOR, told, way)
    return film


def parsed(data: bytes) -> Any:
    """The page's tree, as a lenient reader builds it."""
    return html.document_fromstring(data.decode("utf-8"))


def inputs(data: bytes) -> dict[str, str]:
    """Label → value of every field, found as a reader's tool finds them."""
    tree = parsed(data)
    found = {}
    for label in tree.iter("label"):
        (field,) = tree.xpath("//*[@id=$name]", name=label.get("for"))
        # A browser drops the first line break of a text area; the parser does not.
        value = field.get("value") if field.tag == "input" else (field.text or "").removeprefix("\n")
        found[label.text_content()] = value
    return found


# -- the page


def test_every_field_is_labelled_and_ready_to_paste() -> None:
    """The three mandatory fields come first, each with its label and exact value."""
    values = sheet_of(FILM, resource(related=("https://www.arvika.se/sopor",)), last=SHOWN.date(), made=NOW)
    found = inputs(page(values))
    assert list(found)[:3] == ["Titel", "Publiceringsdatum", "Unik länk till publikationen"]
    assert found["Titel"] == "Så sorterar du, del 1"
    assert found["Publiceringsdatum"] == "2026-01-12"
    assert found["Unik länk till publikationen"] == "https://www.youtube.com/watch?v=vid1"
    assert found["Beskrivning"] == "Om sopor & annat.\nAndra raden."
    assert found["Utgivarens identitet hos KB"] == "http://id.kb.se/organisations/SE2120001892"
    assert found["Fler adresser till samma film"] == "https://www.arvika.se/film/1"
    assert "Lösenord som allmänheten behövde" not in found, "what is empty is not asked for"


def test_the_publication_date_is_the_swedish_day() -> None:
    """A film from half past eleven at night in UTC was published the day after, in Sweden."""
    shown = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)
    values = sheet_of(FILM, resource(available=shown), last=SHOWN.date(), made=NOW)
    assert inputs(page(values))["Publiceringsdatum"] == "2026-01-01"


def test_the_page_is_accessible_and_fetches_nothing() -> None:
    """Swedish, one main part, headings in order, a table with a caption and heads; no script, no outside address."""
    data = page(sheet_of(FILM, resource(), last=SHOWN.date(), made=NOW))
    tree = parsed(data)
    assert tree.get("lang") == "sv"
    assert tree.findtext("head/title")
    assert len(tree.findall(".//main")) == len(tree.findall(".//h1")) == 1
    assert [one.tag for one in tree.iter("h1", "h2", "h3")] == ["h1", "h2", "h2", "h2", "h2"]
    fields = list(tree.iter("input", "textarea"))
    assert {one.get("id") for one in fields} == {one.get("for") for one in tree.iter("label")}
    ids = [one.get("id") for one in tree.xpath("//*[@id]")]
    assert len(ids) == len(set(ids))
    assert {one.get("aria-describedby") for one in fields} - {None} <= set(ids)
    assert tree.find(".//table/caption") is not None
    assert {one.get("scope") for one in tree.iter("th")} == {"col", "row"}
    assert not list(tree.iter("script", "img", "link", "iframe", "a", "form"))
    assert "default-src 'none'" in data.decode()
    assert data.startswith(b"<!DOCTYPE html>")


HOSTILE = "\"><script>alert(1)</script>' onfocus=x </textarea></main>\x00\u202e\ud800&amp;"


def test_hostile_words_stay_words() -> None:
    """Markup, quotation marks and control characters of a title, text, name or password come out as text."""
    made = resource(
        title=HOSTILE,
        abstract=f"\n\nrad\n{HOSTILE}",
        publisher=HOSTILE,
        genre=HOSTILE,
        password=HOSTILE,
        hosts=(Host(name=HOSTILE, address="https://x.se"),),
    )
    values = sheet_of(FILM, made, last=SHOWN.date(), made=NOW)
    data = page(values)
    tree = parsed(data)
    assert not list(tree.iter("script"))
    assert not tree.xpath("//@onfocus")
    assert len(tree.findall(".//main")) == 1
    found = inputs(data)
    for label in ("Titel", "Utgivare", "Genre", "Lösenord som allmänheten behövde"):
        assert '"><script>alert(1)</script>' in found[label]
        assert found[label].endswith("&amp;")
    assert "⟦U+0000⟧" in found["Titel"]
    assert document(values).sections[1].fields[0][1].startswith('"><script>')
    odd = resource(parts=(replace(made.parts[0], original_name="film\u202e4pm.exe"),))
    assert "\u202e" not in page(sheet_of(FILM, odd, last=SHOWN.date(), made=NOW)).decode()


# -- the folder


def test_the_folder_holds_everything(world: World, film_bytes: bytes, tmp_path: Path) -> None:
    """Page, PDF/A, digests and the film's files lie there; the digests agree as ``sha256sum`` says."""
    film = decided(world, film_bytes, captions=[b"WEBVTT\n\n00:00.000 --> 00:01.000\nHej\n"])
    with world.open() as home:
        done = sheet(home, str(film.number), tmp_path / "underlag")
    folder = tmp_path / "underlag"
    assert sorted(done.files) == sorted(str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file())
    assert {PAGE, DOCUMENT, SUMS} < set(done.files)
    copies = [one for one in folder.joinpath(FOLDER).iterdir() if one.suffix == ".mp4"]
    assert [one.read_bytes() for one in copies] == [film_bytes]
    subprocess.run(["sha256sum", "--check", "--strict", SUMS], cwd=folder, check=True, capture_output=True)
    found = inputs((folder / PAGE).read_bytes())
    assert found["Titel"] == TOLD.title
    assert found["Unik länk till publikationen"] == TOLD.page
    assert found["Lösenord som allmänheten behövde"] == "sommar 2026"
    assert "Sista dag att lämna: 2026-04-12" in (folder / PAGE).read_text("utf-8")
    pdf = PdfReader(io.BytesIO((folder / DOCUMENT).read_bytes()))
    text = " ".join("".join(one.extract_text() for one in pdf.pages).split())
    assert "2026-04-12" in text
    assert TOLD.title in text
    assert hashlib.sha256(film_bytes).hexdigest() in text.replace(" ", "")
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".bevara")] == []


@pytest.mark.parametrize(
    ("shown", "last"),
    [
        (datetime(2025, 11, 30, 12, tzinfo=UTC), "2026-02-28"),
        (datetime(2023, 11, 30, 12, tzinfo=UTC), "2024-02-29"),
        (datetime(2025, 9, 30, 22, 30, tzinfo=UTC), "2026-01-01"),
    ],
)
def test_the_last_day_is_stated_unmoved(
    world: World, film_bytes: bytes, tmp_path: Path, shown: datetime, last: str
) -> None:
    """Across the turn of the year and the leap day; New Year's Day stays the last day."""
    film = decided(world, film_bytes, at=shown)
    with world.open() as home:
        sheet(home, film, tmp_path / "u")
    assert f"Sista dag att lämna: {last}" in (tmp_path / "u" / PAGE).read_text("utf-8")


def test_any_decided_film_may_have_a_sheet(world: World, film_bytes: bytes, tmp_path: Path) -> None:
    """Whatever its way; an undecided or declined one has none."""
    film = decided(world, film_bytes, way="fgs-publ")
    with world.open() as home:
        assert sheet(home, film, tmp_path / "u").film.number == film.number
        decide(home, [str(film.number)], False, "Ångrat", COMMUNICATOR)
        with pytest.raises(GuardError, match="G-SHEET"):
            sheet(home, film, tmp_path / "u2")
        with pytest.raises(RefusedError):
            sheet(home, "99", tmp_path / "u2")
    assert not (tmp_path / "u2").exists()


def test_what_lies_there_is_not_touched(world: World, film_bytes: bytes, tmp_path: Path) -> None:
    """A folder with something in it, a file, a link or a folder that is not there is refused; an empty one is filled."""
    film = decided(world, film_bytes)
    full, file, link, empty = (tmp_path / name for name in ("full", "fil", "lank", "tom"))
    full.mkdir()
    (full / "annat.txt").write_text("kvar")
    file.write_text("kvar")
    link.symlink_to(empty)
    empty.mkdir()
    with world.open() as home:
        for one in (full, file, link, tmp_path / "finns" / "inte"):
            with pytest.raises(RefusedError, match="--out"):
                sheet(home, film, one)
        sheet(home, film, empty)
    assert (full / "annat.txt").read_text() == file.read_text() == "kvar"
    assert (empty / PAGE).exists()


@pytest.mark.parametrize("harm", ["gone", "changed"])
def test_a_damaged_archive_gives_no_sheet(world: World, film_bytes: bytes, tmp_path: Path, harm: str) -> None:
    """A file that is gone or has other bytes: a guard says so, and no half folder is left."""
    film = decided(world, film_bytes)
    with world.open() as home:
        (path,) = (world.root / "hem").rglob(medium(hashlib.sha256(film_bytes).hexdigest()).rpartition("/")[2])
        path.chmod(0o600)
        if harm == "gone":
            path.unlink()
        else:
            path.write_bytes(film_bytes[:-1] + b"x")
        with pytest.raises(GuardError, match="G-SHEET"):
            sheet(home, film, tmp_path / "u")
    assert sorted(one.name for one in tmp_path.iterdir() if one.name not in {"allt", "nycklar"}) == []


def test_no_room_is_said_before_anything_is_copied(
    world: World, film_bytes: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that cannot hold the film is refused with what is needed."""
    film = decided(world, film_bytes)
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 1000})())
    with world.open() as home, pytest.raises(RefusedError, match="make room"):
        sheet(home, film, tmp_path / "u")


def test_a_sheet_is_told_in_the_ledger_without_content(world: World, film_bytes: bytes, tmp_path: Path) -> None:
    """That copies left the archive is on record; what they say is not."""
    film = decided(world, film_bytes)
    with world.open() as home:
        sheet(home, film, tmp_path / "u")
        with home.ground.state.reading() as books:
            bodies = [json.loads(link.body) for link in books.ledger.about(film.id)]
    assert bodies[-1]["act"] == "deposit.sheet"
    assert "sorterar" not in json.dumps(bodies)


# -- it was sent


def test_a_person_says_that_it_was_sent(world: World, film_bytes: bytes) -> None:
    """The film is delivered by the form, the clock stops, and saying it again changes nothing."""
    film = decided(world, film_bytes, way="fgs-publ")
    world.later(days=1)
    with world.open() as home:
        after = sent(home, str(film.number), COMMUNICATOR)
        assert (after.standing, after.way, after.changed, after.delivery) == ("delivered", "form", world.at, "")
        world.later(days=1)
    with world.open() as home:
        assert sent(home, film, COMMUNICATOR) == after
        with home.ground.state.reading() as books:
            acts = [json.loads(link.body)["act"] for link in books.ledger.about(film.id)]
    assert acts.count(SENT) == 1


def _others(world: World, film: Film) -> Iterator[str]:
    for standing in ("candidate", "declined", "packaged", "delivering", "accepted", "seen"):
        world.stand(film.id, standing=standing)
        yield standing


def test_only_what_was_decided_can_be_sent(world: World, film_bytes: bytes) -> None:
    """Undecided, declined, packaged or received films are refused and stay where they are."""
    film = decided(world, film_bytes)
    for standing in _others(world, film):
        with world.open() as home, pytest.raises(GuardError):
            sent(home, film, COMMUNICATOR)
        assert world.films()[0].standing == standing


def test_a_rejected_film_may_be_uploaded_instead(world: World, film_bytes: bytes) -> None:
    """What KB rejected in a package can be handed in by the form; the old delivery's answers reach it no more."""
    film = decided(world, film_bytes)
    world.stand(film.id, standing="rejected", delivery="bevara-1", way="fgs-publ")
    with world.open() as home:
        after = sent(home, film, COMMUNICATOR)
    assert (after.standing, after.delivery) == ("delivered", "")


def test_what_a_delivery_is_made_of_is_not_sent_beside(world: World, film_bytes: bytes) -> None:
    """A planned delivery holds the film: it is withdrawn first."""
    film = decided(world, film_bytes)
    intent = DeliveryIntent(
        id="bevara-1", number=1, films=(film.id,), authority=AUTHORITY, made=NOW, through=NOW, person=COMMUNICATOR
    )
    with world.open() as home:
        with home.ground.state.writing() as books:
            books.deliveries.plan(intent)
        with pytest.raises(GuardError, match="G-PACKAGED"):
            sent(home, film, COMMUNICATOR)


def test_only_a_mandated_person_says_so(world: World, film_bytes: bytes) -> None:
    """Nobody without the mandate, and nobody unknown."""
    film = decided(world, film_bytes)
    with world.open() as home:
        add_person(home.ground, "Hanna Handläggare", "handläggare")
        with pytest.raises(GuardError, match="G-MANDATE"):
            sent(home, film, "Hanna Handläggare")
        with pytest.raises(RefusedError):
            sent(home, film, "Ingen Alls")
    assert world.films()[0].standing == "decided"


# -- KB answered about it


def test_an_accepted_film_is_closed(world: World, film_bytes: bytes) -> None:
    """What KB says of an uploaded film is recorded by hand; the same answer again changes nothing."""
    film = decided(world, film_bytes)
    with world.open() as home:
        sent(home, film, COMMUNICATOR)
        after = answer(home, str(film.number), "accepted", COMMUNICATOR, reference="KB 2026/17")
        assert (after.standing, after.reference) == ("accepted", "KB 2026/17")
        assert answer(home, film, "accepted", COMMUNICATOR, reference="KB 2026/17") == after
        with pytest.raises(GuardError, match="G-RECEIPT"):
            answer(home, film, "rejected", COMMUNICATOR)
        with home.ground.state.reading() as books:
            assert not books.films.waiting()


def test_a_rejected_film_is_open_again(world: World, film_bytes: bytes) -> None:
    """KB's words stand in an archive item and nowhere else; the film is decided anew."""
    film = decided(world, film_bytes)
    with world.open() as home:
        sent(home, film, COMMUNICATOR)
        assert answer(home, film, "rejected", COMMUNICATOR, reason="Filen gick inte att spela").standing == "rejected"
        with home.ground.state.reading() as books:
            bodies = [json.loads(link.body) for link in books.ledger.about(film.id)]
            told = "".join(link.body for link in books.ledger.after(0))
        assert "spela" not in told
        row = read_own(home.ground, ItemId(bodies[-1]["evidence"]["words"]))
        assert row is not None
        assert row.text == "Filen gick inte att spela"
        (again,) = decide(home, [str(film.number)], True, "Ny fil", COMMUNICATOR, TOLD, "form")
        assert again.standing == "decided"


def test_answers_are_for_what_was_handed_in_without_a_package(world: World, film_bytes: bytes) -> None:
    """A film that is not delivered, or is in a delivery, has no such answer; nor has an unusable mark or person."""
    film = decided(world, film_bytes)
    with world.open() as home:
        with pytest.raises(GuardError, match="G-RECEIPT"):
            answer(home, film, "accepted", COMMUNICATOR)
        sent(home, film, COMMUNICATOR)
        for reference, reason in (("a b c d e", ""), ("", "ord om filmen"), ("", "x" * 5000)):
            with pytest.raises(RefusedError):
                answer(home, film, "accepted", COMMUNICATOR, reference=reference, reason=reason)
        with pytest.raises(RefusedError):
            answer(home, film, "accepted", "Ingen Alls")
    world.stand(film.id, standing="delivered", delivery="bevara-1")
    with world.open() as home, pytest.raises(GuardError, match="deposit receipt"):
        answer(home, film, "accepted", COMMUNICATOR)


def test_the_commands(world: World, film_bytes: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``deposit sheet`` and ``deposit sent`` do the same from the command line."""
    film = decided(world, film_bytes)
    words = ["--home", str(world.root / "hem"), "--at", f"{NOW:%Y-%m-%dT%H:%M:%SZ}", "--json", "deposit"]
    assert run([*words, "sheet", str(film.number), "--out", str(tmp_path / "u")]) == 0
    told = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert told["film"] == film.number
    assert PAGE in told["files"]
    assert run([*words, "sent", str(film.number), "--as", COMMUNICATOR]) == 0
    assert json.loads(capsys.readouterr().out.strip().splitlines()[-1])["films"][0]["standing"] == "delivered"
    assert run([*words, "answer", str(film.number), "accepted", "--as", COMMUNICATOR]) == 0
    assert json.loads(capsys.readouterr().out.strip().splitlines()[-1])["films"][0]["standing"] == "accepted"
