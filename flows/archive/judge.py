"""What the plan in force says about preservation: the items that get no record document."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from flows.archive.act import Judge
from flows.keep.judged import standing
from flows.keep.read import partitions
from schemas.calendar import local_day
from schemas.codes.decide import TEXTS
from schemas.ground import Ground
from schemas.ids import Month
from schemas.plan.evaluate import COLUMNS, Run
from schemas.plan.fold import fold
from schemas.plan.model import Plan

PRESERVED: frozenset[str] = frozenset(
    {code for code, (weight, *_) in TEXTS.items() if weight in {"stop", "ask"}} | {"E121", "E122", "E123"}
)
"""Reasons that an item is preserved, or that nobody has decided about it, although its rule says gallra: no plan in
force, reviewed and to be kept, a matter the rule is not written for, preserved with its thread, chosen as a sample,
another law that goes first. Holds and unmet conditions are none of them: they delay."""


def judge_of(ground: Ground) -> Judge:
    """The judge for the ground's time: plan and marks are read now, the archive only if something is asked."""
    as_of = local_day(ground.clock.now())
    base = standing(ground, as_of, holds=False)
    if base.plan is None:
        return Judge(columns=(), token="", edition=None, gallra=lambda _authority, _month, _table: _NOBODY)
    plan = base.plan
    rules = pa.array([rule.id for rule in plan.rules if rule.action == "gallra"], pa.string())
    runs: list[Run] = []

    def read(columns: Sequence[str]) -> Iterator[tuple[str, Month, pa.Table]]:
        return partitions(ground.state, ground.store, columns)

    def gallra(authority: str, _month: Month, table: pa.Table) -> Any:
        if not runs:
            # Holds keep an item from being culled; they do not make it one to be preserved.
            runs.append(Run(read, plan, base.marks, (), as_of))
        return said_gallra(runs[0].judge(authority, fold(table.select(COLUMNS))), rules)

    return Judge(columns=COLUMNS, token=_token(plan, base.digest or "", as_of), edition=plan.edition, gallra=gallra)


_NOBODY = pa.array([], pa.string())


def said_gallra(decisions: pa.Table, rules: Any) -> Any:
    """Ids of the items that the plan leaves to culling: their one rule is among ``rules``, no reason in ``PRESERVED``.

    Args:
        decisions: columns of ``schemas.plan.evaluate.DECISIONS``, one row per item.
    """
    said = decisions.filter(pc.is_in(pc.cast(decisions["rule"], pa.string()), value_set=rules)).combine_chunks()
    reasons = pc.cast(said["reasons"], pa.list_(pa.string())).combine_chunks()
    speaking = pc.is_in(pc.list_flatten(reasons), value_set=pa.array(sorted(PRESERVED)))
    kept = pc.unique(pc.list_parent_indices(reasons).filter(speaking))
    places = pa.array(range(said.num_rows), kept.type)
    return pc.cast(said["item"], pa.string()).filter(pc.invert(pc.is_in(places, value_set=kept))).combine_chunks()


def _token(plan: Plan, digest: str, as_of: date) -> str:
    # Validity makes the same edition judge otherwise on another day; counting periods does not.
    force = [rule.id for rule in plan.rules if rule.force.has(as_of)]
    return hashlib.sha256(f"{digest}\t{plan.force.has(as_of)}\t{force}".encode()).hexdigest()
