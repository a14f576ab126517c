"""What the municipality's own duties leave in the state database, on SQLite and PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from connectors.state import Database
from schemas.ids import ItemId
from schemas.removal import LOCKED_COPY, REMOVAL_KINDS, REMOVAL_STANDINGS, SECURED, Block, Paper, Removal
from schemas.request import Assessment, Request
from schemas.watch import CERTAINTIES, NOTICE_STANDINGS, Notice
from tests.servers.state import KINDS, OpenState

AT = datetime(2026, 3, 1, 12, 30, 15, 7, tzinfo=UTC)
ONE, TWO, THREE = (ItemId(f"20251{number}-aaaaaaaaaaaaaaaa") for number in range(3))


@pytest.fixture(params=KINDS)
def state(request: pytest.FixtureRequest, open_state: OpenState) -> Database:
    """An empty database of each kind."""
    return open_state(request.param)


def _notice(subject: str = ONE, code: str = "W101", account: str = "sidan") -> Notice:
    return Notice(
        subject=subject,
        code=code,
        clause="P19",
        account=account,
        authority="kommunstyrelsen",
        certainty="likely",
        version=2,
        first=AT,
        last=AT + timedelta(days=1),
        standing="open",
        changed=AT,
    )


def _removal(number: int = 1) -> Removal:
    return Removal(
        number=number,
        kind="removal",
        standing="begun",
        item=ONE,
        account="sidan",
        authority="kommunstyrelsen",
        clause="R01",
        person="Åsa Ek",
        opened=AT,
        changed=AT,
    )


def test_notices_come_back_as_they_were(state: Database) -> None:
    """Every standing and certainty is read back, replaced by subject and code, and found by standing and account."""
    with state.writing() as books:
        for number, standing in enumerate(NOTICE_STANDINGS):
            one = _notice(code=f"W10{number}", account=f"sidan-{number}")
            books.duties.note([replace(one, standing=standing, certainty=CERTAINTIES[number % 3], person="Åsa Ek")])
        books.duties.note([_notice(subject=TWO)])
    with state.reading() as books:
        assert len(list(books.duties.notices())) == len(NOTICE_STANDINGS) + 1
        found = list(books.duties.notices("dismissed"))
        assert [(one.code, one.account, one.person) for one in found] == [("W102", "sidan-2", "Åsa Ek")]
        assert list(books.duties.notices("open", "sidan")) == [_notice(subject=TWO)]
        assert books.duties.notice(TWO, "W999") is None
    with state.writing() as books:
        books.duties.note([replace(_notice(subject=TWO), version=3)])
        books.duties.forget([ONE, THREE])
        assert [one.version for one in books.duties.notices()] == [3]


def test_removals_come_back_as_they_were(state: Database) -> None:
    """Every standing, kind and way of securing is read back, and found by item and standing."""
    with state.writing() as books:
        assert books.duties.removal_number() == 1
        for number, standing in enumerate(REMOVAL_STANDINGS, 1):
            kind, secured = REMOVAL_KINDS[number % 3], SECURED[number % len(SECURED)]
            books.duties.put_removal(replace(_removal(number), standing=standing, kind=kind, secured=secured))
        whole = replace(
            _removal(20),
            item=TWO,
            version=3,
            record=THREE,
            tries=2,
            answer="W231",
            done=AT,
            notice=ONE,
            noticed="sent",
            police=True,
            register=True,
            secrecy=True,
        )
        books.duties.put_removal(whole)
    with state.reading() as books:
        assert books.duties.removal(20) == whole
        assert books.duties.removal(99) is None
        assert [one.number for one in books.duties.removals(item=TWO)] == [20]
        assert [one.standing for one in books.duties.removals(standing="unclear")] == ["unclear"]
        assert len(books.duties.removals()) == len(REMOVAL_STANDINGS) + 1
        assert books.duties.removal_number() == 21


def test_blocks_and_papers_come_back_as_they_were(state: Database) -> None:
    """Blocks come by review day; a paper is replaced by sort, subject and period."""
    late = Block(
        item=ONE, account="a", authority="k", person="Bo", at=AT, review=date(2027, 1, 1), changed=AT, standing="lifted"
    )
    soon = replace(late, item=TWO, review=date(2026, 6, 1), standing="active")
    paper = Paper(sort="art30", subject="sidan", period="", item=ONE, digest="ab", at=AT)
    with state.writing() as books:
        books.duties.put_block(late)
        books.duties.put_block(soon)
        books.duties.put_paper(paper)
        books.duties.put_paper(replace(paper, period="2026-03"))
        books.duties.put_paper(replace(paper, item=THREE))
    with state.reading() as books:
        assert books.duties.blocks() == [soon, late]
        assert books.duties.paper("art30", "sidan") == replace(paper, item=THREE)
        assert [one.period for one in books.duties.papers("art30")] == ["", "2026-03"]
        assert books.duties.paper("art30") is None


def test_locked_items_are_named_once_in_order(state: Database) -> None:
    """Whatever their standing and however many removals name them; nothing else is locked."""
    with state.writing() as books:
        assert books.duties.locked() == ()
        for number, item in enumerate((TWO, ONE, TWO), 1):
            books.duties.put_removal(replace(_removal(number), item=item, secured="locked", standing="closed"))
        books.duties.put_removal(replace(_removal(4), item=THREE, secured="fresh"))
    with state.reading() as books:
        assert books.duties.locked() == (ONE, TWO)


def test_what_is_locked_takes_its_copies_along(state: Database) -> None:
    """Screenshots from before the lock and masked copies for requests are locked too; copies of other items are not."""
    four = ItemId("202513-aaaaaaaaaaaaaaaa")
    with state.writing() as books:
        books.duties.put_removal(replace(_removal(), standing="secured", secured="locked"))
        books.duties.put_paper(Paper(sort=LOCKED_COPY, subject="removal:1", period=TWO, item=TWO, digest="", at=AT))
        books.requests.put(
            Request(
                number=1, kind="handlingar", standing="open", authority="kommunstyrelsen", channel="e-post", received=AT,
                opened=AT, changed=AT, person="Åsa Ek", hold=7,
            )
        )  # fmt: skip
        for item, copy in ((ONE, THREE), (TWO, four)):
            one = Assessment(request=1, item=item, version=1, verdict="partly", person="Åsa Ek", at=AT, copy=copy)
            books.requests.assess([one])
    with state.reading() as books:
        assert books.duties.locked() == (ONE, TWO, THREE)
        assert books.duties.waiting() == {ONE}
    with state.writing() as books:
        books.duties.put_removal(replace(_removal(), standing="closed", secured="unlocked"))
    with state.reading() as books:
        assert books.duties.locked() == ()
