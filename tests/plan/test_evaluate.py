"""The judgement of all items at once is the judgement of each."""

from __future__ import annotations

from random import Random

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.plan.evaluate import DECISIONS, evaluate, facts_of, plain
from schemas.plan.judge import judge
from tests.plan.worlds import AS_OF, Reference, World, world


def _decided(world: World) -> dict[str, dict[str, object]]:
    tables = list(
        evaluate(
            world.partitions, world.plan, world.marks, world.holds, AS_OF, proofs=world.proofs, pending=world.pending
        )
    )
    rows = plain(pa.concat_tables(tables)).to_pylist()
    assert len({row["item"] for row in rows}) == len(rows)
    return {row["item"]: row for row in rows}


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**64))
def test_columns_judge_as_values_do(seed: int) -> None:
    """For random plans, threads, marks, holds and rows, every item gets the decision its own facts give."""
    made = world(Random(seed))
    decided = _decided(made)
    found = Reference(made)
    assert decided.keys() == found.alone.keys()
    for item, row in decided.items():
        facts = found.facts(item)
        decision = judge(facts, made.plan, AS_OF)
        assert (row["outcome"], row["rule"], row["trigger"], row["due"], tuple(row["reasons"])) == (  # type: ignore[arg-type]
            decision.outcome,
            decision.rule,
            decision.trigger,
            decision.due,
            decision.reasons,
        ), (facts, made.plan)
        assert (row["kind"], row["published"], row["account"]) == (facts.kind, facts.published, facts.account)
        assert row["reasons"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**64))
def test_facts_of_one_item_are_those_of_all(seed: int) -> None:
    """The facts that explain shows are those the decision rests on, holds by number too."""
    made = world(Random(seed))
    found = Reference(made)
    item = Random(seed).choice(sorted(found.alone))
    facts = facts_of(
        made.partitions,
        item,
        made.plan,
        made.marks,
        made.holds,
        AS_OF,
        proofs=made.proofs,
        pending=made.pending,
    )
    assert facts == found.facts(item)


def test_schema_is_the_issues() -> None:
    """The decisions' first eight columns are those that are written out."""
    assert DECISIONS.names[:8] == ["item", "kind", "rule", "outcome", "published", "trigger", "due", "reasons"]
