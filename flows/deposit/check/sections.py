"""Rules about descriptive metadata: that there are some, and what MODS says of the publication (R101–R108)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from flows.deposit.check.document import MODS, Document, text
from flows.keep.check.values import METS
from schemas.xml.fgs_publ_mods import ACCESS, ADDRESS, SHORTEST, TYPES_OF_RESOURCE

_DATE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,12})?)?(?:Z|[+-](\d\d):(\d\d)))?)?)?"
)
"""W3CDTF: a time of day has its zone."""
_MEDIA_TYPE = re.compile(r"[a-z0-9+-]+/[a-z0-9.:_+-]+")
_LANGUAGE = re.compile(r"[a-z]{3}")
_AUTHORITIES: Final = frozenset({"rfc3066", "iso639-2b", "iso639-3", "rfc4646", "rfc5646"})
_ACCESS_TYPES: Final = frozenset({"use and reproduction", "restriction on access"})
_USAGES: Final = frozenset({"primary", "primary display"})
_RELATIONS: Final = frozenset(
    {
        *("preceding", "succeeding", "original", "host", "constituent", "series"),
        *("otherVersion", "otherFormat", "isReferencedBy", "references", "reviewOf"),
    }
)


def check_sections(document: Document) -> None:
    """Every ``dmdSec``, and the one publication that they describe. Further ones may describe parts of it."""
    wrong = document.wrong
    sections = document.children(document.root, "dmdSec")
    if not sections:
        wrong("KB-DMDSEC", document.root)
    publications = []
    for one in sections:
        if not one.get("ID", "").strip():
            wrong("KB-DMDSEC-ID", one, "ID")
        publications += _wrapped(document, one)
    if sections and not publications:
        wrong("KB-MODS", sections[0])
    for one in publications[1:]:
        wrong("KB-MODS-MANY", one)
    for one in publications:
        _publication(document, one)
    for element in document.root.iterfind(f"{METS}dmdSec/{METS}mdWrap/{METS}xmlData//{MODS}*"):
        _anywhere(document, element)


def _wrapped(document: Document, section: Any) -> list[Any]:
    """Publications in a section: elements ``mods:mods``."""
    wraps = document.children(section, "mdWrap")
    if not wraps:
        if not document.children(section, "mdRef"):
            document.wrong("KB-MDWRAP", section)
        return []
    found = []
    for wrap in wraps:
        if wrap.get("MDTYPE") != "MODS":
            document.wrong("KB-MDTYPE", wrap, "MDTYPE")
        held = document.children(wrap, "xmlData")
        if len(held) != 1 or len(held[0]) == 0:
            document.wrong("KB-MDWRAP", wrap)
        found += [one for data in held for one in data.findall(f"{MODS}mods")]
    return found


_MANDATORY: Final = (
    ("R101", "identifier"),
    ("R102", "location/url"),
    ("KB-DATEISSUED", "originInfo/dateIssued"),
    ("KB-TITLE", "titleInfo/title"),
    ("R107", "accessCondition"),
)
"""The five that KB's schema of XML Schema 1.1 asks for."""


def _publication(document: Document, mods: Any) -> None:
    for code, way in _MANDATORY:
        if not [one for one in _found(mods, way) if code != "R107" or one.get("type") is None]:
            document.wrong(code, mods)
    urls = _found(mods, "location/url")
    if len(urls) > 1 and not any(one.get("usage") == "primary" for one in urls):
        document.wrong("KB-URL-PRIMARY", urls[0], "usage")
    for one in _found(mods, "accessCondition"):
        if one.get("type") is None and text(one) not in ACCESS:
            document.wrong("R107", one)
    _dates(document, mods)
    _relations(document, mods)


def _dates(document: Document, mods: Any) -> None:
    for one in _found(mods, "originInfo/dateIssued"):
        if one.get("encoding") != "w3cdtf":
            document.wrong("KB-DATEISSUED-ENCODING", one, "encoding")
        elif not is_w3cdtf(text(one)):
            document.wrong("KB-DATEISSUED-FORM", one)
    for info in _found(mods, "originInfo"):
        if len(_found(info, "dateIssued")) > 1:
            document.wrong("KB-DATEISSUED", info)


def _relations(document: Document, mods: Any) -> None:
    related = _found(mods, "relatedItem")
    if not any(one.get("type") == "host" for one in related):
        document.wrong("KB-HOST", mods)
    for one in related:
        if not _found(one, "identifier") and not _found(one, "titleInfo"):
            document.wrong("KB-RELATED-EMPTY", one)


def _found(element: Any, way: str) -> list[Any]:
    """Elements of MODS at a way of names from an element."""
    return list(element.findall("/".join(MODS + name for name in way.split("/"))))


def _anywhere(document: Document, element: Any) -> None:
    """What holds of an element wherever in MODS it stands."""
    rule = _RULES.get(element.tag.removeprefix(MODS))
    if rule is not None:
        for code, attribute in rule(element):
            document.wrong(code, element, attribute)


def _identifier(element: Any) -> list[tuple[str, str]]:
    return [] if text(element) else [("R101", "")]


def _url(element: Any) -> list[tuple[str, str]]:
    given = text(element)
    found = [] if ADDRESS.fullmatch(given) and len(given) >= SHORTEST else [("R102", "")]
    return found if element.get("usage", "primary") in _USAGES else [*found, ("KB-URL-WORDS", "usage")]


def _title(element: Any) -> list[tuple[str, str]]:
    return [] if text(element) else [("KB-TITLE", "")]


def _access(element: Any) -> list[tuple[str, str]]:
    return [] if element.get("type") is None or element.get("type") in _ACCESS_TYPES else [("R108", "type")]


def _related(element: Any) -> list[tuple[str, str]]:
    return [] if element.get("type") is None or element.get("type") in _RELATIONS else [("KB-RELATED", "type")]


def _media_type(element: Any) -> list[tuple[str, str]]:
    return [] if _MEDIA_TYPE.fullmatch(text(element)) else [("KB-MEDIATYPE", "")]


def _type_of_resource(element: Any) -> list[tuple[str, str]]:
    return [] if text(element) in {*TYPES_OF_RESOURCE, ""} else [("KB-TYPEOFRESOURCE", "")]


def _language(element: Any) -> list[tuple[str, str]]:
    authority = element.get("authority")
    if authority is not None and authority not in _AUTHORITIES:
        return [("KB-LANGUAGE-AUTHORITY", "authority")]
    coded = authority == "iso639-2b" or (authority is None and element.get("type") == "code")
    return [("KB-LANGUAGE", "")] if coded and _LANGUAGE.fullmatch(text(element)) is None else []


def _holding(name: str, code: str) -> Callable[[Any], list[tuple[str, str]]]:
    """An element that is nothing without another in it. A subject's titles are of another kind."""

    def rule(element: Any) -> list[tuple[str, str]]:
        parent = element.getparent()
        if element.find(MODS + name) is not None or (parent is not None and parent.tag == f"{MODS}subject"):
            return []
        return [(code, "")]

    return rule


_RULES: Final = {
    "location": _holding("url", "R102"),
    "originInfo": _holding("dateIssued", "KB-DATEISSUED"),
    "titleInfo": _holding("title", "KB-TITLE"),
    "language": _holding("languageTerm", "KB-LANGUAGE-TERM"),
    "identifier": _identifier,
    "url": _url,
    "title": _title,
    "accessCondition": _access,
    "relatedItem": _related,
    "internetMediaType": _media_type,
    "typeOfResource": _type_of_resource,
    "languageTerm": _language,
}


def is_w3cdtf(given: str) -> bool:
    """A year, month, day, or a day with time and zone, that the calendar has."""
    match = _DATE.fullmatch(given) if given.isascii() else None
    if match is None:
        return False
    year, month, day, hour, minute, second, zone_hour, zone_minute = (int(one or 0) for one in match.groups())
    try:
        datetime(year, month if match[2] else 1, day if match[3] else 1, hour, minute, second)  # noqa: DTZ001 - a form
    except ValueError:
        return False
    return zone_hour <= 14 and zone_minute < 60
