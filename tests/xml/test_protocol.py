"""The documents of a culling: draft and certificate in XML."""

from __future__ import annotations

import hashlib
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from schemas.merkle import root
from schemas.protocol import Certificate, Count, Draft, Mandate, PlaceSeen, Signatory
from schemas.refusal import RefusedError
from schemas.xml.protocol import (
    SCHEMA_FILE,
    read_certificate,
    read_draft,
    read_protocol,
    write_certificate,
    write_draft,
)
from tests.verify.certified import certificate, proposal

TRUE = certificate()
UNSIGNED = Draft(
    order=TRUE.order,
    as_of=date(2026, 1, 15),
    made=datetime(2026, 1, 16, 9, 30, tzinfo=UTC),
    authorities=("kommunstyrelsen",),
    accounts=(),
    types=("tips",),
    mandate=TRUE.mandate,
    cull=12,
    keep=5,
    ask=1,
    totals=tuple(replace(one, samples=("202401-aaaaaaaaaaaaaabb",)) for one in TRUE.totals),
    reasons=(Count(code="E110", text="Fristen har gått ut.", items=12),),
    exceptions=(Count(code="E140", text="Ett gallringsstopp gäller.", items=2),),
    asked=(Count(code="E120", text="Ingen rad i planen passar.", items=1),),
    overdue=3,
    guards=(Count(code="G-SHARE", text="Mer än hälften av ett kontos handlingar.", items=12),),
)
TEXTS = st.text(st.characters(), max_size=40)


def _valid(data: bytes) -> bool:
    return etree.XMLSchema(etree.parse(SCHEMA_FILE)).validate(etree.parse(BytesIO(data)))


def test_a_certificate_is_read_as_it_was_written() -> None:
    """Every value comes back, and the document is valid by its schema."""
    data = write_certificate(TRUE)
    assert read_certificate(data) == TRUE
    assert read_protocol(data) == TRUE
    assert _valid(data)


@pytest.mark.parametrize(
    "draft",
    [
        UNSIGNED,
        replace(UNSIGNED, signature=proposal()),
        replace(UNSIGNED, signature=proposal(), persons=TRUE.persons[:1]),
        replace(UNSIGNED, signature=proposal(), persons=(Signatory(person="Å", role=""),)),
        replace(UNSIGNED, mandate=None, cull=0, totals=(), reasons=(), exceptions=(), asked=(), guards=()),
    ],
)
def test_a_draft_is_read_as_it_was_written(draft: Draft) -> None:
    """Unsigned, signed and empty without a plan."""
    data = write_draft(draft)
    assert read_draft(data) == draft
    assert _valid(data)


def test_a_certificate_of_nothing_is_written_too() -> None:
    """A list whose every item was kept by a check gives a certificate without leaves."""
    one = replace(
        TRUE, culled=0, totals=(), leaves=(), root=root(()), places=(), verified=(), checks=(), rows=0, bytes=-9
    )
    assert read_certificate(write_certificate(one)) == one


@given(TEXTS, TEXTS, TEXTS)
@settings(max_examples=60)
def test_any_text_survives(person: str, method: str, place: str) -> None:
    """Characters that XML forbids, markup and lone surrogates come back as they were."""
    one = replace(
        TRUE,
        approval=replace(TRUE.approval, person=person),
        method=method,
        places=(PlaceSeen(place=place, removed=1, verified_absent=0),),
        mandate=Mandate(title=place, edition=person, digest=method, body="", decided=None, paragraph="§", dnr=""),
        persons=(Signatory(person=person, role=place, body=method, paragraph=person),),
    )
    assert read_certificate(write_certificate(one)) == one


def test_the_same_value_gives_the_same_bytes() -> None:
    """Nothing of time, place or chance is in them."""
    assert write_certificate(TRUE) == write_certificate(certificate())
    assert write_draft(UNSIGNED) == write_draft(replace(UNSIGNED))


def test_the_document_says_what_it_is_in_two_languages() -> None:
    """A stranger finds what it is and how leaves and root are made, in Swedish and English."""
    text = write_certificate(TRUE).decode()
    assert "Ett löv är SHA-256 av 32 slumpbyte" in text
    assert "A leaf is the SHA-256 of 32 random bytes" in text


def test_a_hundred_thousand_leaves_are_quick() -> None:
    """Writing and reading the annex of a large culling takes seconds, not minutes."""
    leaves = tuple(sorted(hashlib.sha256(number.to_bytes(4, "big")).hexdigest() for number in range(100_000)))
    one = replace(TRUE, leaves=leaves, root=root(leaves), culled=100_000)
    begun = time.process_time()
    assert read_certificate(write_certificate(one)).leaves == leaves
    assert time.process_time() - begun < 6


def test_a_draft_is_no_certificate() -> None:
    """Neither is taken for the other."""
    with pytest.raises(RefusedError):
        read_certificate(write_draft(UNSIGNED))
    with pytest.raises(RefusedError):
        read_draft(write_certificate(TRUE))


UNWRITABLE: dict[str, Certificate] = {
    "time without zone": replace(TRUE, begun=datetime(2026, 1, 1)),  # noqa: DTZ001 - that is the fault
    "order that is no digest": replace(TRUE, order="x"),
    "root that is no digest": replace(TRUE, root="x"),
    "leaf that is no digest": replace(TRUE, leaves=("x",)),
    "negative count": replace(TRUE, culled=-1),
    "code with spaces": replace(TRUE, checks=("C 01",)),
    "signature too short": replace(TRUE, proposal=replace(TRUE.proposal, signature="00")),
    "text too long": replace(TRUE, method="x" * 100_001),
}


@pytest.mark.parametrize("kind", UNWRITABLE)
def test_what_the_document_cannot_hold_is_refused(kind: str) -> None:
    """Such a value is refused when it is written, not when somebody reads it years later."""
    with pytest.raises(RefusedError):
        write_certificate(UNWRITABLE[kind])


DATA = write_certificate(TRUE)
ELEMENT = b"<certificate"
HOSTILE: dict[str, bytes] = {
    "nothing": b"",
    "no XML": b"\x00\xff" * 1000,
    "document type": DATA.replace(ELEMENT, b"<!DOCTYPE certificate>" + ELEMENT, 1),
    "internal entity": DATA.replace(ELEMENT, b'<!DOCTYPE c [<!ENTITY x "y">]>' + ELEMENT, 1).replace(
        b"<method>", b"<method>&x;"
    ),
    "external entity": DATA.replace(ELEMENT, b'<!DOCTYPE c [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + ELEMENT, 1),
    "undeclared entity": DATA.replace(b"<method>", b"<method>&x;"),
    "comment": DATA.replace(b"<method>", b"<method><!-- x -->"),
    "instruction": DATA.replace(b"<method>", b"<method><?x y?>"),
    "CDATA": DATA.replace(b"<method>", b"<method><![CDATA[x]]>"),
    "other encoding": DATA.decode().replace("utf-8", "utf-16", 1).encode("utf-16"),
    "cut off": DATA[:-40],
    "null in the middle": DATA.replace(b"<method>", b"<method>\x00"),
    "null in the first element": DATA.replace(b"<certificate ", b"<certificate \x00"),
    "null at the end": DATA + b"\x00",
    "something after the end": DATA + b"<x/>",
    "deep nesting": DATA.replace(b"<method>", b"<method>" + b"<a>" * 100_000),
    "unknown element": DATA.replace(b"<method>", b"<extra></extra><method>"),
    "unknown attribute": DATA.replace(b"<method>", b'<method extra="1">'),
    "element of another namespace": DATA.replace(b"<method>", b'<x xmlns="urn:x"></x><method>'),
    "other namespace": DATA.replace(b"urn:bevara:protocol:1", b"urn:bevara:protocol:2"),
    "other version": DATA.replace(b'schema-version="1"', b'schema-version="2"'),
    "mandate missing": DATA.replace(b"<mandate", b"<mondate").replace(b"</mandate", b"</mondate"),
    "approval doubled": DATA.replace(b"<approval", b"<proposal").replace(b"</approval", b"</proposal"),
    "signatory before the approval": DATA.replace(
        b"<proposal",
        b"<signatory><person></person><role></role><body></body><paragraph></paragraph></signatory><proposal",
    ),
    "signatory without a body": DATA.replace(b"<body>Kulturn", b"<title>Kulturn"),
    "day of a delegation that is none": DATA.replace(b'decided="2025-11-03"', b'decided="2025-11-31"'),
    "day that is none": DATA.replace(b'as-of="2026-01-15"', b'as-of="2026-02-30"'),
    "year that no calendar has": DATA.replace(b'begun="2026', b'begun="0000'),
    "number with sign": DATA.replace(b'culled="11"', b'culled="+11"'),
    "number beyond all": DATA.replace(b'culled="11"', b'culled="1' + b"0" * 5000 + b'"'),
    "annex counts otherwise": DATA.replace(b'<annex count="11"', b'<annex count="12"'),
    "leaf in capitals": DATA.replace(TRUE.leaves[0].encode(), b"A" * 64),
    "leaf with an element in it": DATA.replace(b"<leaf>", b"<leaf><leaf></leaf>", 1),
    "long attribute": DATA.replace(b'culled="11"', b'culled="' + b"1" * (65 * 1024 * 1024) + b'"'),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_document_is_refused(kind: str) -> None:
    """It is refused with place and code and without a word of its content, and nothing outside it is read."""
    assert HOSTILE[kind] != DATA
    with pytest.raises(RefusedError) as refused:
        read_certificate(HOSTILE[kind])
    assert refused.value.field.startswith("protocol of a culling, line ")
    assert PRIVATE not in str(refused.value)


PRIVATE = TRUE.proposal.person


@given(st.integers(min_value=0, max_value=len(DATA) - 1), st.integers(min_value=0, max_value=255))
@settings(max_examples=300)
def test_a_changed_byte_is_refused_or_read_as_another_value(at: int, byte: int) -> None:
    """No changed byte makes the reader fail in another way than by refusing."""
    changed = DATA[:at] + bytes([byte]) + DATA[at + 1 :]
    try:
        read_certificate(changed)
    except RefusedError:
        pass
