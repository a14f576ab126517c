"""Reading one HTTP answer: counted while it streams in, bounded in bytes and time, and checked to be what it says."""

from __future__ import annotations

import hashlib
import re
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, Protocol, cast

from connectors.scrubbing import scrub
from schemas.neighbours import Clock, MediaBytes
from schemas.payload import UnreadableError, read

_LINK = re.compile(r"<([^<>]*)>([^<]*)")
_REL = re.compile(r";\s*rel\s*=\s*\"?([^\";,]+)\"?", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
LANDED = "bevara_landed"
"""Name under which an answer's extensions hold the address that it came from, after redirects."""
_SCREENED = frozenset({"set-cookie", "authorization", "www-authenticate", "location"})
_NO_CONTENT = (204, 205)


class CutError(Exception):
    """The answer ended before its content did, or would not end."""


class TooLargeError(Exception):
    """The answer has more bytes than are taken."""


class WrongTypeError(Exception):
    """The answer is not JSON by its own word."""


class Response(Protocol):
    """What is needed of the HTTP library's answer."""

    @property
    def status_code(self) -> int:
        """HTTP status."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers, names in any case."""
        ...

    @property
    def extensions(self) -> Mapping[str, Any]:
        """What the transport and ``connectors.http`` say of it."""
        ...

    def iter_bytes(self) -> Iterator[bytes]:
        """The body, unpacked, as it comes."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAnswer:
    """A page as it came.

    Attributes:
        status: HTTP status. landed: its address after redirects. media_type, charset: as its header says, or empty.
        data: the body, unpacked.
    """

    status: int
    landed: str
    media_type: str
    charset: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer.

    Attributes:
        status: HTTP status.
        body: decoded JSON (``schemas.payload.read``); None for an answer without content, or for an error answer
            that is no JSON.
        headers: names in lower case; cookies, challenges and locations are left out.
        links: of the Link header, rel to address as the platform wrote it.
        at: when it came, the home's clock, UTC.
        size: bytes of the body, unpacked.
    """

    status: int
    body: Any
    headers: Mapping[str, str]
    links: Mapping[str, str]
    at: datetime
    size: int


def to_answer(response: Response, limit: int, longest: float, clock: Clock) -> Answer:
    """Read a JSON answer of at most ``limit`` bytes within ``longest`` seconds.

    Raises:
        TooLargeError, CutError, WrongTypeError: an answer with another status than an error's cannot be used.
    """
    status, headers = response.status_code, lower(response.headers)
    data = b"".join(_chunks(response, limit, longest))
    body: Any = None
    if status not in _NO_CONTENT:
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if not kind or kind.endswith(("/json", "+json")):
            body = _decoded(data, status)
        elif status < 400:
            raise WrongTypeError
    kept = {name: value for name, value in headers.items() if name not in _SCREENED}
    return Answer(status=status, body=body, headers=kept, links=_links(headers), at=clock.now(), size=len(data))


def to_page(response: Response, limit: int, longest: float) -> PageAnswer:
    """Read a page of at most ``limit`` bytes within ``longest`` seconds. Raises TooLargeError, CutError."""
    data = b"".join(_chunks(response, limit, longest))
    kind, _, rest = response.headers.get("content-type", "").partition(";")
    charset = _CHARSET.search(rest)
    return PageAnswer(
        status=response.status_code,
        landed=str(response.extensions.get(LANDED, "")),
        media_type=kind.strip().lower()[:100],
        charset=charset[1].lower() if charset else "",
        data=data,
    )


def to_file(response: Response, limit: int, longest: float) -> MediaBytes:
    """Read an answer of at most ``limit`` bytes within ``longest`` seconds into a temporary file, with its digest.

    Raises:
        TooLargeError, CutError: nothing is left of what came so far.
        OSError: the temporary file could not be written.
    """
    digest, size = hashlib.sha256(), 0
    file = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115  # the caller closes it
    try:
        for chunk in _chunks(response, limit, longest):
            digest.update(chunk)
            size += len(chunk)
            file.write(chunk)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return MediaBytes(file=file, digest=digest.hexdigest(), size=size, media_type=scrub(kind)[:100])


def lower(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers with names in lower case."""
    return {name.lower(): value for name, value in headers.items()}


def _decoded(data: bytes, status: int) -> Any:
    try:
        return read(data)
    except UnreadableError:
        if status < 400:
            raise CutError from None
        return None


def _chunks(response: Response, limit: int, longest: float) -> Iterator[bytes]:
    stated = response.headers.get("content-length", "")
    if stated.isascii() and stated.isdigit() and int(stated[:20]) > limit:
        raise TooLargeError
    begun, size = time.monotonic(), 0
    for chunk in response.iter_bytes():
        size += len(chunk)
        if size > limit:
            raise TooLargeError
        if time.monotonic() - begun > longest:
            raise CutError
        yield chunk


def _links(headers: Mapping[str, str]) -> dict[str, str]:
    """Relations of a Link header (RFC 8288); the first of a name counts."""
    found: dict[str, str] = {}
    for address, rest in _LINK.findall(headers.get("link", "")):
        for relations in _REL.findall(rest):
            for relation in relations.lower().split():
                found.setdefault(relation, address)
    return found
