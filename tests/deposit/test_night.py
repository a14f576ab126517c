"""The night's part: found, warned of, told by number, and one failing step stops no other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from flows.deposit.nightly import clock_findings, night, work_findings
from schemas.codes import sentence
from schemas.deposit import CLOCK_STOPPED, DepositSettings, Film, FilmStanding
from schemas.refusal import GuardError
from tests.deposit.world import COMPANY, NOW, File, World, days

FIRST = datetime(2025, 10, 1, 10, tzinfo=UTC)
"""Films of these tests are available from here unless they say otherwise: their last day is 1 January 2026."""


def a_film(number: int, standing: FilmStanding = "candidate", at: datetime = FIRST, **more: Any) -> Film:
    """A film's row."""
    return Film(id=f"f{number}", number=number, standing=standing, authority="ks", available=at, changed=at, **more)


def told(
    world: World, films: Sequence[Film], day: datetime, **settings: Any
) -> list[tuple[str, str, dict[str, object]]]:
    """Code, severity and parameters of the clock's findings on a day."""
    world.instant(day)
    with world.open() as home:
        changed = replace(home, deposit=replace(home.deposit, **settings))
        return [(one.code, one.severity, dict(one.parameters)) for one in clock_findings(changed, films)]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (datetime(2025, 11, 1, 12, tzinfo=UTC), []),
        (datetime(2025, 11, 2, 12, tzinfo=UTC), [("L222", "warning", 60, 60)]),
        (datetime(2025, 11, 10, 12, tzinfo=UTC), [("L222", "info", 60, 52)]),
        (datetime(2025, 12, 2, 12, tzinfo=UTC), [("L222", "warning", 30, 30)]),
        (datetime(2025, 12, 18, 12, tzinfo=UTC), [("L222", "warning", 14, 14)]),
        (datetime(2025, 12, 21, 12, tzinfo=UTC), [("L222", "info", 14, 11)]),
        (datetime(2025, 12, 25, 12, tzinfo=UTC), [("L222", "warning", 7, 7)]),
        (datetime(2025, 12, 31, 22, 30, tzinfo=UTC), [("L222", "warning", 7, 1)]),
        (datetime(2025, 12, 31, 23, 30, tzinfo=UTC), [("L222", "warning", 7, 0)]),
        (datetime(2026, 1, 1, 22, 59, tzinfo=UTC), [("L222", "warning", 7, 0)]),
        (datetime(2026, 1, 1, 23, 0, tzinfo=UTC), [("L221", "error", None, 1)]),
    ],
)
def test_the_days_of_warning(world: World, day: datetime, expected: list[tuple[str, str, int | None, int]]) -> None:
    """Aloud at 60, 30, 14 and 7 days, told in between, an error from midnight in Stockholm after the last day."""
    found = told(world, [a_film(12)], day)
    assert [(code, severity, more.get("within"), more["days"]) for code, severity, more in found] == expected
    assert all(more["films"] == "12" for _, _, more in found)


def test_films_are_told_together(world: World) -> None:
    """One finding for each day of warning however many films there are; stopped clocks are not told."""
    day = datetime(2025, 12, 28, 12, tzinfo=UTC)
    films = [
        *(a_film(number, at=FIRST - timedelta(days=200)) for number in range(1, 41)),
        a_film(50),
        a_film(51, "decided"),
        a_film(52, "packaged", at=FIRST + timedelta(days=20)),
        *(a_film(60 + n, one) for n, one in enumerate(sorted(CLOCK_STOPPED))),
    ]
    found = {(code, more.get("within")): more for code, _, more in told(world, films, day)}
    assert set(found) == {("L221", None), ("L222", 7), ("L222", 30)}
    assert found["L221", None]["count"] == 40
    assert str(found["L221", None]["films"]).endswith("20 …")
    assert (found["L222", 7]["films"], found["L222", 30]["films"]) == ("50, 51", "52")


def test_the_days_are_settings(world: World) -> None:
    """Other days of warning are used; none at all leaves what is overdue."""
    soon, late = datetime(2025, 12, 29, 12, tzinfo=UTC), datetime(2026, 2, 1, 12, tzinfo=UTC)
    assert [more["within"] for _, _, more in told(world, [a_film(1)], soon, warn_days=(45, 3))] == [3]
    assert told(world, [a_film(1)], soon, warn_days=()) == []
    assert [code for code, _, _ in told(world, [a_film(1)], late, warn_days=())] == ["L221"]


def test_what_waits_for_a_person_is_told() -> None:
    """Undecided films, films for the web form and films to be packaged, by number; others are nobody's work."""
    films = [
        a_film(1),
        a_film(2, "decided", way="form"),
        a_film(3, "decided", way="fgs-publ"),
        a_film(4, "rejected", way="fgs-publ"),
        a_film(5, "decided", way="feed"),
        a_film(6, "accepted", way="fgs-publ"),
    ]
    found = {one.code: (one.count, dict(one.parameters)) for one in work_findings(films, NOW)}
    assert found["L223"] == (1, {"count": 1})
    assert found["L224"][1]["films"] == "2"
    assert found["L225"][1]["films"] == "3, 4"
    assert work_findings([], NOW) == []


def test_every_finding_has_its_sentence() -> None:
    """Both languages fill in everything that the night tells, in the singular too."""
    values = {
        "count": 1,
        "films": "12",
        "worst": 12,
        "days": 1,
        "within": 7,
        "step": "x",
        "reason": "R",
        "command": "c",
    }
    for code in ("L220", "L221", "L222", "L223", "L224", "L225"):
        for language in ("sv", "en"):
            text = sentence(code, language, values)
            assert text != code
            assert "…" not in text
            assert "{" not in text


def test_a_night_finds_and_tells(world: World) -> None:
    """New films are entered and counted; a company's film is outside and nobody is asked about it."""
    world.settings('[deposit]\ncompanies = ["bostader-ab"]\n')
    world.film(b"\x00film", at=NOW - days(100))
    world.film(b"\x00bolagets", account=COMPANY)
    with world.open() as home:
        first = night(home)
    with world.open() as home:
        again = night(home)
    assert (first.found, first.undecided, first.overdue, again.found) == (2, 1, 1, 0)
    assert {"L221", "L223"} <= {one.code for one in first.findings}
    assert first.as_json()["found"] == 2
    assert first.told


def test_a_step_that_fails_is_told_and_the_others_go_on(world: World) -> None:
    """Without the key nobody can look for films; the clock of those that are known is told, and no error's words are."""
    world.film(b"\x00film", at=NOW - days(100))
    world.scan()

    def broken(*_: object) -> Any:
        raise GuardError("G-KEY", "innehåll som inte får synas", "")

    with world.open() as home:
        done = night(replace(home, native_key=broken))
    failed = [dict(one.parameters) for one in done.findings if one.code == "L220"]
    assert [one["reason"] for one in failed] == ["G-KEY"]
    assert (done.found, done.overdue, done.undecided) == (0, 1, 1)
    assert "innehåll" not in repr(done)


def test_a_place_that_does_not_answer_stops_nothing(world: World) -> None:
    """The feed's place is away: a finding, and films are found and told all the same."""
    world.settings(
        '[deposit]\n[deposit.feed]\naddress = "https://a.example/f.xml"\ntitle = "T"\ndescription = "D"\n'
        '[deposit.feed.place]\nkind = "folder"\npath = "finns/inte"\n'
    )
    world.film(b"\x00film", at=NOW - days(100))
    with world.open() as home:
        done = night(home)
    assert (done.found, done.overdue, done.fed) == (1, 1, 0)
    assert "L221" in {one.code for one in done.findings}
    assert len([one for one in done.findings if one.severity == "error"]) > 1


def test_originals_are_taken_in_by_the_night(world: World) -> None:
    """With a watched folder the night reads it; a file that fits nothing stays and is told."""
    world.settings('[deposit]\noriginals = "original"\n')
    world.film(None, files=[File(None)])
    with world.open() as home:
        folder = home.path / "original"
        folder.mkdir()
        (folder / "semester.mp4").write_bytes(b"ingen film")
        before = night(home)
    assert before.originals == 0
    assert (folder / "semester.mp4").exists()


def test_the_usual_settings_warn_as_the_policy_says() -> None:
    """60, 30, 14 and 7 days."""
    assert DepositSettings().warn_days == (60, 30, 14, 7)
