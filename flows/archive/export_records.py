"""The records of an exported archive: record documents, the list of records, and their threads as PDF/A."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from flows.archive.decide import ordered
from flows.archive.export_choose import Place, unreadable
from flows.archive.export_folder import Building
from flows.archive.export_media import Reference, references
from flows.archive.export_tables import Table
from flows.archive.pack.records import latest_version
from flows.archive.pack.words import mark_words
from flows.keep.covers import SecrecyMark, secrecy_notice
from flows.keep.own import PLATFORM
from flows.keep.read import read_live
from flows.keep.renditions import renderings_of, rows_of_items
from schemas.calendar import local_day
from schemas.codes.words import value
from schemas.finding import Finding
from schemas.ground import Home
from schemas.hold import Mark
from schemas.ids import ItemId, item_id, month_of, rfc3339
from schemas.neighbours import Chance
from schemas.record import Row
from schemas.refusal import RefusedError, UnreachableError
from schemas.rendering import Typeset
from schemas.tables import HOLDINGS, to_rows
from schemas.xml.record import MAIN, Header, write_records

HEAD: Final = (
    "id",
    "arkivbildare",
    "konto",
    "plattform",
    "slag",
    "publicerad",
    "lydelser",
    "läge",
    "tråd",
    "märkningar",
    "fil",
)
"""Columns of ``forteckning.csv``."""
_BUNCH: Final = 500
"""Items whose threads are set together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One record document: where its items stand, how many there are, and what they refer to."""

    items: int
    rows: int
    references: tuple[Reference, ...]


class Documents:
    """Writes record documents; the list of records is filled with each that is whole."""

    def __init__(self, home: Home, building: Building, listing: Table, *, made: datetime, edition: str | None) -> None:
        """``edition``: of the plan in force."""
        self._home = home
        self._building = building
        self._listing = listing
        self._made = made
        self._edition = edition
        with home.ground.state.reading() as books:
            self._platforms = {one.name: one.platform for one in books.accounts.all()}

    def write(self, place: Place, accounts: Sequence[str], chance: Chance) -> Iterator[tuple[str, Written | Finding]]:
        """One document per account, with its name; a finding for what cannot be read or written.

        Memory is that of the month.
        """
        try:
            table = read_live(self._home.ground.state, self._home.ground.store, *place, HOLDINGS.names)
        except (OSError, pa.ArrowException) as error:
            yield "", unreadable(place, error)
            return
        names = pc.cast(table["account"], pa.string())
        for account in accounts:
            own = table.filter(pc.equal(names, account))
            if not own.num_rows:
                continue  # culled since it was looked for: then the export is refused in the end
            try:
                found = self._one(place, account, ordered(own), chance.bytes(32).hex())
            except ValueError as error:
                # The field names the item and what of it; the value may be content.
                reason = error.field if isinstance(error, RefusedError) else type(error).__name__
                yield (
                    account,
                    Finding(
                        code="A345",
                        severity="error",
                        subject=f"{place[0]}/{account}/{place[1]}",
                        parameters=(("month", place[1]), ("reason", reason)),
                    ),
                )
            else:
                yield account, found

    def _one(self, place: Place, account: str, table: pa.Table, salt: str) -> Written:
        authority, month = place
        path = f"handlingar/{authority}/{account}/{month}.xml"
        platforms = pc.unique(pc.cast(table["platform"], pa.string())).to_pylist()
        header = Header(
            authority=authority,
            account=account,
            platform=self._platforms.get(account) or (platforms[0] if len(platforms) == 1 else PLATFORM),
            month=month,
            part=MAIN,
            made=self._made,
            edition=self._edition,
            salt=salt,
        )
        lines: list[tuple[str, ...]] = []
        found: list[Reference] = []
        marks = self._marks([ItemId(one) for one in pc.unique(table["item"]).to_pylist()])

        def noted() -> Iterator[Row]:
            for item, group in groupby(to_rows(table), key=lambda row: row.item):
                rows = list(group)
                lines.append(self._line(item, rows, marks.get(item, ()), path))
                found.extend(references(item, rows))
                yield from rows

        with self._building.writing(path) as sink:
            count = write_records(sink, header, noted())
        for line in lines:
            self._listing.row(*line)
        return Written(items=count.items, rows=count.rows, references=tuple(found))

    def _marks(self, items: Sequence[ItemId]) -> Mapping[ItemId, Sequence[Mark]]:
        with self._home.ground.state.reading() as books:
            return marks_of(books.marks.of(items))

    def _line(self, item: ItemId, rows: Sequence[Row], marks: Sequence[Mark], path: str) -> tuple[str, ...]:
        latest = latest_version(rows)
        seen = [row for row in rows if row.row != "observation"] or list(rows)
        last = max(seen, key=lambda row: (row.observed, row.version, row.row == "sighting"))
        own = self._home.organisation.authority(latest.authority)
        return (
            item,
            latest.authority,
            latest.account,
            latest.platform,
            value(latest.kind, "sv"),
            "" if latest.published is None else rfc3339(latest.published),
            str(sum(row.row == "version" for row in rows)),
            value(last.state, "sv"),
            max(rows, key=lambda row: (row.observed, row.version)).thread,
            " | ".join(mark_words(one, self._authority(one, latest.authority, own)) for one in marks),
            path,
        )

    def _authority(self, mark: Mark, authority: str, name: str) -> str:
        return name if mark.authority in {"", authority} else mark.authority


def marks_of(marks: Sequence[Mark]) -> dict[ItemId, list[Mark]]:
    """Marks by item."""
    found: dict[ItemId, list[Mark]] = {}
    for one in marks:
        found.setdefault(one.item, []).append(one)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A thread as PDF/A: where it lies; ``None`` = it could not be made. ``changed``: something is not as it was."""

    id: str
    authority: str
    items: tuple[ItemId, ...]
    path: str | None
    changed: bool = False


class Threads:
    """The chosen records' threads as PDF/A, one file per thread."""

    def __init__(self, home: Home, building: Building, *, made: datetime) -> None:
        """``made``: the date of the documents."""
        self._home = home
        self._building = building
        self._made = made

    def write(self, chosen: Mapping[Place, Sequence[str]]) -> Iterator[Thread]:
        """Write every thread of the chosen accounts and months; memory is that of the ids and one bunch of threads."""
        for bunch in _bunches(self._places(chosen)):
            rows = rows_of_items(self._home.ground, [item for _, _, items in bunch for item in items])
            for authority, thread, items in bunch:
                own = [row for item in items for row in rows.get(item, ())]
                if own:
                    yield self._one(authority, thread, items, own)

    def _places(self, chosen: Mapping[Place, Sequence[str]]) -> Iterator[tuple[str, str, tuple[ItemId, ...]]]:
        """(authority, thread, its items) in order."""
        tables = [self._newest(place, accounts) for place, accounts in chosen.items()]
        if not tables:
            return
        table = pa.concat_tables(tables)
        keys = [("authority", "ascending"), ("thread", "ascending"), ("item", "ascending")]
        table = table.take(pc.sort_indices(table, sort_keys=keys))
        rows = (row for batch in table.to_batches(max_chunksize=4096) for row in batch.to_pylist())
        for (authority, thread), group in groupby(rows, key=lambda row: (row["authority"], row["thread"])):
            yield authority, thread, tuple(ItemId(row["item"]) for row in group)

    def _newest(self, place: Place, accounts: Sequence[str]) -> pa.Table:
        """A partition's chosen items with the thread that each one's newest row names."""
        ground = self._home.ground
        table = read_live(ground.state, ground.store, *place, ("item", "account", "thread", "observed", "version"))
        mine = pc.is_in(pc.cast(table["account"], pa.string()), value_set=pa.array(accounts, pa.string()))
        table = table.filter(mine).select(["item", "thread", "observed", "version"])
        keys = [("item", "ascending"), ("observed", "ascending"), ("version", "ascending")]
        table = table.take(pc.sort_indices(table, sort_keys=keys))
        grouped = table.group_by("item", use_threads=False).aggregate([("thread", "last")])
        owner = pa.array([place[0]] * grouped.num_rows, pa.string())
        return pa.table({"authority": owner, "thread": grouped["thread_last"], "item": grouped["item"]})

    def _one(self, authority: str, thread: str, items: tuple[ItemId, ...], rows: Sequence[Row]) -> Thread:
        made = self._set(authority, thread, rows)
        if made is None:
            return Thread(id=thread, authority=authority, items=items, path=None)
        path = f"pdf/{authority}/{month_of(ItemId(thread))}/{thread}.pdf"
        self._building.write(path, made.pdf)
        changed = bool(made.replaced or made.unshown)
        return Thread(id=thread, authority=authority, items=items, path=path, changed=changed)

    def _set(self, authority: str, thread: str, rows: Sequence[Row]) -> Typeset | None:
        """The thread as PDF/A, or None where it cannot be made: one thread does not stop the archive."""
        try:
            name = item_id(thread, "thread")
            [(_, rendering)] = renderings_of(self._home, [(name, rows)], made=self._made)
            notice = self._notice(authority, [row.item for row in rows])
            return self._home.typesetter.render(replace(rendering, notice=notice) if notice else rendering)
        except UnreachableError:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, it is told by a finding and by saknas.csv
            return None

    def _notice(self, authority: str, items: Sequence[ItemId]) -> str:
        """The secrecy marks on the thread's items as they are framed on its face (OSL 5:5), each once."""
        with self._home.ground.state.reading() as books:
            marks = [one for one in books.marks.of(list(dict.fromkeys(items))) if one.kind == "sekretess"]
        name = self._home.organisation.authority(authority)
        found = {
            SecrecyMark(
                provision=one.provision or "OSL",
                day=one.on or local_day(one.at),
                authority=name if one.authority in {"", authority} else one.authority,
            )
            for one in marks
        }
        ordered_marks = sorted(found, key=lambda one: (one.provision, one.day, one.authority))
        return "\n\n".join(secrecy_notice(one) for one in ordered_marks)


def _bunches(
    places: Iterator[tuple[str, str, tuple[ItemId, ...]]],
) -> Iterator[list[tuple[str, str, tuple[ItemId, ...]]]]:
    """Threads in their order, in bunches of about so many items."""
    bunch: list[tuple[str, str, tuple[ItemId, ...]]] = []
    count = 0
    for one in places:
        bunch.append(one)
        count += len(one[2])
        if count >= _BUNCH:
            yield bunch
            bunch, count = [], 0
    if bunch:
        yield bunch
