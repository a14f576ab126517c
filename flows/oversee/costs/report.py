"""A report's rows as lines of costs: totals told apart and compared, other currencies and other months kept apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from flows.oversee.costs.amounts import Written, decimal_sign, value, written
from flows.oversee.costs.columns import Columns, Mapped, columns_of, known_headings
from flows.oversee.costs.dates import days
from flows.oversee.costs.reading import Grid, decoded, grid
from schemas.adverts import AdvertLine, plain
from schemas.finding import Finding
from schemas.ids import month_of_day
from schemas.refusal import RefusedError

CURRENCY: Final = "SEK"
"""What the municipality is debited in; everything else is kept apart."""
Why = Literal["currency", "month"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a report says of one account and month.

    Attributes:
        lines: in SEK and within the month, in the report's order. apart: the others, with why they do not count.
        unknown: headings that nobody knows. findings: subject is the account.
        dated: the report tells days; else every line is said to be the whole month's.
    """

    lines: tuple[AdvertLine, ...]
    apart: tuple[tuple[Why, AdvertLine], ...] = ()
    unknown: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    dated: bool = True


def read_report(data: bytes, name: str, account: str, month: str, mapping: Mapped) -> Report:
    """Read a report (CSV).

    Args:
        name: the file's name, for messages. account: the account's name. month: ``2026-03``, which it is said to be of.

    Raises:
        RefusedError: a column is missing, a cell is not what its column is for, or no currency is told; names the place.
    """
    found = grid(decoded(data, name), name, lambda cells: known_headings(cells, mapping))
    reader = _Reader(found, columns_of(found.headings, name, found.line, mapping), mapping)
    lines, dated = reader.lines(month)
    kept, apart = settled(lines, month)
    findings = [*_findings(kept, apart, account), *reader.totals(account)]
    if reader.columns.unknown:
        findings.append(_finding("W207", account, len(reader.columns.unknown), severity="info"))
    return Report(
        lines=kept,
        apart=apart,
        unknown=reader.columns.unknown,
        findings=tuple(sorted(findings, key=_code)),
        dated=dated,
    )


def settle(lines: Iterable[AdvertLine], account: str, month: str) -> Report:
    """What an interface told, treated as a file's rows are."""
    kept, apart = settled(list(lines), month)
    return Report(lines=kept, apart=apart, findings=tuple(_findings(kept, apart, account)))


def settled(
    lines: Sequence[AdvertLine], month: str
) -> tuple[tuple[AdvertLine, ...], tuple[tuple[Why, AdvertLine], ...]]:
    """The lines that count in the month, and the others with why not. A line that covers another month too is apart."""
    kept, apart = [], []
    for line in lines:
        if line.currency != CURRENCY:
            apart.append(("currency", line))
        elif {month_of_day(line.first), month_of_day(line.last)} != {month}:
            apart.append(("month", line))
        else:
            kept.append(line)
    return tuple(kept), tuple(apart)  # type: ignore[arg-type] # the words are Why's


def _findings(kept: Sequence[AdvertLine], apart: Sequence[tuple[Why, AdvertLine]], account: str) -> list[Finding]:
    why = Counter(reason for reason, _ in apart)
    again = sum(count - 1 for line, count in Counter(kept).items() if line.spent)
    negative = sum(line.spent < 0 for line in kept)
    return [
        _finding(code, account, count, severity=severity)
        for code, count, severity in (
            ("W209", why["currency"], "warning"),
            ("W210", why["month"], "warning"),
            ("W211", negative, "info"),
            ("W216", again, "warning"),
        )
        if count
    ]


def _finding(code: str, account: str, count: int, *, severity: str = "warning", **parameters: str) -> Finding:
    told = (("count", count), *sorted(parameters.items()))
    return Finding(code=code, severity=severity, subject=account, count=count, parameters=told)  # type: ignore[arg-type] # one of Severity's


def _code(one: Finding) -> str:
    return one.code


_TOTAL: Final = re.compile(
    r"(?:grand |sub)?totals?|totalt?|totalsumma|delsumma|summa(?: totalt)?|sum|"
    r"(?:results from|total of|resultat från|totalt för) [0-9 ]+ (?:campaigns?|ads?|ad sets?|kampanj(?:er)?|annons(?:er)?)",
    re.IGNORECASE,
)


class _Reader:
    """Takes lines and totals out of a grid."""

    def __init__(self, found: Grid, columns: Columns, mapping: Mapped) -> None:
        self.grid, self.columns, self.mapping = found, columns, mapping
        self._wrong: list[Decimal] = []

    def lines(self, month: str) -> tuple[list[AdvertLine], bool]:
        """Lines in order, and whether the report tells days."""
        rows = self.grid.rows
        spent = self._amounts("spent", [line for line, _ in rows])
        vat = self._amounts("vat", [line for line, _ in rows]) if "vat" in self.columns.at else {}
        real = [(line, cells) for line, cells in rows if not self._total(cells)]
        dates = self._days([line for line, _ in real], month)
        lines: list[AdvertLine] = []
        sums: list[tuple[Decimal, int, int]] = []
        since = 0
        for line, cells in rows:
            amount, stated = spent.get(line, (Decimal(0), ""))
            if self._total(cells):
                sums.append((amount, since, len(lines)))
                since = len(lines)
            else:
                one = self._line(line, cells, dates[line], self._currency(line, cells, stated))
                lines.append(replace(one, spent=amount, vat=vat[line][0] if line in vat else None))
        for amount, first, last in sums:
            # A total stands for what is above it (a part's, since the total before it), or for all that is below it.
            able = [lines[:last], lines[first:last]] if last > first else [lines[:last], lines] if last else [lines]
            if amount not in [sum((one.spent for one in some), Decimal(0)) for some in able]:
                self._wrong.append(amount - sum((one.spent for one in able[0]), Decimal(0)))
        return lines, "first" in self.columns.at

    def totals(self, account: str) -> list[Finding]:
        """Rows of totals that are not the sum of what they stand for."""
        return [
            _finding("W208", account, 1, difference=plain(difference).replace(".", ",")) for difference in self._wrong
        ]

    def _cell(self, cells: Sequence[str], name: str) -> str:
        return cells[self.columns.at[name]] if name in self.columns.at else ""

    def _total(self, cells: Sequence[str]) -> bool:
        """A row of totals: it says so, or it has an amount and names nothing."""
        if self._cell(cells, "campaign_id") or self._cell(cells, "advert"):
            return False
        campaign = self._cell(cells, "campaign")
        amount = self.columns.at["spent"]
        label = next((cell for at, cell in enumerate(cells) if cell and at != amount), "")
        return _TOTAL.fullmatch(campaign or label) is not None or (not campaign and bool(cells[amount]))

    def _amounts(self, name: str, lines: Sequence[int]) -> dict[int, tuple[Decimal, str]]:
        """Line number → amount and the currency that the cell itself tells; without those that are empty."""
        at = self.columns.at[name]
        taken: list[tuple[int, str, Written]] = []
        for line, (_, cells) in zip(lines, self.grid.rows, strict=True):
            place = self.grid.place(line, at)
            try:
                one = written(cells[at])
            except ValueError:
                raise RefusedError(place, cells[at], "write an amount like 1 234,50") from None
            if one is not None:
                taken.append((line, place, one))
        if not taken:
            return {}
        sign = decimal_sign([(place, one) for _, place, one in taken], self.mapping.decimal)
        return {line: (value(one, sign) or Decimal(0), one.currency) for line, _, one in taken}

    def _currency(self, line: int, cells: Sequence[str], stated: str) -> str:
        column = self._cell(cells, "currency").upper()
        told = {one for one in (column, self.columns.currency, stated) if one}
        place = self.grid.place(line, self.columns.at.get("currency", self.columns.at["spent"]))
        if len(told) > 1:
            raise RefusedError(place, ", ".join(sorted(told)), "heading, column and amount name different currencies")
        found = told.pop() if told else self.mapping.currency
        if not re.fullmatch("[A-Z]{3}", found):
            remedy = 'say the currency in the heading, "Belopp (SEK)", in a column, or in the mapping: currency = "SEK"'
            raise RefusedError(place, found, remedy)
        return found

    def _days(self, lines: Sequence[int], month: str) -> dict[int, tuple[date, date]]:
        if "first" not in self.columns.at:
            first = date.fromisoformat(f"{month}-01")
            return dict.fromkeys(lines, (first, _last_of(first)))
        names = [name for name in ("first", "last") if name in self.columns.at]
        wanted = set(lines)
        rows = [(line, cells) for line, cells in self.grid.rows if line in wanted]
        texts = [
            (self.grid.place(line, self.columns.at[name]), self._cell(cells, name))
            for line, cells in rows
            for name in names
        ]
        read = days(texts, lambda day: month_of_day(day) == month)
        found = {}
        for number, (line, _) in enumerate(rows):
            first, last = read[number * len(names)], read[number * len(names) + len(names) - 1]
            if last < first:
                place = self.grid.place(line, self.columns.at["last"])
                raise RefusedError(
                    place, last.isoformat(), f"the line ends before it begins ({first}); mend the report"
                )
            found[line] = (first, last)
        return found

    def _line(self, line: int, cells: Sequence[str], span: tuple[date, date], currency: str) -> AdvertLine:
        return AdvertLine(
            campaign=self._cell(cells, "campaign"),
            campaign_id=self._cell(cells, "campaign_id"),
            advert=self._cell(cells, "advert"),
            first=span[0],
            last=span[1],
            spent=Decimal(0),
            currency=currency,
            shown=self._count(line, cells, "shown"),
            clicks=self._count(line, cells, "clicks"),
            unit=self._cell(cells, "unit"),
        )

    def _count(self, line: int, cells: Sequence[str], name: str) -> int | None:
        text = self._cell(cells, name)
        if text in ("", "-", "–", "—"):
            return None
        if not re.fullmatch(r"[0-9]{1,15}|[0-9]{1,3}(?:([\s.,])[0-9]{3})(?:\1[0-9]{3})*", text):
            place = self.grid.place(line, self.columns.at[name])
            raise RefusedError(place, text, "write a whole number")
        return int(re.sub("[^0-9]", "", text))


def _last_of(first: date) -> date:
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)
