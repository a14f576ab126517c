"""The cells that items lie in, numbered: rules are matched once per cell, not once per item.

A cell is a value per column that rules match on, the marks, and the part of the calendar the publication day lies in
(only where the plan or a rule limits publication days). A partition has few of them, whatever its size.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from schemas.hold import Mark, MarkKind
from schemas.plan.facts import Cell, mark_day, open_matter
from schemas.plan.fold import Items, whole
from schemas.plan.model import MEDIA_CLASSES, Plan


@dataclass(frozen=True, slots=True)
class Marks:
    """All marks as a small table: item, number of the set of kinds, the days that periods count from.

    Attributes:
        by_item: kind to day, by item id. items: the ids (Arrow).
        sets: the different sets of kinds; number 0 is the empty one.
        number: of each item's set. open: whether its matter is open on ``as_of``.
        days: per kind of mark that a period may count from, the day (date32, null = no such mark or no day).
    """

    by_item: dict[str, dict[MarkKind, date | None]]
    items: Any
    sets: tuple[frozenset[MarkKind], ...]
    number: Any
    open: Any
    days: dict[str, Any]

    def __bool__(self) -> bool:
        """Whether there is any mark."""
        return bool(self.by_item)


DATED: tuple[MarkKind, ...] = ("borttagen-av-oss", "inaktuell", "i-arende")


def marks_table(marks: Iterable[Mark], as_of: date) -> Marks:
    """Put marks in order for judging many items; the later of two marks of one kind on one item counts."""
    by_item: dict[str, dict[MarkKind, date | None]] = {}
    for mark in sorted(marks, key=lambda one: one.at):
        by_item.setdefault(mark.item, {})[mark.kind] = mark_day(mark)
    numbers: dict[frozenset[MarkKind], int] = {frozenset(): 0}
    number = [numbers.setdefault(frozenset(kinds), len(numbers)) for kinds in by_item.values()]
    return Marks(
        by_item=by_item,
        items=pa.array(list(by_item), pa.string()),
        sets=tuple(numbers),
        number=pa.array(number, pa.int64()),
        open=pa.array([open_matter(kinds, as_of) for kinds in by_item.values()], pa.bool_()),
        days={kind: pa.array([kinds.get(kind) for kinds in by_item.values()], pa.date32()) for kind in DATED},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where each item of a batch lies.

    Attributes:
        index: number of its cell (int64). cells: the cells with a day of their part of the calendar (None = the
            publication day is unknown).
        mark: its row in the table of marks, null without marks; None when there are no marks at all.
        days: civil days of publication (date32) if they were needed, else None.
    """

    index: Any
    cells: tuple[tuple[Cell, date | None], ...]
    mark: Any
    days: Any


def limits(plan: Plan | None) -> tuple[date, ...]:
    """The days on which the set of rules that may apply changes, by publication day."""
    if plan is None:
        return ()
    found = set()
    for span in (plan.records, *(rule.records for rule in plan.rules)):
        if span.first is not None:
            found.add(span.first)
        if span.last is not None and span.last < date.max:
            found.add(span.last + timedelta(days=1))
    return tuple(sorted(found))


def place_items(items: Items, authority: str, marks: Marks, cuts: Sequence[date], days: Any) -> Placed:
    """Number the cells of a batch's items.

    Args:
        items: the folded batch. authority: of its partitions. marks: all marks.
        cuts: days from ``limits``. days: civil days of publication; needed only when there are cuts.
    """
    mark = pc.index_in(items.item, value_set=marks.items) if marks else None
    digits: list[tuple[Any, list[Any]]] = []
    for column in (items.platform, items.account, items.kind, items.state):
        if pa.types.is_dictionary(column.type):
            digits.append((pc.cast(column.indices, pa.int64()), column.dictionary.to_pylist()))
        else:
            encoded = column.dictionary_encode()
            digits.append((pc.cast(encoded.indices, pa.int64()), encoded.dictionary.to_pylist()))
    digits.append((pc.cast(items.own, pa.int64()), ["visitor", "own"]))
    digits.append((items.media, list(MEDIA_CLASSES)))
    digits.append((None if mark is None else pc.fill_null(marks.number.take(mark), 0), list(marks.sets)))
    digits.append((_part(days, cuts), [*_starts(cuts), None]))
    code: Any = pa.repeat(pa.scalar(0, pa.int64()), len(items))
    for numbers, values in digits:
        if len(values) > 1 and numbers is not None:
            code = pc.add(pc.multiply(code, len(values)), numbers)
    encoded = pc.dictionary_encode(code)
    cells = []
    for number in encoded.dictionary.to_pylist():
        rest, picked = number, []
        for numbers, values in reversed(digits):
            at = 0
            if len(values) > 1 and numbers is not None:
                rest, at = divmod(rest, len(values))
            picked.append(values[at])
        day, kinds, media, own, state, kind, account, platform = picked
        columns = (authority, platform, account, kind, own, state, media)
        cells.append((Cell(columns=tuple(str(one) for one in columns), marks=kinds), day))
    return Placed(index=pc.cast(encoded.indices, pa.int64()), cells=tuple(cells), mark=mark, days=days)


def _starts(cuts: Sequence[date]) -> list[date]:
    return [date.min, *cuts]


def _part(days: Any, cuts: Sequence[date]) -> Any:
    """Which part of the calendar each day lies in; the last number stands for an unknown day."""
    if not cuts:
        return None
    part: Any = pa.repeat(pa.scalar(0, pa.int64()), len(days))
    for cut in cuts:
        part = pc.add(part, pc.cast(pc.greater_equal(days, pa.scalar(cut, pa.date32())), pa.int64()))
    return whole(pc.fill_null(part, len(cuts) + 1))
