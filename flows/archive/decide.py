"""Which record documents are due, what goes into them and in which order. Pure: no store, no clock, no database.

One main document per authority, account and month of publication is written at the first run after the local
month's end. What is seen later goes into at most one supplement per calendar month, written at the first run after
that month's end. When re-observation is over, main and supplements become one new main.

A partition is looked at when its manifest, copies and what was noted at the last look say that there may be
something to write; the others are not read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from schemas.books import Copy, LiveFile
from schemas.calendar import ZONE, add_months, local_day, local_month
from schemas.hold import Mark
from schemas.ids import Month, month_of, month_of_day
from schemas.record import ROW_KINDS, Row
from schemas.xml.record import MAIN

WINDOW_DAYS = 730
"""Days after the month's end until re-observation is over."""

KEYS = ("account", "item", "row", "observed", "version", "batch")
"""Columns that tell whether a row is in a document already: all rows of one batch are written together."""

_OVERLAP = timedelta(days=1)
"""A file made shortly before a look may have been registered after it; it is looked at once more."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Reason = Literal["first", "later", "closing"]
"""``first``: never looked at. ``later``: something may have come since. ``closing``: supplements to be merged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What is noted of the last look at a partition, so that months without news are not read.

    Attributes:
        month: local calendar month of the look.
        plan: what the items were judged by (``Judge.token``).
        marks: digest of the marks on items of the month.
    """

    month: Month
    plan: str
    marks: str

    def to_text(self) -> str:
        """As kept in the state database."""
        return json.dumps({"marks": self.marks, "month": self.month, "plan": self.plan}, sort_keys=True)

    @staticmethod
    def from_text(text: str | None) -> Looked | None:
        """As read from there; None when nothing is noted."""
        return None if text is None else Looked(**json.loads(text))


def setting(authority: str, month: Month) -> str:
    """Name under which ``Looked`` is kept."""
    return f"archive.looked:{authority}/{month}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A partition that is to be looked at.

    Attributes:
        reason: why.
        before: later rows wait for the next supplement; the start of the present calendar month.
        supplement: part name of a supplement written now.
        closed: re-observation is over: no supplements any longer, everything goes into one main document.
        looked: what to note when it is done.
    """

    authority: str
    month: Month
    reason: Reason
    before: datetime
    supplement: str
    closed: bool
    looked: Looked


def first_day(month: Month) -> date:
    """First civil day of a month."""
    return date(int(month[:4]), int(month[5:]), 1)


def start(month: Month) -> datetime:
    """The instant at which a month begins in Stockholm."""
    day = first_day(month)
    return datetime(day.year, day.month, day.day, tzinfo=ZONE).astimezone(UTC)


def over(month: Month, now: datetime) -> bool:
    """Whether the month has ended in Stockholm."""
    return local_month(now) > month


def closed(month: Month, now: datetime, window_days: int = WINDOW_DAYS) -> bool:
    """Whether re-observation of items of the month is over: so many days after the month's end."""
    return local_day(now) >= add_months(first_day(month), 1) + timedelta(days=window_days)


def due(
    authority: str,
    month: Month,
    *,
    files: Iterable[LiveFile],
    copies: Iterable[Copy],
    looked: Looked | None,
    now: datetime,
    plan: str,
    marks: str,
    window_days: int = WINDOW_DAYS,
) -> Due | None:
    """Whether a partition is to be looked at now, from what the state database knows of it alone.

    Args:
        files: its live files. copies: its registered record documents. looked: what was noted at the last look.
        plan, marks: what items would be judged by now.
    """
    if not over(month, now):
        return None
    current = local_month(now)
    is_closed = closed(month, now, window_days)
    reason: Reason
    if looked is None:
        reason = "first"
    elif is_closed and any(copy.part != MAIN for copy in copies):
        reason = "closing"
    elif current > looked.month and (
        looked.plan != plan
        or looked.marks != marks
        or any(file.made >= start(looked.month) - _OVERLAP for file in files)
    ):
        reason = "later"
    else:
        return None
    before = start(current)
    return Due(
        authority=authority,
        month=month,
        reason=reason,
        before=before,
        supplement=f"supplement-{month_of_day(first_day(current) - timedelta(days=1))}",
        closed=is_closed,
        looked=Looked(month=current, plan=plan, marks=marks),
    )


def marks_by_month(marks: Iterable[Mark], today: date) -> dict[Month, str]:
    """One digest per month of the marks on its items, as they hold today; months without marks are left out."""
    lines: dict[Month, list[str]] = {}
    for mark in marks:
        holds = mark.on is None or mark.on <= today
        lines.setdefault(month_of(mark.item), []).append(f"{mark.item}\t{mark.kind}\t{mark.on}\t{holds}")
    return {month: hashlib.sha256("\n".join(sorted(some)).encode()).hexdigest() for month, some in lines.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document to be written.

    Attributes:
        part: ``main`` or the supplement's name.
        replaces: documents whose rows it takes over and which are retired.
    """

    part: str
    replaces: tuple[Copy, ...] = ()


def document(task: Due, copies: Sequence[Copy], *, news: bool) -> Document | None:
    """The document to be written for one account, or None.

    Args:
        copies: the account's registered documents of the month.
        news: whether there are rows that are in none of them (and early enough, where there is a main document).
    """
    if not any(copy.part == MAIN for copy in copies):
        # Supplements without a main document: something was lost from the register; one main mends it.
        return Document(part=MAIN, replaces=tuple(copies)) if news or copies else None
    if task.closed:
        return Document(part=MAIN, replaces=tuple(copies)) if news or len(copies) > 1 else None
    if not news:
        return None
    return Document(part=task.supplement, replaces=tuple(copy for copy in copies if copy.part == task.supplement))


def row_keys(table: pa.Table) -> Any:
    """One string per row from the columns of ``KEYS`` (account apart); equal for rows written together."""
    observed = pc.cast(pc.cast(table["observed"], pa.int64()), pa.string())
    version = pc.cast(table["version"], pa.string())
    words = [pc.cast(table[name], pa.string()) for name in ("item", "row", "batch")]
    return pc.binary_join_element_wise(words[0], words[1], observed, version, words[2], "\x1f")


def row_key(row: Row) -> str:
    """The same for one row."""
    observed = (row.observed - _EPOCH) // _MICROSECOND
    return f"{row.item}\x1f{row.row}\x1f{observed}\x1f{row.version}\x1f{row.batch}"


def news(table: pa.Table, unwanted: Any, known: Mapping[str, set[str]], before: datetime, mains: set[str]) -> Any:
    """Which rows are to be written: a mask over the partition's rows.

    Args:
        table: columns of ``KEYS`` of all rows.
        unwanted: ids of the items whose one matching rule says gallra.
        known: for each account the keys of the rows in its documents.
        before: rows observed later wait, for accounts that have a main document (``mains``).
    """
    wanted = pc.invert(pc.is_in(table["item"], value_set=pc.cast(unwanted, pa.string())))
    accounts = pc.cast(table["account"], pa.string())
    late = pc.and_(
        pc.greater_equal(table["observed"], pa.scalar(before, pa.timestamp("us", "UTC"))),
        pc.is_in(accounts, value_set=pa.array(sorted(mains), pa.string())),
    )
    mask = pc.and_(wanted, pc.invert(late))
    keys = row_keys(table)
    for account, there in known.items():
        if there:
            old = pc.and_(pc.equal(accounts, account), pc.is_in(keys, value_set=pa.array(list(there), pa.string())))
            mask = pc.and_(mask, pc.invert(old))
    return mask


def ordered(table: pa.Table) -> pa.Table:
    """Rows in the order of a record document.

    Items by their earliest time of publication (none last), then by id; within an item by observed, version number,
    version before sighting before observation, and batch.
    """
    items = table["item"]
    first = table.select(["item", "published"]).group_by("item").aggregate([("published", "min")])
    published = pc.take(first["published_min"], pc.index_in(items, value_set=first["item"]))
    rank = pc.index_in(pc.cast(table["row"], pa.string()), value_set=pa.array(ROW_KINDS))
    keys = pa.table(
        {
            "published": published,
            "item": items,
            "observed": table["observed"],
            "version": table["version"],
            "rank": rank,
            "batch": table["batch"],
        }
    )
    order = pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in keys.column_names])
    return table.take(order)
