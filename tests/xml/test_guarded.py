"""Reading our own XML from a source that may be hostile."""

from __future__ import annotations

import io

import pytest
from lxml import etree

from schemas.xml.guarded import DocumentRefusedError, GuardedStream, events

SCHEMA = etree.XMLSchema(
    etree.XML(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a"><xs:complexType><xs:sequence>'
        '<xs:element name="b" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element></xs:schema>'
    )
)
HEAD = b"<?xml version='1.0' encoding='UTF-8'?>\n"


def _read(body: bytes, schema: etree.XMLSchema | None) -> int:
    return sum(1 for _ in events(GuardedStream(io.BytesIO(HEAD + body), "prov"), "prov", schema))


@pytest.mark.parametrize("schema", [None, SCHEMA], ids=["plain", "schema"])
@pytest.mark.parametrize("body", [b"<a><b/><b/>", b"<a><b></b>", b"<a>"])
def test_a_document_that_ends_in_the_middle_is_refused(body: bytes, schema: etree.XMLSchema | None) -> None:
    """A document whose elements are not all closed is refused, with and without a schema."""
    with pytest.raises(DocumentRefusedError):
        _read(body, schema)


@pytest.mark.parametrize("schema", [None, SCHEMA], ids=["plain", "schema"])
def test_a_whole_document_is_read_to_its_end(schema: etree.XMLSchema | None) -> None:
    """A whole document gives the start and the end of every element."""
    assert _read(b"<a><b/><b/></a>", schema) == 6
