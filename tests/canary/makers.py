"""Makers of derived files: whatever Bevara makes of items is made here before the culling, and must be gone after it.

Who adds a kind of derived file to Bevara adds its maker to ``MAKERS``; the canary then covers it in every variant.
"""

from __future__ import annotations

from collections.abc import Callable

from connectors.places import Place
from tests.canary.rehearsal import Rehearsal

Maker = Callable[[Rehearsal], None]
"""Makes derived files of one sort in a rehearsal home."""


def record_documents(rehearsal: Rehearsal) -> None:
    """XML of every account and month, with every item in it: the plan in force preserves all of them."""
    answer = rehearsal.json("archive", "records")
    assert answer["documents"], answer


def ledger_segments(rehearsal: Rehearsal) -> None:
    """The exported ledger."""
    rehearsal.say("verify")


def decisions_file(rehearsal: Rehearsal) -> None:
    """The outcome of every item, as a file outside the store."""
    rehearsal.say("plan", "decisions", "--out", str(rehearsal.root / "beslut.parquet"))


def draft_of_due_list(rehearsal: Rehearsal) -> None:
    """An unsigned draft, as the scheduled run makes it."""
    rehearsal.say("cull", "propose")


MAKERS: list[Maker] = [record_documents, ledger_segments, decisions_file, draft_of_due_list]
"""In the order in which they are made, all before the order is proposed."""


def mirrored(rehearsal: Rehearsal, mirror: Place) -> int:
    """Copy every object of the store to a mirror, as whoever keeps the mirror does; returns how many."""
    copies = mirror.open()
    known = {info.key for info in copies.list("")}
    with rehearsal.open() as home:
        for info in list(home.ground.store.list("")):
            if info.key not in known:
                copies.put_new(info.key, home.ground.store.get(info.key))
                known.add(info.key)
    return len(known)
