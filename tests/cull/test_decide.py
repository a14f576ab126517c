"""What a culling amounts to, and the guards before it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from random import Random

import pyarrow as pa
import pytest

from flows.cull.decide import (
    SAMPLES,
    Share,
    Totals,
    general_text,
    guard_counts,
    guards,
    period_text,
    reason_counts,
    trigger_text,
    type_totals,
)
from schemas.codes import checks
from schemas.codes.decide import CODES
from schemas.ground import Limits
from schemas.plan.evaluate import DECISIONS, evaluate, plain
from tests.cull.cases import AUTHORITY, COMMENTS, PLAN, POSTS
from tests.plan.worlds import AS_OF, world

LIMITS = Limits(share=0.5, approval_days=30, overdue_months=12)
EMPTY = Totals(as_of=date(2026, 1, 2), overdue_before=date(2025, 1, 2))


Line = tuple[str, str, str, date | None, list[str]]


def _table(rows: Sequence[Line]) -> pa.Table:
    """Rows of (account, rule, outcome, due, reasons)."""
    return pa.Table.from_pylist(
        [
            {
                "item": f"202305-aaaaaaaaaaaaaa{chr(97 + number // 26)}{chr(97 + number % 26)}",
                "kind": "post",
                "rule": rule or None,
                "outcome": outcome,
                "published": datetime(2023, 1, 1, 22 + number % 2, 30, tzinfo=UTC),
                "trigger": None,
                "due": due,
                "reasons": reasons,
                "account": account,
                "authority": AUTHORITY,
            }
            for number, (account, rule, outcome, due, reasons) in enumerate(rows)
        ],
        schema=DECISIONS,
    )


DUE = date(2026, 1, 1)
LATE = date(2025, 1, 1)


def test_share_is_of_the_account() -> None:
    """Half of an account may go, one more stops; another account's items do not make it good."""
    goes: Line = ("a", "own-post", "cull", DUE, ["E170"])
    stays: Line = ("a", "own-post", "keep", None, ["E160"])
    half = [goes, goes, stays, stays]
    others: list[Line] = [("b", "own-post", "keep", None, ["E160"])] * 20
    assert guards(EMPTY.plus(_table(half + others)), LIMITS) == ()
    more = [*half, goes]
    assert guards(EMPTY.plus(_table(more + others)), LIMITS) == ("G-SHARE",)
    assert [(one.code, one.items) for one in guard_counts(EMPTY.plus(_table(more + others)), LIMITS)] == [
        ("G-SHARE", 3)
    ]


def test_something_remains_of_a_type() -> None:
    """A type that would be empty stops; one with a kept item does not; items without a rule are no type."""
    rows: list[Line] = [("a", "comment", "cull", DUE, ["E170"]), ("a", "own-post", "keep", None, ["E160"])]
    assert guards(EMPTY.plus(_table(rows)), LIMITS) == ("G-REMAIN",)
    kept: list[Line] = [*rows, ("a", "comment", "ask", None, ["E112"]), ("a", "", "ask", None, ["E110"])]
    assert guards(EMPTY.plus(_table(kept)), LIMITS) == ()
    assert guards(EMPTY, LIMITS) == ()
    assert guard_counts(EMPTY, LIMITS) == ()


def test_counts_say_why() -> None:
    """Reasons are counted of what goes, of what is due and kept, and of what is asked; overdue is what goes late."""
    totals = EMPTY.plus(
        _table(
            [
                ("a", "own-post", "cull", DUE, ["E170", "E180"]),
                ("a", "own-post", "cull", LATE, ["E170"]),
                ("a", "own-post", "keep", LATE, ["E130", "E170"]),
                ("a", "own-post", "keep", DUE, ["C11", "E170"]),
                ("a", "own-post", "keep", date(2027, 1, 1), ["E130", "E160"]),
                ("a", "", "ask", None, ["E110", "E130"]),
            ]
        )
    )
    assert totals.reasons == {"cull": {"E170": 2, "E180": 1}, "except": {"E130": 1, "C11": 1}, "ask": {"E110": 1}}
    assert (totals.cull, totals.keep, totals.ask, totals.overdue) == (2, 3, 1, 1)
    assert [(one.code, one.items) for one in reason_counts(totals, "except")] == [("C11", 1), ("E130", 1)]
    assert reason_counts(totals, "except")[0].text == checks.sentence("C11")
    assert totals.accounts == {(AUTHORITY, "a"): Share(items=6, cull=2)}


@pytest.mark.parametrize("code", [*CODES, *checks.CODES])
def test_sentences_for_many_have_no_gaps(code: str) -> None:
    """Every code's sentence can be said of many records: no value of one stands in it and none is lacking."""
    text = general_text(code)
    assert text.endswith(".")
    assert "–" not in text
    assert "{" not in text


def test_type_totals_are_in_the_plans_order() -> None:
    """Totals per type name rule, words, local days and a few ids, in the order of the plan's rows."""
    rows = [("a", "comment", "cull", DUE, ["E170"])] * 3 + [("a", "own-post", "cull", LATE, ["E170"])] * 8
    totals = EMPTY.plus(_table(rows)).plus(_table([("a", "own-post", "cull", DUE, ["E170"])]))
    first, second = type_totals(totals, PLAN)
    assert (first.rule, first.items, first.type, first.trigger, first.period) == (
        "own-post",
        9,
        "Eget inlägg",
        "publicering",
        "2 år (hela kalenderår)",
    )
    assert (first.first, first.last) == (date(2023, 1, 1), date(2023, 1, 2))
    assert (first.due_first, first.due_last) == (LATE, DUE)
    assert len(first.samples) == SAMPLES
    assert (second.rule, second.items, second.period) == ("comment", 3, "vid inaktualitet")
    assert (trigger_text(COMMENTS), period_text(PLAN, POSTS)) == (
        "dagen den märktes inaktuell",
        "2 år (hela kalenderår)",
    )


def test_totals_do_not_depend_on_how_rows_are_cut() -> None:
    """One table, row by row and in reverse give the same totals, dictionary columns or plain; worlds at random."""
    for seed in range(15):
        made = world(Random(seed))
        tables = list(evaluate(made.partitions, made.plan, made.marks, made.holds, AS_OF))
        table = plain(pa.concat_tables(tables))
        empty = Totals(as_of=AS_OF, overdue_before=date(2025, 1, 1))
        whole = empty.plus(table)
        by_row = empty
        for at in reversed(range(table.num_rows)):
            by_row = by_row.plus(table.slice(at, 1))
        encoded = empty
        for one in tables:
            encoded = encoded.plus(one)
        assert _comparable(whole) == _comparable(by_row) == _comparable(encoded)
        assert sum(whole.outcomes.values()) == table.num_rows


def _comparable(totals: Totals) -> tuple[object, ...]:
    spans = {key: (one.items, one.first, one.last, one.due_first, one.samples) for key, one in totals.spans.items()}
    return totals.outcomes, totals.accounts, totals.types, spans, totals.reasons, totals.overdue
