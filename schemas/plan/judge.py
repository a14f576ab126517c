"""The judgement of one item: keep, cull or ask, with every reason and a trace of every rule tried.

This is the specification in plain Python; ``schemas.plan.evaluate`` does the same for whole columns and is held
equal to it by property tests. Rule by rule (design, section 5; the twenty checks of a correct culling build on it):

* Exactly one rule must match; with none or several a person is asked, and the item is kept until then.
* ``cull`` needs: a plan in force that covers the archive creator and the publication day, a *gallra* rule, a trigger
  that has happened, a due day that is reached, every condition proven, and nothing that stops it.
* The due day is computed even where something else keeps the item.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from schemas.calendar import due_day, local_day
from schemas.codes.decide import CODES, OF_CONDITION, OF_TRIGGER, TEXTS, sentence
from schemas.decision import Decision, Outcome
from schemas.hold import MarkKind
from schemas.plan.facts import Cell, Facts, open_matter
from schemas.plan.model import CLOSED, COLUMNS, CONDITIONS, Plan, Rule, Sample
from schemas.refusal import RefusedError

LAST_YEAR = 8000
"""Latest year of ``as_of``: a trigger before it and the longest period stay within the calendar."""

TRIGGER_MARKS: dict[str, MarkKind] = {
    "removed": "borttagen-av-oss",
    "inaktuell": "inaktuell",
    "matter_closed": "i-arende",
}
"""Marks whose day is a trigger."""

_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
_DRAWN = 4
"""Random characters of the id that draw the sample: 20 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One rule tried on one item. ``failed`` is empty when the rule matches.

    Attributes:
        rule: the rule.
        failed: what ruled it out: name of the column or mark, what the rule wants, what the item has.
    """

    rule: Rule
    failed: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A decision with its trace and what fills the sentences of its reasons."""

    decision: Decision
    tried: tuple[Tried, ...]
    parameters: dict[str, str]

    def sentences(self) -> tuple[tuple[str, str, str], ...]:
        """Code, Swedish and English sentence of every reason."""
        return tuple(
            (code, sentence(code, "sv", self.parameters), sentence(code, "en", self.parameters))
            for code in self.decision.reasons
        )


def judge(item: Facts, plan: Plan | None, as_of: date) -> Decision:
    """The decision about one item on one day under one edition of the plan.

    Raises:
        RefusedError: ``as_of`` lies after the year 8000.
    """
    return explain(item, plan, as_of).decision


def explain(item: Facts, plan: Plan | None, as_of: date) -> Judgement:
    """The same with the trace of every rule tried."""
    check_as_of(as_of)
    tried = () if plan is None else tuple(try_rule(rule, item, as_of) for rule in plan.rules)
    rule, codes = place(plan, item.cell(), item.day, as_of)
    codes = codes | _stops(item, as_of)
    trigger = due = None
    if plan is not None and rule is not None and rule.action != "bevara":
        trigger, moved = _trigger(item, plan, rule)
        due = _due(plan, rule, trigger, as_of)
        if rule.action == "gallra":
            codes = codes | _brakes(item, rule) | _timing(item, rule, trigger, due, as_of, moved=moved)
    decision = Decision(
        outcome=outcome_of(codes),
        due=due,
        trigger=trigger,
        rule=None if rule is None else rule.id,
        edition=None if plan is None else plan.edition,
        reasons=tuple(code for code in CODES if code in codes),
    )
    return Judgement(decision=decision, tried=tried, parameters=_parameters(item, plan, rule, decision, tried, as_of))


def check_as_of(as_of: date) -> None:
    """Refuse a day so late that due days could leave the calendar."""
    if as_of.year > LAST_YEAR:
        raise RefusedError("as_of", as_of.isoformat(), f"give a day before the year {LAST_YEAR}")


def outcome_of(codes: frozenset[str]) -> Outcome:
    """What the reasons amount to: a stop keeps, else an open question asks, else any reason to keep keeps."""
    weights = {TEXTS[code][0] for code in codes}
    if "stop" in weights:
        return "keep"
    if "ask" in weights:
        return "ask"
    return "cull" if "due" in weights and "keep" not in weights else "keep"


# --- which rule ------------------------------------------------------------------------------------------------


def place(plan: Plan | None, cell: Cell, day: date | None, as_of: date) -> tuple[Rule | None, frozenset[str]]:
    """The one rule for a cell and publication day, and the reasons that follow from where the item lies alone."""
    if plan is None:
        return None, frozenset({"E101"})
    codes = set()
    if not plan.force.has(as_of):
        codes.add("E102")
    if "granskad-bevara" in cell.marks:
        codes.add("E103")
    outside = _outside(plan, cell, day)
    if outside is not None:
        return None, frozenset(codes | {outside})
    matching = [rule for rule in plan.rules if matches(rule, cell, day, as_of)]
    if len(matching) != 1:
        return None, frozenset(codes | {"E111" if matching else "E110"})
    return matching[0], frozenset(codes | _of_rule(matching[0], cell, day))


def _of_rule(rule: Rule, cell: Cell, day: date | None) -> frozenset[str]:
    """What the one rule says of every item of a cell."""
    codes = set()
    if day is None and not rule.records.open:
        codes.add("E106")
    if rule.action != "gallra":
        codes.add("E120" if rule.action == "bevara" else "E113")
    elif "i-arende" in cell.marks - rule.match.required:
        codes.add("E112")
    if rule.other_law:
        codes.add("E123")
    if rule.retired:
        codes.add("E182")
    return frozenset(codes)


def _outside(plan: Plan, cell: Cell, day: date | None) -> str | None:
    """Why a plan says nothing about a cell whatever its rules are, or None."""
    if cell.columns[0] not in plan.authorities:
        return "E104"
    if unknown_values(cell):
        return "E107"
    if plan.records.open:
        return None
    if day is None:
        return "E106"
    return None if plan.records.has(day) else "E105"


def unknown_values(cell: Cell) -> list[str]:
    """Values of the item that no rule can have been written for, as ``column=value``."""
    return [
        f"{name}={value}"
        for name, value in zip(COLUMNS, cell.columns, strict=True)
        if name in CLOSED and value not in CLOSED[name]
    ]


def matches(rule: Rule, cell: Cell, day: date | None, as_of: date) -> bool:
    """Whether a rule covers a cell. An unknown publication day may lie in any scope, so it rules nothing out."""
    match = rule.match
    return (
        all(values.has(cell.columns[COLUMNS.index(name)]) for name, values in match.columns)
        and match.required <= cell.marks
        and not match.forbidden & cell.marks
        and rule.force.has(as_of)
        and (day is None or rule.records.has(day))
    )


def try_rule(rule: Rule, item: Facts, as_of: date) -> Tried:
    """Everything that rules a rule out for an item; nothing when it matches."""
    failed: list[tuple[str, str, str]] = []
    for name, values in rule.match.columns:
        value = item.column(name)
        if not values.has(value):
            failed.append((name, str(values), value))
    failed += [(f"mark {kind}", "med", "utan") for kind in sorted(rule.match.required) if kind not in item.marks]
    failed += [(f"mark {kind}", "utan", "med") for kind in sorted(rule.match.forbidden) if kind in item.marks]
    if not rule.force.has(as_of):
        failed.append(("force", str(rule.force), as_of.isoformat()))
    if item.day is not None and not rule.records.has(item.day):
        failed.append(("records", str(rule.records), item.day.isoformat()))
    return Tried(rule=rule, failed=tuple(failed))


# --- what stops, what is missing, when -------------------------------------------------------------------------


def _stops(item: Facts, as_of: date) -> frozenset[str]:
    found = {
        "E121": item.kept_by_thread,
        "E130": bool(item.held),
        "E131": open_matter(item.marks, as_of),
        "E132": item.open_matter_above,
        "E133": item.pending,
        "E136": item.film,
    }
    return frozenset(code for code, holds in found.items() if holds)


def _brakes(item: Facts, rule: Rule) -> frozenset[str]:
    codes = set()
    if rule.sample is not None and ("urval" in item.marks or drawn(item.item, rule.sample)):
        codes.add("E122")
    registered = "registrerad" in item.marks
    if not registered:
        if rule.registration == "yes":
            codes.add("E134")
        if "sekretess" in item.marks:
            codes.add("E135")
    for condition in rule.conditions:
        if not condition_met(condition, registered=registered, proofs=item.proofs):
            codes.add(OF_CONDITION.get(condition, "E149"))
    return frozenset(codes)


def condition_met(condition: str, *, registered: bool, proofs: frozenset[str]) -> bool:
    """Whether a condition is proven; one that is not known is never met."""
    return condition in CONDITIONS and (condition in proofs or (condition == "registrerad" and registered))


def draw(item: str) -> int:
    """The number an item's id draws: 0 to 1,048,575, from its last four random characters; -1 for an odd id."""
    if len(item) < _DRAWN:
        return -1
    number = 0
    for character in item[-_DRAWN:]:
        place_of = _ALPHABET.find(character)
        if place_of < 0:
            return -1
        number = number * 32 + place_of
    return number


def drawn(item: str, sample: Sample) -> bool:
    """Whether the item is in the sample by its number (an id without a number is)."""
    number = draw(item)
    return sample.one_in > 0 and (number < 0 or number % sample.one_in == 0)


def _trigger(item: Facts, plan: Plan, rule: Rule) -> tuple[date | None, bool]:
    """The civil day a rule counts from, and whether an edit moved it."""
    if rule.trigger in ("published", "last_edit"):
        edits = rule.trigger == "last_edit" or plan.edits_restart_of(rule)
        edited = item.last_edit if edits else None
        if rule.trigger == "published" and item.published is None:
            return None, False
        later = _later(item.published, edited)
        day = None if later is None else local_day(later)
        return day, day is not None and (item.day is None or day > item.day)
    if rule.trigger == "thread_activity":
        return (None if item.thread_activity is None else local_day(item.thread_activity)), False
    mark = TRIGGER_MARKS.get(rule.trigger or "")
    return (None if mark is None else item.marks.get(mark)), False


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return one or other
    return max(one, other)


def _due(plan: Plan, rule: Rule, trigger: date | None, as_of: date) -> date | None:
    if trigger is None or trigger > as_of:
        return None
    if rule.period is None:
        return trigger if rule.trigger == "inaktuell" else None
    return due_day(trigger, rule.period, plan.counting_of(rule))


def _timing(
    item: Facts, rule: Rule, trigger: date | None, due: date | None, as_of: date, *, moved: bool
) -> frozenset[str]:
    codes = set()
    if rule.trigger is None:
        codes.add("E150")
    elif trigger is None:
        codes.add(OF_TRIGGER[rule.trigger])
    elif trigger > as_of:
        codes.add("E157")
    if rule.period is None and rule.trigger != "inaktuell":
        codes.add("E158")
    if due is not None:
        codes.add("E170" if due <= as_of else "E160")
    if moved:
        codes.add("E180")
    if item.doubted and rule.trigger in ("published", "last_edit"):
        codes.add("E181")
    return frozenset(codes)


# --- what fills the sentences ----------------------------------------------------------------------------------


def _parameters(
    item: Facts, plan: Plan | None, rule: Rule | None, decision: Decision, tried: tuple[Tried, ...], as_of: date
) -> dict[str, str]:
    values: dict[str, object] = {
        "item": item.item,
        "authority": item.authority,
        "as_of": as_of,
        "due": decision.due,
        "trigger": decision.trigger,
        "published_day": item.day,
        "holds": ", ".join(str(number) for number in item.held),
        "rules": ", ".join(one.rule.id for one in tried if not one.failed),
        "unknown": ", ".join(unknown_values(item.cell())),
    }
    if plan is not None:
        values |= {"edition": plan.edition, "plan_force": plan.force, "plan_records": plan.records}
    if rule is not None:
        values |= {
            "rule": rule.id,
            "type": rule.type,
            "period": rule.period,
            "other_law": rule.other_law,
            "conditions": ", ".join(one for one in rule.conditions if one not in CONDITIONS),
        }
        if rule.sample is not None:
            values["sample"] = f"1/{rule.sample.one_in}" if rule.sample.one_in else "märkning urval"
    return {name: str(value) for name, value in values.items() if value is not None and value != ""}
