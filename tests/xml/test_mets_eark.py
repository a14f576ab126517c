"""The METS documents of an E-ARK package: valid, every MUST of the specifications, hostile values, the same bytes."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from schemas.package import Agent, Package
from schemas.text import for_xml, from_xml
from schemas.xml.mets_eark import (
    PROFILE,
    ROOT_LIMIT,
    MetsSettings,
    write_representation,
)
from tests import standards
from tests.servers.eark_validator import EarkValidator
from tests.xml.mets_documents import DESCRIBED, SETTINGS, ask, inner, root
from tests.xml.mets_musts import EVERYWHERE, NS, REPRESENTATION_ONLY, ROOT_ONLY
from tests.xml.packages import ACCESS, HARD, ORIGINAL, PACKAGE, PRESERVATION, entry, media


@pytest.mark.parametrize("requirement", [*EVERYWHERE, *ROOT_ONLY])
def test_root_meets_each_must(requirement: str) -> None:
    """The root METS meets the requirement of this id."""
    assert ask(root(DESCRIBED), {**EVERYWHERE, **ROOT_ONLY}[requirement], name=PACKAGE.name) is True


@pytest.mark.parametrize("requirement", [*EVERYWHERE, *REPRESENTATION_ONLY])
def test_representation_meets_each_must(requirement: str) -> None:
    """A representation's METS meets the requirement of this id, its OBJID being the representation's name."""
    assert ask(inner(), {**EVERYWHERE, **REPRESENTATION_ONLY}[requirement], name="original") is True


@pytest.mark.parametrize(("profile", "count"), [("E-ARK-CSIP-v2-1-0.xml", 89), ("E-ARK-SIP-v2-1-0.xml", 15)])
def test_table_knows_every_must(profile: str, count: int) -> None:
    """Every requirement that the published profile calls MUST stands in the tables above."""
    tree = etree.parse(standards.standards() / "eark" / profile)
    musts = {one.get("ID") for one in tree.iter("{*}requirement") if one.get("REQLEVEL") == "MUST"}
    assert len(musts) == count
    assert musts <= {*EVERYWHERE, *ROOT_ONLY, *REPRESENTATION_ONLY}


@pytest.mark.parametrize("package", [PACKAGE, DESCRIBED, replace(PACKAGE, preservation=(), agents=PACKAGE.agents[1:2])])
def test_documents_are_valid(package: Package) -> None:
    """Root and representation METS pass METS 1.12 with the extensions of CSIP and SIP."""
    assert standards.faults("mets-eark", root(package)) == []
    for one in package.representations:
        assert standards.faults("mets-eark", inner(one, package)) == []
        assert standards.faults("mets-eark", write_representation(package, one, (), settings=SETTINGS)) == []


@pytest.mark.parametrize("package", [PACKAGE, DESCRIBED])
def test_second_opinion(package: Package, eark_validator: EarkValidator, tmp_path: Path) -> None:
    """A validator of others (eark-validator) finds nothing in the root METS but what no right SIP can avoid."""
    folder = tmp_path / package.name
    for part in ("documentation", "schemas", "metadata/preservation", "metadata/descriptive"):
        (folder / part).mkdir(parents=True)
    (folder / "METS.xml").write_bytes(root(package))
    for one in package.representations:
        place = folder / "representations" / one.name
        (place / "data").mkdir(parents=True)
        (place / "METS.xml").write_bytes(inner(one, package))
    opinion = eark_validator.check(folder)
    assert opinion.accepted, (opinion.structure, opinion.schema, opinion.errors, opinion.crashed)


def test_should_and_may_are_there_too() -> None:
    """Status, format, former name, administrative references and archival ids are written where they are known."""
    document = root(DESCRIBED)
    assert ask(document, "string(//m:metsHdr/@LASTMODDATE)") == ask(document, "string(//m:metsHdr/@CREATEDATE)")
    assert ask(document, "string(/m:mets/@LABEL)") == PACKAGE.label  # SIP1
    assert ask(document, "string(//m:metsHdr/@RECORDSTATUS)") == "REPLACEMENT"  # SIP3
    assert [(one.get("TYPE"), one.text) for one in ask(document, "//m:altRecordID")] == [  # SIP5–8
        ("SUBMISSIONAGREEMENT", "KS 2025/12;2025-09-01"),
        ("PREVIOUSSUBMISSIONAGREEMENT", "KS 2020/1;2020-02-01"),
        ("REFERENCECODE", "SE/S0001/1/A"),
        ("PREVIOUSREFERENCECODE", "SE/S0001/0/A"),
    ]
    assert ask(document, "string(//m:dmdSec/@STATUS)") == "CURRENT"  # CSIP20
    assert ask(document, "string(//m:digiprovMD/@STATUS)") == "CURRENT"  # CSIP34
    assert ask(document, "//m:div[@LABEL='Metadata']/@ADMID = //m:digiprovMD/@ID")  # CSIP91
    assert ask(document, "//m:div[@LABEL='Metadata']/@DMDID = //m:dmdSec/@ID")  # CSIP92
    assert ask(document, "//m:fileGrp[starts-with(@USE, 'Rep')]/@csip:CONTENTINFORMATIONTYPE") == [  # CSIP62
        "OTHER",
        "citserms_v2_1",
        "MIXED",
    ]
    assert ask(document, "//m:fileGrp/@csip:OTHERCONTENTINFORMATIONTYPE") == ["bevara-record-1"]  # CSIP63
    picture = ask(inner(), "//m:file[m:FLocat/@x:href='data/media/bild-00000.jpg']")[0]
    assert dict(picture.attrib) == {
        "ID": picture.get("ID"),
        "MIMETYPE": "image/jpeg",
        "SIZE": str(ORIGINAL.entries[0].size),
        "CREATED": "2026-01-02T03:04:05.000678Z",
        "CHECKSUM": ORIGINAL.entries[0].sha256,
        "CHECKSUMTYPE": "SHA-256",
        "OWNERID": "Bild nr 0 från Årjäng.jpg",  # CSIP73
        "USE": "original",
        f"{{{NS['sip']}}}FILEFORMATNAME": "JPEG File Interchange Format",  # SIP32–35
        f"{{{NS['sip']}}}FILEFORMATVERSION": "1.01",
        f"{{{NS['sip']}}}FORMATREGISTRY": "PRONOM",
        f"{{{NS['sip']}}}FORMATREGISTRYKEY": "fmt/43",
    }
    assert ask(inner(), "//m:fileGrp/@ADMID = //m:digiprovMD/@ID")  # CSIP61


def test_agents_have_their_words() -> None:
    """Every part an agent can play has METS words of its own; software first, then the profile's order."""
    found = [
        (
            one.get("ROLE"),
            one.get("OTHERROLE"),
            one.get("TYPE"),
            one.get("OTHERTYPE"),
            one[0].text,
            [(note.get(f"{{{NS['csip']}}}NOTETYPE"), note.text) for note in one[1:]],
        )
        for one in ask(root(), "//m:agent")
    ]
    code = [("IDENTIFICATIONCODE", "ORG:212000-1892")]
    assert found == [
        ("CREATOR", None, "OTHER", "SOFTWARE", "Bevara", [("SOFTWARE VERSION", "0.1.0")]),
        ("ARCHIVIST", None, "ORGANIZATION", None, "Kommunstyrelsen i Arvika", code),
        ("CREATOR", None, "ORGANIZATION", None, "Arvika kommun", code),
        (
            *("CREATOR", None, "INDIVIDUAL", None, "Åsa Öberg"),
            [(None, "Telefon: 0570-816 00, asa@arvika.example")],
        ),
        (
            "PRESERVATION",
            None,
            "ORGANIZATION",
            None,
            "Arkivet",
            [("IDENTIFICATIONCODE", "URI:https://arkivet.example/")],
        ),
        ("IPOWNER", None, "ORGANIZATION", None, "Arvika kommun", code),
        ("EDITOR", None, "ORGANIZATION", None, "Konsult AB", []),
        (
            "OTHER",
            "PRODUCER",
            "OTHER",
            "SOFTWARE",
            "Mastodon",
            [("SOFTWARE VERSION", "4.3.2"), (None, "öppen källkod")],
        ),
    ]


def test_root_lists_everything_but_content() -> None:
    """The root's addresses are documentation, schemas, its own metadata and the representations' METS, once each."""
    found = sorted(ask(root(), "//m:FLocat/@x:href | //m:mdRef/@x:href"))
    expected = [one.path for one in (*PACKAGE.documentation, *PACKAGE.schemas, *PACKAGE.preservation)]
    expected += ["documentation/additionalPackageInfo.xml"]
    expected += [f"representations/{one.name}/METS.xml" for one in PACKAGE.representations]
    assert found == sorted(expected)
    assert sorted(ask(root(), "//m:mptr/@x:href")) == sorted(expected[-3:])


def test_representation_addresses_are_from_its_own_folder() -> None:
    """Content is in data/, PREMIS in metadata/, whether its path was given from the package's root or from here."""
    hrefs = ask(inner(), "//m:FLocat/@x:href")
    assert hrefs == [f"data/{one.path}" for one in sorted(ORIGINAL.entries, key=lambda one: one.path)]
    near = write_representation(
        PACKAGE, ORIGINAL, (entry("metadata/preservation/premis.xml", "preservation"),), settings=SETTINGS
    )
    assert ask(near, "string(//m:mdRef/@x:href)") == ask(inner(), "string(//m:mdRef/@x:href)")
    assert ask(near, "string(//m:digiprovMD/@ID)") == ask(inner(), "string(//m:digiprovMD/@ID)")


def test_documentation_without_descriptive_metadata_has_no_dmdsec() -> None:
    """Riksarkivet's package info in documentation/ is a document; in metadata/descriptive/ it is descriptive metadata."""
    assert ask(root(), "count(//m:dmdSec)") == 0
    assert ask(root(), "count(//m:fileGrp[@USE='Documentation']/m:file)") == 6
    assert ask(root(DESCRIBED), "string(//m:dmdSec/m:mdRef/@x:href)") == DESCRIBED.package_info[0].path


def test_ids_are_unique_in_the_whole_package() -> None:
    """No xml:id stands twice in the package's METS documents, and every reference finds one in its own document."""
    documents = [root(DESCRIBED), *(inner(one) for one in PACKAGE.representations)]
    ids = [found for one in documents for found in ask(one, "//@ID")]
    assert len(ids) == len(set(ids)) > 40
    for one in documents:
        own = set(ask(one, "//@ID"))
        references = " ".join(ask(one, "//@ADMID | //@DMDID | //@FILEID | //m:mptr/@x:title")).split()
        assert references
        assert own.issuperset(references)


def test_same_package_gives_the_same_bytes() -> None:
    """A rebuild is equal, also with the files in another order; another package has other ids."""
    assert root() == root()
    turned = replace(
        PACKAGE,
        documentation=PACKAGE.documentation[::-1],
        schemas=PACKAGE.schemas[::-1],
        representations=(replace(ORIGINAL, entries=ORIGINAL.entries[::-1]), PRESERVATION, ACCESS),
    )
    assert root(turned) == root()
    assert inner(turned.representations[0]) == inner()
    other = replace(PACKAGE, id=uuid.UUID(int=7))
    assert not set(ask(root(other), "//@ID")) & set(ask(root(), "//@ID"))


def test_schemas_of_the_package_are_named() -> None:
    """A schema that lies in the package is named by its way from the document, any other by its official address."""
    xsi = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
    at_root = (etree.fromstring(root()).get(xsi) or "").split()
    assert dict(zip(at_root[::2], at_root[1::2], strict=True)) == {
        NS["m"]: "schemas/mets.xsd",
        NS["x"]: "schemas/xlink.xsd",
        NS["csip"]: "https://earkcsip.dilcis.eu/schema/DILCISExtensionMETS.xsd",
        NS["sip"]: "https://earksip.dilcis.eu/schema/DILCISExtensionSIPMETS.xsd",
    }
    assert "../../schemas/mets.xsd" in (etree.fromstring(inner()).get(xsi) or "")


def test_root_stays_small() -> None:
    """With 12 schemas, 6 documents and 3 representations of 700 files the root stays under 32 KiB by far."""
    many = replace(ORIGINAL, entries=media(700))
    package = replace(
        PACKAGE,
        representations=(many, replace(many, name="second"), replace(many, name="third")),
        documentation=tuple(replace(one, description="Å" * 200) for one in PACKAGE.documentation),
    )
    assert len(root(package)) < ROOT_LIMIT * 2 / 3


def test_two_thousand_files() -> None:
    """Files are written once each, and each one adds the same number of bytes, however many there are."""
    sizes = {count: len(inner(replace(ORIGINAL, entries=media(count)))) for count in (1000, 2000, 3000)}
    assert sizes[3000] - sizes[2000] == pytest.approx(sizes[2000] - sizes[1000], rel=0.001)
    document = inner(replace(ORIGINAL, entries=media(2000)))
    assert ask(document, "count(//m:file)") == 2000
    assert len(set(ask(document, "//m:FLocat/@x:href"))) == 2000
    assert standards.faults("mets-eark", document) == []


def test_hard_values_come_back() -> None:
    """Markup, quotes, line ends and forbidden characters in names and descriptions are read back exactly."""
    found = ask(inner(), "//m:file[m:FLocat/@x:href='data/media/tom.bin']")[0]
    assert from_xml(found.get("OWNERID")) == HARD
    assert "⟦U+0000⟧" in found.get("OWNERID")
    assert from_xml(found[0].get(f"{{{NS['x']}}}title")) == HARD


ANY_TEXT = st.text(max_size=60)


@settings(max_examples=60, deadline=None)
@given(ANY_TEXT.filter(str.strip), ANY_TEXT, ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_any_text_can_be_written(name: str, label: str, agreement: str, former: str, note: str) -> None:
    """Whatever people write into a profile or a file's name, the documents are valid and give it back."""
    package = replace(
        PACKAGE,
        label=label,
        agreement=agreement,
        agents=(Agent(role="submitter", name=name, code=name), Agent(role="owner", name=name, notes=(note,))),
        representations=(replace(ORIGINAL, entries=(entry("a.bin", "original", original_name=former),)),),
    )
    whole, part = root(package), inner(package.representations[0], package)
    assert standards.faults("mets-eark", whole) == []
    assert standards.faults("mets-eark", part) == []
    assert from_xml(ask(whole, "string(/m:mets/@LABEL)")) == label
    assert from_xml(ask(whole, "string(//m:agent[@TYPE='ORGANIZATION']/m:name)")) == name
    assert from_xml(ask(part, "string(//m:file/@OWNERID)")) == former


def test_very_long_names_and_unusual_paths() -> None:
    """A name of 100,000 characters is written whole; a path that is not plain ASCII is percent-encoded."""
    odd = replace(ORIGINAL, entries=(entry("år 1/50% #1?.txt", "original", original_name="å" * 100_000),))
    document = inner(odd)
    assert standards.faults("mets-eark", document) == []
    assert ask(document, "string(//m:file/@OWNERID)") == "å" * 100_000
    written = ask(document, "string(//m:FLocat/@x:href)")
    assert re.fullmatch(r"[A-Za-z0-9/._%-]+", written)
    assert unquote(written) == "data/år 1/50% #1?.txt"


def test_settings_are_written() -> None:
    """PROFILE, TYPE, its other type and the content type are the delivery profile's."""
    chosen = MetsSettings(
        profile="https://earksip.dilcis.eu/profile/E-ARK-SIP-v2-1-0.xml",
        type="Other",
        other_type="Social media",
        content_type="OTHER",
        other_content_type="bevara",
    )
    attributes = etree.fromstring(root(chosen=chosen)).attrib
    assert attributes["PROFILE"] == chosen.profile != PROFILE
    assert attributes["TYPE"] == "Other"
    assert attributes[f"{{{NS['csip']}}}OTHERTYPE"] == "Social media"
    assert attributes[f"{{{NS['csip']}}}OTHERCONTENTINFORMATIONTYPE"] == "bevara"
    assert standards.faults("mets-eark", root(chosen=chosen)) == []
    assert f"{{{NS['csip']}}}CONTENTINFORMATIONTYPE" not in etree.fromstring(root(chosen=MetsSettings())).attrib


def test_unknown_formats_and_media_types() -> None:
    """An unknown format has no registry; a media type that is none becomes octet-stream."""
    plain = replace(
        entry("a", "original"), format=replace(entry("a", "original").format, media_type=for_xml("på\x00x"))
    )
    document = inner(replace(ORIGINAL, entries=(plain,)))
    assert ask(document, "string(//m:file/@MIMETYPE)") == "application/octet-stream"
    assert ask(document, "count(//m:file/@sip:*)") == 0
