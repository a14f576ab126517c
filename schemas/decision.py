"""A decision about one item: keep, cull or ask, with every reason for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

Outcome = Literal["keep", "cull", "ask"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The outcome for one item on one day under one edition of the plan.

    Attributes:
        outcome: ``cull`` only if every condition is met; ``ask`` = kept until a person decides.
        due: first civil day on which culling is allowed, or None when there is none.
        trigger: civil day the period is counted from, or None.
        rule: the id of the one rule that matched, or None.
        edition: the plan's edition, or None without a plan.
        reasons: reason codes in a fixed order (texts in ``schemas.codes``); never empty.
    """

    outcome: Outcome
    due: date | None
    trigger: date | None
    rule: str | None
    edition: str | None
    reasons: tuple[str, ...]
