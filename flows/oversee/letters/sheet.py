"""The month sheet: written from a month's numbers, kept as an item of ours, and handed out as a file."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flows.keep.own import OwnFile, own_file, read_own, write_own
from flows.keep.patience import patiently
from flows.oversee.letters.counting import NO_UNIT, Numbers, together
from flows.oversee.letters.gathering import days_of, gather
from flows.oversee.letters.sheet_page import sheet_page
from flows.oversee.watch.signs import words_of
from schemas.account import Account
from schemas.books import Books
from schemas.calendar import local_day
from schemas.finding import Finding
from schemas.ground import Home
from schemas.ids import ItemId, Month, slug
from schemas.ids import month as read_month
from schemas.neighbours import MissingError
from schemas.payload import canonical
from schemas.refusal import RefusedError
from schemas.removal import Paper

SORT: Final = "month-sheet"
"""Sort of the paper; its period is the month."""
WRITTEN: Final = "letter.sheet"
"""Act of the receipt about the sheet's item."""
FILE: Final = "manadsblad.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A month sheet.

    Attributes:
        item: where it is kept. page: HTML. units, accounts: the numbers by name. written: now; False: nothing had changed
            since it was last written, and that one stands. findings: W258, W259.
    """

    item: ItemId
    page: bytes
    units: Mapping[str, Numbers]
    accounts: Mapping[str, Numbers]
    written: bool
    findings: tuple[Finding, ...] = ()


def write_sheet(home: Home, month: Month | str, folder: Path | None = None) -> Sheet:
    """Count the month, keep the sheet, and write it to the folder as ``manadsblad-2026-03.html`` if one is named.

    Raises:
        RefusedError: no month, one that has not begun, no account yet, or the folder is not one.
        LeaseTakenError: somebody else is writing and does not end.
    """
    period = read_month(month, "--month")
    at = home.ground.clock.now()
    if days_of(period)[0] > local_day(at):
        raise RefusedError("--month", period, "name a month that has begun")
    if folder is not None and not folder.is_dir():
        raise RefusedError("--out", str(folder), "name a folder that is there")
    settings = home.oversight()
    with home.ground.state.reading() as books:
        registered = {one.name: one for one in books.accounts.all()}
    if not registered:
        raise RefusedError("--month", period, "there is no account yet; add one with 'bevara account add'")
    gathered = gather(home, period, settings, words_of(settings))
    units = _units(gathered.numbers, registered)
    accounts = {name: gathered.numbers.get(name, Numbers()) for name in registered}
    values = {
        "month": period,
        "units": {name: one.as_json() for name, one in units.items()},
        "accounts": {name: one.as_json() for name, one in accounts.items()},
    }
    digest = hashlib.sha256(canonical(values).encode("utf-8")).hexdigest()
    with patiently(home.ground.state, SORT):
        kept = _kept(home, period, digest)
        if kept is not None:
            item, data = kept
        else:
            data = sheet_page(units, accounts, period, settings, home.organisation.name, at, gathered.findings)
            item = _keep(home, period, registered, values, digest, data)
    if folder is not None:
        put(folder / f"manadsblad-{period}.html", data)
    return Sheet(
        item=item,
        page=data,
        units=units,
        accounts=accounts,
        written=kept is None,
        findings=gathered.findings,
    )


def put(file: Path, data: bytes) -> None:
    """Write the file whole or not at all; one of that name is replaced. Raises RefusedError."""
    made = ""
    try:
        handle, made = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=file.parent)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(made).chmod(0o644)
        Path(made).replace(file)
    except OSError:
        if made:
            with suppress(OSError):
                Path(made).unlink()
        raise RefusedError("--out", str(file), "name a file in a folder that can be written to") from None


def _units(numbers: Mapping[str, Numbers], accounts: Mapping[str, Account]) -> dict[str, Numbers]:
    """By responsible unit in order of names, however they are written; what has none comes last."""
    names: dict[str, str] = {}
    found: dict[str, list[Numbers]] = {}
    for name in dict.fromkeys((*accounts, *sorted(numbers))):
        account = accounts.get(name)
        unit = (" ".join(account.unit.split()) if account is not None else "") or NO_UNIT
        shown = names.setdefault(unit.casefold(), unit)
        found.setdefault(shown, []).append(numbers.get(name, Numbers()))
    return {name: together(found[name]) for name in sorted(found, key=lambda one: (one == NO_UNIT, one.casefold()))}


def _kept(home: Home, period: Month, digest: str) -> tuple[ItemId, bytes] | None:
    """The sheet that stands, where it says the same and can still be read."""
    with home.ground.state.reading() as books:
        paper = books.duties.paper(SORT, "", period)
    if paper is None or paper.digest != digest:
        return None
    row = read_own(home.ground, paper.item)
    try:
        return None if row is None else (paper.item, own_file(home.ground, row, FILE))
    except MissingError:
        return None  # its file is lost, which 'bevara verify' tells of: it is written anew


def _keep(
    home: Home,
    period: Month,
    accounts: Mapping[str, Account],
    values: Mapping[str, object],
    digest: str,
    data: bytes,
) -> ItemId:
    at = home.ground.clock.now()

    def also(books: Books, item: ItemId) -> None:
        books.duties.put_paper(Paper(sort=SORT, subject="", period=period, item=item, digest=digest, at=at))

    return write_own(
        home.ground,
        kind="statistics",
        authority=slug(_keeper(accounts.values()), "authority"),
        text=f"Månadsblad för sociala medier {period}",
        payload={"sheet": values},
        at=at,
        act=WRITTEN,
        evidence={"year": int(period[:4]), "month": int(period[5:])},
        files=(OwnFile(name=FILE, media_type="text/html", data=data),),
        also=also,
    )


def _keeper(accounts: Iterable[Account]) -> str:
    """The archive creator that keeps the sheet of all: the one with most of the accounts, the first by name of several."""
    counted = Counter(one.authority for one in accounts)
    return min(counted, key=lambda one: (-counted[one], one))
