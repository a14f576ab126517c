"""What a culling amounts to, and the guards that stop one that takes too much. Pure.

``Totals`` adds up tables of decisions by Arrow kernels; nothing is counted row by row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from schemas.calendar import local_day
from schemas.codes import checks, many
from schemas.codes import decide as judged
from schemas.ground import Limits
from schemas.order import GUARDS, Guard
from schemas.plan.model import Plan, Rule
from schemas.protocol import Count, TypeTotal

SAMPLES = 5
"""Ids shown for each type."""
NAMED = 5
"""Accounts or types that a guard names."""
_NAME = 120

_SWEDISH_TRIGGER: Mapping[str, str] = {
    "published": "publicering",
    "last_edit": "senaste ändring",
    "thread_activity": "senaste aktivitet i tråden",
    "removed": "dagen vi tog bort den",
    "inaktuell": "dagen den märktes inaktuell",
    "matter_closed": "dagen ärendet avslutades",
}
_SWEDISH_COUNTING = {"calendar-year": "hela kalenderår", "day": "dag för dag"}
_CULL, _EXCEPT, _ASK = "cull", "except", "ask"
_COUNTED: Mapping[str, frozenset[str]] = {
    _CULL: frozenset({"due", "note"}),
    _EXCEPT: frozenset({"stop", "keep"}),
    _ASK: frozenset({"ask"}),
}
"""Weights of the reasons that are counted of each sort of records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many items there are, and how many of them would go."""

    items: int = 0
    cull: int = 0

    def __add__(self, other: Share) -> Share:
        return Share(items=self.items + other.items, cull=self.cull + other.cull)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What would go of one type: how many, earliest and latest publication (UTC) and due day, a few ids."""

    items: int
    first: datetime | None
    last: datetime | None
    due_first: date | None
    due_last: date | None
    samples: tuple[str, ...] = ()

    def __add__(self, other: Span) -> Span:
        return Span(
            items=self.items + other.items,
            first=_least(self.first, other.first),
            last=_most(self.last, other.last),
            due_first=_least(self.due_first, other.due_first),
            due_last=_most(self.due_last, other.due_last),
            samples=tuple(sorted({*self.samples, *other.samples}, key=_drawn)[:SAMPLES]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What the decisions of a run amount to.

    Attributes:
        as_of: civil day of the judgement. overdue_before: items due before this day are overdue.
        outcomes: items by outcome.
        accounts: by authority and account. types: by authority and rule, only of items that one rule matched.
        spans: what would go, by authority and rule.
        reasons: counts of codes by sort of records: ``cull`` = why items are listed, ``except`` = why others that are
            due are kept, ``ask`` = what a person must decide.
        overdue: items that would go and were due before ``overdue_before``.
    """

    as_of: date
    overdue_before: date
    outcomes: Mapping[str, int] = field(default_factory=dict)
    accounts: Mapping[tuple[str, str], Share] = field(default_factory=dict)
    types: Mapping[tuple[str, str], Share] = field(default_factory=dict)
    spans: Mapping[tuple[str, str], Span] = field(default_factory=dict)
    reasons: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    overdue: int = 0

    def plus(self, table: pa.Table) -> Totals:
        """With one more table of decisions (columns of ``DECISIONS``, dictionary arrays or plain)."""
        if not table.num_rows:
            return self
        batch = _Batch(table, self.as_of, self.overdue_before)
        return replace(
            self,
            outcomes=_sum(self.outcomes, batch.outcomes()),
            accounts=_sum(self.accounts, batch.shares("account")),
            types=_sum(self.types, batch.shares("rule")),
            spans=_sum(self.spans, batch.spans()),
            reasons={
                sort: _sum(self.reasons.get(sort, {}), batch.codes(sort, weights)) for sort, weights in _COUNTED.items()
            },
            overdue=self.overdue + batch.overdue(),
        )

    @property
    def cull(self) -> int:
        """Items that would go."""
        return self.outcomes.get("cull", 0)

    @property
    def keep(self) -> int:
        """Items that are kept."""
        return self.outcomes.get("keep", 0)

    @property
    def ask(self) -> int:
        """Items about which a person must decide."""
        return self.outcomes.get("ask", 0)


def guards(totals: Totals, limits: Limits) -> tuple[Guard, ...]:
    """The guards that an approval must name: too large a share of an account, or nothing left of a type."""
    found: dict[Guard, bool] = {
        "G-SHARE": any(one.cull > limits.share * one.items for one in totals.accounts.values()),
        "G-REMAIN": any(one.cull == one.items > 0 for one in totals.types.values()),
    }
    return tuple(guard for guard in GUARDS if found[guard])


def guard_counts(totals: Totals, limits: Limits, plan: Plan | None = None) -> tuple[Count, ...]:
    """For the protocol: each guard, in Swedish, naming the accounts or types where it stops, and how many would go."""
    over = [(name, one) for (_, name), one in sorted(totals.accounts.items()) if one.cull > limits.share * one.items]
    bare = [(at, one) for at, one in sorted(totals.types.items()) if one.cull == one.items > 0]
    several = len({authority for authority, _ in totals.types}) > 1
    share = f"{limits.share:.0%}".replace("%", " %")
    accounts = [f"{_short(name)} ({one.cull} av {one.items})" for name, one in over]
    types = [
        f"{_type_name(rule, plan)}{f' hos {_short(authority)}' if several else ''} ({one.cull})"
        for (authority, rule), one in bare
    ]
    told: dict[Guard, tuple[str, list[str], int]] = {
        "G-SHARE": (f"Mer än {share} av kontots handlingar skulle gallras", accounts, sum(one.cull for _, one in over)),
        "G-REMAIN": ("Ingen handling skulle finnas kvar av", types, sum(one.cull for _, one in bare)),
    }
    return tuple(
        Count(code=guard, text=f"{said}: {_some(names)}.", items=items)
        for guard, (said, names, items) in ((guard, told[guard]) for guard in GUARDS)
        if names
    )


def _type_name(rule: str, plan: Plan | None) -> str:
    """The plan row's id and type."""
    found = None if plan is None else plan.rule(rule)
    return _short(rule) if found is None else f"{_short(rule)} – {_short(found.type)}"


def _some(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" och {more} till" if more > 0 else "")


def _short(name: str) -> str:
    """A name that leaves room for others in the same sentence."""
    return name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"


def type_totals(totals: Totals, plan: Plan) -> tuple[TypeTotal, ...]:
    """What would go of each type, in order of archive creator and of the plan's rows."""
    order = {rule.id: number for number, rule in enumerate(plan.rules)}
    found = sorted(totals.spans.items(), key=lambda one: (one[0][0], order.get(one[0][1], len(order)), one[0][1]))
    return tuple(_type_total(authority, name, span, plan) for (authority, name), span in found)


def reason_counts(totals: Totals, sort: str) -> tuple[Count, ...]:
    """Counts of one sort (``cull``, ``except``, ``ask``) with Swedish sentences, in the codes' fixed order."""
    found = totals.reasons.get(sort, {})
    return tuple(Count(code=code, text=general_text(code), items=found[code]) for code in sorted(found))


def general_text(code: str) -> str:
    """A code's Swedish sentence as said of many records: no values of a single one stand in it."""
    if code in checks.TEXTS:
        return checks.sentence(code, "sv")
    return many.sentence(code)


def trigger_text(rule: Rule) -> str:
    """What a rule counts from, in Swedish; empty when it says nothing."""
    return _SWEDISH_TRIGGER.get(rule.trigger or "", "")


def period_text(plan: Plan, rule: Rule) -> str:
    """How long a rule counts, in Swedish: ``2 år (hela kalenderår)``; *vid inaktualitet* without a period."""
    if rule.period is None:
        return "vid inaktualitet" if rule.trigger == "inaktuell" else ""
    return f"{rule.period} ({_SWEDISH_COUNTING[plan.counting_of(rule)]})"


def _type_total(authority: str, name: str, span: Span, plan: Plan) -> TypeTotal:
    rule = plan.rule(name)
    return TypeTotal(
        authority=authority,
        rule=name,
        type=rule.type if rule else name,
        klassa=rule.klassa if rule else "",
        legal=rule.legal if rule else "",
        trigger=trigger_text(rule) if rule else "",
        period=period_text(plan, rule) if rule else "",
        items=span.items,
        first=None if span.first is None else local_day(span.first),
        last=None if span.last is None else local_day(span.last),
        due_first=span.due_first,
        due_last=span.due_last,
        samples=span.samples,
    )


class _Batch:
    """One table of decisions, its names as numbers."""

    def __init__(self, table: pa.Table, as_of: date, overdue_before: date) -> None:
        self.table = table.combine_chunks()
        self.before = pa.scalar(overdue_before, pa.date32())
        self.names: dict[str, list[str | None]] = {}
        self.numbers: dict[str, Any] = {}
        for name in ("authority", "account", "rule", "outcome"):
            self.numbers[name], self.names[name] = _numbered(self._column(name))
        self.culls = self._is("outcome", "cull")
        due = pc.fill_null(pc.less_equal(self._column("due"), pa.scalar(as_of, pa.date32())), False)
        self.sorts = {
            _CULL: self.culls,
            _EXCEPT: pc.and_(due, pc.invert(self.culls)),
            _ASK: self._is("outcome", "ask"),
        }

    def _column(self, name: str) -> Any:
        column = self.table[name]
        return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column

    def _is(self, name: str, value: str) -> Any:
        hit = [number for number, one in enumerate(self.names[name]) if one == value]
        return pc.equal(self.numbers[name], hit[0] if hit else -1)

    def outcomes(self) -> dict[str, int]:
        """Items by outcome."""
        counted = pc.value_counts(self.numbers["outcome"]).to_pylist()
        names = self.names["outcome"]
        return {names[one["values"]] or "": one["counts"] for one in counted}

    def _pairs(self, name: str, numbers: Any) -> Iterator[tuple[str, str | None]]:
        size = len(self.names[name])
        for number in numbers.to_pylist():
            yield self.names["authority"][number // size] or "", self.names[name][number % size]

    def _paired(self, name: str) -> Any:
        """Authority and a second name as one number."""
        return pc.add(pc.multiply(self.numbers["authority"], len(self.names[name])), self.numbers[name])

    def shares(self, name: str) -> dict[tuple[str, str], Share]:
        """Items in all and to be culled, by authority and another name; rows without one are left out."""
        rows = pa.table({"key": self._paired(name), "cull": pc.cast(self.culls, pa.int64())})
        found = rows.group_by("key", use_threads=False).aggregate([("cull", "count"), ("cull", "sum")])
        counts = zip(found["cull_count"].to_pylist(), found["cull_sum"].to_pylist(), strict=True)
        return {
            (authority, second): Share(items=items, cull=cull)
            for (authority, second), (items, cull) in zip(self._pairs(name, found["key"]), counts, strict=True)
            if second is not None
        }

    def spans(self) -> dict[tuple[str, str], Span]:
        """What would go, by authority and rule."""
        rows = pa.table(
            {
                "key": self._paired("rule"),
                "published": self._column("published"),
                "due": self._column("due"),
                "item": self._column("item"),
            }
        ).filter(self.culls)
        if not rows.num_rows:
            return {}
        rows = rows.append_column("tail", pc.utf8_slice_codeunits(rows["item"], 7))
        wanted = [("item", "count"), *((name, how) for name in ("published", "due") for how in ("min", "max"))]
        found = rows.group_by("key", use_threads=False).aggregate(wanted)
        spans = {}
        for (authority, rule), one in zip(self._pairs("rule", found["key"]), found.to_pylist(), strict=True):
            if rule is None:
                continue
            of_type = rows.filter(pc.equal(rows["key"], one["key"]))
            drawn = pc.select_k_unstable(of_type, SAMPLES, [("tail", "ascending"), ("item", "ascending")])
            spans[authority, rule] = Span(
                items=one["item_count"],
                first=one["published_min"],
                last=one["published_max"],
                due_first=one["due_min"],
                due_last=one["due_max"],
                samples=tuple(of_type["item"].take(drawn).to_pylist()),
            )
        return spans

    def codes(self, sort: str, weights: frozenset[str]) -> dict[str, int]:
        """How many items of a sort each code of these weights was said of."""
        reasons = self._column("reasons").filter(self.sorts[sort])
        counted = pc.value_counts(reasons.flatten()).to_pylist()
        return {one["values"]: one["counts"] for one in counted if _weight(one["values"]) in weights}

    def overdue(self) -> int:
        """Items that would go and were due before the day."""
        late = pc.fill_null(pc.less(self._column("due"), self.before), False)
        return int(pc.sum(pc.and_(self.culls, late)).as_py() or 0)


def _numbered(column: Any) -> tuple[Any, list[str | None]]:
    """Names as numbers; a missing name has a number too. A dictionary may hold a name more than once."""
    encoded = column if pa.types.is_dictionary(column.type) else pc.dictionary_encode(column)
    once: dict[str | None, int] = {}
    number = [once.setdefault(name, len(once)) for name in encoded.dictionary.to_pylist()]
    missing = once.setdefault(None, len(once))
    return pc.fill_null(pa.array(number, pa.int64()).take(encoded.indices), missing), list(once)


def _weight(code: str) -> str:
    """How a code weighs; one of the twenty checks, and any code that is not known, keeps."""
    return judged.TEXTS[code][0] if code in judged.TEXTS else "keep"


def _sum(one: Mapping[Any, Any], other: Mapping[Any, Any]) -> dict[Any, Any]:
    return {
        **one,
        **{name: one[name] + value if name in one else value for name, value in other.items()},
    }


def _drawn(item: str) -> tuple[str, str]:
    """Order of samples: by the id's random part, so that they come from anywhere in the list."""
    return item[7:], item


def _least(one: Any, other: Any) -> Any:
    return one if other is None else other if one is None else min(one, other)


def _most(one: Any, other: Any) -> Any:
    return one if other is None else other if one is None else max(one, other)
