"""What the METS writers of E-ARK refuse: whatever breaks a MUST, leads out of the package or cannot be true."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

import pytest

from schemas.package import Agent, Entry, Package
from schemas.refusal import RefusedError
from schemas.xml.mets_eark import MetsSettings
from tests.xml.mets_documents import inner, root
from tests.xml.packages import ORIGINAL, PACKAGE, PRESERVATION, entry


def test_root_that_would_be_too_big_is_refused() -> None:
    """A label of 32 KiB is refused with the size and the remedy, and does not stand in the message."""
    with pytest.raises(RefusedError, match="shorten label") as caught:
        root(replace(PACKAGE, label="hemlig" * 6000))
    assert "hemlig" not in str(caught.value)


@pytest.mark.parametrize(
    "path", ["", "/a", "../a", "a/../b", "a//b", "a/", "./a", "a\\b", "a\x00b", "a\nb", "a\ud800", ".."]
)
def test_paths_that_lead_astray_are_refused(path: str) -> None:
    """No path can leave its folder, and the message never repeats it."""
    with pytest.raises(RefusedError, match="representation original, file 1") as caught:
        inner(replace(ORIGINAL, entries=(replace(entry("a", "original"), path=path),)))
    assert path in ("", "..", "/a") or path not in str(caught.value)


@pytest.mark.parametrize(
    ("broken", "place"),
    [
        (replace(entry("a", "original"), size=-1), "size"),
        (replace(entry("a", "original"), sha256="d41d8cd98f00b204e9800998ecf8427e"), "sha256"),
        (replace(entry("a", "original"), created=datetime(2026, 1, 2)), "created"),  # noqa: DTZ001  # that is the fault
    ],
)
def test_files_that_cannot_be_true_are_refused(broken: Entry, place: str) -> None:
    """A negative size, a digest that is no SHA-256 and a time without zone are refused by name."""
    with pytest.raises(RefusedError, match=place):
        inner(replace(ORIGINAL, entries=(broken,)))


def test_two_files_of_one_path_are_refused() -> None:
    """Paths that differ by case alone are one path to half of the archives' systems."""
    twice = (entry("media/A.jpg", "original"), entry("media/a.jpg", "original"))
    with pytest.raises(RefusedError, match="another file has"):
        inner(replace(ORIGINAL, entries=twice))
    with pytest.raises(RefusedError, match="representations, file 2"):
        root(replace(PACKAGE, representations=(ORIGINAL, replace(PRESERVATION, name="ORIGINAL"))))


@pytest.mark.parametrize(
    ("package", "remedy"),
    [
        (replace(PACKAGE, documentation=(), package_info=()), "CSIP60"),
        (replace(PACKAGE, schemas=()), "CSIP113"),
        (replace(PACKAGE, representations=()), "CSIP114"),
        (replace(PACKAGE, name="a/b"), "without /"),
        (replace(PACKAGE, agents=PACKAGE.agents[:1]), "levererande organisation"),
        (replace(PACKAGE, agents=(*PACKAGE.agents, PACKAGE.agents[1])), "name one"),
        (replace(PACKAGE, agents=(replace(PACKAGE.agents[1], code=""),)), "identity code"),
        (replace(PACKAGE, agents=(replace(PACKAGE.agents[1], notes=("tel.",)),)), "at the contact"),
        (replace(PACKAGE, agents=(PACKAGE.agents[1], Agent(role="contact", name="Åsa"))), "telephone"),
        (replace(PACKAGE, agents=(*PACKAGE.agents, Agent(role="owner", name=" "))), "write the name"),
        (replace(PACKAGE, representations=(replace(ORIGINAL, entries=()),)), "CSIP66"),
        (replace(PACKAGE, representations=(replace(ORIGINAL, name="../x"),)), "plain_name"),
        (replace(PACKAGE, representations=(replace(ORIGINAL, content_type="citserms_v9"),)), "citserms_v2_1"),
        (replace(PACKAGE, representations=(replace(ORIGINAL, other_content_type=""),)), "say which"),
        (replace(PACKAGE, made=datetime(2026, 1, 2)), "with its zone"),  # noqa: DTZ001  # that is the fault
    ],
)
def test_packages_that_break_a_must_are_refused(package: Package, remedy: str) -> None:
    """What the specification demands cannot be left out: the writer refuses, with the remedy."""
    with pytest.raises(RefusedError, match=re.escape(remedy)):
        root(package)


@pytest.mark.parametrize(
    "values",
    [
        {"profile": " "},
        {"type": ""},
        {"type": "Other"},
        {"other_type": "Social media"},
        {"content_type": "OTHER"},
        {"content_type": "nonsense"},
        {"other_content_type": "bevara"},
    ],
)
def test_settings_that_cannot_be_are_refused(values: dict[str, str]) -> None:
    """A profile's METS settings are refused where they are read, not when a package is built."""
    with pytest.raises(RefusedError, match="METS"):
        MetsSettings(**values)
