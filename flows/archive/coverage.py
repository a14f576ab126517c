"""The monthly coverage note: what was asked of an account in a month, what came back and what is missing, and why.

An item that Bevara itself makes (platform ``bevara``, kind ``coverage``), one per account and month, written at the
first run after the month's end. It lies in that month's partition, so that it is judged by the plan, archived and
culled like any other record. It holds numbers, nights and finding codes: no content, no personal data.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flows.archive.decide import first_day, over, start
from flows.keep.append import Addition, append
from flows.keep.own import own_row
from schemas.account import Account
from schemas.books import Books, Coverage, LeaseTakenError
from schemas.calendar import MONTH_NAMES, add_months
from schemas.ground import Ground
from schemas.ids import RANDOM_BYTES, ItemId, Month, month, month_of_day, new_item_id, rfc3339
from schemas.record import Row
from schemas.tables import to_table

COUNTS = ("asked", "returned", "new", "edited", "hidden", "gone", "failed")
_WORDS = {
    "asked": "frågor",
    "returned": "svar",
    "new": "nya",
    "edited": "ändrade",
    "hidden": "dolda",
    "gone": "borta",
    "failed": "misslyckade",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthNote:
    """One account's month.

    Attributes:
        nights: nights the month has from the account's first harvest on. complete: nights with a complete run.
        missing: nights without any run. partial: nights with runs of which none was complete.
        totals: sums of ``COUNTS``. findings: how many of each code.
    """

    account: str
    month: Month
    nights: int
    complete: int
    missing: tuple[str, ...]
    partial: tuple[str, ...]
    totals: dict[str, int]
    findings: dict[str, int]
    runs: tuple[Coverage, ...]


def months_of(coverages: Sequence[Coverage], now: datetime) -> list[Month]:
    """Every month that is over, from the first with a run on; months without any run are gaps and count too."""
    if not coverages:
        return []
    day = first_day(month(min(one.night for one in coverages)[:7]))
    found: list[Month] = []
    while over(month_of_day(day), now):
        found.append(month_of_day(day))
        day = add_months(day, 1)
    return found


def month_note(account: str, of: Month, coverages: Sequence[Coverage]) -> MonthNote:
    """Sum up one month from all coverage rows of the account."""
    last = add_months(first_day(of), 1) - timedelta(days=1)
    # Nights are counted from the first harvest on; an import before it makes no night missing.
    begun = min((one.night for one in coverages if one.horizon != "import"), default="")
    first = max(first_day(of), date.fromisoformat(begun)) if begun else last + timedelta(days=1)
    nights = [(first + timedelta(days=number)).isoformat() for number in range((last - first).days + 1)]
    runs = tuple(sorted((one for one in coverages if one.night[:7] == of), key=lambda one: (one.started, one.run)))
    # The hourly pass over the newest posts is no night's run, nor is what was heard while listening, nor an import:
    # only the night tells whether all was there.
    nightly = [one for one in runs if one.nightly]
    seen = {one.night for one in nightly}
    complete = {one.night for one in nightly if one.complete}
    findings: dict[str, int] = {}
    for run in runs:
        for finding in run.findings:
            findings[finding.code] = findings.get(finding.code, 0) + finding.count
    return MonthNote(
        account=account,
        month=of,
        nights=len(nights),
        complete=len(complete),
        missing=tuple(night for night in nights if night not in seen),
        partial=tuple(sorted(seen - complete)),
        totals={name: sum(getattr(run, name) for run in runs) for name in COUNTS},
        findings=dict(sorted(findings.items())),
        runs=runs,
    )


def coverage_payload(note: MonthNote) -> dict[str, Any]:
    """The note as JSON values; times RFC 3339 in UTC."""
    return {
        "account": note.account,
        "month": note.month,
        "nights": note.nights,
        "complete": note.complete,
        "missing": list(note.missing),
        "partial": list(note.partial),
        "totals": dict(note.totals),
        "findings": dict(note.findings),
        "runs": [
            {
                "night": run.night,
                "run": run.run,
                "horizon": run.horizon,
                "started": rfc3339(run.started),
                "ended": rfc3339(run.ended),
                "complete": run.complete,
                **{name: getattr(run, name) for name in COUNTS},
                "findings": [{"code": one.code, "severity": one.severity, "count": one.count} for one in run.findings],
            }
            for run in note.runs
        ],
    }


def coverage_text(note: MonthNote) -> str:
    """The note in a few Swedish sentences."""
    name = f"{MONTH_NAMES[int(note.month[5:]) - 1]} {note.month[:4]}"
    sums = ", ".join(f"{note.totals[count]} {_WORDS[count]}" for count in COUNTS)
    parts = [
        f"Täckning för kontot {note.account}, {name}.",
        f"{note.complete} av {note.nights} nätter hämtades fullständigt: {sums}.",
    ]
    if note.partial:
        parts.append(f"Ofullständiga nätter: {_days(note.partial)}.")
    if note.missing:
        parts.append(f"Nätter utan hämtning: {_days(note.missing)}.")
    if note.findings:
        parts.append("Fynd: " + ", ".join(f"{code} ({count})" for code, count in note.findings.items()) + ".")
    return " ".join(parts)


def coverage_row(note: MonthNote, *, authority: str, item: ItemId, observed: datetime, batch: str) -> Row:
    """The item's one version. Published at the month's last moment: only then is it about a whole month."""
    payload = coverage_payload(note)
    ended = start(month_of_day(add_months(first_day(note.month), 1))) - timedelta(microseconds=1)
    return own_row(
        item=item,
        kind="coverage",
        authority=authority,
        account=note.account,
        native=f"bevara:coverage:{note.account}:{note.month}",
        text=coverage_text(note),
        payload=payload,
        published=ended,
        observed=observed,
        batch=batch,
        counts=tuple(note.totals.items()),
    )


def write_coverage(ground: Ground) -> int:
    """Write the coverage items that are missing; returns how many. Safe to stop anywhere and to repeat.

    An account that another run is working on is left for the next night.
    """
    written = 0
    with ground.state.reading() as books:
        accounts = books.accounts.all()
    for account in accounts:
        try:
            with ground.state.hold_lease(f"coverage:{account.name}") as lease:
                chance = ground.chance.fork(f"{lease.name}#{lease.fence}")
                for of, note in _missing(ground, account):
                    item = new_item_id(of, chance.bytes(RANDOM_BYTES))
                    at = ground.clock.now()
                    batch = chance.bytes(RANDOM_BYTES).hex()
                    row = coverage_row(note, authority=account.authority, item=item, observed=at, batch=batch)
                    addition = Addition(
                        batch=batch,
                        tables={(account.authority, of): to_table([row])},
                        act="archive.coverage",
                        subject=account.name,
                        evidence={"nights": note.nights, "complete": note.complete},
                    )
                    append(ground.state, ground.store, lease, addition, chance=chance, at=at, also=_noting(account, of))
                    written += 1
        except LeaseTakenError:
            continue
    return written


def _setting(account: Account) -> str:
    return f"archive.coverage:{account.name}"


def _noting(account: Account, of: Month) -> Any:
    def note(books: Books) -> None:
        books.set_setting(_setting(account), of)

    return note


def _missing(ground: Ground, account: Account) -> Iterator[tuple[Month, MonthNote]]:
    """Months that are over and have no item yet, oldest first; nothing is read when the last one has."""
    now = ground.clock.now()
    with ground.state.reading() as books:
        through = books.setting(_setting(account))
        if through is not None and not over(month_of_day(add_months(first_day(month(through)), 1)), now):
            return
        coverages = books.notes.coverage(account.name)
    for of in months_of(coverages, now):
        if through is None or of > through:
            note = month_note(account.name, of, coverages)
            if note.nights or note.runs:
                yield of, note


def _days(nights: Sequence[str]) -> str:
    """Days of the month in Swedish, runs drawn together: ``3, 5–8 och 12``."""
    numbers = [int(night[8:]) for night in nights]
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    words = [str(low) if low == high else f"{low}–{high}" for low, high in spans]
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " och " + words[-1]
