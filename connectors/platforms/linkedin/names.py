"""LinkedIn's names: URNs, how Rest.li wants them written, and what can be read from them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import quote, unquote

PROFILE = "#profile"
"""What is added to our organisation's URN to name how it presents itself."""
_NATIVE = re.compile(r"[!-~]{1,600}")
_URN = re.compile(r"urn:li:[A-Za-z]{1,60}:[!-~]{1,500}")
_COMMENT = re.compile(r"urn:li:comment:\((.{1,400}),([A-Za-z0-9_-]{1,100})\)")
_OWN = re.compile(r"urn:li:(?:organization|organizationalPage|organizationBrand|company):([A-Za-z0-9_-]{1,100})")
_PAGE = re.compile(
    r"(?:https?://)?(?:[a-z.]{0,20}linkedin\.com/)?(?:company|showcase|school)/([^/?#]{1,200})(?:[/?#].*)?"
)
_TIMED = re.compile(r"(\d{15,22})\)?$")
_FIRST, _LAST = datetime(2003, 5, 5, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def encoded(text: str) -> str:
    """One value as Rest.li 2.0 wants it in a path or query: nothing reserved is left bare."""
    return quote(text, safe="")


def urn_list(urns: Iterable[str]) -> str:
    """``List(a,b)`` with every URN encoded and the list's own signs bare."""
    return f"List({','.join(encoded(urn) for urn in urns)})"


def native_of(value: object) -> str | None:
    """A value that can serve as a native id."""
    return value if isinstance(value, str) and _NATIVE.fullmatch(value) else None


def urn_of(value: object) -> str | None:
    """A URN, also where a batch answer has it percent-encoded."""
    if not isinstance(value, str) or len(value) > 2_000:
        return None
    plain = unquote(value) if "%3A" in value or "%3a" in value else value
    return plain if _URN.fullmatch(plain) else None


def comment_parts(urn: str) -> tuple[str, str] | None:
    """What a comment stands below and its number, or None for any other URN."""
    found = _COMMENT.fullmatch(urn)
    if found is None:
        return None
    entity = found[1]
    return (entity if entity.startswith("urn:") else f"urn:li:{entity}"), found[2]


def organization(number: str) -> str:
    """The URN of an organisation."""
    return f"urn:li:organization:{number}"


def is_own(author: object, own: str) -> bool:
    """The author is our organisation, under whichever of its names."""
    mine, theirs = _OWN.fullmatch(own), _OWN.fullmatch(author) if isinstance(author, str) else None
    return mine is not None and theirs is not None and mine[1] == theirs[1]


def handle_parts(handle: str) -> tuple[str, str]:
    """Number and vanity name in an account file's handle; one of them is empty."""
    handle = handle.strip().removeprefix("@")
    named = _OWN.fullmatch(handle)
    if named:
        return named[1], ""
    page = _PAGE.fullmatch(handle)
    name = unquote(page[1]) if page else handle
    return (name, "") if name.isascii() and name.isdigit() else ("", name)


def permalink(urn: str) -> str:
    """Where people read a post."""
    return f"https://www.linkedin.com/feed/update/{urn}/"


def moment_in(urn: str) -> datetime | None:
    """The time of creation that an id holds (its upper bits are milliseconds since 1970); None when it holds none."""
    found = _TIMED.search(urn)
    return None if found is None else moment_of(int(found[1]) >> 22)


def moment_of(milliseconds: object) -> datetime | None:
    """Milliseconds since 1970 as a number or a text of digits; None when it is anything else or absurd."""
    if isinstance(milliseconds, str) and milliseconds.isascii() and milliseconds.isdigit() and len(milliseconds) < 20:
        milliseconds = int(milliseconds)
    if type(milliseconds) is not int or not 0 < milliseconds < 10**14:
        return None
    moment = datetime.fromtimestamp(milliseconds // 1000, tz=UTC).replace(microsecond=milliseconds % 1000 * 1000)
    return moment if _FIRST <= moment <= _LAST else None
