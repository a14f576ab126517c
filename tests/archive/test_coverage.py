"""Monthly coverage notes: one item per account and month, with numbers and nights, gaps included."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from flows.archive.coverage import coverage_payload, coverage_row, coverage_text, month_note, months_of, write_coverage
from flows.archive.nightly import run_archive
from flows.keep.read import partitions
from flows.keep.recover import recover
from schemas.books import Coverage
from schemas.calendar import local_month
from schemas.finding import Finding
from schemas.ids import ItemId, Month, month_of
from schemas.neighbours import Store
from schemas.record import Row
from schemas.tables import HOLDINGS, to_rows
from tests.archive.world import World, item, row
from tests.stopping import Counter, StoppedError, StoppingState, StoppingStore


def night(day: str, *, complete: bool = True, account: str = "arvika", findings: tuple[Finding, ...] = ()) -> Coverage:
    """One night's coverage."""
    started = datetime.fromisoformat(f"{day}T01:00:00").replace(tzinfo=UTC)
    return Coverage(
        run=f"run-{day}",
        account=account,
        night=day,
        horizon="daily",
        started=started,
        ended=started + timedelta(minutes=3),
        asked=10,
        returned=50,
        new=2,
        edited=1,
        hidden=0,
        gone=0,
        failed=0 if complete else 4,
        complete=complete,
        findings=findings,
    )


def cover(world: World, *nights: Coverage) -> None:
    """Enter coverage rows."""
    with world.state.writing() as books:
        for one in nights:
            books.notes.cover(one)


def coverage_rows(world: World) -> list[Row]:
    """All coverage items in the holdings."""
    tables = [table for _, _, table in partitions(world.state, world.store, HOLDINGS.names)]
    return [one for table in tables for one in to_rows(table) if one.kind == "coverage"]


def test_a_month_is_summed_up_night_by_night() -> None:
    """Complete, partial and missing nights are told apart; the month counts from the first night."""
    finding = Finding(code="H105", severity="warning", subject="arvika", count=3)
    nights = [
        night("2024-11-27"),
        night("2024-11-28", complete=False, findings=(finding,)),
        night("2024-11-30"),
        night("2024-12-01"),
    ]
    note = month_note("arvika", Month("2024-11"), nights)
    assert (note.nights, note.complete) == (4, 2)
    assert (note.missing, note.partial) == (("2024-11-29",), ("2024-11-28",))
    assert (note.totals["asked"], note.totals["failed"]) == (30, 4)
    assert note.findings == {"H105": 3}


def test_a_night_that_was_repeated_with_success_is_complete() -> None:
    """Two runs in one night: one complete run is enough."""
    note = month_note("arvika", Month("2024-11"), [night("2024-11-30", complete=False), night("2024-11-30")])
    assert (note.complete, note.partial, len(note.runs)) == (1, (), 2)


def test_months_without_any_run_are_gaps_and_count() -> None:
    """From the first run on no month is skipped, and none that is not over is taken."""
    nights = [night("2024-10-05"), night("2024-12-05")]
    now = datetime(2024, 12, 31, 22, 59, tzinfo=UTC)
    assert months_of(nights, now) == ["2024-10", "2024-11"]
    assert months_of(nights, now + timedelta(minutes=1)) == ["2024-10", "2024-11", "2024-12"]
    gap = month_note("arvika", Month("2024-11"), nights)
    assert (gap.nights, gap.complete, len(gap.missing)) == (30, 0, 30)
    assert months_of([], now) == []


def test_the_text_is_plain_swedish() -> None:
    """The sentences say what an archivist asks first."""
    finding = Finding(code="H105", severity="warning", subject="arvika", count=3)
    nights = [night("2024-11-20"), night("2024-11-24", complete=False, findings=(finding,)), night("2024-11-28")]
    text = coverage_text(month_note("arvika", Month("2024-11"), nights))
    assert text == (
        "Täckning för kontot arvika, november 2024. 2 av 11 nätter hämtades fullständigt: 30 frågor, 150 svar, 6 nya, "
        "3 ändrade, 0 dolda, 0 borta, 4 misslyckade. Ofullständiga nätter: 24. "
        "Nätter utan hämtning: 21–23, 25–27 och 29–30. Fynd: H105 (3)."
    )


def test_the_row_lies_in_its_month_and_names_no_subject() -> None:
    """Published at the month's last moment in Stockholm; a finding's subject is left out."""
    finding = Finding(code="H105", severity="warning", subject="202411-aaaaaaaaaaaaaaaa", count=1)
    note = month_note("arvika", Month("2024-11"), [night("2024-11-30", findings=(finding,))])
    one = coverage_row(note, authority="ks", item=item(1), observed=datetime(2024, 12, 1, tzinfo=UTC), batch="b")
    assert one.published is not None
    assert local_month(one.published) == "2024-11"
    assert local_month(one.published + timedelta(microseconds=1)) == "2024-12"
    assert (one.platform, one.kind, one.own, one.thread) == ("bevara", "coverage", True, item(1))
    assert json.loads(one.payload or "") == coverage_payload(note)
    assert finding.subject not in (one.payload or "") + (one.text or "")


def test_items_are_written_once_at_the_first_run_after_the_month(world: World) -> None:
    """One item per account and month, into that month's partition; a second run writes none."""
    cover(world, night("2024-10-30"), night("2024-11-02"), night("2024-11-03", account="biblioteket"))
    world.clock.set("2024-11-30T22:00Z")
    assert write_coverage(world.ground()) == 1
    world.clock.set("2024-12-01T02:00Z")
    assert write_coverage(world.ground()) == 2
    assert write_coverage(world.ground()) == 0
    rows = coverage_rows(world)
    assert sorted((one.account, month_of(one.item)) for one in rows) == [
        ("arvika", "2024-10"),
        ("arvika", "2024-11"),
        ("biblioteket", "2024-11"),
    ]


def test_the_note_stands_in_its_months_document(world: World) -> None:
    """A night writes coverage first, so that the main document of the month holds it."""
    cover(world, night("2024-11-12"))
    world.put([row(1, "2024-11-12T01:00Z")])
    world.clock.set("2024-12-01T02:00Z")
    report = run_archive(world.ground())
    assert report.findings == ()
    (rows,) = world.content().values()
    assert [one.kind for one in rows] == ["post", "coverage"]


def test_stopped_at_any_write_there_is_still_one_item(new_world: Callable[..., World]) -> None:
    """Stopped, recovered and repeated, each month has exactly one item."""
    points = 1
    point = 0
    while point < points:
        point += 1
        world = new_world(f"stopped{point}")
        cover(world, night("2024-10-30"), night("2024-11-02"))
        world.clock.set("2024-12-01T02:00Z")
        counter = Counter(point if point > 1 else None)
        ground = world.ground(
            state=StoppingState(world.state, counter), store=cast("Store", StoppingStore(world.store, counter))
        )
        if point == 1:
            write_coverage(ground)
            points = counter.points
        else:
            with pytest.raises(StoppedError):
                write_coverage(ground)
            recover(world.state, world.store, world.clock.now())
        write_coverage(world.ground())
        rows = coverage_rows(world)
        assert sorted(month_of(ItemId(one.item)) for one in rows) == ["2024-10", "2024-11"], point
    assert points >= 12
