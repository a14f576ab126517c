"""Read one of our own XML documents from a source that may be hostile, in flat memory.

The documents that we write hold no document type declaration, comment, CDATA section or processing instruction, so
whatever begins with ``<!`` or ``<?`` after the first line is refused before a parser sees it: entities cannot be
declared, let alone expanded. Texts of many megabytes are normal, therefore libxml2's own limit of 10 MB is lifted
(``huge_tree``) and replaced by a bound on what may stand between two ``<``: no attribute, text or tag can be longer.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, Literal, cast

from lxml import etree

from schemas.refusal import RefusedError

SPAN_LIMIT = 64 * 1024 * 1024
"""Bytes that may stand between two ``<``."""

DEPTH_LIMIT = 32
"""Elements that may be open at once; our deepest document uses five."""

_DECLARATION = re.compile(rb"<\?xml version=['\"]1\.0['\"] encoding=['\"][Uu][Tt][Ff]-8['\"]\?>\s*<[A-Za-z]")
_DECLARATION_LENGTH = 200

Event = tuple[Literal["start", "end"], Any]
"""Which end of which element (lxml's)."""


class DocumentRefusedError(RefusedError):
    """A document that cannot be read. Field and value name the line and a code, never content.

    Attributes:
        faults: every fault that is known, as (line, code).
    """

    def __init__(self, what: str, line: int, code: str, remedy: str, faults: Sequence[tuple[int, str]] = ()) -> None:
        """Name the document's kind, the line and the code."""
        self.faults = tuple(faults) or ((line, code),)
        super().__init__(f"{what}, line {line}", code, remedy)


class GuardedStream:
    """Hands bytes on to the parser; refuses what our documents never hold; digests what it saw.

    Attributes:
        sha256: digest of all bytes read so far. size: how many.
    """

    def __init__(self, source: BinaryIO, what: str) -> None:
        self.sha256 = hashlib.sha256()
        self.size = 0
        self._source = source
        self._what = what
        self._line = 1
        self._last = b""
        self._span = 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes. Raises DocumentRefusedError."""
        data = self._source.read(max(size, _DECLARATION_LENGTH) if size >= 0 else 1 << 20)
        body = data
        if self.size == 0:
            while len(data) < _DECLARATION_LENGTH and (more := self._source.read(_DECLARATION_LENGTH)):
                data += more
            if _DECLARATION.match(data) is None:
                raise self._refused(
                    "DECLARATION", "expected UTF-8 with an XML declaration and the first element after it"
                )
            body = data[5:]
        window = self._last + body
        if b"<!" in window or b"<?" in window:
            raise self._refused("MARKUP", "remove document type, entities, comments, CDATA and instructions")
        first = body.find(b"<")
        if self._span + (len(body) if first < 0 else first) > SPAN_LIMIT:
            raise self._refused("SPAN", f"no attribute or text may be longer than {SPAN_LIMIT} bytes")
        self._span = self._span + len(body) if first < 0 else len(body) - body.rfind(b"<")
        self._last = data[-1:] if data[-1:] == b"<" else b""
        self._line += data.count(b"\n")
        self.size += len(data)
        self.sha256.update(data)
        return data

    def _refused(self, code: str, remedy: str) -> DocumentRefusedError:
        return DocumentRefusedError(self._what, self._line, code, remedy)


def events(stream: GuardedStream, what: str, schema: etree.XMLSchema | None = None) -> Iterator[Event]:
    """Start and end of every element, in order. The caller clears what it has used.

    With ``schema`` the document is validated on the way; a violation is raised when the document is over, so
    nothing may be called valid before the iterator has ended.

    Raises:
        DocumentRefusedError: not well formed, cut off, not valid, or nested too deep.
    """
    # The declared encoding is overridden, so that no other one can hide markup from the guard.
    parser = etree.iterparse(
        cast("BinaryIO", stream),
        events=("start", "end"),
        encoding="utf-8",
        huge_tree=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        schema=schema,
    )
    depth = 0
    line = 1
    try:
        for event, element in parser:
            line = element.sourceline or line
            depth += 1 if event == "start" else -1
            if depth > DEPTH_LIMIT:
                raise DocumentRefusedError(what, line, "DEPTH", "elements are nested too deep")
            yield cast("Event", (event, element))
        if depth:
            # With a schema and entities left alone the parser takes an end in the middle for the end.
            raise DocumentRefusedError(what, line, "CUT OFF", "the document is damaged; restore it from another copy")
    except etree.XMLSyntaxError as error:
        # The messages may repeat content; the names of the errors do not.
        faults = [(entry.line, str(entry.type_name)) for entry in cast("Any", parser).error_log]
        raise DocumentRefusedError(
            what,
            error.lineno or line,
            faults[0][1] if faults else "NOT WELL FORMED",
            "the document is damaged; restore it from another copy",
            faults,
        ) from None
