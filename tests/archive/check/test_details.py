"""The check in particulars: profiles, tolerance for how others write, large packages, and the official Schematron."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import BinaryIO, Literal, cast

import pytest
from lxml import etree

from flows.archive.check.examine import Checked, check_package
from flows.archive.check.levels import LEVELS
from flows.archive.check.values import MDTYPES, categories, content_types
from flows.keep.check.official import schematron
from flows.keep.check.reading import Guarded, UnreadableError, stream
from schemas.codes import eark, eark_sip, texts
from tests.archive.check import building
from tests.archive.check.breaking import both, given, gone, without
from tests.archive.check.building import CSIP, ERMS, XLINK, Built, M, Memory
from tests.standards import rule_faults, standards


def _checked(built: Built) -> Checked:
    return check_package(built.package(), standards())


def _errors(checked: Checked) -> list[str]:
    return [one.code for one in checked.findings if one.severity == "error"]


@pytest.mark.parametrize("kind", ["AIP", "DIP", "AIC"])
def test_other_packages_of_eark_are_told_by_their_kind(kind: str) -> None:
    """An AIP, DIP or AIC is checked by CSIP alone, and called what it is."""
    built = building.eark()
    for tree in built.trees.values():
        tree.find(f"{M}metsHdr").set(f"{CSIP}OAISPACKAGETYPE", kind)
        tree.set("PROFILE", "https://earkcsip.dilcis.eu/profile/E-ARK-CSIP.xml")
    gone("//m:agent[@ROLE='CREATOR'][@TYPE='ORGANIZATION']")(built)
    checked = _checked(built)
    assert checked.profile == f"E-ARK CSIP 2.1.0 ({kind})"
    assert checked.valid, checked.findings


def test_the_profile_address_that_another_validator_asks_for_is_a_warning() -> None:
    """PROFILE …-v2-1-0.xml breaks SIP2, but is told as a warning: a receiver may demand it."""
    built = building.eark()
    built.mets.set("PROFILE", "https://earksip.dilcis.eu/profile/E-ARK-SIP-v2-1-0.xml")
    checked = _checked(built)
    assert [(one.code, one.severity) for one in checked.findings] == [("SIP2", "warning")]
    assert checked.valid


def test_hrefs_as_others_write_them_are_understood() -> None:
    """``./``, percent-encoding, ``file:`` and a detour inside the package all find the file."""
    for href in ("./documentation/las.txt", "documentation/l%61s.txt", "schemas/../documentation/las.txt"):
        built = building.eark()
        given("//m:file[@ID='file-doc']/m:FLocat", f"{XLINK}href", href)(built)
        assert _checked(built).findings == (), href
    built = building.eark()
    given("//m:file[@ID='file-doc']/m:FLocat", f"{XLINK}href", "file:///documentation/las.txt")(built)
    assert _checked(built).valid


def test_names_with_and_without_percent_signs_are_found() -> None:
    """A name with å and a space is found by its encoded address, and a name that holds % by itself."""
    for name, href in (("documentation/å b.txt", "documentation/%C3%A5%20b.txt"), ("documentation/a%20b.txt",) * 2):
        built = building.eark()
        built.files[name] = built.files.pop("documentation/las.txt")
        given("//m:file[@ID='file-doc']/m:FLocat", f"{XLINK}href", href)(built)
        assert _checked(built).findings == (), name


def test_capitals_of_a_checksum_do_not_matter() -> None:
    """A checksum in capitals is the same checksum."""
    built = building.eark()
    built.all()
    one = built.find("//m:file[@ID='file-doc']")
    one.set("CHECKSUM", one.get("CHECKSUM").upper())
    assert _checked(built).findings == ()


def test_comments_and_instructions_in_mets_are_harmless() -> None:
    """Comments and processing instructions anywhere in METS are passed over."""
    built = building.eark()
    for tree in built.trees.values():
        for one in list(tree.iter(etree.Element)):
            one.insert(0, etree.Comment("kommentar"))
            one.append(etree.ProcessingInstruction("x", "y"))
    built.all()
    built.files["METS.xml"] = b"<?xml version='1.0'?>\n<!-- <!DOCTYPE x> --><?a <b?>" + etree.tostring(built.mets)
    assert check_package(Memory(built.files), standards()).findings == ()


def test_mets_in_utf16_and_with_a_byte_order_mark_is_read() -> None:
    """METS in UTF-16, and in UTF-8 with a byte order mark, is METS."""
    files = building.eark().all()
    text = files["METS.xml"].decode().replace("encoding='UTF-8'", "encoding='UTF-16'")
    for data in (text.encode("utf-16"), b"\xef\xbb\xbf" + files["METS.xml"]):
        assert check_package(Memory({**files, "METS.xml": data}), standards()).findings == ()


def test_a_representation_div_inside_the_representations_div_is_one_too() -> None:
    """Some nest the representations' divs in the div Representations; that is right as well."""
    built = building.eark()
    outer = built.find("//m:div[@LABEL='Representations']")
    outer.append(built.find("//m:div[@LABEL='Representations/rep1']"))
    assert _checked(built).findings == ()


def test_a_package_without_representation_mets_lists_its_content_itself() -> None:
    """Content listed in the package's own METS, in one div Representations, is valid."""
    built = building.eark()
    inner = built.trees.pop("representations/rep1/METS.xml")
    group = built.find("//m:fileGrp[@ID='grp-rep']")
    for one in list(group):
        group.remove(one)
    for number, one in enumerate(list(inner.iter(f"{M}file"))):
        one.set("ID", f"inner-{number}")
        locator = one.find(f"{M}FLocat")
        locator.set(f"{XLINK}href", "representations/rep1/" + locator.get(f"{XLINK}href"))
        group.append(one)
    gone("//m:div[@LABEL='Representations/rep1']")(built)
    for name in [one for one in built.files if one.startswith("representations/rep1/metadata/")]:
        del built.files[name]
    checked = _checked(built)
    assert checked.valid, checked.findings
    assert {one.code for one in checked.findings} == {"CSIPSTR12", "CSIPSTR13"}


def test_a_missing_div_for_such_content_is_csip101() -> None:
    """The same without the div Representations breaks CSIP101."""
    built = building.eark()
    both(gone("//m:div[@LABEL='Representations/rep1']"), gone("//m:div[@LABEL='Representations']"))(built)
    assert "CSIP101" in {one.code for one in _checked(built).findings}


def test_fgs12_is_known_by_its_profile_whatever_the_file_is_called() -> None:
    """mets.xml is as good as sip.xml; another name is a warning."""
    for name, codes in (("mets.xml", set()), ("paket.xml", {"FGS-METS-NAME"}), ("METS.xml", {"FGS-METS-NAME"})):
        files = building.fgs12().all()
        files[name] = files.pop("sip.xml")
        checked = check_package(Memory(files), standards())
        assert checked.profile == "FGS Paketstruktur 1.2"
        assert {one.code for one in checked.findings} == codes, name


def test_eark_mets_by_another_name_breaks_csipstr4() -> None:
    """An E-ARK package whose METS is called mets.xml breaks CSIPSTR4, and is checked all the same."""
    files = building.eark().all()
    files["mets.xml"] = files.pop("METS.xml")
    checked = check_package(Memory(files), standards())
    assert _errors(checked) == ["CSIPSTR4"]


def test_erms_is_checked_by_the_edition_that_the_representation_names() -> None:
    """The same document that is valid by one edition of ERMS is refused by the other where they differ."""
    built = building.eark()
    for one in (built.mets, built.rep, built.find("//m:fileGrp[@ID='grp-rep']"), built.find("//m:fileGrp", rep=True)):
        one.set(f"{CSIP}CONTENTINFORMATIONTYPE", "citserms_v3_0")
    newer = ERMS.replace("<objectId>1</objectId>", "<objectId>1</objectId><otherTitle>x</otherTitle>")
    built.write("representations/rep1/data/ERMS.xml", newer.encode())
    assert "BV-XSD-ERMS" in _errors(_checked(built))
    built.write("representations/rep1/data/ERMS.xml", ERMS.encode())
    assert _checked(built).findings == ()


_WRONG = (
    ('aggregationType="caseFile"', 'aggregationType="own_aggregation_definition"'),
    ('agentType="creator"><name>Kommunen', 'agentType="other"><name>Kommunen'),
    ('agentType="creator"><name>Kommunen', 'agentType="other" otherAgentType=" "><name>Kommunen'),
    ('agentType="creator"><name>Kommunen', 'agentType="other" otherAgentType="x"><name>Kommunen'),
    ('dateType="created">2026-01-02', 'dateType="Other">2026-01-02'),
    ('dateType="created">2026-01-02', 'dateType="other">2026-01-02'),
    ("<objectId>1</objectId>", '<objectId>1</objectId><restriction restrictionType="other_type"/>'),
    ("<objectId>1</objectId>", '<objectId>1</objectId><relation relationType="own_relation_definition"/>'),
    ("<objectId>1</objectId>", "<objectId>1</objectId><addressContactInformation/>"),
    ("<objectId>1</objectId>", '<objectId>1</objectId><x restrictionType="other_type" agentType="other"/>'),
    ("<control>", '<control><x directionDefinition="other"/>'),
    ("<control>", '<control classificationSchemaStatus="other">'),
)


@pytest.mark.parametrize("version", ["2.1", "3.0"])
def test_the_schematron_says_the_same_as_its_own_engine(version: Literal["2.1", "3.0"]) -> None:
    """Record by record the Schematron finds exactly what lxml's engine finds in the whole document."""
    tried = schematron(f"erms-{version}", standards())
    assert tried.rules
    assert not tried.left
    for old, new in _WRONG:
        assert old in ERMS, old
        document = ERMS.replace(old, new).encode()
        root = etree.fromstring(document)
        ours = sorted(rule.text for rule, _ in tried.broken(root))
        assert ours == sorted(rule_faults(version, document)), new


def test_many_findings_of_one_kind_are_counted() -> None:
    """Ten thousand files without checksum give fifty findings, and the first says how many there are."""
    built = _large(10_000)
    for one in built.rep.iter(f"{M}file"):
        del one.attrib["CHECKSUM"]
    found = [one for one in _checked(built).findings if one.code == "CSIP71"]
    assert len(found) == 50
    assert "(10003 ställen)" in found[0].text


def test_a_large_representation_takes_linear_time() -> None:
    """Ten times as many files take about ten times as long, and a small package a fraction of a second."""
    took = []
    for count in (0, 1_000, 10_000):
        package = _large(count).package()
        begun = time.perf_counter()
        assert check_package(package, standards()).valid
        took.append(time.perf_counter() - begun)
    assert took[0] < 0.3
    assert took[2] < 30 * max(took[1], 0.05)


def _large(count: int) -> Built:
    built = building.eark()
    group = built.find("//m:fileGrp", rep=True)
    data = b"x"
    facts = building.facts(data)
    for number in range(count):
        name = f"data/f{number}.txt"
        built.files[f"representations/rep1/{name}"] = data
        group.append(
            etree.fromstring(
                f'<file xmlns="{M[1:-1]}" xmlns:xlink="{XLINK[1:-1]}" ID="x{number}" {facts}>'
                f'<FLocat LOCTYPE="URL" xlink:type="simple" xlink:href="{name}"/></file>'
            )
        )
    return built


def test_every_rule_of_the_specifications_is_in_the_table_with_its_level() -> None:
    """CSIP and SIP 2.1.0's profiles hold no requirement that the table does not have, or has at another level."""
    for name, levels in (("CSIP", eark.LEVELS), ("SIP", eark_sip.LEVELS)):
        tree = etree.parse(str(standards() / "eark" / f"E-ARK-{name}-v2-1-0.xml"))
        wanted = {one.get("ID"): one.get("REQLEVEL") for one in tree.iter("{*}requirement")}
        wanted = {code: level for code, level in wanted.items() if code and re.fullmatch(f"{name}\\d+", code)}
        ours = {code: level for code, level in levels.items() if re.fullmatch(f"{name}\\d+", code)}
        assert ours == wanted


def test_every_code_has_sentences_in_two_languages() -> None:
    """Each code of the check has a Swedish and an English sentence, both with a full stop."""
    for code in LEVELS:
        swedish, english = texts()[code]
        for one in (swedish, english):
            assert one.endswith((".", "}")), code


def test_the_built_in_vocabularies_are_enough_without_a_schemas_folder() -> None:
    """Without a schemas folder every term of the official vocabularies is known all the same."""
    assert categories(standards()) - categories(None) <= {
        *("Musical Scores - Print", "Musical Scores - Digital"),
        *("Geographic Information System (GIS) - Vector Data", "GIS Raster and Georeferenced Images"),
        *("GIS Vector and Raster Combined", "Non-GIS Cartographic", "2D and 3D Computer Aided Design"),
        *("Design (schematics, architectural drawings) - Print",),
        *("Scanned 3D Objects (output from photogrammetry scanning)",),
    }
    assert content_types(standards()) == content_types(None)
    assert "PREMIS:OBJECT" in MDTYPES


def test_an_unreadable_schemas_folder_is_told_and_not_trusted(tmp_path: Path) -> None:
    """A folder without schemas, or with broken ones, leaves the schemas out and says so."""
    (tmp_path / "mets.xsd").write_bytes(b"<x/>")
    (tmp_path / "CSIPVocabularyContentCategory.xml").write_bytes(b"<broken")
    checked = check_package(building.eark().package(), tmp_path)
    assert checked.valid
    assert [one.code for one in checked.findings] == ["BV-SCHEMAS"]


def test_fgs12_without_one_root_folder_is_told() -> None:
    """A package by FGS 1.2 that does not lie in one root folder breaks that rule alone."""
    checked = check_package(Memory(building.fgs12().all(), root=None), standards())
    assert [one.code for one in checked.findings] == ["FGS-ROOT"]


def test_a_schematron_rule_that_cannot_be_tried_is_told(tmp_path: Path) -> None:
    """A Schematron with a context that is more than one step is told; the other rules are tried."""
    (tmp_path / "erms.sch").write_text(
        '<schema xmlns="http://purl.oclc.org/dsdl/schematron"><ns prefix="e" uri="https://DILCIS.eu/XML/ERMS"/>'
        '<pattern><rule context="e:a/e:b"><assert test="1">x</assert></rule>'
        '<rule context="e:objectId"><report test="true()">Nej</report></rule></pattern></schema>'
    )
    found = {one.code: one.text for one in check_package(building.eark().package(), tmp_path).findings}
    assert "e:a/e:b" in found["BV-SCHEMATRON-RULE"]
    assert "Nej" in found["BV-SCHEMATRON"]


def test_absurdly_large_xml_is_refused_in_flat_memory() -> None:
    """One text of hundreds of megabytes, in METS or ERMS, is refused without being kept."""
    with pytest.raises(UnreadableError) as told:
        list(stream(cast("BinaryIO", _Endless(b"<erms>")), None, ("erms",)))
    assert told.value.code == "BV-XML-SIZE"
    with pytest.raises(UnreadableError) as told:
        Guarded(cast("BinaryIO", _Endless(b"<!-- ")))
    assert told.value.code == "BV-XML-SIZE"


class _Endless:
    """A stream of blanks without end."""

    def __init__(self, head: bytes) -> None:
        self._head = head

    def read(self, size: int) -> bytes:
        """As many bytes as asked for."""
        head, self._head = self._head, b""
        return head.ljust(size)


def test_without_fixity_bytes_are_not_read() -> None:
    """Without fixity a changed file of the same size is not seen, one of another size is."""
    built = building.eark()
    built.files["documentation/las.txt"] = b"Test"
    assert check_package(built.package(), standards(), fixity=False).valid
    built.files["documentation/las.txt"] = b"Texten"
    assert _errors(check_package(built.package(), standards(), fixity=False)) == ["BV-SIZE", "CSIP69"]
    without("/m:mets", "OBJID")(built)
    assert "CSIP1" in _errors(check_package(built.package(), standards(), fixity=False, contents=False))
