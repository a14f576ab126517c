"""A small real archive with two pages, and the morning's watch over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self

from connectors.home import init_home
from flows.oversee.accounts.register import add_account
from flows.oversee.persons import add_person
from flows.oversee.watch.act import Watched, watch
from schemas.account import Account
from schemas.books import Coverage
from schemas.duties import Administrator, Duties
from schemas.ids import ItemId
from schemas.watch import Notice, Sign
from tests.cull.archive import ACCOUNT, AUTHORITY
from tests.cull.archive import _use as use_database
from tests.disclose.published import Published
from tests.disclose.setting import PAGE

OFFICER = "Kim Kommunikatör"
TUESDAY = datetime(2026, 2, 3, 5, 45, tzinfo=UTC)
"""A quarter to seven in the morning, on an ordinary Tuesday."""
DUTIES = Duties(
    news=True,
    administrators=(
        Administrator(name="Kim Kommunikatör", handles=("@kim.privat@test",)),
        Administrator(name="Eva Ek"),
    ),
)


@dataclass(slots=True)
class Page(Published):
    """The archive; ``at`` is the instant of the watch, until it is moved."""

    def begin(self, database: str = "") -> Self:
        """A home with accounts and an officer, and nothing stored. No keys are made: nobody signs anything.

        Args:
            database: address of an empty PostgreSQL database.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        init_home(self.root / "hem", rehearsal=True, seed="tillsyn", key_file=None)
        if database:
            use_database(self.root / "hem", database)
        self.at = datetime(2025, 2, 1, 9, tzinfo=UTC)
        with self.open() as home:
            for name, platform in (
                (ACCOUNT, "mastodon"),
                (PAGE, "facebook"),
                ("kanalen", "youtube"),
                ("webben", "feed"),
            ):
                account = Account(
                    name=name,
                    platform=platform,
                    handle="https://arvika.example/nyheter.xml" if platform == "feed" else f"{name}@test",
                    authority=AUTHORITY,
                    unit="Informationsenheten",
                    duties=DUTIES if name == ACCOUNT else Duties(),
                )
                add_account(home.ground, account)
            add_person(home.ground, OFFICER, "kommunikatör")
        self.at = TUESDAY
        return self

    def settings(self, text: str) -> None:
        """Write ``[oversight]``."""
        file = self.root / "hem" / "bevara.toml"
        file.write_text(f"{file.read_text('utf-8')}\n[oversight]\n{text}\n", encoding="utf-8")

    def look(self, *, light: bool = True) -> Watched:
        """Watch."""
        with self.open() as home:
            return watch(home, light=light)

    def signs(self, *codes: str) -> list[Sign]:
        """Signs of these codes after a watch; of all items' and duties' codes but the connections' when none is named."""
        return [one for one in self.look().signs if (one.code in codes if codes else not one.code.startswith("W14"))]

    def notice(self, subject: str, code: str) -> Notice | None:
        """What is remembered."""
        with self.open() as home, home.ground.state.reading() as books:
            return books.duties.notice(subject, code)

    def question(self, asked: datetime, text: str = "När öppnar simhallen på lördag?", **changes: Any) -> ItemId:
        """A visitor's question below a post of the day before."""
        post = self.publish("Simhallen har nya tider.", at=asked - timedelta(days=1))
        return self.publish(text, kind="comment", at=asked, below=post, **changes)

    def many(
        self, texts: Sequence[str], *, below: ItemId, author: str = "", at: datetime | None = None
    ) -> list[ItemId]:
        """Many comments in one batch."""
        above = self.newest(below)
        rows = []
        for number, text in enumerate(texts):
            name = author or f"Besökare {number}"
            row = self.row(
                "comment",
                (at or self.at - timedelta(hours=10)) + timedelta(seconds=number),
                text=text,
                author=name,
                author_native=f"id-{name}",
                parent=above.item,
                thread=above.thread,
                identity="0" * 64,
                platform=above.platform,
                account=above.account,
            )
            rows.append(row)
        self.stored_rows([(row, ()) for row in rows])
        return [row.item for row in rows]

    def sighted(self, item: ItemId, state: str, evidence: str) -> None:
        """The platform shows it otherwise, now."""
        row = self.newest(item)
        bare: dict[str, Any] = {"text": None, "language": None, "links": (), "visibility": None, "media": ()}
        bare |= {"counts": (), "identity": None, "payload": None, "state": state, "evidence": evidence}
        self.store(replace(row, row="sighting", observed=self.at, **bare), new=False)

    def covered(self, account: str, night: date, *, complete: bool = True) -> None:
        """A night's harvest of an account."""
        started = datetime(night.year, night.month, night.day, 1, 15, tzinfo=UTC)
        with self.open() as home, home.ground.state.writing() as books:
            books.notes.cover(
                Coverage(
                    run=f"{account}-{night}", account=account, night=night.isoformat(), horizon="daily", started=started,
                    ended=started, asked=1, returned=1, new=0, edited=0, hidden=0, gone=0, failed=0, complete=complete,
                    findings=(),
                )
            )  # fmt: skip

    def change(self, name: str, **changes: Any) -> None:
        """Change an account's register entry."""
        with self.open() as home, home.ground.state.writing() as books:
            account = books.accounts.get(name)
            assert account is not None
            books.accounts.put(replace(account, **changes))


__all__ = ["ACCOUNT", "AUTHORITY", "OFFICER", "PAGE", "TUESDAY", "Page"]
