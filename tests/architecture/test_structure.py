"""What the structure promises, held by tests."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = ("flows", "connectors", "schemas")


def _files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def _tracked() -> list[str]:
    answer = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if answer.returncode:
        pytest.skip("not a git checkout: tracked files are unknown")
    return answer.stdout.split("\n")[:-1]


def test_import_contracts() -> None:
    """The import contracts of pyproject.toml are kept."""
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout


def test_one_module_reads_the_clock() -> None:
    """No module but the clock's asks the machine for the date; leases use the database's time."""
    asks = re.compile(r"\b(datetime\.(now|utcnow|today)|date\.today|time\.time|time\.localtime)\(")
    guilty = [str(path) for path in _files(*CODE) if path.name != "clock.py" and asks.search(path.read_text("utf-8"))]
    assert guilty == []


def test_one_module_reads_the_environment() -> None:
    """Only the settings module reads environment variables."""
    asks = re.compile(r"os\.(environ|getenv)")
    guilty = [
        str(path) for path in _files(*CODE) if path.name != "settings.py" and asks.search(path.read_text("utf-8"))
    ]
    assert guilty == []


def test_every_test_says_what_is_true() -> None:
    """Every test function has a docstring of one line."""
    missing = []
    for path in _files("tests"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                text = ast.get_docstring(node, clean=False)
                if not text or "\n" in text:
                    missing.append(f"{path.relative_to(ROOT)}: {node.name}")
    assert missing == []


def test_top_level_is_the_mission() -> None:
    """The top level holds the agreed folders and files and no other."""
    agreed = {
        "pyproject.toml",
        "flows",
        "connectors",
        "schemas",
        "tests",
        "infra",
        "README.md",
        "Makefile",
        "LICENSE",
        "constraints.txt",
    }
    found = {name.split("/")[0] for name in _tracked()}
    assert {name for name in found if not name.startswith(".")} <= agreed


def test_no_dumping_grounds() -> None:
    """No module or folder is called utils, common, helpers or misc."""
    names = {part for name in _tracked() for part in Path(name).with_suffix("").parts}
    assert names.isdisjoint({"utils", "util", "common", "helpers", "misc"})


def test_constraints_pin_and_name_no_host() -> None:
    """Every line of the constraints file pins one version, and none names a host."""
    lines = [line for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if not line.startswith("#")]
    assert lines
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line)] == []
