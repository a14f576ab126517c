"""The sheet for internal debiting: what each unit pays for a month, in whole öre, and what that is compared with. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal

from flows.oversee.costs.act import Stored
from schemas.account import Account
from schemas.adverts import AdvertLine
from schemas.finding import Finding
from schemas.ids import ItemId
from schemas.oversight import OversightSettings, UnitSettings

ORE: Final = Decimal("0.01")
UNKNOWN: Final = "okänd enhet"
Source = Literal["report", "campaign", "account", ""]
"""Where a line's unit is taken from: a column, a tag in the campaign's name, the account's own unit; empty = unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Debit:
    """A line of a report, debited: amounts in whole öre; ``vat`` and ``gross`` are None where nothing says the VAT.

    Attributes:
        account: its name. unit: name, or ``UNKNOWN``. cost_centre: or empty. source: see ``Source``.
        line: as the report says it. net, vat, gross: SEK. item: the sponsored post in the archive, or None.
    """

    account: str
    unit: str
    cost_centre: str
    source: Source
    line: AdvertLine
    net: Decimal
    vat: Decimal | None
    gross: Decimal | None
    item: ItemId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """Sums of some debits; ``vat`` and ``gross`` are None where one of them has none."""

    lines: int
    net: Decimal
    vat: Decimal | None
    gross: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The sheet.

    Attributes:
        month: ``2026-03``. debits: by unit (the unknown one last), account, campaign. units: (name, cost centre) → sums, in
            that order. accounts: name → sums. total: of all. rounding: what was lost or won by rounding the lines' net.
        stored: the reports that it rests on. findings: what wants a look.
    """

    month: str
    debits: tuple[Debit, ...]
    units: Mapping[tuple[str, str], Total]
    accounts: Mapping[str, Total]
    total: Total
    rounding: Decimal
    stored: tuple[Stored, ...]
    findings: tuple[Finding, ...]


def make_sheet(
    month: str,
    reports: Sequence[Stored],
    accounts: Mapping[str, Account],
    settings: OversightSettings,
    items: Mapping[tuple[str, str], ItemId],
) -> Sheet:
    """Debit every line of the month's reports.

    Args:
        accounts: all registered ones, by name. items: (account, advert) → item, where it was found.
    """
    debits = sorted(
        (
            _debit(one.account, line, accounts.get(one.account), settings, items)
            for one in reports
            for line in one.lines
        ),
        key=_order,
    )
    units: dict[tuple[str, str], list[Debit]] = defaultdict(list)
    by_account: dict[str, list[Debit]] = {one.account: [] for one in reports}
    for debit in debits:
        units[debit.unit, debit.cost_centre].append(debit)
        by_account[debit.account].append(debit)
    exact = sum((debit.line.spent for debit in debits), Decimal(0))
    total = _total(debits)
    return Sheet(
        month=month,
        debits=tuple(debits),
        units={name: _total(some) for name, some in units.items()},
        accounts={name: _total(some) for name, some in by_account.items()},
        total=total,
        rounding=total.net - exact,
        stored=tuple(reports),
        findings=tuple(_findings(month, debits, reports, accounts)),
    )


def _order(one: Debit) -> tuple[bool, str, str, str, str, str, str]:
    line = one.line
    return (
        one.unit == UNKNOWN,
        one.unit,
        one.account,
        line.campaign,
        line.campaign_id,
        line.first.isoformat(),
        line.advert,
    )


def _debit(
    account: str,
    line: AdvertLine,
    known: Account | None,
    settings: OversightSettings,
    items: Mapping[tuple[str, str], ItemId],
) -> Debit:
    unit, source = unit_of(line, "" if known is None else known.unit, settings.units)
    net = ore(line.spent)
    vat = None
    if line.vat is not None:
        vat = ore(line.vat)
    elif settings.vat is not None:
        vat = ore(net * settings.vat / 100)
    return Debit(
        account=account,
        unit=UNKNOWN if unit is None else unit.name,
        cost_centre="" if unit is None else unit.cost_centre,
        source=source,
        line=line,
        net=net,
        vat=vat,
        gross=None if vat is None else net + vat,
        item=items.get((account, line.advert)),
    )


def ore(amount: Decimal) -> Decimal:
    """In whole öre, halves away from zero."""
    return amount.quantize(ORE, ROUND_HALF_UP)


_TAG: Final = re.compile(r"\[([^\[\]]{1,100})\]")
_PARTS: Final = re.compile(r"\s*[|:–—/]\s*|\s+-\s+|_")


def unit_of(line: AdvertLine, own: str, units: Mapping[str, UnitSettings]) -> tuple[UnitSettings | None, Source]:
    """The unit that pays: what the report says goes first; what it says and nobody knows is unknown, never guessed.

    Args:
        own: the account's own unit, or empty. units: the known ones.
    """
    if line.unit:
        found = _known(line.unit, units)
        return (found, "report") if found else (None, "")
    tags = _TAG.findall(line.campaign)
    parts = tags or _PARTS.split(line.campaign)
    named = {one.name: one for part in parts if (one := _known(part, units)) is not None}
    if len(named) == 1:
        return next(iter(named.values())), "campaign"
    if named or tags:
        return None, ""
    found = _known(own, units)
    return (found, "account") if found else (None, "")


def _known(text: str, units: Mapping[str, UnitSettings]) -> UnitSettings | None:
    """The one unit of that name or cost centre."""
    wanted = " ".join(text.casefold().split())
    if not wanted:
        return None
    found = [one for one in units.values() if wanted in (_same(one.name), _same(one.cost_centre))]
    return found[0] if len(found) == 1 else None


def _same(text: str) -> str:
    return " ".join(text.casefold().split())


def _total(debits: Iterable[Debit]) -> Total:
    some = list(debits)
    vats = [one.vat for one in some]
    vat = None if None in vats else sum((one for one in vats if one is not None), Decimal("0.00"))
    net = sum((one.net for one in some), Decimal("0.00"))
    return Total(lines=len(some), net=net, vat=vat, gross=None if vat is None else net + vat)


def _findings(
    month: str, debits: Sequence[Debit], reports: Sequence[Stored], accounts: Mapping[str, Account]
) -> Iterable[Finding]:
    without = sum(one.vat is None for one in debits)
    if without:
        yield _finding("W212", month, without)
    unknown = sum(one.unit == UNKNOWN for one in debits)
    if unknown:
        yield _finding("W213", month, unknown)
    poor = len({one.unit for one in debits if one.unit != UNKNOWN and not one.cost_centre})
    if poor:
        yield _finding("W214", month, poor)
    twice = _twice(debits)
    if twice:
        yield _finding("W216", month, twice)
    for report in reports:
        yield from _of_report(month, debits, report)
    there = {one.account for one in reports}
    for name, account in sorted(accounts.items()):
        closed = account.duties.closed is not None and account.duties.closed.isoformat()[:7] < month
        if account.duties.advert_account and name not in there and not closed:
            yield _finding("W218", name, 1)


def _of_report(month: str, debits: Sequence[Debit], report: Stored) -> Iterable[Finding]:
    if f"{report.taken:%Y-%m}" <= month:
        day = (("day", report.taken.isoformat()),)
        yield Finding(code="W220", severity="warning", subject=report.account, parameters=day)
    lost = len({one.line.advert for one in debits if one.account == report.account and _lost(one)})
    for code, count in (
        ("W209", sum(why == "currency" for why, _ in report.apart)),
        ("W210", sum(why == "month" for why, _ in report.apart)),
        ("W217", lost),
    ):
        if count:
            yield _finding(code, report.account, count)


def _twice(debits: Sequence[Debit]) -> int:
    """Lines of one campaign, by its id or else its name, with the same days and amount in the reports of several accounts."""
    accounts: dict[tuple[object, ...], set[str]] = defaultdict(set)
    for one in debits:
        if one.line.spent:
            campaign = one.line.campaign_id or " ".join(one.line.campaign.casefold().split())
            accounts[campaign, one.line.first, one.line.last, one.line.spent].add(one.account)
    return sum(len(some) - 1 for some in accounts.values())


def _lost(one: Debit) -> bool:
    return bool(one.line.advert) and one.item is None


def _finding(code: str, subject: str, count: int) -> Finding:
    return Finding(code=code, severity="warning", subject=subject, count=count, parameters=(("count", count),))
