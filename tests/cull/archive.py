"""A small real archive for tests of culling: home, persons with keys, an adopted plan, and rows of a few kinds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from connectors.home import init_home, open_home
from connectors.settings import read_settings
from connectors.state import open_database
from flows.cull.act import propose
from flows.cull.approval import approve
from flows.cull.listing import Scope
from flows.cull.mandate import Hand
from flows.keep.append import Addition, append
from flows.keep.read import partitions
from flows.oversee.accounts.register import add_account
from flows.oversee.persons import add_person
from flows.plan.act import adopt_plan
from schemas.account import Account
from schemas.ground import Home
from schemas.ids import ItemId, Month, key_check, month_of, native_hash, new_item_id
from schemas.order import Guard
from schemas.record import Kind, Row
from schemas.tables import HOLDINGS, to_rows, to_table
from tests.plan.worlds import make_row

AUTHORITY, ACCOUNT = "arvika-ks", "nyheter"
PROPOSER, APPROVER, OFFICER = "Eva Redogörare", "Arne Ansvarig", "Ulla Handläggare"
NOW = datetime(2026, 1, 15, 9, tzinfo=UTC)
AS_OF = date(2026, 1, 10)
OLD, YOUNG = datetime(2022, 5, 3, 10, tzinfo=UTC), datetime(2025, 11, 3, 10, tzinfo=UTC)

PLAN = """
id = "provplan"
title = "Plan för provet"
edition = "{edition}"
authorities = ["arvika-ks"]
valid_from = 2025-01-01
{settings}
[mandate]
body = "Kommunstyrelsen"
date = 2024-12-03
paragraph = "§ 201"
dnr = "KS 2024/99"

[[rule]]
id = "inlagg"
type = "Eget inlägg"
action = "gallra"
period = "{period}"
trigger = "published"
legal = "Gallringsbeslut KS 2024/99"
registration = "no"
{rule}
match = {{ kind = ["post", "reply"] }}

[[rule]]
id = "kommentar"
type = "Kommentar av tillfällig betydelse"
action = "gallra"
trigger = "inaktuell"
registration = "no"
match = {{ kind = ["comment"] }}

[[rule]]
id = "ovrigt"
type = "Övriga handlingar"
action = "bevara"
reach = "item"
match = {{ kind = {{ not = ["post", "reply", "comment"] }} }}
"""


def plan_text(*, edition: str = "1", period: str = "2 år", settings: str = "", rule: str = "") -> str:
    """The plan as a file holds it; ``rule``: more lines of its first row."""
    return PLAN.format(edition=edition, period=period, settings=settings, rule=rule)


def _use(home: Path, database: str) -> None:
    """Let a home that was just made keep its state in another database."""
    file = home / "bevara.toml"
    file.write_text(file.read_text("utf-8").replace("sqlite:///state/bevara.db", database), encoding="utf-8")
    found = read_settings(home)
    state = open_database(found.state_url)
    with state.writing() as books:
        books.set_setting("key_check", key_check(bytes.fromhex(found.key_file.read_text("ascii").strip())))
    state.close()


@dataclass(slots=True)
class Small:
    """The archive: everything below ``root``; ``at`` is the instant that ``open`` rehearses."""

    root: Path
    at: datetime = NOW
    made: int = 0

    @contextmanager
    def open(self) -> Iterator[Home]:
        """The opened home."""
        with open_home(self.root / "hem", at=self.at) as home:
            yield home

    def later(self, **spans: float) -> None:
        """Let time pass."""
        self.at += timedelta(**spans)

    def hand(self, person: str) -> Hand:
        """Who signs, with the passphrase at hand."""
        return Hand(person=person, passphrase_file=self.root / "frasen")

    def start(self, *, text: str | None = None, database: str = "") -> None:
        """Make home, account, persons and plan; ``database``: address of an empty one instead of the home's own."""
        self.root.mkdir(parents=True, exist_ok=True)
        init_home(self.root / "hem", rehearsal=True, seed="gallring", key_file=None)
        if database:
            _use(self.root / "hem", database)
        (self.root / "frasen").write_text("mycket hemligt lösenord 1\n", encoding="utf-8")
        began, self.at = self.at, datetime(2025, 2, 1, 9, tzinfo=UTC)
        with self.open() as home:
            add_account(
                home.ground, Account(name=ACCOUNT, platform="mastodon", handle="nyheter@test", authority=AUTHORITY)
            )
            for name, role in (
                (PROPOSER, "arkivredogörare"),
                (APPROVER, "arkivansvarig"),
                ("Agda Ansvarig", "arkivansvarig"),
                (OFFICER, "handläggare"),
            ):
                self.person(home, name, role)
        self.adopt(text or plan_text())
        self.at = began

    def person(self, home: Home, name: str, role: str) -> None:
        """Register a person with a key of their own."""
        public, _ = home.keyring.make(name, None, self.root / "frasen")
        add_person(home.ground, name, role, key=public)

    def adopt(self, text: str) -> None:
        """Adopt an edition."""
        file = self.root / "plan.toml"
        file.write_text(text, encoding="utf-8")
        with self.open() as home:
            adopt_plan(home, file, APPROVER)

    def row(self, kind: Kind = "post", published: datetime = OLD, **changes: object) -> Row:
        """A row of a new item."""
        self.made += 1
        item = new_item_id(Month(f"{published:%Y-%m}"), self.made.to_bytes(10, "big"))
        values: dict[str, object] = {
            "kind": kind,
            "own": kind != "comment",
            "platform": "mastodon",
            "account": ACCOUNT,
            "authority": AUTHORITY,
            "native": f"https://test/{self.made}",
            "published": published,
            "observed": published + timedelta(hours=1),
            "text": f"Text nummer {self.made}",
            "thread": item,
        }
        return make_row(item, **{**values, **changes})

    def put(self, rows: Sequence[Row], *, new: bool = True) -> list[ItemId]:
        """Append rows as a harvest does; returns their items."""
        with self.open() as home:
            key = home.native_key()
            batch = f"b{self.made}-{len(rows)}"
            tables: dict[tuple[str, Month], list[Row]] = {}
            for row in rows:
                tables.setdefault((row.authority, month_of(row.item)), []).append(replace(row, batch=batch))
            addition = Addition(
                batch=batch,
                tables={name: to_table(some) for name, some in tables.items()},
                natives=[(native_hash(key, row.authority, row.platform, row.native), row.item) for row in rows if new],
                act="harvest.batch",
                subject=ACCOUNT,
            )
            ground = home.ground
            with ground.state.hold_lease(f"account:{ACCOUNT}") as lease:
                append(ground.state, ground.store, lease, addition, chance=ground.chance.fork(batch), at=self.at)
        return [row.item for row in rows]

    def stored(self) -> set[ItemId]:
        """Every item that has rows."""
        with self.open() as home:
            return {
                row.item
                for _, _, table in partitions(home.ground.state, home.ground.store, HOLDINGS.names)
                for row in to_rows(table)
            }

    def propose(self, person: str = PROPOSER, *, as_of: date = AS_OF, scope: Scope | None = None) -> str:
        """A signed proposal; returns its digest."""
        with self.open() as home:
            return propose(home, as_of, scope or Scope(), hand=self.hand(person)).digest

    def approve(self, digest: str, person: str = APPROVER, *, accept: tuple[Guard, ...] | None = None) -> None:
        """Approve, by default passing the guards that the order names."""
        with self.open() as home:
            if accept is None:
                with home.ground.state.reading() as books:
                    order = books.orders.get(digest)
                accept = () if order is None else order.guards
            approve(home, digest, self.hand(person), accept=accept)
