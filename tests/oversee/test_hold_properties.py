"""Over random archives, plans and marks: a hold of any scope only ever takes away from what is culled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import pyarrow.compute as pc
import pytest

from connectors.chance import SeededChance
from connectors.clock import FixedClock
from connectors.state import open_database
from connectors.storage.folder import FolderStore
from flows.keep.judged import Standing, decisions, standing
from flows.keep.own import write_own
from schemas.calendar import ZONE, Period
from schemas.covered import Predicate, covered, predicate_from
from schemas.ground import Ground
from schemas.hold import HOLD_SCOPES, HoldScope
from schemas.ids import ItemId
from schemas.plan.model import Match, Plan, Rule, Span, Values
from schemas.record import Row
from schemas.tables import HOLDINGS, to_table
from tests.oversee.archive import put
from tests.plan.worlds import ACCOUNTS, AS_OF, AUTHORITY, World, world

AT = datetime(2026, 1, 2, tzinfo=UTC)
CULLING = Plan(
    id="p",
    title="Plan",
    edition="1",
    authorities=(AUTHORITY,),
    force=Span(first=date(2019, 1, 1)),
    rules=(
        Rule(
            id="allt",
            type="t",
            action="gallra",
            match=Match(columns=(("kind", Values(values=frozenset({"okänt"}), negated=True)),)),
            period=Period(value=1, unit="year"),
            trigger="published",
            reach="item",
        ),
    ),
)
"""Culls all that nothing stops, so that a hold has something to stop."""
NAMES = ("Anna", "Bo Björk", "@cia@exempel.se", None)
TEXTS = ("Vatten i Glafsfjorden", "häcken", "", "Tack!")


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    """An empty archive."""
    (tmp_path / "store").mkdir()
    state = open_database(f"sqlite:///{tmp_path / 'state.db'}")
    yield Ground(
        state=state,
        store=FolderStore(tmp_path / "store", "t"),
        clock=FixedClock(AT),
        chance=SeededChance("t"),
    )
    state.close()


def peopled(random: Random, one: World) -> list[Row]:
    """The world's rows with authors and texts that holds can name."""
    return [
        replace(
            row,
            author=random.choice(NAMES),
            author_native=random.choice((None, "did:1", "did:2")),
            text=random.choice(TEXTS),
        )
        for row in one.rows
    ]


def culled(ground: Ground, base: Standing) -> frozenset[str]:
    """What would be culled."""
    found: set[str] = set()
    for table in decisions(ground, base, AS_OF):
        found.update(table.filter(pc.equal(table["outcome"].cast("string"), "cull"))["item"].to_pylist())
    return frozenset(found)


def predicate(random: Random, ids: list[str]) -> Predicate:
    """A random one; sometimes it says nothing, and so covers everything."""
    year = random.randint(2019, 2024)
    return Predicate(
        accounts=(random.choice(ACCOUNTS),) if random.random() < 0.2 else (),
        authorities=(AUTHORITY,) if random.random() < 0.2 else (),
        authors=tuple(random.sample(("ANNA", "bo björk", "cia@exempel.se", "did:2"), random.choice((0, 1, 2)))),
        texts=(random.choice(("glafs", "HÄCK", "nej")),) if random.random() < 0.4 else (),
        first=AS_OF.replace(year=year) if random.random() < 0.3 else None,
        last=AS_OF.replace(year=year + 1) if random.random() < 0.3 else None,
        kinds=("comment",) if random.random() < 0.2 else (),
        dnr="KS 1" if random.random() < 0.2 else "",
        items=(ItemId(random.choice(ids)),) if random.random() < 0.2 else (),
        everything=random.random() < 0.1,
    )


def subject(random: Random, scope: HoldScope, ids: list[str]) -> str:
    """What a hold of that scope may name."""
    named = {"account": random.choice(ACCOUNTS), "authority": AUTHORITY, "period": "2019-06-01/2021-01-01"}
    named |= {"matter": "KS 1", "request": "7", "author": "", "search": ""}
    return named.get(scope, random.choice(ids))


def meant(rows: list[Row], one: Predicate, matter: frozenset[str]) -> set[str]:
    """The predicate by the plain meaning of its words, item by item."""
    found: set[str] = set()
    for item in {row.item for row in rows}:
        own = [row for row in rows if row.item == item]
        names = {(name or "").lower().lstrip("@") for row in own for name in (row.author, row.author_native)}
        days = {
            at.astimezone(ZONE).date()
            for row in own
            for at in (row.published, row.stated, row.platform_time, row.edited)
            if at
        }
        undated = all(row.published is None for row in own)
        said = [
            not one.accounts or any(row.account in one.accounts for row in own),
            not one.authorities or any(row.authority in one.authorities for row in own),
            not one.kinds or any(row.kind in one.kinds for row in own),
            not one.authors or bool(names & {name.lower().lstrip("@") for name in one.authors}),
            not one.texts or any(text.lower() in (row.text or "").lower() for row in own for text in one.texts),
            not (one.first or one.last)
            or undated
            or any((one.first is None or one.first <= day) and (one.last is None or day <= one.last) for day in days),
            not one.dnr or item in matter,
        ]
        if one.all or item in one.items or (one.narrows and all(said)):
            found.add(item)
    return found


@pytest.mark.parametrize("seed", range(16))
def test_adding_a_hold_never_adds_a_culling(ground: Ground, seed: int) -> None:
    """Whatever the hold: the culled after are among the culled before, and nothing that it covers is culled."""
    random = Random(seed)
    one = world(random)
    rows = peopled(random, one)
    ids = sorted({str(row.item) for row in rows})
    put(ground, rows)
    marks = [replace(mark, dnr="KS 1" if mark.kind in {"i-arende", "registrerad"} else "") for mark in one.marks]
    with ground.state.writing() as books:
        for mark in marks:
            books.marks.add(mark)
    matter = frozenset(str(mark.item) for mark in marks if mark.dnr)
    plan = one.plan if seed % 4 == 0 else CULLING
    before = culled(ground, replace(standing(ground, AS_OF), plan=plan))
    for scope in HOLD_SCOPES:
        about = predicate(random, ids)
        record = None
        if scope in {"author", "search", "request"} or random.random() < 0.3:
            record = write_own(
                ground,
                kind="decision",
                authority=AUTHORITY,
                text="",
                payload={"hold": {"predicate": about.as_json()}},
                at=AT,
                act="hold.record",
            )
        with ground.state.writing() as books:
            hold = books.holds.set(scope, subject(random, scope, ids), "eva", AT, record=record)
        after = culled(ground, replace(standing(ground, AS_OF), plan=plan))
        assert after <= before, (scope, about)
        if record is not None and scope not in {"item", "thread", "account", "authority"}:
            assert not after & meant(rows, about, matter), (scope, about)
        with ground.state.writing() as books:
            books.holds.lift(hold.number, "eva", AT)
    assert culled(ground, replace(standing(ground, AS_OF), plan=plan)) == before


@pytest.mark.parametrize("seed", range(150))
def test_columns_cover_what_the_words_mean(seed: int) -> None:
    """The vectorised predicate covers the same items as the words taken one by one; all rows of an item or none."""
    random = Random(seed)
    one = world(random)
    rows = peopled(random, one)
    ids = sorted({str(row.item) for row in rows})
    about = predicate(random, ids)
    matter = frozenset(random.sample(ids, random.randint(0, len(ids))))
    assert predicate_from(about.as_json()) == about
    table = to_table(rows).select(list(dict.fromkeys([*about.columns, "item"])))
    mask = covered(table, about, frozenset(ItemId(item) for item in matter)).to_pylist()
    assert len(mask) == len(rows)
    hits = {str(row.item) for row, hit in zip(rows, mask, strict=True) if hit}
    assert hits == meant(rows, about, matter)
    assert all(hit == (row.item in hits) for row, hit in zip(rows, mask, strict=True))


def test_a_predicate_of_no_rows_is_no_rows() -> None:
    """An empty partition is answered with an empty mask."""
    empty = HOLDINGS.empty_table()
    for about in (Predicate(), Predicate(texts=("x",), authors=("y",)), Predicate(first=AS_OF, items=(ItemId("x"),))):
        assert len(covered(empty, about)) == 0
