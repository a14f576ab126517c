"""Decisions of persons reach the second place with the command that makes them, not with the night."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from connectors.protection import read_head
from flows.__main__ import run
from flows.keep.second import LEASE, sync, sync_soon
from schemas.segments import worth_exporting
from tests.cull.archive import ACCOUNT, APPROVER, OFFICER, Small, plan_text


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Small:
    """A small archive with an empty second place."""
    monkeypatch.setenv("BEVARA_KEYS", str(tmp_path / "nycklar"))
    made = Small(tmp_path / "allt")
    made.start()
    (made.root / "andra").mkdir()
    file = made.root / "hem" / "bevara.toml"
    file.write_text(file.read_text("utf-8") + '\n[second]\npath = "../andra"\n', "utf-8")
    return made


def _run(small: Small, *command: str) -> int:
    return run(["--home", str(small.root / "hem"), "--at", small.at.isoformat(), *command])


def _is_there(small: Small) -> bool:
    """Whether nothing but receipts of copyings is missing in the second place."""
    with small.open() as home:
        assert home.ground.second is not None
        head = read_head(home.ground.second)
        with home.ground.state.reading() as books:
            return head is not None and not worth_exporting(books.ledger.after(head.seq))


def test_every_decision_is_copied_with_its_command(small: Small) -> None:
    """Holds, marks, plans and persons are in the second place as soon as the command has ended."""
    (item,) = small.put([small.row()])
    with small.open() as home:
        sync(home.ground)
    edition = small.root / "ny.toml"
    edition.write_text(plan_text(edition="2", period="3 år"), "utf-8")
    commands = (
        ["hold", "set", "--account", ACCOUNT, "--as", APPROVER, "--title", "Revision", "--mandate", "§ 1"],
        ["hold", "lift", "1", "--as", APPROVER],
        ["mark", item, "inaktuell", "--as", OFFICER],
        ["mark", item, "inaktuell", "--as", OFFICER, "--remove"],
        ["person", "add", "Nya Person", "handläggare", "--public-key", "ab" * 32, "--as", APPROVER],
        ["person", "change", "Nya Person", "--role", "registrator", "--as", APPROVER],
        ["plan", "adopt", str(edition), "--as", APPROVER],
    )
    for command in commands:
        before = len(list((small.root / "andra" / "ledger").iterdir()))
        assert _run(small, *command) == 0, command
        assert len(list((small.root / "andra" / "ledger").iterdir())) == before + 1, command
        assert _is_there(small), command


def test_a_copying_that_fails_is_told_and_fails_nothing(small: Small, capsys: pytest.CaptureFixture[str]) -> None:
    """While another run copies, the command succeeds all the same and says what the second place does not have yet."""
    hold = ["hold", "set", "--account", ACCOUNT, "--as", APPROVER, "--title", "Revision", "--mandate", "§ 1"]
    with small.open() as home, home.ground.state.hold_lease(LEASE):
        assert _run(small, *hold) == 0
        assert "K109" in capsys.readouterr().err
        assert _run(small, "--json", *hold) == 0
        told = capsys.readouterr()
    assert json.loads(told.out)["scope"] == "account"
    (finding,) = json.loads(told.err)["findings"]
    assert (finding["code"], finding["parameters"]) == ("K109", {"reason": "R-LEASE-TAKEN"})
    assert not _is_there(small)
    with small.open() as home:
        assert sync_soon(home.ground) == ""
    assert _is_there(small)
