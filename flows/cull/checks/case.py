"""What the twenty checks look at: the facts of one listed item, and what is the same for the whole run. Plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from schemas.hold import Mark, MarkKind
from schemas.order import Signature
from schemas.person import Person
from schemas.plan.model import Plan, Rule
from schemas.plan.proven import Proven

Stage = Literal["proposal", "approval", "execution"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What the checks of a whole run rest on. Whatever is not given counts as not known, and keeps.

    Attributes:
        stage: when the checks are made. as_of: civil day of the judgement. today: civil day of the check.
        plan: the edition that the list was judged under, or None.
        marks: marks by item; of listed items at least. persons: registered persons by name.
        proofs: for each condition (``schemas.plan.model.CONDITIONS``), the items for which it is proven.
        held: items that any hold in force binds, through the thread too.
        released: items bound by a hold that was lifted since the proposal.
        tied: items on which something made by us hangs that is not itself listed (a removal notice, a police report).
        destroyed: items that have a tombstone.
        list_intact: the frozen list was read anew and has its digest; None = not known.
        damaged: partitions (``authority/YYYY-MM``, or ``YYYY-MM`` for all authorities) with a file that is not what
            its name says.
        proposal, approval: the signatures, or None. genuine: the signatures of this stage were verified with the
            registered keys: the proposal's at ``approval``, both at ``execution``.
        approver: who is about to approve; at the stage ``approval`` alone.
        begun: when execution began, UTC, or None.
        revision_judged, revision_now: of plan, marks and holds, when the items were judged and now; None = not known.
        places: names of all places where copies lie. unknown_places: the register of copies could not be read, or a
            place in it has no name.
        provable: absence can be observed in every place.
    """

    stage: Stage
    as_of: date
    today: date
    plan: Plan | None
    marks: Mapping[str, Sequence[Mark]] = field(default_factory=dict)
    persons: Mapping[str, Person] = field(default_factory=dict)
    proofs: Mapping[str, Proven] = field(default_factory=dict)
    held: frozenset[str] = frozenset()
    released: frozenset[str] = frozenset()
    tied: frozenset[str] = frozenset()
    destroyed: frozenset[str] = frozenset()
    list_intact: bool | None = None
    damaged: frozenset[str] = frozenset()
    proposal: Signature | None = None
    approval: Signature | None = None
    genuine: bool = False
    approver: str = ""
    begun: datetime | None = None
    revision_judged: int | None = None
    revision_now: int | None = None
    places: tuple[str, ...] = ()
    unknown_places: bool = True
    provable: bool = False

    @property
    def latest(self) -> date:
        """The last day that has come: of the judgement, and when it is carried out not after today either."""
        return min(self.as_of, self.today) if self.stage == "execution" else self.as_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A mark on an item: what, by whom, the day it holds from (None = not stated), the day it was made."""

    kind: MarkKind
    person: str
    day: date | None
    made: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The facts of one listed item. It has no id in it: items with the same facts share one case.

    Attributes:
        basis: what is the same for the run.
        authority, account, kind, rule, outcome: as in the judgement (``schemas.plan.evaluate.DECISIONS``).
        published, trigger, due: civil days. reasons: codes.
        month: ``YYYY-MM`` of its partition.
        listed: how many times the item is in the list.
        marks: the latest mark of each kind. proven: conditions proven for it.
        drawn: its id draws it into the sample of its rule.
        held, released, tied, destroyed: as in ``Basis``.
        opaque: its id and those of its parent and thread are opaque ids.
    """

    basis: Basis
    authority: str | None
    account: str | None
    kind: str | None
    rule: str | None
    outcome: str | None
    published: date | None
    trigger: date | None
    due: date | None
    reasons: tuple[str, ...]
    month: str
    listed: int = 1
    marks: tuple[Said, ...] = ()
    proven: frozenset[str] = frozenset()
    drawn: bool = False
    held: bool = False
    released: bool = False
    tied: bool = False
    destroyed: bool = False
    opaque: bool = True

    @property
    def plan(self) -> Plan:
        """The plan. Raises LookupError without one."""
        if self.basis.plan is None:
            raise LookupError("no plan")
        return self.basis.plan

    @property
    def row(self) -> Rule:
        """The plan's row that the item was judged by. Raises LookupError when the plan has none or several."""
        found = [rule for rule in self.plan.rules if rule.id == self.rule]
        if len(found) != 1:
            raise LookupError("not one rule")
        return found[0]

    def mark(self, kind: MarkKind) -> Said | None:
        """The latest mark of a kind, or None."""
        return next((one for one in self.marks if one.kind == kind), None)
