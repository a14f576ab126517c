"""Which rows of the plan the records of an account can fall under: set arithmetic over the plan's own rows. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, Final, Literal

from schemas.account import Account
from schemas.codes.words import VALUES
from schemas.plan.model import COLUMNS, CONDITIONS, Plan, Rule, Trigger
from schemas.plan.sets import MADE_PLATFORM, OTHERS, OURS, VISITORS, Box, Space, meet

HARVESTED: Final = (*OURS, *VISITORS)
"""Kinds that every account can have; private messages only where they are harvested."""
ABOUT: Final = (
    "snapshot",
    "removal_notice",
    "block_decision",
    "duty_record",
    "account_decision",
    "page_rules",
    "decision",
)
"""Kinds that Bevara makes of an account in which persons may be seen or named. What is made to answer a request for records
belongs to another processing than the account's."""
TRIGGERS: Final[Mapping[Trigger, str]] = {
    "published": "publicering",
    "last_edit": "senaste ändring",
    "thread_activity": "senaste aktivitet i tråden",
    "removed": "dagen då kommunen tog bort inlägget",
    "inaktuell": "dagen då handlingen märktes inaktuell",
    "matter_closed": "dagen då ärendet avslutades",
}
_ACTIONS: Final = {"bevara": "Bevaras", "gallra": "Gallras", "granska": "Granskas"}
_COUNTING: Final = {"calendar-year": "hela kalenderår", "day": "dag för dag"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A row of the plan as the entry tells it; all texts in Swedish.

    Attributes:
        rule: the row's id. type: of record. kinds: of the account's items that can fall under it. action: what happens.
        period: ``2 år``, or empty. trigger: what it is counted from, or empty. counting: how. disposal: all of that in a
            sentence. conditions: that must be met before. legal: ground. sample: what is kept of what is culled.
    """

    rule: str
    type: str
    kinds: tuple[str, ...]
    action: str
    period: str
    trigger: str
    counting: str
    disposal: str
    conditions: tuple[str, ...]
    legal: str
    sample: str

    def as_json(self) -> dict[str, Any]:
        """JSON values; ``from_json`` reads them back."""
        return {**asdict(self), "kinds": list(self.kinds), "conditions": list(self.conditions)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Period:
        """What ``as_json`` wrote; names that are not known are left out. Raises KeyError, TypeError."""
        known = {one.name: values[one.name] for one in fields(cls)}
        return cls(**{**known, "kinds": tuple(values["kinds"]), "conditions": tuple(values["conditions"])})

    def shown(self) -> str:
        """The row in one line, for the list of changes."""
        parts = (self.type, self.disposal, "; ".join(self.conditions), self.sample, self.legal, ", ".join(self.kinds))
        return ". ".join(part for part in parts if part)


Standing = Literal["none", "example", "out-of-force", "in-force"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Periods:
    """The plan's rows for an account.

    Attributes:
        standing: of the plan. edition, decision: its name and the decision behind it, or empty. rows: in the plan's order.
        uncovered: harvested kinds (in Swedish) that no row can match.
    """

    standing: Standing
    edition: str = ""
    decision: str = ""
    rows: tuple[Period, ...] = ()
    uncovered: tuple[str, ...] = ()


def plan_periods(plan: Plan | None, account: Account, today: date) -> Periods:
    """The rows of the plan (None = none adopted) that can match something of the account, on that civil day."""
    if plan is None:
        return Periods(standing="none")
    mandate = plan.mandate
    standing: Standing = "example" if plan.example else "in-force" if plan.force.has(today) else "out-of-force"
    decision = f"{mandate.body} {mandate.date} {mandate.paragraph} {mandate.dnr}".strip() if mandate else ""
    if account.authority not in plan.authorities:
        return Periods(standing=standing, edition=plan.edition, decision=decision)
    space = Space(plan)
    kinds = (*HARVESTED, *(("message",) if account.harvest.messages else ()))
    found: dict[str, list[str]] = {}
    for kind in (*kinds, *ABOUT):
        cells = _cells(space, account, kind)
        for rule in plan.rules:
            box = space.box(rule)
            if rule.force.has(today) and box is not None and any(meet(box, one) for one in cells):
                found.setdefault(rule.id, []).append(kind)
    matched = {kind for some in found.values() for kind in some}
    return Periods(
        standing=standing,
        edition=plan.edition,
        decision=decision,
        rows=tuple(_period(plan, rule, found[rule.id]) for rule in plan.rules if rule.id in found),
        uncovered=tuple(_word(kind) for kind in kinds if kind not in matched),
    )


def _cells(space: Space, account: Account, kind: str) -> list[Box]:
    """The possible cells in which items of the account of that kind lie."""
    names = {dimension.name: dimension for dimension in space.dimensions}
    made = kind in ABOUT
    wanted: dict[str, Sequence[str]] = {"authority": (account.authority,), "kind": (kind,)}
    platforms = names["platform"].atoms
    wanted["platform"] = (MADE_PLATFORM if made else account.platform if account.platform in platforms else OTHERS,)
    accounts = names["account"].atoms
    # What Bevara makes stands under its own account's name, some of it under the account's.
    able = [account.name if account.name in accounts else OTHERS]
    if made:
        able.append(MADE_PLATFORM if MADE_PLATFORM in accounts else OTHERS)
    wanted["account"] = tuple(dict.fromkeys(able))
    box = [
        dimension.bits(wanted[dimension.name]) if dimension.name in wanted else dimension.all
        for dimension in space.dimensions
    ]
    assert len(box) >= len(COLUMNS)  # noqa: S101 - the space's own order
    return [both for one in space.possible() if (both := meet(tuple(box), one))]


def _period(plan: Plan, rule: Rule, kinds: Sequence[str]) -> Period:
    period = "" if rule.period is None else str(rule.period)
    trigger = TRIGGERS[rule.trigger] if rule.trigger else ""
    counting = _COUNTING[plan.counting_of(rule)] if rule.action == "gallra" and period else ""
    conditions = [CONDITIONS[one][0] if one in CONDITIONS else one for one in rule.conditions]
    if rule.other_law:
        conditions.append(f"reglerna i {rule.other_law} går före")
    return Period(
        rule=rule.id,
        type=rule.type,
        kinds=tuple(map(_word, kinds)),
        action=_ACTIONS[rule.action],
        period=period,
        trigger=trigger if rule.action == "gallra" else "",
        counting=counting,
        disposal=_disposal(rule, period, trigger, counting),
        conditions=tuple(conditions),
        legal=rule.legal,
        sample="" if rule.sample is None else _sample(rule.sample.one_in),
    )


def _disposal(rule: Rule, period: str, trigger: str, counting: str) -> str:
    if rule.action != "gallra":
        return _ACTIONS[rule.action]
    if rule.trigger == "inaktuell" and not period:
        return "Gallras vid inaktualitet"
    return f"Gallras {period or 'utan frist'} efter {trigger or 'okänd dag'}" + (f" ({counting})" if counting else "")


def _sample(one_in: int) -> str:
    return f"Urval: var {one_in}:e handling bevaras" if one_in else "Urval: handlingar som märkts bevaras"


def _word(kind: str) -> str:
    return VALUES[kind][0]
