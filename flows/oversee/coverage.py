"""What was asked of an account, night by night, what came back, and what is known to be missing. Pure.

Made from the coverage rows that every run leaves (``schemas.books.Coverage``): counts, nights and finding codes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

from schemas.books import Coverage
from schemas.codes import sentence
from schemas.codes.missing import missing
from schemas.finding import Finding

Standing = Literal["complete", "partial", "none", "outside"]
"""A night: a run read everything that was due; runs came, none of them did; no run; before the first or after today."""

MONTHS = ("jan", "feb", "mars", "april", "maj", "juni", "juli", "aug", "sep", "okt", "nov", "dec")


Lack = tuple[str, tuple[str, ...]]
"""What is missing: a finding code and the words of its parameters (a listing's name); numbers differ by the night."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """One account's night.

    Attributes:
        day: the civil day the run began. standing: see ``Standing``.
        asked, returned, new, edited, hidden, gone, failed: sums of the day's runs, all horizons.
        missing: (finding code, what it was about) → how many, of what is known to be missing. others: the other
            findings by code. reasons: the same keys as ``missing`` → Swedish sentence.
        runs: runs of the day by horizon.
    """

    account: str
    day: date
    standing: Standing
    asked: int = 0
    returned: int = 0
    new: int = 0
    edited: int = 0
    hidden: int = 0
    gone: int = 0
    failed: int = 0
    missing: Mapping[Lack, int] = field(default_factory=dict)
    others: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[Lack, str] = field(default_factory=dict)
    runs: Mapping[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """One line of ``oversee coverage --json --nights``."""
        numbers = ("asked", "returned", "new", "edited", "hidden", "gone", "failed")
        return {
            "account": self.account,
            "night": self.day.isoformat(),
            "standing": self.standing,
            **{name: getattr(self, name) for name in numbers},
            "missing": [
                {"code": lack[0], "count": count, "reason": self.reasons[lack]} for lack, count in self.missing.items()
            ],
            "other": dict(self.others),
            "runs": dict(self.runs),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """An account's calendar year: every night from the first of January to the last of December, in order."""

    account: str
    year: int
    nights: tuple[Night, ...]

    def months(self) -> Iterator[tuple[int, tuple[Night, ...]]]:
        """Month number → its nights."""
        for number in range(1, 13):
            yield number, tuple(night for night in self.nights if night.day.month == number)


def nights_of(account: str, coverages: Sequence[Coverage], first: date, last: date, today: date) -> tuple[Night, ...]:
    """Every night from ``first`` to ``last``; those before the account's first run and after ``today`` are outside."""
    by_day: dict[str, list[Coverage]] = {}
    for one in coverages:
        by_day.setdefault(one.night, []).append(one)
    begun = min((one.night for one in coverages if one.nightly), default="9999-12-31")
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return tuple(
        Night(account=account, day=day, standing="outside")
        if day.isoformat() < begun or day > today
        else _night(account, day, by_day.get(day.isoformat(), []))
        for day in days
    )


def _night(account: str, day: date, runs: Sequence[Coverage]) -> Night:
    nightly = [run for run in runs if run.nightly]
    # A night that was refused or told to wait has fetched nothing: it is a gap, with its reason.
    fetched = any(run.complete or run.returned for run in nightly)
    standing: Standing = "none" if not fetched else "complete" if any(run.complete for run in nightly) else "partial"
    lost: Counter[Lack] = Counter()
    others: Counter[str] = Counter()
    reasons: dict[Lack, str] = {}
    for run in runs:
        for one in run.findings:
            if one.code in missing() and not (one.code == _NOT_THERE and one.severity == "info"):
                lack = one.code, tuple(value for _, value in one.parameters if isinstance(value, str))
                lost[lack] += one.count
                reasons[lack] = _said(one)
            else:
                others[one.code] += one.count
    return Night(
        account=account,
        day=day,
        standing=standing,
        asked=sum(run.asked for run in runs),
        returned=sum(run.returned for run in runs),
        new=sum(run.new for run in runs),
        edited=sum(run.edited for run in runs),
        hidden=sum(run.hidden for run in runs),
        gone=sum(run.gone for run in runs),
        failed=sum(run.failed for run in runs),
        missing=dict(sorted(lost.items())),
        others=dict(sorted(others.items())),
        reasons=reasons,
        runs=dict(Counter(run.horizon for run in runs)),
    )


_NOT_THERE = "H103"
"""Of a thread (severity info) it says that its first item is gone, which is no lack."""


def _said(finding: Finding) -> str:
    return sentence(finding.code, "sv", {"subject": finding.subject, **dict(finding.parameters)})


def year_of(account: str, coverages: Sequence[Coverage], year: int, today: date) -> Year:
    """The account's year."""
    nights = nights_of(account, coverages, date(year, 1, 1), date(year, 12, 31), today)
    return Year(account=account, year=year, nights=nights)


def year_json(year: Year) -> dict[str, Any]:
    """The answer of ``oversee coverage --json`` for one account."""
    counted = Counter(night.standing for night in year.nights)
    lost: Counter[Lack] = Counter()
    reasons: dict[Lack, str] = {}
    for night in year.nights:
        lost.update(night.missing)
        reasons |= night.reasons
    return {
        "account": year.account,
        "year": year.year,
        "nights": {name: counted[name] for name in ("complete", "partial", "none", "outside")},
        "asked": sum(night.asked for night in year.nights),
        "returned": sum(night.returned for night in year.nights),
        "known_missing": [
            {
                "code": lack[0],
                "count": count,
                "nights": sum(lack in night.missing for night in year.nights),
                "reason": reasons[lack],
            }
            for lack, count in sorted(lost.items())
        ],
        "months": [
            {
                "month": f"{year.year:04d}-{number:02d}",
                **{name: sum(one.standing == name for one in nights) for name in ("complete", "partial", "none")},
                "asked": sum(one.asked for one in nights),
                "returned": sum(one.returned for one in nights),
            }
            for number, nights in year.months()
        ],
    }


def year_table(year: Year) -> str:
    """The year as a Swedish table, then every reason with its sentence."""
    lines = [
        f"Täckning för kontot {year.account}, {year.year}",
        "",
        "månad   hela  delvis  ingen   frågor    svar  känt saknat",
    ]
    for number, nights in year.months():
        if all(night.standing == "outside" for night in nights):
            continue
        count = Counter(night.standing for night in nights)
        lost = ", ".join(sorted({code for night in nights for code, _ in night.missing})) or "–"
        asked, returned = sum(night.asked for night in nights), sum(night.returned for night in nights)
        lines.append(
            f"{MONTHS[number - 1]:<6} {count['complete']:>5} {count['partial']:>7} {count['none']:>6} "
            f"{asked:>8} {returned:>7}  {lost}"
        )
    values = year_json(year)
    lines += ["", "Känt saknat:" if values["known_missing"] else "Inget är känt saknat."]
    lines += [
        f"  {one['code']} ({_times(one['count'], one['nights'])}): {one['reason']}" for one in values["known_missing"]
    ]
    gaps = [night.day for night in year.nights if night.standing == "none"]
    if gaps:
        lines.append(f"Nätter utan hämtning: {_spans(gaps)}.")
    return "\n".join(lines)


def _times(count: int, nights: int) -> str:
    return f"{count} {'gång' if count == 1 else 'gånger'}, {nights} {'natt' if nights == 1 else 'nätter'}"


def _spans(days: Sequence[date]) -> str:
    """Days in order, runs of nights drawn together: ``2024-01-03–2024-01-08, 2024-01-10``."""
    spans: list[list[date]] = []
    for day in days:
        if spans and day - spans[-1][1] == timedelta(days=1):
            spans[-1][1] = day
        else:
            spans.append([day, day])
    shown = [f"{low}" if low == high else f"{low}–{high}" for low, high in spans[:12]]
    return ", ".join(shown) + (f" och {len(spans) - 12} perioder till" if len(spans) > 12 else "")
