"""Which items go into a package: what the plan preserves or delivers, of one account and some months.

The judgement is that of the intent: its day, its edition of the plan, rows observed and marks made until then. So a
rebuild chooses the same items, however often the plan has changed since; what was culled in between is gone from the
holdings and appears as a culled record (D32).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa
import pyarrow.compute as pc

from flows.keep.read import partitions
from schemas.delivery import Intent
from schemas.ground import Ground
from schemas.hold import Mark
from schemas.ids import ItemId, Month, month_of
from schemas.order import Order, Tombstone
from schemas.plan.evaluate import COLUMNS, Run
from schemas.plan.fold import fold
from schemas.plan.model import Plan
from schemas.plan.read import read_plan
from schemas.refusal import RefusedError
from schemas.tables import INSTANT

KEPT_FOR_EVER: frozenset[str] = frozenset({"E103", "E120", "E121", "E122"})
"""Reasons that an item is preserved: reviewed and to be kept, by its row, with its thread, as a sample."""

DELIVERED = "e-arkiv"
"""Condition of a row whose items are culled here once the e-archive has confirmed receipt: they are delivered too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Why an item is in the package.

    Attributes:
        rule: row of the plan, or None where none matches alone (a review says that it is to be kept).
        due: earliest civil day of culling, or None. kept: it is preserved for ever; otherwise it is culled some day.
    """

    rule: str | None
    due: date | None
    kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What a package holds, and what was said of it.

    Attributes:
        plan: the intent's edition, or None when it names none (then nothing is chosen).
        items: the chosen items, by id. marks: what persons have said of them, by item and kind.
    """

    plan: Plan | None
    items: Mapping[ItemId, Chosen]
    marks: Mapping[ItemId, tuple[Mark, ...]]


def choose(ground: Ground, intent: Intent) -> Selection:
    """The items of a package.

    Raises:
        RefusedError: the intent's edition of the plan was never adopted here, or it names a row that the edition lacks.
    """
    with ground.state.reading() as books:
        adopted = books.plans.adopted()
        marks = list(books.marks.all())
    plan = next((read_plan(one.text, one.edition) for one in adopted if one.edition == intent.edition), None)
    if plan is None:
        if intent.edition:
            raise RefusedError("edition", intent.edition, "name an adopted edition of the plan; 'bevara plan show'")
        return Selection(plan=None, items={}, marks={})
    for name in intent.rules:
        if plan.rule(name) is None:
            raise RefusedError("--rule", name, f"name rows of edition {plan.edition}; 'bevara plan show' lists them")
    until = max(intent.made, intent.through)  # ``made`` is of whole seconds, and marks are not
    items = dict(_chosen(ground, intent, plan, [one for one in marks if one.at <= until]))
    return Selection(plan=plan, items=items, marks=_of(marks, items, until))


def wanted(rule: str | None, reasons: Iterable[str], plan: Plan, named: Sequence[str]) -> Chosen | None:
    """Whether an item goes to the e-archive, from what the plan says of it; ``due`` is not filled in.

    Args:
        rule: its one row. reasons: codes of the decision. named: rows that the package is restricted to; empty = all.
    """
    if named and rule not in named:
        return None
    kept = not KEPT_FOR_EVER.isdisjoint(reasons)
    row = None if rule is None else plan.rule(rule)
    if not kept and (row is None or DELIVERED not in row.conditions):
        return None
    return Chosen(rule=rule, due=None, kept=kept)


def _chosen(ground: Ground, intent: Intent, plan: Plan, marks: Sequence[Mark]) -> Iterator[tuple[ItemId, Chosen]]:
    def read(columns: Sequence[str]) -> Iterator[tuple[str, Month, pa.Table]]:
        return observed_by(ground, columns, intent.through)

    # Holds and open matters delay culling; they make nothing one to be preserved, and nothing that is not.
    run = Run(read, plan, marks, (), date.fromisoformat(intent.as_of))
    for authority, month, table in observed_by(ground, COLUMNS, intent.through, authority=intent.authority):
        if not intent.first <= month <= intent.last or not table.num_rows:
            continue
        said = run.judge(authority, fold(table))
        said = said.filter(pc.equal(pc.cast(said["account"], pa.string()), intent.account))
        for row in said.select(["item", "rule", "due", "reasons"]).to_pylist():
            found = wanted(row["rule"], row["reasons"], plan, intent.rules)
            if found is not None:
                due = None if found.kept else row["due"]
                yield ItemId(row["item"]), Chosen(rule=found.rule, due=due, kept=found.kept)


def observed_by(
    ground: Ground, columns: Sequence[str], through: datetime, *, authority: str | None = None
) -> Iterator[tuple[str, Month, pa.Table]]:
    """Every partition with the rows that were observed until then."""
    asked = list(dict.fromkeys((*columns, "observed")))
    last = pa.scalar(through, INSTANT)
    for owner, month, table in partitions(ground.state, ground.store, asked, authority=authority):
        yield owner, month, table.filter(pc.less_equal(table["observed"], last)).select(list(columns))


def _of(marks: Iterable[Mark], items: Mapping[ItemId, Chosen], until: datetime) -> dict[ItemId, tuple[Mark, ...]]:
    """Marks on the items. A secrecy mark counts even when it was set after the intent: it must not be missing."""
    found: dict[ItemId, tuple[Mark, ...]] = {}
    for mark in marks:
        if mark.item in items and (mark.at <= until or mark.kind == "sekretess"):
            found[mark.item] = (*found.get(mark.item, ()), mark)
    return {item: tuple(sorted(some, key=lambda one: one.kind)) for item, some in found.items()}


def culled(ground: Ground, intent: Intent, selection: Selection, names: frozenset[ItemId]) -> tuple[Tombstone, ...]:
    """Culled items that belong to what the package holds, by id (D32).

    Args:
        names: the chosen items with the threads and parents that they name.
    """
    with ground.state.reading() as books:
        held = frozenset(books.packages.items(intent.id))
        orders = {one.digest: one for one in books.orders.all()}
        stones = [
            one
            for digest in books.tombstones.orders()
            if _may_be(orders.get(digest), intent)
            for one in books.tombstones.all(digest)
            if intent.first <= month_of(one.item) <= intent.last
            and shown(one, orders.get(digest), intent, selection.plan, names, held)
        ]
    return tuple(sorted(stones, key=lambda one: one.item))


def _may_be(order: Order | None, intent: Intent) -> bool:
    return order is None or (
        (not order.accounts or intent.account in order.accounts)
        and (not order.authorities or intent.authority in order.authorities)
    )


def shown(
    stone: Tombstone,
    order: Order | None,
    intent: Intent,
    plan: Plan | None,
    names: frozenset[ItemId],
    held: frozenset[ItemId],
) -> bool:
    """Whether a culled item appears in the package. Pure.

    It does when it stood in a thread of the package, answers or begins something in it, or was culled under an order
    for this account alone. What was culled after the intent appears only if the package held it or would have: so a
    rebuild shows no more than it must.

    Args:
        held: items that the package holds, as the state database knows.
    """
    if stone.item in held:
        return True
    near = stone.thread in names or stone.item in names or stone.parent in names
    ours = order is not None and order.accounts == (intent.account,)
    if not near and not ours:
        return False
    if stone.culled <= intent.made:
        return True
    rule = None if plan is None else plan.rule(stone.rule)
    if rule is None or (intent.rules and rule.id not in intent.rules):
        return False
    return rule.action == "bevara" or DELIVERED in rule.conditions
