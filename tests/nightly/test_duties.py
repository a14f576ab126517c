"""A night's duties beside the harvest: cullings that have begun, what is overdue, the second place."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.home import init_home, open_home
from connectors.storage.readonly import ReadOnlyStore
from flows import exits
from flows.__main__ import run
from flows.nightly.act import run_night
from flows.oversee.accounts.account_command import read_account
from flows.oversee.accounts.register import add_account
from schemas.order import Operation, Order
from tests.servers.recordings import item, write_account, write_recording

PLAN = """
id = "p"
title = "Plan"
edition = "1"
authorities = ["kommunstyrelsen"]
quarantine = "30 dagar"
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
match = { kind = ["post", "profile", "proposal", "certificate", "coverage"] }
"""
HARVEST = "2020-03-02T02:15:00+01:00"
EARLY = "2023-01-01T02:15:00+01:00"
LATE = "2023-01-02T02:15:00+01:00"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A harvested post with a comment below it (due on 1 January 2022), a plan with a quarantine, a second place."""
    words = [
        item("p1", "2020-03-01T10:00:00+01:00", "Inlägg"),
        item(
            "c1", "2020-03-01T11:00:00+01:00", "Kommentar", author={"id": "v", "name": "Besökare"}, parent="p1",
            thread="p1",
        ),
    ]  # fmt: skip
    path = tmp_path / "hem"
    init_home(path, rehearsal=True, seed="duties", key_file=None)
    (tmp_path / "andra").mkdir()
    with (path / "bevara.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'\n[second]\nkind = "folder"\npath = {json.dumps(str(tmp_path / "andra"))}\n')
    folder = write_recording(tmp_path / "konto", words)
    with open_home(path) as opened:
        add_account(opened.ground, read_account(write_account(tmp_path / "k.toml", folder)))
    (tmp_path / "plan.toml").write_text(PLAN, "utf-8")
    assert run(["--home", str(path), "--at", HARVEST, "plan", "adopt", str(tmp_path / "plan.toml")]) == 0
    assert run(["--home", str(path), "--at", HARVEST, "harvest"]) == 0
    return path


def night(home: Path, at: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    """One night's exit code and JSON."""
    capsys.readouterr()
    code = run(["--home", str(home), "--at", at, "--json", "nightly"])
    return code, json.loads(capsys.readouterr().out)


def codes(answer: dict[str, Any]) -> list[str]:
    """Codes of a night's findings."""
    return [one["code"] for one in answer["findings"]]


def test_overdue_culling_makes_the_night_loud(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On the day a year after an item fell due the night is quiet; the day after it ends with 3 and says how many."""
    code, answer = night(home, EARLY, capsys)
    assert (code, answer["overdue"], codes(answer)) == (exits.DONE, 0, [])
    assert answer["due"]["cull"] == 1
    code, answer = night(home, LATE, capsys)
    assert (code, answer["overdue"], codes(answer)) == (exits.FINDINGS, 1, ["K101"])
    assert answer["findings"][0]["subject"] == "kommunen"
    assert run(["--home", str(home), "--at", LATE, "nightly"]) == exits.FINDINGS
    told = capsys.readouterr().out
    assert "Försenad gallring: 1 handling skulle" in told
    assert "planraden kommentar (den äldsta sedan 2022-01-01)" in told


def test_a_night_finishes_a_quarantine_and_the_second_place_learns_of_it(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """During the waiting time everything is there and the night says so; the first night after it destroys."""
    order = approved(home, capsys)
    assert run(["--home", str(home), "--at", LATE, "cull", "execute", order]) in (exits.DONE, exits.FINDINGS)
    code, answer = night(home, "2023-01-20T02:15:00+01:00", capsys)
    assert (answer["resumed"], answer["due"]["cull"]) == (0, 1)
    assert "K105" in codes(answer)
    code, answer = night(home, "2023-02-10T02:15:00+01:00", capsys)
    assert (answer["resumed"], answer["due"]["cull"], answer["overdue"]) == (1, 0, 0)
    # The certificate is to be registered, which a person decides.
    assert (code, codes(answer)) == (exits.DONE, ["J120"])
    with open_home(home, at=None) as opened, opened.ground.state.reading() as books:
        (gone,) = books.tombstones.all(order)
        head, _ = books.ledger.head()
    second = [path for path in (home.parent / "andra").rglob("*") if path.is_file()]
    assert any(gone.item in path.read_text("utf-8", errors="replace") for path in second)
    assert head > 0


def test_what_cannot_be_finished_or_copied_is_told_and_the_night_goes_on(home: Path) -> None:
    """A culling without its list and a second place that takes nothing are findings; harvest and counts are done."""
    at = datetime.fromisoformat("2020-03-04T02:15:00+01:00")
    digest = "e" * 64
    begun = Order(
        digest=digest, as_of=at.date(), made=at, edition="1", plan_digest="x", revision=1, cull=1, keep=0, ask=0,
        standing="open",
    )  # fmt: skip
    with open_home(home, at=at) as opened:
        with opened.ground.state.writing() as books:
            books.orders.add(begun)
            books.orders.operate(Operation(order=digest, begun=at))
        assert opened.ground.second is not None
        full = replace(opened.ground, second=ReadOnlyStore(opened.ground.second))
        found = run_night(replace(opened, ground=full))
    assert [(one.code, one.severity) for one in found.findings] == [
        ("K108", "warning"),
        ("K109", "warning"),
        ("K104", "warning"),
    ]
    reasons = [dict(one.parameters).get("reason") for one in found.findings]
    assert reasons[1] == "G-DRY"
    assert reasons[0]
    assert found.findings[0].subject == digest
    assert [tally.complete for tally in found.tallies] == [True]
    assert found.due is not None
    assert found.loud


def approved(home: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """An order that two persons have signed; its digest."""
    folder = home.parent
    (folder / "lösen").write_text("en lång lösenfras\n", "utf-8")
    start = ["--home", str(home), "--at", LATE]
    for name, role in (("Eva", "arkivredogörare"), ("Per", "arkivansvarig")):
        assert run([*start, "person", "add", name, role, *hand(folder, name)[2:]]) == 0
    capsys.readouterr()
    assert run([*start, "--json", "cull", "propose", *hand(folder, "Eva")]) == 0
    digest: str = json.loads(capsys.readouterr().out)["proposal"]
    accept = ["--accept", "G-SHARE", "--accept", "G-REMAIN"]
    assert run([*start, "cull", "approve", digest, *accept, *hand(folder, "Per")]) == 0
    return digest


def hand(folder: Path, name: str) -> list[str]:
    """Options by which a person signs."""
    return ["--as", name, "--key-file", str(folder / f"{name}.pem"), "--passphrase-file", str(folder / "lösen")]
