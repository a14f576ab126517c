"""A small archive with people in it: threads whose comments are due, and persons who may say things about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from connectors.home import init_home, open_home
from flows.keep.append import Addition, append
from flows.keep.judged import decisions, standing
from flows.oversee.accounts.register import add_account
from flows.oversee.persons import add_person
from schemas.account import Account
from schemas.books import AdoptedPlan
from schemas.ground import Ground
from schemas.ids import ItemId, Month, month_of
from schemas.record import Row
from schemas.tables import to_table
from tests.plan.worlds import make_row

AT = datetime(2026, 1, 2, 12, tzinfo=UTC)
AS_OF = date(2026, 1, 2)
POST = ItemId("202006-aaaaaaaaaaaaaaaa")
"""Our post, kept. ``FIRST`` lies below it, ``BELOW`` below that one, ``BESIDE`` below the post."""
FIRST = ItemId("202006-aaaaaaaaaaaaaaab")
BELOW = ItemId("202007-aaaaaaaaaaaaaaac")
BESIDE = ItemId("202006-aaaaaaaaaaaaaaad")
ALONE = ItemId("202008-aaaaaaaaaaaaaaae")
"""A visitor's own post on the other account, in the year 2020 too."""
OTHER = ItemId("201905-aaaaaaaaaaaaaaaf")
"""A visitor's post at another authority, in the year 2019."""
DUE = frozenset({FIRST, BELOW, BESIDE, ALONE, OTHER})
PLAN = """
id = "p"
title = "Plan"
edition = "1"
authorities = ["arvika-ks", "arvika-bn"]
[mandate]
body = "KS"
date = 2019-01-01
paragraph = "§ 1"
[[rule]]
id = "inlagg"
type = "Eget inlägg"
action = "bevara"
reach = "item"
match = { kind = ["post"] }
[[rule]]
id = "kommentar"
type = "Kommentar"
action = "gallra"
period = "2 år"
trigger = "published"
match = { kind = ["comment", "visitor_post"] }
"""


def rows() -> list[Row]:
    """All of them. ``FIRST`` has an older version with another name and another text."""
    later = datetime(2020, 6, 20, tzinfo=UTC)
    visitor = {"own": False, "kind": "comment", "thread": POST}
    return [
        make_row(POST),
        make_row(
            FIRST, **visitor, parent=POST, author="Anna Björk", author_native="did:anna", text="Grannens HÄCK är ful"
        ),
        make_row(
            FIRST,
            **visitor,
            parent=POST,
            author="Anna B",
            author_native="did:anna",
            text="Glöm det",
            version=2,
            edited=later,
            observed=later,
        ),
        make_row(
            BELOW,
            **visitor,
            parent=FIRST,
            author="Bo",
            author_native="did:bo",
            text="Jaså",
            published=datetime(2020, 7, 1, tzinfo=UTC),
        ),
        make_row(BESIDE, **visitor, parent=POST, author="Cia", author_native="did:cia", text="Bra"),
        make_row(
            ALONE,
            own=False,
            kind="visitor_post",
            account="bygga-bo",
            author="Dan",
            author_native="did:dan",
            text="Vatten",
            published=datetime(2020, 8, 1, tzinfo=UTC),
        ),
        make_row(
            OTHER,
            authority="arvika-bn",
            own=False,
            kind="visitor_post",
            account="skolan",
            author="Eli",
            author_native="did:eli",
            text="Mat",
            published=datetime(2019, 5, 1, tzinfo=UTC),
        ),
    ]


@dataclass(slots=True, kw_only=True)
class Archive:
    """The opened archive."""

    path: Path
    ground: Ground

    def culled(self, *, since: datetime | None = None) -> frozenset[str]:
        """What the plan in force would cull today."""
        base = standing(self.ground, AS_OF, since=since)
        found: set[str] = set()
        for table in decisions(self.ground, base, AS_OF):
            found.update(table.filter(pc.equal(table["outcome"].cast(pa.string()), "cull"))["item"].to_pylist())
        return frozenset(found)

    def database(self) -> bytes:
        """Every byte of the state database's files."""
        return b"".join(path.read_bytes() for path in sorted((self.path / "state").iterdir()))

    def ledger(self) -> str:
        """The bodies of all receipts."""
        with self.ground.state.reading() as books:
            return "\n".join(link.body for link in books.ledger.after(0))


def put(ground: Ground, some: Sequence[Row]) -> None:
    """Append rows as a harvest does."""
    tables: dict[tuple[str, Month], list[Row]] = {}
    for row in some:
        tables.setdefault((row.authority, month_of(row.item)), []).append(row)
    with ground.state.hold_lease("account:nyheter") as lease:
        addition = Addition(
            batch="b",
            tables={place: to_table(found) for place, found in tables.items()},
            act="harvest.batch",
            subject="nyheter",
        )
        append(ground.state, ground.store, lease, addition, chance=ground.chance.fork(str(lease.fence)), at=AT)


def make(path: Path) -> None:
    """Make the archive: accounts, persons, plan and rows."""
    init_home(path, rehearsal=True, seed="x", key_file=None)
    with open_home(path, at=AT) as home:
        ground = home.ground
        for name, authority in (("nyheter", "arvika-ks"), ("bygga-bo", "arvika-ks"), ("skolan", "arvika-bn")):
            add_account(ground, Account(name=name, platform="bluesky", handle=name, authority=authority))
        add_person(ground, "Eva Ek", "arkivansvarig")
        add_person(ground, "Kim Al", "kommunikatör")
        add_person(ground, "Ulf Sten", "arkivredogörare", valid_to=date(2025, 12, 31))
        with ground.state.writing() as books:
            books.plans.adopt(AdoptedPlan(edition="1", text=PLAN, digest="0" * 64, person="Eva Ek", adopted=AT))
        put(ground, rows())
