"""The newest state of items, by columns, is what a plain loop over the rows makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from flows.oversee.watch.scan import NAMES, newest
from schemas.record import Row
from schemas.tables import to_table
from tests.plan.worlds import make_row

NOW = datetime(2026, 2, 3, tzinfo=UTC)
SINCE = NOW - timedelta(days=30)
PARENT, THREAD = "202601-pppppppppppppppp", "202601-tttttttttttttttt"


def world(random: Random) -> list[Row]:
    """Items with versions, sightings and observations, old and new, in no order."""
    rows: list[Row] = []
    for letter in "abcdefg"[: random.randint(1, 7)]:
        item, version = f"202601-{letter * 16}", 0
        published = random.choice([None, NOW - timedelta(days=random.randint(0, 60))])
        for _ in range(random.randint(1, 6)):
            kind = "version" if not version else random.choice(["version", "sighting", "observation"])
            version += kind == "version"
            rows.append(
                make_row(
                    item,
                    row=kind,
                    version=version,
                    published=published,
                    observed=NOW - timedelta(days=random.randint(0, 60)) + timedelta(seconds=len(rows)),
                    state="seen" if kind != "sighting" else random.choice(["gone", "hidden", "seen"]),
                    evidence=None if kind != "sighting" else "listing",
                    parent=random.choice([None, PARENT]),
                    thread=random.choice([item, THREAD]),
                    author=f"{kind} {version}",
                )
            )
    random.shuffle(rows)
    return rows


def plainly(rows: Sequence[Row], known: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The same by a loop."""
    found: dict[str, dict[str, Any]] = {}
    for item in {row.item for row in rows}:
        mine = sorted((row for row in rows if row.item == item), key=lambda row: (row.observed, row.version))
        late = [row for row in mine if row.observed >= SINCE]
        fresh = any((row.published or row.observed) >= SINCE for row in mine)
        fresh = fresh or any(row.row == "version" and row.version > 1 for row in late)
        if not (fresh or item in known or any(row.row == "sighting" for row in late)):
            continue
        version = max((row for row in mine if row.row == "version"), key=lambda row: (row.version, row.observed))
        state = [row for row in mine if row.row != "observation"][-1]
        found[item] = {
            "version": version.version,
            "author": version.author,
            "state": state.state,
            "evidence": state.evidence,
            "changed": state.observed,
            "parent": next((row.parent for row in reversed(mine) if row.parent), None),
            "thread": next((row.thread for row in reversed(mine) if row.thread != item), item),
            "fresh": fresh,
        }
    return found


@pytest.mark.parametrize("seed", range(150))
def test_newest(seed: int) -> None:
    """Version, visibility, place in the thread, and whether it is looked at at all."""
    random = Random(seed)
    rows = world(random)
    known = sorted({row.item for row in rows if random.random() < 0.1})
    table = newest(to_table(rows).select(list(NAMES)), SINCE, known)
    wanted = plainly(rows, known)
    found = {one["item"]: one for one in table.to_pylist()} if table.num_rows else {}
    assert {item: {name: one[name] for name in wanted.get(item, one)} for item, one in found.items()} == wanted
