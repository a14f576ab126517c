"""The plan's rows of an account: every row that one of its records can fall under, and no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from flows.oversee.art30.periods import Periods, plan_periods
from schemas.account import Account, Cadence
from schemas.plan.model import Plan
from schemas.plan.read import read_plan

TODAY = date(2026, 1, 15)
EXAMPLE = Path(__file__).parents[3] / "infra" / "plans" / "arvika-exempel.toml"
HEAD = """
id = "p"
title = "Plan"
edition = "7"
authorities = ["ks"]
valid_from = 2025-01-01
[mandate]
body = "KS"
date = 2024-12-03
paragraph = "§ 1"
dnr = "KS 2024/9"
"""


def account(**changes: object) -> Account:
    """A page."""
    values: dict[str, object] = {"name": "sidan", "platform": "facebook", "handle": "p", "authority": "ks", **changes}
    return Account(**values)  # type: ignore[arg-type] # as the register's


def plan(*rules: str) -> Plan:
    """A plan of these rows, one line of keys each."""
    rows = (f'[[rule]]\nid = "r{number}"\ntype = "Rad {number}"\n{rule}' for number, rule in enumerate(rules))
    return read_plan(HEAD + "\n".join(rows), "plan")


KEEP, TWO = 'action = "bevara"\nreach = "item"\n', 'action = "gallra"\nperiod = "2 år"\ntrigger = "published"\n'


def ids(found: Periods) -> list[str]:
    """The rows' ids."""
    return [one.rule for one in found.rows]


def test_the_example_plan_tells_every_row_of_a_page() -> None:
    """Rows of posts, comments, removals, matters and of what Bevara makes of the account; none of other papers."""
    example = read_plan(EXAMPLE.read_text("utf-8"), EXAMPLE.name)
    found = plan_periods(example, account(authority="kommunstyrelsen"), TODAY)
    assert found.standing == "example"
    assert {"eget-inlagg", "kommentar", "kommentar-ringa", "borttaget-brott", "arende", "ogonblicksbild"} <= set(
        ids(found)
    )
    assert not {"meddelande", "gallringsprotokoll", "tackning", "statistik"} & set(ids(found))
    assert found.uncovered == ()
    row = next(one for one in found.rows if one.rule == "kommentar")
    assert (row.action, row.period, row.trigger) == ("Gallras", "2 år", "senaste aktivitet i tråden")
    assert row.disposal == "Gallras 2 år efter senaste aktivitet i tråden (hela kalenderår)"
    assert row.kinds == ("kommentar", "besökares inlägg")
    assert next(one for one in found.rows if one.rule == "kommentar-ringa").disposal == "Gallras vid inaktualitet"
    assert next(one for one in found.rows if one.rule == "eget-inlagg").sample == "Urval: var 10:e handling bevaras"


def test_messages_are_told_where_they_are_harvested() -> None:
    """The row of private messages belongs to accounts that harvest them."""
    example = read_plan(EXAMPLE.read_text("utf-8"), EXAMPLE.name)
    found = plan_periods(example, account(authority="kommunstyrelsen", harvest=Cadence(messages=True)), TODAY)
    assert "meddelande" in ids(found)


@pytest.mark.parametrize(
    ("match", "there"),
    [
        ('platform = ["facebook"]', True),
        ('platform = ["youtube"]', False),
        ('platform = { not = ["facebook", "bevara"] }', False),
        ('account = ["sidan"]', True),
        ('account = ["kanalen"]', False),
        ('account = { not = ["kanalen"] }', True),
        ('kind = ["post"], own = ["visitor"]', False),
        ('kind = ["comment"], media = ["video"]', True),
        ('kind = ["certificate"]', False),
        ('kind = ["snapshot"]', True),
    ],
)
def test_a_row_is_told_when_its_set_meets_the_accounts(match: str, there: bool) -> None:  # noqa: FBT001 - a table's column
    """Platform, account, kind, sender and attachments decide as they do when items are judged."""
    found = plan_periods(plan(f"{KEEP}match = {{ {match} }}"), account(), TODAY)
    assert bool(found.rows) == there


def test_kinds_without_a_row_are_named() -> None:
    """What no row can match is told, in Swedish."""
    found = plan_periods(
        plan(f'{TWO}match = {{ kind = ["post", "reply", "boost", "story", "profile"] }}'), account(), TODAY
    )
    assert found.uncovered == ("kommentar", "besökares inlägg", "omnämnande")
    assert (found.edition, found.decision) == ("7", "KS 2024-12-03 § 1 KS 2024/9")


def test_a_row_that_is_not_in_force_is_not_told() -> None:
    """Only rows in force on the day are the entry's periods."""
    found = plan_periods(plan(f"{KEEP}valid_to = 2025-06-30", f"{TWO}valid_from = 2025-07-01"), account(), TODAY)
    assert ids(found) == ["r1"]


def test_no_plan_another_authoritys_plan_and_an_old_plan_are_told() -> None:
    """Without a plan that holds for the archive creator today the entry says so."""
    assert plan_periods(None, account(), TODAY).standing == "none"
    other = plan_periods(plan(KEEP), account(authority="bn"), TODAY)
    assert (other.standing, other.rows) == ("in-force", ())
    assert plan_periods(plan(KEEP), account(), date(2020, 1, 1)).standing == "out-of-force"


def test_conditions_and_other_law_are_told() -> None:
    """What must be met before culling stands in the row, in Swedish."""
    text = f'{TWO}conditions = ["e-arkiv"]\nother_law = "patientdatalagen"\n'
    (row,) = plan_periods(plan(text), account(), TODAY).rows
    assert row.conditions == ("e-arkivet har kvitterat mottagandet", "reglerna i patientdatalagen går före")
    assert replace(row).shown().startswith("Rad 0. Gallras 2 år efter publicering")
