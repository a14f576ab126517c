"""Where an officer wants something masked, as written on the command line: read strictly, never guessed. Pure."""

from __future__ import annotations

import re
from typing import Final

from schemas.ids import ItemId, item_id
from schemas.refusal import RefusedError
from schemas.request import Mask, MaskSort

_FIELD: Final = re.compile(r"text|author|address|(?:alt|links):[0-9]{1,4}")
_SPANNED: Final = re.compile(r"(text|author|(?:alt|links):[0-9]{1,4}):([0-9]{1,9})-([0-9]{1,9})")
_REGION: Final = re.compile(r"([0-9]{1,4}):([0-9]{1,6}),([0-9]{1,6}),([0-9]{1,6}),([0-9]{1,6})")
_TIMES: Final = re.compile(r"([0-9]{1,4}):([0-9:.]{1,16})-([0-9:.]{1,16})")
_TIME: Final = re.compile(r"(?:(?:([0-9]{1,3}):)?([0-9]{1,3}):)?([0-9]{1,6})(?:\.([0-9]{1,3}))?")
_NUMBER: Final = re.compile(r"[0-9]{1,4}")


def line_of(said: str) -> tuple[ItemId, int | None]:
    """A listed record, ``ITEM`` or ``ITEM@VERSION``; None = every listed version. Raises RefusedError."""
    name, sign, number = said.partition("@")
    item = item_id(name, "ITEM")
    if not sign:
        return item, None
    if re.fullmatch(r"[0-9]{1,6}", number) is None or int(number) < 1:
        raise RefusedError("ITEM", said, "write ITEM@VERSION with the version as a number")
    return item, int(number)


def field_mask(said: str, provision: str, *, pseudonym: bool = False) -> Mask:
    """A whole field: ``text``, ``author``, ``address``, ``alt:<n>``, ``links:<n>``. Raises RefusedError."""
    if _FIELD.fullmatch(said) is None:
        raise RefusedError("--field", said, "write text, author, address, alt:0 or links:0 (counted from 0)")
    return Mask(sort="field", where=_plain(said), provision=provision, pseudonym=pseudonym)


def span_mask(said: str, provision: str, *, pseudonym: bool = False) -> Mask:
    """Characters of a field, ``text:10-25``: code points, from 0, the end not included. Raises RefusedError."""
    match = _SPANNED.fullmatch(said)
    if match is None:
        raise RefusedError("--span", said, "write FIELD:START-END, for example text:10-25 (counted from 0)")
    start, end = int(match[2]), int(match[3])
    if start >= end:
        raise RefusedError("--span", said, "the end must come after the start")
    return Mask(sort="span", where=_plain(match[1]), provision=provision, start=start, end=end, pseudonym=pseudonym)


def region_mask(said: str, provision: str) -> Mask:
    """A rectangle of a picture, ``MEDIA:X,Y,WIDTH,HEIGHT`` in pixels as shown. Raises RefusedError."""
    match = _REGION.fullmatch(said)
    if match is None or not int(match[4]) or not int(match[5]):
        raise RefusedError("--region", said, "write MEDIA:X,Y,WIDTH,HEIGHT in pixels, for example 0:10,20,200,80")
    number, x, y, width, height = (int(one) for one in match.groups())
    return Mask(sort="region", where=f"media:{number}", provision=provision, x=x, y=y, width=width, height=height)


def time_mask(sort: MaskSort, said: str, provision: str) -> Mask:
    """A time of a recording, ``MEDIA:START-END``; seconds, ``mm:ss`` or ``h:mm:ss``, with decimals. RefusedError."""
    match = _TIMES.fullmatch(said)
    start = None if match is None else _milliseconds(match[2])
    end = None if match is None else _milliseconds(match[3])
    if match is None or start is None or end is None or start >= end:
        raise RefusedError(
            f"--{sort}",
            said,
            "write MEDIA:START-END in seconds or mm:ss, for example 0:12.5-1:03; the end comes after the start",
        )
    return Mask(sort=sort, where=f"media:{int(match[1])}", provision=provision, start=start, end=end)


def media_mask(sort: MaskSort, said: str, provision: str) -> Mask:
    """A whole attachment (``file``), or what its file says beside picture and sound (``metadata``). RefusedError."""
    if _NUMBER.fullmatch(said) is None:
        raise RefusedError(f"--{sort}", said, "write the attachment's number, counted from 0")
    return Mask(sort=sort, where=f"media:{int(said)}", provision=provision)


def _plain(where: str) -> str:
    name, sign, number = where.partition(":")
    return f"{name}:{int(number)}" if sign else name


def _milliseconds(said: str) -> int | None:
    match = _TIME.fullmatch(said)
    if match is None:
        return None
    hours, minutes, seconds, rest = match.groups()
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds)
    return whole * 1000 + int((rest or "").ljust(3, "0"))
