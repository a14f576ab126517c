"""The canary: of 1,000 items in everything that is content, 500 are culled, and no byte of them is left anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from flows.oversee.accounts.register import add_account
from schemas.account import Account
from schemas.hold import Mark, MarkKind
from schemas.ids import ItemId
from schemas.record import KINDS
from tests.canary.makers import MAKERS, mirrored
from tests.canary.marks import Marks
from tests.canary.plans import TIMED, first_plan, second_plan
from tests.canary.recorded import ACCOUNT, NIGHTS, record
from tests.canary.rehearsal import (
    PROPOSER,
    Rehearsal,
    everything_logged,
    rows_by_item,
    temporary_files_in,
)
from tests.canary.scan import Scan
from tests.canary.variants import FOLDER_STORE, VARIANTS, Variant, make_variant, mirror_of
from tests.canary.world import AUTHORITY, SECOND_AUTHORITY, Canary, make_rows, put_rows

ROWS, RECORDED = 900, 100
MARKED, CULLED, AFTER = "2026-01-10T09:00:00Z", "2026-01-15T09:00:00Z", "2026-01-16T02:00:00Z"

BY_PREFECT = "folder-sqlite"
"""The variant whose order is executed as a flow, at the hour it is, so that Prefect's own files are scanned too."""


@dataclass(slots=True)
class Story:
    """One variant's archive with its canaries."""

    rehearsal: Rehearsal
    variant: Variant
    canaries: list[Canary]
    marks: Marks

    @property
    def culled(self) -> set[ItemId]:
        """The items to be culled, and what was made of them as records of their own."""
        return self.rehearsal.going | {one.item for one in self.canaries if one.culled and one.item is not None}

    def scan(self) -> Scan:
        """Read everything there is."""
        scan = Scan(self.marks.carriers)
        self.variant.look(scan, self.rehearsal)
        return scan


@pytest.fixture(params=VARIANTS)
def story(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Story]:
    """An archive of 1,000 items with everything that is made of them, on the day before the culling."""
    variant = make_variant(request.param, request, monkeypatch)
    rehearsal = Rehearsal(tmp_path / "allt", NIGHTS[0])
    monkeypatch.setenv("BEVARA_KEYS", str(rehearsal.root / "nycklar"))
    marks = Marks(request.param)
    with temporary_files_in(rehearsal.root / "tmp"), everything_logged(rehearsal.root / "loggar"):
        rehearsal.init(variant.settings(rehearsal.root))
        rehearsal.persons()
        rehearsal.adopt(first_plan())
        recorded = record(tmp_path / "plattform", RECORDED, RECORDED // 2, marks, request.param)
        rehearsal.say("account", "add", str(tmp_path / f"{ACCOUNT}.toml"))
        with rehearsal.open() as home:
            for name, authority in (("torget", AUTHORITY), ("skolan", SECOND_AUTHORITY)):
                account = Account(name=name, platform="mastodon", handle=name, authority=authority)
                add_account(home.ground, account)
        written = make_rows(ROWS, ROWS // 2, marks, request.param, sparse=variant.sparse)
        for night in NIGHTS:
            if night == NIGHTS[-1]:
                with rehearsal.open() as home:
                    put_rows(home, written, batches=variant.batches)
            rehearsal.at = night
            rehearsal.json("harvest", ACCOUNT, "--full", codes=(0, 3))
        found = Story(rehearsal, variant, [*written.canaries, *recorded], marks)
        _name(found)
        rehearsal.at = MARKED
        _say_what_goes(found)
        for maker in MAKERS:
            maker(rehearsal)
        mirrored(rehearsal, mirror_of(rehearsal))
        yield found


def _name(story: Story) -> None:
    """Give the recorded canaries their opaque ids."""
    with story.rehearsal.open() as home:
        rows = rows_by_item(home)
    unnamed = {one.name: one for one in story.canaries if one.item is None}
    for item, texts in rows.items():
        for name in [name for name in unnamed if f", native='{name}'" in texts[0]]:
            unnamed.pop(name).item = item
    profiles = [item for item, texts in rows.items() if f"account='{ACCOUNT}', kind='profile'" in texts[0]]
    (unnamed.pop("profilen").item,) = profiles
    assert not unnamed
    assert len(rows) == len(story.canaries) == len({one.item for one in story.canaries}) == ROWS + RECORDED


def _say_what_goes(story: Story) -> None:
    """Mark what goes, and what stays of the kinds that go by themselves: a few by command, the rest in one go."""
    wanted: dict[MarkKind, list[ItemId]] = {"inaktuell": [], "urval": []}
    for one in story.canaries:
        assert one.item is not None
        if one.kind in TIMED and not one.culled:
            wanted["urval"].append(one.item)
        elif one.kind not in TIMED and one.culled:
            wanted["inaktuell"].append(one.item)
    for kind, items in wanted.items():
        story.rehearsal.say("mark", *items[:5], kind, "--as", PROPOSER)
        with story.rehearsal.open() as home, home.ground.state.writing() as books:
            for item in items[5:]:
                at = datetime.fromisoformat(MARKED).astimezone(UTC)
                books.marks.add(Mark(item=item, kind=kind, person=PROPOSER, at=at, on=date(2026, 1, 10)))


def test_nothing_is_left_of_what_is_culled(story: Story) -> None:
    """Culled by two persons' signatures, 500 of 1,000 items leave no mark in any byte; the others lose none."""
    culled_names = {one.name for one in story.canaries if one.culled}
    theirs = story.marks.of_none_but(culled_names)
    carried = {mark for mark, carriers in story.marks.carriers.items() if carriers}
    if story.variant.name != "ceph-sqlite":
        # Where reading is slow it is done once: the same marks go in everywhere.
        before = story.scan()
        assert before.found == carried, sorted(story.marks.carriers[mark] for mark in before.found ^ carried)[:20]
    rehearsal = story.rehearsal
    with rehearsal.open() as home:
        rows = rows_by_item(home)
    with rehearsal.open() as home, home.ground.state.reading() as books:
        films = {item for one in books.copies.find(kind="delivery") for item in one.items}
    assert films & story.culled, "a film that goes is in a delivery that is kept"
    by_prefect = story.variant.name == BY_PREFECT
    rehearsal.at = "" if by_prefect else CULLED
    rehearsal.adopt(second_plan())
    proposed = rehearsal.propose()
    assert proposed["counts"]["cull"] == len(story.culled)
    digest: str = proposed["proposal"]
    rehearsal.approve(digest)
    answer = rehearsal.execute_by_prefect(digest) if by_prefect else rehearsal.execute(digest)
    assert (answer["culled"], answer["kept"], answer["standing"]) == (len(story.culled), 0, "done")
    if not by_prefect:
        assert {place["place"] for place in answer["places"]} >= {"folder:spegel"}
        assert all(place["removed"] == place["verified_absent"] for place in answer["places"]), answer

    _only_theirs_is_gone(story, rows)
    _no_mark_is_left(story, theirs, carried - theirs)
    rehearsal.say("verify", "--deep")
    if story.variant.store.startswith(FOLDER_STORE):
        _nothing_comes_back(story, rows, theirs, carried - theirs)


def _nothing_comes_back(
    story: Story, before: dict[ItemId, list[str]], theirs: frozenset[str], others: set[str]
) -> None:
    """The next night, with the platform as it was, takes nothing in and writes nothing of what was culled."""
    rehearsal = story.rehearsal
    rehearsal.at = AFTER if rehearsal.at else ""
    taken = rehearsal.json("harvest", ACCOUNT, "--full", codes=(0, 3))["accounts"][0]
    assert taken["new"] == 0, taken
    rehearsal.json("archive", "records", codes=(0, 3))
    _only_theirs_is_gone(story, before, observed=True)
    _no_mark_is_left(story, theirs, others)
    rehearsal.say("verify", "--deep")


def _only_theirs_is_gone(story: Story, before: dict[ItemId, list[str]], *, observed: bool = False) -> None:
    """After = before − culled; every other row as it was; tombstones name the culled and nothing else."""
    with story.rehearsal.open() as home:
        after = rows_by_item(home)
        with home.ground.state.reading() as books:
            tombstones = {one.item for one in books.tombstones.all()}
    kept = {item: rows for item, rows in before.items() if item not in story.culled}
    assert tombstones == story.culled
    assert not set(after) & tombstones
    for item, rows in kept.items():
        assert after[item] == rows or (observed and set(rows) <= set(after[item])), item
    assert all("platform='bevara'" in rows[0] for item, rows in after.items() if item not in kept)


def _no_mark_is_left(story: Story, theirs: frozenset[str], others: set[str]) -> None:
    scan = story.scan()
    left = {place for mark in scan.found & theirs for place in scan.places[mark]}
    assert not left, f"{len(scan.found & theirs)} marks are left in {sorted(left)[:20]}"
    assert scan.found == others
    in_registers = {place for places in scan.places.values() for place in places if _holds_no_content(place)}
    assert not in_registers


def _holds_no_content(place: str) -> bool:
    return place.startswith(
        ("mapp/hem/state", "mapp/hem/prefect", "mapp/log", "mapp/tmp", "mapp/andra", "mapp/nycklar", "postgres")
    )


def test_every_kind_is_on_either_side() -> None:
    """The canary holds every kind of record, culled and kept, with answers across the two sides."""
    written = make_rows(ROWS, ROWS // 2, Marks("x"), "x")
    sides = {culled: {one.kind for one in written.canaries if one.culled is culled} for culled in (True, False)}
    assert sides[True] == sides[False] == set(KINDS) - {"proposal", "certificate"}
    culled = {one.item for one in written.canaries if one.culled}
    answers = {(row.item in culled, row.parent in culled) for row in written.rows if row.parent is not None}
    assert answers == {(True, True), (True, False), (False, True), (False, False)}
    assert {row.row for row in written.rows} == {"version", "sighting", "observation"}
