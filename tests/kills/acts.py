"""The acts that are killed: appending, compacting, destroying. Each has a small world, a way to go on, and a check."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from connectors.home import open_home
from flows.cull.execute import execute
from flows.cull.export import find_certificate
from flows.cull.verify import verify_certificate
from flows.keep.recover import recover
from flows.keep.rewrite import compact
from flows.oversee.accounts.register import add_account
from schemas.account import Account
from schemas.ground import Home
from schemas.hold import Mark
from schemas.ids import Month, native_hash
from tests.canary.marks import Marks
from tests.canary.plans import first_plan, second_plan
from tests.canary.rehearsal import PROPOSER, Rehearsal, rows_by_item
from tests.canary.scan import Scan
from tests.canary.world import AUTHORITY, Maker, Written, put_rows

BEGUN, LATER = "2023-06-10T02:00:00Z", "2026-01-15T09:00:00Z"
_MONTHS = (Month("2023-02"), Month("2023-03"))
_ITEMS = (
    *((3, "post"), (4, "comment"), (2, "comment"), (7, "comment")),
    *((9, "reply"), (10, "post"), (12, "comment"), (22, "comment")),
)
"""Numbers say what an item has: 2 an attachment of its own, 4 and 22 one they share, 9 and 13 have a second version."""
_MORE = ((26, "comment"), (15, "post"), (13, "comment"))
_CULLED = frozenset({3, 4, 2, 12})
_PLACES = """[state]
url = "sqlite:///state/bevara.db"
[store]
kind = "folder"
path = "store"
[[mirror]]
name = "spegel"
kind = "folder"
path = "../spegel"
[second]
kind = "folder"
path = "../andra"
[harvest]
media_limit_mb = 64
"""


def _written() -> tuple[Written, Written]:
    """Rows of the first items, and of those that come later."""
    marks = Marks("döda")
    maker = Maker(marks, "döda", _MONTHS)
    for number, kind in _ITEMS:
        maker.make(number, kind, culled=number in _CULLED)  # type: ignore[arg-type] # kinds of records
    first = maker.written
    count, rows = len(first.canaries), len(first.rows)
    for number, kind in _MORE:
        maker.make(number, kind, culled=False)  # type: ignore[arg-type] # as above
    whole = maker.written
    later = Written(canaries=whole.canaries[count:], rows=whole.rows[rows:], media=whole.media, marks=marks)
    return Written(canaries=whole.canaries[:count], rows=whole.rows[:rows], media=whole.media, marks=marks), later


@contextmanager
def opened(root: Path) -> Iterator[Home]:
    """The home in the folder, at the instant that the template was left at."""
    at = (root / "at").read_text("ascii")
    with open_home(root / "hem", at=datetime.fromisoformat(at)) as home:
        yield home


def _begin(root: Path, *, keys: bool, batches: int) -> tuple[Rehearsal, Written, Written]:
    (root / "spegel").mkdir(parents=True)
    (root / "andra").mkdir()
    rehearsal = Rehearsal(root, BEGUN)
    os.environ["BEVARA_KEYS"] = str(root / "nycklar")
    rehearsal.init(_PLACES)
    if keys:
        rehearsal.persons()
    first, later = _written()
    with rehearsal.open() as home:
        add_account(home.ground, Account(name="torget", platform="mastodon", handle="torget", authority=AUTHORITY))
        put_rows(home, first, batches=batches)
    return rehearsal, first, later


def _leave(rehearsal: Rehearsal, first: Written, **more: Any) -> None:
    with rehearsal.open() as home:
        rows = rows_by_item(home)
    culled = [one.item for one in first.canaries if one.culled] if "order" in more else []
    items = {one.name: str(one.item) for one in first.canaries}
    carriers = {
        mark: sorted({items[name] for name in names & items.keys()}) for mark, names in first.marks.carriers.items()
    }
    known = {"rows": rows, "culled": culled, "carriers": {mark: by for mark, by in carriers.items() if by}, **more}
    (rehearsal.root.parent / "known.json").write_text(json.dumps(known), "utf-8")
    (rehearsal.root / "at").write_text(rehearsal.at, "ascii")


# --- append ------------------------------------------------------------------------------------------------------


def build_append(root: Path) -> None:
    """An archive to which three items are to be added."""
    rehearsal, first, _ = _begin(root, keys=False, batches=1)
    _leave(rehearsal, first)


def act_append(home: Home, _: Any) -> None:
    """Recover, then add the items unless they are there, as a harvest does."""
    _recover(home)
    later = _written()[1]
    row = later.rows[0]
    key = native_hash(home.native_key(), row.authority, row.platform, row.native)
    with home.ground.state.reading() as books:
        there = bool(books.natives.find([key]))
    if not there:
        put_rows(home, later, batches=1)


def check_append(root: Path, known: Any) -> list[str]:
    """Everything of before is as it was, and the items are there wholly, once."""
    later = _written()[1]
    with opened(root) as home:
        rows = rows_by_item(home)
    problems = _same(known["rows"], {item: one for item, one in rows.items() if item in known["rows"]})
    new = {item: len(one) for item, one in rows.items() if item not in known["rows"]}
    wanted: dict[str, int] = {}
    for row in later.rows:
        wanted[row.item] = wanted.get(row.item, 0) + 1
    if new != wanted:
        problems.append(f"added: {new}, wanted: {wanted}")
    return problems + _verified(root) + marks_left(root, known, set())


# --- compact -----------------------------------------------------------------------------------------------------


def build_compact(root: Path) -> None:
    """An archive whose partitions have several files each."""
    rehearsal, first, _ = _begin(root, keys=False, batches=3)
    _leave(rehearsal, first)


def act_compact(home: Home, _: Any) -> None:
    """Recover, then compact whatever has more than one file."""
    _recover(home)
    ground = home.ground
    compact(ground.state, ground.store, chance=ground.chance, clock=ground.clock, limit=1, mirrors=ground.mirrors)


def check_compact(root: Path, known: Any) -> list[str]:
    """Every row is as it was, in one file for each partition."""
    with opened(root) as home:
        rows = rows_by_item(home)
        with home.ground.state.reading() as books:
            crowded = [one for one in books.manifest.partitions() if one[2] != 1]
    problems = [f"not compacted: {crowded}"] if crowded else []
    return problems + _same(known["rows"], rows) + _verified(root) + marks_left(root, known, set())


# --- destroy -----------------------------------------------------------------------------------------------------


def build_destroy(root: Path) -> None:
    """An archive with an approved order, its record documents written and its mirror filled."""
    rehearsal, first, _ = _begin(root, keys=True, batches=2)
    rehearsal.adopt(first_plan())
    rehearsal.at = LATER
    rehearsal.say("archive", "records")
    rehearsal.adopt(second_plan())
    at = datetime.fromisoformat(LATER).astimezone(UTC)
    with rehearsal.open() as home, home.ground.state.writing() as books:
        for one in first.canaries:
            if one.culled and one.item is not None:
                books.marks.add(Mark(item=one.item, kind="inaktuell", person=PROPOSER, at=at, on=date(2026, 1, 10)))
    digest: str = rehearsal.propose()["proposal"]
    rehearsal.approve(digest)
    with rehearsal.open() as home:
        for info in list(home.ground.store.list("")):
            home.ground.mirrors[0].put_new(info.key, home.ground.store.get(info.key))
    _leave(rehearsal, first, order=digest)


def act_destroy(home: Home, known: Any) -> None:
    """Recover, then execute the order, or go on with it."""
    _recover(home)
    execute(home, known["order"])


def check_destroy(root: Path, known: Any) -> list[str]:
    """Kept = kept, culled = gone, one tombstone each, one certificate, and nothing that nobody knows of."""
    problems: list[str] = []
    with opened(root) as home:
        rows = rows_by_item(home)
        with home.ground.state.reading() as books:
            tombstones = {one.item for one in books.tombstones.all()}
            order = books.orders.get(known["order"])
            errands = books.outbox.waiting("register")
            free = books.media.free()
        findings = verify_certificate(home, find_certificate(home, known["order"]))
    problems += [f"certificate: {one.code}" for one in findings]
    if tombstones != set(known["culled"]):
        problems.append(f"tombstones: {sorted(tombstones)}")
    if order is None or order.standing != "done":
        problems.append(f"order: {order.standing if order else None}")
    certificates = [item for item, one in rows.items() if "kind='certificate'" in one[0]]
    if len(certificates) != 1 or [one.subject for one in errands] != certificates:
        problems.append(f"certificates: {certificates}, errands: {[one.subject for one in errands]}")
    if free:
        problems.append(f"{len(free)} attachments wait")
    kept = {item: one for item, one in known["rows"].items() if item not in known["culled"]}
    ours = {item: one for item, one in rows.items() if item in known["rows"]}
    problems += _same(kept, ours)
    problems += [
        f"unknown item: {item}" for item in rows if item not in kept and "platform='bevara'" not in rows[item][0]
    ]
    return problems + _verified(root) + marks_left(root, known, set(known["culled"]))


# --- what all share ----------------------------------------------------------------------------------------------


def _recover(home: Home) -> None:
    ground = home.ground
    recover(ground.state, ground.store, ground.clock.now(), ground.mirrors)


def _same(before: dict[str, list[str]], after: dict[Any, list[str]]) -> list[str]:
    changed = [item for item in before if after.get(item) != before[item]]
    more = [item for item in after if item not in before]
    return [f"changed: {changed}, more: {more}"] if changed or more else []


def _verified(root: Path) -> list[str]:
    rehearsal = Rehearsal(root, (root / "at").read_text("ascii"))
    try:
        rehearsal.say("verify", "--deep")
    except AssertionError as error:
        return [f"verify: {error}"]
    return []


def marks_left(root: Path, known: Any, gone: set[str]) -> list[str]:
    """Every mark that only items which are gone carry is found nowhere; every other is found."""
    carriers: dict[str, list[str]] = known["carriers"]
    theirs = {mark for mark, items in carriers.items() if set(items) <= gone}
    scan = Scan(carriers)
    scan.folder("mapp", root)
    left = sorted({place for mark in scan.found & theirs for place in scan.places[mark]})
    lost = len(carriers.keys() - theirs - scan.found)
    return [*([f"marks are left in {left}"] if left else []), *([f"{lost} marks are lost"] if lost else [])]


def _nothing(_: Path | None) -> None:
    """Most acts meet nobody outside."""


@dataclass(frozen=True, slots=True)
class Act:
    """An act: how its world is built, what is killed, and how the outcome is looked at (a list of problems).

    ``around``: begins whom the act meets outside of the home (None), and lets them be as they were for a copy of the
    template (its folder); in the process that only forks, so that nobody outside is killed with the act.
    """

    build: Callable[[Path], None]
    act: Callable[[Home, Any], None]
    check: Callable[[Path, Any], list[str]]
    around: Callable[[Path | None], None] = _nothing


ACTS = {
    "append": Act(build_append, act_append, check_append),
    "compact": Act(build_compact, act_compact, check_compact),
    "destroy": Act(build_destroy, act_destroy, check_destroy),
}
