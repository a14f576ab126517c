"""The judgement of all items at once: the same decisions as ``schemas.plan.judge``, by Arrow kernels alone.

Rules are matched once per cell (``schemas.plan.cells``) by the very function that judges one item; days, periods and
stops are computed on columns. Property tests hold the two equal for random plans, items, marks, holds and threads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from schemas.calendar import due_by_day, due_by_year, local_days
from schemas.codes.decide import CODES, OF_CONDITION, OF_TRIGGER, TEXTS
from schemas.hold import Hold, Mark
from schemas.plan.cells import Marks, Placed, limits, marks_table, place_items
from schemas.plan.facts import Cell, Facts
from schemas.plan.fold import Items, batches, columns_for, fold, whole
from schemas.plan.fold import later as latest
from schemas.plan.judge import check_as_of, condition_met, outcome_of, place
from schemas.plan.model import CONDITIONS, MEDIA_CLASSES, Plan, Rule
from schemas.plan.proven import Proven
from schemas.plan.thread import Context, Partitions, context, counts_activity, matches_media
from schemas.tables import INSTANT

COLUMNS: tuple[str, ...] = columns_for(media=True, thread=True)
"""Columns of ``HOLDINGS`` that a judgement may read; fewer are asked for where a plan needs fewer."""

_NAME = pa.dictionary(pa.int32(), pa.string())

DECISIONS: pa.Schema = pa.schema(
    [
        pa.field("item", pa.string()),
        pa.field("kind", pa.string()),
        pa.field("rule", pa.string()),
        pa.field("outcome", pa.string()),
        pa.field("published", INSTANT),
        pa.field("trigger", pa.date32()),
        pa.field("due", pa.date32()),
        pa.field("reasons", pa.list_(pa.string())),
        pa.field("account", pa.string()),
        pa.field("authority", pa.string()),
    ]
)
"""One row per item. ``rule`` is null when none or several match; ``trigger`` and ``due`` are civil days."""

NAMED = ("kind", "rule", "outcome", "account", "authority")
"""Columns of few values: dictionary arrays in what ``evaluate`` gives, plain strings after ``plain``."""

_BIT: dict[str, int] = {code: 1 << number for number, code in enumerate(CODES)}
_DAY = pa.date32()
_NEVER = pa.scalar(None, _DAY)
_TRIGGERS = ("published", "last_edit", "thread_activity", "removed", "inaktuell", "matter_closed")
_EDITS = 6
"""One more number of a trigger: ``published`` that an edit moves."""
_MARK_OF = {3: "borttagen-av-oss", 4: "inaktuell", 5: "i-arende"}


def evaluate(
    partitions: Partitions,
    plan: Plan | None,
    marks: Iterable[Mark],
    holds: Iterable[Hold],
    as_of: date,
    *,
    proofs: Mapping[str, Proven] | None = None,
    pending: Iterable[str] = (),
    films: Iterable[str] = (),
) -> Iterator[pa.Table]:
    """Decide about every item.

    Args:
        partitions: gives every partition with the columns asked for; called once or, where something can go down a
            thread, two or three times.
        plan: the edition, or None (everything is kept).
        marks, holds: all of them; lifted holds bind nothing.
        as_of: the civil day on which is decided.
        proofs: for each condition (``CONDITIONS``), the items for which it is proven.
        pending: items that wait for a delivery's receipt.
        films: items with a film that legal deposit has not settled; what lies below them is not kept by it.

    Yields:
        Tables with the columns of ``DECISIONS``, one per batch of partitions, one row per item; the columns of
        ``NAMED`` are dictionary arrays (``plain`` makes them plain).
    """
    yield from Run(partitions, plan, marks, holds, as_of, proofs=proofs, pending=pending, films=films).tables()


def plain(table: pa.Table) -> pa.Table:
    """The same rows with plain string columns (``DECISIONS``)."""
    return table.cast(DECISIONS)


class Run:
    """One evaluation: the plan prepared, the marks in order, the threads gathered."""

    def __init__(
        self,
        partitions: Partitions,
        plan: Plan | None,
        marks: Iterable[Mark],
        holds: Iterable[Hold],
        as_of: date,
        *,
        proofs: Mapping[str, Proven] | None = None,
        pending: Iterable[str] = (),
        films: Iterable[str] = (),
    ) -> None:
        """Prepare; reads the archive once or twice where something can go down a thread."""
        check_as_of(as_of)
        self._partitions = partitions
        self.plan, self.as_of = plan, as_of
        self.marks: Marks = marks_table(marks, as_of)
        self.proofs = {code: items for code, items in (proofs or {}).items() if code in CONDITIONS}
        self.cuts = limits(plan)
        self.films = Proven(films)
        self.context: Context = context(partitions, plan, self.marks, holds, as_of, pending=pending)
        labels = self.context.items
        self._items = pa.array(list(labels), pa.string())
        self._item_bits = pa.array([_label_bits(one) for one in labels.values()], pa.int64())
        threads = self.context.threads
        self._threads = pa.array(list(threads), pa.string())
        self._thread_bits = pa.array([_label_bits(one) for one in threads.values()], pa.int64())

    def tables(self) -> Iterator[pa.Table]:
        """Decisions about every item, as ``evaluate`` yields them."""
        if self.context.read is not None:
            for authority, items in self.context.read:
                yield self.judge(authority, items)
            return
        wanted = columns_for(media=matches_media(self.plan), thread=self.context.needs_thread)
        for authority, table in batches(self._partitions(wanted)):
            yield self.judge(authority, fold(table))

    def judge(self, authority: str, items: Items) -> pa.Table:
        """Decide about a batch of items of one authority."""
        need_days = bool(self.cuts) or self.plan is not None
        days = local_days(items.published) if need_days else None
        placed = place_items(items, authority, self.marks, self.cuts, days)
        verdicts = [_Verdict(self, cell, day) for cell, day in placed.cells]
        flags = _take([one.bits for one in verdicts], placed.index)
        flags = self._stops(flags, items, placed)
        flags = self._sampled(flags, items, placed, verdicts)
        flags = self._proven(flags, items, placed, verdicts)
        trigger, moved = self._trigger(items, placed, verdicts)
        flags, due = self._timing(flags, items, placed, verdicts, trigger, moved)
        combined = pc.dictionary_encode(flags)
        outcomes, reasons = _spelled(combined.dictionary.to_pylist())
        rules = pa.array([one.name for one in verdicts], pa.string())
        return pa.table(
            [
                items.item,
                _named(items.kind),
                _names(rules, placed.index),
                _names(outcomes, combined.indices),
                items.published,
                trigger,
                due,
                reasons.take(combined.indices),
                _named(items.account),
                _names(pa.array([authority], pa.string()), pa.repeat(pa.scalar(0, pa.int32()), len(items))),
            ],
            names=DECISIONS.names,
        )

    def _stops(self, flags: Any, items: Items, placed: Placed) -> Any:
        if placed.mark is not None and pc.any(self.marks.open).as_py():
            flags = _set(flags, pc.fill_null(self.marks.open.take(placed.mark), False), "E131")
        if len(self._items):
            bits = self._item_bits.take(pc.index_in(items.item, value_set=self._items))
            flags = pc.bit_wise_or(flags, pc.fill_null(bits, 0))
        below = None
        if len(self._threads) or self.context.kept is not None:
            below = pc.not_equal(items.item, items.thread)
        if len(self._threads):
            bits = pc.fill_null(self._thread_bits.take(pc.index_in(items.thread, value_set=self._threads)), 0)
            flags = pc.bit_wise_or(flags, pc.if_else(below, bits, 0))
        if len(self.films):
            flags = _set(flags, self.films.among(items.item), "E136")
        if self.context.kept is not None and len(self.context.kept):
            flags = _set(flags, pc.and_(below, pc.is_in(items.thread, value_set=self.context.kept)), "E121")
        return flags

    def _sampled(self, flags: Any, items: Items, placed: Placed, verdicts: Sequence[_Verdict]) -> Any:
        shares = [one.one_in for one in verdicts]
        if not any(shares):
            return flags
        share = _take(shares, placed.index)
        asked = pc.greater(share, 0)
        drawn = _draw(items.item.filter(asked))
        share = share.filter(asked)
        hit = pc.or_(pc.less(drawn, 0), pc.equal(pc.multiply(pc.divide(drawn, share), share), drawn))
        return _set(flags, pc.replace_with_mask(asked, asked, hit), "E122")

    def _proven(self, flags: Any, items: Items, placed: Placed, verdicts: Sequence[_Verdict]) -> Any:
        for code, proven in self.proofs.items():
            missing = pa.array([code in one.unmet for one in verdicts], pa.bool_())
            if not pc.any(missing).as_py():
                continue
            lacks = pc.and_(
                missing.take(placed.index),
                pc.invert(proven.among(items.item)),
            )
            flags = _set(flags, lacks, OF_CONDITION[code])
        return flags

    def _trigger(self, items: Items, placed: Placed, verdicts: Sequence[_Verdict]) -> tuple[Any, Any]:
        """The civil day each item counts from (date32), and where an edit moved it (boolean, or None = nowhere)."""
        numbers = {one.trigger for one in verdicts} - {-1}
        length = len(items)
        if not numbers:
            return pa.nulls(length, _DAY), None
        days = placed.days
        columns: dict[int, Any] = {}
        moved: dict[int, Any] = {}
        if 0 in numbers:
            columns[0] = days
        if numbers & {1, _EDITS}:
            later, edited = self._edited(items, days)
            columns[1], moved[1] = later, edited
            known = pc.is_valid(days)
            columns[_EDITS] = later if later is days else pc.if_else(known, later, _NEVER)
            moved[_EDITS] = None if edited is None else pc.and_(edited, known)
        if 2 in numbers:
            columns[2] = local_days(self._activity(items))
        for number, kind in _MARK_OF.items():
            if number in numbers:
                columns[number] = (
                    pa.nulls(length, _DAY) if placed.mark is None else self.marks.days[kind].take(placed.mark)
                )
        which = _take([one.trigger for one in verdicts], placed.index)
        trigger = _choose(which, columns, numbers, verdicts, _NEVER)
        edits = {number: column for number, column in moved.items() if column is not None and number in numbers}
        if not edits:
            return trigger, None
        return trigger, _choose(which, edits, set(edits), verdicts, pa.scalar(False))

    def _edited(self, items: Items, days: Any) -> tuple[Any, Any]:
        """The civil day of the later of publication and latest edit, and where that is later; None = nowhere."""
        if items.edit.null_count == len(items):
            return days, None
        later = local_days(latest(items.published, items.edit))
        return later, pc.and_(pc.is_valid(later), pc.fill_null(pc.greater(later, days), True))

    def _activity(self, items: Items) -> Any:
        encoded = pc.dictionary_encode(items.thread)
        at = pc.index_in(encoded.dictionary, value_set=self.context.ids)
        return self.context.instants.take(at).take(encoded.indices)

    def _timing(
        self, flags: Any, items: Items, placed: Placed, verdicts: Sequence[_Verdict], trigger: Any, moved: Any
    ) -> tuple[Any, Any]:
        index = placed.index
        if not any(one.trigger >= 0 for one in verdicts):
            return flags, pa.nulls(len(items), _DAY)
        today = pa.scalar(self.as_of, _DAY)
        reached = pc.less_equal(trigger, today)
        due = _due(pc.if_else(reached, trigger, _NEVER), index, verdicts)
        culls = pa.array([one.culls for one in verdicts], pa.bool_()).take(index)
        missing = pc.is_null(trigger)
        if pc.any(missing).as_py():
            # The code of a missing trigger is the rule's: its bit stands ready in the table of cells.
            bits = _take([one.missing for one in verdicts], index)
            flags = pc.bit_wise_or(flags, pc.if_else(missing, bits, 0))
        future = pc.fill_null(pc.invert(reached), False)
        if pc.any(future).as_py():
            flags = _set(flags, pc.and_(culls, future), "E157")
        over = pc.less_equal(due, today)
        over_bit = pc.if_else(over, _BIT["E170"], _BIT["E160"])
        flags = pc.bit_wise_or(flags, pc.if_else(culls, pc.fill_null(over_bit, 0), 0))
        if moved is not None:
            flags = _set(flags, pc.and_(culls, moved), "E180")
        if pc.any(items.doubted).as_py():
            dated = pa.array([one.culls and one.trigger in (0, 1, _EDITS) for one in verdicts], pa.bool_())
            flags = _set(flags, pc.and_(dated.take(index), items.doubted), "E181")
        return flags, due

    def facts(self, authority: str, items: Items, at: int) -> Facts:
        """The facts of one item of a batch, as the judgement of one item takes them."""
        item = items.item[at].as_py()
        published, edit = items.published[at].as_py(), items.edit[at].as_py()
        thread = item if items.thread is None else items.thread[at].as_py()
        label = self.context.label(item, thread)
        account = items.account[at].as_py()
        active = self.context.activity(thread) if counts_activity(self.plan) else None
        holds = label.holds | self.context.account_holds.get(account, frozenset())
        holds |= self.context.authority_holds.get(authority, frozenset())
        return Facts(
            item=item,
            authority=authority,
            platform=items.platform[at].as_py(),
            account=account,
            kind=items.kind[at].as_py(),
            own=items.own[at].as_py(),
            state=items.state[at].as_py(),
            media="none" if items.media is None else MEDIA_CLASSES[items.media[at].as_py()],
            marks=self.marks.by_item.get(item, {}),
            published=None if published is None else published.astimezone(UTC),
            last_edit=None if edit is None else edit.astimezone(UTC),
            doubted=bool(items.doubted[at].as_py()),
            thread_activity=None if active is None else active.astimezone(UTC),
            held=tuple(sorted(holds)),
            kept_by_thread=label.kept,
            open_matter_above=label.matter,
            pending=label.pending,
            film=item in self.films,
            proofs=frozenset(code for code, proven in self.proofs.items() if item in proven),
        )


def facts_of(
    partitions: Partitions,
    item: str,
    plan: Plan | None,
    marks: Iterable[Mark],
    holds: Iterable[Hold],
    as_of: date,
    *,
    rows: tuple[str, pa.Table] | None = None,
    proofs: Mapping[str, Proven] | None = None,
    pending: Iterable[str] = (),
    films: Iterable[str] = (),
) -> Facts | None:
    """The facts of one item, gathered by the code that gathers them for all; None when it has no rows.

    Args:
        rows: the item's authority and rows (columns of ``COLUMNS``) where the caller has them already, so that the
            holdings are read for its thread alone, and only where something can go down a thread.
        item, plan, marks, holds, as_of, proofs, pending, films, partitions: as in ``evaluate``.
    """
    run = Run(partitions, plan, marks, holds, as_of, proofs=proofs, pending=pending, films=films)
    if rows is not None:
        found = [rows]
    else:
        found = [
            (authority, table.filter(pc.equal(table["item"], item)).combine_chunks())
            for authority, table in batches(partitions(COLUMNS))
        ]
    for authority, table in found:
        if table.num_rows:
            return run.facts(authority, fold(table), 0)
    return None


class _Verdict:
    """What holds for every item of a cell: its rule and the reasons that need no day, id or thread."""

    __slots__ = (
        "bits", "counted", "culls", "days", "missing", "months", "name", "one_in", "trigger", "undated", "unmet",
    )  # fmt: skip

    def __init__(self, run: Run, cell: Cell, day: date | None) -> None:
        plan = run.plan
        rule, codes = place(plan, cell, day, run.as_of)
        held = cell.columns[2] in run.context.account_holds or cell.columns[0] in run.context.authority_holds
        bits = sum(_BIT[code] for code in codes) | (_BIT["E130"] if held else 0)
        self.name = None if rule is None else rule.id
        self.culls = rule is not None and rule.action == "gallra"
        self.trigger = -1 if rule is None or plan is None else _trigger_number(plan, rule)
        self.counted = -1
        self.undated = False
        self.months = self.days = self.missing = self.one_in = 0
        self.unmet: frozenset[str] = frozenset()
        if rule is not None and plan is not None and self.trigger >= 0:
            self.undated = rule.period is None and rule.trigger == "inaktuell"
            if rule.period is not None:
                self.counted = 1 if plan.counting_of(rule) == "calendar-year" else 0
                self.months, self.days = rule.period.months, rule.period.days
        if rule is not None and self.culls:
            bits |= self._brakes(run, rule, cell)
            if rule.trigger is not None:
                self.missing = _BIT[OF_TRIGGER[rule.trigger]]
        self.bits = bits

    def _brakes(self, run: Run, rule: Rule, cell: Cell) -> int:
        bits = 0
        registered = "registrerad" in cell.marks
        if rule.sample is not None:
            if "urval" in cell.marks:
                bits |= _BIT["E122"]
            else:
                self.one_in = rule.sample.one_in
        if not registered:
            bits |= _BIT["E134"] if rule.registration == "yes" else 0
            bits |= _BIT["E135"] if "sekretess" in cell.marks else 0
        unmet = {one for one in rule.conditions if not condition_met(one, registered=registered, proofs=frozenset())}
        # Those that some items have proof of are tested item by item.
        self.unmet = frozenset(unmet & set(run.proofs))
        for condition in unmet - self.unmet:
            bits |= _BIT[OF_CONDITION.get(condition, "E149")]
        bits |= _BIT["E150"] if rule.trigger is None else 0
        bits |= _BIT["E158"] if rule.period is None and rule.trigger != "inaktuell" else 0
        return bits


def _trigger_number(plan: Plan, rule: Rule) -> int:
    if rule.action == "bevara" or rule.trigger is None:
        return -1
    if rule.trigger == "published" and plan.edits_restart_of(rule):
        return _EDITS
    return _TRIGGERS.index(rule.trigger)


def _label_bits(label: Any) -> int:
    return (
        (_BIT["E121"] if label.kept else 0)
        | (_BIT["E130"] if label.holds else 0)
        | (_BIT["E132"] if label.matter else 0)
        | (_BIT["E133"] if label.pending else 0)
    )


def _take(values: Sequence[int], index: Any) -> Any:
    if len(set(values)) == 1:
        return pa.repeat(pa.scalar(values[0], pa.int64()), len(index))
    return pa.array(values, pa.int64()).take(index)


def _set(flags: Any, where: Any, code: str) -> Any:
    return pc.bit_wise_or(flags, pc.if_else(where, pa.scalar(_BIT[code], pa.int64()), pa.scalar(0, pa.int64())))


def _choose(
    which: Any, columns: Mapping[int, Any], numbers: set[int], verdicts: Sequence[_Verdict], otherwise: Any
) -> Any:
    """For each row the column with the number of its trigger."""
    if len(numbers) == 1 and all(one.trigger in numbers for one in verdicts):
        return columns[next(iter(numbers))]
    chosen: Any = otherwise
    for number in sorted(numbers):
        chosen = pc.if_else(pc.equal(which, number), columns[number], chosen)
    return chosen


_SPAN = 1 << 22
"""More than the number of days of which date32 can be a calendar day after 1970 up to the year 8000, and before."""


def _due(trigger: Any, index: Any, verdicts: Sequence[_Verdict]) -> Any:
    """First day on which culling is allowed: computed once per different (way of counting, day)."""
    ways: dict[tuple[int, int, int, bool], int] = {}
    way = [ways.setdefault((one.counted, one.months, one.days, one.undated), len(ways)) for one in verdicts]
    number = pc.add(pc.cast(pc.cast(trigger, pa.int32()), pa.int64()), _SPAN)
    code = pc.add(pc.multiply(number, len(ways)), _take(way, index)) if len(ways) > 1 else number
    encoded = pc.dictionary_encode(code)
    pairs = encoded.dictionary
    base = pc.divide(pairs, len(ways))
    picked = pc.subtract(pairs, pc.multiply(base, len(ways)))
    days = pc.cast(pc.cast(pc.subtract(base, _SPAN), pa.int32()), _DAY)
    due: Any = pa.nulls(len(pairs), _DAY)
    for (counted, months, extra, undated), at in ways.items():
        if counted < 0 and not undated:
            continue
        if undated:
            found = days
        elif counted == 1:
            found = due_by_year(days, months, extra)
        else:
            found = due_by_day(days, months, extra)
        due = pc.if_else(pc.equal(picked, at), found, due)
    return whole(due).take(encoded.indices)


_LETTERS = pa.array(list("abcdefghijklmnopqrstuvwxyz234567"), pa.string())


def _draw(items: Any) -> Any:
    """Column version of ``schemas.plan.judge.draw``."""
    number: Any = pa.repeat(pa.scalar(0, pa.int64()), len(items))
    for back in range(4, 0, -1):
        letter = pc.utf8_slice_codeunits(items, -back, -back + 1 if back > 1 else None)
        number = pc.add(pc.multiply(number, 32), pc.cast(pc.index_in(letter, value_set=_LETTERS), pa.int64()))
    return pc.fill_null(number, -1)


def _spelled(flags: Sequence[int]) -> tuple[Any, Any]:
    """Outcome and list of codes for each combination of reasons."""
    outcomes, reasons = [], []
    for bits in flags:
        codes = [code for code in CODES if bits & _BIT[code]]
        outcomes.append(outcome_of(frozenset(codes)))
        reasons.append(codes)
    return pa.array(outcomes, pa.string()), pa.array(reasons, pa.list_(pa.string()))


def _names(values: Any, index: Any) -> Any:
    return pa.DictionaryArray.from_arrays(pc.cast(index, pa.int32()), values).cast(_NAME)


def _named(column: Any) -> Any:
    return column.cast(_NAME) if pa.types.is_dictionary(column.type) else column.dictionary_encode()


assert len(TEXTS) < 63, "reasons are bits of a signed 64-bit number"  # noqa: S101 # true or the module is broken
