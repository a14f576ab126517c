"""A thread is shown whole and in order, with stubs in the place of what was culled or never came."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from connectors.chance import SeededChance
from connectors.home import init_home, open_home
from flows import exits
from flows.__main__ import run
from flows.disclose.search import Query, search
from flows.disclose.show import thread_lines
from flows.keep.append import Addition, append
from flows.keep.rewrite import rewrite
from flows.keep.thread import Node, read_thread
from schemas.books import Books
from schemas.ground import Ground
from schemas.ids import ItemId, Month, item_id, month_of
from schemas.order import Tombstone
from schemas.record import Row
from schemas.refusal import RefusedError
from schemas.tables import to_table
from tests.archive.world import AUTHORITY, row

CULLED = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
RULE = "kommentar-ringa"


def name(number: int, month: str = "2024-11") -> ItemId:
    """The id that ``row`` gives item ``number`` of a month."""
    return row(number, f"{month}-20T00:00Z", month=month).item


def comment(number: int, above: ItemId, top: ItemId, day: int, *, month: str = "2024-11", **fields: Any) -> Row:
    """A visitor's comment on a day of the month."""
    values: dict[str, Any] = {
        "kind": "comment",
        "own": False,
        "author": f"Besökare {number}",
        "text": f"Kommentar {number}",
        "parent": above,
        "thread": top,
        "published": datetime(int(month[:4]), int(month[5:]), day, 12, tzinfo=UTC),
    }
    return row(number, f"{month}-{day:02d}T20:00Z", month=month, **{**values, **fields})


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A post with comments in two months, answers to them, one answer to something that was never taken in."""
    path = tmp_path / "hem"
    init_home(path, rehearsal=True, seed="thread", key_file=None)
    top = name(1)
    rows = [
        row(1, "2024-11-10T20:00Z", text="Vi bygger om\nbron\x1b[2J"),
        row(1, "2024-11-11T20:00Z", version=2, text="Vi bygger om bron i vinter"),
        comment(2, top, top, 11),
        comment(3, top, top, 12),
        comment(4, name(2), top, 14),
        comment(5, name(4), top, 2, month="2024-12"),
        comment(6, name(99), top, 20),
        comment(7, top, top, 21, parent=None, parent_native="https://elsewhere.example/1"),
        comment(7, top, top, 22, row="sighting", state="hidden", parent=None, text=None),
        row(50, "2024-11-10T20:00Z", text="Ett annat inlägg"),
        comment(51, name(50), name(50), 11),
    ]
    with open_home(path) as opened:
        put(opened.ground, rows)
    return path


def put(ground: Ground, rows: Sequence[Row]) -> None:
    """Append rows as a harvest does."""
    tables: dict[tuple[str, Month], pa.Table] = {}
    for month in {month_of(one.item) for one in rows}:
        tables[AUTHORITY, month] = to_table([replace(one, batch="b") for one in rows if month_of(one.item) == month])
    with ground.state.hold_lease("account:x") as lease:
        addition = Addition(batch="b", tables=tables, act="harvest.batch", subject="x")
        append(ground.state, ground.store, lease, addition, chance=ground.chance, at=ground.clock.now())


def cull(home: Path, *items: ItemId) -> None:
    """Take the rows out and leave tombstones, as a culling does."""
    with open_home(home) as opened:
        ground = opened.ground
        for month in sorted({month_of(one) for one in items}):
            own = [one for one in items if month_of(one) == month]
            nodes = {one.item: one for item in own for one in read_thread(ground, item)}

            def also(books: Books, own: list[ItemId] = own, nodes: dict[Any, Node] = nodes) -> None:
                books.tombstones.add(
                    [
                        Tombstone(
                            item=one,
                            parent=nodes[one].parent,
                            thread=name(1),
                            kind=nodes[one].kind or "",
                            rule=RULE,
                            edition="1",
                            order="a" * 64,
                            culled=CULLED,
                            salt=b"s" * 32,
                        )
                        for one in own
                    ]
                )

            with ground.state.hold_lease(f"partition:{AUTHORITY}/{month}") as lease:
                rewrite(
                    ground.state, ground.store, lease, AUTHORITY, month,
                    drop=pa.array(own, pa.string()), act="cull.swap", chance=SeededChance(month),
                    clock=ground.clock, also=also,
                )  # fmt: skip


def shown(home: Path, item: ItemId) -> list[Node]:
    """The thread of an item."""
    with open_home(home) as opened:
        return read_thread(opened.ground, item)


def places(nodes: Sequence[Node]) -> list[tuple[ItemId | None, int, str]]:
    """Id, depth and standing in reading order."""
    return [(one.item, one.depth, one.standing) for one in nodes]


WHOLE = [
    (name(1), 0, "live"),
    (name(2), 1, "live"),
    (name(4), 2, "live"),
    (name(5, "2024-12"), 3, "live"),
    (name(3), 1, "live"),
    (name(99), 1, "missing"),
    (name(6), 2, "live"),
    (None, 1, "missing"),
    (name(7), 2, "live"),
]


@pytest.mark.parametrize("asked", [name(1), name(4), name(5, "2024-12"), name(7)])
def test_the_whole_thread_is_shown_whichever_item_is_asked_for(home: Path, asked: ItemId) -> None:
    """What is answered comes before what answers it, neighbours by time, in the latest version; others' threads do not."""
    nodes = shown(home, asked)
    assert places(nodes) == WHOLE
    assert nodes[0].text == "Vi bygger om bron i vinter"
    assert (nodes[1].kind, nodes[1].author, nodes[1].parent) == ("comment", "Besökare 2", name(1))
    assert (nodes[-1].text, nodes[-1].state) == ("Kommentar 7", "hidden")


def test_stubs_stand_where_something_was_culled(home: Path) -> None:
    """A culled comment keeps its place above what answered it; day, kind and plan row are told, nothing else."""
    cull(home, name(2), name(3))
    nodes = shown(home, name(4))
    gone = {name(2), name(3)}
    assert places(nodes) == [(item, depth, "culled" if item in gone else what) for item, depth, what in WHOLE]
    lines = list(thread_lines(nodes))
    assert lines.count("  [gallrad 2026-11-23: kommentar, planrad kommentar-ringa]") == 2
    assert lines.count("  [finns inte i arkivet]") == 2
    assert lines[-1] == "7 handlingar, varav 2 gallrade; 2 finns inte i arkivet."
    assert "Kommentar 2" not in "\n".join(lines)
    assert "Kommentar 4" in "\n".join(lines)


@pytest.mark.parametrize("asked", [1, 4, 2])
def test_the_thread_is_found_when_its_first_item_or_the_one_asked_for_is_gone(home: Path, asked: int) -> None:
    """Tombstones alone lead to the thread, and live items below a culled beginning are still one thread."""
    cull(home, name(1), name(2))
    nodes = shown(home, name(asked))
    assert len(nodes) == len(WHOLE)
    assert {one.item for one in nodes if one.standing == "culled"} == {name(1), name(2)}
    assert [(one.item, one.depth) for one in nodes[:2]] == [(name(1), 0), (name(2), 1)]
    assert nodes[0].text is None


def test_a_thread_of_which_everything_is_gone_is_all_stubs(home: Path) -> None:
    """Nothing but tombstones: the tree and the counts are still right."""
    every = [one for one, _, standing in WHOLE if one is not None and standing == "live"]
    cull(home, *every)
    nodes = shown(home, name(5, "2024-12"))
    assert sum(one.standing == "culled" for one in nodes) == len(every) == 7
    assert list(thread_lines(nodes))[-1].startswith("7 handlingar, varav 7 gallrade")
    with open_home(home) as opened:
        assert [hit.item for hit in search(opened.ground, Query(text="Kommentar"))] == [name(51)]


def test_threads_that_were_joined_are_one(home: Path) -> None:
    """A beginning that turned out to answer another thread brings its own answers along, which keep its name."""
    with open_home(home) as opened:
        put(
            opened.ground,
            [row(50, "2024-12-01T20:00Z", row="observation", text=None, parent=name(3), thread=name(1))],
        )
    nodes = shown(home, name(51))
    assert (name(50), 2, "live") in places(nodes)
    assert (name(51), 3, "live") in places(nodes)
    assert places(shown(home, name(1))) == places(nodes)


def test_what_answers_itself_in_a_circle_is_shown_once(home: Path) -> None:
    """A platform's contradiction loses no item and does not go round for ever."""
    with open_home(home) as opened:
        put(
            opened.ground,
            [
                comment(60, name(61), name(60), 11),
                comment(61, name(60), name(60), 12),
            ],
        )
    assert [one.item for one in shown(home, name(61))] == [name(60), name(61)]


def test_the_command_keeps_its_contract(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One JSON line for each place, with nothing but nulls where something is gone; control characters are not printed."""
    cull(home, name(2))
    assert run(["--home", str(home), "--json", "thread", name(4)]) == exits.DONE
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(lines) == len(WHOLE)
    (gone,) = [line for line in lines if line["state"] == "culled"]
    assert gone == {
        "item": name(2),
        "parent": name(1),
        "state": "culled",
        "kind": "comment",
        "author": None,
        "published": None,
        "text": None,
        "culled": "2026-11-22T23:30:00Z",
        "rule": RULE,
    }
    (own,) = [line for line in lines if line["item"] == name(4)]
    assert (own["published"], own["parent"], own["state"]) == ("2024-11-14T12:00:00Z", name(2), "live")
    assert run(["--home", str(home), "thread", name(1)]) == exits.DONE
    assert "\x1b" not in capsys.readouterr().out
    with pytest.raises(RefusedError, match="ITEM"):
        run(["--home", str(home), "thread", "202411-zzzzzzzzzzzzzzzz"])
    assert item_id(name(4)) == name(4)
