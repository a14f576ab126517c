"""What a search could not reach: nights that were not read, accounts never read, what has been culled, what is no text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from flows.disclose.find.scan import Scanned
from flows.disclose.find.wanted import Wanted
from schemas.account import Account
from schemas.books import Coverage
from schemas.calendar import local_day
from schemas.finding import Finding, Severity
from schemas.ground import Ground
from schemas.ids import Month, month_of, month_of_day

_LATELY: Final = timedelta(days=31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """What could not be searched.

    Attributes:
        findings: all of it, to be told. nights: (account, night, standing) of those that were not read completely.
        culled: (month, how many), in order. active: accounts asked about that were read in the last month.
    """

    findings: tuple[Finding, ...]
    nights: tuple[tuple[str, date, str], ...]
    culled: tuple[tuple[Month, int], ...]
    active: int


def gaps(ground: Ground, wanted: Wanted, scanned: Scanned) -> Gaps:
    """What the search did not reach, and what of it lies in the period and accounts that were asked for."""
    today = local_day(ground.clock.now())
    low, high = _months(wanted)
    with ground.state.reading() as books:
        accounts = [one for one in books.accounts.all() if not wanted.accounts or one.name in wanted.accounts]
        coverage = {one.name: [run for run in books.notes.coverage(one.name) if run.nightly] for one in accounts}
        months: Counter[Month] = Counter()
        orders: set[str] = set()
        for one in books.tombstones.all():
            month = month_of(one.item)
            if low <= month <= high:
                months[month] += 1
                orders.add(one.order)
        named = [(one.item, local_day(one.culled)) for one in books.tombstones.of(scanned.absent)]
    findings = [*_unsearched(wanted, scanned)]
    nights: list[tuple[str, date, str]] = []
    if not wanted.named_alone:
        for account in accounts:
            some, missed = _of_account(account, coverage[account.name], wanted, today)
            findings += some
            nights += missed
        if months:
            findings.append(_told("Q126", "warning", items=months.total(), orders=len(orders)))
    gone = dict(named)
    for item in scanned.absent:
        if item in gone:
            parameters = (("subject", item), ("day", gone[item].isoformat()))
            findings.append(Finding(code="Q134", severity="warning", subject=item, parameters=parameters))
        else:
            findings.append(Finding(code="Q146", severity="error", subject=item, parameters=(("subject", item),)))
    return Gaps(
        findings=tuple(findings),
        nights=tuple(nights),
        culled=tuple(sorted(months.items())),
        active=sum(_read_lately(runs, today) for runs in coverage.values()),
    )


def _unsearched(wanted: Wanted, scanned: Scanned) -> list[Finding]:
    """What is no text, or was left out by the officer's choice."""
    found = []
    if wanted.seeks:
        found.append(_told("Q122", "info"))
        if not wanted.deep:
            found.append(_told("Q123", "info"))
    if wanted.latest:
        found.append(_told("Q132", "info"))
    if not wanted.own:
        found.append(_told("Q133", "info"))
    if scanned.undated:
        code = "Q128" if wanted.dated else "Q127"
        found.append(_told(code, "warning" if wanted.dated else "info", items=scanned.undated))
    if scanned.excluded.num_rows:
        found.append(_told("Q129", "info", items=scanned.excluded.num_rows))
    if scanned.captions:
        found.append(_told("Q130", "warning", items=scanned.captions))
    if scanned.payloads:
        found.append(_told("Q131", "info", items=scanned.payloads))
    return found


def _of_account(
    account: Account, runs: Sequence[Coverage], wanted: Wanted, today: date
) -> tuple[list[Finding], list[tuple[str, date, str]]]:
    name = account.name
    if not runs:
        return [_told("Q125", "warning", subject=name, account=name)], []
    begun = date.fromisoformat(min(one.night for one in runs))
    first, last = max(wanted.first or begun, begun), min(wanted.last or today, today)
    found = []
    if wanted.first is None or wanted.first < begun:
        found.append(_told("Q139", "info", subject=name, account=name, begun=begun.isoformat()))
    missed = [(name, day, standing) for day, standing in _missed(runs, first, last, today)]
    if missed:
        days = [day for _, day, _ in missed]
        low, high = min(days).isoformat(), max(days).isoformat()
        found.append(_told("Q124", "warning", subject=name, account=name, nights=len(days), first=low, last=high))
    return found, missed


def _missed(runs: Sequence[Coverage], first: date, last: date, today: date) -> Iterator[tuple[date, str]]:
    """Nights of the period that were not read completely: ``partial``, or ``none`` where no run fetched anything."""
    by_night: dict[str, list[Coverage]] = {}
    for one in runs:
        by_night.setdefault(one.night, []).append(one)
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        those = by_night.get(day.isoformat(), [])
        if any(one.complete for one in those):
            continue
        if any(one.returned for one in those):
            yield day, "partial"
        elif day < today:  # tonight has not been yet
            yield day, "none"


def _read_lately(runs: Sequence[Coverage], today: date) -> bool:
    return any(date.fromisoformat(one.night) >= today - _LATELY for one in runs)


def _months(wanted: Wanted) -> tuple[Month, Month]:
    low = month_of_day(wanted.first) if wanted.first else Month("0000-00")
    high = month_of_day(wanted.last) if wanted.last else Month("9999-99")
    return low, high


def _told(code: str, severity: Severity, *, subject: str = "find", **parameters: str | int) -> Finding:
    return Finding(code=code, severity=severity, subject=subject, parameters=tuple(parameters.items()))
