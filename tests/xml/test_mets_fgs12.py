"""FGS Paketstruktur 1.2: valid with its extension, every file listed, the named agents, and what is refused."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any, cast

import pytest
from lxml import etree

from schemas.delivery import Access
from schemas.package import Agent, Entry, Package, Representation
from schemas.refusal import RefusedError
from schemas.text import from_xml
from schemas.xml.mets_fgs12 import PACKAGE_TYPES, PROFILE, Fgs12Settings, write_mets
from tests import standards
from tests.xml.packages import HARD, PACKAGE, entry, media

NS = {"m": "http://www.loc.gov/METS/", "x": "http://www.w3.org/1999/xlink", "e": "ExtensionMETS"}
SETTINGS = Fgs12Settings(profile=PROFILE, type="ERMS")
RICH = replace(PACKAGE, preservation=(entry("metadata/premis.xml", "preservation"),))
BARE = replace(
    RICH,
    agents=(
        Agent(role="archival-creator", name="Nämnden", code="Local:1"),
        Agent(role="submitter", name="Kommunen", code="ORG:212000-1892"),
    ),
    previous_agreement="",
    reference_code="",
    previous_reference_code="",
    first=None,
    last=None,
    archive_name="",
    restricted=False,
    restriction="",
    disposable=False,
    disposal="",
    information_class="",
    replaces="",
    representations=(),
    documentation=(),
    schemas=(),
    preservation=(),
    package_info=(),
)


def parsed(package: Package, settings: Fgs12Settings = SETTINGS) -> etree._Element:
    """The METS, read."""
    return etree.fromstring(write_mets(package, settings))


def values(root: etree._Element, path: str) -> list[str]:
    """Texts or attributes at a path."""
    return [str(one) for one in cast("list[Any]", root.xpath(path, namespaces=NS))]


def hrefs(package: Package) -> list[str]:
    """Every file that the package's METS names."""
    return values(parsed(package), "//m:FLocat/@x:href | //m:mdRef/@x:href")


@pytest.mark.parametrize("package", [RICH, BARE], ids=["everything", "nothing"])
@pytest.mark.parametrize("kind", ["ERMS", "Webpages", "Archival information"])
def test_the_document_is_valid_with_its_extension(package: Package, kind: str) -> None:
    """CSPackageMETS and its extension attributes accept a full package and one without files."""
    settings = Fgs12Settings(profile=PROFILE, type=kind, session="leverans 1", number="3", system_type="Arkivsystem")
    assert standards.faults("mets-fgs12", write_mets(package, settings)) == []


@pytest.mark.parametrize("kind", PACKAGE_TYPES)
def test_every_type_of_the_list_is_the_schemas(kind: str) -> None:
    """The words for TYPE are exactly those that the official schema takes."""
    assert standards.faults("mets-fgs12", write_mets(BARE, Fgs12Settings(type=kind))) == []


def test_every_file_is_named_once_from_the_packages_root() -> None:
    """Content lies under content/, the rest where its path says; PREMIS is metadata; the METS does not name itself."""
    expected = [f"file:///content/{one.name}/{file.path}" for one in RICH.representations for file in one.entries]
    others = (*RICH.documentation, *RICH.schemas, *RICH.package_info, *RICH.preservation)
    expected += [f"file:///{file.path}" for file in others]
    found = hrefs(RICH)
    assert sorted(found) == sorted(expected)
    assert values(parsed(RICH), "//m:mdRef/@x:href") == ["file:///metadata/premis.xml"]
    assert values(parsed(RICH), "//m:mdRef/@MDTYPE") == ["PREMIS"]


def test_a_file_says_what_it_is() -> None:
    """Size, digest, time, type, format with PRONOM key, original name and the item it belongs to."""
    (file,) = cast(
        "list[etree._Element]",
        parsed(RICH).xpath("//m:file[m:FLocat/@x:href='file:///content/original/media/bild-00001.jpg']", namespaces=NS),
    )
    given = media(3)[1]
    expected = {
        "MIMETYPE": "image/jpeg",
        "SIZE": str(given.size),
        "CREATED": "2026-01-02T03:04:05.000678Z",
        "CHECKSUM": given.sha256,
        "CHECKSUMTYPE": "SHA-256",
        "GROUPID": "202411-k3j5h2ga4l6mnqrs",
        "USE": "original",
        "{ExtensionMETS}ORIGINALFILENAME": "Bild nr 1 från Årjäng.jpg",
        "{ExtensionMETS}FILEFORMATNAME": "JPEG File Interchange Format",
        "{ExtensionMETS}FILEFORMATVERSION": "1.01",
        "{ExtensionMETS}FORMATREGISTRY": "PRONOM",
        "{ExtensionMETS}FORMATREGISTRYKEY": "fmt/43",
    }
    assert {name: value for name, value in file.attrib.items() if name != "ID"} == expected
    unknown = "//m:file[m:FLocat/@x:href='file:///content/original/media/tom.bin']"
    assert values(parsed(RICH), f"{unknown}/@MIMETYPE") == ["application/octet-stream"]
    assert not values(parsed(RICH), f"{unknown}/@e:FORMATREGISTRY")


def test_the_header_says_who_stands_behind_the_package() -> None:
    """Agents with notes, archival ids, standing, OAIS status, period, class, restriction and disposal."""
    root = parsed(RICH)
    agents = {
        "@ROLE='ARCHIVIST' and @TYPE='ORGANIZATION'": ["Kommunstyrelsen i Arvika", "ORG:212000-1892"],
        "@ROLE='ARCHIVIST' and @OTHERTYPE='SOFTWARE'": ["Mastodon", "4.3.2", "öppen källkod"],
        "@ROLE='CREATOR' and @TYPE='ORGANIZATION'": ["Arvika kommun", "ORG:212000-1892"],
        "@ROLE='CREATOR' and @TYPE='INDIVIDUAL'": ["Åsa Öberg", "Telefon: 0570-816 00", "asa@arvika.example"],
        "@ROLE='CREATOR' and @OTHERTYPE='SOFTWARE'": ["Bevara", "0.1.0"],
        "@ROLE='PRESERVATION'": ["Arkivet", "URI:https://arkivet.example/"],
        "@ROLE='IPOWNER'": ["Arvika kommun", "ORG:212000-1892"],
        "@ROLE='EDITOR'": ["Konsult AB"],
    }
    for which, wanted in agents.items():
        assert values(root, f"m:metsHdr/m:agent[{which}]/*/text()") == wanted, which
    ids = zip(*(values(root, f"m:metsHdr/m:altRecordID/{what}") for what in ("@TYPE", "text()")), strict=True)
    assert dict(ids) == {
        "SUBMISSIONAGREEMENT": "KS 2025/12;2025-09-01",
        "PREVIOUSSUBMISSIONAGREEMENT": "KS 2020/1;2020-02-01",
        "REFERENCECODE": "SE/S0001/1/A",
        "PREVIOUSREFERENCECODE": "SE/S0001/0/A",
    }
    said = {
        "@OBJID": f"UUID:{RICH.id}",
        "@TYPE": "ERMS",
        "@PROFILE": PROFILE,
        "@LABEL": RICH.label,
        "m:metsHdr/@CREATEDATE": "2026-01-02T03:04:05.000678Z",
        "m:metsHdr/@RECORDSTATUS": "REPLACEMENT",
        "m:metsHdr/@e:OAISSTATUS": "SIP",
        "m:metsHdr/@e:AGREEMENTFORM": "AGREEMENT",
        "m:metsHdr/m:metsDocumentID/text()": "sip.xml",
        "@e:STARTDATE": "2024-01-01",
        "@e:ENDDATE": "2024-12-31",
        "@e:ARCHIVALNAME": "Kommunstyrelsens arkiv",
        "@e:INFORMATIONCLASS": "1.2.3",
        "@e:APPRAISAL": "Yes",
        "@e:ACCESSRESTRICT": "Secrecy",
    }
    for path, value in said.items():
        assert values(root, path) == [value], path


def test_words_that_no_attribute_holds_stand_as_comments() -> None:
    """The words of restriction and disposal, and which package this one replaces, are in the document too."""
    texts = values(parsed(RICH), "//m:mdWrap[@OTHERMDTYPE='COMMENT']/m:xmlData/*/text()")
    assert texts == [RICH.restriction, RICH.disposal, RICH.replaces]
    assert not values(parsed(BARE), "//m:amdSec")


@pytest.mark.parametrize(
    ("words", "chosen", "expected"),
    [
        ("Sekretess enligt OSL", None, "Secrecy"),
        ("(OSL 21:1)", None, "Secrecy"),
        ("Personuppgifter", None, "GDPR"),
        ("Personuppgifter i Oslo", None, "GDPR"),
        ("", None, "GDPR"),
        ("Personuppgifter", "Secrecy and PuL", "Secrecy and PuL"),
    ],
)
def test_a_restricted_package_says_how(words: str, chosen: Access | None, expected: str) -> None:
    """Secrecy where the words name it, else personal data, unless the profile chooses a word."""
    package = replace(RICH, restriction=words)
    root = parsed(package, replace(SETTINGS, access=chosen))
    assert values(root, "@e:ACCESSRESTRICT") == [expected]
    assert not values(parsed(replace(package, restricted=False)), "@e:ACCESSRESTRICT")


def test_bevara_is_the_source_system_unless_another_is_named() -> None:
    """What nobody else is said to be the source of, Bevara harvested."""
    names = values(parsed(BARE), "//m:agent[@ROLE='ARCHIVIST'][@OTHERTYPE='SOFTWARE']/*/text()")
    assert names == ["Bevara", "0.1.0"]


def test_every_reference_leads_somewhere() -> None:
    """The structure names every file and metadata section once, ids are unique, descriptions are shown."""
    root = parsed(RICH)
    ids = values(root, "//@ID")
    assert len(ids) == len(set(ids))
    assert values(root, "//m:fptr/@FILEID") != []
    assert sorted(values(root, "//m:fptr/@FILEID")) == sorted(values(root, "//m:file/@ID"))
    assert values(root, "//m:structMap//@ADMID") == values(root, "//m:digiprovMD/@ID")
    assert HARD in [from_xml(label) for label in values(root, "//m:div[@TYPE='file']/@LABEL")]


def test_hostile_words_are_written_visibly_and_come_back() -> None:
    """Markup, quotes, line ends and forbidden characters in any word of a package come back as they were."""
    package = replace(
        RICH,
        label=HARD,
        agents=(*RICH.agents[:1], replace(RICH.agents[1], name=HARD, notes=(HARD,)), RICH.agents[-1]),
        agreement=HARD,
        restriction=HARD * 3000,
        archive_name=HARD,
        information_class=HARD,
    )
    data = write_mets(package, SETTINGS)
    assert standards.faults("mets-fgs12", data) == []
    root = etree.fromstring(data)
    places = "@LABEL | @e:ARCHIVALNAME | @e:INFORMATIONCLASS | //m:agent[@ROLE='CREATOR']/m:*/text() | //m:altRecordID/text()"
    assert [from_xml(value) for value in values(root, places)].count(HARD) == 6
    assert from_xml(values(root, "//m:rightsMD[@ID='amd-atkomst']//m:xmlData/*/text()")[0]) == HARD * 3000


def test_the_order_in_which_files_were_given_does_not_matter() -> None:
    """The same files give the same bytes."""
    shuffled = random.Random(7)

    def mixed(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        return tuple(shuffled.sample(entries, len(entries)))

    package = replace(
        RICH,
        representations=tuple(replace(one, entries=mixed(one.entries)) for one in RICH.representations),
        schemas=mixed(RICH.schemas),
        documentation=mixed(RICH.documentation),
    )
    assert package != RICH
    assert write_mets(package, SETTINGS) == write_mets(RICH, SETTINGS)


def test_two_thousand_files_are_listed() -> None:
    """A large package is listed whole and valid."""
    files = Representation(name="original", content_type="OTHER", entries=media(2000))
    package = replace(RICH, representations=(files,))
    data = write_mets(package, SETTINGS)
    assert standards.faults("mets-fgs12", data) == []
    assert len(values(etree.fromstring(data), "//m:file[@USE='original']")) == 2000


@pytest.mark.parametrize(
    ("package", "settings", "field"),
    [
        (replace(RICH, agents=RICH.agents[1:]), SETTINGS, "agent: archival-creator"),
        (replace(BARE, agents=BARE.agents[:1]), SETTINGS, "agent: submitter"),
        (replace(BARE, agents=(replace(BARE.agents[0], code=""), BARE.agents[1])), SETTINGS, "agent: archival-creator"),
        (replace(BARE, agents=(*BARE.agents, Agent(role="source-system", name="X"))), SETTINGS, "agent: source-system"),
        (replace(BARE, software=""), SETTINGS, "agent: source-system"),
        (replace(RICH, agreement=""), SETTINGS, "agreement"),
        (RICH, replace(SETTINGS, type="Datasets"), "type"),
        (RICH, replace(SETTINGS, profile=""), "profile"),
        (RICH, replace(SETTINGS, mets_name="../sip.xml"), "mets_name"),
    ],
)
def test_what_the_profile_demands_is_asked_for(package: Package, settings: Fgs12Settings, field: str) -> None:
    """Three named agents with notes, an agreement, a type of the list and a profile: each missing one is refused."""
    with pytest.raises(RefusedError) as refused:
        write_mets(package, settings)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "path",
    ["../x.xml", "/x.xml", "a/../../x.xml", "a\\x.xml", "å.xml", "x y.xml", "a%2fb.xml", "", "sip.xml", "SIP.xml"],
)
def test_paths_that_are_not_plain_or_not_their_own_are_refused(path: str) -> None:
    """A path that leaves the package, needs escaping, or is the METS itself is refused."""
    with pytest.raises(RefusedError, match="path"):
        write_mets(replace(RICH, documentation=(entry(path, "documentation"),)), SETTINGS)


def test_two_files_of_one_path_are_refused() -> None:
    """Also when only the case differs: some systems would write one over the other."""
    twice = (entry("documentation/a.txt", "documentation"), entry("documentation/A.txt", "documentation"))
    with pytest.raises(RefusedError, match="of its own"):
        write_mets(replace(RICH, documentation=twice), SETTINGS)
