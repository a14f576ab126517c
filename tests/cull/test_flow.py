"""Culling through Prefect: a draft, then an approved digest; Prefect learns digests and counts, and nothing else."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from connectors.home import init_home, open_home
from flows.__main__ import run
from flows.cull.flow import execute_order, write_draft
from flows.keep.guard import RunFailedError
from flows.oversee.accounts.account_command import read_account
from flows.oversee.accounts.register import add_account
from tests.servers.recordings import item, write_account, write_recording

MARK = "HEMLIGTMARKORD"
PLAN = """
id = "p"
title = "Plan"
edition = "1"
authorities = ["kommunstyrelsen"]
[mandate]
body = "KS"
date = 2020-01-01
paragraph = "§ 1"
[[rule]]
id = "kommentar"
type = "Kommentar"
action = "gallra"
period = "1 år"
trigger = "published"
match = { kind = ["comment"] }
[[rule]]
id = "inlagg"
type = "Inlägg"
action = "bevara"
reach = "item"
match = { kind = ["post", "profile", "proposal", "certificate"] }
"""
_PROGRAM = """
import json, sys
from pathlib import Path
from flows.nightly.serve import prepare
home = sys.argv[1]
prepare(Path(home))
from flows.__main__ import run
from flows.cull.flow import cull_draft, cull_execute
draft = cull_draft(home=home)
try:
    cull_execute(home=home, order=draft["order"])
except Exception as error:
    print("REFUSED", error)
for arguments in json.loads(sys.argv[2]):
    assert run([one.replace("DIGEST", draft["order"]) for one in arguments]) == 0, arguments
print("DONE", json.dumps({"draft": draft, "done": cull_execute(home=home, order=draft["order"])}))
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a harvested post and a comment below it, both marked, two persons with keys, and a plan."""
    words = [
        item(f"{MARK}-1", "2020-03-01T10:00:00+01:00", f"Inlägg {MARK}"),
        item(
            f"{MARK}-2", "2020-03-01T11:00:00+01:00", f"Kommentar {MARK}",
            author={"id": f"{MARK}-person", "name": f"Person {MARK}"}, parent=f"{MARK}-1", thread=f"{MARK}-1",
        ),
    ]  # fmt: skip
    path = tmp_path / "hem"
    init_home(path, rehearsal=True, seed="flow", key_file=None)
    folder = write_recording(tmp_path / "konto", words)
    with open_home(path) as opened:
        add_account(opened.ground, read_account(write_account(tmp_path / "k.toml", folder)))
    (tmp_path / "lösen").write_text("en lång lösenfras\n", "utf-8")
    (tmp_path / "plan.toml").write_text(PLAN, "utf-8")
    secret = ["--passphrase-file", str(tmp_path / "lösen")]
    for name, role in (("Eva", "arkivredogörare"), ("Per", "arkivansvarig")):
        key = ["--key-file", str(tmp_path / f"{name}.pem")]
        assert run(["--home", str(path), "person", "add", name, role, *key, *secret]) == 0
    assert run(["--home", str(path), "plan", "adopt", str(tmp_path / "plan.toml"), "--as", "Per"]) == 0
    assert run(["--home", str(path), "harvest"]) == 0
    return path


def steps(home: Path) -> list[list[str]]:
    """What the two persons do between the draft and the execution."""
    folder = home.parent
    secret = ["--passphrase-file", str(folder / "lösen")]
    accept = ["--accept", "G-SHARE", "--accept", "G-REMAIN"]
    eva, per = (["--as", name, "--key-file", str(folder / f"{name}.pem"), *secret] for name in ("Eva", "Per"))
    return [
        ["--home", str(home), "cull", "propose", "--draft", "DIGEST", *eva],
        ["--home", str(home), "cull", "approve", "DIGEST", *accept, *per],
    ]


def test_only_an_approved_digest_is_executed_and_prefect_holds_no_content(home: Path) -> None:
    """The draft destroys nothing and is refused unsigned; once approved it is executed; no mark is anywhere in Prefect."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(home), json.dumps(steps(home))],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    said = done.stdout + done.stderr
    assert "REFUSED G-UNAPPROVED" in done.stdout
    assert MARK not in said
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("DONE ")]
    answer = json.loads(line.removeprefix("DONE "))
    assert (answer["draft"]["cull"], answer["done"]["culled"], answer["done"]["kept"]) == (1, 1, 0)
    assert answer["done"]["order"] == answer["draft"]["order"]
    assert answer["done"]["certificate"]
    with open_home(home) as opened, opened.ground.state.reading() as books:
        assert books.tombstones.count(answer["draft"]["order"]) == 1
    wanted = [MARK.encode(), base64.b64encode(MARK.encode())[:-4], MARK.encode("utf-16-le")]
    files = [path for path in sorted((home / "prefect").rglob("*")) if path.is_file()]
    assert any(path.name == "prefect.db" for path in files)
    for path in files:
        data = path.read_bytes()
        assert not any(one in data for one in wanted), path.name


@pytest.mark.parametrize("order", ["", "abc", "A" * 64, "../" + "a" * 61, "a" * 63])
def test_what_is_no_digest_is_refused_by_a_code(tmp_path: Path, order: str) -> None:
    """Neither a beginning of a digest nor anything else reaches the archive; the message is a code alone."""
    with pytest.raises(RunFailedError, match=r"^R-REFUSED$"):
        execute_order.fn(str(tmp_path), order)


def test_a_day_and_an_order_that_are_none_are_refused_by_a_code(tmp_path: Path) -> None:
    """A parameter from outside is checked, and its value is not repeated."""
    home = tmp_path / "hem"
    init_home(home, rehearsal=True, seed="flow", key_file=None)
    with pytest.raises(RunFailedError, match=r"^R-REFUSED$"):
        write_draft.fn(str(home), "i morgon")
    with pytest.raises(RunFailedError, match=r"^G-UNAPPROVED$|^R-REFUSED$"):
        execute_order.fn(str(home), "a" * 64)
