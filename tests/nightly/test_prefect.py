"""Prefect schedules and logs; it never sees content or personal data."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

from connectors.home import init_home, open_home
from flows.oversee.accounts.account_command import read_account
from flows.oversee.accounts.register import add_account
from schemas.account import Account
from tests.servers.recordings import item, write_account, write_recording

MARK = "HEMLIGTMARKORD"
AT = "2024-03-02T02:15:00+01:00"
MORNING = "2024-03-04T06:45:00+01:00"
_PROGRAM = """
import sys
from pathlib import Path
from flows.nightly.serve import prepare
prepare(Path(sys.argv[1]))
from flows.nightly.flow import nightly
from flows.morning.flow import watch
print(nightly(home=sys.argv[1], at=sys.argv[2]))
print(watch(home=sys.argv[1], at=sys.argv[3]))
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a marked account, a marked account that is broken, and one whose stored rows cannot be read."""
    items = [
        item(f"{MARK}-1", "2024-03-01T10:00:00+01:00", f"Inlägg {MARK}", links=[f"https://example.test/{MARK}"]),
        item(
            f"{MARK}-2",
            "2024-03-01T11:00:00+01:00",
            f"Du är en idiot, {MARK}! När öppnar ni?",
            author={"id": f"{MARK}-person", "name": f"Person {MARK}"},
            parent=f"{MARK}-1",
            thread=f"{MARK}-1",
        ),
    ]
    path = tmp_path / "hem"
    init_home(path, rehearsal=True, seed="prefect", key_file=None)
    good = write_recording(tmp_path / "good", items)
    broken = write_recording(tmp_path / "broken", [{**items[0], "created": f"{MARK} igår"}])
    with open_home(path) as opened:
        for name, folder in (("hel", good), ("trasig", broken)):
            account: Account = read_account(write_account(tmp_path / f"{name}.toml", folder, name=name))
            add_account(opened.ground, account)
    return path


def run(home: Path) -> subprocess.CompletedProcess[str]:
    """The nightly flow, then the watch, on an ephemeral Prefect server whose database lies in the home."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(home), AT, MORNING],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_marks_are_nowhere_in_prefect(home: Path) -> None:
    """Marked content goes through the nightly flow and the watch and is found in the archive, but nowhere in Prefect or its output."""
    done = run(home)
    assert done.returncode == 0, done.stderr[-2000:]
    with open_home(home) as opened, opened.ground.state.reading() as books:
        nights = {row.account: row for row in books.notes.coverage() if row.nightly}
        files = books.manifest.live()
        told = {notice.code for notice in books.duties.notices("open")}
    assert nights["hel"].complete
    assert nights["hel"].new == 3
    assert not nights["trasig"].complete
    assert files
    assert {"W102", "W111"} <= told
    said = done.stdout + done.stderr
    assert MARK not in said
    wanted = [MARK.encode(), base64.b64encode(MARK.encode())[:-4], MARK.encode("utf-16-le")]
    scanned = 0
    for path in sorted((home / "prefect").rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            scanned += 1
            assert not any(one in data for one in wanted), path.name
    assert scanned > 0
    assert (home / "prefect" / "prefect.db").stat().st_size > 0


def test_failure_is_a_code(home: Path) -> None:
    """A flow that fails leaves a code in Prefect and none of the error's own words."""
    settings = home / "bevara.toml"
    settings.write_text(settings.read_text("utf-8").replace('kind = "folder"', f'kind = "{MARK}"'), "utf-8")
    done = run(home)
    assert done.returncode != 0
    assert "R-REFUSED" in done.stderr
    assert MARK not in done.stdout + done.stderr
