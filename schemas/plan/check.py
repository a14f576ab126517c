"""What is wrong or doubtful in a plan that can be read: gaps, overlaps, dates, types, missing parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from schemas.codes.plan import SEVERITY
from schemas.finding import Finding
from schemas.hold import MarkKind
from schemas.plan.model import CONDITIONS, Plan, Rule, Span
from schemas.plan.sets import MADE_PLATFORM, Space, TooManyBoxesError, gaps, meet, overlaps

_MOST_TOLD = 50
"""Gaps and overlaps told one by one; the rest as a number."""

_MARK_OF: dict[str, MarkKind] = {"removed": "borttagen-av-oss", "matter_closed": "i-arende"}
_SYSTEMS = ("system", "databas", "e-arkiv", "app", "register")


def check(
    plan: Plan,
    *,
    as_of: date | None = None,
    accounts: Iterable[str] | None = None,
    platforms: Iterable[str] | None = None,
) -> list[Finding]:
    """Everything found in a plan, errors first, in the order of its rules.

    Args:
        as_of: today, or None to leave out whether the plan is in force.
        accounts, platforms: names that are known, or None to leave the question out.
    """
    found = [*_whole(plan, as_of)]
    for rule in plan.rules:
        found += _rule(plan, rule)
        found += _names(rule, accounts, platforms)
    found += _sets(plan)
    weight = {"error": 0, "warning": 1, "info": 2}
    return sorted(found, key=lambda finding: weight[finding.severity])


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether any of them keeps the plan from being adopted."""
    return any(finding.severity == "error" for finding in findings)


def _finding(code: str, subject: str, **parameters: object) -> Finding:
    return Finding(
        code=code,
        severity=SEVERITY.get(code, "warning"),
        subject=subject,
        parameters=tuple((name, value if isinstance(value, int) else str(value)) for name, value in parameters.items()),
    )


def _whole(plan: Plan, as_of: date | None) -> Iterator[Finding]:
    if plan.mandate is None:
        yield _finding("P118", "mandate")
    elif plan.force.first is not None and plan.mandate.date > plan.force.first:
        yield _finding("P124", "mandate", date=plan.mandate.date, valid_from=plan.force.first)
    if plan.example:
        yield _finding("P119", "example")
    if as_of is not None and not plan.force.has(as_of):
        yield _finding("P122", "valid_from", span=plan.force, as_of=as_of)
    if plan.suppression is not None:
        yield _finding("P128", "suppression", suppression=plan.suppression)


def _rule(plan: Plan, rule: Rule) -> Iterator[Finding]:
    name = rule.id
    if rule.action == "gallra":
        yield from _culling(rule)
    elif rule.sample is not None:
        yield _finding("P117", name, rule=name)
    yield from _reach(rule)
    yield from _retired(plan, rule)
    if rule.registration == "yes" and not rule.legal:
        yield _finding("P126", name, rule=name)
    for span, whole in ((rule.records, plan.records), (rule.force, plan.force)):
        yield from _span(name, span, whole)
    for column, values in rule.match.columns:
        if column == "authority" and not values.negated:
            for value in sorted(values.values - set(plan.authorities)):
                yield _finding("P121", name, rule=name, value=value)


def _retired(plan: Plan, rule: Rule) -> Iterator[Finding]:
    if rule.retired and not rule.replaced_by:
        yield _finding("P105", rule.id, rule=rule.id)
    if rule.replaced_by:
        other = plan.rule(rule.replaced_by)
        if other is None or other.id == rule.id or other.retired:
            yield _finding("P106", rule.id, rule=rule.id, other=rule.replaced_by)


def _reach(rule: Rule) -> Iterator[Finding]:
    name = rule.id
    if rule.action != "bevara":
        if rule.reach is not None:
            yield _finding("P123", name, rule=name)
        return
    if rule.reach is None:
        yield _finding("P104", name, rule=name)
    if rule.period is not None or rule.trigger is not None:
        yield _finding("P116", name, rule=name)


def _culling(rule: Rule) -> Iterator[Finding]:
    name = rule.id
    if rule.trigger is None:
        yield _finding("P110", name, rule=name)
    elif rule.period is None and rule.trigger != "inaktuell":
        yield _finding("P109", name, rule=name, trigger=rule.trigger)
    if rule.trigger == "inaktuell" and any(word in rule.medium.lower() for word in _SYSTEMS):
        yield _finding("P111", name, rule=name, medium=rule.medium)
    mark = _MARK_OF.get(rule.trigger or "")
    if mark is not None and mark not in rule.match.required:
        yield _finding("P115", name, rule=name, trigger=rule.trigger, mark=mark)
    for condition in rule.conditions:
        if condition not in CONDITIONS:
            yield _finding("P112", name, rule=name, condition=condition)
    if "granskad-bevara" in rule.match.required:
        yield _finding("P114", name, rule=name)
    if rule.other_law:
        yield _finding("P127", name, rule=name, law=rule.other_law)


def _span(name: str, span: Span, whole: Span) -> Iterator[Finding]:
    if span.open:
        return
    first = max(span.first or date.min, whole.first or date.min)
    last = min(span.last or date.max, whole.last or date.max)
    if first > last:
        yield _finding("P107", name, rule=name, span=span, plan_span=whole)
    elif (span.first and span.first < first) or (span.last and span.last > last):
        yield _finding("P108", name, rule=name, span=span, plan_span=whole)


def _names(rule: Rule, accounts: Iterable[str] | None, platforms: Iterable[str] | None) -> Iterator[Finding]:
    for column, known, code in (("account", accounts, "P120"), ("platform", platforms, "P125")):
        if known is None:
            continue
        there = {*known, MADE_PLATFORM}
        for name, values in rule.match.columns:
            if name == column:
                for value in sorted(values.values - there):
                    yield _finding(code, rule.id, rule=rule.id, value=value)


def _sets(plan: Plan) -> Iterator[Finding]:
    space = Space(plan)
    possible = space.possible()
    for rule in plan.rules:
        box = space.box(rule)
        if box is None or not any(meet(box, area) for area in possible):
            values = "; ".join(f"{column} {names}" for column, names in rule.match.columns)
            yield _finding("P113", rule.id, rule=rule.id, values=values or "–")
    for number, (rule, other, box) in enumerate(overlaps(space)):
        if number == _MOST_TOLD:
            break
        yield _finding("P101", rule.id, rule=rule.id, other=other.id, example=space.show(_point(box)))
    try:
        left = gaps(space)
    except TooManyBoxesError:
        yield _finding("P103", "rule")
        return
    for box in left[:_MOST_TOLD]:
        yield _finding("P102", "rule", cells=space.show(box))
    if len(left) > _MOST_TOLD:
        yield _finding("P103", "rule")


def _point(box: Sequence[int]) -> tuple[int, ...]:
    """One cell of a box where it is limited; what is free stays free."""
    return tuple(bits if bits & (bits + 1) == 0 else bits & -bits for bits in box)
