"""The judgement of all items at once is the judgement of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.calendar import period
from schemas.codes.decide import CODES
from schemas.ids import Month
from schemas.plan import fold, thread
from schemas.plan.evaluate import DECISIONS, evaluate, facts_of, plain
from schemas.plan.facts import media_class
from schemas.plan.judge import judge
from schemas.plan.model import MEDIA_CLASSES, Plan, Rule
from schemas.record import MEDIA_ROLES
from schemas.tables import MEDIA, to_table
from tests.plan.worlds import AS_OF, AUTHORITY, Reference, World, make_row, world


def _decided(world: World, *, rows_at_once: int) -> dict[str, dict[str, object]]:
    with pytest.MonkeyPatch.context() as patch:
        # Few rows at once make a small world as many batches, and as many passes, as a large archive has.
        patch.setattr(fold, "BATCH_ROWS", rows_at_once)
        patch.setattr(thread, "BATCH_ROWS", rows_at_once)
        tables = list(
            evaluate(
                world.partitions,
                world.plan,
                world.marks,
                world.holds,
                AS_OF,
                proofs=world.proofs,
                pending=world.pending,
                films=world.films,
            )
        )
    rows = plain(pa.concat_tables(tables)).to_pylist()
    assert len({row["item"] for row in rows}) == len(rows)
    return {row["item"]: row for row in rows}


def _assert_equal(seed: int, rows_at_once: int) -> None:
    made = world(Random(seed))
    decided = _decided(made, rows_at_once=rows_at_once)
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


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**64), st.sampled_from((1, 5, 100_000)))
def test_columns_judge_as_values_do(seed: int, rows_at_once: int) -> None:
    """For random plans, threads, marks, holds and rows, every item gets the decision its own facts give."""
    _assert_equal(seed, rows_at_once)


@pytest.mark.soak
@settings(max_examples=20_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**64), st.sampled_from((1, 5, 100_000)))
def test_columns_judge_as_values_do_many_times(seed: int, rows_at_once: int) -> None:
    """The same for twenty thousand random worlds."""
    _assert_equal(seed, rows_at_once)


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
        films=made.films,
    )
    assert facts == found.facts(item)


def test_schema_is_the_issues() -> None:
    """The decisions' first eight columns are those that are written out."""
    assert DECISIONS.names[:8] == ["item", "kind", "rule", "outcome", "published", "trigger", "due", "reasons"]


def test_every_reason_is_met_by_the_random_worlds() -> None:
    """The random worlds reach every reason but those a world of known kinds cannot have, and all three outcomes."""
    codes: set[str] = set()
    outcomes: set[object] = set()
    for seed in range(150):
        for row in _decided(world(Random(seed)), rows_at_once=100_000).values():
            codes |= set(row["reasons"])  # type: ignore[call-overload] # a list of codes
            outcomes.add(row["outcome"])
    assert outcomes == {"keep", "cull", "ask"}
    assert set(CODES) - codes <= {"E107", "E152", "E153"}


def test_order_of_rows_and_rules_does_not_matter() -> None:
    """Shuffled rows, partitions in other files and rules in another order give the same decisions."""
    for seed in range(30):
        made = world(Random(seed))
        before = _decided(made, rows_at_once=100_000)
        made.rows.reverse()
        if made.plan is not None:
            made.plan = replace(made.plan, rules=made.plan.rules[::-1])
        assert _decided(made, rows_at_once=100_000) == before


def test_unknown_kind_is_never_culled() -> None:
    """A kind that nobody knows is asked about, although a rule without limits matches everything."""
    rule = Rule(id="allt", type="Allt", action="gallra", period=period("1 år"), trigger="published")
    plan = Plan(id="p", title="P", edition="1", authorities=(AUTHORITY,), rules=(rule,))
    row = make_row("202006-aaaaaaaaaaaaaaab", kind="hologram")
    decided = _decided(World(rows=[row], plan=plan, marks=[], holds=[]), rows_at_once=100)
    assert [(one["outcome"], one["reasons"]) for one in decided.values()] == [("ask", ["E107"])]


def test_a_doubled_row_gives_one_decision() -> None:
    """The same first version stored twice is one item."""
    row = make_row("202006-aaaaaaaaaaaaaaab")
    decided = _decided(World(rows=[row, row], plan=None, marks=[], holds=[]), rows_at_once=100)
    assert len(decided) == 1


def test_an_empty_archive_has_no_decisions() -> None:
    """No partitions and empty partitions give no decisions and no error."""
    made = world(Random(3))
    made.rows = []
    assert not list(evaluate(made.partitions, made.plan, (), made.holds, AS_OF))
    empty = to_table([])

    def partitions(columns: Sequence[str]) -> Iterator[tuple[str, Month, pa.Table]]:
        yield AUTHORITY, Month("2020-06"), empty.select(list(columns))

    assert sum(table.num_rows for table in evaluate(partitions, made.plan, (), (), AS_OF)) == 0


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.sampled_from((*MEDIA_ROLES, "hologram")), max_size=4), max_size=12), st.booleans())
def test_media_classes_on_columns_are_those_of_values(lists: list[list[str]], sliced: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
    """Each list of attachments has the class its roles give, in whatever order they come and whatever is cut off."""
    empty = {"origin": "o", "media_type": "", "alt": None, "language": "", "digest": None, "size": None}
    media = pa.array([[{"role": role, **empty} for role in roles] for roles in lists], MEDIA)
    start = 1 if sliced else 0
    found = [MEDIA_CLASSES[number] for number in fold.media_classes(media.slice(start)).to_pylist()]
    assert found == [media_class(roles) for roles in lists[start:]]
