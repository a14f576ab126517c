"""CITS ERMS 2.1 and 3.0: valid by schema and Schematron, nothing dropped, flat memory, and what is refused."""

from __future__ import annotations

import io
import tracemalloc
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

import pytest
from hypothesis import given, settings
from lxml import etree

from schemas.casefile import Aggregation, CaseRecord, Disposal
from schemas.refusal import RefusedError
from schemas.text import from_xml
from schemas.xml.case_form import PIECE
from schemas.xml.erms import NAMESPACE, VERSIONS, Version, write_erms
from tests import standards
from tests.xml.cases import (
    ANY_RECORD,
    BARE,
    CONTROL,
    CULLED,
    HARD,
    KEPT,
    MADE,
    MINIMAL,
    RICH,
    aggregation,
    of,
    uid,
    words_in,
    words_of,
)

NS = {"e": NAMESPACE}


def document(matter: Aggregation, version: Version = "2.1") -> bytes:
    """The document as bytes."""
    sink = io.BytesIO()
    write_erms(sink, version, CONTROL, matter)
    return sink.getvalue()


def parsed(data: bytes) -> etree._Element:
    """The document as an ordinary parser with its ordinary limits reads it."""
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))


def values(root: etree._Element, path: str) -> list[str]:
    """Texts or attributes at a path."""
    return [str(one) for one in cast("list[Any]", root.xpath(path, namespaces=NS))]


def assert_valid(data: bytes, version: Version) -> None:
    """No complaint of the official schema and of the Schematron."""
    assert standards.faults(cast("Any", f"erms-{version}"), data) == []
    assert standards.rule_faults(version, data) == []


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "matter",
    [aggregation(RICH, MINIMAL, CULLED, KEPT, HARD), aggregation(), replace(BARE, records=(MINIMAL,)), BARE],
    ids=["everything", "no record", "nearly nothing", "nothing"],
)
def test_documents_are_valid(version: Version, matter: Aggregation) -> None:
    """Rich, minimal, culled, kept and hostile records are valid by both official schemas and both Schematrons."""
    assert_valid(document(matter, version), version)


@settings(max_examples=60, deadline=None)
@given(ANY_RECORD)
def test_any_record_is_valid_and_nothing_of_it_is_dropped(record: CaseRecord) -> None:
    """Whatever a record says can be read back from the document, which both schemas accept."""
    data = document(aggregation(record))
    assert set(words_of(record)) - {""} <= words_in(parsed(data))
    for version in VERSIONS:
        assert standards.faults(cast("Any", f"erms-{version}"), data) == []


def test_every_field_stands_where_it_belongs() -> None:
    """Each datum of a record is found in the element that the specification has for it."""
    (record,) = parsed(document(aggregation(RICH))).findall(".//e:record", NS)
    (other,) = parsed(document(aggregation(replace(RICH, direction="outgoing")))).findall(".//e:record", NS)
    expected: dict[str, list[str]] = {
        "@systemIdentifier": [RICH.system_id],
        "@recordType": ["kommentar"],
        "e:objectId": [RICH.item],
        "e:extraId[@extraIdType='diarienummer']": ["KS 2024/77"],
        "e:title": [RICH.title],
        "e:status/@value": ["received"],
        "e:runningNumber": ["7"],
        "e:direction/@directionDefinition": ["incoming"],
        "e:description": [RICH.text],
        "e:relation[@relationType='is_child_of']": [uid("parent")],
        "e:relation[@relationType='part_of']": [uid("whole")],
        "e:relation[@relationType='reference']": [uid("other")],
        "e:relation[@relationType='is_redacted_version_of']": [uid("full")],
        "e:restriction[@restrictionType='confidential']/e:regulation": ["OSL 21:1"],
        "e:restriction[@restrictionType='confidential']/e:explanatoryText": ["Uppgift om hälsa"],
        "e:restriction/e:dates/e:date[@dateType='start']": ["2024-07-03T00:00:00+02:00"],
        "e:restriction[@restrictionType='gdpr']/e:regulation": ["GDPR artikel 6.1 e"],
        "e:disposal/@disposable": ["true"],
        "e:disposal/e:disposalScheduleId": ["K-12"],
        "e:disposal/e:disposalMandate": ["Kommunstyrelsen 2024-01-09 § 7, KS 2024/1"],
        "e:disposal/e:dates/e:disposalDate[@dateType='action_due']": ["2027-01-01T00:00:00+01:00"],
        "e:agents/e:agent[@agentType='sender']/e:name": ["Åsa Avsändare", "En till avsändare"],
        "e:agents/e:agent[@agentType='creator']/e:idNumber": ["did:plc:åsa"],
        "e:dates/e:date[@dateType='captured']": ["2026-01-02T03:04:05.000678Z"],
        "e:dates/e:date[@dateType='modified']": ["2024-10-27T00:30:00Z", "2024-10-27T01:30:00Z"],
        "e:additionalInformation/e:appendix/@path": [one.path for one in RICH.appendices],
        "e:additionalInformation/e:appendix/@fileFormat": ["JPEG File Interchange Format"],
        ".//e:ownElement[@name='Bilaga']//e:attribute[@name='Storlek i byte']/e:value": ["10737418240", "0"],
        ".//e:ownElement[@name='Bilaga']//e:attribute[@name='Kontrollsumma']/e:value": ["ab" * 32, "cd" * 32],
        ".//e:attribute[@name='Kontrollsummans metod']/e:value": ["SHA-256", "SHA-256"],
        ".//e:ownElement[@name='Synlighet']/e:value": ["offentlig"],
        ".//e:ownElement[@name='Relation till handling utanför paketet']/e:value": [uid("whole")],
    }
    for path, wanted in expected.items():
        whole = path if "/@" in path or path.startswith("@") else f"{path}/text()"
        assert values(record, whole) == wanted, path
    assert values(other, "e:status/@value") == ["expedited"]


def test_the_aggregation_says_what_it_is() -> None:
    """Id, class, title, standing, archive creator and times of the matter; the document says who made it and when."""
    root = parsed(document(aggregation(RICH)))
    matter = "e:aggregations/e:aggregation"
    assert values(root, f"{matter}/@systemIdentifier") == [uid("aggregation")]
    assert values(root, f"{matter}/e:objectId/text()") == ["KS 2024/1 <&>"]
    assert values(root, f"{matter}/e:informationClass/text()") == ["K2 R1 T1"]
    assert values(root, f"{matter}/e:title/text()") == ["Kommunens konto på Mastodon⟦U+0000⟧ 2024"]
    assert values(root, f"{matter}/e:status/@value") == ["closed"]
    assert values(root, f"{matter}/e:agents/e:agent/e:name/text()") == ["Kommunstyrelsen i Arvika"]
    dates = dict(
        zip(*(values(root, f"{matter}/e:dates/e:date/{what}") for what in ("@dateType", "text()")), strict=True)
    )
    assert dates == {
        "created": "2024-07-01T22:30:00Z",
        "start": "2024-01-01T00:00:00+01:00",
        "end": "2024-12-31T23:59:59+01:00",
        "closed": "2026-01-02T03:04:05.000678Z",
    }
    assert values(root, "e:control/e:identification/text()") == [CONTROL.id]
    assert values(root, ".//e:agencyCode/@type | .//e:agencyCode/text()") == ["ORG", "212000-1892"]
    assert values(root, ".//e:maintenanceEvent/e:agent/e:name/text()") == ["Bevara 0.1.0"]


@pytest.mark.parametrize("version", VERSIONS)
def test_what_the_text_of_the_specification_demands_is_there(version: Version) -> None:
    """ERMS135 and ERMS204: every record and the aggregation have a date created; ERMS199: identifiers are UUIDs."""
    root = parsed(document(aggregation(RICH, MINIMAL, CULLED, KEPT), version))
    for path in ("//e:record", "//e:aggregation"):
        every = cast("list[etree._Element]", root.xpath(path, namespaces=NS))
        assert every
        for one in every:
            assert len(one.findall("e:dates/e:date[@dateType='created']", NS)) == 1
            assert str(uuid.UUID(one.get("systemIdentifier"))) == one.get("systemIdentifier")


def test_a_culled_record_says_only_that_it_is() -> None:
    """D32: the text says when and under which rule it was culled; nobody and nothing else of it is named."""
    (record,) = parsed(document(aggregation(CULLED))).findall(".//e:record", NS)
    assert record.findtext("e:description", namespaces=NS) == (
        "Gallrad 2025-03-04 enligt regel K-12 i planen 2024:1. Innehållet finns inte kvar."
    )
    assert values(record, "e:dates/e:date[@dateType='destroyed']/text()") == ["2025-03-04T00:00:00+01:00"]
    assert values(record, "e:disposal/e:dates/e:disposalDate/@dateType") == ["action_due", "disposal_date"]
    assert values(record, "e:disposal/e:disposalAction/text()") == ["Gallrad"]
    assert values(record, "e:extraId/text()") == ["202407-aaaaaaaaaaaaaaaa"]
    assert not values(record, "e:agents | e:status | e:restriction | e:direction | .//e:appendix")


def test_without_a_due_day_the_disposal_says_of_when_it_is() -> None:
    """The schema demands a date of disposal: for what is kept it is the day of the statement, and says so."""
    (record,) = parsed(document(aggregation(KEPT))).findall(".//e:record", NS)
    date_path = "e:disposal/e:dates/e:disposalDate"
    assert values(record, f"{date_path}/@dateType") == ["other_date"]
    assert values(record, f"{date_path}/@otherDisposalDateType") == ["uppgiftens datum"]
    assert values(record, f"{date_path}/text()") == ["2026-01-02T03:04:05.000678Z"]
    assert values(record, "e:disposal/e:disposalAction/text()") == ["Bevaras"]


def test_empty_words_have_words_in_their_place() -> None:
    """A record without title has one all the same; without text it has no description; a nameless person is told of."""
    nameless = replace(MINIMAL, parties=(replace(RICH.parties[0], name=""),), restrictions=(HARD.restrictions[0],))
    bare = replace(nameless, restrictions=(replace(RICH.restrictions[1], provision=""),))
    (record,) = parsed(document(aggregation(bare))).findall(".//e:record", NS)
    assert values(record, "e:title/text()") == ["Utan rubrik"]
    assert not values(record, "e:description")
    assert values(record, "e:agents/e:agent/e:name/text()") == ["Namn är inte känt"]
    assert values(record, "e:restriction/e:regulation/text()") == ["Lagrum är inte angivet"]


@pytest.mark.parametrize("text", ["å" * 2**20, "\x00" * 2**20, "⟦<\r\n" * (PIECE + 1), "x" * PIECE])
def test_long_texts_come_back_whole(text: str) -> None:
    """A text of a megabyte stands in pieces that an ordinary parser reads, and is the same when put together."""
    record = replace(RICH, text=text, values=(("Tidigare lydelse", text[: PIECE + 5]),))
    data = document(aggregation(record))
    root = parsed(data)
    assert standards.faults("erms-2.1", data) == []
    rest = values(root, "//e:ownElement[@name='Text']/e:value/text()")
    assert from_xml("".join([root.findtext(".//e:record/e:description", "", NS), *rest])) == text
    assert (
        from_xml("".join(values(root, "//e:ownElement[@name='Tidigare lydelse']/e:value/text()"))) == text[: PIECE + 5]
    )
    parts = values(root, "//e:ownElement[@name='Text']//e:attribute[@name='del']/e:value/text()")
    count = -(-len(text) // PIECE)
    assert parts == [f"{number} av {count}" for number in range(2, count + 1)]


def test_names_and_codes_of_any_length_are_kept() -> None:
    """Even a name that is longer than an element may be, or the name of a value, is not cut off."""
    long = "n" * (PIECE + 3)
    record = replace(RICH, title=long, values=((long, "värde"),), parties=(replace(RICH.parties[1], name=long),))
    root = parsed(document(aggregation(record)))
    (title,) = values(root, "//e:record/e:title/text()")
    assert [title, *values(root, "//e:ownElement[@name='Rubrik']/e:value/text()")] == [long[:PIECE], "nnn"]
    assert "".join(values(root, "//e:attribute[@name='hela namnet']/e:value/text()")) == long


def test_the_same_records_give_the_same_bytes() -> None:
    """Nothing but what is given decides what is written."""
    assert document(aggregation(RICH, HARD, CULLED)) == document(aggregation(RICH, HARD, CULLED))


@pytest.mark.parametrize(
    "record",
    [
        replace(RICH, dates=(("captured", MADE),)),
        replace(RICH, dates=(("created", MADE.replace(tzinfo=None)),)),
        replace(RICH, system_id="202407-aaaaaaaaaaaaaaaa"),
        replace(RICH, number=2**31),
        replace(RICH, relations=(replace(RICH.relations[0], target="inget"),)),
        replace(CULLED, text="finns kvar"),
        replace(CULLED, parties=RICH.parties),
        replace(CULLED, extra=RICH.extra),
        replace(CULLED, restrictions=RICH.restrictions),
        replace(CULLED, appendices=RICH.appendices),
    ],
)
def test_records_that_cannot_be_said_truthfully_are_refused(record: CaseRecord) -> None:
    """No date of creation, no zone, no UUID, too large a number, content of what is culled: refused by opaque id."""
    with pytest.raises(RefusedError, match="record 202407-") as refused:
        document(aggregation(record))
    assert "Åsa" not in str(refused.value)
    assert "finns kvar" not in str(refused.value)
    assert "social.example" not in str(refused.value)


@pytest.mark.parametrize(
    "path", ["../a.pdf", "/etc/passwd", "a/../b", "a//b", "a\\b", "bild på.jpg", "", "a/", "./a", "C:/a", "a/.."]
)
def test_paths_that_leave_the_package_are_refused(path: str) -> None:
    """A path of an appendix is of plain names and stays inside the package."""
    with pytest.raises(RefusedError, match="appendix"):
        document(aggregation(replace(RICH, appendices=(replace(RICH.appendices[0], path=path),))))


def test_a_document_without_agency_identity_or_version_is_refused() -> None:
    """The document names its agency, the aggregation has a UUID, and the version is one of the two."""
    for version, control, matter in (
        ("2.1", replace(CONTROL, agency=""), BARE),
        ("2.1", CONTROL, replace(BARE, system_id="konto/2024")),
        ("2.1", CONTROL, replace(BARE, created=datetime(2024, 1, 1))),  # noqa: DTZ001 - no zone is the point
        ("2.0", CONTROL, BARE),
    ):
        with pytest.raises(RefusedError):
            write_erms(io.BytesIO(), cast("Any", version), control, matter)


def test_a_disposal_without_words_is_still_valid() -> None:
    """A plan that says no more than that something may be culled gives a valid document."""
    data = document(aggregation(replace(MINIMAL, disposal=Disposal(disposable=True))), "3.0")
    assert_valid(data, "3.0")


class _Counting(io.RawIOBase):
    """A sink that keeps nothing but the largest write."""

    size = 0
    largest = 0

    def write(self, data: Any, /) -> int:
        """Count and forget."""
        self.size += len(data)
        self.largest = max(self.largest, len(data))
        return len(data)


def test_fifty_thousand_records_need_the_memory_of_one() -> None:
    """Records are read once and written one by one: memory stays flat for 50,000 of them."""
    sink = _Counting()

    def many() -> Iterator[CaseRecord]:
        for number in range(50_000):
            yield replace(MINIMAL, number=number, text="Hej på dig" * 20, type="inlägg")

    tracemalloc.start()
    try:
        written = write_erms(cast("Any", sink), "3.0", CONTROL, of(many()))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert written == 50_000
    assert sink.size > 50_000 * 500
    assert sink.largest < 10_000
    assert peak < 2_000_000
