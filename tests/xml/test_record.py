"""The record document: exact round trip, its description, and what is refused of hostile ones."""

from __future__ import annotations

import io
import re
import tracemalloc
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any, BinaryIO, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from schemas.ids import ItemId, Month
from schemas.record import CLOCKS, KINDS, MEDIA_ROLES, ROW_KINDS, STATES, Row
from schemas.refusal import RefusedError
from schemas.tables import to_rows, to_table
from schemas.xml.guarded import SPAN_LIMIT
from schemas.xml.record import (
    PIECE,
    SCHEMA_FILE,
    STRING_LIMIT,
    Count,
    DocumentRefusedError,
    Header,
    examine,
    read_document,
    read_header,
    read_records,
    validate,
    write_records,
)
from tests.xml.rows import ANY_ROW, HARD, HEADER, ROW

XS = "{http://www.w3.org/2001/XMLSchema}"


def document(*rows: Row, header: Header = HEADER) -> bytes:
    """A document as bytes."""
    sink = io.BytesIO()
    write_records(sink, header, rows)
    return sink.getvalue()


def rows_of(data: bytes) -> list[Row]:
    """Its rows."""
    return list(read_records(io.BytesIO(data)))


@settings(max_examples=100, deadline=None)
@given(st.lists(ANY_ROW, max_size=4))
def test_any_rows_come_back_exactly(rows: list[Row]) -> None:
    """Row → XML → row is exact for every field, and the document is valid."""
    data = document(*rows)
    assert rows_of(data) == rows
    assert validate(io.BytesIO(data)) == []


@settings(max_examples=40, deadline=None)
@given(st.lists(ANY_ROW, max_size=3))
def test_rows_survive_parquet_columns_and_document(rows: list[Row]) -> None:
    """What lies in the holdings' columns is what comes back from the document."""
    assert rows_of(document(*to_rows(to_table(rows)))) == rows


def test_every_awkward_character_comes_back() -> None:
    """Forbidden characters, brackets, carriage returns, markup, RTL marks and emoji come back in every field."""
    data = document(HARD)
    assert rows_of(data) == [HARD]
    assert validate(io.BytesIO(data)) == []


@pytest.mark.parametrize("field", ["text", "payload", "author", "language", "visibility", "parent_native"])
def test_empty_is_not_none(field: str) -> None:
    """An empty text and a missing one stay apart."""
    empty, missing = (replace(ROW, **cast("Any", {field: value})) for value in ("", None))
    assert rows_of(document(empty, missing)) == [empty, missing]


def test_lone_surrogates_are_written_visibly_and_restored() -> None:
    """Even a lone surrogate that reached a row comes back as it was."""
    row = replace(ROW, text="före \ud83d efter \udc00", payload='{"a":"\\ud83d"}')
    data = document(row)
    assert "⟦U+D83D⟧".encode() in data
    assert rows_of(data) == [row]


@pytest.mark.parametrize("text", ["å" * 1_000_000, "\x00" * 1_000_000, "x" * PIECE, "⟦" * (PIECE + 1), "<\r" * 500_000])
def test_very_long_texts_come_back(text: str) -> None:
    """Texts of many megabytes, also such that grow twelvefold when escaped, come back and are valid."""
    row = replace(ROW, text=text, payload=text[:100_000])
    data = document(row)
    assert rows_of(data) == [row]
    assert validate(io.BytesIO(data)) == []


def test_header_and_counts_come_back() -> None:
    """The header is read alone, with and without an edition; the counts tell items and rows by kind."""
    rows = [ROW, replace(ROW, row="sighting", state="gone"), replace(ROW, item=ItemId("202411-" + "b" * 16))]
    sink = io.BytesIO()
    count = write_records(sink, HEADER, rows)
    assert count == Count(items=2, versions=2, sightings=1, observations=0)
    assert read_header(io.BytesIO(sink.getvalue())) == HEADER
    bare = replace(HEADER, edition=None, part="supplement-2025-01")
    assert read_header(io.BytesIO(document(header=bare))) == bare
    examined = examine(io.BytesIO(sink.getvalue()))
    assert (examined.count, examined.stated, examined.size) == (count, count, len(sink.getvalue()))


def test_rows_of_one_item_stand_in_one_element() -> None:
    """Versions, sightings and observations of an item are children of one element."""
    tree = etree.fromstring(document(ROW, replace(ROW, row="observation"), replace(ROW, row="sighting")))
    (item,) = tree.findall("{*}item")
    assert [etree.QName(child).localname for child in item] == ["native", "version", "observation", "sighting"]


def test_a_row_of_another_account_authority_or_month_is_refused() -> None:
    """A document holds one account's rows of one month."""
    for wrong in (
        replace(ROW, account="annan"),
        replace(ROW, authority="annan"),
        replace(ROW, item=ItemId("202412-" + "a" * 16)),
        replace(ROW, observed=ROW.observed.replace(tzinfo=None)),
        replace(ROW, batch="x" * 1001),
        replace(ROW, author="x" * (STRING_LIMIT + 1)),
    ):
        with pytest.raises(RefusedError):
            document(wrong)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"salt": "ab"}, "salt"),
        ({"part": "supplement-2025-13"}, "part"),
        ({"account": "../x"}, "account"),
        ({"month": Month("2025-1")}, "month"),
        ({"made": HEADER.made.replace(tzinfo=None)}, "made"),
    ],
)
def test_a_bad_header_is_refused(change: dict[str, Any], what: str) -> None:
    """Every header field is checked and named."""
    with pytest.raises(RefusedError, match=what):
        replace(HEADER, **change)


def test_the_schema_lists_what_the_nouns_list() -> None:
    """Kinds, states, clocks, roles and rows are the same in schema and code."""
    schema = etree.parse(str(SCHEMA_FILE))
    for name, values in (("kind", KINDS), ("state", STATES), ("clock", CLOCKS), ("role", MEDIA_ROLES)):
        found = schema.findall(f"{XS}simpleType[@name='{name}']//{XS}enumeration")
        assert tuple(one.get("value") for one in found) == values
    choice = schema.findall(f"{XS}complexType[@name='item']//{XS}choice/{XS}element")
    assert tuple(one.get("name") for one in choice) == ROW_KINDS


def test_the_schema_explains_every_field_in_two_languages() -> None:
    """Every element, attribute and type is described in English and Swedish, there or at its type."""
    schema = etree.parse(str(SCHEMA_FILE))
    named = [
        one
        for one in schema.iter(f"{XS}element", f"{XS}attribute", f"{XS}simpleType", f"{XS}complexType")
        if one.get("name")
    ]
    described = {one.get("name") for one in named if _languages(one) == {"en", "sv"}}
    bare = [one.get("name") for one in named if _languages(one) != {"en", "sv"} and one.get("type") not in described]
    assert set(bare) <= {"language"}  # the about element's language attribute names itself
    assert {field.name for field in fields(Row)} - {"row"} <= _row_fields(schema)


def _languages(node: Any) -> set[str | None]:
    return {
        one.get("{http://www.w3.org/XML/1998/namespace}lang")
        for one in node.findall(f"{XS}annotation/{XS}documentation")
    }


def _row_fields(schema: Any) -> set[str]:
    names = {one.get("name").replace("-", "_") for one in schema.iter(f"{XS}element", f"{XS}attribute")}
    elsewhere = {"links": "link", "counts": "count", "version": "number", "item": "id"}
    return names | {field for field, name in elsewhere.items() if name in names}


VALID = document(ROW, HARD)
HEAD = b"<?xml version='1.0' encoding='utf-8'?>\n"
BOMB = (
    HEAD[:-1]
    + b'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b']><records xmlns="urn:bevara:record:1">&j;</records>'
)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "DECLARATION"),
        (b"\x00" * 500, "DECLARATION"),
        (b"PK\x03\x04" + b"x" * 1000, "DECLARATION"),
        (VALID.decode().encode("utf-16"), "DECLARATION"),
        (BOMB, "DECLARATION"),
        (VALID.replace(b"<records", b'<!DOCTYPE r SYSTEM "file:///etc/hostname"><records', 1), "DECLARATION"),
        (VALID.replace(b"<header", b'<!ENTITY a "b"><header', 1), "MARKUP"),
        (VALID.replace(b"<header", b"<!-- x --><header", 1), "MARKUP"),
        (VALID.replace(b"<header", b"<?php ?><header", 1), "MARKUP"),
        (VALID.replace(b"<header", b"<![CDATA[x]]><header", 1), "MARKUP"),
        (VALID.replace(b"Hej!", b"&undeclared;"), "ERR_UNDECLARED_ENTITY"),
        (VALID.replace(b"Hej!", b"\x00"), "ERR_"),
        (VALID.replace(b"Hej!", b"\xff\xfe"), "ERR_"),
        (VALID.replace(b"<text>Hej!", b"<script>Hej!"), "ELEMENT"),
        (VALID.replace(b"urn:bevara:record:1", b"urn:other"), "ELEMENT"),
        (VALID.replace(b"<header", b"<item/><header", 1), "HEADER"),
        (VALID.replace(b'kind="post"', b'kind="posters"', 1), "VALUE"),
        (VALID.replace(b'number="1"', b'number="' + b"9" * 5000 + b'"', 1), "VALUE"),
        (VALID.replace(b"2024-11-03T23:00:00Z", b"2024-11-03T23:00:00", 1), "VALUE"),
        (VALID.replace(b"Hej!", "⟦U+FFFFFF⟧".encode()), "VALUE"),
        (VALID.replace(b' thread="', b' tread="', 1), "MISSING"),
        (VALID.replace(b'versions="2"', b'versions="3"'), "COUNT"),
        (VALID.replace(b'schema-version="1"', b'schema-version="2"'), "VALUE"),
        (HEAD + b'<records xmlns="urn:bevara:record:1">' + b"<header>" * 100_000, "ELEMENT"),
    ],
)
def test_hostile_documents_are_refused(data: bytes, code: str) -> None:
    """Entities, bombs, foreign encodings, markup, unknown elements and wrong values end in a refusal with a code."""
    with pytest.raises(DocumentRefusedError) as refused:
        rows_of(data)
    assert re.match(code, refused.value.value)
    assert re.fullmatch(r"record document, line \d+", refused.value.field)
    assert "Hej" not in str(refused.value)
    if "⟦U+FFFFFF⟧".encode() not in data:  # an escape is text to the schema
        assert validate(io.BytesIO(data))


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.999])
def test_a_document_that_was_cut_off_is_refused(share: float) -> None:
    """Wherever it was cut, reading ends in a refusal and validation in a problem."""
    data = VALID[: int(len(VALID) * share)]
    with pytest.raises(DocumentRefusedError):
        rows_of(data)
    assert validate(io.BytesIO(data))


class Endless(io.RawIOBase):
    """A start, then the same bytes again and again up to a size, then an end: no memory of its own."""

    def __init__(self, start: bytes, again: bytes, size: int, end: bytes) -> None:
        self._parts = iter([start, *([again * (65_536 // len(again))] * (size // 65_536)), end])

    def read(self, size: int = -1) -> bytes:
        """The next part, whatever size was asked for."""
        return next(self._parts, b"")


@pytest.mark.parametrize(
    ("start", "again", "code"),
    [
        (
            VALID[: VALID.index(b'native="') if b'native="' in VALID else VALID.index(b"<item") + 5] + b' x="',
            b"a",
            "SPAN",
        ),
        (VALID[: VALID.index(b"<text>") + 6], b"a>", "SPAN"),
        (VALID[: VALID.index(b"<text>")], b"<link></link>", "ROW"),
        (VALID[: VALID.index(b"<item")], b"<x/>", "ELEMENT"),
    ],
)
def test_a_huge_attribute_text_or_row_is_refused_in_bounded_memory(start: bytes, again: bytes, code: str) -> None:
    """A 100 MB attribute or text, or a row without end, is refused before it fills the memory."""
    tracemalloc.start()
    with pytest.raises(DocumentRefusedError) as refused:
        list(read_records(cast("BinaryIO", Endless(start, again, 100_000_000, b""))))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert refused.value.value == code
    assert peak < 16 * 1024 * 1024  # Python's share; libxml2's is bounded by SPAN_LIMIT
    assert SPAN_LIMIT < 100_000_000


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b'state="seen"', b'state="sene"', "SCHEMAV_CVC_"),
        (b'id="202411-', b'id="20241-', "SCHEMAV_CVC_"),
        (b'observed="2024-11-03T23:00:00Z"', b'observed="2024-11-03T23:00:00+01:00"', "SCHEMAV_CVC_"),
        (b"<native>", b"<text></text><native>", "ELEMENT|SCHEMAV"),
        (b' batch="b1"', b"", "SCHEMAV_CVC_"),
        (b'items="1"', b'items="7"', "COUNT"),
        (b'identity="0000', b'identity="GGGG', "SCHEMAV_CVC_"),
    ],
)
def test_the_validator_names_a_code_and_no_content(old: bytes, new: bytes, code: str) -> None:
    """Each kind of fault is found and told without repeating the document."""
    data = document(replace(ROW, text="hemligt namn")).replace(old, new, 1)
    problems = validate(io.BytesIO(data))
    assert problems
    assert any(re.match(code, problem.code) for problem in problems)
    assert all("hemligt" not in problem.code for problem in problems)


def test_reading_a_long_document_is_flat() -> None:
    """5,000 rows are written, validated and read in the memory of a few."""

    def many() -> Iterator[Row]:
        for number in range(5_000):
            yield replace(ROW, version=number + 1, text="ord " * 20)

    sink = io.BytesIO()
    count = write_records(sink, HEADER, many())
    tracemalloc.start()
    sink.seek(0)
    assert examine(sink).count == count
    sink.seek(0)
    assert sum(1 for _ in read_records(sink)) == 5_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 * 1024 * 1024


def test_a_document_is_rewritten_without_an_item() -> None:
    """What culling does: read, leave out, write under a new salt; the others are equal."""
    other = replace(ROW, item=ItemId("202411-" + "c" * 16), thread=ItemId("202411-" + "c" * 16))
    header, rows = read_document(io.BytesIO(document(ROW, other)))
    left = document(*(row for row in rows if row.item != ROW.item), header=replace(header, salt="cd" * 32))
    assert rows_of(left) == [other]
    assert ROW.item.encode() not in left
