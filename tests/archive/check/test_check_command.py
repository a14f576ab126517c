"""``archive check`` on the command line: its answer in text and JSON, and its exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from flows.__main__ import run
from flows.exits import DONE, FINDINGS, USAGE
from schemas.refusal import RefusedError
from tests.archive.check import building
from tests.standards import standards


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A valid package folder; no home is named."""
    monkeypatch.delenv("BEVARA_HOME", raising=False)
    monkeypatch.delenv("BEVARA_SCHEMAS_DIR", raising=False)
    return building.folder(building.eark().all(), tmp_path / building.ROOT)


def test_a_valid_package_gives_exit_0_and_the_promised_json(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A valid package: exit code 0; one JSON object with exactly the promised keys."""
    assert run(["archive", "check", str(package), "--schemas", str(standards()), "--json"]) == DONE
    assert json.loads(capsys.readouterr().out) == {"valid": True, "profile": "E-ARK SIP 2.1.0", "findings": []}


def test_a_broken_package_gives_exit_3_and_names_code_and_place(
    package: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A changed file: exit code 3, and the finding has code, severity, location and a Swedish text."""
    (package / "documentation" / "las.txt").write_bytes(b"Test")
    assert run(["archive", "check", str(package), "--schemas", str(standards()), "--json"]) == FINDINGS
    answer = json.loads(capsys.readouterr().out)
    assert not answer["valid"]
    assert [one["code"] for one in answer["findings"]] == ["BV-DIGEST", "CSIP71"]
    found = answer["findings"][0]
    assert set(found) == {"code", "severity", "location", "text"}
    assert (found["code"], found["severity"]) == ("BV-DIGEST", "error")
    assert found["location"].endswith("→ documentation/las.txt")
    assert "kontrollsumma" in found["text"]


def test_the_text_is_swedish_and_tells_errors_first(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In text the verdict comes first, then errors, then warnings, each with its code and place."""
    (package / "documentation" / "extra.txt").write_bytes(b"x")
    (package / "representations" / "x.txt").write_bytes(b"x")
    assert run(["archive", "check", str(package)]) == FINDINGS
    said = capsys.readouterr().out
    assert said.startswith("paket-1: INTE godkänt som E-ARK SIP 2.1.0")
    assert said.index("FEL – 2 fel") < said.index("BV-FILE-UNLISTED") < said.index("VARNING – 1 varning")
    assert said.index("VARNING") < said.index("CSIPSTR10") < said.index("UPPLYSNINGAR")


def test_what_is_no_package_gives_exit_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder without any METS: exit code 2, and JSON that says so."""
    (tmp_path / "x.txt").write_bytes(b"x")
    assert run(["archive", "check", str(tmp_path), "--json"]) == USAGE
    answer = json.loads(capsys.readouterr().out)
    assert (answer["valid"], answer["profile"]) == (False, "")
    assert run(["archive", "check", str(tmp_path)]) == USAGE
    assert "inget paket" in capsys.readouterr().out


def test_a_path_that_is_not_there_and_a_folder_of_schemas_that_is_not_there_are_refused(package: Path) -> None:
    """Nothing at the path, or no schemas folder: refused by name with a remedy (exit code 2)."""
    for arguments in (["/nowhere/at/all.tar"], [str(package), "--schemas", "/nowhere"]):
        with pytest.raises(RefusedError):
            run(["archive", "check", *arguments])


def test_the_command_works_alone(package: Path) -> None:
    """As a process of its own, without home and schemas: exit code 0, and that schemas were missing is told."""
    done = subprocess.run(
        [sys.executable, "-m", "flows", "archive", "check", str(package)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == DONE, done.stderr
    assert "godkänt som E-ARK SIP 2.1.0" in done.stdout
    assert "BV-SCHEMAS" in done.stdout
