"""A municipality's page on a fake Facebook, harvested into a home with officers and a plan: what removal is tested on."""

from __future__ import annotations

import base64
import contextlib
import io
import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.home import init_home, open_home
from flows.__main__ import _ERRORS, _told, run
from flows.harvest.command import harvest_accounts
from flows.keep.accounts import accounts_named
from flows.keep.append import Addition, append
from flows.keep.judged import decisions, standing
from flows.keep.read import partitions
from flows.oversee.accounts.register import add_account
from flows.oversee.persons import add_person
from flows.plan.act import adopt_plan
from schemas.account import account_from
from schemas.calendar import local_day
from schemas.ground import Home
from schemas.hold import Mark
from schemas.ids import ItemId, month_of
from schemas.record import Row
from schemas.removal import Removal
from schemas.tables import HOLDINGS, to_rows, to_table
from tests.pictures import png
from tests.servers.world_client import RunningFake

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
NAME, AUTHORITY = "sidan", "kommunstyrelsen"
KIM, EVA, DISA = "Kim Kommunikatör", "Eva Ansvarig", "Disa Delegat"
"""Kim may moderate; Eva answers for the archive; Disa decides by delegation."""
READS, ACTS = "TEST_READS", "TEST_ACTS"
"""Variables of the two secrets."""
INSULT = "Hemskaordet om en handläggare"


@dataclass(slots=True)
class Page:
    """The page and the home. ``at`` is the instant that every command rehearses."""

    root: Path
    fake: RunningFake
    at: datetime = NOW
    ids: dict[str, ItemId] = field(default_factory=dict)
    natives: dict[str, str] = field(default_factory=dict)

    def begin(self, *, moderated: bool = True) -> Page:
        """The home and what stands on the page, harvested."""
        self.make(moderated=moderated)
        self.play()
        self.harvest()
        return self

    def play(self) -> None:
        """A post, an insult with a picture below it, another comment, and a visitor's advertisement: the same each time."""
        self.fake.reset()
        self.fake.clock(NOW - timedelta(hours=2))
        post = self.fake.act("post", text="Vägen är avstängd i dag.")
        picture = {"media_type": "image/png", "data": base64.b64encode(png(8, 8, seed=3)).decode()}
        insult = self.fake.act("comment", parent=post["id"], text=INSULT, media=[picture])
        thanks = self.fake.act("comment", parent=post["id"], text="Tack!")
        advert = self.fake.act("comment", parent=post["id"], text="Köp våra skor!")
        made = {"post": post, "insult": insult, "thanks": thanks, "advert": advert}
        self.natives = {name: one["native"] for name, one in made.items()}
        self.fake.clock(self.at)

    def make(self, *, moderated: bool) -> None:
        """The home with its account, officers and plan."""
        self.root.mkdir(parents=True, exist_ok=True)
        init_home(self.root / "hem", rehearsal=True, seed="sidan", key_file=None)
        values = {
            "name": NAME,
            "platform": "facebook",
            "handle": self.fake.history()["handle"],
            "authority": AUTHORITY,
            "api_base": self.fake.base,
            "credentials_env": READS,
            **({"moderation_env": ACTS} if moderated else {}),
        }
        plan = self.root / "plan.toml"
        text = (ROOT / "infra" / "plans" / "arvika-exempel.toml").read_text("utf-8")
        plan.write_text(text, encoding="utf-8")
        with self.open() as home:
            add_account(home.ground, account_from(values, "konto.toml"))
            add_person(home.ground, KIM, "kommunikatör")
            add_person(home.ground, EVA, "arkivansvarig")
            whole: dict[str, Any] = {"body": "Kommunstyrelsen", "decided": date(2024, 12, 3), "paragraph": "§ 14"}
            add_person(home.ground, DISA, "handläggare", **whole)
            adopt_plan(home, plan, EVA)

    @contextmanager
    def open(self) -> Iterator[Home]:
        """The opened home."""
        with open_home(self.root / "hem", at=self.at) as home:
            yield home

    def harvest(self) -> None:
        """A night; natives that are new get their opaque ids."""
        self.fake.clock(self.at)
        with self.open() as home:
            (tally,) = harvest_accounts(home, accounts_named(home.ground.state, []), full=True)
        assert tally.complete, tally
        known = {row.native: row.item for row in self.rows()}
        self.ids = {name: known[native] for name, native in self.natives.items() if native in known}

    def later(self, **spans: float) -> None:
        """Let time pass."""
        self.at += timedelta(**spans)
        self.fake.clock(self.at)

    # -- commands

    def say(self, *arguments: str, codes: Collection[int] = (0,)) -> str:
        """What a command prints; its exit code must be one of ``codes``."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = run(["--home", str(self.root / "hem"), "--at", self.at.isoformat(), *arguments])
            except tuple(kind for kind, _, _ in _ERRORS) as error:
                code = _told(error)
        assert code in codes, (code, arguments, out.getvalue(), err.getvalue())
        return out.getvalue() or err.getvalue()

    def oversee(self, *arguments: str, person: str = KIM, codes: Collection[int] = (0, 3)) -> Any:
        """``bevara oversee … --as PERSON --json``, decoded."""
        return json.loads(self.say("--json", "oversee", *arguments, "--as", person, codes=codes))

    def remove(self, name: str, *more: str, clause: str = "R01", codes: Collection[int] = (0, 3)) -> Any:
        """Have something taken away, by Kim."""
        return self.oversee("remove", self.ids[name], "--clause", clause, "--why", "Skälordet", *more, codes=codes)

    def refused(self, *arguments: str, person: str = KIM, code: int = 4) -> str:
        """What a command that must not succeed says; 4 = a guard, 2 = bad input."""
        return self.say("oversee", *arguments, "--as", person, codes=(code,))

    # -- looking

    def rows(self) -> list[Row]:
        """Every row of the archive."""
        with self.open() as home:
            return [
                row
                for _, _, table in partitions(home.ground.state, home.ground.store, HOLDINGS.names)
                for row in to_rows(table)
            ]

    def states(self, name: str) -> list[str]:
        """How an item was seen to stand, in order."""
        rows = [row for row in self.rows() if row.item == self.ids[name] and row.row != "observation"]
        return [row.state for row in sorted(rows, key=lambda row: row.observed)]

    def removal(self, number: int = 1) -> Removal:
        """A removal's row."""
        with self.open() as home, home.ground.state.reading() as books:
            found = books.duties.removal(number)
        assert found is not None
        return found

    def marks(self, name: str) -> dict[str, Mark]:
        """An item's marks by kind."""
        with self.open() as home, home.ground.state.reading() as books:
            return {one.kind: one for one in books.marks.of([self.ids[name]])}

    def receipts(self) -> list[dict[str, Any]]:
        """Every receipt, in order."""
        with self.open() as home, home.ground.state.reading() as books:
            return [json.loads(link.body) for link in books.ledger.after(0)]

    def acts(self, number: int = 1) -> list[str]:
        """Acts of a removal's receipts, in order."""
        return [one["act"] for one in self.receipts() if f"removal:{number}" in one["subjects"]]

    def plan_row(self, name: str) -> str:
        """The one row of the plan that the item falls under today, or empty."""
        with self.open() as home:
            day = local_day(self.at)
            for table in decisions(home.ground, standing(home.ground, day), day):
                for item, rule in zip(table["item"].to_pylist(), table["rule"].to_pylist(), strict=True):
                    if item == self.ids[name]:
                        return str(rule or "")
        return ""

    def database(self) -> bytes:
        """Every byte of the state database's files: receipts too."""
        return b"".join(path.read_bytes() for path in sorted((self.root / "hem" / "state").iterdir()))

    def performed(self, act: str) -> list[dict[str, str]]:
        """What the platform was asked for, of one act."""
        return [one for one in self.fake.moderated() if one["act"] == act]

    def forget_media(self, name: str) -> None:
        """The archive never had the item's attachments: a newer version names them and has no bytes."""
        rows = [row for row in self.rows() if row.item == self.ids[name] and row.row == "version"]
        newest = max(rows, key=lambda row: row.version)
        media = tuple(replace(one, digest=None, size=None, origin=f"{one.origin}?ny") for one in newest.media)
        batch = f"f{newest.version:019d}"
        row = replace(newest, version=newest.version + 1, media=media, observed=self.at, batch=batch, identity="f" * 64)
        addition = Addition(
            batch=batch,
            tables={(row.authority, month_of(row.item)): to_table([row])},
            act="harvest.batch",
            subject=NAME,
        )
        with self.open() as home, home.ground.state.hold_lease(f"account:{NAME}") as lease:
            ground = home.ground
            append(ground.state, ground.store, lease, addition, chance=ground.chance.fork(batch), at=self.at)
