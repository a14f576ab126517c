"""The whole way on the command line: what a program sees is what a person does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flows import exits
from flows.__main__ import run
from schemas.refusal import GuardError
from tests.cull.archive import ACCOUNT, APPROVER, AUTHORITY, OFFICER, PROPOSER, YOUNG, Small


def test_from_proposal_to_certificate_on_the_command_line(
    small: Small, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Proposed, shown, approved, executed, certified, verified and reported, with the answers that are promised."""
    items = small.put([*(small.row() for _ in range(3)), *(small.row(published=YOUNG) for _ in range(4))])
    secret = ["--passphrase-file", str(small.root / "frasen")]

    def say(*arguments: str, code: int = exits.DONE) -> str:
        capsys.readouterr()
        assert run(["--home", str(small.root / "hem"), "--at", small.at.isoformat(), *arguments]) == code
        return capsys.readouterr().out

    def answer(*arguments: str, code: int = exits.DONE) -> Any:
        return [json.loads(line) for line in say("--json", *arguments, code=code).splitlines()]

    (draft,) = answer("cull", "propose", "--as-of", "2026-01-10", "--account", ACCOUNT)
    assert draft["counts"] == {"cull": 3, "keep": 4, "ask": 0}
    assert draft["as_of"] == "2026-01-10"
    assert "utkast utan underskrift" in say("cull", "propose", "--as-of", "2026-01-10", "--type", "inlagg")
    digest = draft["proposal"]
    (signed,) = answer("cull", "propose", "--as", PROPOSER, "--draft", digest, *secret)
    assert (signed["proposal"], signed["signed_by"]) == (digest, PROPOSER)
    shown = say("cull", "show", digest)
    assert "Text nummer" in shown
    assert "Text nummer" not in json.dumps(answer("cull", "show", digest))
    with pytest.raises(GuardError, match="G-MANDATE"):
        run(["--home", str(small.root / "hem"), "cull", "approve", digest, "--as", OFFICER, *secret])
    (approved,) = answer("cull", "approve", digest, "--as", APPROVER, *secret)
    assert (approved["approved_by"], approved["stopped_by"]) == (APPROVER, [])
    (executed,) = answer("cull", "execute", digest)
    assert executed.keys() >= {"order", "culled", "kept", "places", "certificate"}
    assert (executed["order"], executed["culled"], executed["kept"]) == (digest, 3, 0)
    assert all(one["removed"] == one["verified_absent"] for one in executed["places"])
    assert "stämmer" in say("cull", "verify", executed["certificate"])
    (listed,) = [one for one in answer("cull", "list") if one["order"] == digest]
    assert (listed["standing"], [one["person"] for one in listed["signatures"]]) == ("done", [PROPOSER, APPROVER])
    gone = answer("cull", "done", "--order", digest, "--from", "2026-01-01")
    assert sorted(one["item"] for one in gone) == sorted(items[:3])
    assert answer("cull", "done", "--to", "2025-12-31") == []
    assert [one["item"] for one in answer("cull", "done", "--thread", items[0])] == items[:1]
    assert len(answer("cull", "done", "--rule", "inlagg")) == 3
    assert answer("cull", "done", "--rule", "kommentar") == []
    assert say("cull", "certificate", executed["certificate"], "--out", str(tmp_path / "ut"))
    assert list((tmp_path / "ut").iterdir())
    assert AUTHORITY in "".join(path.read_text("utf-8") for path in (tmp_path / "ut").glob("*.xml"))


def test_there_is_no_option_that_forces(capsys: pytest.CaptureFixture[str]) -> None:
    """No command of culling has an option to pass over a guard but an approval that names it."""
    for verb in ("propose", "approve", "execute", "withdraw"):
        with pytest.raises(SystemExit):
            run(["cull", verb, "--help"])
        told = capsys.readouterr().out
        assert "--force" not in told
        assert "--yes" not in told
        assert ("--accept" in told) == (verb == "approve")
