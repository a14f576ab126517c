"""Read, examine and validate a record document by streaming: memory is that of one row, whatever the source holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO, cast

from lxml import etree

from schemas.ids import ItemId, Month, item_id
from schemas.record import CLOCKS, KINDS, MEDIA_ROLES, STATES, Clock, Kind, MediaRef, MediaRole, Row, RowKind, State
from schemas.text import from_xml
from schemas.xml.guarded import DocumentRefusedError, GuardedStream, events
from schemas.xml.record_form import NAMESPACE, SCHEMA_FILE, SCHEMA_VERSION, Count, Header, read_instant, tag

_WHAT = "record document"
_PREFIX = f"{{{NAMESPACE}}}"
_ROW_TAGS: dict[str, RowKind] = {
    tag("version"): "version",
    tag("sighting"): "sighting",
    tag("observation"): "observation",
}
_IN_ROW = {
    tag(name)
    for name in (
        "author",
        "author-native",
        "parent-native",
        "thread-native",
        "text",
        "language",
        "visibility",
        "link",
        "media",
        "count",
        "payload",
    )
}
_CHILDREN: dict[str | None, frozenset[str]] = {
    None: frozenset({tag("records")}),
    tag("records"): frozenset({tag("header"), tag("item"), tag("end")}),
    tag("header"): frozenset({tag("about"), tag("edition")}),
    tag("item"): frozenset({tag("native"), *_ROW_TAGS}),
    tag("media"): frozenset({tag("origin"), tag("media-type"), tag("alt"), tag("language")}),
    **{name: frozenset(_IN_ROW) for name in _ROW_TAGS},
}
_NONE: frozenset[str] = frozenset()
_TRUTH = {"true": True, "1": True, "false": False, "0": False}

ROW_ELEMENTS = 100_000
ROW_BYTES = 1024 * 1024 * 1024
"""Bounds on what is read between two rows, so that no document can fill the memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One fault of a document: the line (0: the validator does not tell) and a code.

    Messages of the validator repeat content and are left out.
    """

    line: int
    code: str


@dataclass(slots=True, kw_only=True)
class Examined:
    """What was observed of a whole document.

    Attributes:
        count: elements counted one by one. stated: what the document's ``end`` says, or None when it has none.
        size: bytes. sha256: digest of the bytes, hexadecimal.
        problems: none = well formed, valid, and ``count`` equals ``stated``.
    """

    count: Count
    stated: Count | None
    size: int
    sha256: str
    problems: list[Problem] = field(default_factory=list)


def read_records(source: BinaryIO) -> Iterator[Row]:
    """The rows in the document's order, each exactly as it was written.

    Nothing irreversible may be done before the iterator has ended: that a document was cut off shows at its end.

    Raises:
        DocumentRefusedError: not a record document, damaged, cut off or hostile.
    """
    _, rows = read_document(source)
    yield from rows


def read_header(source: BinaryIO) -> Header:
    """The header alone; the rest is not read. Raises DocumentRefusedError."""
    header, _ = read_document(source)
    return header


def read_document(source: BinaryIO) -> tuple[Header, Iterator[Row]]:
    """Header and rows of one document. Raises DocumentRefusedError, also while the rows are read."""
    walk = _Walk(GuardedStream(source, _WHAT))
    header = _read_header(walk)
    return header, _read_rows(walk, header)


def examine(source: BinaryIO) -> Examined:
    """Validate against the schema, count and digest in one pass. Faults are told, never raised."""
    stream = GuardedStream(source, _WHAT)
    walk = _Walk(stream, _schema())
    tally = dict.fromkeys(_COUNTED, 0)
    stated: Count | None = None
    problems: list[Problem] = []
    try:
        for event, element in walk:
            name = element.tag
            if event == "start":
                continue
            if name in tally:
                tally[name] += 1
                walk.clear(element)
            elif name == tag("end"):
                with walk:
                    stated = _stated(element)
    except DocumentRefusedError as error:
        problems.extend(Problem(line=line, code=code) for line, code in error.faults)
    count = Count(
        items=tally[tag("item")],
        versions=tally[tag("version")],
        sightings=tally[tag("sighting")],
        observations=tally[tag("observation")],
    )
    if not problems and stated != count:
        problems.append(Problem(line=walk.line, code="COUNT"))
    return Examined(count=count, stated=stated, size=stream.size, sha256=stream.sha256.hexdigest(), problems=problems)


def validate(source: BinaryIO) -> list[Problem]:
    """Faults of a document by the schema and by its own count, by streaming; none = valid."""
    return examine(source).problems


_COUNTED = frozenset({tag("item"), *_ROW_TAGS})


def _schema() -> etree.XMLSchema:
    # Made anew for every document: two threads may not validate with one object.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.XMLSchema(etree.parse(str(SCHEMA_FILE), parser))


def _stated(element: Any) -> Count:
    return Count(**{name: int(element.attrib[name]) for name in ("items", "versions", "sightings", "observations")})


class _Walk:
    """Walks over a document. Which element may stand where is checked as it begins, so that nothing unknown grows.

    As a context manager it turns what goes wrong with one element's values into a refusal that names the line and
    no content.
    """

    def __init__(self, stream: GuardedStream, schema: etree.XMLSchema | None = None) -> None:
        self.line = 1
        self._stream = stream
        self._events = events(stream, _WHAT, schema)
        self._open: list[str | None] = [None]
        self._elements = 0
        self._cleared_at = 0

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """The next events; the walk may be taken up again where it was left."""
        for event, element in self._events:
            name = element.tag
            self.line = element.sourceline or self.line
            if event == "start":
                if name not in _CHILDREN.get(self._open[-1], _NONE):
                    raise self.refused("ELEMENT", "an element stands where the schema has none")
                self._open.append(name)
                self._elements += 1
                if self._elements > ROW_ELEMENTS or self._stream.size - self._cleared_at > ROW_BYTES:
                    raise self.refused("ROW", f"a row holds at most {ROW_ELEMENTS} elements and {ROW_BYTES} bytes")
            else:
                self._open.pop()
            yield event, element
        if len(self._open) > 1:
            raise self.refused("CUT", "the document is cut off; restore it from another copy")

    def clear(self, element: Any) -> None:
        """Give back the memory of an element that ended and of all before it."""
        # The element itself must stay: the parser still holds it.
        element.clear()
        parent = element.getparent()
        while element.getprevious() is not None:
            del parent[0]
        self._elements = 0
        self._cleared_at = self._stream.size

    def refused(self, code: str, remedy: str) -> DocumentRefusedError:
        """The error for the present line."""
        return DocumentRefusedError(_WHAT, self.line, code, remedy)

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        """Refuse a missing or unreadable value."""
        if isinstance(error, KeyError):
            raise self.refused("MISSING", f"{error.args[0]} is missing") from None
        if isinstance(error, (ValueError, OverflowError)):
            raise self.refused("VALUE", "a value is not of the form the schema gives") from None


def _read_header(walk: _Walk) -> Header:
    for event, element in walk:
        name = element.tag
        if event == "start" and name == tag("item"):
            break
        if event == "end" and name == tag("header"):
            with walk:
                return _header(element)
    raise walk.refused("HEADER", "the document has no header; restore it from another copy")


def _read_rows(walk: _Walk, header: Header) -> Iterator[Row]:
    tally: dict[str, int] = {"items": 0, "versions": 0, "sightings": 0, "observations": 0}
    naming: dict[str, Any] = {}
    stated: Count | None = None
    for event, element in walk:
        name = element.tag
        if event == "start":
            if name == tag("item"):
                with walk:
                    naming = _naming(element, header)
                tally["items"] += 1
        elif name == tag("native"):
            with walk:
                naming["native"] = _string(element)
        elif name in _ROW_TAGS:
            with walk:
                row = _row(element, naming)
            tally[_ROW_TAGS[name] + "s"] += 1
            walk.clear(element)
            yield row
        elif name == tag("item"):
            walk.clear(element)
        elif name == tag("end"):
            with walk:
                stated = _stated(element)
    if stated != Count(**tally):
        raise walk.refused("COUNT", "the document does not hold what its end says; restore it from another copy")


def _header(element: Any) -> Header:
    attributes = element.attrib
    if attributes["schema-version"] != SCHEMA_VERSION:
        raise ValueError("schema version")
    edition = element.find(tag("edition"))
    return Header(
        authority=attributes["authority"],
        account=attributes["account"],
        platform=attributes["platform"],
        month=Month(attributes["month"]),
        part=attributes["part"],
        made=read_instant(attributes["made"]),
        edition=None if edition is None else _string(edition),
        salt=attributes["salt"],
    )


def _naming(element: Any, header: Header) -> dict[str, Any]:
    attributes = element.attrib
    return {
        "item": item_id(attributes["id"]),
        "authority": header.authority,
        "platform": attributes["platform"],
        "account": header.account,
        "kind": cast("Kind", _one_of(attributes["kind"], KINDS)),
        "own": _truth(attributes["own"]),
    }


def _row(element: Any, naming: dict[str, Any]) -> Row:
    attributes = element.attrib
    text: dict[str, str] = {}
    pieces: dict[str, list[str]] = {}
    links: list[str] = []
    media: list[MediaRef] = []
    counts: list[tuple[str, int]] = []
    for child in element:
        name = child.tag[len(_PREFIX) :]
        if name == "link":
            links.append(_string(child))
        elif name == "media":
            media.append(_media(child))
        elif name == "count":
            counts.append((from_xml(child.attrib["name"]), int(child.attrib["value"])))
        elif name in {"text", "payload"}:
            pieces.setdefault(name, []).append(_string(child))
        elif name in text:
            raise ValueError("an element stands twice")
        else:
            text[name] = _string(child)
    text.update((name, "".join(parts)) for name, parts in pieces.items())
    complete = attributes.get("complete")
    return Row(
        row=_ROW_TAGS[element.tag],
        item=naming["item"],
        authority=naming["authority"],
        platform=naming["platform"],
        account=naming["account"],
        kind=naming["kind"],
        own=naming["own"],
        native=naming["native"],
        author=text.get("author"),
        author_native=text.get("author-native"),
        parent=None if (parent := attributes.get("parent")) is None else ItemId(parent),
        thread=ItemId(attributes["thread"]),
        parent_native=text.get("parent-native"),
        thread_native=text.get("thread-native"),
        published=_time(attributes.get("published")),
        clock=cast("Clock", _one_of(attributes["clock"], CLOCKS)),
        stated=_time(attributes.get("stated")),
        platform_time=_time(attributes.get("platform-time")),
        edited=_time(attributes.get("edited")),
        observed=read_instant(attributes["observed"]),
        version=int(attributes["number"]),
        state=cast("State", _one_of(attributes["state"], STATES)),
        complete=None if complete is None else _truth(complete),
        evidence=_escaped(attributes.get("evidence")),
        text=text.get("text"),
        language=text.get("language"),
        links=tuple(links),
        visibility=text.get("visibility"),
        media=tuple(media),
        counts=tuple(counts),
        identity=_escaped(attributes.get("identity")),
        payload=text.get("payload"),
        batch=from_xml(attributes["batch"]),
    )


def _media(element: Any) -> MediaRef:
    attributes = element.attrib
    text = {child.tag[len(_PREFIX) :]: _string(child) for child in element}
    size = attributes.get("size")
    return MediaRef(
        role=cast("MediaRole", _one_of(attributes["role"], MEDIA_ROLES)),
        origin=text["origin"],
        media_type=text["media-type"],
        alt=text.get("alt"),
        language=text["language"],
        digest=_escaped(attributes.get("digest")),
        size=None if size is None else int(size),
    )


def _string(element: Any) -> str:
    return from_xml(element.text or "")


def _escaped(value: str | None) -> str | None:
    return None if value is None else from_xml(value)


def _time(written: str | None) -> datetime | None:
    return None if written is None else read_instant(written)


def _truth(written: str) -> bool:
    if written not in _TRUTH:
        raise ValueError("neither true nor false")
    return _TRUTH[written]


def _one_of(value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise ValueError("not one of the known values")
    return value
