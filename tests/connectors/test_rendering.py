"""Renderings as PDF/A-3b: looked at from inside, with texts that want to be more than texts and pictures of strangers."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import time
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from connectors.typesetting import TypstTypesetter
from connectors.typesetting.pictures import MOST_BYTES, Picture, look_at
from connectors.typesetting.wording import _OTHER
from schemas.neighbours import Typesetter
from schemas.refusal import RefusedError
from schemas.rendering import Attached, Block, FileLine, Image, Rendering, Section, Typeset
from tests.pictures import GIF, JPEG, SVG, WEBP, WEBP_LOSSY, jpeg_of_inks, jpeg_turned, png, png_of

TYPESETTER: Typesetter = TypstTypesetter()
MADE = datetime(2026, 3, 1, 12, 30, 15, 999, tzinfo=UTC)
EVERYTHING = Rendering(
    title="Inlägg på Facebook 2024-11-10",
    subtitle="Återgivning för registrering",
    notice="SEKRETESS\nBestämmelse: OSL 21:1\nDatum: 2024-11-12\nMyndighet: Arvika kommunstyrelse",
    made=MADE,
    fields=(("Myndighet", "Arvika kommun, Kommunstyrelsen"), ("Konto", "arvika")),
    keywords=("202411-aaaaaaaaaaaaaaaa", "202411-aaaaaaaaaaaaaaab"),
    sections=(
        Section(
            heading="Tråden",
            paragraphs=("Alla tider är svensk tid.",),
            blocks=(
                Block(
                    head="2024-11-10 13.00 · inlägg · arvika",
                    text="Nu öppnar badet!\n\nVälkomna åäö.",
                    images=(Image(name="bild 1", data=JPEG, alt="Badet från luften"),),
                    notes=("Ändrad enligt plattformen 2024-11-11 08.00",),
                ),
                Block(
                    head="2024-11-10 14.00 · kommentar · Anna",
                    depth=1,
                    text="När då?",
                    focus=True,
                    files=(FileLine(name="film 1", size=1234567, sha256="ab" * 32, about="video/mp4"),),
                ),
                Block(head="", depth=2, stub="[gallrad 2025-02-01: kommentar, planrad ringa]"),
            ),
        ),
    ),
    attached=(
        Attached(name="record.xml", media_type="application/xml", data="<a>åäö</a>".encode(), description="Handlingen"),
        Attached(name="rå.bin".replace("å", "a"), media_type="", data=bytes(range(256)) * 600),
    ),
)


def _render(one: Rendering) -> tuple[Typeset, PdfReader]:
    made = TYPESETTER.render(one)
    return made, PdfReader(BytesIO(made.pdf))


def _with(*blocks: Block, **changes: Any) -> Rendering:
    plain = Rendering(title="Prov", made=MADE, sections=(Section(heading="Tråden", blocks=blocks),))
    return replace(plain, **changes)


def _pictures(*data: bytes) -> Rendering:
    return _with(Block(head="h", images=tuple(Image(name=f"b{at}", data=one) for at, one in enumerate(data))))


def _text(pdf: PdfReader) -> str:
    return " ".join("\n".join(page.extract_text() for page in pdf.pages).split())


def _root(pdf: PdfReader) -> dict[str, Any]:
    return cast("dict[str, Any]", pdf.trailer["/Root"])


def _fonts(pdf: PdfReader) -> list[Any]:
    found: list[Any] = []
    for page in pdf.pages:
        fonts = cast("dict[str, Any]", cast("Any", page)["/Resources"].get("/Font", {}))
        found.extend(font.get_object() for font in fonts.values())
    return found


def _images(pdf: PdfReader) -> list[tuple[int, int]]:
    """Width and height of every picture object, masks left out."""
    found, masks = {}, set()
    for number in range(1, int(cast("Any", pdf.trailer["/Size"]))):
        one = cast("Any", pdf.get_object(number))
        if isinstance(one, dict) and one.get("/Subtype") == "/Image":
            found[number] = (int(one["/Width"]), int(one["/Height"]))
            if "/SMask" in one:
                masks.add(cast("Any", one).raw_get("/SMask").idnum)
    return sorted(size for number, size in found.items() if number not in masks)


def test_it_is_pdf_a_3b_in_every_part_that_can_be_read_back() -> None:
    """Part 3, level B, colour profile, tags, language, title, keywords; nothing encrypted, no script, no form."""
    _, pdf = _render(EVERYTHING)
    root = _root(pdf)
    metadata = root["/Metadata"].get_object()
    assert b"<pdfaid:part>3</pdfaid:part>" in metadata.get_data()
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in metadata.get_data()
    assert "/Filter" not in metadata
    assert root["/OutputIntents"][0].get_object()["/S"] == "/GTS_PDFA1"
    profile = root["/OutputIntents"][0].get_object()["/DestOutputProfile"].get_object()
    assert profile["/N"] == 3
    assert profile.get_data()[36:40] == b"acsp"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"].get_object()["/K"]
    assert root["/Lang"].startswith("sv")
    assert pdf.metadata is not None
    assert pdf.metadata.title == EVERYTHING.title
    assert pdf.metadata.get("/Keywords") == ", ".join(EVERYTHING.keywords)
    assert pdf.metadata.creation_date == MADE.replace(microsecond=0)
    assert not pdf.is_encrypted
    assert "/OpenAction" not in root
    assert "/JavaScript" not in root["/Names"]
    assert "/AcroForm" not in root
    assert TYPESETTER.render(EVERYTHING).pdf.startswith(b"%PDF-1.7")
    assert cast("Any", pdf.trailer["/ID"])


def test_every_font_is_embedded_and_tells_its_characters() -> None:
    """A reader needs no font of its own, and can copy the text: also of the second font."""
    _, pdf = _render(_with(Block(head="h", text="Hej ♥ مرحبا")))
    names = set()
    for font in _fonts(pdf):
        names.add(font["/BaseFont"].partition("+")[2])
        assert "/ToUnicode" in font
        for below in font["/DescendantFonts"]:
            assert {"/FontFile2", "/FontFile3"} & set(below.get_object()["/FontDescriptor"].get_object())
    assert any("DejaVu" in name for name in names)
    assert any("Libertinus" in name for name in names)


def _objects(pdf: PdfReader) -> list[Any]:
    return [cast("Any", pdf.get_object(number)) for number in range(1, int(cast("Any", pdf.trailer["/Size"])))]


def test_the_rules_of_the_files_structure_hold() -> None:
    """Header with bytes above 127, one identifier twice; no LZW, no outside stream, annotation, form, action or layer."""
    made, pdf = _render(EVERYTHING)
    first, second = made.pdf.split(b"\n")[:2]
    assert first == b"%PDF-1.7"
    assert second.startswith(b"%")
    assert sum(one > 127 for one in second) >= 4
    assert made.pdf.rstrip().endswith(b"%%EOF")
    assert len(cast("Any", pdf.trailer["/ID"])) == 2
    assert not {"/AA", "/OCProperties", "/Perms", "/AcroForm", "/Collection", "/Requirements"} & set(_root(pdf))
    for page in pdf.pages:
        assert not {"/AA", "/PresSteps", "/Annots"} & set(page)
    for one in _objects(pdf):
        if not isinstance(one, dict):
            continue
        assert "LZW" not in str(one.get("/Filter", ""))
        assert "/Crypt" not in str(one.get("/Filter", ""))
        if one.get("/Type") != "/Filespec":
            assert not {"/FFilter", "/FDecodeParms"} & set(one)
        assert one.get("/Type") not in {"/Action", "/Annot", "/OCG"}
        assert one.get("/S") not in {"/JavaScript", "/Launch", "/URI", "/SubmitForm", "/Sound", "/Movie"}


def test_the_metadata_say_the_same_twice() -> None:
    """Title, author, keywords, creator and times of the information dictionary are those of the XMP."""
    _, pdf = _render(EVERYTHING)
    metadata = _root(pdf)["/Metadata"].get_object().get_data().decode("utf-8")
    told = pdf.metadata
    assert told is not None
    assert f">{told.title}</rdf:li>" in metadata
    assert f"<rdf:li>{told.author}</rdf:li>" in metadata
    assert f"<pdf:Keywords>{told['/Keywords']}</pdf:Keywords>" in metadata
    assert f"<xmp:CreatorTool>{told.creator}</xmp:CreatorTool>" in metadata
    assert "<xmp:CreateDate>2026-03-01T12:30:15+00:00</xmp:CreateDate>" in metadata
    assert {str(told[name]) for name in ("/CreationDate", "/ModDate")} == {"D:20260301123015Z"}


def test_no_transfer_functions_no_halftones_no_other_colours() -> None:
    """What ISO 19005-3 forbids in graphics states and pictures is not there; no colour stands without a profile."""
    _, pdf = _render(replace(EVERYTHING, sections=(*EVERYTHING.sections, *_pictures(png(alpha=True), GIF).sections)))
    seen = 0
    for number in range(1, int(cast("Any", pdf.trailer["/Size"]))):
        one = cast("Any", pdf.get_object(number))
        if not isinstance(one, dict):
            continue
        assert not {"/TR", "/HTP", "/Alternates", "/OPI"} & set(one)
        assert one.get("/Interpolate", False) in {False, None} or not one["/Interpolate"]
        if one.get("/Subtype") == "/Image" and "/ColorSpace" in one:
            seen += 1
            assert "CMYK" not in str(one["/ColorSpace"])
    assert seen


def test_the_attached_files_are_associated_and_byte_for_byte() -> None:
    """Each lies in it with name, type, description and relationship, and is listed on a page with its digest."""
    made, pdf = _render(EVERYTHING)
    attached = {name: data for name, [data] in pdf.attachments.items()}
    assert attached == {one.name: one.data for one in EVERYTHING.attached}
    specs = {one.get_object()["/UF"]: one.get_object() for one in _root(pdf)["/AF"]}
    assert specs["record.xml"]["/AFRelationship"] == "/Source"
    assert specs["record.xml"]["/Desc"] == "Handlingen"
    assert specs["record.xml"]["/EF"]["/F"].get_object()["/Subtype"] == "/application/xml"
    assert specs["ra.bin"]["/AFRelationship"] == "/Supplement"
    assert "Bifogade filer i denna PDF" in _text(pdf)
    assert "153 600 byte" in _text(pdf).replace("\u00a0", " ")
    assert made.unshown == ()


def test_everything_stands_on_the_pages() -> None:
    """Heading, notice, fields, head, text, caption, notes, files and stubs; the record that it is about is pointed out."""
    said = _text(_render(EVERYTHING)[1])
    for words in (
        "Inlägg på Facebook 2024-11-10",
        "Återgivning för registrering",
        "SEKRETESS Bestämmelse: OSL 21:1 Datum: 2024-11-12 Myndighet: Arvika kommunstyrelse",
        "Myndighet Arvika kommun, Kommunstyrelsen",
        "2024-11-10 13.00 · inlägg · arvika",
        "Nu öppnar badet! Välkomna åäö.",
        "bild 1: Badet från luften",
        "Ändrad enligt plattformen 2024-11-11 08.00",
        "Handlingen som dokumentet gäller 2024-11-10 14.00 · kommentar · Anna",
        "Fil: film 1 (video/mp4, 1 234 567 byte)",
        "ab" * 32,
        "[gallrad 2025-02-01: kommentar, planrad ringa]",
        "Sida 1 av",
    ):
        assert words in said.replace("\u00a0", " "), words


def test_the_notice_stands_on_every_page() -> None:
    """The first line of a secrecy mark is at the head of each page."""
    many = _with(*(Block(head=f"nr {at}", text="ord " * 300) for at in range(12)), notice="SEKRETESS\nOSL 21:1")
    pdf = _render(many)[1]
    assert len(pdf.pages) > 2
    assert all(page.extract_text().startswith("SEKRETESS") for page in pdf.pages)


def test_the_same_values_give_the_same_bytes_anywhere() -> None:
    """Also in another process, place and zone, and when the time is written in another zone."""
    here = TYPESETTER.render(EVERYTHING).pdf
    elsewhere = replace(EVERYTHING, made=MADE.astimezone(timezone(timedelta(hours=9))))
    assert TYPESETTER.render(elsewhere).pdf == here
    program = (
        "import sys, hashlib\n"
        "from tests.connectors.test_rendering import EVERYTHING, TYPESETTER\n"
        "print(hashlib.sha256(TYPESETTER.render(EVERYTHING).pdf).hexdigest())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=True,
        timeout=60,
        cwd=Path(__file__).resolve().parents[2],
        env={"TZ": "Asia/Tokyo", "LANG": "C", "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
    )
    assert done.stdout.decode().strip() == hashlib.sha256(here).hexdigest()


@pytest.mark.parametrize(
    ("data", "size"),
    [(png(), (6, 4)), (png(alpha=True), (6, 4)), (JPEG, (6, 4)), (GIF, (6, 4)), (WEBP, (6, 4)), (WEBP_LOSSY, (6, 4))],
    ids=["png", "png-alpha", "jpeg", "gif", "webp", "webp-lossy"],
)
def test_pictures_are_in_the_document(data: bytes, size: tuple[int, int]) -> None:
    """Each sort is shown in its own size of pixels; nothing is told of as not shown."""
    made, pdf = _render(_pictures(data))
    assert made.unshown == ()
    assert _images(pdf) == [size]


def test_a_jpeg_stays_the_jpeg_that_it_was() -> None:
    """Its bytes lie in the document unchanged."""
    assert JPEG in _render(_pictures(JPEG))[0].pdf


def test_an_svg_of_shapes_is_drawn() -> None:
    """It is no picture object but lines of the page, and is not told of."""
    made, pdf = _render(_pictures(SVG))
    assert (made.unshown, _images(pdf)) == ((), [])
    assert "visas inte" not in _text(pdf)


def test_a_picture_that_comes_twice_lies_there_once() -> None:
    """Two places, one object."""
    assert _images(_render(_pictures(JPEG, png(), JPEG))[1]) == [(6, 4), (6, 4)]


def _xml(inside: str, more: str = "") -> bytes:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9"{more}>'
        f"{inside}</svg>"
    ).encode()


STRANGE = {
    "empty": b"",
    "text": b"inte en bild",
    "bmp": b"BM" + bytes(60),
    "tiff": b"II*\x00" + bytes(60),
    "heic": b"\x00\x00\x00\x18ftypheic" + bytes(40),
    "pdf": b"%PDF-1.7\n",
    "html": b"<html><body>hej</body></html>",
    "png-cut": png(60, 40)[:60],
    "png-head": png()[:20],
    "png-rows": png_of(6, 4, b"\x00\x01\x02"),
    "png-zero": png_of(0, 4, b""),
    "png-huge": png_of(9_000, 9_000, b""),
    "png-bomb": png_of(2**31 - 1, 2**31 - 1, b""),
    "jpeg-cut": JPEG[:-9],
    "jpeg-head": JPEG[:30],
    "jpeg-junk": b"\xff\xd8\xff" + bytes(500),
    "jpeg-inks": jpeg_of_inks(),
    "gif-cut": GIF[:24],
    "webp-cut": WEBP[:30],
    "webp-odd": b"RIFF\x10\x00\x00\x00WEBPXXXX" + bytes(40),
    "svg-broken": b"<svg xmlns='http://www.w3.org/2000/svg' width='3' height='3'><rect>",
    "svg-sizeless": b"<svg xmlns='http://www.w3.org/2000/svg'><rect width='3' height='3'/></svg>",
    "svg-file": _xml('<image xlink:href="file:///etc/passwd" width="9" height="9"/>'),
    "svg-web": _xml('<rect width="3" height="3" fill="url(https://exempel.se/a.svg#b)"/>'),
    "svg-style": _xml("<style>@import url(https://exempel.se/a.css);</style><rect/>"),
    "svg-event": _xml('<rect width="3" height="3"/>', ' onload="alert(1)"'),
    "svg-script": _xml("<script>alert(1)</script>"),
    "svg-use": _xml('<g id="a"><rect/></g><use href="#a"/>'),
    "svg-text": _xml("<text>hej</text>"),
    "svg-entity": b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + _xml("<title>&a;</title>"),
    "svg-laughs": b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + _xml("<title>&b;</title>"),
    "svg-foreign": _xml("<foreignObject><b xmlns='http://www.w3.org/1999/xhtml'>x</b></foreignObject>"),
}


@pytest.mark.parametrize("kind", STRANGE)
def test_a_picture_that_cannot_be_shown_is_told_of(kind: str) -> None:
    """Its name is in ``unshown`` and a line on the page says so; the one beside it is shown, and no file was read."""
    made, pdf = _render(_pictures(STRANGE[kind], JPEG))
    assert made.unshown == ("b0",)
    assert "Bilden b0 visas inte:" in _text(pdf)
    assert "root:" not in _text(pdf)
    assert _images(pdf) == [(6, 4)]


ODD_SHAPES = {
    "circle": '<defs><linearGradient id="a" href="#b"/><linearGradient id="b" href="#a"/></defs><rect fill="url(#a)"/>',
    "endless": '<rect width="1e308" height="nan" x="-1e308" transform="scale(0) rotate(1e400)"/>',
    "dashes": '<path d="M0 0 L99999 99999" stroke="red" stroke-dasharray="0.00001 0.00001"/>',
    "nested": '<g opacity="0.5">' * 200 + '<rect width="3" height="3"/>' + "</g>" * 200,
    "inks": '<rect width="3" height="3" fill="device-cmyk(1,0,0,0)"/>',
    "nowhere": '<rect width="3" height="3" mask="url(#m)" clip-path="url(#c)" filter="url(#f)"/>',
}


@pytest.mark.parametrize("kind", ODD_SHAPES)
def test_odd_shapes_stop_nothing(kind: str) -> None:
    """Circles of references, numbers without end and very many dashes are drawn, or not, at once."""
    begun = time.perf_counter()
    assert _render(_pictures(_xml(ODD_SHAPES[kind])))[1].pages
    assert time.perf_counter() - begun < 5


def test_a_picture_with_too_many_bytes_is_not_even_looked_at() -> None:
    """More than the limit is told of as too large."""
    assert look_at(JPEG + bytes(MOST_BYTES)) == "large"


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_photograph_is_turned_as_its_camera_says(turn: int) -> None:
    """Exif orientations 5 to 8 stand the picture on its side, and each one has a matrix of its own."""
    found = look_at(jpeg_turned(turn))
    assert isinstance(found, Picture)
    assert found.turn == turn
    assert found.shape == ((4, 6) if turn >= 5 else (6, 4))
    numbers = re.search(r'transform="matrix\(([^)]+)\)"', found.as_svg())
    assert numbers is not None
    a, b, c, d, e, f = (float(one) for one in numbers[1].split())
    corners = {(a * x + c * y + e, b * x + d * y + f) for x, y in ((0, 0), (6, 0), (0, 4), (6, 4))}
    width, height = found.shape
    assert corners == {(0, 0), (width, 0), (0, height), (width, height)}
    # Where the upper left corner of what is stored comes to lie: by the orientation's own definition.
    top_left = {1: (0, 0), 2: (6, 0), 3: (6, 4), 4: (0, 4), 5: (0, 0), 6: (4, 0), 7: (4, 6), 8: (0, 6)}
    assert (e, f) == top_left[turn]


def test_nonsense_in_exif_turns_nothing() -> None:
    """An orientation that does not exist, or a directory that lies outside, is as none."""
    assert cast("Picture", look_at(jpeg_turned(99))).turn == 1
    broken = jpeg_turned(6).replace(b"II*\x00\x08\x00\x00\x00", b"II*\x00\xff\xff\xff\x7f")
    assert cast("Picture", look_at(broken)).turn == 1


@given(st.binary(max_size=120), st.sampled_from([b"", JPEG[:60], GIF[:12], WEBP[:16], png()[:30], b"<svg "]))
@settings(max_examples=200, deadline=None)
def test_no_bytes_stop_the_look(data: bytes, before: bytes) -> None:
    """Any bytes whatever, after any beginning, are a picture or a reason."""
    found = look_at(before + data)
    assert isinstance(found, Picture) or found in {"unreadable", "unknown", "large", "outward"}


def test_a_tall_screenshot_goes_on_over_pages() -> None:
    """It is cut into pieces that keep their width; the picture lies in the document once."""
    tall = _with(sections=(Section(heading="Skärmbilder", images=(Image(name="skärm", data=png(400, 6000)),)),))
    pdf = _render(tall)[1]
    assert len(pdf.pages) >= 5
    assert _images(pdf) == [(400, 6000)]


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
def test_text_is_never_markup_wherever_it_stands(kind: str) -> None:
    """What would be code, markup or a link elsewhere stands as it was written, in every place that takes text."""
    text = MARKUP[kind]
    block = Block(
        head=text,
        text=text,
        stub=text,
        notes=(text,),
        images=(Image(name=text, data=JPEG, alt=text), Image(name=text, data=b"x")),
        files=(FileLine(name=text, size=1, sha256="", about=text),),
    )
    one = Rendering(
        title=text,
        subtitle=text,
        notice=text,
        made=MADE,
        fields=((text, text),),
        sections=(Section(heading=text, fields=((text, text),), paragraphs=(text,), blocks=(block,)),),
    )
    said = _text(_render(one)[1])
    assert said.count(text) >= 16


def test_characters_that_no_font_has_are_written_and_listed() -> None:
    """Controls, emoji, turned direction, width-less ones stand as codes; each is listed once, in code-point order."""
    odd = "\x00\x07\x85\xad\u200b\u200d\u202e\u2066\ufeff\ue000\U0001f600\u4e2d\u27e6\ud800\U0010ffff"
    made, pdf = _render(_with(Block(head="h", text=f"å{odd}ö {odd}")))
    assert "å" + "".join(f"⟦U+{ord(one):04X}⟧" for one in odd) + "ö" in _text(pdf).replace(" ", "")
    assert [one.split()[0] for one in made.replaced] == [f"⟦U+{ord(one):04X}⟧" for one in sorted(odd)]
    assert "⟦U+1F600⟧ GRINNING FACE" in made.replaced
    listed = _text(pdf).partition("Tecken som inte kunde visas")[2]
    assert "⟦U+1F600⟧ GRINNING FACE" in listed
    assert "⟦U+202E⟧ RIGHT-TO-LEFT OVERRIDE" in listed
    assert listed.count("⟦U+200B⟧") == 1


def test_what_the_second_font_has_is_shown() -> None:
    """Hearts, check marks and other scripts are set as they are, nothing is listed."""
    made, pdf = _render(_with(Block(head="h", text="♥ ✓ ★ ☎ ☀ Ελλάδα Россия Հայ 1 ≠ 2 → 3 ½")))
    assert made.replaced == ()
    assert "♥ ✓ ★ ☎ ☀ Ελλάδα Россия Հայ 1 ≠ 2 → 3 ½" in _text(pdf)


def test_every_character_that_is_said_to_be_shown_is_in_a_font() -> None:
    """All of them can be set: the standard refuses a document in which a glyph is missing."""
    every = [chr(one) for one in range(0x20, 0x30000) if not _OTHER.match(chr(one))]
    assert len(every) > 1900
    text = "\n".join("".join(every[at : at + 40]) for at in range(0, len(every), 40))
    block = Block(
        head=text,
        text=text,
        stub=text,
        notes=(text,),
        images=(Image(name=text, data=JPEG, alt=text), Image(name=text, data=b"x")),
        files=(FileLine(name=text, size=1, sha256=text, about=text),),
    )
    section = Section(heading=text, fields=((text, text),), paragraphs=(text,), blocks=(block,))
    made = TYPESETTER.render(
        Rendering(title=text, subtitle=text, notice=text, made=MADE, fields=((text, text),), sections=(section,))
    )
    # A few of them Unicode's normal form makes into others.
    composed = {ord(part) for one in every for part in unicodedata.normalize("NFC", one) if _OTHER.match(part)}
    assert {int(one[3 : one.index("⟧")], 16) for one in made.replaced} <= composed
    assert not any(unicodedata.category(one) in {"Cc", "Cf", "Cs", "Mn"} for one in every if one != "\n")


@given(st.text(st.characters(), max_size=40))
@settings(max_examples=40, deadline=None)
def test_no_text_stops_the_typesetter(text: str) -> None:
    """Any text whatever, in every place, gives a document."""
    block = Block(head=text, text=text, stub=text, notes=(text,), images=(Image(name=text, data=png(), alt=text),))
    one = _with(block, title=text, subtitle=text, notice=text, fields=((text, text),), keywords=(text,))
    assert TYPESETTER.render(one).pdf.startswith(b"%PDF-1.7")


def test_long_words_and_deep_replies_stay_on_the_page() -> None:
    """A word of 2,000 characters at depth 40 is broken into lines, and every line is inside the margins."""
    word = "x" * 2000
    pdf = _render(_with(Block(head=word, depth=40, text=word, notes=(word,)), title=word, fields=((word, word),)))[1]
    lines = [line for page in pdf.pages for line in page.extract_text().splitlines()]
    assert sum(line.count("x") for line in lines) >= 12_000
    # At 10.5 pt no line of this width holds more; before, one line held them all.
    assert max(line.count("x") for line in lines) < 140


@pytest.mark.parametrize("name", ["", "../a", "a/b", "a b", ".dold", "å.xml", "a" * 200])
def test_an_attached_file_needs_a_plain_name(name: str) -> None:
    """Another one is refused before anything is set."""
    with pytest.raises(RefusedError):
        TYPESETTER.render(_with(attached=(Attached(name=name, media_type="text/plain", data=b"x"),)))


def test_attached_files_have_different_names() -> None:
    """Case does not count."""
    files = tuple(Attached(name=name, media_type="text/plain", data=b"x") for name in ("a.txt", "A.TXT"))
    with pytest.raises(RefusedError):
        TYPESETTER.render(_with(attached=files))


def test_two_thousand_comments_take_seconds() -> None:
    """A long thread is set as a whole, in the time of a short coffee, and nothing is lost."""
    begun = time.perf_counter()
    blocks = (Block(head=f"kommentar nr {at}.", depth=at % 7, text="Ord efter ord. " * 15) for at in range(2000))
    made, pdf = _render(_with(*blocks))
    assert time.perf_counter() - begun < 20
    assert len(pdf.pages) > 100
    assert "kommentar nr 1999." in pdf.pages[-1].extract_text()
    assert len(made.pdf) < 4_000_000


def test_a_text_of_a_megabyte_is_set() -> None:
    """With spaces or without: both in seconds, and all of it is there."""
    begun = time.perf_counter()
    for text in ("ord " * 250_000, "x" * 1_000_000):
        assert TYPESETTER.render(_with(Block(head="h", text=text))).pdf.startswith(b"%PDF")
    assert time.perf_counter() - begun < 20


def test_an_empty_rendering_is_a_document() -> None:
    """A title is enough."""
    made, pdf = _render(Rendering(title="Tomt", made=MADE))
    assert (len(pdf.pages), made.replaced, made.unshown) == (1, (), ())
