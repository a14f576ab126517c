"""Records and aggregations for tests of the case formats: everything, nearly nothing, culled, and any at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st
from lxml import etree

from schemas.casefile import (
    Aggregation,
    Appendix,
    CaseControl,
    CaseRecord,
    Disposal,
    Party,
    Relation,
    Restriction,
)
from schemas.package import named
from schemas.text import from_xml
from tests.xml.rows import HARD_TEXT

MADE = datetime(2026, 1, 2, 3, 4, 5, 678, UTC)
SUMMER = datetime(2024, 7, 1, 22, 30, tzinfo=UTC)
AGAIN = datetime(2024, 10, 27, 0, 30, tzinfo=UTC)
ONCE_MORE = datetime(2024, 10, 27, 1, 30, tzinfo=UTC)
"""In Sweden both are half past two in the night when summer time ends."""

CONTROL = CaseControl(
    id=str(named("package")), made=MADE, agency="Kommunstyrelsen", agency_code="ORG:212000-1892", version="0.1.0"
)


def uid(*parts: str) -> str:
    """A UUID as text."""
    return str(named("test", *parts))


RICH = CaseRecord(
    system_id=uid("rich"),
    item="202407-aaaaaaaaaaaaaaaa",
    number=7,
    type="kommentar",
    title="Kommentar 2024-07-02",
    text="Hej!\nVarför är gatan avstängd? <b>& så</b>",
    direction="incoming",
    dates=(
        ("created", SUMMER),
        ("originated", SUMMER),
        ("captured", MADE),
        ("modified", AGAIN),
        ("modified", ONCE_MORE),
        ("deleted", MADE),
        ("received", SUMMER),
        ("sent", SUMMER),
    ),
    parties=(
        Party(role="creator", name="Åsa Ö", code="did:plc:åsa"),
        Party(role="sender", name="Åsa Avsändare", code="avsändarens id"),
        Party(role="sender", name="En till avsändare"),
        Party(role="recipient", name="Kommunstyrelsen", code="mottagarens id"),
        Party(role="recipient", name="Tekniska nämnden"),
        Party(role="archiver", name="Arkivet"),
    ),
    relations=(
        Relation(kind="child-of", target=uid("parent")),
        Relation(kind="part-of", target=uid("whole"), outside=True),
        Relation(kind="reference", target=uid("other")),
        Relation(kind="redacted-version-of", target=uid("full")),
    ),
    restrictions=(
        Restriction(kind="secrecy", provision="OSL 21:1", text="Uppgift om hälsa", since=date(2024, 7, 3)),
        Restriction(kind="personal-data", provision="GDPR artikel 6.1 e"),
    ),
    disposal=Disposal(
        disposable=True,
        rule="K-12",
        edition="2024:1",
        type="Kommentar av ringa betydelse",
        mandate="Kommunstyrelsen 2024-01-09 § 7, KS 2024/1",
        due=date(2027, 1, 1),
    ),
    extra=(("permalänk", "https://social.example/1?a=1&b=2"), ("diarienummer", "KS 2024/77")),
    values=(("Synlighet", "offentlig"), ("Antal delningar", "3"), ("Tidigare lydelse", "Hej")),
    appendices=(
        Appendix(
            name="bild.jpg",
            path="representations/original/data/media/bild.jpg",
            size=10 * 2**30,
            sha256="ab" * 32,
            media_type="image/jpeg",
            puid="fmt/43",
            format_name="JPEG File Interchange Format",
            description="Bild på gatan",
            original_name="Min bild på Årgatan.jpg",
        ),
        Appendix(name="tråd.pdf", path="content/preservation/pdf/a.pdf", size=0, sha256="cd" * 32),
    ),
)
"""Every field of a record, each with words of its own."""

MINIMAL = CaseRecord(
    system_id=uid("minimal"), item="202407-bbbbbbbbbbbbbbbb", number=0, type="", title="", dates=(("created", MADE),)
)
CULLED = CaseRecord(
    system_id=uid("culled"),
    item="202407-cccccccccccccccc",
    number=8,
    type="kommentar",
    title="Kommentar",
    dates=(("created", SUMMER),),
    relations=(Relation(kind="child-of", target=uid("parent")),),
    disposal=Disposal(disposable=True, rule="K-12", edition="2024:1", mandate="Beslut § 7", due=date(2025, 1, 1)),
    extra=(("tråd", "202407-aaaaaaaaaaaaaaaa"),),
    values=(("Gallring", "Gallrad med stöd av beslut § 7"),),
    culled=date(2025, 3, 4),
)
KEPT = replace(MINIMAL, system_id=uid("kept"), direction="outgoing", disposal=Disposal(disposable=False, rule="I-1"))

HARD = replace(
    RICH,
    type=HARD_TEXT,
    title=HARD_TEXT,
    text=HARD_TEXT + "\ud83d",
    parties=(Party(role="sender", name=HARD_TEXT, code=HARD_TEXT), Party(role="creator", name="", code=HARD_TEXT)),
    restrictions=(Restriction(kind="secrecy", provision=HARD_TEXT, text=HARD_TEXT),),
    disposal=Disposal(disposable=True, rule=HARD_TEXT, edition=HARD_TEXT, type=HARD_TEXT, mandate=HARD_TEXT),
    extra=((HARD_TEXT, HARD_TEXT), ("", "")),
    values=((HARD_TEXT * 9, HARD_TEXT), ("", "")),
    appendices=(replace(RICH.appendices[0], name=HARD_TEXT, description=HARD_TEXT, original_name=HARD_TEXT, puid=""),),
)
"""Words that are hard to write wherever words may stand."""


def aggregation(*records: CaseRecord) -> Aggregation:
    """A closed matter with these records."""
    return of(records)


def of(records: Iterable[CaseRecord]) -> Aggregation:
    """The same, of any supply of records."""
    return Aggregation(
        system_id=uid("aggregation"),
        object_id="KS 2024/1 <&>",
        title="Kommunens konto på Mastodon\x00 2024",
        created=SUMMER,
        closed=MADE,
        authority="Kommunstyrelsen i Arvika",
        first=date(2024, 1, 1),
        last=date(2024, 12, 31),
        information_class="K2 R1 T1",
        records=records,
    )


BARE = Aggregation(system_id=uid("bare"), object_id="konto/2024", title="Konto", created=SUMMER)


def words_of(value: Any) -> Iterator[str]:
    """Every text in a record, wherever it stands; codes of the model itself (kinds, roles, directions) left out."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            if field.name not in {"kind", "role", "direction", "dates"}:
                yield from words_of(getattr(value, field.name))
    elif isinstance(value, tuple):
        for one in value:
            yield from words_of(one)


def words_in(root: etree._Element) -> set[str]:
    """Every text and attribute of a document, as it was before it was escaped."""
    found: set[str] = set()
    for element in root.iter():
        found.add(from_xml(element.text or ""))
        found.update(from_xml(str(value)) for value in element.attrib.values())
    return found


_TEXT = st.text(st.characters(exclude_categories=[]) | st.sampled_from("\x00\x0b\r\n\t\ufffe⟦⟧U+< >&\"'\u202e\ud83d"))
_INSTANTS = st.datetimes(timezones=st.just(UTC))
_UUIDS = st.uuids().map(str)
_PATHS = st.from_regex(r"\A[a-z]{1,9}(/[A-Za-z0-9_-]{1,9}){0,3}\.[a-z]{1,4}\Z")

ANY_RECORD = st.builds(
    CaseRecord,
    system_id=_UUIDS,
    item=st.from_regex(r"\A202411-[a-z2-7]{16}\Z"),
    number=st.integers(0, 2**31 - 1),
    type=_TEXT,
    title=_TEXT,
    text=_TEXT,
    direction=st.sampled_from(["incoming", "outgoing"]),
    dates=st.lists(
        st.tuples(st.sampled_from(["originated", "captured", "modified", "deleted", "received", "sent"]), _INSTANTS),
        max_size=3,
    ).map(lambda dates: (("created", MADE), *dates)),
    parties=st.lists(
        st.builds(Party, role=st.sampled_from(["creator", "sender", "recipient", "archiver"]), name=_TEXT, code=_TEXT),
        max_size=3,
    ).map(tuple),
    relations=st.lists(
        st.builds(
            Relation,
            kind=st.sampled_from(["child-of", "part-of", "reference", "redacted-version-of"]),
            target=_UUIDS,
            outside=st.booleans(),
        ),
        max_size=2,
    ).map(tuple),
    restrictions=st.lists(
        st.builds(
            Restriction,
            kind=st.sampled_from(["secrecy", "personal-data"]),
            provision=_TEXT,
            text=_TEXT,
            since=st.none() | st.dates(),
        ),
        max_size=2,
    ).map(tuple),
    disposal=st.none()
    | st.builds(
        Disposal,
        disposable=st.booleans(),
        rule=_TEXT,
        edition=_TEXT,
        type=_TEXT,
        mandate=_TEXT,
        due=st.none() | st.dates(),
    ),
    extra=st.lists(st.tuples(_TEXT, _TEXT), max_size=2).map(tuple),
    values=st.lists(st.tuples(_TEXT, _TEXT), max_size=2).map(tuple),
    appendices=st.lists(
        st.builds(
            Appendix,
            name=_TEXT,
            path=_PATHS,
            size=st.integers(0, 2**40),
            sha256=st.from_regex(r"\A[0-9a-f]{64}\Z"),
            media_type=_TEXT,
            puid=_TEXT,
            format_name=_TEXT,
            description=_TEXT,
            original_name=_TEXT,
        ),
        max_size=2,
    ).map(tuple),
)
"""Any record that is not culled."""
