"""What an archivist and a communications officer were told that was not so, when they first used legal deposit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.deposit.clock import deadline, warned
from flows.deposit.nightly import clock_findings, work_findings
from flows.oversee.marks import mark_items
from schemas.codes import sentence
from schemas.deposit import Film, FilmStanding
from schemas.refusal import GuardError
from tests.cull.archive import OFFICER
from tests.deposit.dock import HAND, Dock, dock, dock_template, film_files
from tests.deposit.test_command import spoken
from tests.deposit.world import COMMUNICATOR, COMPANY, COMPANY_SLUG, NOW, World

__all__ = ["dock", "dock_template", "film_files"]


def a_film(number: int, standing: FilmStanding, way: str, days: int = 0) -> Film:
    """A film's row, last changed so many days ago."""
    at = NOW - timedelta(days=days)
    return Film(id=f"f{number}", number=number, standing=standing, authority="ks", available=at, changed=at, way=way)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("available", "authority", "late"),
    [
        (datetime(2014, 12, 31, 22, 59, tzinfo=UTC), "ks", "no"),
        (datetime(2014, 12, 31, 23, 0, tzinfo=UTC), "ks", "yes"),
        (datetime(2025, 6, 1, tzinfo=UTC), "bolaget", "no"),
        (datetime(2025, 6, 1, tzinfo=UTC), "ks", "yes"),
    ],
)
def test_what_the_act_does_not_reach_is_never_late(available: datetime, authority: str, late: str) -> None:
    """A film from before 2015 or a company's, decided yes all the same, has no last day to be late for."""
    found = deadline(available, NOW.date(), "decided", authority=authority, companies=("bolaget",))
    assert (warned(found, (60,)) == "overdue", found.stopped) == (late == "yes", late == "no")


def test_a_companys_film_is_told_late_nowhere(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Not in the answer to the decision, not in the list, not by the night."""
    world.settings(f'[deposit]\ncompanies = ["{COMPANY_SLUG}"]\n')
    world.film(account=COMPANY, at=datetime(2025, 6, 1, 10, tzinfo=UTC))
    world.scan()
    assert [one.standing for one in world.films()] == ["outside"]
    told = spoken(world, "deposit", "decide", "1", "yes", "--reason", "Ändå", "--as", COMMUNICATOR, capsys=capsys)
    assert "FÖRSENAD" not in told + spoken(world, "deposit", "films", capsys=capsys)
    assert not world.command("deposit", "show", "1")["film"]["overdue"]
    with world.open() as home:
        assert clock_findings(home, world.films()) == []


def test_films_nobody_answers_on_are_told() -> None:
    """Rejected ones of the form and the feed, and those that have waited for an answer for a month, are somebody's work."""
    films = [
        a_film(1, "rejected", "form"),
        a_film(2, "rejected", "feed"),
        a_film(3, "delivered", "feed", days=29),
        a_film(4, "delivered", "feed", days=30),
        a_film(5, "delivered", "form", days=30),
        a_film(6, "delivered", "fgs-publ", days=90),
    ]
    found = {one.code: dict(one.parameters)["films"] for one in work_findings(films, NOW)}
    assert found == {"L224": "1", "L226": "2", "L227": "4, 5"}


@pytest.mark.parametrize("code", ["L143", "L146", "L221", "L225"])
def test_one_is_told_as_one(code: str) -> None:
    """A single film or file is not spoken of as several."""
    text = sentence(code, "sv", {"count": 1, "files": 1, "films": "1", "worst": 1, "days": 1})
    assert not {"försenade:", "tomma.", "döpta", "beslutade"} & set(text.split())


def test_a_rejection_that_is_dealt_with_asks_for_nothing(dock: Dock, capsys: pytest.CaptureFixture[str]) -> None:
    """The next step of a rejected delivery goes when its film is in a new one."""
    dock.pack(1)
    dock.command("deposit", "deliver")
    dock.command(*("deposit", "receipt", "1", "rejected", "--reference", "K", "--as", COMMUNICATOR), code=3)
    assert "ny leverans" in dock.command("deposit", "status")["deliveries"][0]["next"]
    dock.pack(1)
    assert dock.command("deposit", "status")["deliveries"][0]["next"] == ""
    assert "Rätta det" not in spoken(dock, "deposit", "status", capsys=capsys)


def test_a_sheet_of_what_is_handed_over_asks_for_no_second_copy(
    dock: Dock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only a film that may be uploaded is asked to be told of."""
    first = spoken(dock, "deposit", "sheet", "2", "--out", str(tmp_path / "en"), capsys=capsys)
    assert "deposit sent 2" in first
    dock.pack(2)
    second = spoken(dock, "deposit", "sheet", "2", "--out", str(tmp_path / "två"), capsys=capsys)
    assert "deposit sent" not in second
    assert "Lämna den inte en gång till" in second


def test_without_a_receiver_what_waits_is_said(dock: Dock, capsys: pytest.CaptureFixture[str]) -> None:
    """``deliver`` does not say that nothing waits when it is only the receiver that is missing."""
    dock.pack(1)
    dock.settings(HAND)
    said = spoken(dock, "deposit", "deliver", capsys=capsys)
    assert "Ingen mottagare är inställd" in said
    assert "som väntar: 1" in said


def test_times_are_told_as_the_clock_counts_them(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """``show`` speaks of civil time: half past midnight on New Year's Day is not the last day of December."""
    world.film(at=datetime(2025, 12, 31, 23, 30, tzinfo=UTC))
    world.scan()
    told = spoken(world, "deposit", "show", "1", capsys=capsys)
    assert "först tillgänglig 2026-01-01 kl. 00.30, sista dag 2026-04-01" in told
    assert "2025-12-31" not in told


def test_a_fresh_original_is_said_to_wait(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that was laid there a moment ago stays, and the person at hand is told why."""
    world.settings('[deposit]\noriginals = "original"\n')
    folder = world.root / "hem" / "original"
    folder.mkdir()
    (folder / "film-1.mp4").write_bytes(b"film")
    told = spoken(world, "deposit", "originals", "--as", COMMUNICATOR, capsys=capsys)
    assert "1 fil kan fortfarande skrivas" in told


def test_a_delivery_that_is_refused_holds_up_no_other(dock: Dock) -> None:
    """``deliver`` brings everything that waits and may leave, and then says what was refused."""
    dock.pack(1)
    dock.pack(2)
    with dock.open() as home:
        mark_items(home.ground, [dock.items[0]], "sekretess", OFFICER, provision="OSL 21:1")
    with pytest.raises(GuardError, match="G-SECRET"):
        dock.command("deposit", "deliver")
    assert dock.standings()[:2] == ["packaged", "delivered"]
