"""The twenty checks on many listed items at once: each distinct set of facts is checked once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from flows.cull.checks.case import Basis, Case, Said
from flows.cull.checks.twenty import failed
from schemas.calendar import local_day, local_days
from schemas.codes.checks import CODES
from schemas.hold import Mark, MarkKind
from schemas.plan.evaluate import DECISIONS
from schemas.plan.facts import mark_day
from schemas.plan.judge import draw
from schemas.plan.model import CONDITIONS, Plan

COLUMNS: tuple[str, ...] = (*DECISIONS.names, "parent", "thread")
"""Columns that a table of listed items must have."""

_OPAQUE = r"^[0-9]{4}(0[1-9]|1[0-2])-[a-z2-7]{16}$"
_PLAIN = ("authority", "account", "kind", "rule", "outcome", "trigger", "due")
_FLAGS = ("held", "released", "tied", "destroyed", "opaque", "drawn")


def examine(listed: pa.Table, basis: Basis) -> list[tuple[str, ...]]:
    """Codes of the checks that keep each listed item, in order of the rows; an empty tuple = it may go.

    Args:
        listed: rows with the columns of ``DECISIONS`` (plain strings), ``parent`` and ``thread``.
        basis: what is the same for all.

    Raises:
        ValueError: a column is missing. Anything else that is wrong with the facts fails every check of every row.
    """
    missing = [name for name in COLUMNS if name not in listed.column_names]
    if missing:
        raise ValueError(f"the list has no column {', '.join(missing)}")
    if not listed.num_rows:
        return []
    try:
        return _examine(listed.select(list(COLUMNS)).combine_chunks(), basis)
    except Exception:  # noqa: BLE001 # whatever is wrong with the facts, the answer is to keep
        return [CODES] * listed.num_rows


def _examine(listed: pa.Table, basis: Basis) -> list[tuple[str, ...]]:
    items = _array(listed["item"]).cast(pa.string())
    said, sets = _said(items, basis.marks)
    facts: dict[str, Any] = {name: _array(listed[name]) for name in _PLAIN}
    facts["published"] = local_days(_array(listed["published"]))
    facts["reasons"] = pc.binary_join(_array(listed["reasons"]), ",")
    facts["month"] = pc.utf8_slice_codeunits(items, 0, 6)
    facts["listed"] = _times(items)
    facts["marks"] = said
    for name in ("held", "released", "tied", "destroyed"):
        facts[name] = _among(items, getattr(basis, name))
    facts["opaque"] = _opaque(listed, items)
    facts["drawn"] = _drawn(items, facts["rule"], basis.plan)
    conditions = [one for one in CONDITIONS if basis.proofs.get(one)]
    for one in conditions:
        facts[f"proof {one}"] = basis.proofs[one].among(items)
    number, firsts = _groups(list(facts.values()))
    rows = pa.table(facts).take(firsts).to_pylist()
    answers = [failed(_case(row, basis, sets, conditions)) for row in rows]
    return [answers[at] for at in number]


def _case(row: Mapping[str, Any], basis: Basis, sets: Sequence[tuple[Said, ...]], conditions: Sequence[str]) -> Case:
    month = row["month"] or ""
    return Case(
        basis=basis,
        **{name: row[name] for name in _PLAIN},
        published=row["published"],
        reasons=tuple((row["reasons"] or "").split(",")),
        month=f"{month[:4]}-{month[4:]}",
        listed=row["listed"],
        marks=sets[row["marks"]],
        proven=frozenset(one for one in conditions if row[f"proof {one}"]),
        **{name: row[name] for name in _FLAGS},
    )


def _array(column: Any) -> Any:
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return whole.dictionary_decode() if pa.types.is_dictionary(whole.type) else whole


def _among(items: Any, names: frozenset[str]) -> Any:
    if len(names) > len(items):
        return pa.array([one in names for one in items.to_pylist()], pa.bool_())
    return pc.is_in(items, value_set=pa.array(list(names), pa.string()))


def _times(items: Any) -> Any:
    """How many times each item is in the list."""
    encoded = pc.dictionary_encode(items, null_encoding="encode")
    counts = pc.value_counts(encoded.indices)
    at = pc.index_in(encoded.indices, value_set=counts.field("values"))
    return counts.field("counts").take(at)


def _opaque(listed: pa.Table, items: Any) -> Any:
    """Whether item and thread are opaque ids, and the parent where there is one."""
    parents = _array(listed["parent"]).cast(pa.string())
    threads = _array(listed["thread"]).cast(pa.string())
    sound = pc.and_(_is_id(items), _is_id(threads))
    return pc.and_(sound, pc.or_(pc.is_null(parents), _is_id(parents)))


def _is_id(names: Any) -> Any:
    # The pattern's end also matches before a last line break; the length does not.
    sound = pc.and_(pc.match_substring_regex(names, _OPAQUE), pc.equal(pc.utf8_length(names), 23))
    return pc.fill_null(sound, False)


def _drawn(items: Any, rules: Any, plan: Plan | None) -> Any:
    """Whether each item's id draws it into the sample of its rule; an odd id is drawn."""
    shares = {rule.id: rule.sample.one_in for rule in (plan.rules if plan else ()) if rule.sample is not None}
    if not any(shares.values()):
        return pa.repeat(pa.scalar(False), len(items))
    found = []
    for item, rule in zip(items.to_pylist(), rules.to_pylist(), strict=True):
        share = shares.get(rule, 0)
        number = draw(item or "") if share else 1
        found.append(share > 0 and (number < 0 or number % share == 0))
    return pa.array(found, pa.bool_())


def _said(items: Any, marks: Mapping[str, Sequence[Mark]]) -> tuple[Any, list[tuple[Said, ...]]]:
    """The number of each item's set of marks, and the sets; number 0 is the empty one."""
    numbers: dict[tuple[Said, ...], int] = {(): 0}
    made: dict[datetime, date] = {}
    seen: dict[tuple[str, str, date | None, date], Said] = {}
    found = [0] * len(items)
    for at, item in enumerate(items.to_pylist() if marks else ()):
        on_it = marks.get(item)
        if not on_it:
            continue
        latest: dict[MarkKind, Said] = {}
        for mark in sorted(on_it, key=_made_at) if len(on_it) > 1 else on_it:
            day = made.get(mark.at)
            if day is None:
                day = made[mark.at] = local_day(mark.at)
            holds = day if mark.on is None and mark.kind != "i-arende" else mark_day(mark)
            key = (mark.kind, mark.person, holds, day)
            said = seen.get(key)
            if said is None:
                said = seen[key] = Said(kind=mark.kind, person=mark.person, day=holds, made=day)
            latest[mark.kind] = said
        together = tuple(sorted(latest.values(), key=_kind)) if len(latest) > 1 else tuple(latest.values())
        found[at] = numbers.setdefault(together, len(numbers))
    return pa.array(found, pa.int64()), list(numbers)


def _made_at(mark: Mark) -> datetime:
    return mark.at


def _kind(said: Said) -> str:
    return said.kind


def _groups(columns: Sequence[Any]) -> tuple[list[int], Any]:
    """Number each row by its distinct values over all columns; and the first row of each number."""
    number = pa.repeat(pa.scalar(0, pa.int64()), len(columns[0]))
    for column in columns:
        encoded = pc.dictionary_encode(column, null_encoding="encode")
        if len(encoded.dictionary) < 2:
            continue
        mixed = pc.add(pc.multiply(number, len(encoded.dictionary)), encoded.indices.cast(pa.int64()))
        number = pc.dictionary_encode(mixed).indices.cast(pa.int64())
    rows = pa.table({"number": number, "at": pa.array(range(len(number)), pa.int64())})
    firsts = rows.group_by("number", use_threads=False).aggregate([("at", "min")]).sort_by("number")
    return number.to_pylist(), _array(firsts["at_min"])
