"""What our own acts left undone is told until the act is done."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from schemas.ids import ItemId
from schemas.removal import Block, Removal
from tests.oversee.watch.world import ACCOUNT, AUTHORITY, OFFICER, TUESDAY, Page

ITEM = ItemId("202601-aaaaaaaaaaaaaaaa")
BEGUN = Removal(
    number=1, kind="removal", standing="begun", item=ITEM, account=ACCOUNT, authority=AUTHORITY, clause="R01",
    person=OFFICER, opened=TUESDAY, changed=TUESDAY,
)  # fmt: skip


@pytest.mark.parametrize(
    ("removal", "codes"),
    [
        (BEGUN, ["W153"]),
        (replace(BEGUN, standing="by-hand"), ["W153"]),
        (replace(BEGUN, standing="removed"), ["W155"]),
        (replace(BEGUN, standing="removed", noticed="to-paste"), ["W155"]),
        (replace(BEGUN, standing="removed", noticed="sent"), []),
        (replace(BEGUN, standing="hidden", noticed="impossible"), []),
        (replace(BEGUN, standing="hidden", noticed="impossible", police=True), ["W153"]),
        (replace(BEGUN, standing="removed", kind="seen"), ["W155"]),
        (replace(BEGUN, kind="picture"), ["W154"]),
        (replace(BEGUN, kind="picture", standing="by-hand"), ["W153"]),
        (replace(BEGUN, kind="picture", record=ItemId("202601-bbbbbbbbbbbbbbbb")), ["W153"]),
        (replace(BEGUN, kind="picture", standing="removed"), ["W155"]),
        (replace(BEGUN, kind="picture", standing="removed", noticed="none"), []),
        (replace(BEGUN, standing="declined"), []),
    ],
)
def test_removals(page: Page, removal: Removal, codes: list[str]) -> None:
    """A removal that is not finished, a request that waits, a visitor not told, a report to the police not made."""
    with page.open() as home, home.ground.state.writing() as books:
        books.duties.put_removal(removal)
    assert [one.code for one in page.signs("W152", "W153", "W154", "W155")] == codes


def test_a_request_is_not_lost_behind_another_removal(page: Page) -> None:
    """A request that waits is told of although the same item has a later removal, whether that is over or not."""
    with page.open() as home, home.ground.state.writing() as books:
        books.duties.put_removal(replace(BEGUN, kind="picture"))
        books.duties.put_removal(replace(BEGUN, number=2, standing="by-hand"))
        books.duties.put_removal(replace(BEGUN, number=3, standing="closed"))
    told = {one.code: dict(one.parameters)["number"] for one in page.signs("W153", "W154", "W155")}
    assert told == {"W154": 1, "W153": 2}


def test_a_fact_is_told_whatever_was_said(page: Page) -> None:
    """A removal that was said to be finished and is not, or waits for the police, is told of again."""
    with page.open() as home, home.ground.state.writing() as books:
        books.duties.put_removal(BEGUN)
    page.look()
    notice = page.notice(ITEM, "W153")
    assert notice is not None
    with page.open() as home, home.ground.state.writing() as books:
        books.duties.note([replace(notice, standing="done", person=OFFICER)])
        books.duties.put_removal(replace(BEGUN, standing="removed", noticed="sent", police=True))
    (sign,) = page.signs("W153")
    assert dict(sign.parameters)["standing"] == "polisanmälan återstår"


def test_blocks(page: Page) -> None:
    """A block is told of a week before its day of review and after, until it is lifted."""
    day = TUESDAY.date()
    block = Block(
        item=ITEM, account=ACCOUNT, authority=AUTHORITY, person=OFFICER, at=TUESDAY - timedelta(days=90),
        review=day + timedelta(days=8), changed=TUESDAY,
    )  # fmt: skip
    for one, told in (
        (block, False),
        (replace(block, review=day + timedelta(days=7)), True),
        (replace(block, review=day - timedelta(days=30)), True),
        (replace(block, review=day, standing="lifted"), False),
    ):
        with page.open() as home, home.ground.state.writing() as books:
            books.duties.put_block(one)
        assert [sign.code for sign in page.signs("W152")] == ["W152"] * told
