"""Letters: every one is whole, plain and complete, whatever its fields hold; a municipality's own texts are checked."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from pypdf import PdfReader

from connectors.typesetting import TypstTypesetter
from flows.disclose.letters import render_letter, write_letter
from flows.keep.own import own_file, read_own
from schemas.disclosure import DisclosureSettings
from schemas.ground import Organisation
from schemas.ids import ItemId
from schemas.letter_texts import ALWAYS, NAMES, built_in, own_fields, places, read_letters
from schemas.refusal import GuardError, RefusedError
from schemas.rendering import Rendering
from schemas.request import Request
from tests.disclose.world import CLERK, OFFICE, OFFICER, Desk

TYPESETTER = TypstTypesetter()
AT = datetime(2026, 1, 15, 9, tzinfo=UTC)
ARVIKA = Organisation(name="Arvika kommun", authorities={"arvika-ks": "Arvika kommunstyrelse"})
SETTINGS = DisclosureSettings(office=OFFICE, court="Kammarrätten i Göteborg")
REQUEST = Request(
    number=7,
    kind="handlingar",
    standing="open",
    authority="arvika-ks",
    channel="e-post",
    received=datetime(2026, 1, 12, 22, 30, tzinfo=UTC),
    opened=AT,
    changed=AT,
    person=OFFICER,
    hold=1,
)
FIELDS: Final = {
    "mottagen": set[str](),
    "forestaende-gallring": {"gallras", "forsvinner"},
    "fortydligande": {"fraga"},
    "atertagen": set[str](),
    "avgift": {"enheter", "enhet", "belopp", "taxa", "forskott"},
    "svar-helt": {"antal", "del"},
    "svar-delvis": {"antal", "maskade", "nekade", "bestammelser", "del"},
    "svar-inget": {"sokt", "ej_sokt"},
    "avslag": {"avser", "bestammelser", "skal"},
    "beslut": {"bestammelser", "skal", "beslutar", "delegation", "avser", "foredragande"},
    "overklagande": {"beslutsdatum"},
    "overlamnande": {"beslutsdatum", "inkom", "i_tid", "papper", "antal"},
    "for-sent": {"inkom", "sista_dag", "skal", "beslutar", "delegation"},
}
DECISION_NEEDED = ("rätt att få", "skriftligt beslut behövs för att du ska kunna överklaga", "6 kap. 3 §")
PHRASES: Final = {
    "mottagen": ("gallras inte", "inte tala om vem du är", "2 kap. 15 och 16 §§ tryckfrihetsförordningen"),
    "forestaende-gallring": ("stoppat gallringen", "plattformen", "fler handlingar"),
    "fortydligande": ("6 § förvaltningslagen", "gallras inte", "hjälper dig"),
    "atertagen": ("gallringsstoppet", "ny begäran"),
    "avgift": ("2 kap. 16 §", "6 kap. 1 a §", "gratis"),
    "svar-helt": ("i sin helhet", "omgång"),
    "svar-delvis": DECISION_NEEDED,
    "svar-inget": ("sökt", "skriftligt beslut från myndigheten", "6 kap. 3 §"),
    "avslag": DECISION_NEEDED,
    "beslut": ("med stöd av delegation", "Skäl för beslutet", "Kammarrätten i Göteborg", "bilagan Hur du överklagar"),
    "overklagande": (
        "Kammarrätten i Göteborg",
        "skriftligt",
        "Skicka inte till domstolen|Skicka det inte till domstolen",
        "inom tre veckor från den dag då du fick del av beslutet",
        "44 § förvaltningslagen",
        "vilket beslut du överklagar",
        "hur du vill att beslutet ska ändras",
        "varför",
        "ditt namn och hur domstolen kan nå dig",
        "prövar om överklagandet har kommit in i rätt tid",
        "lämnar kommunen skyndsamt över",
        "6 kap. 7 och 8 §§",
        "1930:173",
        *OFFICE,
    ),
    "overlamnande": ("46 § förvaltningslagen", "Kammarrätten i Göteborg", "kom in till Arvika kommun"),
    "for-sent": ("avvisa", "45 § förvaltningslagen", "bilagan Hur du överklagar", "med stöd av delegation"),
}
HOSTILE = (
    "{nummer} {{x}} {0} %s ${y} {skal}",
    '= Rubrik\n#pagebreak() #import "x" $x^2$ <b>fet</b> \\ [länk](x)',
    "\u202eomvänt\u202c \u2066isolerat\u2069 شكرا",
    "# Inte en rubrik\x00\x1b[31m\r\nny rad",
    "👩\u200d👩\u200d👧 ett\u0301 \ud800",
)


def _values(name: str, value: str = "") -> dict[str, str]:
    return {field: value or f"«{field}»" for field in own_fields()[name]}


def _letter(name: str, fields: dict[str, str] | None = None, *, request: Request = REQUEST) -> str:
    return render_letter(SETTINGS, ARVIKA, request, name, AT, _values(name) if fields is None else fields)[1]


def test_the_letters_are_those_that_a_request_needs_with_their_fields() -> None:
    """Every letter about records is there, with exactly these fields beside those of every letter."""
    assert set(FIELDS) == set(NAMES)
    assert {name: set(own_fields()[name]) for name in NAMES} == FIELDS


@pytest.mark.parametrize("name", sorted(built_in()))
def test_every_letter_renders_with_every_field_and_keeps_no_brace(name: str) -> None:
    """Each of its own fields is said, nothing stands unfilled, and the municipality, the number and the days are there."""
    request = REQUEST if name in NAMES else replace(REQUEST, kind="tillgang")
    text = _letter(name, request=request)
    assert "{" not in text
    assert "}" not in text
    conditions = set(built_in()[name].only.values())
    for field in own_fields()[name]:
        said = any(field in places(one) for one in built_in()[name].paragraphs)
        assert said or field in conditions, field
        assert f"«{field}»" in text or not said, field
    for known in ("Arvika kommunstyrelse", "nummer 7", "2026-01-12", "2026-01-15"):
        assert known in text
    assert not re.search(r"\b(hej|bästa|herr|fru)\b", text.lower())


@pytest.mark.parametrize("name", NAMES)
def test_every_letter_says_what_the_law_asks_of_it(name: str) -> None:
    """The phrases that each letter must have, and how the office is reached."""
    text = _letter(name)
    for phrase in PHRASES[name]:
        assert re.search("|".join(map(re.escape, phrase.split("|"))), text), phrase
    assert "0570-816 00" in text


@pytest.mark.parametrize("name", NAMES)
def test_no_letter_names_a_field_that_nobody_gives(name: str) -> None:
    """Paragraphs, heading and conditions use known fields alone."""
    text = built_in()[name]
    used = {field for one in (text.title, *text.paragraphs) for field in places(one)} | set(text.only.values())
    assert used <= ALWAYS | own_fields()[name]


@pytest.mark.parametrize("name", NAMES)
def test_every_letter_is_pdf_a_with_the_same_words(name: str) -> None:
    """The typesetter makes PDF/A-3b of it, and what a reader finds there is what the plain text says."""
    rendering, text = render_letter(SETTINGS, ARVIKA, REQUEST, name, AT, _values(name, "ett värde"))
    reader = PdfReader(io.BytesIO(TYPESETTER.render(rendering).pdf))
    root: Any = reader.trailer["/Root"]
    metadata = root["/Metadata"].get_data()
    assert b"<pdfaid:part>3</pdfaid:part>" in metadata
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in metadata
    read = _squeezed("".join(page.extract_text() for page in reader.pages))
    for paragraph in text.split("\n\n")[3:]:
        words = _squeezed(paragraph)
        # A page's foot may stand within a long paragraph.
        assert words[:30].casefold() in read.casefold(), paragraph


def _squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_values_are_data(value: str) -> None:
    """Markup, braces, controls and turned text are set as text: nothing is filled in twice, nothing turns a line."""
    fields = {"avser": value, "bestammelser": value, "skal": value}
    rendering, text = render_letter(SETTINGS, ARVIKA, REQUEST, "avslag", AT, fields)
    assert len([one for one in rendering.sections if one.heading]) == 4
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text)
    if value.startswith("{nummer}"):
        assert text.count("{nummer} {{x}} {0} %s ${y} {skal}") == 3
    pdf = TYPESETTER.render(rendering).pdf
    assert pdf.startswith(b"%PDF")
    assert len(PdfReader(io.BytesIO(pdf)).pages) == len(PdfReader(io.BytesIO(TYPESETTER.render(_tame()).pdf)).pages)


def _tame() -> Rendering:
    return render_letter(SETTINGS, ARVIKA, REQUEST, "avslag", AT, {"avser": "a", "bestammelser": "b", "skal": "c"})[0]


def test_what_is_empty_is_left_out_and_what_is_needed_is_asked_for() -> None:
    """A portion that there is none of is not spoken of; a refusal without reasons is not written."""
    assert "omgång" not in _letter("svar-helt", {"antal": "3"})
    assert "omgång 2 av 3" in _letter("svar-helt", {"antal": "3", "del": "2 av 3"})
    with pytest.raises(RefusedError, match="skal"):
        _letter("avslag", {"avser": "allt", "bestammelser": "21 kap. 1 § OSL", "skal": "  "})
    with pytest.raises(RefusedError, match=r"disclosure\.office"):
        render_letter(DisclosureSettings(), ARVIKA, REQUEST, "overklagande", AT, {"beslutsdatum": "2026-01-15"})


def test_unknown_letters_and_fields_are_refused() -> None:
    """A misspelled letter or field is named with what was meant; known fields are not handed over."""
    with pytest.raises(RefusedError, match="avslag"):
        _letter("avslog", {})
    with pytest.raises(RefusedError, match="antal"):
        _letter("svar-helt", {"antl": "3"})
    with pytest.raises(RefusedError, match="by itself"):
        _letter("svar-helt", {"antal": "3", "datum": "1999-01-01"})


def test_letters_about_personal_data_name_the_other_court() -> None:
    """An appeal about personal data goes to the administrative court, by dataskyddslagen."""
    text = _letter("overklagande", request=replace(REQUEST, kind="radering"))
    assert "Förvaltningsrätten" in text
    assert "2018:218" in text
    assert "Kammarrätten" not in text


def test_a_municipality_replaces_letters_and_keeps_what_the_law_asks() -> None:
    """Its own text is taken for its name; a text that leaves out what a letter must say is refused."""
    own = read_letters(
        '[svar-helt]\ntitle = "Vårt svar"\nparagraphs = ["Här är {antal} st, {myndighet}."]\n', "brev.toml"
    )
    settings = replace(SETTINGS, letters=own)
    assert (
        "Här är 4 st, Arvika kommunstyrelse."
        in render_letter(settings, ARVIKA, REQUEST, "svar-helt", AT, {"antal": "4"})[1]
    )
    assert "gallringsstoppet" in render_letter(settings, ARVIKA, REQUEST, "atertagen", AT, {})[1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[overklagande]\ntitle = 'x'\nparagraphs = ['Överklaga.']", "overklagande.*must say"),
        ("[svarhelt]\ntitle = 'x'\nparagraphs = ['x']", "svar-helt"),
        ("[svar-helt]\ntitle = 'x'\nparagraphs = ['{antal} {namn}']", r"svar-helt\.paragraphs\[0\].*namn"),
        ("[svar-helt]\ntitle = 'x'\nparagraphs = ['{antal} {']", "brace"),
        ("[svar-helt]\ntitle = 'x'\nparagraphs = ['{antal.__class__}']", "brace"),
        ("[svar-helt]\ntitle = '{antal'\nparagraphs = ['{antal}']", "title"),
        ("[svar-helt]\ntitle = 'x'\nparagraphs = ['{antal}', { text = 'y', only = 'z' }]", "only"),
        ("[svar-helt]\ntitle = 'x'\nparagraphs = [3]", r"paragraphs\[0\]"),
        ("[svar-helt]\ntitle = 'x'\nfields = ['antal']\nparagraphs = ['{antal}']", "fields"),
        ("[svar-helt]\ntitle = 'x'\nparagraphs = ['{antal}']\ncolour = 'red'", "colour"),
        ("svar-helt = 3", "table"),
        ("[svar-helt", "TOML"),
    ],
)
def test_a_damaged_file_of_letters_is_refused_with_the_place(text: str, said: str) -> None:
    """The error names file, letter and what to write instead."""
    with pytest.raises(RefusedError, match=said) as caught:
        read_letters(text, "brev.toml")
    assert "brev.toml" in str(caught.value)


def test_a_letter_is_an_item_below_the_request_and_the_ledger_holds_no_word_of_it(desk: Desk) -> None:
    """Item, PDF and text are kept; the receipt about the request has the letter's name and the item's id alone."""
    number = desk.ask("Allt om vattenläckan")
    request = desk.kept(number)
    with desk.open() as home:
        done = write_letter(home, request, "fortydligande", OFFICER, desk.at, {"fraga": "Vilken gata gäller det?"})
        row = read_own(home.ground, done.item)
        assert row is not None
        assert (row.kind, row.thread, row.parent) == ("letter", request.record, request.record)
        assert own_file(home.ground, row, "fortydligande.pdf") == done.pdf
        assert own_file(home.ground, row, "fortydligande.txt").decode() == done.text == row.text
        assert "Vilken gata gäller det?" in done.text
    (receipt,) = [one for one in desk.receipts(f"request:{number}") if one["act"] == "request.letter"]
    assert receipt["evidence"] == {"item": done.item, "letter": "fortydligande", "request": number, "standing": "open"}
    assert "gata" not in str(desk.receipts(f"request:{number}")) + str(desk.receipts(done.item))


def test_a_letter_and_what_follows_on_it_are_one_transaction(desk: Desk) -> None:
    """When the act that comes with it is refused, neither item nor receipt is there."""
    number = desk.ask()
    request = desk.kept(number)
    before = desk.acts(number)

    def refused(_books: object, _item: ItemId) -> None:
        raise GuardError("G-CHANGED", "no", "no")

    with desk.open() as home, pytest.raises(GuardError):
        write_letter(home, request, "atertagen", OFFICER, desk.at, {}, also=refused)
    assert desk.acts(number) == before
    assert request.record is not None
    assert [row.kind for row in desk.below(request.record) if row.kind == "letter"] == []


def test_a_letter_by_hand(desk: Desk) -> None:
    """The command writes any letter and copies it out; bad fields and folders are refused before anything is written."""
    number = str(desk.ask())
    folder = desk.root / "ut"
    done = desk.request("letter", number, "fortydligande", "--field", "fraga=Vilket år = 2025?", "--out", str(folder))
    assert done["files"] == ["fortydligande.pdf", "fortydligande.txt"]
    assert "Vilket år = 2025?" in (folder / "fortydligande.txt").read_text("utf-8")
    before = desk.acts(int(number))
    desk.refused("letter", number, "fortydligande", "--field", "fraga", code=2)
    desk.refused("letter", number, "fortydligande", "--field", "fraga=x", "--out", str(folder), code=2)
    desk.refused(
        "letter", number, "fortydligande", "--field", "fraga=x", "--out", str(desk.root / "hem" / "ut"), code=2
    )
    desk.refused("letter", number, "fortydligande", "--field", "fraga=x", person="Ingen Alls", code=2)
    for name in ("beslut", "avslag", "for-sent", "svar-helt", "gdpr-radering-ja"):
        assert "by its act" in desk.refused("letter", number, name, "--field", "skal=x", code=2)
    assert desk.acts(int(number)) == before
    assert desk.request("letter", number, "atertagen", person=CLERK)["letter"] == "atertagen"
