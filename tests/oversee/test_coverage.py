"""Coverage and connections: what a night is called, what is known to be missing, and what a person is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree

from flows.oversee.chart import chart
from flows.oversee.coverage import nights_of, year_json, year_of, year_table
from flows.oversee.health import as_text, connection
from schemas.account import Account
from schemas.books import Coverage
from schemas.codes import texts
from schemas.codes.missing import missing
from schemas.finding import Finding
from tests.journeys.commands import Archive
from tests.servers.recordings import item, write_account, write_recording

ACCOUNT = Account(name="sidan", platform="facebook", handle="sidan", authority="kommunstyrelsen")
STEPS = ("Logga in.", "Skapa en ny nyckel.")
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def run(night: str, *, horizon: str = "daily", complete: bool = True, codes: tuple[str, ...] = ()) -> Coverage:
    """A run's coverage row."""
    began = datetime.fromisoformat(f"{night}T01:15:00+00:00")
    return Coverage(
        run=f"{night}/{horizon}", account="sidan", night=night, horizon=horizon, started=began, ended=began,
        asked=3, returned=20, new=1, edited=0, hidden=0, gone=0, failed=0, complete=complete,
        findings=tuple(Finding(code=code, severity="error", subject="sidan", count=2) for code in codes),
    )  # fmt: skip


def test_a_night_is_whole_partial_or_missing() -> None:
    """A night with one complete run is whole, with cut runs partial, without runs a gap; outside is not counted."""
    rows = [run("2026-03-03"), run("2026-03-05", complete=False, codes=("H106",)), run("2026-03-06", complete=False),
            run("2026-03-06")]  # fmt: skip
    nights = nights_of("sidan", rows, date(2026, 3, 2), date(2026, 3, 8), date(2026, 3, 7))
    assert [night.standing for night in nights] == [
        "outside", "complete", "none", "partial", "complete", "none", "outside",
    ]  # fmt: skip


def test_the_hourly_pass_makes_no_night() -> None:
    """However many hourly passes, followers and imports ran, a night without the night's own run is a gap."""
    rows = [run("2026-03-03"), *(run("2026-03-04", horizon=name) for name in ("light", "follow", "import"))]
    (night,) = nights_of("sidan", rows, date(2026, 3, 4), date(2026, 3, 4), date(2026, 3, 7))
    assert night.standing == "none"
    assert night.runs == {"light": 1, "follow": 1, "import": 1}


def test_known_missing_has_a_number_and_a_reason() -> None:
    """What a finding says is missing is counted over nights, with its Swedish sentence; other findings are apart."""
    rows = [run("2026-03-03", codes=("H118", "H121")), run("2026-03-04", codes=("H118",))]
    answer = year_json(year_of("sidan", rows, 2026, date(2026, 3, 10)))
    assert [(one["code"], one["count"], one["nights"]) for one in answer["known_missing"]] == [("H118", 4, 2)]
    assert answer["known_missing"][0]["reason"] == texts()["H118"][0]
    assert answer["nights"] == {"complete": 2, "partial": 0, "none": 6, "outside": 357}
    assert "2026-03-05–2026-03-10" in year_table(year_of("sidan", rows, 2026, date(2026, 3, 10)))


def test_every_missing_code_has_a_sentence() -> None:
    """A code that counts as missing is one that has sentences."""
    assert missing() <= texts().keys()


def test_the_chart_shows_every_night_and_says_it_in_words() -> None:
    """The SVG has one mark per night with its own title, and a description with the same numbers."""
    svg = etree.fromstring(chart(year_of("<s&dan>", [run("2026-03-03")], 2026, date(2026, 3, 10))))
    titles = [one.text or "" for one in svg.iter("{*}title")]
    assert titles[0] == "Täckning för kontot <s&dan>, 2026"
    assert len(titles) == 1 + 365
    assert "2026-03-03: hela natten hämtad" in titles
    assert svg.findtext("{*}desc") == "1 nätter hämtades helt, 0 delvis, 7 inte alls."


@pytest.mark.parametrize(
    ("rows", "memory", "standing", "steps"),
    [
        ([], {}, "never", ()),
        ([run("2026-03-09")], {}, "ok", ()),
        ([run("2026-03-09", complete=False, codes=("H101",))], {}, "attention", STEPS),
        ([run("2026-03-09")], {"parked": (NOW + timedelta(hours=1)).isoformat()}, "parked", ()),
        ([run("2026-03-09")], {"token_expires": (NOW + timedelta(days=3)).isoformat()}, "attention", STEPS),
        ([run("2026-03-09")], {"token_expires": (NOW + timedelta(days=90)).isoformat()}, "ok", ()),
    ],
)  # fmt: skip
def test_a_connection_says_what_a_person_must_do(
    rows: list[Coverage], memory: dict[str, str], standing: str, steps: tuple[str, ...]
) -> None:
    """A refused or soon ending access comes with the platform's steps; waiting for the platform does not."""
    one = connection(ACCOUNT, rows, memory, STEPS, NOW)
    assert (one.standing, one.steps) == (standing, steps)
    assert all(step in as_text(one) for step in steps)


def test_on_the_command_line(tmp_path: Path) -> None:
    """``oversee coverage`` and ``oversee health`` answer for a harvested account, as text, JSON and chart; one that was closed wants nothing."""
    archive = Archive(tmp_path / "hem", at=datetime(2026, 3, 4, 1, 15, tzinfo=UTC))
    archive.init()
    recording = write_recording(
        tmp_path / "sida", [item("p1", "2026-03-01T08:00:00+01:00", "Hej")],
        outages=[{"from": "2026-03-05T00:00:00+01:00", "to": "2026-03-06T00:00:00+01:00", "answer": 401}],
    )  # fmt: skip
    archive.run("account", "add", str(write_account(tmp_path / "konto.toml", recording)))
    archive.harvest()
    archive.at = datetime(2026, 3, 5, 1, 15, tzinfo=UTC)
    archive.harvest()
    nights = archive.lines("oversee", "coverage", "--nights", "3")
    assert [(one["night"], one["standing"]) for one in nights] == [
        ("2026-03-03", "outside"), ("2026-03-04", "complete"), ("2026-03-05", "none"),
    ]  # fmt: skip
    assert nights[2]["missing"][0]["code"] == "H101"
    archive.run("oversee", "coverage", "--svg", str(tmp_path))
    assert (tmp_path / "kommunen-2026.svg").read_bytes().startswith(b"<?xml")
    (health,) = archive.json("oversee", "health", codes=(3,))["accounts"]
    assert (health["standing"], health["last_complete"]) == ("broken", "2026-03-04")
    assert health["steps"]
    file = tmp_path / "konto.toml"
    file.write_text(file.read_text("utf-8") + "\n[duties]\nclosed = 2026-03-05\n", encoding="utf-8")
    archive.run("account", "add", str(file))
    archive.run("oversee", "health", codes=(0,))
    archive.run("oversee", "coverage", "ingen", codes=(2,))


def test_only_the_nights_tell_how_a_connection_stands() -> None:
    """An import, a follower or an hourly pass after a refused night does not make the connection look well."""
    refused = replace(run("2026-03-08", complete=False, codes=("H101",)), returned=0)
    later = [run("2026-03-09", horizon=name) for name in ("import", "follow", "light")]
    one = connection(ACCOUNT, [run("2026-03-07"), refused, *later], {}, STEPS, NOW)
    assert (one.standing, one.last_complete, one.steps) == ("broken", "2026-03-07", STEPS)
    nights = nights_of("sidan", later[:1], date(2026, 3, 9), date(2026, 3, 10), date(2026, 3, 10))
    assert [night.standing for night in nights] == ["outside", "outside"]
