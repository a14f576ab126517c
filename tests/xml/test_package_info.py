"""Riksarkivet's additionalPackageInfo: its elements in its order, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from schemas.package import Agent, Package
from schemas.refusal import RefusedError
from schemas.text import from_xml
from schemas.xml.package_info import NAMESPACE, identity_code, write_package_info
from tests.xml.packages import PACKAGE, entry

BARE = replace(
    PACKAGE,
    agents=(Agent(role="submitter", name="Arvika kommun"),),
    restricted=False,
    restriction="",
    disposable=False,
    disposal="",
    first=None,
    last=None,
    archive_name="",
    information_class="",
)


def outline(package: Package) -> list[tuple[str, dict[str, str], str]]:
    """Every element: its way, attributes and text."""
    document = etree.fromstring(write_package_info(package))
    tree = document.getroottree()
    return [
        (
            tree.getelementpath(one).replace(f"{{{NAMESPACE}}}", ""),
            {str(name): str(value) for name, value in one.attrib.items()},
            (one.text or "").strip(),
        )
        for one in document.iter()
    ]


def test_everything_in_riksarkivets_order() -> None:
    """All that is known of a package stands where Riksarkivet's example has it."""
    assert outline(PACKAGE) == [
        (".", {}, ""),
        ("control", {}, ""),
        ("control/identification", {"type": "UUID"}, str(PACKAGE.id)),
        ("control/status", {}, "REPLACEMENT"),
        ("control/creationDate", {}, "2026-01-02T03:04:05.000678Z"),
        ("control/creator", {}, ""),
        ("control/creator/creatorName", {}, "Arvika kommun"),
        ("control/creator/creatorCode", {"type": "ORG"}, "212000-1892"),
        ("control/creator/creatorDesc", {}, "Paketet är gjort med Bevara 0.1.0."),
        ("package", {"id": PACKAGE.name}, ""),
        ("package/archiveName", {}, "Kommunstyrelsens arkiv"),
        ("package/disposal", {"disposable": "true"}, ""),
        ("package/disposal/disposalDesc", {}, "Kommentarer gallras efter två år."),
        ("package/accessRestrict", {"restricted": "true"}, ""),
        ("package/accessRestrict/accessRestrictDesc", {}, PACKAGE.restriction),
        ("package/useRestrict", {"restricted": "true"}, ""),
        (
            "package/useRestrict/useRestrictDesc",
            {},
            "Innehållet kan omfatta personuppgifter och upphovsrättsligt skyddade verk av andra än arkivbildaren.",
        ),
        ("package/startDate", {}, "2024-01-01"),
        ("package/endDate", {}, "2024-12-31"),
        ("package/informationClass", {}, "1.2.3"),
        ("package/audience", {"publishable": "false"}, ""),
    ]


def test_what_is_not_known_is_left_out() -> None:
    """Without words, days or codes only what must be said is said; nobody has decided that it may be published."""
    assert [(way, attributes) for way, attributes, _ in outline(BARE)[5:]] == [
        ("control/creator", {}),
        ("control/creator/creatorName", {}),
        ("control/creator/creatorDesc", {}),
        ("package", {"id": PACKAGE.name}),
        ("package/disposal", {"disposable": "false"}),
        ("package/accessRestrict", {"restricted": "false"}),
        ("package/useRestrict", {"restricted": "false"}),
        ("package/audience", {"publishable": "false"}),
    ]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("ORG:212000-1892", ("ORG", "212000-1892")),
        ("local:KS", ("Local", "KS")),
        ("URI:https://arvika.example/", ("URI", "https://arvika.example/")),
        ("https://arvika.example/", ("OTHER", "https://arvika.example/")),
        ("212000-1892", ("OTHER", "212000-1892")),
        ("ORG:", ("OTHER", "ORG:")),
    ],
)
def test_identity_codes(code: str, expected: tuple[str, str]) -> None:
    """A prefix that Riksarkivet knows is the code's type; anything else is kept whole as OTHER."""
    assert identity_code(code) == expected


def test_creator_is_who_delivers_else_the_archive_creator() -> None:
    """Without a submitter the archive creator stands as creator; without both the document is refused."""
    only = replace(PACKAGE, agents=PACKAGE.agents[:1])
    assert ("control/creator/creatorName", {}, "Kommunstyrelsen i Arvika") in outline(only)
    with pytest.raises(RefusedError, match="levererande organisation"):
        write_package_info(replace(PACKAGE, agents=()))


def test_period_that_ends_before_it_begins_is_refused() -> None:
    """The days are civil days in order."""
    with pytest.raises(RefusedError, match="after it begins"):
        write_package_info(replace(PACKAGE, last=date(2023, 12, 31)))


def test_schema_is_named_only_when_it_is_in_the_package() -> None:
    """Riksarkivet's schema is referred to by its way from documentation/, when the package carries it."""
    assert b"schemaLocation" not in write_package_info(PACKAGE)
    carried = replace(PACKAGE, schemas=(entry("schemas/SNAadditionalPackageInfo.xsd", "schema"),))
    assert f"{NAMESPACE} ../schemas/SNAadditionalPackageInfo.xsd".encode() in write_package_info(carried)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_comes_back(name: str, words: str) -> None:
    """Whatever the archive is called and however the restriction is worded, it is read back exactly; bytes are equal."""
    package = replace(BARE, archive_name=name, restricted=True, restriction=words)
    document = etree.fromstring(write_package_info(package))
    assert from_xml(document.findtext("{*}package/{*}archiveName") or "") == name
    assert from_xml(document.findtext("{*}package/{*}accessRestrict/{*}accessRestrictDesc") or "") == words
    assert write_package_info(package) == write_package_info(package)
