"""The judgement of everything that is stored, under the edition of the plan that is in force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import pyarrow as pa

from flows.keep.films import kept
from flows.keep.held import resolve
from flows.keep.proofs import proofs_for
from flows.keep.read import partitions
from schemas.ground import Ground
from schemas.hold import Hold, Mark
from schemas.ids import ItemId, Month
from schemas.plan.evaluate import evaluate
from schemas.plan.model import Plan
from schemas.plan.proven import Proven
from schemas.plan.read import read_plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a judgement rests on beside the items themselves.

    Attributes:
        plan: the edition in force, or None when none is adopted.
        digest: SHA-256 of the edition's text as adopted.
        marks: all of them. holds: those that count, by what they bind (``flows.keep.held``): items, threads, accounts
            and authorities alone.
        revision: number raised by every change of the three; the judgement is stale when it has moved.
        pending: items that wait to be registered, delivered or taken off their page.
        films: items that legal deposit keeps (``flows.keep.films``).
        proofs: items for which a condition of the plan is proven, by the condition's code.
    """

    plan: Plan | None
    digest: str | None
    marks: Sequence[Mark]
    holds: Sequence[Hold]
    revision: int
    pending: frozenset[ItemId] = frozenset()
    films: frozenset[ItemId] = frozenset()
    proofs: Mapping[str, Proven] = field(default_factory=dict)

    @property
    def edition(self) -> str | None:
        """The edition's name."""
        return self.plan.edition if self.plan else None


def standing(ground: Ground, as_of: date, *, since: datetime | None = None, holds: bool = True) -> Standing:
    """Plan, marks, holds and revision, read in one transaction.

    Of several adopted editions the newest one that is in force on ``as_of`` counts; when none is in force, the newest
    of all, whose validity the judgement itself then reports.

    Args:
        since: holds that were lifted or narrowed at this instant or later count as if they had not been: what they
            bound needs a new proposal.
        holds: False for judgements that holds, films and proofs do not change (what is preserved); then nothing is
            read to find what they bind or prove.
    """
    with ground.state.reading() as books:
        adopted = books.plans.adopted()
        marks = list(books.marks.all())
        standing_holds = [one for one in books.holds.all() if _counts(one, since)] if holds else []
        revision = books.revision()
        pending = frozenset(ItemId(errand.subject) for errand in books.outbox.waiting())
        pending |= books.packages.waiting() | books.registrations.waiting() | books.duties.waiting()
    bound = resolve(ground.state, ground.store, standing_holds, marks, since=since)
    plans = [(read_plan(one.text, one.edition), one.digest) for one in adopted]
    valid = [pair for pair in plans if pair[0].force.has(as_of)]
    chosen = (valid or plans)[-1:]
    plan, digest = chosen[0] if chosen else (None, None)
    return Standing(
        plan=plan,
        digest=digest,
        marks=marks,
        holds=bound,
        revision=revision,
        pending=pending,
        # Read after the revision: a film that changed in between made the judgement stale.
        films=kept(ground) if holds else frozenset(),
        proofs=proofs_for(ground, plan) if holds else {},
    )


def _counts(hold: Hold, since: datetime | None) -> bool:
    return hold.lifted_at is None or (since is not None and hold.lifted_at >= since)


def decisions(ground: Ground, base: Standing, as_of: date) -> Iterator[pa.Table]:
    """Decisions about every item, in tables with the columns of ``schemas.plan.evaluate.DECISIONS``."""

    def read(columns: Sequence[str]) -> Iterator[tuple[str, Month, pa.Table]]:
        return partitions(ground.state, ground.store, columns)

    return evaluate(
        read,
        base.plan,
        base.marks,
        base.holds,
        as_of,
        proofs=base.proofs,
        pending=base.pending,
        films=base.films,
    )
