"""axe-core, which finds what keeps people out of a page: fetched once from npm, pinned, run in the page by the browser.

Kept in ``.servers/axe`` (kept out of git). The pages themselves have no scripts: this one is put there by the test.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tarfile
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.servers.chromium import Page
from tests.servers.debian import ROOT

VERSION = "4.11.0"
_SHA256 = "e9e5863c33a874f09bc01acd9234b7e3c871479f5eef8802fa582544465e6d01"
"""Of ``package/axe.min.js`` in that version."""
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa")
_LARGEST = 4 << 20


def violations(page: Page) -> list[str]:
    """What the page breaks of WCAG 2.1 A and AA, one line each: rule, how bad, where. Empty = nothing was found.

    Skips the test where axe-core can neither be found nor fetched.
    """
    page.value(source() + ";0")
    options = {"runOnly": {"type": "tag", "values": list(TAGS)}, "resultTypes": ["violations"]}
    found: dict[str, Any] = json.loads(page.value(f"axe.run(document, {json.dumps(options)}).then(JSON.stringify)"))
    assert found["testEngine"]["version"] == VERSION, found["testEngine"]
    return [
        f"{one['id']} ({one['impact']}): {' '.join(str(part) for part in node['target'])}: {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


@cache
def source() -> str:
    """The script. Skips the test where it can neither be found nor fetched."""
    file = ROOT / ".servers" / "axe" / f"axe-{VERSION}.min.js"
    if not file.is_file():
        _fetch(file)
    data = file.read_bytes()
    assert hashlib.sha256(data).hexdigest() == _SHA256, "axe-core is not the one that is pinned"
    return data.decode("utf-8")


def _fetch(file: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("axe-core: it is not on this machine, and there is no npm to fetch it with")
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="fetch-", dir=file.parent) as name:
        words = [npm, "pack", f"axe-core@{VERSION}", "--silent", "--pack-destination", name]
        try:
            subprocess.run(words, check=True, capture_output=True, timeout=120, cwd=name)
            with tarfile.open(Path(name) / f"axe-core-{VERSION}.tgz") as archive:
                stream = archive.extractfile("package/axe.min.js")
                data = b"" if stream is None else stream.read(_LARGEST)
        except (OSError, KeyError, tarfile.TarError, subprocess.SubprocessError) as error:
            pytest.skip(f"axe-core: it is not on this machine, and it cannot be fetched: {type(error).__name__}")
        made = Path(name) / "axe.min.js"
        made.write_bytes(data)
        made.replace(file)
