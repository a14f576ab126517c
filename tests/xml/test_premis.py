"""Preservation metadata: valid against PREMIS 3.0, every file with digest and format, linked, streamed, repeatable."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from schemas.package import Agent, Entry, Event, Format, Package, in_package
from schemas.refusal import RefusedError
from schemas.text import from_xml
from schemas.xml.premis import event_ids, object_id, representation_id, write_premis
from tests import standards
from tests.xml.packages import HARD, JPEG, MADE, ORIGINAL, PACKAGE, PRESERVATION, entry

NS = {"p": "http://www.loc.gov/premis/v3", "xsi": "http://www.w3.org/2001/XMLSchema-instance"}
FILES = [(in_package("eark", one.name, file.path), file) for one in (ORIGINAL, PRESERVATION) for file in one.entries]
PICTURE = "representations/original/data/media/bild-00000.jpg"


def written(
    package: Package = PACKAGE,
    objects: Sequence[tuple[str, Entry]] = FILES,
    events: Sequence[Event] | None = None,
) -> bytes:
    """A document as bytes."""
    sink = io.BytesIO()
    write_premis(sink, package, objects, package.events if events is None else events)
    return sink.getvalue()


def texts(element: Any, path: str) -> list[str]:
    """The texts of what a path finds."""
    return [one.text or "" for one in element.iterfind(path, {"": NS["p"]})]


def by_path(data: bytes, path: str) -> Any:
    """The file object that lies there."""
    found = [
        one
        for one in etree.fromstring(data).iterfind("p:object", NS)
        if texts(one, "storage/contentLocation/contentLocationValue") == [path]
    ]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("package", [PACKAGE, replace(PACKAGE, representations=(), events=(), agents=(), replaces="")])
@pytest.mark.parametrize("objects", [FILES, []])
def test_valid(package: Package, objects: list[tuple[str, Entry]]) -> None:
    """Rich and poor packages, with files and without, pass PREMIS 3.0."""
    assert standards.faults("premis", written(package, objects)) == []


def test_file_has_digest_format_and_names() -> None:
    """A picture stands with SHA-256, size, format and what that rests on, its former name, its place and its item."""
    picture = by_path(written(), PICTURE)
    file = ORIGINAL.entries[0]
    assert picture.get(f"{{{NS['xsi']}}}type") == "file"
    assert texts(picture, "objectIdentifier/objectIdentifierValue") == [str(object_id(PACKAGE, PICTURE))]
    fixity = "objectCharacteristics/fixity"
    assert texts(picture, f"{fixity}/messageDigestAlgorithm") == ["SHA-256"]
    assert texts(picture, f"{fixity}/messageDigest") == [file.sha256]
    assert texts(picture, "objectCharacteristics/size") == [str(file.size)]
    form = "objectCharacteristics/format"
    assert texts(picture, f"{form}/formatDesignation/*") == [JPEG.name, JPEG.version]
    assert texts(picture, f"{form}/formatRegistry/*") == ["PRONOM", "fmt/43"]
    assert texts(picture, f"{form}/formatNote") == [
        "Medietyp: image/jpeg, image/pjpeg",
        "Grund: byte match at 0, 3",
        "Varning: extension mismatch",
    ]
    assert texts(picture, "originalName") == ["Bild nr 0 från Årjäng.jpg"]
    assert texts(picture, "relationship/relationshipType") == ["structural", "logical"]
    assert texts(picture, "relationship/relationshipSubType") == ["is part of", "is part of"]
    assert texts(picture, "relationship/relatedObjectIdentifier/relatedObjectIdentifierValue") == [
        str(representation_id(PACKAGE, "original")),
        "202411-k3j5h2ga4l6mnqrs",
    ]


def test_unknown_format_says_so() -> None:
    """Without a PRONOM id there is no registry, and a note in Swedish."""
    empty = by_path(written(), "representations/original/data/media/tom.bin")
    assert texts(empty, "objectCharacteristics/format/formatRegistry") == []
    assert texts(empty, "objectCharacteristics/format/formatDesignation/formatName") == ["application/octet-stream"]
    assert "Formatet kunde inte bestämmas." in texts(empty, "objectCharacteristics/format/formatNote")


def test_package_and_representations_are_objects() -> None:
    """The package says what it replaces; representations are part of it; a file outside of them is the package's own."""
    data = written(objects=[("documentation/text.txt", entry("documentation/text.txt", "documentation"))])
    whole, *parts = etree.fromstring(data).findall("p:object", NS)
    assert texts(whole, "objectIdentifier/objectIdentifierValue") == [str(PACKAGE.id), PACKAGE.name]
    assert texts(whole, "relationship/relationshipSubType") == ["replaces"]
    assert texts(whole, "relationship/relatedObjectIdentifier/relatedObjectIdentifierValue") == [PACKAGE.replaces]
    assert [texts(one, "originalName") for one in parts[:3]] == [["original"], ["preservation"], ["access"]]
    related = "relationship/relatedObjectIdentifier/relatedObjectIdentifierValue"
    assert [texts(one, related) for one in parts] == [[str(PACKAGE.id)]] * 4
    added = etree.fromstring(written(replace(PACKAGE, status="SUPPLEMENT"))).find("p:object", NS)
    assert texts(added, "relationship/relationshipSubType") == ["supplements"]


def test_fgs12_folders_are_known_too() -> None:
    """A file in content/original/ is part of the same representation as one in representations/original/."""
    one = by_path(written(objects=[("content/original/a.jpg", entry("a.jpg", "original"))]), "content/original/a.jpg")
    related = "relationship/relatedObjectIdentifier/relatedObjectIdentifierValue"
    assert texts(one, related) == [str(representation_id(PACKAGE, "original"))]


def test_events_are_linked_both_ways() -> None:
    """An event names its files and they name it; one without files is the package's; every agent is described."""
    data = written()
    document = etree.fromstring(data)
    capture, identification, packaging = document.findall("p:event", NS)
    ids = [str(one) for one in event_ids(PACKAGE, PACKAGE.events)]
    assert [texts(one, "eventIdentifier/eventIdentifierValue")[0] for one in document.findall("p:event", NS)] == ids
    linked = "linkingObjectIdentifier/linkingObjectIdentifierValue"
    assert texts(identification, linked) == [str(object_id(PACKAGE, PICTURE))]
    assert texts(capture, linked) == texts(packaging, linked) == [str(PACKAGE.id)]
    named = "linkingEventIdentifier/linkingEventIdentifierValue"
    assert texts(by_path(data, PICTURE), named) == ids[1:2]
    assert texts(document.find("p:object", NS), named) == [ids[0], ids[2]]
    assert texts(capture, "eventDateTime") == ["2026-01-02T03:04:05.000678Z"]
    assert texts(capture, "eventOutcomeInformation/eventOutcome") == ["success"]
    assert from_xml(texts(packaging, "eventDetailInformation/eventDetail")[0]) == HARD
    agents = {
        texts(one, "agentIdentifier/agentIdentifierValue")[0]: texts(one, "agentName") + texts(one, "agentType")
        for one in document.findall("p:agent", NS)
    }
    assert list(agents.values()) == [
        ["Bevara", "software"],
        ["Kommunstyrelsen i Arvika", "organization"],
        ["pygfried 2.2.0", "software"],
    ]
    done_by = "linkingAgentIdentifier/linkingAgentIdentifierValue"
    assert [agents[texts(one, done_by)[0]][0] for one in (capture, identification, packaging)] == [
        "Kommunstyrelsen i Arvika",
        "pygfried 2.2.0",
        "Bevara",
    ]
    assert texts(document, "agent/agentVersion") == ["0.1.0"]
    codes = [texts(one, "agentIdentifier/agentIdentifierType") for one in document.findall("p:agent", NS)]
    assert codes == [["UUID"], ["UUID", "ORG"], ["UUID"]]


def test_identifiers_are_the_same_in_every_file_and_unique_in_each() -> None:
    """An event has the same UUIDv5 beside others; two equal events have two; no object has another's."""
    capture = PACKAGE.events[0]
    assert event_ids(PACKAGE, [capture]) == event_ids(PACKAGE, PACKAGE.events)[:1]
    twice = event_ids(PACKAGE, [capture, capture])
    assert len(set(twice)) == 2
    values = [
        value
        for one in etree.fromstring(written(events=[capture, capture])).iter("{*}object", "{*}event", "{*}agent")
        for value in texts(one, "objectIdentifier/objectIdentifierValue")
        + texts(one, "eventIdentifier/eventIdentifierValue")
        + texts(one, "agentIdentifier/agentIdentifierValue")[:1]
    ]
    assert len(values) == len(set(values))
    uuids = [value for value in values if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value)]
    assert {UUID(value).version for value in uuids} == {5}
    assert object_id(replace(PACKAGE, id=UUID(int=7)), PICTURE) != object_id(PACKAGE, PICTURE)


def test_same_package_gives_the_same_bytes() -> None:
    """A rebuild is equal."""
    assert written() == written()


class Counting(io.RawIOBase):
    """A sink that keeps nothing but how much came, and the most that came at once."""

    def __init__(self) -> None:
        self.total = 0
        self.most = 0

    def write(self, data: Any) -> int:
        """Count."""
        self.total += len(data)
        self.most = max(self.most, len(data))
        return len(data)


def test_written_by_streaming() -> None:
    """With 5,000 files nothing is held back: the document leaves in small pieces while the files are still being read."""
    sink = Counting()
    left: list[int] = []

    def many() -> Iterator[tuple[str, Entry]]:
        for number in range(5000):
            left.append(sink.total)
            yield f"representations/original/data/{number}", entry("a", "original", form=JPEG)

    write_premis(sink, PACKAGE, many(), ())  # type: ignore[arg-type]  # a raw stream writes like a binary one
    assert sink.total > 5_000_000
    assert sink.most < 100_000
    assert max(later - now for now, later in pairwise(left)) < 100_000


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40), st.text(min_size=1, max_size=40), st.text(max_size=40))
def test_any_text_can_be_written(name: str, form: str, agent: str, code: str) -> None:
    """Whatever a file, a format, an agent or a code is called, the document is valid and gives it back."""
    file = entry("a.bin", "original", original_name=name, form=Format(puid=form, name=form, basis=form, warning=form))
    data = written(
        replace(PACKAGE, agents=(Agent(role="archival-creator", name=agent, code=code),)),
        [("documentation/a.bin", file)],
        [Event(kind="redaction", at=MADE, detail=HARD + name, outcome=form, agent=agent)],
    )
    assert standards.faults("premis", data) == []
    one = by_path(data, "documentation/a.bin")
    assert [from_xml(text) for text in texts(one, "originalName")] == ([name] if name else [])
    assert agent in [from_xml(text) for text in texts(etree.fromstring(data), "agent/agentName")]


@pytest.mark.parametrize("path", ["../a", "/a", "a\\b", "a\x00", ""])
def test_paths_that_lead_astray_are_refused(path: str) -> None:
    """A path that leaves the package is refused with its place, and not repeated."""
    with pytest.raises(RefusedError, match="PREMIS, file 1") as caught:
        written(objects=[(path, entry("a", "original"))])
    assert not path or path not in str(caught.value)


def test_events_about_impossible_paths_are_refused() -> None:
    """An event cannot be about a file outside of the package."""
    with pytest.raises(RefusedError, match="PREMIS, event 2"):
        written(events=[PACKAGE.events[0], replace(PACKAGE.events[1], paths=("../\ud800",))])


def test_digest_that_is_none_is_refused() -> None:
    """A file without a true SHA-256 cannot be proven later, so it is not written."""
    with pytest.raises(RefusedError, match="sha256"):
        written(objects=[("documentation/a", replace(entry("a", "original"), sha256=""))])
