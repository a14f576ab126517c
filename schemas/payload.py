r"""A platform's JSON: read so that nothing is lost, written canonically so that equal values are equal bytes.

Canonical form: keys sorted by code point, no white space, UTF-8 without needless escapes; a lone surrogate keeps
JSON's own escape (``\udXXX``); a number that is not a plain integer is written as it was read.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any, Self

import orjson

_SURROGATE = re.compile("[\ud800-\udfff]")
_DEPTH = 200


class UnreadableError(ValueError):
    """The bytes are not JSON that can be kept. The message names the place, never the content."""


class Number(float):
    """A number that is not a plain integer; remembers how it was written."""

    __slots__ = ("written",)

    written: str

    def __new__(cls, written: str) -> Self:
        """Read the number as a float and keep the text."""
        number = super().__new__(cls, written)
        number.written = written
        return number


def _whole(written: str) -> int | Number:
    # Python refuses to read more than 4,300 digits and loses the sign of -0; keep both as written.
    if len(written) > 300 or written == "-0":
        return Number(written)
    return int(written)


def _constant(name: str) -> Any:
    raise UnreadableError(f"the JSON holds {name}, which is no number")


def read(data: bytes) -> Any:
    """Decode JSON bytes, keeping numbers as written and lone surrogates as they are.

    Raises:
        UnreadableError: not JSON, not UTF-8, nested absurdly deep, or with NaN or Infinity.
    """
    unusual = b"-0" in data or re.search(rb"\d{300}", data) is not None
    try:
        text = data.decode("utf-8-sig", "surrogatepass")
        if unusual:
            return json.loads(text, parse_float=Number, parse_int=_whole, parse_constant=_constant)
        return json.loads(text, parse_float=Number, parse_constant=_constant)
    except json.JSONDecodeError as error:
        raise UnreadableError(f"no JSON at byte {error.pos} of {len(data)}: {error.msg}") from None
    except UnicodeDecodeError as error:
        raise UnreadableError(f"not UTF-8 at byte {error.start} of {len(data)}") from None
    except RecursionError:
        raise UnreadableError(f"nested too deep ({len(data)} bytes)") from None


def fields_of(payload: str | None) -> dict[str, Any]:
    """The named values of a stored payload; empty where it has none or cannot be read."""
    try:
        found = read((payload or "null").encode("utf-8", "surrogatepass"))
    except UnreadableError:
        return {}
    return found if isinstance(found, dict) else {}


def canonical(value: Any) -> str:
    """The value in canonical form; can always be encoded in UTF-8."""
    try:
        # The same form, many times as fast; it refuses what it would write otherwise: numbers that are no plain
        # integers, lone surrogates, what is nested deep.
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_SUBCLASS).decode("utf-8")
    except TypeError:
        pass
    try:
        text = _PLAIN.encode(value)
    except _OddNumberError:
        text = _write(value, 0)
    except RecursionError:
        raise UnreadableError("nested too deep") from None
    if _SURROGATE.search(text):
        text = _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    return text


def digest(value: Any) -> str:
    """SHA-256 (hexadecimal) of the canonical form."""
    return hashlib.sha256(canonical(value).encode("utf-8")).hexdigest()


class _OddNumberError(Exception):
    pass


class _Plain(json.JSONEncoder):
    def encode(self, o: Any) -> str:
        if _has_number(o):
            raise _OddNumberError
        return super().encode(o)


def _has_number(value: Any) -> bool:
    kind = type(value)
    if kind is dict:
        return any(_has_number(one) for one in value.values())
    if kind is list:
        return any(_has_number(one) for one in value)
    return isinstance(value, float)


_PLAIN = _Plain(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False)


def _write(value: Any, depth: int) -> str:
    if depth > _DEPTH:
        raise UnreadableError("nested too deep")
    if isinstance(value, Number):
        return value.written
    if isinstance(value, dict):
        pairs = (f"{_PLAIN.encode(key)}:{_write(value[key], depth + 1)}" for key in sorted(value))
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_write(one, depth + 1) for one in value) + "]"
    return _PLAIN.encode(value)
