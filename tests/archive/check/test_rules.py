"""Every rule of the check: packages that keep all of them, and packages that break one each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from flows.archive.check.examine import check_package
from flows.archive.check.levels import LEVELS
from flows.keep.check.report import SEVERITY
from tests.archive.check.broken_contents import CONTENT, LYING
from tests.archive.check.broken_fgs12 import FGS12
from tests.archive.check.broken_mets import FILES, HEADER, MAP, METADATA
from tests.archive.check.building import Built, eark, fgs12
from tests.standards import standards

EARK = {**HEADER, **METADATA, **FILES, **MAP, **LYING, **CONTENT}


@pytest.fixture(scope="module")
def schemas() -> Path:
    """The folder of official schemas."""
    return standards()


def _codes(built: Built, schemas: Path | None) -> dict[str, str]:
    return {one.code: one.severity for one in check_package(built.package(), schemas).findings}


@pytest.mark.parametrize("make", [eark, fgs12])
def test_nothing_is_said_about_a_package_that_keeps_every_rule(make: Callable[[], Built], schemas: Path) -> None:
    """A package that keeps every rule, the optional ones too, is valid and gives no finding at all."""
    checked = check_package(make().package(), schemas)
    assert checked.findings == ()
    assert checked.valid


@pytest.mark.parametrize("name", EARK)
def test_each_broken_eark_package_gives_its_code(name: str, schemas: Path) -> None:
    """A package that breaks one rule gives that rule's code, with the severity of its level."""
    how, marked = EARK[name]
    code = marked.rstrip("*")
    built = eark()
    how(built)
    found = _codes(built, schemas)
    assert code in found, found
    # With a star: only recommended, in a rule that is otherwise a MUST.
    assert found[code] == ("warning" if marked.endswith("*") else SEVERITY[LEVELS[code]])


@pytest.mark.parametrize("name", FGS12)
def test_each_broken_fgs12_package_gives_its_code(name: str, schemas: Path) -> None:
    """The same for FGS Paketstruktur 1.2."""
    how, code = FGS12[name]
    built = fgs12()
    how(built)
    found = _codes(built, schemas)
    assert code in found, found
    assert found[code] == SEVERITY[LEVELS[code]]
