"""Gaps and overlaps are exact set arithmetic; the other findings are found."""

from __future__ import annotations

from datetime import date
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.calendar import period
from schemas.codes.plan import SEVERITY, TEXTS, sentence
from schemas.plan.check import check, has_errors
from schemas.plan.facts import Cell
from schemas.plan.judge import matches
from schemas.plan.model import COLUMNS, Mandate, Match, Plan, Rule, Sample, Span, Values
from schemas.plan.sets import OTHERS, Space, gaps, joined, meet, minus, overlaps, remainder
from tests.plan.worlds import plan as random_plan

MANDATE = Mandate(body="KS", date=date(2025, 1, 1), paragraph="§ 1")


def _rule(name: str, **changes: Any) -> Rule:
    values: dict[str, Any] = {"id": name, "type": name, "action": "bevara", "reach": "item"}
    return Rule(**{**values, **changes})


def _plan(*rules: Rule, **changes: Any) -> Plan:
    values: dict[str, Any] = {"id": "p", "title": "P", "edition": "1", "authorities": ("ks",), "mandate": MANDATE}
    return Plan(**{**values, "rules": rules, **changes})


def _kinds(*kinds: str) -> Match:
    return Match(columns=(("kind", Values(values=frozenset(kinds))),))


_BOX = st.tuples(*(st.integers(1, (1 << size) - 1) for size in (3, 2, 4)))


def _cells(box: tuple[int, ...]) -> set[tuple[int, ...]]:
    return set(product(*([number for number in range(4) if bits >> number & 1] for bits in box)))


@settings(max_examples=200, deadline=None)
@given(st.lists(_BOX, max_size=5), st.lists(_BOX, max_size=5))
def test_boxes_are_sets_of_cells(first: list[tuple[int, ...]], second: list[tuple[int, ...]]) -> None:
    """Intersection, difference, remainder and joining of boxes are those of their cells."""
    for one, other in product(first, second):
        both = meet(one, other)
        assert (_cells(both) if both else set()) == _cells(one) & _cells(other)
        assert set().union(*map(_cells, minus(one, other))) == _cells(one) - _cells(other)
    all_first = set().union(*map(_cells, first))
    all_second = set().union(*map(_cells, second))
    left = remainder(first, second)
    assert set().union(*map(_cells, left)) == all_first - all_second
    assert set().union(*map(_cells, joined(left))) == all_first - all_second


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_gaps_and_overlaps_are_what_matching_says(seed: int) -> None:
    """A cell lies in a gap exactly when no rule matches it, and overlapping rules both match a cell of the overlap."""
    random = Random(seed)
    plan = random_plan(random)
    space = Space(plan)
    left = gaps(space)
    for box in space.possible():
        for _ in range(20):
            bits = tuple(1 << random.choice([n for n in range(24) if part >> n & 1]) for part in box)
            cell, day, as_of = _point(space, bits)
            found = any(matches(rule, cell, day, as_of) for rule in plan.rules)
            assert found != any(meet(bits, piece) is not None for piece in left)
    for one, other, box in overlaps(space):
        bits = tuple(part & -part for part in box)
        cell, day, as_of = _point(space, bits)
        assert matches(one, cell, day, as_of)
        assert matches(other, cell, day, as_of)


def _point(space: Space, bits: tuple[int, ...]) -> tuple[Cell, date, date]:
    names = [dimension.names(part)[0] for dimension, part in zip(space.dimensions, bits, strict=True)]
    columns = tuple("something-else" if one == OTHERS else one for one in names[: len(COLUMNS)])
    marks = frozenset(mark for mark, one in zip(space.marks, names[len(COLUMNS) :], strict=False) if one == "med")
    days = [date.fromisoformat(one.split("–")[0]) if one[0] != "–" else date(1990, 1, 1) for one in names[-2:]]
    return Cell(columns=columns, marks=marks), days[0], days[1]


@pytest.mark.parametrize(
    ("code", "plan"),
    [
        ("P101", _plan(_rule("a", match=_kinds("post")), _rule("b", match=_kinds("post", "reply")))),
        ("P102", _plan(_rule("a", match=_kinds("post")))),
        ("P104", _plan(_rule("a", reach=None))),
        ("P105", _plan(_rule("a", retired=True))),
        ("P106", _plan(_rule("a", retired=True, replaced_by="c"))),
        ("P106", _plan(_rule("a", retired=True, replaced_by="a"))),
        ("P107", _plan(_rule("a", force=Span(last=date(2020, 1, 1))), force=Span(first=date(2026, 1, 1)))),
        ("P108", _plan(_rule("a", records=Span(first=date(2000, 1, 1))), records=Span(first=date(2010, 1, 1)))),
        ("P109", _plan(_rule("a", action="gallra", reach=None, trigger="published"))),
        ("P110", _plan(_rule("a", action="gallra", reach=None, period=period("2 år")))),
        ("P111", _plan(_rule("a", action="gallra", reach=None, trigger="inaktuell", medium="Systemet"))),
        ("P112", _plan(_rule("a", action="gallra", reach=None, trigger="inaktuell", conditions=("om det passar",)))),
        (
            "P113",
            _plan(
                _rule(
                    "a",
                    match=Match(
                        columns=(
                            ("kind", Values(values=frozenset({"comment"}))),
                            ("own", Values(values=frozenset({"own"}))),
                        )
                    ),
                )
            ),
        ),
        ("P114", _plan(_rule("a", action="gallra", match=Match(required=frozenset({"granskad-bevara"}))))),
        ("P115", _plan(_rule("a", action="gallra", trigger="removed", period=period("1 år")))),
        ("P116", _plan(_rule("a", period=period("2 år")))),
        ("P117", _plan(_rule("a", sample=Sample(one_in=3)))),
        ("P118", _plan(_rule("a"), mandate=None)),
        ("P119", _plan(_rule("a"), example=True)),
        ("P120", _plan(_rule("a", match=Match(columns=(("account", Values(values=frozenset({"okand"}))),))))),
        ("P121", _plan(_rule("a", match=Match(columns=(("authority", Values(values=frozenset({"okand"}))),))))),
        ("P122", _plan(_rule("a"), force=Span(last=date(2020, 1, 1)))),
        ("P123", _plan(_rule("a", action="granska"))),
        ("P124", _plan(_rule("a"), force=Span(first=date(2024, 1, 1)))),
        ("P125", _plan(_rule("a", match=Match(columns=(("platform", Values(values=frozenset({"okand"}))),))))),
        ("P126", _plan(_rule("a", registration="yes"))),
        ("P127", _plan(_rule("a", action="gallra", reach=None, trigger="inaktuell", other_law="kameralagen"))),
        ("P128", _plan(_rule("a"), suppression=period("10 år"))),
    ],
)
def test_each_finding_is_found(code: str, plan: Plan) -> None:
    """Each doubtful plan gives its finding, with its severity and a sentence without holes in both languages."""
    found = check(plan, as_of=date(2026, 1, 1), accounts=["nyheter"], platforms=["bluesky"])
    told = [one for one in found if one.code == code]
    assert told, [one.code for one in found]
    assert told[0].severity == SEVERITY.get(code, "warning")
    for lang in ("sv", "en"):
        assert "–" not in sentence(code, lang, told[0].parameters).replace(" –", "").replace("–2", "").replace("1–", "")


def test_rules_that_follow_each_other_in_time_do_not_overlap() -> None:
    """Two rules with the same match and adjoining record dates are neither overlap nor gap."""
    early = _rule("a", records=Span(last=date(2019, 12, 31)))
    late = _rule("b", records=Span(first=date(2020, 1, 1)))
    assert not check(_plan(early, late))
    gap = check(_plan(early, _rule("b", records=Span(first=date(2020, 1, 2)))))
    assert {one.code for one in gap} == {"P102"}
    assert all("2020-01-01–2020-01-01" in str(one.parameters) for one in gap)


def test_errors_stop_adoption() -> None:
    """Overlap is an error; a gap is a warning, since what no rule covers is kept."""
    assert has_errors(check(_plan(_rule("a"), _rule("b"))))
    assert not has_errors(check(_plan(_rule("a", match=_kinds("post")))))


def test_every_code_has_two_sentences() -> None:
    """Every P code is told in Swedish and in English."""
    assert all(swedish and english and swedish != english for swedish, english in TEXTS.values())
