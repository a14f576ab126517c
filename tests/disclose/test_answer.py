"""An answer goes out whole, in portions, by mail or on the spot, and never with what may not go."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdf
import pytest

from flows.disclose.answer.act import Sending, answer
from flows.disclose.answer.chosen import batches, choose
from flows.disclose.find.listing import listed
from flows.keep.read import partitions
from schemas.ids import ItemId
from schemas.refusal import GuardError
from schemas.tables import HOLDINGS, to_rows
from tests.disclose.world import COLLEAGUE, MAIL, OFFICER, PAGE, Desk, File
from tests.pictures import png
from tests.servers.smtp import SmtpServer

NAME = "Åsa Öberg"


@pytest.fixture(scope="module")
def found(desk_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample with request 1, whose list holds all of it, and who asked is known."""
    root = Path(shutil.copytree(desk_template / "allt", tmp_path_factory.mktemp("funnen") / "allt"))
    desk = Desk(root)
    desk.sample()
    assert desk.ask("Allt om vattnet", "--contact", "Svara till anna@example.org, tack") == 1
    desk.find(1, "--everything")
    return root


@pytest.fixture
def desk(found: Path, tmp_path: Path) -> Desk:
    """A copy of it."""
    return Desk(Path(shutil.copytree(found, tmp_path / "allt")), made=100)


def named(desk: Desk) -> dict[str, ItemId]:
    """Items of the sample by what they say."""
    with desk.open() as home:
        return {
            name: row.item
            for _, _, table in partitions(home.ground.state, home.ground.store, HOLDINGS.names)
            for row in to_rows(table)
            for name, words in WORDS.items()
            if row.platform != "bevara" and words in (row.text or "")
        }


WORDS = {
    "asa": "Det rinner fortfarande",
    "reply": "Hej Åsa Öberg!",
    "school": "Vattnet i skolan",
    "old": "Vattnet stängs av",
    "below_old": "Hur länge är",
}


def ready(desk: Desk, *, mask: bool = True) -> int:
    """Åsa masked in request 1, the rest given."""
    if mask:
        desk.mask(1, "--name", NAME)
    desk.assess(1, "give")
    return 1


def leaking(desk: Desk, *arguments: str) -> list[dict[str, Any]]:
    """The leaks that stop an answer."""
    text = desk.say("--json", "request", "answer", *arguments, "--as", OFFICER, codes={4})
    assert "G-LEAK" in text
    assert NAME not in text
    found: list[dict[str, Any]] = json.loads(text.splitlines()[0])["findings"]
    return found


def objects(folder: Path) -> list[dict[str, Any]]:
    """The records of a package."""
    found: list[dict[str, Any]] = json.loads((folder / "handlingar.json").read_text("utf-8"))
    return found


def words(folder: Path) -> str:
    """Everything that can be read in a package."""
    parts = [path.read_text("utf-8-sig") for path in folder.iterdir() if path.suffix in {".txt", ".csv", ".json"}]
    for path in folder.glob("*.pdf"):
        parts += [page.extract_text() for page in pypdf.PdfReader(path).pages]
    return "\n".join(parts)


def test_an_answer_gives_what_is_given_and_nothing_of_what_is_masked(desk: Desk) -> None:
    """Every record is in the data and the pages; the masked name is nowhere; row, assessments and receipt say it."""
    number = ready(desk)
    out = desk.root / "svar"
    told = desk.answer(number, "--out", str(out))
    assert (told["records"], told["given"], told["partly"], told["left"]) == (14, 9, 5, 0)
    text = words(out)
    assert "Öberg" not in text
    assert "asaoberg" not in text
    assert "Badhuset öppnar igen" in text
    assert text.count("[maskat: 21 kap. 1 § OSL]") >= 15
    row = desk.kept(number)
    assert (row.standing, row.outcome, row.answered) == ("answered", "partly", desk.at)
    assert {one.portion for one in desk.assessments(number)} == {1}
    receipt = desk.receipts(f"request:{number}")[-1]
    assert receipt["act"] == "request.answered"
    evidence = receipt["evidence"]
    assert (evidence["how"], evidence["portion"], evidence["records"], evidence["partly"]) == ("package", 1, 14, 5)
    letter = desk.newest(told["letter"])
    assert letter.kind == "letter"
    assert "svar-delvis.pdf" in [one.origin for one in letter.media]


def test_the_package_is_not_kept_but_what_it_held_is_told(desk: Desk) -> None:
    """The portion's own item has counts and the salted digest of the list of digests; no file of the package."""
    number = ready(desk)
    told = desk.answer(number, "--out", str(desk.root / "svar"))
    row = desk.newest(told["item"])
    assert (row.kind, row.media, row.thread) == ("answer", (), desk.kept(number).record)
    values = json.loads(row.payload or "{}")["answered"]
    assert values["sums"] == told["digest"]
    assert values["letter"] == told["letter"]
    assert NAME not in str(row)


def test_nothing_goes_out_before_everything_is_assessed(desk: Desk) -> None:
    """G-ASSESSED says how many and how to see them; nothing is made. With ``--most`` the portion alone counts."""
    number, sample = 1, named(desk)
    out = desk.root / "svar"
    text = desk.refused("answer", str(number), "--out", str(out))
    assert "G-ASSESSED" in text
    assert "14 lines" in text
    assert not out.exists()
    desk.assess(number, "give", sample["old"], sample["below_old"])
    assert desk.answer(number, "--out", str(out), "--most", "2")["left"] == 12
    assert "G-ASSESSED" in desk.refused("answer", str(number), "--out", str(desk.root / "mer"), "--most", "2")


def test_portions_give_each_record_once(desk: Desk) -> None:
    """In list order; the request stays open until the last, and each portion has its letter and its number."""
    number = ready(desk)
    seen: list[str] = []
    for portion in (1, 2, 3):
        assert desk.kept(number).standing == "open"
        out = desk.root / f"svar{portion}"
        told = desk.answer(number, "--out", str(out), "--most", "6")
        assert told["portion"] == portion
        seen += [f"{one['item']}@{one['version']}" for one in objects(out)]
        assert f"omgång {portion}" in words(out)
    assert told["left"] == 0
    assert len(seen) == len(set(seen)) == 14
    assert seen == sorted(seen)
    assert (desk.kept(number).standing, desk.kept(number).outcome) == ("answered", "partly")
    assert "answered" in desk.refused("answer", str(number), "--out", str(desk.root / "igen"))


def test_what_is_masked_here_and_open_there_stops_the_answer(desk: Desk) -> None:
    """G-LEAK names the places by ids; accepted ones go out, and the receipt counts them."""
    number, sample = 1, named(desk)
    desk.mask(number, sample["asa"], "--field", "author")
    desk.assess(number, "give")
    out = desk.root / "svar"
    found = leaking(desk, str(number), "--out", str(out))
    assert not out.exists()
    places = sorted({f"{one['subject']}@1" for one in found})
    assert f"{sample['reply']}@1" in places
    desk.answer(number, "--out", str(out), *(part for one in places for part in ("--accept", one)))
    assert desk.receipts(f"request:{number}")[-1]["evidence"]["accepted"] == len(places)
    assert desk.refused("answer", str(number), "--out", str(out), "--accept", "x", code=2)


def test_words_in_the_bytes_of_a_picture_given_whole_are_found(desk: Desk) -> None:
    """A name in the metadata, as plain bytes or compressed, stops the answer (Q195); masked metadata does not."""
    plain = png(40, 40, seed=3) + b"Artist: Greta Gustafsson Almqvist"
    whole = png(40, 40, seed=4)
    packed = b"Author\0\0" + zlib.compress(b"Greta Gustafsson")
    at = whole.index(b"IDAT") - 4
    chunk = len(packed).to_bytes(4, "big") + b"zTXt" + packed + zlib.crc32(b"zTXt" + packed).to_bytes(4, "big")
    desk.publish("Tack Greta Gustafsson!", kind="comment", author="Bo Ek")
    first = desk.publish("En bild", files=[File(data=plain)])
    second = desk.publish("En till", files=[File(data=whole[:at] + chunk + whole[at:])])
    number = 1
    desk.find(number, "--everything")
    desk.mask(number, "--words", "Greta Gustafsson")
    desk.assess(number, "give")
    found = leaking(desk, str(number), "--out", str(desk.root / "svar"))
    assert {one["subject"] for one in found if one["code"] == "Q195"} == {first, second}
    for item in (first, second):
        desk.mask(number, item, "--metadata", "0")
    told = desk.answer(number, "--out", str(desk.root / "svar"))
    assert told["files"] == 5
    data = b"".join(path.read_bytes() for path in (desk.root / "svar" / "bilagor").iterdir())
    assert b"Greta" not in data
    assert b"zTXt" not in data


def test_two_officers_cannot_answer_with_what_has_changed(desk: Desk) -> None:
    """A colleague assesses anew while the package is built: G-CHANGED, no package, nothing on record."""
    number, sample = ready(desk), named(desk)
    out = desk.root / "svar"
    with desk.open() as home:
        ground = home.ground

        class Typesetter:
            """The real one, beside which a colleague is at work."""

            def __getattr__(self, name: str) -> Any:
                return getattr(home.typesetter, name)

            def render(self, rendering: Any) -> Any:
                """Typeset, after the colleague's change."""
                if rendering.title.startswith("Handlingar som lämnas ut"):
                    with ground.state.writing() as books:
                        (one,) = books.requests.assessed(number, [sample["school"]])
                        books.requests.assess([replace(one, verdict="refuse", provision="OSL 21:1", person=COLLEAGUE)])
                return home.typesetter.render(rendering)

        with pytest.raises(GuardError, match="G-CHANGED"):
            answer(replace(home, typesetter=Typesetter()), number, Sending(out=out), OFFICER)
    assert not list(desk.root.glob("*svar*"))
    assert desk.kept(number).standing == "open"
    assert {one.portion for one in desk.assessments(number)} == {0}
    assert "request.answered" not in desk.acts(number)
    assert "request.letter" not in desk.acts(number)


def test_a_list_in_which_all_is_refused_is_refused_by_another_command(desk: Desk) -> None:
    """G-ASSESSED names it."""
    number = 1
    desk.assess(number, "refuse", provision="OSL 21:1")
    assert "request refuse" in desk.refused("answer", str(number), "--out", str(desk.root / "svar"))


def test_refused_records_stand_with_their_provision_and_nothing_else(desk: Desk) -> None:
    """Kind, account and day; no text, name, address or file."""
    number, sample = 1, named(desk)
    desk.assess(number, "refuse", sample["school"], provision="OSL 21:1")
    desk.assess(number, "give")
    out = desk.root / "svar"
    assert desk.answer(number, "--out", str(out))["refused"] == 1
    (one,) = [each for each in objects(out) if each["item"] == sample["school"]]
    assert (one["text"], one["author"], one["address"], one["provisions"]) == ("", None, "", ["OSL 21:1"])
    assert "smakar illa" not in words(out)
    assert desk.kept(number).outcome == "partly"


def test_nothing_found_is_an_answer_too(desk: Desk) -> None:
    """A letter that says where was looked and where could not be, not what only officers can do; outcome ``nothing``."""
    number = 1
    desk.find(number, "--text", "finnsinte", "--account", PAGE, "--from", "2024-01-01", "--latest")
    out = desk.root / "svar"
    desk.answer(number, "--out", str(out))
    assert (desk.kept(number).standing, desk.kept(number).outcome) == ("answered", "nothing")
    said = " ".join(words(out).split())
    assert "inte hittat några handlingar" in said
    assert f"Konton: {PAGE}." in said
    assert "Tid: 2024-01-01 till i dag." in said
    assert "inte kunnat söka i" in said
    assert "Text som bara syns i en bild hittas inte." in said
    assert "Bara varje handlings senaste lydelse är genomsökt. Tidigare" in said
    letter = " ".join(pypdf.PdfReader(out / "svar.pdf").pages[0].extract_text().split())
    assert "--" not in letter
    assert "finnsinte" not in letter
    assert not list(out.glob("handlingar-*.pdf"))


def test_on_the_spot_nothing_is_built_but_the_copies(desk: Desk) -> None:
    """Masked copies and the log; no letter, no package."""
    number = ready(desk)
    told = desk.answer(number, "--on-the-spot")
    assert (told["path"], told["letter"], told["files"], len(told["copies"])) == (None, None, 0, 5)
    assert desk.receipts(f"request:{number}")[-1]["evidence"]["how"] == "on-the-spot"
    assert not list((desk.root / "hem").rglob("bilagor"))


def test_an_answer_by_mail_reaches_the_contact(desk: Desk, smtp_server: SmtpServer) -> None:
    """The letter and one zip; the address stands in no receipt, and nobody is written to without one."""
    desk.settings(MAIL.format(host="127.0.0.1", port=smtp_server.port))
    smtp_server.clear()
    number = ready(desk)
    told = desk.answer(number, "--mail")
    (message,) = smtp_server.messages()
    assert message["To"] == "anna@example.org"
    names = {part.get_filename() for part in message.iter_attachments()}
    assert names == {"svar.pdf", "begaran-1-1.zip"}
    (packed,) = [part for part in message.iter_attachments() if part.get_filename() == "begaran-1-1.zip"]
    data = packed.get_payload(decode=True)
    assert isinstance(data, bytes)
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        assert "begaran-1-1/las-mig.txt" in source.namelist()
    assert "example.org" not in str(desk.receipts(f"request:{number}"))
    assert told["how"] == "mail"
    other = desk.ask()
    desk.find(other, "--text", "finnsinte")
    assert "contact" in desk.refused("answer", str(other), "--mail", code=2)


def test_a_message_that_is_not_taken_leaves_the_request_open(desk: Desk, smtp_server: SmtpServer) -> None:
    """Too large: nothing is on record, and ``--out`` is named."""
    desk.settings(MAIL.format(host="127.0.0.1", port=smtp_server.port) + "limit_mb = 1\n")
    smtp_server.clear()
    number = ready(desk, mask=False)
    noise = File(data=b"\xff\xd8\xff" + bytes(range(256)) * 8000, media_type="image/jpeg")
    desk.publish("Stor", files=[noise])
    desk.find(number, "--everything")
    desk.assess(number, "give")
    text = desk.refused("answer", str(number), "--mail")
    assert "G-MAIL" in text
    assert "--out" in text
    assert desk.kept(number).standing == "open"
    assert not smtp_server.messages()


def test_without_media_and_without_data(desk: Desk) -> None:
    """What is left out is not there, and said to be."""
    number = ready(desk)
    out = desk.root / "svar"
    told = desk.answer(number, "--out", str(out), "--without", "media", "--without", "data")
    assert sorted(path.name for path in out.iterdir()) == [
        "handlingar-001.pdf",
        "kontrollsummor.sha256",
        "las-mig.txt",
        "svar.pdf",
    ]
    assert told["files"] == 0
    assert "Bilagorna är inte med" in (out / "las-mig.txt").read_text("utf-8")


def test_a_preview_says_on_its_face_that_it_is_a_draft(desk: Desk) -> None:
    """Nothing is kept or receipted; what is not assessed is told; leaks are told, not refused."""
    number, sample = 1, named(desk)
    desk.mask(number, sample["asa"], "--field", "author")
    desk.assess(number, "give", sample["reply"])
    before, items = desk.acts(number), desk.stored()
    out = desk.root / "utkast"
    told = desk.request("preview", str(number), "--out", str(out))
    assert {"Q161", "Q198"} <= {one["code"] for one in told["findings"]}
    assert told["records"] == 2
    assert "UTKAST" in pypdf.PdfReader(out / "handlingar-001.pdf").pages[0].extract_text()
    assert "UTKAST" in (out / "las-mig.txt").read_text("utf-8")
    assert (desk.acts(number), desk.stored()) == (before, items)


def test_batches_keep_list_order_whatever_their_size(desk: Desk) -> None:
    """Months stand apart, and every line comes once, in order; the portion is the list's own beginning."""
    number = ready(desk)
    with desk.open() as home:
        request = desk.kept(number)
        table = listed(home.ground, request)
        lines = list(zip(table["item"].to_pylist(), table["version"].to_pylist(), strict=True))
        assert [line for some in batches(table) for line in some] == lines
        assert all(len({item[:6] for item, _ in some}) == 1 for some in batches(table))
        with home.ground.state.reading() as books:
            chosen = choose(books, request, table, most=5, before=0)
    found = list(zip(chosen.lines["item"].to_pylist(), chosen.lines["version"].to_pylist(), strict=True))
    assert found == lines[:5]
    assert chosen.left == len(lines) - 5


def test_the_csv_has_a_line_for_every_record(desk: Desk) -> None:
    """As many as the JSON has objects, in the same order."""
    number = ready(desk)
    out = desk.root / "svar"
    desk.answer(number, "--out", str(out))
    lines = list(csv.reader(io.StringIO((out / "handlingar.csv").read_text("utf-8-sig")), delimiter=";"))[1:]
    assert [(line[1], line[2]) for line in lines] == [(one["item"], str(one["version"])) for one in objects(out)]
