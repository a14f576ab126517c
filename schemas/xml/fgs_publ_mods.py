"""MODS of a publication for KB, by "MODS enligt FGS-PUBL": the bibliographic part of ``sip.xml``.

KB's schema exists in two editions. That of XML Schema 1.1 asks for five things (identifier, location, date, title,
access) in any order; that of 1.0 asks for less, but fixes the order inside some elements. What is written here keeps
both. KB makes a record in Libris of it, so nothing stands here that a catalogue should not show.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final
from urllib.parse import quote

from schemas.calendar import ZONE
from schemas.deposit import Part, Resource
from schemas.ids import utc
from schemas.refusal import RefusedError
from schemas.xml.lines import Lines

MODS: Final = "http://www.loc.gov/mods/v3"
TYPES_OF_RESOURCE: Final = (
    "text",
    "cartographic",
    "notated music",
    "sound recording-musical",
    "sound recording-nonmusical",
    "sound recording",
    "still image",
    "moving image",
    "three dimensional object",
    "software, multimedia",
    "mixed material",
)
ACCESS: Final = ("gratis", "restricted")
"""Words of accessibility (R107)."""
ADDRESS: Final = re.compile(r"(https?|ftps?)://\S+")
"""An address that KB takes (R102)."""
SHORTEST: Final = 10
"""Characters that an address has at least (R102)."""
_LANGUAGE: Final = re.compile(r"[a-z]{3}")
_LANGUAGE_TAG: Final = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_KEPT: Final = "/?:@!$&'()*+,;=-._~%"


def check_resource(resource: Resource) -> None:
    """Raises RefusedError: one of KB's five mandatory elements cannot be written, or a word is not in its lists."""
    for field, text, remedy in (
        ("identifier", resource.identifier, "give the publication an identifier of our own (R101)"),
        ("title", resource.title, "give the publication a title"),
        ("publisher", resource.publisher, "name the publisher"),
    ):
        if not text.strip():
            raise RefusedError(field, "", remedy)
    if not resource.locations:
        raise RefusedError("locations", "", "give an address where the public finds it (R102)")
    for one in resource.locations:
        if ADDRESS.fullmatch(one) is None or len(one) < SHORTEST:
            raise RefusedError("locations", "…", "give whole addresses, https://… without blanks (R102)")
    if resource.access not in ACCESS:
        raise RefusedError("access", resource.access, "use gratis or restricted (R107)")
    if resource.language and _LANGUAGE.fullmatch(resource.language) is None:
        raise RefusedError("language", "…", "use a code of ISO 639-2/B, such as swe")
    if resource.type_of_resource and resource.type_of_resource not in TYPES_OF_RESOURCE:
        raise RefusedError("type_of_resource", "…", f"use one of {', '.join(TYPES_OF_RESOURCE)}")


def write_mods(lines: Lines, resource: Resource) -> None:
    """The whole publication. ``check_resource`` is to be asked first."""
    lines.open("mods:mods")
    lines.leaf("mods:identifier", resource.identifier, {"type": "local"})
    if resource.file:
        lines.leaf("mods:identifier", resource.file, {"type": "uri"})
    _locations(lines, resource)
    lines.open("mods:originInfo")
    lines.leaf("mods:publisher", resource.publisher)
    lines.leaf("mods:dateIssued", issued(resource.available), {"encoding": "w3cdtf"})
    lines.close("mods:originInfo")
    lines.leaf("mods:accessCondition", resource.access)
    if resource.licence:
        lines.leaf("mods:accessCondition", resource.licence, {"type": "use and reproduction"})
    _title(lines, resource.title)
    _publisher(lines, resource.publisher)
    if resource.type_of_resource:
        lines.leaf("mods:typeOfResource", resource.type_of_resource)
    if resource.genre:
        lines.leaf("mods:genre", resource.genre, {"authority": "marcgt"})
    if resource.language:
        _language(lines, resource.language)
    if resource.abstract.strip():
        lines.leaf("mods:abstract", resource.abstract)
    if resource.password:
        # 11 § 3: what is needed to take part of the content. The file itself is delivered open.
        lines.leaf("mods:note", f"Lösenord som allmänheten behövde: {resource.password}", {"type": "system details"})
    _relations(lines, resource)
    lines.close("mods:mods")


def write_supplement(lines: Lines, part: Part) -> None:
    """A supplement as a part of the publication, as KB's example describes its cover: what it is, in which language."""
    lines.open("mods:relatedItem", {"type": "constituent"})
    _title(lines, f"Undertexter ({part.language})")
    _language(lines, part.language)
    lines.close("mods:relatedItem")


def issued(moment: datetime) -> str:
    """W3CDTF with time and zone, in Swedish civil time: ``2026-03-29T12:00:00+02:00``.

    A moment at the edges of the calendar, or of a time when the zone's offset had seconds, is told in UTC.
    """
    given = utc(moment, "available").replace(microsecond=0)
    try:
        local = given.astimezone(ZONE)
    except OverflowError:
        return given.isoformat()
    offset = local.utcoffset()
    whole = offset is not None and offset.total_seconds() % 60 == 0
    return (local if whole else given).isoformat()


def _locations(lines: Lines, resource: Resource) -> None:
    lines.open("mods:location")
    for number, one in enumerate(dict.fromkeys(resource.locations)):
        lines.leaf("mods:url", address(one), {} if number else {"usage": "primary"})
    lines.close("mods:location")


def address(text: str) -> str:
    """The address with everything that no address may hold percent-encoded; KB's schema takes it as ``xs:anyURI``."""
    scheme, _, rest = text.partition("://")
    host = re.split("[/?#]", rest, maxsplit=1)[0]
    path, hash_, fragment = rest[len(host) :].partition("#")
    return f"{scheme}://{host}{_quoted(path)}{hash_}{_quoted(fragment)}"


def _quoted(text: str) -> str:
    return quote(re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", text), safe=_KEPT, errors="surrogatepass")


def _title(lines: Lines, text: str) -> None:
    lines.open("mods:titleInfo")
    lines.leaf("mods:title", text)
    lines.close("mods:titleInfo")


def _publisher(lines: Lines, name: str) -> None:
    lines.open("mods:name", {"type": "corporate"})
    lines.leaf("mods:namePart", name)
    lines.open("mods:role")
    lines.leaf("mods:roleTerm", "pbl", {"type": "code", "authority": "marcrelator"})
    lines.close("mods:role")
    lines.close("mods:name")


def _language(lines: Lines, code: str) -> None:
    """``swe`` is a code of ISO 639-2/B; captions may say ``sv-SE``, a tag of RFC 5646."""
    authority = "iso639-2b" if _LANGUAGE.fullmatch(code) else "rfc5646" if _LANGUAGE_TAG.fullmatch(code) else ""
    lines.open("mods:language")
    said = {"authority": authority, "type": "code"} if authority else {"type": "text"}
    lines.leaf("mods:languageTerm", code, said)
    lines.close("mods:language")


def _relations(lines: Lines, resource: Resource) -> None:
    """Services that show it, other material that it belongs to (11 § 4), and the version that it replaces."""
    for host in resource.hosts:
        lines.open("mods:relatedItem", {"type": "host"})
        if host.address.strip():
            lines.leaf("mods:identifier", host.address, {"type": "uri"})
        if host.name.strip():
            _title(lines, host.name)
        lines.close("mods:relatedItem")
    for one in dict.fromkeys(filter(str.strip, resource.related)):
        _related(lines, "references", one, "uri")
    if resource.replaces.strip():
        _related(lines, "otherVersion", resource.replaces, "local")


def _related(lines: Lines, relation: str, identifier: str, kind: str) -> None:
    lines.open("mods:relatedItem", {"type": relation})
    lines.leaf("mods:identifier", identifier, {"type": kind})
    lines.close("mods:relatedItem")
