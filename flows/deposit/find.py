"""Find films: enter new ones with their members, group them, and say which of them the act does not reach.

What it costs follows what is new: only files of the holdings that nobody has searched are read, and of the items in them
that may have films all rows. Films are entered some items at a time, each time in one transaction; which files were
searched is noted last. So it may be stopped anywhere and run again, and running it again enters nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from flows.deposit.enter import Entered, enter_slots, judge_again
from flows.deposit.items import FILM_KINDS, Slot, rows_of_items, slots_of
from flows.keep.films import note_searched, unsearched
from flows.keep.patience import patiently
from flows.keep.read import read_file
from schemas.books import LiveFile
from schemas.finding import Finding
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.neighbours import MissingError

LEASE: Final = "deposit:films"
"""Lease of whoever enters films; one run does at a time."""
SUBJECT: Final = "deposit"
_TOGETHER: Final = 500
"""Items whose rows are read and whose films are entered together."""
_COLUMNS: Final = ("row", "item", "kind", "own", "media", "published")
_AGAIN: Final = 5


@dataclass(slots=True, kw_only=True)
class Scanned:
    """What was found, as counts.

    Attributes:
        films: new films. members: new members. updated: members of which more is known now. outside: new films, or films
            that nobody has decided, that the act does not reach by now.
        findings: what is to be told.
    """

    films: int = 0
    members: int = 0
    updated: int = 0
    outside: int = 0
    findings: list[Finding] = field(default_factory=list)


def scan(home: Home) -> Scanned:
    """Look for films in what is new since the last time, and judge anew those that nobody has decided.

    Raises:
        LeaseTakenError: somebody else is looking and does not end. GuardError: the key of the ids is missing (G-KEY).
    """
    home.native_key()
    ground = home.ground
    entered = Entered()
    with patiently(ground.state, LEASE) as lease:
        files = _search(home, entered)
        entered += judge_again(home)
        if files:
            with ground.state.writing() as books:
                books.leases.check(lease)
                note_searched(books, files)
    return _told(entered)


def _search(home: Home, entered: Entered) -> list[LiveFile]:
    """Enter the films of every file that was not searched; returns those files."""
    ground = home.ground
    for left in reversed(range(_AGAIN)):
        with ground.state.reading() as books:
            files = unsearched(books)
        try:
            for items in _batches(home, files):
                slots = [slot for rows in rows_of_items(ground, items).values() for slot in slots_of(home, rows)]
                _enter(home, slots, entered)
        except MissingError:
            if not left or _lost(home, files):
                raise
            continue  # replaced while we read; what took its place is searched now
        return files
    raise AssertionError


def _batches(home: Home, files: Sequence[LiveFile]) -> Iterator[list[ItemId]]:
    """Items that may have films, some at a time, by authority and month, the earliest published first."""
    partitions: dict[tuple[str, str], list[LiveFile]] = defaultdict(list)
    for file in files:
        partitions[file.authority, file.month].append(file)
    for _, some in sorted(partitions.items()):
        found: dict[ItemId, datetime | None] = {}
        for file in some:
            found.update(_candidates(home, file))
        items = sorted(found, key=lambda item: (str(found[item] or ""), item))
        for at in range(0, len(items), _TOGETHER):
            yield items[at : at + _TOGETHER]


def _candidates(home: Home, file: LiveFile) -> dict[ItemId, datetime | None]:
    """Own items of which a file has a version, or attachments that were found later, with the day of publication."""
    table = read_file(home.ground.store, file.key, _COLUMNS)
    kinds = pa.array(sorted(FILM_KINDS), pa.string())
    ours = pc.and_(table["own"], pc.is_in(pc.cast(table["kind"], pa.string()), value_set=kinds))
    version = pc.equal(pc.cast(table["row"], pa.string()), "version")
    told = pc.or_(version, pc.greater(pc.list_value_length(table["media"]), 0))
    some = table.filter(pc.and_(ours, told)).select(["item", "published"])
    return dict(zip(some["item"].to_pylist(), some["published"].to_pylist(), strict=True))


def _enter(home: Home, slots: Iterable[Slot], entered: Entered) -> None:
    by_authority: dict[str, list[Slot]] = defaultdict(list)
    for slot in slots:
        by_authority[slot.row.authority].append(slot)
    for authority, some in sorted(by_authority.items()):
        entered += enter_slots(home, authority, some)


def _lost(home: Home, files: Sequence[LiveFile]) -> bool:
    """Whether all files are still live, so that what was not there is lost and not replaced."""
    with home.ground.state.reading() as books:
        return {file.key for file in files} <= {file.key for file in books.manifest.live()}


def _told(entered: Entered) -> Scanned:
    findings = [
        Finding(code="L120", severity="info", subject=SUBJECT, parameters=one) for one in sorted(entered.joined)
    ]
    findings += [
        Finding(code="L125", severity="warning", subject=SUBJECT, parameters=one) for one in sorted(entered.likened)
    ]
    findings += [
        Finding(code="L124", severity="warning", subject=SUBJECT, parameters=(("film", number),))
        for number in sorted(entered.opened)
    ]
    for code, count in (("L121", entered.films), ("L123", entered.renumbered)):
        if count:
            findings.append(
                Finding(code=code, severity="info", subject=SUBJECT, count=count, parameters=(("count", count),))
            )
    for reason, count in sorted(entered.unread.items()):
        parameters = (("count", count), ("reason", reason))
        findings.append(Finding(code="L122", severity="warning", subject=SUBJECT, count=count, parameters=parameters))
    return Scanned(
        films=entered.films,
        members=entered.members,
        updated=entered.updated,
        outside=entered.outside,
        findings=findings,
    )
