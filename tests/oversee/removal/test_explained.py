"""What the page lost without us: a named person says by whom and why; what we did ourselves is treated like any removal."""

from __future__ import annotations

import pytest

from schemas.watch import Notice
from tests.oversee.removal.page import AUTHORITY, KIM, NAME, Page


def _lost(page: Page, name: str = "insult", how: str = "delete") -> None:
    page.fake.act(how, id=page.natives[name].rpartition("_")[2])
    page.later(days=1)
    page.harvest()


def test_a_colleague_took_it_away(page: Page) -> None:
    """It gets its marks, its message to be pasted and its errand; the reason stands in the record alone."""
    _lost(page)
    told = page.oversee("removed", page.ids["insult"], "--by", "us", "--why", "Skälordet", "--clause", "R01")
    assert (told["kind"], told["standing"], told["noticed"]) == ("seen", "removed", "to-paste")
    assert "borttagen-av-oss" in page.marks("insult")
    assert page.plan_row("insult") == "borttaget-krankande"
    assert b"Sk\xc3\xa4lordet" not in page.database()
    assert "G-EXPLAINED" in page.refused("removed", page.ids["insult"], "--by", "author", "--why", "x")


@pytest.mark.parametrize("by", ["author", "platform", "unknown"])
def test_others_took_it_away(page: Page, by: str) -> None:
    """Closed at once: no mark, no message; what the watch asked about is answered."""
    _lost(page)
    item = page.ids["insult"]
    asked = Notice(
        subject=item, code="W151", clause="P12", account=NAME, authority=AUTHORITY, certainty="sure", version=1,
        first=page.at, last=page.at, standing="open", changed=page.at,
    )  # fmt: skip
    with page.open() as home, home.ground.state.writing() as books:
        books.duties.note([asked])
    told = page.oversee("removed", item, "--by", by, "--why", "Skälordet")
    assert (told["standing"], told["noticed"]) == ("closed", "none")
    assert page.marks("insult") == {}
    with page.open() as home, home.ground.state.reading() as books:
        answered = books.duties.notice(item, "W151")
    assert answered is not None
    assert (answered.standing, answered.person) == ("done", KIM)


def test_what_is_on_the_page_needs_no_explanation(page: Page) -> None:
    """G-NOT-GONE; without a clause for what we did, and without words, it is refused."""
    item = page.ids["insult"]
    assert "G-NOT-GONE" in page.refused("removed", item, "--by", "author", "--why", "x")
    _lost(page, how="hide")
    assert "--clause" in page.refused("removed", item, "--by", "us", "--why", "x", code=2)
    assert "--why" in page.refused("removed", item, "--by", "author", "--why", " ", code=2)
    assert page.oversee("removed", item, "--by", "us", "--why", "x", "--clause", "R01")["standing"] == "hidden"
