"""Record documents over the months: what is written when, what is not read, and what happens when it is stopped."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

import pytest

from connectors.chance import SeededChance
from flows.archive import act
from flows.keep.recover import recover
from flows.keep.rewrite import compact
from schemas.books import State
from schemas.hold import Mark
from schemas.ids import Month
from schemas.neighbours import Store
from schemas.xml.record import Examined, examine, read_header
from tests.archive.world import World, item, numbers, row
from tests.stopping import Counter, StoppedError, StoppingState, StoppingStore


def test_nothing_is_written_before_the_local_month_is_over(world: World) -> None:
    """The month ends at midnight in Stockholm, not in Greenwich."""
    world.put([row(1, "2024-11-10T20:00Z")])
    assert world.run("2024-11-30T22:59:59Z").documents == ()
    assert world.judged == []
    report = world.run("2024-11-30T23:00Z")
    assert world.parts() == [("2024-11", "arvika", "main")]
    assert report.documents[0].count.items == 1


def test_the_document_holds_every_row_of_every_item_not_to_be_culled(world: World) -> None:
    """Versions, sightings and observations of kept items are in it exactly, per account; those of others are not."""
    kept = [
        row(1, "2024-11-10T20:00Z"),
        row(1, "2024-11-12T20:00Z", version=2, text=None, payload="{}", edited=datetime(2024, 11, 12, tzinfo=UTC)),
        row(1, "2024-11-12T20:00Z", row="observation", text=None, payload=None, counts=(("likes", 3),)),
        row(1, "2024-11-13T20:00Z", row="sighting", state="gone", complete=True, evidence="lookup"),
        row(2, "2024-11-11T20:00Z", account="biblioteket"),
    ]
    world.put([*kept, row(3, "2024-11-10T20:00Z")])
    world.gallra = {item(3)}
    world.run("2024-12-01T02:00Z")
    content = world.content()
    assert set(content) == {("2024-11", "arvika", "main"), ("2024-11", "biblioteket", "main")}
    found = [replace(one, batch="") for one in content["2024-11", "arvika", "main"]]
    assert found == [kept[0], kept[2], kept[1], kept[3]]
    assert numbers(content["2024-11", "biblioteket", "main"]) == [2]


def test_items_stand_in_order_of_publication_and_those_without_a_time_last(world: World) -> None:
    """The order does not depend on the order of harvesting."""
    early = datetime(2024, 11, 2, tzinfo=UTC)
    world.put([row(1, "2024-11-20T01:00Z", published=None, clock="none"), row(2, "2024-11-20T01:00Z")])
    world.put(
        [row(4, "2024-11-20T03:00Z", published=early), row(4, "2024-11-20T02:00Z", published=None, row="sighting")]
    )
    world.put([row(3, "2024-11-20T01:00Z")])
    world.run("2024-12-01T02:00Z")
    (rows,) = world.content().values()
    assert numbers(rows) == [4, 4, 2, 3, 1]
    assert [one.row for one in rows[:2]] == ["sighting", "version"]


def test_a_second_run_adds_nothing_and_reads_nothing(world: World) -> None:
    """Repeating is harmless and free: no partition is looked at again."""
    world.put([row(1, "2024-11-10T20:00Z")])
    world.run("2024-12-01T02:00Z")
    before = (world.content(), world.objects(), world.receipts())
    world.judged.clear()
    for at in ("2024-12-01T02:00Z", "2024-12-02T02:00Z", "2024-12-31T22:00Z"):
        report = world.run(at)
        assert (report.documents, report.looked, report.findings) == ((), 0, ())
    assert (world.content(), world.objects(), world.receipts()) == before
    assert world.judged == []


def test_a_month_with_nothing_to_keep_gets_no_document_and_is_read_once(world: World) -> None:
    """All gallra: nothing is written, and the month is not read night after night."""
    world.put([row(1, "2024-11-10T20:00Z")])
    world.gallra = {item(1)}
    assert world.run("2024-12-01T02:00Z").looked == 1
    assert world.run("2024-12-02T02:00Z").looked == 0
    assert world.parts() == []


def test_later_rows_go_into_one_supplement_per_calendar_month(world: World) -> None:
    """What is observed in a calendar month comes into one supplement at the first run after that month."""
    world.put([row(1, "2024-11-10T20:00Z")])
    world.run("2024-12-01T02:00Z")
    world.put([row(1, "2024-12-05T02:00Z", row="sighting", state="hidden")], "2024-12-05T02:00Z")
    assert world.run("2024-12-05T02:00Z").looked == 0
    world.put([row(2, "2024-12-20T02:00Z")], "2024-12-20T02:00Z")
    world.run("2024-12-31T02:00Z")
    assert world.parts() == [("2024-11", "arvika", "main")]
    world.put([row(1, "2025-01-01T02:00Z", row="sighting")], "2025-01-01T02:00Z")
    world.run("2025-01-01T02:30Z")
    content = world.content()
    assert list(content) == [("2024-11", "arvika", "main"), ("2024-11", "arvika", "supplement-2024-12")]
    assert numbers(content["2024-11", "arvika", "supplement-2024-12"]) == [1, 2]
    assert world.run("2025-01-31T02:00Z").documents == ()
    world.run("2025-02-03T02:00Z")
    content = world.content()
    assert [one.state for one in content["2024-11", "arvika", "supplement-2025-01"]] == ["seen"]
    assert world.run("2025-03-01T02:00Z").documents == ()
    assert world.run("2025-04-01T02:00Z").looked == 0


def test_there_is_never_a_second_supplement_of_one_calendar_month(world: World) -> None:
    """Rows that turn up when the month's supplement is written already make it be written anew, whole."""
    world.put([row(1, "2024-11-10T20:00Z")])
    world.run("2024-12-01T02:00Z")
    with world.state.reading() as books:
        looked = books.setting("archive.looked:ks/2024-11")
    assert looked is not None
    world.put([row(1, "2024-12-05T02:00Z", row="sighting", state="hidden")], "2024-12-05T02:00Z")
    world.run("2025-01-01T02:00Z")
    with world.state.writing() as books:  # as if stopped before the look was noted
        books.set_setting("archive.looked:ks/2024-11", looked)
    world.put([row(2, "2024-12-06T02:00Z")], "2025-01-02T01:00Z")
    report = world.run("2025-01-02T02:00Z")
    assert (report.documents[0].part, report.documents[0].replaced, report.removed) == ("supplement-2024-12", 1, 1)
    assert world.parts() == [("2024-11", "arvika", "main"), ("2024-11", "arvika", "supplement-2024-12")]
    assert numbers(world.content()["2024-11", "arvika", "supplement-2024-12"]) == [1, 2]


def test_only_months_with_something_new_are_read(world: World) -> None:
    """At a month's turn, a month without new files is not read; the one with new files is."""
    for month in ("2024-08", "2024-09", "2024-10"):
        world.put([row(1, "2024-11-19T02:00Z", month=month)])
    world.run("2024-11-20T02:00Z")
    world.run("2024-12-01T02:00Z")
    world.judged.clear()
    world.put([row(1, "2024-12-10T02:00Z", month="2024-09", row="sighting", state="gone")], "2024-12-10T02:00Z")
    assert world.run("2025-01-01T02:00Z").looked == 1
    assert world.judged == [("ks", "2024-09")]


def test_through_is_the_latest_observation_in_the_document(world: World) -> None:
    """The register says up to when a document knows."""
    world.put([row(1, "2024-11-10T20:00Z"), row(1, "2024-11-12T20:00:00.5Z", row="sighting")])
    world.run("2024-12-01T02:00Z")
    assert world.copies()[0].through == datetime(2024, 11, 12, 20, 0, 0, 500_000, UTC)


def test_the_receipt_says_what_was_observed(world: World) -> None:
    """Counts, size, validity and period come from reading the stored document; content is not in it."""
    world.put([row(1, "2024-11-10T20:00Z"), row(1, "2024-11-12T20:00Z", row="sighting")])
    world.run("2024-12-01T02:00Z")
    (body,) = world.receipts()
    receipt = json.loads(body)
    copy = world.copies()[0]
    assert receipt["subjects"] == [copy.key]
    assert receipt["evidence"] == {
        "account": "arvika",
        "authority": "ks",
        "bytes": len(world.store.get(copy.key)),
        "edition": "utgåva 1",
        "items": 1,
        "month": "2024-11",
        "observations": 0,
        "part": "main",
        "replaced": 0,
        "sightings": 1,
        "through": "2024-11-12T20:00:00Z",
        "valid": True,
        "versions": 1,
    }
    assert "social.example" not in body


def test_documents_are_salted(new_world: Callable[..., World]) -> None:
    """The same rows written by chance of two kinds have different names."""
    keys = set()
    for seed in ("one", "two"):
        world = new_world(seed, seed)
        world.put([row(1, "2024-11-10T20:00Z")])
        world.run("2024-12-01T02:00Z")
        (copy,) = world.copies()
        with world.store.open(copy.key) as source:
            assert len(read_header(source).salt) == 64
        keys.add(copy.key)
    assert len(keys) == 2


def test_when_reobservation_is_over_all_becomes_one_main_document(world: World) -> None:
    """730 days after the month's end main and supplements are merged; the old files are seen gone and forgotten."""
    world.put([row(1, "2024-11-10T20:00Z"), row(2, "2024-11-10T20:00Z")])
    world.run("2024-12-01T02:00Z")
    for month in range(1, 7):
        at = f"2025-{month:02d}-10T02:00Z"
        world.put([row(month % 2 + 1, at, row="observation", counts=(("likes", month),))], at)
        world.run(f"2025-{month + 1:02d}-01T02:00Z")
    assert len(world.copies()) == 7
    every = [one for rows in world.content().values() for one in rows]
    assert world.run("2026-11-30T02:00Z").documents == ()
    report = world.run("2026-12-01T02:00Z")
    assert report.documents[0].replaced == 7
    assert report.removed == 7
    content = world.content()
    assert list(content) == [("2024-11", "arvika", "main")]
    (rows,) = content.values()
    assert sorted(rows, key=repr) == sorted(every, key=repr)
    assert numbers(rows) == [1, 1, 1, 1, 2, 2, 2, 2]
    assert world.objects() == [world.copies()[0].key]
    with world.state.reading() as books:
        assert books.copies.retired() == []
    assert world.run("2026-12-02T02:00Z").looked == 0


def test_what_comes_after_the_window_goes_into_the_main_document(world: World) -> None:
    """There are no supplements any longer once re-observation is over."""
    world.put([row(1, "2024-11-10T20:00Z")])
    world.run("2024-12-01T02:00Z")
    world.put([row(2, "2027-01-05T02:00Z")], "2027-01-05T02:00Z")
    world.run("2027-02-01T02:00Z")
    assert world.parts() == [("2024-11", "arvika", "main")]
    assert numbers(world.content()["2024-11", "arvika", "main"]) == [1, 2]
    assert len(world.objects()) == 1


def test_an_item_that_is_no_longer_to_be_culled_is_added_with_all_its_rows(world: World) -> None:
    """A new edition or a mark brings it into the next supplement, whole."""
    world.put([row(1, "2024-11-10T20:00Z"), row(2, "2024-11-10T20:00Z"), row(2, "2024-11-11T20:00Z", row="sighting")])
    world.gallra = {item(2)}
    world.run("2024-12-01T02:00Z")
    assert numbers(world.content()["2024-11", "arvika", "main"]) == [1]
    world.gallra, world.token = set(), "plan-2"
    assert world.run("2024-12-15T02:00Z").looked == 0
    world.run("2025-01-01T02:00Z")
    assert numbers(world.content()["2024-11", "arvika", "supplement-2024-12"]) == [2, 2]
    assert world.run("2025-02-01T02:00Z").looked == 0


def test_a_mark_makes_the_month_be_looked_at(world: World) -> None:
    """A mark set or taken away on an item of the month is noticed without reading anything."""
    world.put([row(1, "2024-11-10T20:00Z")])
    world.gallra = {item(1)}
    world.run("2024-12-01T02:00Z")
    world.run("2025-01-01T02:00Z")
    with world.state.writing() as books:
        books.marks.add(Mark(item=item(1), kind="granskad-bevara", person="Anna", at=world.clock.now()))
    world.gallra = set()
    assert world.run("2025-02-01T02:00Z").looked == 1
    assert world.parts() == [("2024-11", "arvika", "main")]
    assert world.run("2025-03-01T02:00Z").looked == 0
    with world.state.writing() as books:
        books.marks.remove(item(1), "granskad-bevara")
    assert world.run("2025-04-01T02:00Z").looked == 1


def test_an_item_that_becomes_gallra_is_left_where_it_is(world: World) -> None:
    """Only culling takes out of a document; later rows of such an item are not added, also not by the merge."""
    world.put([row(1, "2024-11-10T20:00Z"), row(2, "2024-11-10T20:00Z")])
    world.run("2024-12-01T02:00Z")
    world.gallra, world.token = {item(2)}, "plan-2"
    at = "2025-01-10T02:00Z"
    world.put([row(1, at, row="sighting"), row(2, at, row="sighting")], at)
    world.run("2025-02-01T02:00Z")
    assert numbers(world.content()["2024-11", "arvika", "supplement-2025-01"]) == [1]
    world.run("2027-01-01T02:00Z")
    assert numbers(world.content()["2024-11", "arvika", "main"]) == [1, 1, 2]


def test_an_account_that_comes_later_gets_its_own_main_document(world: World) -> None:
    """Late first rows of an account go into a main document, not into a supplement to nothing."""
    world.put([row(1, "2024-11-10T20:00Z")])
    world.run("2024-12-01T02:00Z")
    world.put([row(2, "2024-12-10T20:00Z", account="biblioteket")], "2024-12-10T20:00Z")
    world.run("2025-01-01T02:00Z")
    assert world.parts() == [("2024-11", "arvika", "main"), ("2024-11", "biblioteket", "main")]


def test_compaction_does_not_make_anything_new(world: World) -> None:
    """Rows that were moved to another file are the same rows."""
    for number in range(1, 6):
        world.put([row(number, "2024-11-10T20:00Z")])
    world.run("2024-12-01T02:00Z")
    assert compact(world.state, world.store, chance=SeededChance("c"), clock=world.clock, limit=1) == 1
    world.token = "plan-2"
    report = world.run("2025-01-01T02:00Z")
    assert (report.looked, report.documents) == (1, ())


def test_a_partition_that_somebody_works_on_is_left_for_the_next_run(world: World) -> None:
    """Compaction and culling hold the same lease; the others go on."""
    world.put([row(1, "2024-11-10T20:00Z"), row(1, "2024-11-10T20:00Z", month="2024-10")])
    with world.state.hold_lease("partition:ks/2024-10"):
        report = world.run("2024-12-01T02:00Z")
    assert [(one.code, one.subject) for one in report.findings] == [("A104", "ks/2024-10")]
    assert world.parts() == [("2024-11", "arvika", "main")]
    assert world.run("2024-12-02T02:00Z").looked == 1
    assert len(world.parts()) == 2


def test_a_document_that_was_written_wrong_is_not_registered(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read back decides: a fault there is a finding, recovery takes the object away, the next run tries again."""
    world.put([row(1, "2024-11-10T20:00Z")])

    def bent(source: object) -> Examined:
        found = examine(source)  # type: ignore[arg-type] # the stream the act opened
        found.sha256 = "0" * 64
        return found

    with monkeypatch.context() as patch:
        patch.setattr(act, "examine", bent)
        report = world.run("2024-12-01T02:00Z")
    assert [(one.code, dict(one.parameters)["reason"]) for one in report.findings] == [("A102", "DIGEST")]
    assert world.copies() == []
    assert world.receipts() == []
    recover(world.state, world.store, world.clock.now())
    assert world.objects() == []
    assert len(world.run("2024-12-02T02:00Z").documents) == 1


def test_a_damaged_earlier_document_is_a_finding_and_nothing_is_replaced(world: World) -> None:
    """The account with the damaged document waits, the other goes on; nothing is retired."""
    world.put([row(1, "2024-11-10T20:00Z"), row(2, "2024-11-10T20:00Z", account="biblioteket")])
    world.run("2024-12-01T02:00Z")
    (first, _) = world.copies()
    path = world.root / "store" / first.key
    whole = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(whole[:-200])
    at = "2024-12-10T02:00Z"
    world.put([row(1, at, row="sighting"), row(2, at, row="sighting", account="biblioteket")], at)
    report = world.run("2025-01-01T02:00Z")
    assert [(one.code, one.subject) for one in report.findings] == [("A103", first.key)]
    assert world.parts("biblioteket")[-1] == ("2024-11", "biblioteket", "supplement-2024-12")
    assert world.parts("arvika") == [("2024-11", "arvika", "main")]
    path.write_bytes(whole)
    world.run("2025-01-02T02:00Z")
    assert world.parts("arvika")[-1] == ("2024-11", "arvika", "supplement-2024-12")


def test_a_missing_holdings_file_is_a_finding_and_others_go_on(world: World) -> None:
    """One damaged month does not stop the rest, and its message names no path."""
    world.put([row(1, "2024-11-10T20:00Z"), row(1, "2024-11-10T20:00Z", month="2024-10")])
    with world.state.reading() as books:
        (file,) = books.manifest.live("ks", Month("2024-10"))
    (world.root / "store" / file.key).unlink()
    report = world.run("2024-12-01T02:00Z")
    assert [(one.code, one.subject) for one in report.findings] == [("A101", "ks/2024-10")]
    assert world.parts() == [("2024-11", "arvika", "main")]
    assert str(world.root) not in repr(report)


def test_a_row_that_no_document_can_hold_is_named_without_its_content(world: World) -> None:
    """The finding names item and field; the other account's document is written."""
    world.put(
        [row(1, "2024-11-10T20:00Z", evidence="hemligt" * 200), row(2, "2024-11-10T20:00Z", account="biblioteket")]
    )
    report = world.run("2024-12-01T02:00Z")
    assert [(one.code, one.subject) for one in report.findings] == [("A101", "arvika")]
    assert item(1) in repr(report.findings)
    assert "hemligt" not in repr(report.findings)
    assert world.parts() == [("2024-11", "biblioteket", "main")]


def test_many_rows_over_several_row_groups_are_chosen_right(world: World) -> None:
    """Masks and batches stay in step over many files, batches and accounts."""
    rows = [
        row(number, "2024-11-10T20:00Z", account="arvika" if number % 3 else "biblioteket") for number in range(1, 9001)
    ]
    world.put(rows[:5000])
    world.put(rows[5000:])
    world.gallra = {item(number) for number in range(1, 9001) if number % 7 == 0}
    world.run("2024-12-01T02:00Z")
    content = world.content()
    for account, third in (("arvika", False), ("biblioteket", True)):
        expected = [number for number in range(1, 9001) if (number % 3 == 0) is third and number % 7]
        assert sorted(numbers(content["2024-11", account, "main"])) == expected


def _timeline(world: World) -> list[Callable[[State, Store], None]]:
    """Acts of three dates: two main documents, two supplements, the merge."""

    def at(instant: str) -> Callable[[State, Store], None]:
        def run(state: State, store: Store) -> None:
            world.run(instant, state=state, store=store)

        return run

    return [at("2024-12-01T02:00Z"), at("2025-01-01T02:00Z"), at("2026-12-01T02:00Z")]


def _fill(world: World, step: int) -> None:
    if step == 0:
        world.put(
            [row(1, "2024-11-10T20:00Z"), row(2, "2024-11-10T20:00Z", account="biblioteket")], "2024-11-20T02:00Z"
        )
    if step == 1:
        at = "2024-12-10T02:00Z"
        world.put([row(1, at, row="sighting"), row(2, at, row="sighting", account="biblioteket")], at)


def _play(world: World, stop_in: int, stop_at: int | None) -> int:
    """Play the timeline, stop one of its acts at one point, recover and repeat it; returns the points passed there."""
    points = 0
    for step, run in enumerate(_timeline(world)):
        _fill(world, step)
        if step == stop_in:
            counter = Counter(stop_at)
            try:
                run(StoppingState(world.state, counter), cast("Store", StoppingStore(world.store, counter)))
            except StoppedError:
                recover(world.state, world.store, world.clock.now())
            points = counter.points
        run(world.state, world.store)
    return points


@pytest.mark.parametrize("step", [0, 1, 2])
def test_stopped_at_any_write_and_repeated_it_ends_the_same(new_world: Callable[..., World], step: int) -> None:
    """Wherever a run is stopped, recovery and a repeat end with the same rows, one object per copy and no leftovers."""
    first = new_world("expected")
    points = _play(first, step, None)
    expected = first.content()
    assert points >= 8
    for point in range(1, points + 1):
        world = new_world(f"stopped{point}")
        _play(world, step, point)
        assert world.content() == expected, point
        assert world.objects() == sorted(copy.key for copy in world.copies()), point
        with world.state.reading() as books:
            assert books.copies.retired() == []
            assert books.intents.dead() == []
        assert len(world.receipts()) == len(first.receipts()), point
