"""``sip.xml`` for KB: valid by its schemas, complete without them, repeatable, and refused where KB would refuse it."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from schemas.deposit import Resource
from schemas.package import Format
from schemas.refusal import RefusedError
from schemas.text import from_xml
from schemas.xml.fgs_publ import PROFILE, Head, write_sip
from schemas.xml.fgs_publ_mods import address, issued
from tests import standards
from tests.xml.packages import HARD
from tests.xml.publications import BARE, HEAD, MADE, PDF, PLAIN, RICH, SALT, VTT, part

NS: Final = {
    "m": "http://www.loc.gov/METS/",
    "o": "http://www.loc.gov/mods/v3",
    "x": "http://www.w3.org/1999/xlink",
    "p": "http://www.loc.gov/premis/v3",
}
ADDING: Final = replace(RICH, status="SUPPLEMENT", parts=(part("film.vtt", "supplement", VTT, language="sv-SE"),))


def values(resource: Resource, path: str, head: Head = HEAD) -> list[str]:
    """Texts or attributes at a path of the document."""
    root = etree.fromstring(write_sip(head, resource, MADE, SALT))
    return [str(one) for one in cast("list[Any]", root.xpath(path, namespaces=NS))]


@pytest.mark.parametrize("resource", [RICH, BARE, PLAIN, ADDING], ids=["rich", "bare", "plain", "adding"])
def test_valid_by_the_schemas_of_kb(resource: Resource) -> None:
    """METS, the MODS and PREMIS in it, and MODS by itself pass KB's schemas, for rich, poor and adding packages."""
    written = write_sip(HEAD, resource, MADE, SALT)
    assert standards.faults("mets-kb", written) == []
    root = etree.fromstring(written)
    pieces = cast("list[Any]", root.xpath("//m:dmdSec//m:xmlData/*", namespaces=NS))
    assert pieces
    for one in pieces:
        assert standards.faults("mods-kb", etree.tostring(one)) == []


@settings(max_examples=60, deadline=None)
@given(title=st.text(min_size=1).filter(str.strip), password=st.text(), query=st.text(max_size=30))
def test_any_text_at_all_stays_valid_and_comes_back(title: str, password: str, query: str) -> None:
    """Whatever a title, a password and an address hold, the document is valid and the title comes back exactly."""
    wanted = f"https://a.example/{query}"
    locations = (wanted,) if not any(one.isspace() for one in wanted) else ("https://a.example/",)
    resource = replace(RICH, title=title, password=password, locations=locations)
    assert standards.faults("mets-kb", write_sip(HEAD, resource, MADE, SALT)) == []
    assert [from_xml(one) for one in values(resource, "//o:mods/o:titleInfo/o:title/text()")] == [title]


def test_the_five_mandatory_elements() -> None:
    """Identifier, address, date, title and access stand there, the primary address first, the date in Swedish time."""
    assert values(RICH, "//o:mods/o:identifier[@type='local']/text()") == ["bevara-12-1"]
    assert values(RICH, "//o:mods/o:identifier[@type='uri']/text()") == ["https://www.kommun.example/film.mp4"]
    urls = values(RICH, "//o:location/o:url/text()")
    assert urls == ["https://film.example/visa/1?a=1&b=%C3%A5#t=3", "https://www.kommun.example/filmer/%C3%A5%20%C3%A4"]
    assert values(RICH, "//o:location/o:url[@usage='primary']/text()") == urls[:1]
    assert values(RICH, "//o:dateIssued[@encoding='w3cdtf']/text()") == ["2026-03-29T01:30:00+01:00"]
    assert [from_xml(one) for one in values(RICH, "//o:mods/o:titleInfo/o:title/text()")] == [HARD]
    assert values(RICH, "//o:accessCondition[not(@type)]/text()") == ["gratis"]
    assert values(BARE, "//o:accessCondition/text()") == ["restricted"]


def test_everything_else_that_is_known() -> None:
    """Licence, language, genre, publisher, host, relations, the version replaced, and the password stand in MODS."""
    assert values(RICH, "//o:accessCondition[@type='use and reproduction']/text()") == [RICH.licence]
    assert values(RICH, "//o:mods/o:language/o:languageTerm[@authority='iso639-2b'][@type='code']/text()") == ["swe"]
    assert values(RICH, "//o:genre[@authority='marcgt']/text()") == ["videorecording"]
    assert values(RICH, "//o:typeOfResource/text()") == ["moving image"]
    assert values(RICH, "//o:originInfo/o:publisher/text()") == ["Kommunen"]
    assert values(RICH, "//o:name[o:role/o:roleTerm='pbl']/o:namePart/text()") == ["Kommunen"]
    host = "//o:relatedItem[@type='host']"
    assert values(RICH, f"{host}/o:identifier[@type='uri']/text()") == ["https://film.example"]
    assert values(RICH, f"{host}/o:titleInfo/o:title/text()") == ["Film & <b>video</b>"]
    assert values(RICH, "//o:relatedItem[@type='references']/o:identifier/text()") == list(RICH.related)
    assert values(RICH, "//o:relatedItem[@type='otherVersion']/o:identifier/text()") == ["bevara-12-0"]
    assert values(RICH, "//o:note/text()") == ["Lösenord som allmänheten behövde: hemligt <&>"]
    assert [from_xml(one) for one in values(RICH, "//o:mods/o:abstract/text()")] == [HARD]


def test_nothing_is_said_that_is_not_known() -> None:
    """A publication of which only the mandatory is known has no empty elements and none that were made up."""
    root = etree.fromstring(write_sip(HEAD, BARE, MADE, SALT))
    names = {etree.QName(one).localname for one in root.iterfind(".//o:mods//*", NS)}
    wanted = {"identifier", "location", "url", "originInfo", "publisher", "dateIssued", "accessCondition", "title"}
    assert names == wanted | {"titleInfo", "name", "namePart", "role", "roleTerm"}


def test_head_and_root() -> None:
    """Id, profile, state, time, three agents with their addresses, and the three ids of the delivery."""
    assert values(RICH, "@OBJID") == [RICH.id]
    assert values(RICH, "@PROFILE") == [PROFILE]
    assert values(RICH, "@TYPE") == ["SIP"]
    assert values(RICH, "m:metsHdr/@RECORDSTATUS") == ["REPLACEMENT"]
    assert values(RICH, "m:metsHdr/@CREATEDATE") == ["2026-11-22T10:00:00Z"]
    archivist = "m:metsHdr/m:agent[@ROLE='ARCHIVIST'][@TYPE='ORGANIZATION']"
    assert values(RICH, f"{archivist}/m:name/text()") == [HEAD.archivist]
    assert values(RICH, f"{archivist}/m:note/text()") == [f"URI:{HEAD.archivist_uri}"]
    assert values(RICH, "m:metsHdr/m:agent[@ROLE='CREATOR']/m:note/text()") == [f"URI:{HEAD.creator_uri}"]
    assert values(RICH, "m:metsHdr/m:agent[@OTHERTYPE='SOFTWARE']/m:name/text()") == ["Bevara"]
    wanted = {"DELIVERYTYPE": "DEPOSIT", "DELIVERYSPECIFICATION": HEAD.specification}
    for kind, said in (wanted | {"SUBMISSIONAGREEMENT": HEAD.agreement}).items():
        assert values(RICH, f"m:metsHdr/m:altRecordID[@TYPE='{kind}']/text()") == [said]
    agreed = replace(HEAD, delivery_type="AGREEMENT")
    assert values(RICH, "m:metsHdr/m:altRecordID[1]/text()", agreed) == ["AGREEMENT"]


def test_files_say_what_they_are() -> None:
    """Every file has type, size, time, SHA-256, and format with PRONOM; MD5 and the old name stand in PREMIS."""
    film = "//m:file[m:FLocat/@x:href='file:film.mp4']"
    assert values(RICH, f"{film}/@MIMETYPE") == ["video/mp4"]
    assert values(RICH, f"{film}/@SIZE") == ["4"]
    assert values(RICH, f"{film}/@USE") == ["MPEG-4 Media File;PRONOM:fmt/199"]
    assert values(RICH, f"{film}/@CHECKSUM") == [RICH.parts[0].digest]
    assert values(RICH, f"{film}/@CHECKSUMTYPE") == ["SHA-256"]
    technical = values(RICH, f"{film}/@ADMID")[0]
    assert values(RICH, f"//m:techMD[@ID='{technical}']//p:messageDigest/text()") == [
        RICH.parts[0].md5,
        RICH.parts[0].digest,
    ]
    assert values(RICH, f"//m:techMD[@ID='{technical}']//p:originalName/text()") == ["Årets film.mp4"]
    pdf = replace(BARE, parts=(part("film.mp4", found=PDF),))
    assert values(pdf, "//m:file/@USE") == ["Acrobat PDF, portable;1.7;PRONOM:fmt/276"]
    unknown = replace(BARE, parts=(part("okand.bin", found=Format()),))
    assert values(unknown, "//m:file/@USE") == ["application/octet-stream"]


def test_the_map_tells_the_parts_apart() -> None:
    """The film is the publication, captions a supplement with its language, the picture a cover; none is left out."""
    ids = {values(RICH, f"//m:file[m:FLocat/@x:href='file:{one.name}']/@ID")[0]: one.role for one in RICH.parts}
    for name, role in ids.items():
        assert values(RICH, f"m:structMap/m:div[@TYPE='files']/m:div[m:fptr/@FILEID='{name}']/@TYPE") == [role]
    described = values(RICH, "//m:div[@TYPE='supplement']/@DMDID")[0]
    assert values(RICH, f"m:dmdSec[@ID='{described}']//o:languageTerm/text()") == ["swe"]
    assert values(RICH, "//m:div[@TYPE='publication']/@DMDID") == values(RICH, "m:dmdSec[1]/@ID")
    assert values(ADDING, "//m:div[@TYPE='publication']") == []
    assert values(ADDING, "//m:div[@TYPE='files']/@DMDID") == values(ADDING, "m:dmdSec[1]/@ID")
    assert values(ADDING, "m:dmdSec[2]//o:languageTerm/@authority") == ["rfc5646"]


def test_the_same_resource_gives_the_same_bytes() -> None:
    """Whatever the order of the files, the document is the same; another salt gives another."""
    parts = list(RICH.parts)
    first = write_sip(HEAD, RICH, MADE, SALT)
    for seed in range(5):
        random.Random(seed).shuffle(parts)
        assert write_sip(HEAD, replace(RICH, parts=tuple(parts)), MADE, SALT) == first
    other = write_sip(HEAD, RICH, MADE, "ab" * 32)
    assert other != first
    assert other.replace(b"ab" * 32, SALT.encode()) == first


def test_a_salt_cannot_break_the_document() -> None:
    """A salt of anything but letters and digits is refused."""
    for salt in ("", "--><x/>", "a b", "å", "a" * 129):
        with pytest.raises(ValueError, match="salt"):
            write_sip(HEAD, RICH, MADE, salt)


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("identifier", {"identifier": " "}),
        ("title", {"title": "\n\t"}),
        ("publisher", {"publisher": ""}),
        ("locations", {"locations": ()}),
        ("locations", {"locations": ("javascript:alert(1)",)}),
        ("locations", {"locations": ("https://a.example", "https://b.example/a b")}),
        ("locations", {"locations": ("http://a",)}),
        ("access", {"access": "free"}),
        ("language", {"language": "sv"}),
        ("type_of_resource", {"type_of_resource": "film"}),
        ("parts", {"parts": ()}),
        ("parts", {"parts": (part("film.vtt", "supplement", VTT),)}),
        ("part", {"parts": (RICH.parts[0], replace(RICH.parts[1], name="FILM.mp4"))}),
        ("part", {"parts": (replace(RICH.parts[0], name="../film.mp4"),)}),
        ("part", {"parts": (replace(RICH.parts[0], name="Sip.XML"),)}),
        ("part", {"parts": (replace(RICH.parts[0], digest="00"),)}),
        ("part", {"parts": (replace(RICH.parts[0], size=-1),)}),
        ("created", {"parts": (replace(RICH.parts[0], created=datetime(2026, 1, 1)),)}),  # noqa: DTZ001 - that is it
        ("id", {"id": "a/../b"}),
    ],
)
def test_what_kb_would_refuse_is_refused(field: str, change: dict[str, Any]) -> None:
    """A missing or false value names its field and a remedy, and none of the resource's words."""
    with pytest.raises(RefusedError) as refused:
        write_sip(HEAD, replace(RICH, **change), MADE, SALT)
    assert refused.value.field == field
    assert refused.value.remedy
    assert "a.example" not in str(refused.value)
    assert HARD[:5] not in str(refused.value)


@pytest.mark.parametrize("field", ["archivist", "archivist_uri", "creator", "creator_uri", "system", "agreement"])
def test_a_head_that_lacks_something_is_refused(field: str) -> None:
    """KB assigns the agreement and the addresses; without them no package is written."""
    with pytest.raises(RefusedError, match=field):
        write_sip(replace(HEAD, **cast("dict[str, Any]", {field: ""})), RICH, MADE, SALT)


def test_the_date_keeps_its_zone() -> None:
    """Summer and winter time, both hours of the autumn night, and the edges of the calendar."""
    assert issued(datetime(2026, 3, 29, 1, tzinfo=UTC)) == "2026-03-29T03:00:00+02:00"
    assert issued(datetime(2026, 10, 25, 0, 30, tzinfo=UTC)) == "2026-10-25T02:30:00+02:00"
    assert issued(datetime(2026, 10, 25, 1, 30, tzinfo=UTC)) == "2026-10-25T02:30:00+01:00"
    assert issued(datetime(1870, 1, 1, tzinfo=UTC)) == "1870-01-01T00:00:00+00:00"
    assert issued(datetime(9999, 12, 31, 23, 59, tzinfo=UTC)) == "9999-12-31T23:59:00+00:00"
    east = timezone(timedelta(hours=9))
    assert issued(datetime(2026, 1, 1, 8, 0, 0, 5, tzinfo=east)) == "2026-01-01T00:00:00+01:00"


def test_addresses_are_made_into_such_as_a_schema_takes() -> None:
    """What no address may hold is percent-encoded; what is encoded already stays as it is."""
    assert address("https://a.example?x=[1]#a#b") == "https://a.example?x=%5B1%5D#a%23b"
    assert address("https://a.example/%C3%A5/%zz") == "https://a.example/%C3%A5/%25zz"
    assert address("https://[::1]:8080/a|b") == "https://[::1]:8080/a%7Cb"
