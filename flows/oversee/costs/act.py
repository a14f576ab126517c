"""Taking in what was spent: a report by hand or from the platform becomes an item of ours that stands for account and month.

The item (``statistics``) holds the lines and the file as it came; the state database holds which item stands, and a digest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, Literal

from flows.keep.mandates import mandated
from flows.keep.own import OwnFile, read_own, write_own
from flows.oversee.costs.columns import Mapped
from flows.oversee.costs.papers import once_over, put_paper
from flows.oversee.costs.reading import LARGEST
from flows.oversee.costs.report import CURRENCY, Report, Why, read_report, settle
from schemas.account import Account
from schemas.adverts import AdvertLine, line_from
from schemas.books import Books
from schemas.calendar import local_day, local_month
from schemas.finding import Finding
from schemas.ground import Home
from schemas.ids import ItemId, month
from schemas.neighbours import ConnectionRefusedByPlatformError, PlatformError
from schemas.payload import read
from schemas.receipt import Receipt, Scalar
from schemas.refusal import GuardError, RefusedError
from schemas.removal import Paper

SORT: Final = "adverts"
"""Sort of paper: the report that stands for an account (subject) and a month (period)."""
Source = Literal["import", "fetch"]
Outcome = Literal["new", "replaced", "same", "kept", "failed", "none"]
"""``same``: nothing was changed. ``kept``: what was imported by hand stands. ``failed``: the platform did not tell.
``none``: the account has no reports that can be fetched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What was done with a report; ``item`` stands for account and month, None where nothing does."""

    account: str
    month: str
    outcome: Outcome
    item: ItemId | None = None
    replaces: ItemId | None = None
    report: Report | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A report as it stands: its item, where it came from, the day it was taken in, and what it says."""

    account: str
    month: str
    item: ItemId
    source: Source
    taken: date
    lines: tuple[AdvertLine, ...]
    apart: tuple[tuple[Why, AdvertLine], ...]


def known_account(home: Home, name: str, field: str = "--account") -> Account:
    """The registered account. Raises RefusedError."""
    with home.ground.state.reading() as books:
        found = books.accounts.get(name)
    if found is None:
        raise RefusedError(field, name, "name a registered account; 'bevara account list' shows them")
    return found


def begun_month(home: Home, text: str) -> str:
    """The month, which has begun. Raises RefusedError."""
    found = month(text, "--month")
    if found > local_month(home.ground.clock.now()):
        raise RefusedError("--month", text, "name a month that has begun")
    return found


def import_report(home: Home, path: Path, account: str, wanted: str, mapping: Mapped, person: str = "") -> Taken:
    """Take in a file. The same again changes nothing; another one in the place of one that stands needs a person.

    Raises:
        RefusedError: the file, the account or the month is not usable; or no person is named for a replacement.
        GuardError: the person has no mandate (G-MANDATE), or somebody else took in a report meanwhile (G-MEANWHILE).
    """
    period, one, now = begun_month(home, wanted), known_account(home, account), home.ground.clock.now()
    if person:
        with home.ground.state.reading() as books:
            mandated(books, person, "account", now)
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError as error:
        raise RefusedError("FILE.csv", path.name, f"name a readable file ({error.strerror})") from None
    report = read_report(data, path.name, account, period, mapping)
    with home.ground.state.reading() as books:
        standing = books.duties.paper(SORT, account, period)
    digest = _digest(report, data)
    if standing is not None and standing.digest == digest and read_own(home.ground, standing.item) is not None:
        once_over(home, standing, now, person or "bevara")
        return _taken("same", one, period, report, item=standing.item)
    _once(home, account, period, report, digest, path.name)
    if standing is not None and not person:
        remedy = "another report stands for the account and month; name who replaces it: --as PERSON"
        raise RefusedError("--as", "", remedy)
    file = OwnFile(name="rapport.csv", media_type="text/csv", data=data)
    item = _write(home, one, period, report, "import", digest, now, standing, person or "bevara", (file,))
    return _replaced(one, period, report, item, standing)


def _once(home: Home, account: str, period: str, report: Report, digest: str, name: str) -> None:
    """Refuse the very report that stands for another account already: it would be debited twice."""
    with home.ground.state.reading() as books:
        same = [one for one in books.duties.papers(SORT) if one.period == period and one.digest == digest]
    others = [one.subject for one in same if one.subject != account and read_own(home.ground, one.item) is not None]
    if others and (report.lines or report.apart):
        remedy = f"the same report stands for the account {others[0]}; take it in for one account only"
        raise RefusedError("FILE.csv", name, remedy)


def fetch_report(home: Home, account: Account, wanted: str) -> Taken:
    """Ask the platform for an account's month. What was imported by hand stands.

    Raises:
        RefusedError: the month has not begun, or another account's file names the same advertisement account.
        GuardError: somebody else took in a report meanwhile (G-MEANWHILE).
    """
    period, now = begun_month(home, wanted), home.ground.clock.now()
    alone(home, account)
    with home.ground.state.reading() as books:
        standing = books.duties.paper(SORT, account.name, period)
    if standing is not None and _source(home, standing) == "import":
        return Taken(account=account.name, month=period, outcome="kept", item=standing.item)
    try:
        adverts = home.adverts(account)
        if adverts is None:
            return Taken(account=account.name, month=period, outcome="none")
        try:
            lines = list(_bounded(adverts.month(period)))
        finally:
            adverts.close()
    except (PlatformError, ConnectionRefusedByPlatformError) as error:
        told = (("error", error.code if isinstance(error, PlatformError) else error.finding.code),)
        failed = Finding(code="W219", severity="warning", subject=account.name, parameters=told)
        item = None if standing is None else standing.item
        return Taken(account=account.name, month=period, outcome="failed", item=item, findings=(failed,))
    report = settle(lines, account.name, period)
    digest = _digest(report, b"")
    if standing is not None and standing.digest == digest and read_own(home.ground, standing.item) is not None:
        once_over(home, standing, now, "bevara")
        return _taken("same", account, period, report, item=standing.item)
    item = _write(home, account, period, report, "fetch", digest, now, standing, "bevara", ())
    return _replaced(account, period, report, item, standing)


def alone(home: Home, account: Account) -> None:
    """Refuse an advertisement account that two account files name: what it cost would be debited twice."""
    named = account.duties.advert_account.removeprefix("act_")
    with home.ground.state.reading() as books:
        others = [one for one in books.accounts.all() if one.name != account.name and one.duties.advert_account]
    for one in others:
        if named and one.duties.advert_account.removeprefix("act_") == named:
            remedy = f"the account {one.name} names the same one; keep it in one account file"
            raise RefusedError("duties.advert_account", account.duties.advert_account, remedy)


_MOST: Final = 20_000


def _bounded(lines: Iterator[AdvertLine]) -> Iterator[AdvertLine]:
    for number, line in enumerate(lines):
        if number >= _MOST:
            raise PlatformError("W219", "more lines than are read")
        yield line


def stored(home: Home, period: str) -> list[Stored]:
    """The reports that stand for a month, by account.

    Raises:
        GuardError: an item cannot be read as a report (G-COSTS): the sheet would lack it.
    """
    with home.ground.state.reading() as books:
        papers = [one for one in books.duties.papers(SORT) if one.period == period]
    return [_stored(home, one) for one in sorted(papers, key=lambda one: one.subject)]


def _stored(home: Home, paper: Paper) -> Stored:
    try:
        told = _told(home, paper)
        return Stored(
            account=paper.subject,
            month=paper.period,
            item=paper.item,
            source=told["source"],
            taken=local_day(paper.at),
            lines=tuple(line_from(one) for one in told["lines"]),
            apart=tuple((one["why"], line_from(one["line"])) for one in told["apart"]),
        )
    except (KeyError, TypeError, ValueError):
        remedy = "look at the item with 'bevara thread', and import the report anew"
        raise GuardError("G-COSTS", f"the report {paper.item} cannot be read", remedy) from None


def _source(home: Home, paper: Paper) -> str:
    try:
        return str(_told(home, paper)["source"])
    except (KeyError, TypeError, ValueError):
        # What cannot be read is not replaced by a machine.
        return "import"


def _told(home: Home, paper: Paper) -> Mapping[str, Any]:
    row = read_own(home.ground, paper.item)
    if row is None or row.payload is None:
        raise ValueError("no such item")
    told: Mapping[str, Any] = read(row.payload.encode("utf-8", "surrogatepass"))["adverts"]
    return told


def _says(report: Report) -> dict[str, object]:
    return {
        "lines": [one.as_json() for one in report.lines],
        "apart": [{"why": why, "line": one.as_json()} for why, one in report.apart],
        "unknown": list(report.unknown),
        "dated": report.dated,
    }


def _digest(report: Report, data: bytes) -> str:
    """What tells whether a report is the same: the file's bytes and what was read in them."""
    said = json.dumps(_says(report), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(hashlib.sha256(data).digest() + said.encode("utf-8", "surrogatepass")).hexdigest()


def _write(
    home: Home,
    account: Account,
    period: str,
    report: Report,
    source: Source,
    digest: str,
    now: datetime,
    standing: Paper | None,
    person: str,
    files: Sequence[OwnFile],
) -> ItemId:
    counts = {"lines": len(report.lines), "apart": len(report.apart)}

    def also(books: Books, item: ItemId) -> None:
        put_paper(
            books, Paper(sort=SORT, subject=account.name, period=period, item=item, digest=digest, at=now), standing
        )
        evidence: dict[str, Scalar] = {"period": period, "source": source, **counts}
        if standing is not None:
            evidence["replaces"] = standing.item
        subjects = (account.name, item)
        act = f"costs.{source}" if standing is None else "costs.replace"
        books.ledger.append(Receipt(act=act, at=now, actor=person, subjects=subjects, evidence=evidence))

    return write_own(
        home.ground,
        kind="statistics",
        authority=account.authority,
        text=f"Annonskostnader {period} för kontot {account.name}: {len(report.lines)} rader i {CURRENCY}.",
        payload={"adverts": {"account": account.name, "month": period, "source": source, **_says(report)}},
        at=now,
        act="costs.written",
        actor=person,
        evidence=counts,
        files=files,
        also=also,
    )


def _taken(outcome: Outcome, account: Account, period: str, report: Report, *, item: ItemId) -> Taken:
    return Taken(
        account=account.name, month=period, outcome=outcome, item=item, report=report, findings=report.findings
    )


def _replaced(account: Account, period: str, report: Report, item: ItemId, before: Paper | None) -> Taken:
    return Taken(
        account=account.name,
        month=period,
        outcome="new" if before is None else "replaced",
        item=item,
        replaces=None if before is None else before.item,
        report=report,
        findings=report.findings,
    )
