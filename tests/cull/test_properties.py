"""What holds of every culling, for random archives, plans, marks, holds and threads."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.cull.checks import Basis, examine
from schemas.calendar import Period
from schemas.hold import HOLD_SCOPES, Hold
from schemas.plan.evaluate import evaluate, plain
from schemas.plan.model import ALWAYS, Mandate, Match, Rule, Values
from schemas.record import KINDS
from tests.cull.cases import PERSONS, signature
from tests.plan.worlds import ACCOUNTS, AS_OF, AUTHORITY, World, plan, world
from tests.plan.worlds import KINDS as WORLD_KINDS

SEEDS = st.integers(0, 2**64)
ARRANGED = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _decided(made: World, as_of: date = AS_OF) -> dict[str, dict[str, Any]]:
    tables = evaluate(
        made.partitions, made.plan, made.marks, made.holds, as_of, proofs=made.proofs, pending=made.pending
    )
    rows = [row for table in tables for row in plain(table).to_pylist()]
    found = {row["item"]: row for row in rows}
    assert len(found) == len(rows)
    return found


def _culled(made: World, as_of: date = AS_OF) -> set[str]:
    return {item for item, row in _decided(made, as_of).items() if row["outcome"] == "cull"}


def _world(seed: int) -> World:
    """A random world under a decided plan without an end; mostly with one rule per kind, so that more can go."""
    random = Random(seed)
    made = world(random)
    if made.plan is None:
        return made
    rules = made.plan.rules if random.random() < 0.2 else _one_per_kind(random)
    made.plan = replace(
        made.plan,
        authorities=(AUTHORITY,),
        mandate=Mandate(body="KS", date=date(2024, 12, 3), paragraph="§ 1"),
        force=replace(made.plan.force, last=None),
        rules=tuple(replace(rule, force=ALWAYS) for rule in rules),
    )
    return made


def _one_per_kind(random: Random) -> tuple[Rule, ...]:
    pool: list[Rule] = []
    while len(pool) < len(WORLD_KINDS):
        pool += [rule for _ in range(12) for rule in plan(random).rules if rule.action == "gallra" and rule.trigger]
    return tuple(
        replace(
            rule,
            id=f"k{number}",
            action=random.choice(("gallra", "gallra", "gallra", "gallra", "bevara", "granska")),
            match=Match(columns=(("kind", Values(values=frozenset({kind}))),)),
            period=rule.period or (None if rule.trigger == "inaktuell" else Period(value=1, unit="year")),
            conditions=rule.conditions if random.random() < 0.3 else (),
            reach="item" if random.random() < 0.7 else rule.reach,
        )
        for number, (kind, rule) in enumerate(zip(WORLD_KINDS, random.sample(pool, len(WORLD_KINDS)), strict=True))
    )


def _listed(made: World, as_of: date = AS_OF) -> pa.Table:
    """What would go, with parents and threads, as the checks take it."""
    tables = list(
        evaluate(made.partitions, made.plan, made.marks, made.holds, as_of, proofs=made.proofs, pending=made.pending)
    )
    table = plain(pa.concat_tables(tables))
    table = table.filter(pa.compute.equal(table["outcome"], "cull"))
    last = {row.item: row for row in made.rows}
    items = table["item"].to_pylist()
    table = table.append_column("parent", pa.array([last[item].parent for item in items], pa.string()))
    return table.append_column("thread", pa.array([last[item].thread for item in items], pa.string()))


def _basis(made: World, **changes: object) -> Basis:
    """Everything in order."""
    marks: dict[str, list[Any]] = {}
    for mark in made.marks:
        marks.setdefault(mark.item, []).append(mark)
    good = Basis(
        stage="execution",
        as_of=AS_OF,
        today=date(2026, 1, 10),
        plan=made.plan,
        marks=marks,
        persons=PERSONS,
        proofs=made.proofs,
        list_intact=True,
        proposal=signature("propose", "eva", "0e"),
        approval=signature("approve", "per", "0f"),
        genuine=True,
        begun=datetime(2026, 1, 10, 9, tzinfo=UTC),
        revision_judged=3,
        revision_now=3,
        places=("file:archive",),
        unknown_places=False,
        provable=True,
    )
    return replace(good, **changes)  # type: ignore[arg-type] # names of fields


@ARRANGED
@given(SEEDS)
def test_a_hold_never_adds_a_culling(seed: int) -> None:
    """With one more hold, of any scope and subject, nothing goes that did not go before."""
    made, random = _world(seed), Random(seed)
    before = _culled(made)
    scope = random.choice(HOLD_SCOPES)
    subject = random.choice((*sorted({row.item for row in made.rows}), *ACCOUNTS, AUTHORITY))
    at = datetime(2025, 1, 1, tzinfo=UTC)
    made.holds.append(Hold(number=99, scope=scope, subject=subject, set_by="eva", set_at=at))
    assert _culled(made) <= before


@ARRANGED
@given(SEEDS)
def test_a_hold_lifted_gives_back_what_it_stopped(seed: int) -> None:
    """A hold that has been lifted binds nothing: the judgement is as without it."""
    made = _world(seed)
    before = _decided(made)
    at = datetime(2025, 1, 1, tzinfo=UTC)
    made.holds.append(
        Hold(number=99, scope="authority", subject=AUTHORITY, set_by="eva", set_at=at, lifted_by="eva", lifted_at=at)
    )
    assert _decided(made) == before


@ARRANGED
@given(SEEDS, st.integers(0, 4000))
def test_an_earlier_day_never_culls_more(seed: int, days: int) -> None:
    """Under one edition that is in force, what goes on a day goes on every later day too."""
    made = _world(seed)
    assert _culled(made, AS_OF - timedelta(days=days)) <= _culled(made, AS_OF)


@ARRANGED
@given(SEEDS)
def test_order_of_input_does_not_matter(seed: int) -> None:
    """Rows, rules, marks and holds in another order give the same decisions; listed rows the same answers."""
    made, random = _world(seed), Random(seed)
    before, listed = _decided(made), _listed(made)
    answers = dict(zip(listed["item"].to_pylist(), examine(listed, _basis(made)), strict=True))
    for one in (made.rows, made.marks, made.holds):
        random.shuffle(one)
    if made.plan is not None:
        made.plan = replace(made.plan, rules=tuple(random.sample(made.plan.rules, len(made.plan.rules))))
    assert _decided(made) == before
    shuffled = listed.take(pa.array(random.sample(range(listed.num_rows), listed.num_rows), pa.int64()))
    found = dict(zip(shuffled["item"].to_pylist(), examine(shuffled, _basis(made)), strict=True))
    assert found == answers


@ARRANGED
@given(SEEDS)
def test_unknown_kinds_are_never_culled(seed: int) -> None:
    """A kind that nobody knows never goes, neither by the judgement nor past the checks if it were listed."""
    made = _world(seed)
    listed = _listed(made)
    made.rows = [replace(row, kind="hologram") for row in made.rows]  # type: ignore[arg-type] # unknown on purpose
    assert "hologram" not in KINDS
    assert _culled(made) == set()
    listed = listed.set_column(listed.column_names.index("kind"), "kind", pa.array(["hologram"] * listed.num_rows))
    assert all(examine(listed, _basis(made)))


@ARRANGED
@given(SEEDS)
def test_every_item_has_one_outcome_with_a_reason(seed: int) -> None:
    """Every item stored is decided once, keep, cull or ask, and never without a reason."""
    made = world(Random(seed))
    decided = _decided(made)
    assert decided.keys() == {row.item for row in made.rows}
    assert all(row["outcome"] in ("keep", "cull", "ask") and row["reasons"] for row in decided.values())


@ARRANGED
@given(SEEDS)
def test_both_lines_agree_when_everything_is_in_order(seed: int) -> None:
    """The checks count anew and come to the same: what is due passes all twenty, but for what a person chose to keep."""
    made = _world(seed)
    listed = _listed(made)
    chosen = {mark.item for mark in made.marks if mark.kind == "urval"}
    for item, codes in zip(listed["item"].to_pylist(), examine(listed, _basis(made)), strict=True):
        assert codes == (("C12",) if item in chosen else ()), (item, made.plan)


@ARRANGED
@given(SEEDS)
def test_a_check_only_ever_keeps(seed: int) -> None:
    """Whatever is taken from the basis, nothing passes that did not pass before."""
    made, random = _world(seed), Random(seed)
    listed = _listed(made)
    items = listed["item"].to_pylist()
    good = _basis(made)
    before = examine(listed, good)
    some = frozenset(random.sample(items, random.randint(0, len(items))))
    worse: dict[str, object] = {
        "plan": None,
        "persons": {},
        "proofs": {},
        "held": some,
        "released": some,
        "tied": some,
        "destroyed": some,
        "list_intact": random.choice((None, False)),
        "damaged": frozenset(f"{item[:4]}-{item[4:6]}" for item in some),
        "proposal": None,
        "approval": None,
        "genuine": False,
        "begun": None,
        "revision_now": 4,
        "revision_judged": None,
        "places": (),
        "unknown_places": True,
        "provable": False,
        "as_of": AS_OF - timedelta(days=random.randint(1, 3000)),
        "today": AS_OF - timedelta(days=random.randint(1, 3000)),
    }
    assert set(worse) | {"stage", "approver", "marks"} == {one.name for one in fields(Basis)}
    for name in random.sample(sorted(worse), 6):
        after = examine(listed, replace(good, **{name: worse[name]}))  # type: ignore[arg-type] # names of fields
        for was, now, item in zip(before, after, items, strict=True):
            assert not was or now, (name, item)
            assert now or item not in some or name not in ("held", "released", "tied", "destroyed", "damaged")


def test_the_random_worlds_have_something_to_cull() -> None:
    """The properties are about something: of fifty worlds at least fifteen have records that go."""
    assert sum(bool(_culled(_world(seed))) for seed in range(50)) >= 15
