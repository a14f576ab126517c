"""The morning: which runs are light, when the month's sheet is due, what goes out on a weekend, and twice in a row."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.home import init_home, open_home
from flows import exits
from flows.__main__ import run
from flows.morning.act import at_once, is_light, sheet_month
from flows.oversee.accounts.account_command import read_account
from flows.oversee.accounts.register import add_account
from flows.oversee.watch.act import Watched
from schemas.oversight import Clause, OversightSettings
from schemas.watch import Sign
from tests.servers.recordings import item, write_account, write_recording

MONDAY = "2026-02-02T06:45:00+01:00"
NOW = datetime(2026, 2, 7, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "light"),
    [
        (date(2026, 2, 3), False),  # a Tuesday
        (date(2026, 2, 7), True),  # a Saturday
        (date(2026, 4, 6), True),  # Easter Monday
        (date(2026, 12, 24), True),  # Christmas Eve, a Thursday
        (date(2026, 6, 19), True),  # Midsummer Eve
    ],
)
def test_light(day: date, light: bool) -> None:  # noqa: FBT001 - a table's column
    """Weekends, public holidays and the eves are light; any day is, when it is asked for."""
    assert is_light(day, asked=False) is light
    assert is_light(day, asked=True)


def test_sheet_month() -> None:
    """On the month's first working day, or a later one when that morning was missed; never twice, never on a holiday."""
    assert sheet_month(date(2026, 5, 4), written=False) == "2026-04"
    assert sheet_month(date(2026, 5, 1), written=False) is None
    assert sheet_month(date(2026, 1, 2), written=False) == "2025-12"
    assert sheet_month(date(2026, 5, 12), written=False) == "2026-04"
    assert sheet_month(date(2026, 5, 12), written=True) is None


def test_at_once() -> None:
    """On a weekend only what is new, against the law and not uncertain is written of, and removals not finished."""
    law = Clause(id="R04", section="s", title="t", treatment="check", codes=("W114",), unlawful=True)
    settings = OversightSettings(clauses={"R04": law, "R07": replace(law, id="R07", unlawful=False)})

    def sign(subject: str, code: str = "W114", clause: str = "R04", certainty: Any = "likely") -> Sign:
        return Sign(code=code, subject=subject, clause=clause, account="a", authority="x", certainty=certainty)

    signs = (
        sign("new"),
        sign("old"),
        sign("doubtful", certainty="uncertain"),
        sign("lawful", "W119", "R07"),
        sign("removal", "W153", "P21", "sure"),
    )
    first = {(one.subject, one.code): NOW for one in signs} | {("old", "W114"): NOW - timedelta(days=1)}
    watched = Watched(at=NOW, light=True, signs=signs, counts={("a", "W114"): 3, ("a", "W119"): 1}, first=first)
    found = at_once(watched, settings, None)
    assert [one.subject for one in found.signs] == ["new", "removal"]
    assert found.counts == {("a", "W114"): 1, ("a", "W153"): 1}
    # Looked at by hand in between, or the last letter did not go: nobody has been told.
    found = at_once(watched, settings, NOW - timedelta(days=2))
    assert [one.subject for one in found.signs] == ["new", "old", "removal"]


def test_new_in_an_old_flood() -> None:
    """Where more is open than is shown, what is new is told of on a weekend as a number."""
    law = Clause(id="R04", section="s", title="t", treatment="check", codes=("W114",), unlawful=True)
    signs = tuple(
        Sign(code="W114", subject=f"s{number}", clause="R04", account="a", authority="x", certainty="sure")
        for number in range(200)
    )
    counts = {("a", "W114"): 203, ("a", "W119"): 900}
    watched = Watched(
        at=NOW,
        light=True,
        signs=signs,
        counts=counts,
        new={("a", "W114"): 3, ("a", "W119"): 5},
        first={(one.subject, one.code): NOW - timedelta(days=1) for one in signs},
    )
    found = at_once(watched, OversightSettings(clauses={"R04": law}), NOW - timedelta(hours=1))
    assert (found.signs, found.counts) == ((), {("a", "W114"): 3})


def test_twice_in_a_morning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The second run finds nothing new and writes no second sheet; no letter is lost for want of an address in silence."""
    visitor = {"id": "v", "name": "Besökare"}
    words = [
        item("p1", "2026-01-29T10:00:00+01:00", "Vi har öppet."),
        item("c1", "2026-01-29T11:00:00+01:00", "När stänger ni i kväll?", author=visitor, parent="p1", thread="p1"),
    ]
    home = tmp_path / "hem"
    init_home(home, rehearsal=True, seed="morgon", key_file=None)
    with open_home(home) as opened:
        folder = write_recording(tmp_path / "konto", words)
        add_account(opened.ground, read_account(write_account(tmp_path / "k.toml", folder)))
    answers = []
    for _ in range(2):
        capsys.readouterr()
        assert run(["--home", str(home), "--at", MONDAY, "--json", "morning"]) == exits.FINDINGS
        answers.append(json.loads(capsys.readouterr().out))
    assert [one["sheet"] for one in answers] == ["2026-01", None]
    assert answers[0]["codes"]["W101"] == 1
    assert [one["new"] for one in answers] == [answers[0]["open"], 0]
    assert answers[0]["letters"]["sent"] == []
    assert any(one["code"].startswith("W25") for one in answers[0]["findings"])
    assert run(["--home", str(home), "--at", "2026-02-07T18:00:00+01:00", "morning", "--no-letter"]) == exits.FINDINGS
    assert "Lätt körning" in capsys.readouterr().out
