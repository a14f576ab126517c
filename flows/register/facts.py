"""What a registrar's decisions rest on: the plan's judgement of everything, marks, what was seen, what was decided."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from flows.keep.judged import Standing, decisions, standing
from flows.keep.links import told_of
from flows.keep.own import PLATFORM
from flows.keep.read import partitions
from flows.register.decide import Candidate, Facts, candidates
from schemas.books import Books
from schemas.calendar import local_day
from schemas.ground import Ground
from schemas.hold import Mark, MarkKind
from schemas.ids import ItemId, Month, month_of
from schemas.plan.model import Plan, Rule
from schemas.registration import Registration

ERRAND: Final = "register"
"""Kind of the outbox's errands about records of ours that are to be registered."""
RECORDED: Final = "register.record"
"""Act by which a decision about registration is written as a record of ours."""
DECLINED: Final = "register.declined"
"""Act of the receipt that says for which reasons a record was declined."""
TOLD: Final = "reasons"
"""Field of its evidence: their codes, comma-separated."""

_ALL = 1_000_000
"""More links than one record ever has."""
_BY_US = ("hidden-by-us", "removed-by-us")
_SPEAKING: tuple[MarkKind, ...] = ("sekretess", "i-arende", "borttagen-av-oss", "registrerad")
_COLUMNS = ("row", "item", "platform", "account", "kind", "own", "published", "observed", "version", "evidence")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the state database says, read in one transaction.

    ``named``: items that may have a reason, or that somebody asked about, by the month they lie in.
    """

    marks: Mapping[ItemId, Mapping[MarkKind, Mark]]
    errands: Mapping[ItemId, datetime]
    ways: Mapping[ItemId, Registration]
    declined: Mapping[ItemId, frozenset[str]]
    rules: Mapping[str, Rule] = field(default_factory=dict)
    judged: Mapping[ItemId, str] = field(default_factory=dict)
    named: Mapping[Month, set[str]] = field(default_factory=dict)


def find_candidates(ground: Ground) -> list[Candidate]:
    """Everything that a registrar is to decide about; the archive's decisions and its sightings are read once."""
    return candidates(gather(ground))


def gather(ground: Ground, items: Iterable[ItemId] = ()) -> Iterator[Facts]:
    """The facts of every record that may have a reason to be registered, and of these.

    Args:
        items: records that are asked about, whatever is known of them; those without rows are left out.
    """
    base = standing(ground, local_day(ground.clock.now()), holds=False)
    known = _known(ground, base, items)
    for authority, month, table in partitions(ground.state, ground.store, _COLUMNS):
        by_us = _by_us(table)
        names = sorted(known.named.get(month, set()) | by_us.keys())
        if not names:
            continue
        some = table.filter(pc.is_in(table["item"], value_set=pa.array(names, pa.string())))
        rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in some.to_pylist():
            rows[row["item"]].append(row)
        for item, own in sorted(rows.items()):
            found = _facts(ItemId(item), authority, own, by_us.get(item), known)
            ours = found.platform == PLATFORM and found.kind == "decision"
            yield replace(found, decides=_decides(ground, found.item)) if ours else found


def _decides(ground: Ground, item: ItemId) -> bool:
    """Whether a decision of ours is one about registration: the ledger tells by which act it was written."""
    with ground.state.reading() as books:
        return any(body["act"] == RECORDED for _, body in told_of(books, item))


def _known(ground: Ground, base: Standing, items: Iterable[ItemId]) -> _Known:
    marks: dict[ItemId, dict[MarkKind, Mark]] = defaultdict(dict)
    for mark in base.marks:
        marks[mark.item][mark.kind] = mark
    with ground.state.reading() as books:
        errands = {ItemId(one.subject): one.made for one in reversed(books.outbox.waiting(ERRAND))}
        ways = {one.item: one for one in books.registrations.all()}
        declined = _declined(books, [item for item, way in ways.items() if way.standing == "declined"])
    rules = _speaking(base.plan)
    judged = _judged(ground, base, rules)
    named: dict[Month, set[str]] = defaultdict(set)
    marked = [item for item, own in marks.items() if own.keys() & set(_SPEAKING)]
    for item in (*items, *judged, *marked, *errands, *ways):
        named[month_of(item)].add(item)
    return _Known(marks=marks, errands=errands, ways=ways, declined=declined, rules=rules, judged=judged, named=named)


def _declined(books: Books, items: Iterable[ItemId]) -> dict[ItemId, frozenset[str]]:
    """The reasons that stood when each record was last declined. One receipt is about many: each is read once."""
    read: dict[int, tuple[str, frozenset[str]]] = {}
    found: dict[ItemId, frozenset[str]] = {}
    for item in items:
        for link in books.ledger.about(item, limit=_ALL):
            if link.seq not in read:
                body = json.loads(link.body)
                told = str(body["evidence"].get(TOLD) or "")
                read[link.seq] = (body["act"], frozenset(told.split(",")))
            act, reasons = read[link.seq]
            if act == DECLINED:
                found[item] = reasons
    return found


def _speaking(plan: Plan | None) -> dict[str, Rule]:
    """Rows of the plan that matter: those that ask for a registration, and those that are written for what we removed."""
    rules = plan.rules if plan is not None else ()
    return {one.id: one for one in rules if one.registration != "no" or "borttagen-av-oss" in one.match.required}


def _judged(ground: Ground, base: Standing, rules: Mapping[str, Rule]) -> dict[ItemId, str]:
    """Item → the one row that matches it, for the rows that matter."""
    if not rules:
        return {}
    found: dict[ItemId, str] = {}
    wanted = pa.array(sorted(rules), pa.string())
    for table in decisions(ground, base, local_day(ground.clock.now())):
        names = pc.cast(table["rule"], pa.string())
        mask = pc.fill_null(pc.is_in(names, value_set=wanted), False)
        if pc.any(mask).as_py():
            items = table["item"].filter(mask).to_pylist()
            found.update(zip(map(ItemId, items), names.filter(mask).to_pylist(), strict=True))
    return found


def _by_us(table: pa.Table) -> dict[str, datetime]:
    """Item → when it was first seen hidden or removed by us."""
    evidence = pc.cast(table["evidence"], pa.string())
    some = table.filter(pc.fill_null(pc.is_in(evidence, value_set=pa.array(_BY_US)), False))
    found: dict[str, datetime] = {}
    for item, observed in zip(some["item"].to_pylist(), some["observed"].to_pylist(), strict=True):
        found[item] = min(found.get(item, observed), observed)
    return found


def _facts(
    item: ItemId, authority: str, rows: Sequence[Mapping[str, Any]], hidden: datetime | None, known: _Known
) -> Facts:
    ordered = sorted(rows, key=lambda row: (row["observed"], row["version"]))
    versions = [row for row in ordered if row["row"] == "version"] or ordered
    newest = max(versions, key=lambda row: (row["version"], row["observed"]))
    rule = known.rules.get(known.judged.get(item, ""))
    since: datetime = newest["published"] or ordered[0]["observed"]
    return Facts(
        item=item,
        authority=authority,
        account=newest["account"],
        platform=newest["platform"],
        kind=newest["kind"],
        own=newest["own"],
        rule="" if rule is None else rule.id,
        registration=None if rule is None else rule.registration,
        for_removed=rule is not None and "borttagen-av-oss" in rule.match.required,
        marks=known.marks.get(item, {}),
        version=newest["version"],
        since=since.astimezone(UTC),
        versioned=newest["observed"].astimezone(UTC),
        hidden=None if hidden is None else hidden.astimezone(UTC),
        waits=known.errands.get(item),
        way=known.ways.get(item),
        declined_for=known.declined.get(item, frozenset()),
    )
