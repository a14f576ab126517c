"""An export without ids for the recorded platform, and a home in which it meets what was harvested."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import cast

import pyarrow.parquet as pq

from connectors.home import init_home, open_home
from flows.harvest.command import harvest_accounts
from flows.harvest.intake.act import ImportOrder, take_in
from flows.harvest.tally import Tally
from flows.keep.accounts import accounts_named
from flows.keep.recover import recover
from flows.oversee.accounts.account_command import read_account
from flows.oversee.accounts.register import add_account
from schemas.finding import Finding
from schemas.ground import Ground, Home
from schemas.near import EXPORT, unnamed
from schemas.neighbours import MediaBytes, MediaError, OpenedExport, Owner, Parsed
from schemas.payload import canonical, digest
from schemas.record import Kind, MediaRef, Row, Seen
from schemas.tables import to_rows
from tests.servers.recordings import write_account


def shown(
    at: str,
    text: str,
    *,
    files: Sequence[str] = (),
    kind: Kind = "post",
    native: str = "",
    edited: str = "",
    **more: object,
) -> Seen:
    """One item as an export without ids shows it."""
    moment = datetime.fromisoformat(at)
    seen = Seen(
        native=native or unnamed(kind, moment, text, files),
        kind=kind,
        author="Kommunen",
        author_native="kommun",
        platform_time=moment,
        edited=datetime.fromisoformat(edited) if edited else None,
        text=text,
        media=tuple(MediaRef(role="picture", origin=EXPORT + name) for name in files),
        payload=canonical({"text": text, "files": list(files)}),
        identity=digest([text, list(files)]),
    )
    return replace(seen, **more)  # type: ignore[arg-type] # fields of Seen


@dataclass
class Listed:
    """An export that is a list (port ``OpenedExport``).

    Attributes:
        items: in the export's order. files: attachments by name. group: items handed over at a time.
        breaks: raised after everything was handed over. odd: findings of the first group.
    """

    items: Sequence[Seen]
    files: dict[str, bytes] = field(default_factory=dict)
    group: int = 3
    breaks: Exception | None = None
    odd: Sequence[Finding] = ()
    whose: Owner = field(default_factory=lambda: Owner(handle="Kommunen"))
    format: str = "listed"
    findings: Sequence[Finding] = ()

    def owner(self) -> Owner:
        """Whose it is."""
        return self.whose

    def read(self, *, own: str, at: datetime) -> Iterator[Parsed]:
        """The items in groups."""
        for begin in range(0, len(self.items), self.group):
            yield Parsed(items=self.items[begin : begin + self.group], findings=self.odd if begin == 0 else ())
        if self.breaks is not None:
            raise self.breaks

    def fetch_media(self, reference: MediaRef, author_native: str | None, limit: int) -> MediaBytes:
        """An attachment's bytes."""
        data = self.files.get(reference.origin.removeprefix(EXPORT))
        if data is None:
            raise MediaError("I120")
        digested = hashlib.sha256(data).hexdigest()
        return MediaBytes(file=io.BytesIO(data), digest=digested, size=len(data), media_type="image/png")

    def close(self) -> None:
        """Nothing is held open."""


class Place:
    """A rehearsal home with one recorded account, at instants of our choosing."""

    def __init__(self, folder: Path, recording: Path) -> None:
        """Make the home."""
        self.path = folder / "hem"
        self.recording = recording
        init_home(self.path, rehearsal=True, seed="import", key_file=None)
        self._account = write_account(self.path / "konto.toml", recording)

    def _opened(self, at: datetime) -> AbstractContextManager[Home]:
        return open_home(self.path, at=at)

    def harvest(self, at: datetime, *, full: bool = False) -> Tally:
        """One night."""
        with self._opened(at) as home:
            self._prepare(home, at)
            return harvest_accounts(home, accounts_named(home.ground.state, []), full=full)[0]

    def take(
        self, export: Listed, at: datetime, *, ground: Callable[[Ground], Ground] = lambda ground: ground
    ) -> Tally:
        """One import; ``ground`` may stop it somewhere."""
        with self._opened(at) as home:
            self._prepare(home, at)
            account = accounts_named(home.ground.state, [])[0]
            with nullcontext(cast("OpenedExport", export)) as opened:
                return take_in(ground(home.ground), opened, ImportOrder(account=account, secret_key=home.native_key()))

    def _prepare(self, home: Home, at: datetime) -> None:
        add_account(home.ground, read_account(self._account))
        recover(home.ground.state, home.ground.store, at)

    def rows(self) -> list[Row]:
        """Every live row, oldest observation first."""
        with self._opened(datetime.fromisoformat("2026-11-22T00:00:00Z")) as home, home.ground.state.reading() as books:
            files = books.manifest.live()
            found = [row for file in files for row in to_rows(pq.read_table(home.ground.store.open(file.key)))]
        return sorted(found, key=lambda row: (row.observed, row.item, row.version, row.row != "version"))

    def posts(self) -> dict[str, list[Row]]:
        """Rows of everything but the profile, by item."""
        found: dict[str, list[Row]] = {}
        for row in self.rows():
            if row.kind != "profile":
                found.setdefault(row.item, []).append(row)
        return found


def codes(tally: Tally) -> dict[str, int]:
    """How often each code was met."""
    found: dict[str, int] = {}
    for one in tally.findings:
        found[one.code] = found.get(one.code, 0) + one.count
    return found
