"""What the README shows is what happens."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def block(beginning: str) -> str:
    """The README's code block that begins with a line."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    match = re.search(rf"```\n{re.escape(beginning)}\n(.*?)```", text, re.DOTALL)
    assert match is not None
    return match[1]


def test_demo_output_is_real(tmp_path: Path) -> None:
    """The demonstration prints, line for line, what the README shows of it."""
    done = subprocess.run(
        [sys.executable, "-m", "flows", "demo", "--home", "demo-home"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    shown = [line.rstrip() for line in block("$ make demo").splitlines()]
    printed = [line.rstrip() for line in done.stdout.splitlines()]
    beginning, _, end = "\n".join(shown).partition("\n…\n")
    assert "\n".join(printed).startswith(beginning)
    assert "\n".join(printed).endswith(end)


def test_number_of_tests_is_real() -> None:
    """The number of tests that the README states is the number that `make test` runs."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    collected = re.search(r"^(\d+)(?:/\d+)? tests collected", done.stdout, re.MULTILINE)
    assert collected is not None, done.stdout[-500:]
    assert f"{collected[1]} passed" in block("$ make test")


def test_links_lead_somewhere() -> None:
    """Every relative link in the README and under infra leads to a file."""
    broken = [
        f"{path.name}: {target}"
        for path in [ROOT / "README.md", *(ROOT / "infra").rglob("*.md")]
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]
    assert broken == []
