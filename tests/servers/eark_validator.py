"""eark-validator 1.1.3 as a second opinion on E-ARK packages, in a virtual environment of its own.

It pins other versions of libraries than ours, and downloads four vocabularies when it is imported; both are why it runs
as a process beside the tests, whose ``urlopen`` answers with the vocabularies that its own package carries. Installed
once into ``.servers`` (kept out of git); where it cannot be installed the tests are skipped with the reason.

It exits with 0 for packages that break the rules, cannot pass any SIP, and asks every CREATOR agent to be the packaging
software. Therefore ``accepted`` is a rule of our own over what it says: see ``Opinion``.
"""

from __future__ import annotations

import fcntl
import json
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import pytest
from lxml import etree

ROOT = Path(__file__).parents[2]
_VERSION = "1.1.3"
_PATIENCE = 600
"""Seconds for the installation."""
_KNOWN = frozenset({"SIP14", "CSIP63"})
_KNOWN_WITH_SOFTWARE = frozenset({"CSIP12", "CSIP13", "CSIP16"})
_SPACES = {"m": "http://www.loc.gov/METS/", "csip": "https://DILCIS.eu/XML/METS/CSIPExtensionMETS"}
_SOFTWARE = (
    "boolean(/m:mets/m:metsHdr/m:agent[@ROLE='CREATOR' and @TYPE='OTHER' and @OTHERTYPE='SOFTWARE']"
    "[normalize-space(m:name)][m:note[@csip:NOTETYPE='SOFTWARE VERSION'][normalize-space()]])"
)

_BESIDE = """
import contextlib, io, json, sys, urllib.request
from importlib.util import find_spec
from pathlib import Path

vocabularies = Path(find_spec("eark_validator").origin).parent / "ipxml" / "resources" / "vocabs"
urllib.request.urlopen = lambda url, *_, **__: (vocabularies / str(url).rsplit("/", 1)[-1]).open("rb")

from eark_validator.packages import PackageValidator
from eark_validator.specifications.specification import SpecificationVersion

answers = sys.stdout
for line in sys.stdin:
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            report = PackageValidator(Path(json.loads(line)), SpecificationVersion.V2_1_0).validation_report
            answer = json.loads(report.model_dump_json())
        except Exception as error:
            answer = {"crashed": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), file=answers, flush=True)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What eark-validator says of a package.

    Attributes:
        structure: ``WellFormed`` or another word. schema: ``VALID`` or another word.
        errors, warnings: ids of the rules it reports. report: all of its answer. crashed: its own error, or empty.
        software: one agent of the root METS meets CSIP11 to CSIP16 by our own look.
    """

    structure: str
    schema: str
    errors: frozenset[str]
    warnings: frozenset[str]
    report: dict[str, Any]
    crashed: str
    software: bool

    @property
    def accepted(self) -> bool:
        """Well formed, valid by METS' schema, and no errors but those that no right package can avoid."""
        known = _KNOWN | (_KNOWN_WITH_SOFTWARE if self.software else frozenset())
        return not self.crashed and self.structure == "WellFormed" and self.schema == "VALID" and self.errors <= known


class EarkValidator:
    """The validator, running; one package at a time."""

    def __init__(self, python: Path) -> None:
        self._process = subprocess.Popen(
            [str(python), "-c", _BESIDE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def check(self, path: Path) -> Opinion:
        """Its opinion on a package folder, tar or zip."""
        asked, answered = cast("IO[str]", self._process.stdin), cast("IO[str]", self._process.stdout)
        asked.write(json.dumps(str(path.resolve())) + "\n")
        asked.flush()
        line = answered.readline()
        assert line, "eark-validator ended"
        report: dict[str, Any] = json.loads(line)
        metadata = report.get("metadata") or {}
        schema = metadata.get("schema_results") or {}
        rules = metadata.get("schematron_results") or {}
        structure = report.get("structure") or {}
        said = [*structure.get("messages", ()), *schema.get("messages", ()), *rules.get("messages", ())]
        return Opinion(
            structure=str(structure.get("status", "")),
            schema=str(schema.get("status", "")),
            errors=frozenset(one["rule_id"] for one in said if one["severity"] == "Error"),
            warnings=frozenset(one["rule_id"] for one in said if one["severity"] != "Error"),
            report=report,
            crashed=str(report.get("crashed", "")),
            software=_names_software(path),
        )

    def close(self) -> None:
        """End the process."""
        cast("IO[str]", self._process.stdin).close()
        self._process.wait(timeout=20)


def _names_software(path: Path) -> bool:
    data = _root_mets(path)
    if data is None:
        return False
    tree = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    return tree.getroottree().xpath(_SOFTWARE, namespaces=_SPACES) is True


def _root_mets(path: Path) -> bytes | None:
    if path.is_dir():
        found = path / "METS.xml"
        return found.read_bytes() if found.is_file() else None
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            name = next((one for one in archive.namelist() if one.count("/") == 1 and one.endswith("/METS.xml")), None)
            return archive.read(name) if name else None
    with tarfile.open(path) as tar:
        for member in tar:
            if member.name.removeprefix("./").count("/") == 1 and member.name.endswith("/METS.xml"):
                content = tar.extractfile(member)
                return content.read() if content else None
    return None


def _installed() -> Path:
    """The Python of the environment; installed by the first process that comes, while the others wait."""
    folder = ROOT / ".servers" / f"eark-validator-{_VERSION}"
    python, done = folder / "bin" / "python", folder / "installed"
    folder.parent.mkdir(exist_ok=True)
    with (folder.parent / "eark-validator.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.is_file():
            steps = (
                [sys.executable, "-m", "venv", "--clear", str(folder)],
                [str(python), "-m", "pip", "install", "--quiet", f"eark-validator=={_VERSION}"],
            )
            for step in steps:
                subprocess.run(step, check=True, capture_output=True, text=True, timeout=_PATIENCE)
            done.touch()
    return python


@pytest.fixture(scope="session")
def eark_validator() -> Iterator[EarkValidator]:
    """eark-validator, ready to be asked; skipped where it cannot be installed."""
    try:
        python = _installed()
    except (subprocess.SubprocessError, OSError) as error:
        said = (getattr(error, "stderr", "") or type(error).__name__).strip().splitlines()[-1:]
        pytest.skip(f"eark-validator {_VERSION} cannot be installed: {said}")
    validator = EarkValidator(python)
    yield validator
    validator.close()
