"""The check of a feed for KB: well-formedness and our rule table (``schemas.codes.kb_feed``). KB's own schemas are not public.

The feed may be a stranger's: document types are refused, nothing is fetched, and what is told of it is made visible.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from lxml import etree

from flows.keep.check.reading import UnreadableError, read_tree
from flows.keep.check.report import Checked, Report, local
from schemas.codes.kb_feed import LEVELS
from schemas.xml.kb_feed import DCTERMS, MEDIA, PAGE, XSI, host_of, inside, social

PROFILE: Final = "KB RSS (e-plikt)"
"""What a feed claims to be; its rules are those known of KB's profile of 2024-12-09."""
LARGEST: Final = 32 * 1024 * 1024
"""Bytes of a feed that is read; one of a fortnight's films is not a thousandth of it."""
ATOM: Final = "http://www.w3.org/2005/Atom"
CONTENT: Final = "http://purl.org/rss/1.0/modules/content/"
GEORSS: Final = "http://www.georss.org/georss"

_DOCUMENT = "flöde"
_HEAD = 4096
_UNREADABLE: Final = {"BV-XML-DOCTYPE": "RSS-XML-DOCTYPE", "BV-XML-ENCODING": "RSS-ENCODING"}
_PUBLISHER = re.compile(r"http://id\.kb\.se/organisations/SE[0-9]{10}(?:-[A-Za-z0-9._-]{1,60})?", re.ASCII)
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}", re.ASCII | re.IGNORECASE)
_DATE = re.compile(
    r"(?:(Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?[0-9]{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) "
    r"[0-9]{4} [0-9]{2}:[0-9]{2}(?::[0-9]{2})? (?:[+-][0-9]{4}|GMT|UT)",
    re.ASCII,
)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]+", re.ASCII)
_LAW = datetime(2014, 12, 31, 23, tzinfo=UTC)  # 1 January 2015 in Sweden
_ACCESS = re.compile(r"gratis|restricted")
_NO_FILM = frozenset({PAGE, "text/vtt", "application/x-subrip"})
_UNKNOWN = "application/octet-stream"
_PAGED = frozenset({"next", "prev", "previous", "first", "last", "prev-archive", "next-archive", "current"})
_KNOWN_SPACES: Final = {
    re.sub(r"[^a-z0-9]", "", space.partition("://")[2].lower()): space
    for space in (MEDIA, DCTERMS, XSI, ATOM, CONTENT, GEORSS)
}
_OTHER_SPACES: Final = {"http://purl.org/dc/elements/1.1/": DCTERMS}
"""Namespaces that are mistaken for the right ones."""
_IN_CHANNEL = frozenset(
    {"title", "link", "description", "language", "copyright", "image", "lastBuildDate", "pubDate", "item", "generator"}
    | {"ttl", "docs", "managingEditor", "webMaster", "category", f"{{{ATOM}}}link"}
)
_TERMS = frozenset(
    f"{{{DCTERMS}}}{name}"
    for name in (
        *("format", "publisher", "accessRights", "creator", "license", "identifier", "isPartOf", "isFormatOf"),
        "references",
    )
)
_IN_ITEM = _TERMS | frozenset(
    {"guid", "title", "link", "description", "pubDate", "category", f"{{{CONTENT}}}encoded"}
    | {f"{{{MEDIA}}}{name}" for name in ("content", "group", "keywords", "license", "category")}
)
_ONCE = (
    "guid",
    "title",
    "link",
    "pubDate",
    "description",
    *(f"{{{DCTERMS}}}{one}" for one in ("format", "publisher", "accessRights")),
)
_TYPED = tuple(f"{{{DCTERMS}}}{one}" for one in ("identifier", "isPartOf", "isFormatOf", "references"))


def check_feed(data: bytes) -> Checked:
    """Check a feed; never raises for what is in it.

    Returns:
        ``profile`` is empty when it is no RSS feed at all. Places are ``flöde:<line> <path>``.
    """
    report = Report(LEVELS)
    root = _tree(data, report)
    if root is None:
        return report.all(PROFILE if b"<rss" in data[:_HEAD] else "")
    if root.tag != "rss":
        return report.all("")
    _namespaces(root, report)
    if root.get("version") != "2.0":
        report.at("RSS-VERSION", _DOCUMENT, root, "version")
    channels = root.findall("channel")
    if len(channels) != 1:
        report.at("RSS-CHANNEL", _DOCUMENT, root)
    for item in root.iter("item"):
        if item.getparent().tag != "channel":
            report.at("RSS-ITEM-PLACE", _DOCUMENT, item)
    for channel in channels[:1]:
        _channel(channel, report)
    return report.all(PROFILE)


def _tree(data: bytes, report: Report) -> Any:
    if len(data) > LARGEST:
        report.add("RSS-XML-SIZE", _DOCUMENT)
        return None
    text = data.removeprefix(b"\xef\xbb\xbf")
    declared = re.match(rb"<\?xml[^>]{0,200}?encoding\s*=\s*['\"]([^'\"]{0,40})['\"]", text)
    try:
        text.decode("utf-8")
        right = declared is None or declared[1].lower() in {b"utf-8", b"utf8"}
    except UnicodeDecodeError:
        right = False
    if not right:
        report.add("RSS-ENCODING", _DOCUMENT, ":1")
        return None
    try:
        return read_tree(io.BytesIO(text))
    except UnreadableError as refused:
        report.add(_UNREADABLE.get(refused.code, "RSS-XML-FORM"), _DOCUMENT, f":{refused.line}")
        return None


def _namespaces(root: Any, report: Report) -> None:
    """A namespace that is nearly one that KB knows: without its last stroke, with https, the older Dublin Core."""
    told: set[str] = set()
    for element in root.iter(etree.Element):
        space = str(element.tag).partition("}")[0].removeprefix("{") if element.tag.startswith("{") else ""
        if not space or space in told:
            continue
        meant = _OTHER_SPACES.get(space) or _KNOWN_SPACES.get(
            re.sub(r"[^a-z0-9]", "", space.partition("://")[2].lower())
        )
        if meant is not None and meant != space:
            told.add(space)
            report.at("RSS-NAMESPACE", _DOCUMENT, element, message=f"{space} → {meant}")


def _channel(channel: Any, report: Report) -> None:
    for code, right in (
        ("RSS-CHANNEL-TITLE", _said(channel, "title")),
        ("RSS-CHANNEL-LINK", host_of(_said(channel, "link"))),
        ("RSS-CHANNEL-DESCRIPTION", _said(channel, "description")),
        ("RSS-LANGUAGE", _said(channel, "language")),
    ):
        if not right:
            report.at(code, _DOCUMENT, channel)
    for link in channel.findall(f"{{{ATOM}}}link"):
        if (link.get("rel") or "").lower() in _PAGED:
            report.at("RSS-PAGED", _DOCUMENT, link, "rel")
    for element in (*channel.findall("lastBuildDate"), *channel.findall("pubDate")):
        if _instant(_text(element)) is None:
            report.at("RSS-BUILT", _DOCUMENT, element)
    _strangers(channel, _IN_CHANNEL, report)
    _items(channel, report)


def _items(channel: Any, report: Report) -> None:
    items = channel.findall("item")
    if not items:
        report.at("RSS-EMPTY", _DOCUMENT, channel)
    built = _instant(_said(channel, "lastBuildDate"))
    seen: set[tuple[str, str]] = set()
    for item in items:
        _item(item, built, report)
        for name, code in (("guid", "RSS-GUID-TWICE"), ("link", "RSS-LINK-TWICE")):
            said = _said(item, name)
            if said and (name, said) in seen:
                report.at(code, _DOCUMENT, item.find(name))
            seen.add((name, said))


def _item(item: Any, built: datetime | None, report: Report) -> None:
    for name in _ONCE:
        if len(found := item.findall(name)) > 1:
            report.at("RSS-ONCE", _DOCUMENT, found[1], message=local(found[1]))
    if not _said(item, "guid"):
        report.at("RSS-GUID", _DOCUMENT, item)
    elif item.find("guid").get("isPermaLink") != "false" and not host_of(_said(item, "guid")):
        report.at("RSS-GUID-ADDRESS", _DOCUMENT, item.find("guid"), "isPermaLink")
    if not _said(item, "title"):
        report.at("RSS-TITLE", _DOCUMENT, item)
    _dates(item, built, report)
    _described(item, report)
    _files(item, report)
    _strangers(item, _IN_ITEM, report)


def _dates(item: Any, built: datetime | None, report: Report) -> None:
    said = _said(item, "pubDate")
    if not said:
        report.at("RSS-DATE", _DOCUMENT, item)
        return
    element = item.find("pubDate")
    at = _instant(said)
    if at is None:
        report.at("RSS-DATE-FORM", _DOCUMENT, element)
        return
    if said[:3] in _DAYS and said[:3] != _DAYS[at.weekday()]:
        report.at("RSS-DATE-DAY", _DOCUMENT, element)
    if at < _LAW:
        report.at("RSS-DATE-LAW", _DOCUMENT, element)
    if built is not None and at > built:
        report.at("RSS-DATE-FUTURE", _DOCUMENT, element)


def _described(item: Any, report: Report) -> None:
    """Dublin Core: who publishes, on what terms, in what format."""
    _worded(item, "publisher", "RSS-PUBLISHER", "RSS-PUBLISHER-FORM", _PUBLISHER, report)
    _worded(item, "accessRights", "RSS-ACCESS", "RSS-ACCESS-WORD", _ACCESS, report)
    _worded(item, "format", "RSS-FORMAT", "RSS-FORMAT-FORM", _MEDIA_TYPE, report)
    if _said(item, f"{{{DCTERMS}}}format").lower() == _UNKNOWN:
        report.at("RSS-FORMAT-UNKNOWN", _DOCUMENT, item.find(f"{{{DCTERMS}}}format"))
    if not _said(item, f"{{{DCTERMS}}}creator"):
        report.at("RSS-CREATOR", _DOCUMENT, item)
    for one in item.findall(f"{{{DCTERMS}}}license"):
        if not _URI.fullmatch(_text(one)):
            report.at("RSS-LICENCE", _DOCUMENT, one)
    for one in (element for name in _TYPED for element in item.findall(name)):
        if not (one.get(f"{{{XSI}}}type") or "").strip():
            report.at("RSS-TYPED", _DOCUMENT, one, message=local(one))
    for one in (*item.findall("category"), *item.iter(f"{{{MEDIA}}}category")):
        report.at("RSS-CATEGORY", _DOCUMENT, one)


def _worded(item: Any, term: str, missing: str, wrong: str, form: re.Pattern[str], report: Report) -> None:
    """A Dublin Core term that every item has, in its form."""
    name = f"{{{DCTERMS}}}{term}"
    said = _said(item, name)
    if not said:
        report.at(missing, _DOCUMENT, item)
    elif not form.fullmatch(said):
        report.at(wrong, _DOCUMENT, item.find(name))


def _files(item: Any, report: Report) -> None:
    """What KB fetches: ``link`` and every ``media:content``."""
    link = _said(item, "link")
    if not link:
        report.at("RSS-LINK", _DOCUMENT, item)
    elif not host_of(link):
        report.at("RSS-LINK-FORM", _DOCUMENT, item.find("link"))
    elif social(link):
        report.at("RSS-LINK-SOCIAL", _DOCUMENT, item.find("link"))
    elif inside(link):
        report.at("RSS-INSIDE", _DOCUMENT, item.find("link"))
    seen = {link}
    contents = list(item.iter(f"{{{MEDIA}}}content"))
    for one in contents:
        _content(one, item, seen, report)
        seen.add(_attribute(one, "url"))
    kinds = {_said(item, f"{{{DCTERMS}}}format").lower(), *(_attribute(one, "type").lower() for one in contents)}
    if PAGE in kinds and kinds <= _NO_FILM:
        report.at("RSS-FILE", _DOCUMENT, item)


def _content(content: Any, item: Any, seen: set[str], report: Report) -> None:
    parent = content.getparent()
    if parent is not item and not (parent.tag == f"{{{MEDIA}}}group" and parent.getparent() is item):
        report.at("RSS-MEDIA-PLACE", _DOCUMENT, content)
    address = _attribute(content, "url")
    if not host_of(address):
        report.at("RSS-MEDIA-URL", _DOCUMENT, content, "url")
    elif social(address):
        report.at("RSS-MEDIA-SOCIAL", _DOCUMENT, content, "url")
    elif address in seen:
        report.at("RSS-MEDIA-TWICE", _DOCUMENT, content, "url")
    elif inside(address):
        report.at("RSS-INSIDE", _DOCUMENT, content, "url")
    if not _MEDIA_TYPE.fullmatch(_attribute(content, "type")):
        report.at("RSS-MEDIA-TYPE", _DOCUMENT, content, "type")


def _strangers(parent: Any, known: frozenset[str], report: Report) -> None:
    for element in _elements(parent):
        if element.tag not in known:
            report.at("RSS-ELEMENT", _DOCUMENT, element, message=local(element))


def _elements(parent: Any) -> Iterator[Any]:
    return (one for one in parent if isinstance(one.tag, str))


def _said(parent: Any, name: str) -> str:
    element = parent.find(name)
    return "" if element is None else _text(element)


def _attribute(element: Any, name: str) -> str:
    return (element.get(name) or "").strip()


def _text(element: Any) -> str:
    return str(element.xpath("string()")).strip()


def _instant(text: str) -> datetime | None:
    """The instant that an RFC 822 date names, in its own zone; None when it is no such date."""
    if not _DATE.fullmatch(text):
        return None
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
