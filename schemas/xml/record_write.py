"""Write a record document by streaming: memory is that of one row."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any, BinaryIO

from lxml import etree

from schemas.record import MediaRef, Row
from schemas.refusal import RefusedError
from schemas.text import for_xml
from schemas.xml.record_form import (
    ABOUT,
    CODE_LIMIT,
    NAMESPACE,
    PIECE,
    SCHEMA_VERSION,
    STRING_LIMIT,
    Count,
    Header,
    tag,
    written_instant,
)

_NATIVE, _LINK, _MEDIA, _COUNT = tag("native"), tag("link"), tag("media"), tag("count")
_ORIGIN, _MEDIA_TYPE, _ALT, _LANGUAGE = tag("origin"), tag("media-type"), tag("alt"), tag("language")
_NAMES = (
    ("author", tag("author")),
    ("author_native", tag("author-native")),
    ("parent_native", tag("parent-native")),
    ("thread_native", tag("thread-native")),
)
_TIMES = (("published", "published"), ("stated", "stated"), ("platform_time", "platform-time"), ("edited", "edited"))
_TEXT, _VISIBILITY, _PAYLOAD = tag("text"), tag("visibility"), tag("payload")
_ROWS = {"version": tag("version"), "sighting": tag("sighting"), "observation": tag("observation")}


def write_records(sink: BinaryIO, header: Header, rows: Iterable[Row]) -> Count:
    """Write a whole document and count what was written.

    Args:
        sink: a binary stream at its position; it is neither closed nor flushed to disk.
        rows: in the document's order (``flows.archive.decide.ordered``); rows of one item stand together.

    Raises:
        RefusedError: a row of another authority, account or month, or a value the document cannot hold. What was
            written by then is to be thrown away.
    """
    tally = {"items": 0, "version": 0, "sighting": 0, "observation": 0}
    with etree.xmlfile(sink, encoding="utf-8") as xml:
        xml.write_declaration()
        with xml.element(tag("records"), nsmap={None: NAMESPACE}):
            _header(xml, header)
            for naming, group in groupby(rows, key=_naming):
                tally["items"] += 1
                _item(xml, header, naming, group, tally)
            with xml.element(
                tag("end"),
                {
                    "items": str(tally["items"]),
                    "versions": str(tally["version"]),
                    "sightings": str(tally["sighting"]),
                    "observations": str(tally["observation"]),
                },
            ):
                pass
            xml.write("\n")
    return Count(
        items=tally["items"],
        versions=tally["version"],
        sightings=tally["sighting"],
        observations=tally["observation"],
    )


def _naming(row: Row) -> tuple[str, str, str, bool, str]:
    return row.item, row.platform, row.kind, row.own, row.native


def _header(xml: Any, header: Header) -> None:
    xml.write("\n")
    with xml.element(
        tag("header"),
        {
            "schema-version": SCHEMA_VERSION,
            "authority": header.authority,
            "account": header.account,
            "platform": header.platform,
            "month": header.month,
            "part": header.part,
            "made": written_instant(header.made, "made"),
            "salt": header.salt,
        },
    ):
        for language, text in ABOUT:
            xml.write("\n  ")
            with xml.element(tag("about"), {"language": language}):
                xml.write(text)
        if header.edition is not None:
            xml.write("\n  ")
            _string(xml, tag("edition"), header.edition, "header")
        xml.write("\n")
    xml.write("\n")


def _item(
    xml: Any,
    header: Header,
    naming: tuple[str, str, str, bool, str],
    rows: Iterable[Row],
    tally: dict[str, int],
) -> None:
    item, platform, kind, own, native = naming
    if item[:4] + "-" + item[4:6] != header.month:
        raise RefusedError(f"{item}: month", header.month, "write the item into its own month's document")
    attributes = {"id": item, "platform": platform, "kind": kind, "own": "true" if own else "false"}
    with xml.element(tag("item"), attributes):
        xml.write("\n  ")
        _string(xml, _NATIVE, native, item)
        for row in rows:
            if row.authority != header.authority or row.account != header.account:
                raise RefusedError(f"{item}: account", header.account, "write the row into its own account's document")
            tally[row.row] += 1
            xml.write("\n  ")
            _row(xml, row)
        xml.write("\n")
    xml.write("\n")


def _row(xml: Any, row: Row) -> None:
    with xml.element(_ROWS[row.row], _attributes(row)):
        for field, name in _NAMES:
            _optional(xml, name, getattr(row, field), row.item)
        _long(xml, _TEXT, row.text)
        _optional(xml, _LANGUAGE, row.language, row.item)
        _optional(xml, _VISIBILITY, row.visibility, row.item)
        for link in row.links:
            _string(xml, _LINK, link, row.item)
        for one in row.media:
            _media(xml, one, row.item)
        for name, value in row.counts:
            with xml.element(_COUNT, {"name": _code(name, "count", row.item), "value": str(value)}):
                pass
        _long(xml, _PAYLOAD, row.payload)


def _attributes(row: Row) -> dict[str, str]:
    attributes = {
        "number": str(row.version),
        "observed": written_instant(row.observed, "observed"),
        "state": row.state,
        "clock": row.clock,
    }
    for field, name in _TIMES:
        moment = getattr(row, field)
        if moment is not None:
            attributes[name] = written_instant(moment, field)
    if row.parent is not None:
        attributes["parent"] = row.parent
    attributes["thread"] = row.thread
    if row.complete is not None:
        attributes["complete"] = "true" if row.complete else "false"
    if row.evidence is not None:
        attributes["evidence"] = _code(row.evidence, "evidence", row.item)
    if row.identity is not None:
        attributes["identity"] = _code(row.identity, "identity", row.item)
    attributes["batch"] = _code(row.batch, "batch", row.item)
    return attributes


def _media(xml: Any, one: MediaRef, item: str) -> None:
    attributes: dict[str, str] = {"role": one.role}
    if one.digest is not None:
        attributes["digest"] = _code(one.digest, "digest", item)
    if one.size is not None:
        attributes["size"] = str(one.size)
    with xml.element(_MEDIA, attributes):
        _string(xml, _ORIGIN, one.origin, item)
        _string(xml, _MEDIA_TYPE, one.media_type, item)
        _optional(xml, _ALT, one.alt, item)
        _string(xml, _LANGUAGE, one.language, item)


def _optional(xml: Any, name: str, value: str | None, item: str) -> None:
    if value is not None:
        _string(xml, name, value, item)


def _string(xml: Any, name: str, value: str, item: str) -> None:
    if len(value) > STRING_LIMIT:
        where = f"{item}: {etree.QName(name).localname}"
        raise RefusedError(where, f"{len(value)} characters", f"only texts and payloads may exceed {STRING_LIMIT}")
    with xml.element(name):
        xml.write(for_xml(value))


def _long(xml: Any, name: str, value: str | None) -> None:
    if value is None:
        return
    for at in range(0, len(value) or 1, PIECE):
        with xml.element(name):
            xml.write(for_xml(value[at : at + PIECE]))


def _code(value: str, field: str, item: str) -> str:
    written = for_xml(value)
    if len(written) > CODE_LIMIT:
        raise RefusedError(f"{item}: {field}", f"{len(written)} characters", f"use at most {CODE_LIMIT}")
    return written
