"""The packages that the check calls valid are valid by eark-validator too, folder, tar and zip."""

from __future__ import annotations

from pathlib import Path

from tests.archive.check import building
from tests.servers.eark_validator import EarkValidator


def test_the_valid_package_is_accepted_in_every_form(tmp_path: Path, eark_validator: EarkValidator) -> None:
    """eark-validator accepts the package that keeps every rule, however it is packed."""
    files = building.eark().all()
    folder = building.folder(files, tmp_path / building.ROOT)
    tar, zipped = tmp_path / "paket.tar", tmp_path / "paket.zip"
    tar.write_bytes(building.tar(building.rooted(files)))
    zipped.write_bytes(building.zipped(building.rooted(files)))
    for path in (folder, tar, zipped):
        opinion = eark_validator.check(path)
        assert opinion.accepted, (opinion.crashed, opinion.structure, opinion.schema, opinion.errors, opinion.report)


def test_a_broken_package_is_not_accepted(tmp_path: Path, eark_validator: EarkValidator) -> None:
    """eark-validator refuses a package without OBJID, so that its acceptance says something."""
    built = building.eark()
    built.mets.attrib.pop("OBJID")
    opinion = eark_validator.check(building.folder(built.all(), tmp_path / building.ROOT))
    assert not opinion.accepted
    assert "CSIP1" in opinion.errors
