"""A small archive for tests: real folder store, real SQLite state, a clock that is set."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from connectors.chance import SeededChance
from connectors.storage.folder import FolderStore
from flows.archive.act import ArchiveReport, Judge, write_documents
from flows.keep.append import Addition, append
from schemas.account import Account
from schemas.books import Copy, State
from schemas.calendar import local_month
from schemas.ground import Ground
from schemas.ids import ItemId, Month, new_item_id
from schemas.neighbours import Store
from schemas.record import Row
from schemas.tables import to_table
from schemas.xml.record import read_document, validate

AUTHORITY = "ks"


class SetClock:
    """A clock that the test sets."""

    def __init__(self, at: str) -> None:
        """Begin at an instant, written as ISO."""
        self.set(at)

    def set(self, at: str) -> None:
        """Set it."""
        self.instant = datetime.fromisoformat(at).astimezone(UTC)

    def now(self) -> datetime:
        """The instant."""
        return self.instant


@dataclass
class World:
    """The ground with ways to append, judge and look."""

    root: Path
    state: State
    clock: SetClock
    gallra: set[str] = field(default_factory=set)
    token: str = "plan-1"
    edition: str | None = "utgåva 1"
    judged: list[tuple[str, Month]] = field(default_factory=list)
    batches: int = 0
    seed: str = "world"

    def __post_init__(self) -> None:
        """Open the store."""
        (self.root / "store").mkdir(exist_ok=True)
        self.store = FolderStore(self.root / "store", "test")

    def ground(self, *, state: State | None = None, store: Store | None = None) -> Ground:
        """The ports."""
        return Ground(
            state=state or self.state,
            store=store or self.store,
            clock=self.clock,
            chance=SeededChance(self.seed),
        )

    def judge(self) -> Judge:
        """Says gallra of the ids in ``gallra``; notes which partitions it was asked about."""

        def gallra(authority: str, month: Month, table: pa.Table) -> Any:
            self.judged.append((authority, month))
            ids = pc.unique(table["item"])
            return ids.filter(pc.is_in(ids, value_set=pa.array(sorted(self.gallra), pa.string())))

        return Judge(columns=("item", "kind"), token=self.token, edition=self.edition, gallra=gallra)

    def run(self, at: str | None = None, **ports: Any) -> ArchiveReport:
        """One run of the act."""
        if at is not None:
            self.clock.set(at)
        return write_documents(self.ground(**ports), self.judge())

    def account(self, name: str) -> None:
        """Register an account."""
        with self.state.writing() as books:
            books.accounts.put(Account(name=name, platform="mastodon", handle=name, authority=AUTHORITY))

    def put(self, rows: Iterable[Row], at: str | None = None) -> None:
        """Append rows in one batch, as a harvest does."""
        if at is not None:
            self.clock.set(at)
        self.batches += 1
        batch = f"batch{self.batches}"
        tables: dict[tuple[str, Month], list[Row]] = {}
        for row in rows:
            month = Month(row.item[:4] + "-" + row.item[4:6])
            tables.setdefault((row.authority, month), []).append(replace(row, batch=batch))
        with self.state.hold_lease("account:test") as lease:
            append(
                self.state,
                self.store,
                lease,
                Addition(
                    batch=batch,
                    tables={key: to_table(some) for key, some in tables.items()},
                    act="harvest.batch",
                    subject="test",
                ),
                chance=SeededChance(f"{self.seed}/{batch}"),
                at=self.clock.now(),
            )

    def copies(self, account: str | None = None) -> list[Copy]:
        """Registered record documents in the order of month, account, part."""
        with self.state.reading() as books:
            found = books.copies.find(kind="record-xml")
        some = [one for one in found if account in {None, one.account}]
        return sorted(some, key=lambda one: (one.month, one.account, one.part))

    def parts(self, account: str | None = None) -> list[tuple[str, str, str]]:
        """Month, account and part of each."""
        return [(one.month, one.account, one.part) for one in self.copies(account)]

    def rows(self, copy: Copy) -> list[Row]:
        """Its rows, after the document has been validated and its name proven."""
        data = self.store.get(copy.key)
        assert validate(io.BytesIO(data)) == []
        assert hashlib.sha256(data).hexdigest() in copy.key
        header, rows = read_document(io.BytesIO(data))
        assert (header.authority, header.account, header.month, header.part) == (
            copy.authority,
            copy.account,
            copy.month,
            copy.part,
        )
        return list(rows)

    def content(self) -> dict[tuple[str, str, str], list[Row]]:
        """All rows of all documents."""
        return {(one.month, one.account, one.part): self.rows(one) for one in self.copies()}

    def objects(self) -> list[str]:
        """Keys under ``archive/``."""
        return [info.key for info in self.store.list("archive/")]

    def receipts(self) -> list[str]:
        """Bodies of the act's receipts."""
        with self.state.reading() as books:
            return [link.body for link in books.ledger.after(0) if '"act":"archive.document"' in link.body]


def item(number: int, month: str = "2024-11") -> ItemId:
    """An item id of a month."""
    return new_item_id(Month(month), number.to_bytes(10, "big"))


def row(number: int, observed: str, *, month: str = "2024-11", account: str = "arvika", **fields: Any) -> Row:
    """A version (or another row) of item ``number``, published on the month's 10th."""
    name = item(number, month)
    seen = datetime.fromisoformat(observed).astimezone(UTC)
    base = Row(
        row="version",
        item=name,
        authority=AUTHORITY,
        platform="mastodon",
        account=account,
        kind="post",
        own=True,
        native=f"https://social.example/{number}",
        author="arvika",
        author_native="1",
        parent=None,
        thread=name,
        parent_native=None,
        thread_native=None,
        published=datetime.fromisoformat(f"{month}-10T12:00:00+00:00"),
        clock="stated",
        stated=None,
        platform_time=None,
        edited=None,
        observed=seen,
        version=1,
        state="seen",
        complete=None,
        evidence=None,
        text=f"Inlägg {number} åäö \x00 ⟦",
        language="sv",
        links=(),
        visibility="public",
        media=(),
        counts=(),
        identity=hashlib.sha256(str(number).encode()).hexdigest(),
        payload=f'{{"id":"{number}"}}',
        batch="",
    )
    return replace(base, **fields)


def numbers(rows: Sequence[Row]) -> list[int]:
    """The items' numbers in order."""
    return [int(one.native.rpartition("/")[2]) for one in rows]


__all__ = ["AUTHORITY", "SetClock", "World", "item", "local_month", "numbers", "row"]
