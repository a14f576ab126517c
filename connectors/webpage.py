"""A public web page as anybody sees it: its text and links. Never asked from an address that is not public.

What is asked of it is bounded (bytes, seconds, redirects), nothing of ours is sent along, and the connection goes to the
address that was checked (``connectors.addresses``). An address with ``http:`` is asked over ``https:``, as browsers do.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from connectors.addresses import ForbiddenAddressError, checked, origin
from connectors.answers import PageAnswer
from connectors.http import Budget, Http, HttpError
from connectors.page_text import read_page
from schemas.neighbours import Clock, WebPage

LIMIT: Final = 5_000_000
"""Bytes of a page."""
ENDPOINT: Final = "page"
_BUDGET: Final = Budget(
    requests=14, attempts=2, first_pause=0.5, max_wait=3.0, total_wait=6.0, connect=10.0, quiet=15.0, longest=30.0
)
_TYPES: Final = frozenset({"", "text/html", "application/xhtml+xml"})
_OUTSIDE: Final = "https://1.1.1.1:9"
"""The client's own host, which nothing is asked of: every page is a foreign host's and is checked as such. It is a public
number and no name, since a network that answers for every name could make it an address inside."""
_LOOPBACK: Final = "http://127.0.0.1:9"
_CODES: Final = {"H107": "W195", "H129": "W197"}
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DECLARED: Final = re.compile(
    rb"<meta[^>]{0,300}?charset\s{0,3}=\s{0,3}[\"']?\s{0,3}([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE
)
_XML: Final = re.compile(rb"^\s{0,20}<\?xml[^>]{0,200}?encoding\s{0,3}=\s{0,3}[\"']([A-Za-z0-9_.:-]{1,40})")
_CODECS: Final = re.compile(
    r"utf-8|iso8859-[0-9]{1,2}|cp[0-9]{3,5}|koi8-[rut]|mac-[a-z]+|shift_jis|euc_[a-z]+|gb[0-9k]+|big5"
)
_HEAD: Final = 4096
_LOOKED_AT: Final = 200_000
_TAG: Final = re.compile(
    r"<(?:!doctype html|html|head|body|title|main|div|p|h1|a|ul|section|article|table|span)\b", re.IGNORECASE
)


def look_at(address: str, clock: Clock, *, inside: bool = False) -> WebPage:
    """Look at a page; never raises for what it meets.

    Args:
        address: whole, ``https://…``. clock: the home's clock. inside: addresses on loopback and in private networks, and
            plain http, are allowed too (rehearsals and tests).

    Returns:
        the page; ``code`` says why it could not be read: W193 (no page; ``status``), W194 (no HTML), W195 (too large), W196
        (certificate), W197 (not a public address), W198 (no readable text), W199 (anything else).
    """
    try:
        target = address if inside else _secure(address)
        _check(target, inside=inside)
        with Http(_LOOPBACK if inside else _OUTSIDE, name=ENDPOINT, clock=clock, budget=_BUDGET) as client:
            found = client.page(target, endpoint=ENDPOINT, limit=LIMIT)
    except ForbiddenAddressError as error:
        return WebPage(address=address, code="W193" if "no address" in str(error) else "W197")
    except HttpError as error:
        code = "W196" if error.certificate else _CODES.get(error.code, "W193")
        return WebPage(address=address, status=error.status, code=code)
    except (ValueError, OSError):
        return WebPage(address=address, code="W199")
    return _page(address, found)


def _secure(address: str) -> str:
    return f"https://{address[7:]}" if address[:7].lower() == "http://" else address


def _check(address: str, *, inside: bool) -> None:
    """Tell an address that may not be asked from one that nobody answers at."""
    scheme, host, port = origin(urlsplit(address))
    checked(scheme, host, port, private_allowed=inside)


def _page(address: str, found: PageAnswer) -> WebPage:
    plain = WebPage(address=address, landed=found.landed, status=found.status)
    if found.media_type not in _TYPES:
        return replace(plain, code="W194")
    source = decoded(found.data, found.charset)
    if not _TAG.search(source[:_LOOKED_AT]):
        return replace(plain, code="W194")
    read = read_page(source, found.landed or address)
    return replace(
        plain,
        code="" if read.text else "W198",
        text=read.text,
        links=read.links,
        title=read.title,
        main=read.main,
        main_links=read.main_links,
        data=found.data,
    )


def decoded(data: bytes, charset: str) -> str:
    """The page's characters: by its byte order mark, its header, its own word, else UTF-8, else Windows-1252."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    head = data[:_HEAD]
    stated = [charset] + [found[1].decode("ascii") for found in (_DECLARED.search(head), _XML.search(head)) if found]
    for name in stated:
        usable = _usable(name)
        if usable:
            return data.decode(usable, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _usable(name: str) -> str:
    """The codec for a page's stated encoding, or empty; Latin 1 and ASCII are read as Windows-1252, as browsers do."""
    try:
        known = codecs.lookup(name).name
    except (LookupError, ValueError):
        return ""
    if known in {"ascii", "iso8859-1"}:
        return "cp1252"
    # A page that could state this in bytes of ASCII is not written in it.
    if known.startswith(("utf-16", "utf-32")):
        return "utf-8"
    return known if _CODECS.fullmatch(known) else ""
