"""Blocking is a decision by delegation, with a reason, a day of review, and the way back."""

from __future__ import annotations

import json

from flows.keep.own import read_own
from schemas.ids import item_id
from tests.oversee.removal.page import DISA, KIM, Page

WHY = "Skälordet: upprepade hot"


def test_a_delegate_blocks_and_the_platform_does_it(page: Page) -> None:
    """Who is blocked and why stand in the decision alone; the plan registers it; the platform is asked once."""
    told = page.oversee("block", page.ids["insult"], "--why", WHY, "--review", "2026-09-01", person=DISA)
    assert (told["outcome"], told["review"], told["standing"]) == ("done", "2026-09-01", "active")
    assert len(page.performed("block")) == 1
    with page.open() as home:
        decision = read_own(home.ground, item_id(told["decision"]))
    assert decision is not None
    assert decision.kind == "block_decision"
    for part in ("Skälordet", "1 september 2026", "Kommunstyrelsen 2024-12-03 § 14", "begära att den tas bort"):
        assert part in (decision.text or "")
    author = str(next(row.author for row in page.rows() if row.item == page.ids["insult"]))
    for word in ("Skälordet", author):
        assert word.encode() not in page.database()
    page.ids["decision"] = item_id(told["decision"])
    assert page.plan_row("decision") == "blockering"


def test_the_same_visitor_is_blocked_by_one_decision(page: Page) -> None:
    """Asked for again, the platform is asked again; no second decision is made, and that is told."""
    first = page.oversee("block", page.ids["insult"], "--why", WHY, "--review", "2026-09-01", person=DISA)
    again = page.oversee("block", page.ids["thanks"], "--why", WHY, "--review", "2026-10-01", person=DISA)
    assert (again["decision"], again["existed"]) == (first["decision"], True)
    assert (again["review"], [one["code"] for one in again["findings"]]) == ("2026-09-01", ["W260"])
    assert first["findings"] == []
    assert len(json.loads(page.say("--json", "oversee", "blocks"))["blocks"]) == 1


def test_a_block_that_is_reviewed_may_stand(page: Page) -> None:
    """In its last week it is decided anew with a day of its own; the old decision does not hold any longer."""
    item = page.ids["insult"]
    first = page.oversee("block", item, "--why", WHY, "--review", "2026-03-20", person=DISA)
    page.later(days=12)
    anew = page.oversee("block", item, "--why", "Hotar igen", "--review", "2026-09-01", person=DISA)
    assert anew["decision"] != first["decision"]
    (stands,) = json.loads(page.say("--json", "oversee", "blocks"))["blocks"]
    assert (stands["decision"], stands["review"], stands["due"]) == (anew["decision"], "2026-09-01", False)


def test_without_an_interface_a_person_does_it(unmoderated: Page) -> None:
    """The decision stands, and the answer says that the page is to be seen to by hand."""
    told = unmoderated.oversee("block", unmoderated.ids["insult"], "--why", WHY, "--review", "2026-09-01", person=DISA)
    assert told["outcome"] == "by-hand"
    assert [one["code"] for one in told["findings"]] == ["W249"]


def test_it_is_reviewed_within_a_year_and_lifted_by_a_delegate(page: Page) -> None:
    """A day that has been, more than a year ahead, no delegation, our own item: refused, and nothing is decided."""
    item = page.ids["insult"]
    for day in ("2026-03-04", "2027-03-07"):
        assert "--review" in page.refused("block", item, "--why", WHY, "--review", day, person=DISA, code=2)
    assert "G-DELEGATION" in page.refused("block", item, "--why", WHY, "--review", "2026-09-01", person=KIM)
    assert "G-OURS" in page.refused("block", page.ids["post"], "--why", WHY, "--review", "2026-09-01", person=DISA)
    assert "--why" in page.refused("block", item, "--why", " ", "--review", "2026-09-01", person=DISA, code=2)
    assert page.fake.moderated() == []
    told = page.oversee("block", item, "--why", WHY, "--review", "2026-03-10", person=DISA)
    page.later(days=7)
    (shown,) = json.loads(page.say("--json", "oversee", "blocks"))["blocks"]
    assert shown["due"] is True
    assert "G-DELEGATION" in page.refused("unblock", told["decision"], person=KIM)
    assert page.oversee("unblock", told["decision"], person=DISA)["standing"] == "lifted"
    page.refused("unblock", told["decision"], person=DISA, code=2)
    assert json.loads(page.say("--json", "oversee", "blocks"))["blocks"] == []
