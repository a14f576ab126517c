"""The feed from which KB fetches legal deposits: RSS 2.0 with Dublin Core terms and Media RSS.

KB's profile is "Leverans via RSS" (metadatabyran.kb.se, version 2024-12-09; earlier "E-pliktleverans via RSS-feeds" 2.3).
Only its beginning is known to us, so what follows is provisional until KB has seen the feed. What rests on what:

* Known from the profile or from feeds that KB takes: one item = one deposited copy; ``link`` and ``media:content`` are
  addresses that KB fetches; ``guid``, ``title``, ``pubDate``, ``dcterms:format`` (what ``link`` returns),
  ``dcterms:publisher``, ``dcterms:accessRights``, ``dcterms:creator``, ``description``, ``dcterms:license`` (an address).
* Provisional: ``dcterms:identifier`` and ``dcterms:references`` with ``xsi:type="dcterms:URI"`` (that the attribute is
  asked for is known, its values are not); captions as ``media:content`` with ``text/vtt``; a film directly in ``link``.
* Left out on purpose: ``category`` and ``media:category`` (dropped by KB in 2.3), ``dcterms:isPartOf`` (asked for only
  where the host is itself subject to deposit; no page of ours is), ``media:hash`` and ``dcterms:available`` (nobody knows
  whether KB's schema lets them be), paging.

``pubDate`` says when the film was first available, which is what the law asks about; it is never moved to please a
reader. KB is said to fetch by that date, so an item that enters the feed late may be missed: the caller tells of that.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

from schemas.calendar import local_time
from schemas.deposit import Part, Resource
from schemas.refusal import RefusedError
from schemas.text import for_xml
from schemas.xml.lines import Lines

MEDIA: Final = "http://search.yahoo.com/mrss/"
DCTERMS: Final = "http://purl.org/dc/terms/"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
MEDIA_TYPE: Final = "application/rss+xml; charset=utf-8"
"""What the feed is served as."""
PAGE: Final = "text/html"
"""What an own page returns."""

_ADDRESS = re.compile(r"https?://[!#-;=?-\[\]_a-z~]{3,2000}", re.IGNORECASE | re.ASCII)
_KEPT: Final = "/%:@!$&'()*+,;=~-._?[]"
_URI_TYPE: Final = {"xsi:type": "dcterms:URI"}
_ENDINGS: Final = {
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "webm": "video/webm",
    "mov": "video/quicktime",
    "mkv": "video/x-matroska",
    "ogv": "video/ogg",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "ogg": "audio/ogg",
    "wav": "audio/x-wav",
    "flac": "audio/flac",
    "pdf": "application/pdf",
    "vtt": "text/vtt",
    "srt": "application/x-subrip",
    "html": PAGE,
    "htm": PAGE,
}
_INSIDE: Final = (".local", ".internal", ".intra", ".lan", ".home.arpa", ".localhost", ".test")
_CAPTIONS: Final = frozenset({"vtt", "srt"})
_SAME: Final = {"application/mp4": "video/mp4"}
"""PRONOM's first word for a format → what web servers call it."""
_SOCIAL: Final = frozenset(
    {
        "bsky.app",
        "bsky.social",
        "cdninstagram.com",
        "dailymotion.com",
        "fb.com",
        "fb.me",
        "fb.watch",
        "facebook.com",
        "fbcdn.net",
        "flickr.com",
        "googlevideo.com",
        "instagr.am",
        "instagram.com",
        "linkedin.com",
        "licdn.com",
        "lnkd.in",
        "mastodon.nu",
        "mastodon.online",
        "mastodon.se",
        "mastodon.social",
        "messenger.com",
        "pinterest.com",
        "reddit.com",
        "snapchat.com",
        "t.co",
        "threads.com",
        "threads.net",
        "tiktok.com",
        "twimg.com",
        "twitch.tv",
        "twitter.com",
        "vimeo.com",
        "x.com",
        "youtu.be",
        "youtube-nocookie.com",
        "youtube.com",
    }
)
_STATUS = re.compile(r"/(?:@[^/]+/(?:posts/)?|users/[^/]+/statuses/)[0-9]{6,}(?:/.*)?", re.ASCII)
"""A post of a Mastodon server, wherever it stands: ``/@name/109876543210``, ``/users/name/statuses/109876543210``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """What is said of the feed itself: ``address`` is where it is fetched."""

    title: str
    address: str
    description: str
    language: str = "sv"


def uri(address: str) -> str:
    """An address as it stands in the feed: a name with å, ä or ö by its IDNA form, other such letters percent-encoded.

    Empty when it cannot be written so, or names a user.
    """
    if address.isascii():
        return address
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").encode("idna").decode("ascii"), parts.port
    except ValueError:
        return ""
    if "@" in parts.netloc:
        return ""
    where = host if port is None else f"{host}:{port}"
    return urlunsplit(
        (parts.scheme, where, *(quote(one, safe=_KEPT) for one in (parts.path, parts.query, parts.fragment)))
    )


def host_of(address: str) -> str:
    """The host of a http(s) address as it is compared: small letters, no trailing dot; empty when it is no such one."""
    if not _ADDRESS.fullmatch(address):
        return ""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return ""
    return "" if "@" in parts.netloc else host.lower().rstrip(".")


def social(address: str) -> bool:
    """The address is a page of a social platform: KB would fetch that page instead of the film."""
    host = host_of(address)
    labels = host.split(".")
    named = any(".".join(labels[at:]) in _SOCIAL for at in range(len(labels)))
    return named or bool(host and _STATUS.fullmatch(urlsplit(address).path))


def inside(address: str) -> bool:
    """The address is one of an own network, which KB cannot reach: a name without a dot, a private number."""
    host = host_of(address).strip("[]")
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return bool(host) and ("." not in host or host.endswith(_INSIDE))


def own(address: str) -> bool:
    """The address can stand where KB fetches: absolute, http or https, without user, of no social platform."""
    return bool(host_of(address)) and not social(address)


def link_of(resource: Resource) -> tuple[str, str]:
    """The address that KB fetches first, with the media type of what it returns: the own page, else the own file.

    Raises:
        RefusedError: it has neither; an address of a social platform is none.
    """
    page, file = uri(resource.page), uri(resource.file)
    if own(page):
        return page, PAGE
    if own(file):
        return file, returned(file, resource)
    raise RefusedError(
        "page", "", "give the address of an own page or of the film's file on the own site; a post's address is none"
    )


def files_of(resource: Resource) -> tuple[tuple[str, str], ...]:
    """Further addresses that belong to the resource, with media types: its own file, and captions.

    Captions are those of ``related`` whose path ends in ``.vtt`` or ``.srt``.
    """
    first, _ = link_of(resource)
    file, related = uri(resource.file), [uri(one) for one in resource.related]
    found = [(file, returned(file, resource))] if own(file) else []
    found += [(one, _ENDINGS[_ending(one)]) for one in related if own(one) and _ending(one) in _CAPTIONS]
    return tuple((address, kind) for address, kind in dict(found).items() if address != first)


def returned(address: str, resource: Resource) -> str:
    """Media type of what an own file's address returns: by its ending, else by the publication's format."""
    publication: Part | None = next((one for one in resource.parts if one.role == "publication"), None)
    known = _ENDINGS.get(_ending(address))
    if known is not None or publication is None:
        return known or "application/octet-stream"
    return _SAME.get(publication.format.media_type, publication.format.media_type)


def write(channel: Channel, resources: Sequence[Resource], built: datetime | None) -> bytes:
    """The feed, in UTF-8. The same values give the same bytes; nothing reads a clock.

    Args:
        resources: one item each, in order. built: when the feed's content last changed, or None: nothing is in it.

    Raises:
        RefusedError: a resource has no address of its own (``link_of``).
    """
    lines = Lines()
    lines.open("rss", {"version": "2.0", "xmlns:dcterms": DCTERMS, "xmlns:media": MEDIA, "xmlns:xsi": XSI})
    lines.open("channel")
    lines.leaf("title", _one_line(channel.title))
    lines.leaf("link", channel.address)
    lines.leaf("description", _one_line(channel.description))
    lines.leaf("language", channel.language)
    if built is not None:
        lines.leaf("lastBuildDate", _date(built))
    pieces = [lines.take()]
    for resource in resources:
        pieces.extend(_item(lines, resource))
    lines.close("channel")
    lines.close("rss")
    return b"".join([*pieces, lines.take()])


def _item(lines: Lines, resource: Resource) -> Iterator[bytes]:
    address, media_type = link_of(resource)
    files = files_of(resource)
    fetched = {one for one, _ in files}
    lines.open("item")
    # R101: the version of the film; a corrected film is another version and so another item.
    lines.leaf("guid", resource.identifier, {"isPermaLink": "false"})
    lines.leaf("title", _one_line(resource.title))
    lines.leaf("link", address)
    lines.leaf("dcterms:format", media_type)
    lines.leaf("pubDate", _date(resource.available))
    lines.leaf("dcterms:publisher", resource.publisher_uri)
    lines.leaf("dcterms:accessRights", resource.access)
    lines.leaf("dcterms:creator", _one_line(resource.publisher))
    if resource.abstract:
        yield lines.take()
        yield f"   <description>{_cdata(resource.abstract)}</description>\n".encode()
    if resource.licence:
        lines.leaf("dcterms:license", uri(resource.licence))
    # Provisional: where else the same film is, for KB's search for doubles. Never fetched, so a post's address may be.
    for one in dict.fromkeys(map(uri, resource.locations)):
        if host_of(one) and one not in {address, *fetched}:
            lines.leaf("dcterms:identifier", one, _URI_TYPE)
    for one in dict.fromkeys(map(uri, resource.related)):  # provisional
        if host_of(one) and one not in fetched:
            lines.leaf("dcterms:references", one, _URI_TYPE)
    for one, kind in files:
        lines.empty("media:content", {"url": one, "type": kind})
    lines.close("item")
    yield lines.take()


def _ending(address: str) -> str:
    try:
        path = urlsplit(address).path
    except ValueError:
        return ""
    return path.rpartition("/")[2].rpartition(".")[2].lower()


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _date(at: datetime) -> str:
    """RFC 822 with the year in four digits, Swedish civil time with its offset."""
    return format_datetime(local_time(at).replace(microsecond=0))


def _cdata(text: str) -> str:
    written = for_xml(text.replace("\r\n", "\n").replace("\r", "\n")).replace("]]>", "]]]]><![CDATA[>")
    return f"<![CDATA[{written}]]>"
