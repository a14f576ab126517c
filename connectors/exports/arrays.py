"""Read JSON files of any size item by item: a bare array, an object of arrays, or X's ``window.YTD… = [``.

The text slides through a buffer and each item is decoded by the standard library's C scanner; memory is that of one
item and one piece of text. An item that is larger than allowed, or is no JSON, is passed over by counting brackets.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Collection, Iterator
from typing import Any, BinaryIO

from schemas.payload import Number, UnreadableError, read
from schemas.refusal import RefusedError

PIECE = 1 << 20
"""Bytes read at a time."""
LARGEST = 16 * 1024 * 1024
"""Characters that one item may have."""

_HEAD = 512
"""Characters that are looked at to see what sort of file it is."""

_SPACE = re.compile(r"[\s,]*")
_ASSIGNED = re.compile(r"\s*[A-Za-z_$][\w$.\[\]\"']{0,200}\s*=\s*")
_FIRST = re.compile(r"\{\s*\"([\w.-]{1,100})\"")
_OUTSIDE = re.compile(r"[\"{}\[\]]")
_INSIDE = re.compile(r"[\"\\]")


def items(
    stream: BinaryIO,
    *,
    keys: Collection[str] | None = None,
    single: Collection[str] = (),
    largest: int = LARGEST,
    lost: Callable[[str], None] = lambda _: None,
) -> Iterator[Any]:
    """The items of a JSON file's array, or of the arrays of its top-level object, in the file's order.

    Args:
        keys: which of an object's arrays; None = all of them.
        single: names of an item's own fields: an object that begins with one of them is no object of arrays, but the
            file's only item.
        largest: characters that an item may have.
        lost: called with a finding code for each item that could not be had: I107 too large, I108 no JSON; with
            I109 for a value of the top-level object that was asked for and is no array.

    Raises:
        RefusedError: the file is cut, or is no JSON array or object at all.
    """
    text = _Sliding(stream, largest, lost)
    text.skip(_ASSIGNED)
    sign = text.next_sign()
    if sign == "[":
        yield from text.array()
    elif sign == "{" and text.first_key() in single:
        yield from text.value()
    elif sign == "{":
        yield from text.members(keys)
    elif sign:
        raise RefusedError("PATH", "…", "a data file of the export is no JSON array; make the export anew")


def whole(stream: BinaryIO, *, largest: int = LARGEST) -> Any:
    """A small JSON file as one value (a leading ``window.YTD… =`` is passed over); None when it is no JSON.

    Raises:
        RefusedError: the stream is cut or damaged.
    """
    data = stream.read(largest + 1)
    if len(data) > largest:
        return None
    head = data[:300].decode("utf-8", "replace")
    found = _ASSIGNED.match(head)
    if found:
        data = data[len(found[0].encode("utf-8")) :]
    try:
        return read(data)
    except UnreadableError:
        return None


class _TextEndError(Exception):
    """The text ends where more of it was needed."""


class _Sliding:
    """Text of a stream, of which a window is held."""

    def __init__(self, stream: BinaryIO, largest: int, lost: Callable[[str], None]) -> None:
        self._stream = stream
        self._largest = largest
        self._lost = lost
        # Bytes that are no UTF-8 become lone surrogates, which the payload keeps and the text shows.
        self._decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode
        self._text = ""
        self._at = 0
        self._ended = False
        while len(self._text) < _HEAD and self._fill():
            pass
        if self._text.startswith("\ufeff"):
            self._at = 1

    def _fill(self, size: int = PIECE) -> bool:
        """Read on; False at the end. What lies before the place is let go."""
        if self._ended:
            return False
        data = self._stream.read(size)
        self._ended = not data
        self._text = self._text[self._at :] + self._decode(data, final=self._ended)
        self._at = 0
        return not self._ended

    def skip(self, pattern: re.Pattern[str]) -> None:
        """Pass over what matches here."""
        found = pattern.match(self._text, self._at)
        if found:
            self._at = found.end()

    def next_sign(self) -> str:
        """The next character that is neither space nor comma; empty at the end. The place stays before it."""
        while True:
            found = _SPACE.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._fill():
                return ""

    def array(self) -> Iterator[Any]:
        """The items of the array that begins here."""
        self._at += 1
        scan = _DECODER.scan_once
        while True:
            found = _SPACE.match(self._text, self._at)
            at = found.end() if found else self._at
            if at >= len(self._text):
                self._at = at
                if self.next_sign() == "":
                    raise _cut()
                continue
            if self._text[at] == "]":
                self._at = at + 1
                return
            try:
                # The scanner itself, without the wrapper's two more calls per item.
                value, end = scan(self._text, at)
            except (json.JSONDecodeError, StopIteration, ValueError, RecursionError):
                self._at = at
                if self._have_whole():
                    yield from self._odd()
                continue
            self._at = end
            if end == len(self._text) and type(value) is not dict and not self._ended:
                # A number may go on in what has not been read yet.
                self._at = at
                self._fill()
                continue
            yield value

    def first_key(self) -> str:
        """The first field's name of the object that begins here; empty when it has none or a long one."""
        found = _FIRST.match(self._text, self._at)
        return found[1] if found else ""

    def value(self) -> Iterator[Any]:
        """The value that begins here."""
        while True:
            try:
                value, self._at = _DECODER.scan_once(self._text, self._at)
            except (json.JSONDecodeError, StopIteration, ValueError, RecursionError):
                if self._have_whole():
                    yield from self._odd()
                    return
            else:
                yield value
                return

    def _have_whole(self) -> bool:
        """Whether as much as an item may have is here. Reads on, ever more at a time, until it is."""
        held = len(self._text) - self._at
        if self._ended or held > self._largest:
            return True
        self._fill(max(PIECE, held))
        return False

    def _odd(self) -> Iterator[Any]:
        """An item that the fast way could not read, all of which is here: with an odd number, no JSON, or too large."""
        if len(self._text) - self._at <= self._largest or self._ended:
            try:
                value, end = _PATIENT.raw_decode(self._text, self._at)
            except (ValueError, RecursionError):
                self._pass_over("I108")
                return
            if end - self._at <= self._largest:
                self._at = end
                yield value
                return
        self._pass_over("I107")

    def _pass_over(self, code: str) -> None:
        sign = self._text[self._at]
        if sign not in '"{[-0123456789tfnNI':
            raise RefusedError("PATH", "…", "a data file of the export is no JSON; make the export anew")
        self.skip_value()
        self._lost(code)

    def members(self, keys: Collection[str] | None) -> Iterator[Any]:
        """The items of those arrays of the object that begins here."""
        self._at += 1
        while True:
            sign = self.next_sign()
            if sign == "}":
                return
            name = self._key() if sign == '"' else None
            if name is None:
                raise _cut() if not sign else RefusedError("PATH", "…", "a data file is no JSON; make the export anew")
            asked = keys is None or name in keys
            if self.next_sign() == "[" and asked:
                yield from self.array()
            else:
                self.skip_value()
                if asked:
                    self._lost("I109")

    def _key(self) -> str | None:
        while True:
            try:
                value, end = _PATIENT.raw_decode(self._text, self._at)
            except ValueError:
                if len(self._text) - self._at > self._largest or not self._fill():
                    return None
                continue
            self._at = end
            while self.next_sign() == ":":
                self._at += 1
            return value if isinstance(value, str) else None

    def skip_value(self) -> None:
        """Pass over one value by counting brackets, whatever its size; ends before what closes the value around it."""
        depth = 0
        while True:
            sign = self._seek(_OUTSIDE if depth else _BARE)
            if not sign and depth:
                raise _cut()
            if sign == '"':
                self._skip_string()
            elif sign and sign in "{[":
                depth += 1
            elif depth:
                depth -= 1
            elif sign and sign in "}]":
                self._at -= 1
            if not depth:
                return

    def _skip_string(self) -> None:
        while True:
            sign = self._seek(_INSIDE)
            if sign == '"':
                return
            if not sign or (self._at >= len(self._text) and not self._fill()):
                raise _cut()
            self._at += 1

    def _seek(self, pattern: re.Pattern[str]) -> str:
        """The next of the pattern's characters, with the place after it; empty at the end."""
        while True:
            found = pattern.search(self._text, self._at)
            if found:
                self._at = found.end()
                return found[0]
            self._at = len(self._text)
            if not self._fill():
                return ""


_BARE = re.compile(r"[\"{}\[\],]")
"""Where a value without brackets ends, or one with brackets or quotation marks begins."""


def _constant(name: str) -> Any:
    raise ValueError(name)


def _whole_number(written: str) -> int | Number:
    return Number(written) if len(written) > 300 else int(written)


_DECODER: Any = json.JSONDecoder(parse_float=Number, parse_constant=_constant)
_PATIENT = json.JSONDecoder(parse_float=Number, parse_int=_whole_number, parse_constant=_constant)


def _cut() -> RefusedError:
    return RefusedError("PATH", "…", "a data file of the export ends too early; fetch or unpack the export anew")
