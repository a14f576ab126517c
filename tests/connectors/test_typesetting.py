"""PDF/A of our own documents: looked at from inside, and with texts that somebody wants to be more than texts."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import time
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from connectors.typesetting import TypstTypesetter
from connectors.typesetting.display import code, moment, number, shown
from schemas.merkle import root
from schemas.neighbours import Typesetter
from schemas.protocol import Certificate, Count, Draft, PlaceSeen
from schemas.refusal import RefusedError
from schemas.xml.protocol import write_certificate, write_draft
from tests.verify.certified import certificate, proposal

TRUE = certificate()
UNSIGNED = Draft(
    order=TRUE.order,
    as_of=TRUE.as_of,
    made=datetime(2026, 7, 1, 22, 30, tzinfo=UTC),
    authorities=("kommunstyrelsen",),
    accounts=(),
    types=(),
    mandate=TRUE.mandate,
    cull=12,
    keep=1,
    ask=0,
    totals=tuple(replace(one, samples=("202401-aaaaaaaaaaaaaabb",)) for one in TRUE.totals),
    reasons=(Count(code="E110", text="Fristen har gått ut.", items=12),),
    exceptions=(),
    asked=(),
    overdue=3,
    guards=(Count(code="G-SHARE", text="Mer än hälften av ett kontos handlingar.", items=12),),
)
TYPESETTER: Typesetter = TypstTypesetter()


def _pdf(one: Certificate | Draft) -> PdfReader:
    document = write_draft(one) if isinstance(one, Draft) else write_certificate(one)
    return PdfReader(BytesIO(TYPESETTER.pdf(document)))


def _text(pdf: PdfReader) -> str:
    # Lines are broken where the page asks for it, long words where they may be.
    return " ".join("\n".join(page.extract_text() for page in pdf.pages).split())


def _copied(pdf: PdfReader) -> str:
    """What copying all pages gives, without line ends alone."""
    return "".join("".join(page.extract_text().splitlines()) for page in pdf.pages)


def _catalogue(pdf: PdfReader) -> dict[str, Any]:
    return cast("dict[str, Any]", pdf.trailer["/Root"])


@pytest.mark.parametrize("one", [TRUE, UNSIGNED], ids=["certificate", "draft"])
def test_it_says_that_it_is_pdf_a_3b(one: Certificate | Draft) -> None:
    """The metadata name part 3, level B; colour profile, tags, language and title are there; nothing is encrypted."""
    pdf = _pdf(one)
    root_of = _catalogue(pdf)
    metadata = root_of["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in metadata
    assert root_of["/OutputIntents"][0].get_object()["/S"] == "/GTS_PDFA1"
    assert root_of["/MarkInfo"]["/Marked"]
    assert root_of["/StructTreeRoot"].get_object()["/K"]
    assert root_of["/Lang"].startswith("sv")
    assert pdf.metadata is not None
    assert pdf.metadata.title == ("Gallringsprotokoll" if one is TRUE else "Utkast till gallringsprotokoll")
    assert not pdf.is_encrypted


def test_every_font_is_embedded() -> None:
    """A reader needs no font of its own."""
    for page in _pdf(TRUE).pages:
        fonts = cast("dict[str, Any]", cast("Any", page)["/Resources"]["/Font"])
        for font in fonts.values():
            for below in font.get_object()["/DescendantFonts"]:
                described = below.get_object()["/FontDescriptor"].get_object()
                assert {"/FontFile2", "/FontFile3"} & set(described)


@pytest.mark.parametrize("one", [TRUE, UNSIGNED], ids=["certificate", "draft"])
def test_the_document_lies_in_it_byte_for_byte(one: Certificate | Draft) -> None:
    """The XML is an associated file of the whole document, with its type, and equals what was given."""
    document = write_draft(one) if isinstance(one, Draft) else write_certificate(one)
    pdf = PdfReader(BytesIO(TYPESETTER.pdf(document)))
    [(name, [data])] = pdf.attachments.items()
    assert name == ("gallringsprotokoll.xml" if one is TRUE else "gallringsprotokoll-utkast.xml")
    assert data == document
    [associated] = _catalogue(pdf)["/AF"]
    assert associated.get_object()["/AFRelationship"] == "/Source"
    assert associated.get_object()["/EF"]["/F"].get_object()["/Subtype"] == "/application/xml"


def test_the_same_document_gives_the_same_bytes() -> None:
    """Also in another process in another place and zone; the day of creation is the document's."""
    document = write_certificate(TRUE)
    here = TYPESETTER.pdf(document)
    assert TYPESETTER.pdf(document) == here
    program = (
        "import sys, hashlib\n"
        "from connectors.typesetting import TypstTypesetter\n"
        "print(hashlib.sha256(TypstTypesetter().pdf(sys.stdin.buffer.read())).hexdigest())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=document,
        capture_output=True,
        check=True,
        timeout=60,
        env={"TZ": "Asia/Tokyo", "LANG": "C", "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
    )
    assert done.stdout.decode().strip() == hashlib.sha256(here).hexdigest()
    read = PdfReader(BytesIO(here)).metadata
    assert read is not None
    assert read.creation_date == TRUE.finished.replace(microsecond=0)


def test_a_person_finds_everything_on_the_pages() -> None:
    """Decision, types, plan rows, counts, places, method, persons, root and digests stand there in Swedish."""
    said = _text(_pdf(TRUE))
    for words in (
        "Gallringsprotokoll",
        "Arkivbildare: kommunstyrelsen",
        "Arkivbildare: kulturnamnden",
        "Kommunstyrelsen",
        "2025-12-01",
        "§ 214",
        "KS 2025/00123",
        "2026:1",
        "Kommentarer av ringa betydelse",
        "planrad kommentar-ringa, klass 1.4.2, RA-FS 1997:6",
        "2 år från publicering",
        "11 handlingar",
        "27 rader och 123 456 789 byte färre",
        "Ett gallringsstopp gäller.",
        "folder:prov 9 9",
        "De gamla filerna togs bort på varje plats.",
        "C01 En beslutad och gällande plan omfattar handlingen och dess arkivbildare.",
        "C20 Inget gallringsstopp har hävts sedan förslaget gjordes.",
        "Delegation Kommunstyrelsen 2026-01-01 § 1",
        "Rollen gäller från och med 2026-01-01 till och med 2026-12-31",
        "Delegation Kulturnämnden 2025-11-03 § 7",
        "Rollen gäller tills vidare",
        "Åsa Öberg",
        "arkivredogörare",
        "2026-01-20 kl. 09.00.00 (UTC+01:00)",
        "Inget av det gallrade finns kvar i någon fil. ja",
        "Godtar att en större andel av ett kontos handlingar än den tillåtna gallras (G-SHARE)",
        "Skydd mot återläsning",
        "Sida 1 av",
        TRUE.root,
        TRUE.order,
        TRUE.proposal.key,
        hashlib.sha256(write_certificate(TRUE)).hexdigest(),
    ):
        assert words in said, words
    assert not any(leaf in said for leaf in TRUE.leaves if leaf != TRUE.root)


WITHOUT_WIDTH = "\u00ad\u200b\u200c\u200d\u2060\ufeff"


def _digests(number: int) -> dict[str, str]:
    """Five values of 64 and two of 128 hexadecimal digits, of all kinds."""
    made = [hashlib.sha256(f"{number} {at}".encode()).hexdigest() for at in range(9)]
    return {
        "order": made[0],
        "root": made[1],
        "ledger": made[2],
        "plan": made[3],
        "key": made[4],
        "first": made[5] + made[6],
        "second": made[7] + made[8],
    }


@pytest.mark.parametrize("number", range(12))
def test_copied_digests_are_the_digits_alone(number: int) -> None:
    """Every digest, root, key and signature can be copied from both documents; nothing without width is on the pages."""
    value = _digests(number)
    assert TRUE.proposal.expires is None
    mandate = replace(TRUE.mandate, digest=value["plan"])
    proposed = replace(TRUE.proposal, order=value["order"], key=value["key"], signature=value["first"])
    one = replace(
        TRUE,
        order=value["order"],
        root=value["root"],
        ledger_hash=value["ledger"],
        mandate=mandate,
        proposal=proposed,
        approval=replace(TRUE.approval, order=value["order"], signature=value["second"]),
        method="En plats med ett mycket långt namn: " + "folder:/arkiv/" * 20,
    )
    certified = _copied(_pdf(one))
    for wanted in (*value.values(), TRUE.approval.key, hashlib.sha256(write_certificate(one)).hexdigest()):
        assert wanted in certified
    draft = replace(UNSIGNED, order=value["order"], mandate=mandate, signature=proposed)
    proposal_ = _copied(_pdf(draft))
    for name in ("order", "plan", "key", "first"):
        assert value[name] in proposal_
    assert hashlib.sha256(write_draft(draft)).hexdigest() in proposal_
    assert not set(WITHOUT_WIDTH) & {*certified, *proposal_}
    assert "folder:/arkiv/" * 20 in certified


def test_no_font_maps_a_character_to_one_without_width() -> None:
    """Other readers copy by the fonts' tables: no code in them stands for a character without width, alone or along."""
    hidden = [f"{ord(one):04X}" for one in WITHOUT_WIDTH]
    for page in _pdf(replace(TRUE, method="x" * 500)).pages:
        fonts = cast("dict[str, Any]", cast("Any", page)["/Resources"]["/Font"])
        for font in fonts.values():
            table = font.get_object()["/ToUnicode"].get_object().get_data().decode()
            mapped = re.findall(r"<([0-9A-Fa-f]+)>\s*$", table, re.MULTILINE)
            units = {text[at : at + 4].upper() for text in mapped for at in range(0, len(text), 4)}
            assert not units & set(hidden)


def test_what_failed_stands_out() -> None:
    """A place where something is left, a check that did not hold and the missing second place are told in words."""
    said = _text(
        _pdf(
            replace(
                TRUE,
                places=(PlaceSeen(place="s3:reserv", removed=9, verified_absent=8),),
                verified=(("Databasens filer har tömts.", False),),
                restore_protection=False,
            )
        )
    )
    assert "På minst en plats har inte allt iakttagits vara borta." in said
    assert "Databasens filer har tömts. NEJ" in said
    assert "Saknas: ingen andra plats är inställd." in said


def test_a_draft_says_that_nothing_is_destroyed() -> None:
    """Heading, samples, guards and overdue stand there; unsigned and signed are told apart; summer time is told."""
    said = _text(_pdf(UNSIGNED))
    assert said.startswith("Utkast till gallringsprotokoll")
    assert "Detta är ett förslag. Inget har gallrats." in said
    assert "Utkastet är inte undertecknat" in said
    assert "202401-aaaaaaaaaaaaaabb" in said
    assert "G-SHARE" in said
    assert "Försenad gallring 3 handlingar" in said
    assert "2026-07-02 kl. 00.30.00 (UTC+02:00)" in said
    signed = _text(_pdf(replace(UNSIGNED, signature=proposal(), mandate=None)))
    assert "Åsa Öberg" in signed
    assert "inte undertecknat" not in signed
    assert "Delegation inte angiven" in signed
    assert "Delegation Kommunstyrelsen 2026-01-01 § 1" in _text(
        _pdf(replace(UNSIGNED, signature=proposal(), persons=TRUE.persons))
    )
    assert "Ingen dokumenthanteringsplan gäller. Inget får gallras." in signed


MARKUP = {
    "code": '#panic("x") #sys.inputs #read("/etc/passwd") $x^2$',
    "emphasis": "*fet* _kursiv_ `rå` ~ -- --- ... 'x' \"y\"",
    "heading": "= Rubrik",
    "label": "<label> @reference",
    "comment": "före /* inuti */ // efter",
    "backslash": "\\u{41} \\ \\n \\#",
    "brackets": "[x] (y) {z} ]",
    "link": "https://exempel.se/a?b=c&d",
    "XML": "<b>&amp;</b> ]]>",
}


@pytest.mark.parametrize("kind", MARKUP)
def test_text_is_never_markup(kind: str) -> None:
    """What would be code, markup or a link elsewhere stands on the page as it was written."""
    text = MARKUP[kind]
    said = _text(_pdf(replace(TRUE, method=text, approval=replace(TRUE.approval, person=text))))
    assert said.count(text) == 2


def test_characters_that_the_fonts_lack_are_shown() -> None:
    """Controls, emoji, other scripts, turned direction and width-less characters stand with their code point."""
    odd = "\x00\x07\t\x85\xad\u200b\u200d\u202e\u2066\ufeff\ue000\U0001f600\u4e2d\u0645\u27e6\ud800\U0010ffff"
    said = _text(_pdf(replace(TRUE, approval=replace(TRUE.approval, person=f"å{odd}ö"))))
    assert "å" + "".join(f"⟦U+{ord(one):04X}⟧" for one in odd) + "ö" in said.replace(" ", "")


def test_decomposed_letters_are_composed() -> None:
    """An å of two characters is set as the one letter."""
    said = _text(_pdf(replace(TRUE, approval=replace(TRUE.approval, person=unicodedata.normalize("NFD", "Åsa Björk")))))
    assert "Åsa Björk" in said


@given(st.text(st.characters(), min_size=1, max_size=30))
@settings(max_examples=40, deadline=None)
def test_no_text_stops_the_typesetter(text: str) -> None:
    """Any text whatever gives a document."""
    one = replace(
        TRUE,
        method=text,
        authorities=(text,),
        totals=tuple(replace(each, type=text, rule=text, trigger=text, period=text) for each in TRUE.totals),
        places=(PlaceSeen(place=text, removed=1, verified_absent=1),),
        proposal=replace(TRUE.proposal, person=text),
    )
    assert TYPESETTER.pdf(write_certificate(one)).startswith(b"%PDF-1.7")


def test_long_words_do_not_leave_the_page() -> None:
    """A word of 2,000 characters is broken into lines: all of it is inside the margins."""
    word = "x" * 2000
    one = replace(
        TRUE,
        approval=replace(TRUE.approval, person=word),
        places=(PlaceSeen(place=word, removed=1, verified_absent=1),),
    )
    for page in _pdf(one).pages:
        seen: list[float] = []
        page.extract_text(visitor_text=lambda text, _, matrix, *__, seen=seen: seen.append(matrix[4]) if text else None)
        assert all(0 <= at < 595 for at in seen)
        # A line between the margins has room for no more of them.
        assert max(line.count("x") for line in page.extract_text().splitlines()) < 140
    assert _text(_pdf(one)).count("x") - _text(_pdf(TRUE)).count("x") == 4000


def test_many_types_run_over_pages_with_their_heading() -> None:
    """A table of 120 types goes on over pages, its heading is repeated, and none is missing."""
    one = replace(TRUE, totals=tuple(replace(TRUE.totals[0], rule=f"rad-{number:03d}") for number in range(120)))
    pdf = _pdf(one)
    said = _text(pdf)
    assert len(pdf.pages) > 3
    assert said.count("Handlingstyp och planrad") > 2
    assert all(f"rad-{number:03d}" in said for number in range(120))


def test_a_hundred_thousand_leaves_stay_in_the_attachment() -> None:
    """The pages stay few, and it takes seconds."""
    leaves = tuple(sorted(hashlib.sha256(number.to_bytes(4, "big")).hexdigest() for number in range(100_000)))
    begun = time.process_time()
    pdf = _pdf(replace(TRUE, leaves=leaves, root=root(leaves), culled=100_000))
    assert len(pdf.pages) < 6
    assert time.process_time() - begun < 10
    assert "100 000" in _text(pdf)


@pytest.mark.parametrize("data", [b"", b"<x/>", b"<?xml version='1.0' encoding='utf-8'?>\n<x/>"])
def test_another_document_is_refused(data: bytes) -> None:
    """Only drafts and certificates of ours are set."""
    with pytest.raises(RefusedError):
        TYPESETTER.pdf(data)


def test_small_things_of_display() -> None:
    """Numbers in groups, minus as a minus, local time with its zone, digests in lines of 64."""
    assert number(1234567) == "1\u00a0234\u00a0567"
    assert number(-1000) == "\u22121\u00a0000"
    assert moment(datetime(2026, 3, 29, 1, 0, tzinfo=UTC)) == "2026-03-29 kl. 03.00.00 (UTC+02:00)"
    assert code("ab" * 64) == "\n".join(["ab" * 32] * 2)
    assert shown("a\r\nb") == "a\nb"
