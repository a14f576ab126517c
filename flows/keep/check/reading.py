"""Read XML of strangers: no document types and so no entities, no network, bounded. Comments and instructions pass.

A document type declaration can only stand before the first element, so that part is walked through before a parser
sees anything. For that the encoding must be one in which ``<`` is the byte 0x3C; UTF-16 is turned into UTF-8 first.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Final, cast

from lxml import etree

LARGEST: Final = 256 * 1024**2
"""Bytes of a METS document; one of a million files is not larger."""
_SPAN = 64 * 1024**2
_HEAD = 64 * 1024
_PLAIN = frozenset({"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin1", "iso-8859-15", "windows-1252"})
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*['\"]([A-Za-z0-9._-]{1,40})['\"]")
_FIRST = re.compile(rb"<[^!?]")
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00", b"\x00\x00")


class UnreadableError(ValueError):
    """XML that is not read. ``code`` is one of ``BV-XML-…``; ``line`` is where, 0 = not known."""

    def __init__(self, code: str, line: int = 0) -> None:
        self.code = code
        self.line = line
        super().__init__(code)


def read_tree(source: BinaryIO) -> Any:
    """The root element of a small document (METS). Raises UnreadableError; RefusedError where bytes are damaged."""
    data = source.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise UnreadableError("BV-XML-SIZE")
    encoding = None
    if data[:2] in _WIDE[:2] and data[:4] != b"\xff\xfe\x00\x00":
        try:
            data, encoding = data.decode("utf-16").encode("utf-8"), "utf-8"
        except UnicodeError:
            raise UnreadableError("BV-XML-FORM", 1) from None
    check_prolog(data, whole=True, declared=encoding is None)
    parser = etree.XMLParser(
        encoding=encoding, resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, recover=False
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableError("BV-XML-FORM", error.lineno or 0) from None
    except (ValueError, LookupError):
        raise UnreadableError("BV-XML-ENCODING", 1) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableError("BV-XML-DOCTYPE", 1)
    return root


def check_prolog(data: bytes, *, whole: bool, declared: bool = True) -> None:
    """Refuse what stands before the first element and is not harmless.

    Args:
        data: the document, or its beginning. whole: it is all of it. declared: its declared encoding counts.

    Raises:
        UnreadableError: a document type, another encoding, or no element at all.
    """
    if declared:
        if data[:2] in _WIDE or data[:4] == b"\x4c\x6f\xa7\x94":
            raise UnreadableError("BV-XML-ENCODING", 1)
        named = _DECLARED.match(data.removeprefix(b"\xef\xbb\xbf"))
        if named and named[1].decode("ascii").lower() not in _PLAIN:
            raise UnreadableError("BV-XML-ENCODING", 1)
    at = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    while True:
        at = data.find(b"<", at)
        if at < 0:
            raise UnreadableError("BV-XML-FORM", 1)
        if data.startswith(b"<!--", at):
            end = data.find(b"-->", at + 4)
        elif data.startswith(b"<?", at):
            end = data.find(b"?>", at + 2)
        elif data.startswith(b"<!", at):
            raise UnreadableError("BV-XML-DOCTYPE", data.count(b"\n", 0, at) + 1)
        else:
            return
        if end < 0:
            raise UnreadableError("BV-XML-FORM" if whole else "BV-XML-SIZE", 1)
        at = end + 2


def root_of(head: bytes) -> tuple[str, str] | None:
    """Name of the first element, ``{namespace}local``, and its ``xsi:schemaLocation``; None when it is not XML."""
    try:
        check_prolog(head, whole=False)
        parser = etree.XMLPullParser(events=("start",), resolve_entities=False, load_dtd=False, no_network=True)
        parser.feed(head)
        for _, element in cast("Iterator[tuple[str, Any]]", parser.read_events()):
            where = element.get("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation", "")
            return str(element.tag), where
    except (UnreadableError, etree.XMLSyntaxError, ValueError, LookupError):
        return None
    return None


class Guarded(io.RawIOBase):
    """Hands the bytes of a large document on to a parser, once they are seen to be harmless."""

    def __init__(self, source: BinaryIO) -> None:
        """Look at its beginning. Raises UnreadableError."""
        super().__init__()
        self._source = source
        self._head = source.read(_HEAD)
        while 0 < len(self._head) < _HEAD and (more := source.read(_HEAD - len(self._head))):
            self._head += more
        check_prolog(self._head, whole=len(self._head) < _HEAD)
        self._span = 0

    def readable(self) -> bool:
        """It can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """The next bytes. Raises UnreadableError: a tag or text of absurd length."""
        data = self._head or self._source.read(size if size > 0 else 1 << 16)
        self._head = b""
        last = data.rfind(b"<")
        first = data.find(b"<")
        if self._span + (len(data) if first < 0 else first) > _SPAN:
            raise UnreadableError("BV-XML-SIZE")
        self._span = self._span + len(data) if last < 0 else len(data) - last
        return data


def stream(source: BinaryIO, schema: Any, tags: tuple[str, ...]) -> Iterator[Any]:
    """The elements of these names as they end, in flat memory if the caller removes them; the root is one of them.

    Entities are left as the library has them, since none can be declared here: told not to resolve them *and* given a
    schema, lxml 6.1 passes over a document that is cut off. That the root has ended is looked at besides.

    Raises:
        UnreadableError: not well formed; after the last element. SchemaError: not valid by ``schema``.
    """
    parser = etree.iterparse(
        cast("BinaryIO", Guarded(source)),
        events=("end",),
        tag=tags,
        schema=schema,
        load_dtd=False,
        no_network=True,
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
    )
    ended = False
    try:
        for _, element in parser:
            ended = element.getparent() is None
            yield element
    except etree.XMLSyntaxError as error:
        log = list(cast("Any", parser).error_log)
        found = [(one.line, one.message) for one in log if one.domain_name == "SCHEMASV"]
        if len(found) < len(log) or not found:
            raise UnreadableError("BV-XML-FORM", error.lineno or 0) from None
        raise SchemaError(found) from None
    if not ended:
        raise UnreadableError("BV-XML-FORM")


class SchemaError(ValueError):
    """A document is not valid. ``faults``: (line, what the schema's validator says)."""

    def __init__(self, faults: list[tuple[int, str]]) -> None:
        self.faults = faults
        super().__init__(f"{len(faults)} faults")
