"""FGS Ärendehantering 1.0: valid by the official schema, nothing dropped, Swedish times, and what is refused."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from hypothesis import given, settings
from lxml import etree

from schemas.casefile import Aggregation, CaseRecord
from schemas.refusal import RefusedError
from schemas.text import from_xml
from schemas.xml.arendehantering import NAMESPACE, write_arendehantering
from schemas.xml.case_form import PIECE
from tests import standards
from tests.xml.cases import (
    AGAIN,
    ANY_RECORD,
    BARE,
    CONTROL,
    CULLED,
    HARD,
    KEPT,
    MINIMAL,
    ONCE_MORE,
    RICH,
    aggregation,
    of,
    uid,
    words_in,
    words_of,
)

NS = {"f": NAMESPACE}
LISTED = "f:ArkivobjektListaHandlingar/f:ArkivobjektHandling"


def document(matter: Aggregation, *, whole: bool = True) -> bytes:
    """The document as bytes; ``whole`` = with its matter."""
    sink = io.BytesIO()
    write_arendehantering(sink, CONTROL, matter, matter=whole)
    return sink.getvalue()


def parsed(data: bytes) -> etree._Element:
    """The document as an ordinary parser with its ordinary limits reads it."""
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))


def values(root: etree._Element, path: str) -> list[str]:
    """Texts or attributes at a path."""
    return [str(one) for one in cast("list[Any]", root.xpath(path, namespaces=NS))]


def own(root: etree._Element, name: str) -> list[str]:
    """Values of the own elements of that name."""
    return values(root, f".//f:EgetElement[@Namn='{name}']/f:Varde/text()")


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize(
    "matter",
    [aggregation(RICH, MINIMAL, CULLED, KEPT, HARD), aggregation(), replace(BARE, records=(MINIMAL,)), BARE],
    ids=["everything", "no record", "nearly nothing", "nothing"],
)
def test_documents_are_valid(matter: Aggregation, whole: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Rich, minimal, culled, kept and hostile records are valid, in a matter and alone."""
    assert standards.faults("arendehantering", document(matter, whole=whole)) == []


@settings(max_examples=60, deadline=None)
@given(ANY_RECORD)
def test_any_record_is_valid_and_nothing_of_it_is_dropped(record: CaseRecord) -> None:
    """Whatever a record says can be read back from the document, which the schema accepts."""
    data = document(aggregation(record), whole=False)
    assert set(words_of(record)) - {""} <= words_in(parsed(data))
    assert standards.faults("arendehantering", data) == []


def test_every_field_stands_where_it_belongs() -> None:
    """Each datum of a record is found in the element that the format has for it."""
    record = parsed(document(aggregation(RICH))).find(f".//{LISTED}", NS)
    assert record is not None
    expected: dict[str, list[str]] = {
        "@Systemidentifierare": [RICH.system_id],
        "f:ArkivobjektID": [RICH.item],
        "f:ExtraID[@ExtraIDTyp='diarienummer']": ["KS 2024/77"],
        "f:Handlingstyp": ["kommentar"],
        "f:Avsandare/f:Namn": ["Åsa Avsändare"],
        "f:Beskrivning": [RICH.text],
        "f:Expedierad": ["2024-07-02T00:30:00"],
        "f:Gallring/@Gallras": ["true"],
        "f:Gallring/f:GallringsForklaring": ["Kommunstyrelsen 2024-01-09 § 7, KS 2024/1"],
        "f:Gallring/f:GallringsPeriodSlut": ["2027-01-01"],
        "f:Agent[f:Roll='Upphovsperson']/f:Namn": ["Åsa Ö"],
        "f:Agent[f:Roll='Avsändare']/f:Namn": ["En till avsändare"],
        "f:Agent[f:Roll='Arkiverande']/f:Namn": ["Arkivet"],
        "f:Inkommen": ["2024-07-02T00:30:00"],
        "f:Lopnummer": ["7"],
        "f:Mottagare/f:Namn": ["Kommunstyrelsen", "Tekniska nämnden"],
        "f:HandlingRelation[@Typ='Ingår i']": [uid("parent"), uid("whole")],
        "f:HandlingRelation[@Typ='Referens']": [uid("other")],
        "f:HandlingRelation[@Typ='Är maskad version av']": [uid("full")],
        "f:Rubrik": [RICH.title],
        "f:Skapad": ["2024-07-02T00:30:00"],
        "f:StatusHandling": ["Inkommen"],
        "f:Upprattad": ["2024-07-02T00:30:00"],
        "f:Restriktion[@Typ='Sekretess']/f:Lagrum": ["OSL 21:1"],
        "f:Restriktion[@Typ='Sekretess']/f:ForklarandeText": ["Uppgift om hälsa"],
        "f:Restriktion[@Typ='Integritet']/f:Lagrum": ["GDPR artikel 6.1 e"],
        "f:Bilaga/@Lank": [one.path for one in RICH.appendices],
        "f:Bilaga/@Checksumma": ["ab" * 32, "cd" * 32],
        "f:Bilaga/@ChecksummaMetod": ["SHA-256", "SHA-256"],
        "f:Bilaga/@Mimetyp": ["image/jpeg"],
        "f:Bilaga/@Beskrivning": ["Bild på gatan"],
    }
    for path, wanted in expected.items():
        whole = path if "/@" in path or path.startswith("@") else f"{path}/text()"
        assert values(record, whole) == wanted, path


def test_what_has_no_field_stands_in_own_elements() -> None:
    """Ids of persons, what a record replies to, since when it is restricted, the plan's row, values, file formats."""
    record = parsed(document(aggregation(RICH), whole=False)).find(f".//{LISTED}", NS)
    assert record is not None
    assert own(record, "Svar på") == [uid("parent")]
    assert own(record, "Relation till handling utanför paketet") == [uid("whole")]
    assert own(record, "Gäller från och med") == ["2024-07-03"]
    assert own(record, "Regel i planen") + own(record, "Planens utgåva") == ["K-12", "2024:1"]
    assert own(record, "Handlingstyp enligt planen") == ["Kommentar av ringa betydelse"]
    assert own(record, "Tidigare lydelse") == ["Hej"]
    codes = ".//f:EgetElement[@Namn='Upphovsperson']//f:Egenskap[@Namn='Id']/f:Varde/text()"
    assert values(record, codes) == ["did:plc:åsa"]
    files = ".//f:EgetElement[@Namn='Bilaga']//f:Egenskap"
    assert values(record, f"{files}[@Namn='Filformat enligt PRONOM']/f:Varde/text()") == ["fmt/43"]
    assert values(record, f"{files}[@Namn='Ursprungligt namn']/f:Varde/text()") == ["Min bild på Årgatan.jpg"]


def test_a_size_beyond_two_gigabytes_is_told_elsewhere() -> None:
    """The format's size is a 32-bit number: 10 GB stand in an own element, 2 147 483 647 bytes still in the field."""
    edge = replace(RICH.appendices[1], size=2**31 - 1)
    record = parsed(document(aggregation(replace(RICH, appendices=(RICH.appendices[0], edge)))))
    assert values(record, ".//f:Bilaga/@Storlek") == ["2147483647"]
    sizes = ".//f:EgetElement[@Namn='Bilaga']//f:Egenskap[@Namn='Storlek i byte']/f:Varde/text()"
    assert values(record, sizes) == ["10737418240"]


def test_times_are_swedish_and_stand_in_utc_as_well() -> None:
    """Local time without zone in the fields; the hour that comes twice in autumn is told apart by the UTC times."""
    record = parsed(document(aggregation(RICH))).find(f".//{LISTED}", NS)
    assert record is not None
    assert values(record, "f:SistaAnvandandetidpunkt/text()") == ["2024-10-27T02:30:00"]
    assert own(record, "Ändrad") == ["2024-10-27T00:30:00Z", "2024-10-27T01:30:00Z"]
    assert own(record, "Insamlad") == ["2026-01-02T03:04:05.000678Z"]
    assert own(record, "Borttagen från plattformen") == ["2026-01-02T03:04:05.000678Z"]
    first, second = (document(aggregation(replace(MINIMAL, dates=(("created", at),)))) for at in (AGAIN, ONCE_MORE))
    assert values(parsed(first), "//f:Rubrik/following-sibling::f:Skapad/text()") == ["2024-10-27T02:30:00"]
    assert first != second


def test_a_time_at_the_edge_of_the_calendar_is_its_year() -> None:
    """What only a false statement can give has no Swedish time: the year stands in the field, all of it in UTC."""
    last = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    data = document(
        aggregation(replace(MINIMAL, dates=(("created", last), ("originated", datetime.min.replace(tzinfo=UTC)))))
    )
    assert standards.faults("arendehantering", data) == []
    record = parsed(data).find(f".//{LISTED}", NS)
    assert record is not None
    assert values(record, "f:Skapad/text()") == ["9999"]
    assert own(record, "Skapad") == ["9999-12-31T23:59:59Z"]


def test_the_matter_says_what_it_is() -> None:
    """Diary number, title, class, standing, times and archive creator are in the matter's own fields."""
    matter = parsed(document(aggregation(RICH))).find("f:ArkivobjektListaArenden/f:ArkivobjektArende", NS)
    assert matter is not None
    expected = {
        "@Systemidentifierare": uid("aggregation"),
        "f:ArkivobjektID/text()": "KS 2024/1 <&>",
        "f:Informationsklass/text()": "K2 R1 T1",
        "f:Avslutat/text()": "2026-01-02T04:04:05",
        "f:Agent[f:Roll='Arkivbildare']/f:Namn/text()": "Kommunstyrelsen i Arvika",
        "f:Skapad/text()": "2024-07-02T00:30:00",
        "f:StatusArande/text()": "Stängt",
        "f:Arendemening/text()": "Kommunens konto på Mastodon⟦U+0000⟧ 2024",
    }
    for path, wanted in expected.items():
        assert values(matter, path) == [wanted], path
    assert own(matter, "Omfattar från och med") + own(matter, "Omfattar till och med") == ["2024-01-01", "2024-12-31"]
    assert values(parsed(document(BARE)), "//f:StatusArande/text()") == ["Öppet"]


def test_records_alone_tell_where_they_belong() -> None:
    """Without a matter there is one list of records, and own elements tell what they belong to and who made this."""
    root = parsed(document(aggregation(RICH, MINIMAL), whole=False))
    assert root.find("f:ArkivobjektListaArenden", NS) is None
    assert len(root.findall(LISTED, NS)) == 2
    head = root.findall("f:EgnaElement", NS)
    assert len(head) == 2
    assert own(head[0], "Myndighet") + own(head[0], "Myndighetens kod") == ["Kommunstyrelsen", "ORG:212000-1892"]
    assert own(head[0], "Dokumentets id") + own(head[0], "System") == [CONTROL.id, "Bevara 0.1.0"]
    assert own(head[0], "Framställt (UTC)") == ["2026-01-02T03:04:05.000678Z"]
    assert own(head[1], "Beteckning") + own(head[1], "Arkivbildare") == ["KS 2024/1 <&>", "Kommunstyrelsen i Arvika"]
    assert own(head[1], "Skapad (UTC)") == ["2024-07-01T22:30:00Z"]


def test_a_culled_record_says_only_that_it_is() -> None:
    """D32: the description says when and under which rule it was culled; nobody and nothing else of it is named."""
    record = parsed(document(aggregation(CULLED))).find(f".//{LISTED}", NS)
    assert record is not None
    assert record.findtext("f:Beskrivning", namespaces=NS) == (
        "Gallrad 2025-03-04 enligt regel K-12 i planen 2024:1. Innehållet finns inte kvar."
    )
    assert own(record, "Gallrad") == ["2025-03-04"]
    assert record.findtext("f:Skapad", namespaces=NS) == "2024-07", "no more than the month is known"
    assert not own(record, "Skapad")
    assert values(record, "f:Gallring/@Gallras") == ["true"]
    assert not values(record, "f:Avsandare | f:Agent | f:Mottagare | f:Bilaga | f:StatusHandling")


@pytest.mark.parametrize("text", ["å" * 2**20, "\x00" * (PIECE + 1), "x" * PIECE])
def test_long_texts_come_back_whole(text: str) -> None:
    """A text of a megabyte stands in pieces that an ordinary parser reads, and is the same when put together."""
    data = document(aggregation(replace(RICH, text=text)))
    root = parsed(data)
    assert standards.faults("arendehantering", data) == []
    assert from_xml("".join([root.findtext(f".//{LISTED}/f:Beskrivning", "", NS), *own(root, "Text")])) == text


def test_the_same_records_give_the_same_bytes() -> None:
    """Nothing but what is given decides what is written."""
    assert document(aggregation(RICH, HARD, CULLED)) == document(aggregation(RICH, HARD, CULLED))


@pytest.mark.parametrize(
    "record",
    [
        replace(RICH, dates=()),
        replace(RICH, system_id=""),
        replace(RICH, number=-1),
        replace(CULLED, restrictions=RICH.restrictions),
        replace(RICH, appendices=(replace(RICH.appendices[0], path="../../etc/passwd"),)),
    ],
)
def test_records_that_cannot_be_said_truthfully_are_refused(record: CaseRecord) -> None:
    """No date of creation, no UUID, a number below zero, content of what is culled, a path out of the package."""
    with pytest.raises(RefusedError, match="record 202407-"):
        document(aggregation(record))


def test_records_are_read_once_and_counted() -> None:
    """The records may be a stream: it is read once, one record written before the next is asked for."""
    sink = io.BytesIO()
    before: list[int] = []

    def stream() -> Iterator[CaseRecord]:
        for number in range(3):
            before.append(sink.tell())
            yield replace(MINIMAL, number=number)

    assert write_arendehantering(sink, CONTROL, of(stream()), matter=True) == 3
    assert before == sorted(set(before))
    assert write_arendehantering(io.BytesIO(), CONTROL, BARE, matter=False) == 0
