"""Every rule of ``deposit check``: a good package is never warned, and each self-made fault has its code and place."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from lxml import etree

from connectors.packages import open_package
from flows.deposit.check.examine import LEVELS, check_deposit
from flows.keep.check.report import Checked
from schemas.codes import fgs_publ, sentence
from schemas.deposit import Resource
from tests.archive.check.building import Memory
from tests.deposit.breaking import FAULTS, MODS, given, gone, nested, one
from tests.standards import standards
from tests.xml.publications import BARE, PLAIN, RICH, packed

_SEVERITY: Final = {"*": "warning", "?": "info"}
_DELIVERY: Final = {"KB-NAME", "KB-TAR", "KB-TAR-NAME", "KB-PACKAGE", "KB-STRAY", "KB-OBJID-TWICE"}
"""Rules about what lies around packages; ``test_check_places``."""
_SCHEMA: Final = {"KB-XSD-MODS", "KB-XSD-ORDER"}


def broken(how: Any, resource: Resource = PLAIN) -> Memory:
    """A package whose METS was broken."""
    files = packed(resource)
    root = etree.fromstring(files["sip.xml"])
    how(root)
    return Memory({**files, "sip.xml": etree.tostring(root, xml_declaration=True, encoding="UTF-8")})


def codes(checked: Checked, severity: str = "error") -> set[str]:
    """Codes of one severity."""
    return {found.code for found in checked.findings if found.severity == severity}


@pytest.mark.parametrize("resource", [RICH, BARE, PLAIN], ids=["rich", "bare", "plain"])
def test_a_good_package_has_neither_errors_nor_warnings(resource: Resource) -> None:
    """What our writer writes is valid, with and without the schemas, and nothing in it is warned of."""
    for schemas in (standards(), None):
        checked = check_deposit(Memory(packed(resource)), schemas)
        assert checked.valid
        assert checked.profile == "FGS-PUBL"
        assert {one.code for one in checked.findings} <= {"KB-HOST", "BV-SCHEMAS"}


def test_the_examples_of_kb_are_accepted() -> None:
    """Both of KB's examples have no errors and no warnings, with its schemas and without them."""
    folder = standards() / "fgs-publ"
    found = sorted(folder.glob("MODS_enligt_FGS-PUBL_exempel_*.xml"))
    assert len(found) == 2
    for path in found:
        for schemas in (standards(), None):
            with open_package(path, lone=True) as package:
                checked = check_deposit(package, schemas)
            assert checked.valid
            assert codes(checked, "warning") == set()


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_has_its_code_and_place(name: str) -> None:
    """One thing broken: the finding's code, severity and place are those of the rule, and its text is a sentence."""
    how, marked, place = FAULTS[name]
    code = marked.rstrip("*?")
    checked = check_deposit(broken(how), None)
    found = [finding for finding in checked.findings if finding.code == code]
    assert found, checked.findings
    assert found[0].severity == _SEVERITY.get(marked[-1], "error")
    assert any(place in finding.location for finding in found), found
    assert all(finding.location.startswith(("sip.xml:", "film.mp4")) for finding in found)
    assert all(finding.text and finding.text != code for finding in found)
    assert checked.valid == (not codes(checked))


def test_what_the_schemas_refuse_our_table_refuses_too() -> None:
    """Every fault that KB's schemas find is an error without them, so a missing folder of schemas hides nothing."""
    seen = 0
    for name, (how, _, _) in FAULTS.items():
        official = codes(check_deposit(broken(how), standards())) & {"BV-XSD-METS", "KB-XSD-MODS"}
        if official:
            seen += 1
            assert codes(check_deposit(broken(how), None)), name
    assert seen > 60


def test_every_rule_has_a_fault() -> None:
    """No rule of the table is without a package that breaks it, and every rule has both its sentences."""
    tried = {marked.rstrip("*?") for _, marked, _ in FAULTS.values()}
    assert set(fgs_publ.LEVELS) - tried == _DELIVERY | _SCHEMA
    for code in LEVELS:
        said = {sentence(code, "sv", {"message": "x"}), sentence(code, "en", {"message": "x"})}
        assert len(said) == 2
        assert not said & {"", code}


def test_schemas_add_what_the_table_does_not_say() -> None:
    """A false attribute in MODS, and an order that only one edition knows, are told by the schemas."""
    false = broken(given("//o:mods/o:identifier", "encoding", "x"))
    assert codes(check_deposit(false, standards())) == {"KB-XSD-MODS"}
    assert codes(check_deposit(false, None)) == set()
    ordered = broken(nested("//o:location", f"{MODS}physicalLocation", text="B"))
    checked = check_deposit(ordered, standards())
    assert checked.valid
    assert "KB-XSD-ORDER" in codes(checked, "info")


def test_a_folder_without_schemas_is_told(tmp_path: Path) -> None:
    """Schemas that are not there are named, and the package is judged by the table alone."""
    checked = check_deposit(Memory(packed(PLAIN)), tmp_path)
    assert checked.valid
    told = [one.text for one in checked.findings if one.code == "BV-SCHEMAS"]
    assert len(told) == 1
    assert "fgs-publ/MODS_enligt_FGS-PUBL_xml1_0.xsd" in told[0]


def test_what_is_wrapped_in_mets_is_not_judged_as_mets() -> None:
    """Another namespace's types in an administrative section are none of the METS schema's business."""

    def act(root: Any) -> None:
        held = one(root, "//m:techMD//m:xmlData")
        new = etree.SubElement(held, "{urn:x}a", nsmap={"q": "urn:x"})
        new.set("{http://www.w3.org/2001/XMLSchema-instance}type", "q:slag")

    assert check_deposit(broken(act), standards()).valid


def test_a_supplement_needs_no_publication() -> None:
    """A package that adds captions to what KB has is valid without the film; any other state is not."""

    def act(root: Any) -> None:
        gone("//m:div[@TYPE='publication']")(root)
        gone("//m:file[m:FLocat/@x:href='file:film.mp4']")(root)
        given("m:metsHdr", "RECORDSTATUS", "SUPPLEMENT")(root)

    memory = broken(act)
    files = {name: memory.open(name).read() for name in memory.names() if name != "film.mp4"}
    assert check_deposit(Memory(files), standards()).valid
    files["sip.xml"] = files["sip.xml"].replace(b"SUPPLEMENT", b"VERSION")
    assert codes(check_deposit(Memory(files), standards())) == {"KB-DIV-PUBLICATION"}


def test_many_faults_of_one_kind_stay_readable() -> None:
    """Thousands of false files: the first ones are told with their places, the rest are counted."""

    def act(root: Any) -> None:
        group = one(root, "//m:fileGrp")
        for number in range(3000):
            etree.SubElement(group, "{http://www.loc.gov/METS/}file").set("ID", f"x{number}")

    checked = check_deposit(broken(act), None)
    told = [found for found in checked.findings if found.code == "KB-FILE-USE"]
    assert len(told) == 50
    assert told[0].text.endswith("(3000 ställen)")
