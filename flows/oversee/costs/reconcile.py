"""The sheet against the vendor's invoice: the difference to the öre, and what can explain it. Pure; nothing is evened out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from flows.oversee.costs.sheet import ORE, Sheet, ore
from schemas.adverts import AdvertLine, plain

Cause = Literal["vat", "rounding", "currency", "month", "missing", "surplus", "other-amount", "accounts", "unexplained"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoiced:
    """What the invoice says: its total in SEK, and its lines where a file was given."""

    total: Decimal
    lines: tuple[AdvertLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What may explain a difference, or a part of it.

    Attributes:
        cause: see ``Cause``. amount: invoice minus sheet that it accounts for, or None where that cannot be known.
        campaign: that it is about, or empty. account: name, or empty.
    """

    cause: Cause
    amount: Decimal | None
    campaign: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """The comparison. ``difference``: invoice minus the sheet's net (tolerance 0.00); ``reasons``: in the order tried."""

    invoice: Decimal
    net: Decimal
    difference: Decimal
    reasons: tuple[Reason, ...]

    @property
    def equal(self) -> bool:
        """They agree to the öre."""
        return self.difference == 0


def reconcile(sheet: Sheet, invoiced: Invoiced) -> Reconciled:
    """Compare the invoice with the sheet's net, campaign by campaign where the invoice has lines."""
    difference = invoiced.total - sheet.total.net
    reasons: list[Reason] = []
    if difference:
        reasons += _campaigns(sheet, invoiced.lines) if invoiced.lines else []
        reasons += _single(sheet, difference)
        reasons += [
            Reason(cause="accounts", amount=None, account=one.subject) for one in sheet.findings if one.code == "W218"
        ]
        parts = sum((one.amount for one in reasons if one.campaign and one.amount is not None), Decimal(0))
        if difference not in (parts, *(one.amount for one in reasons if not one.campaign)):
            reasons.append(Reason(cause="unexplained", amount=difference - parts))
    return Reconciled(invoice=invoiced.total, net=sheet.total.net, difference=difference, reasons=tuple(reasons))


def _campaigns(sheet: Sheet, lines: Sequence[AdvertLine]) -> Iterable[Reason]:
    """Campaigns that stand in one of the two alone, or with different amounts."""
    ours = _by_campaign((one.line, one.net) for one in sheet.debits)
    theirs = _by_campaign((one, ore(one.spent)) for one in lines)
    for name in sorted(ours.keys() | theirs.keys()):
        here, there = ours.get(name), theirs.get(name)
        if here is None and there:
            yield Reason(cause="missing", amount=there, campaign=name)
        elif there is None and here:
            yield Reason(cause="surplus", amount=-here, campaign=name)
        elif here is not None and there is not None and here != there:
            yield Reason(cause="other-amount", amount=there - here, campaign=name)


def _by_campaign(lines: Iterable[tuple[AdvertLine, Decimal]]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for line, amount in lines:
        found[" ".join(line.campaign.split())] += amount
    return found


def _single(sheet: Sheet, difference: Decimal) -> Iterable[Reason]:
    """What explains the whole difference alone."""
    if sheet.total.vat is not None and difference == sheet.total.vat:
        yield Reason(cause="vat", amount=difference)
    rounded = sum(one.net != one.line.spent for one in sheet.debits)
    # The vendor may round the sum, or each line, up or down; what is within an öre of either is rounding.
    if abs(difference) < ORE * rounded or (sheet.rounding and abs(difference + sheet.rounding) < ORE):
        yield Reason(cause="rounding", amount=difference)
    apart = [(why, line) for one in sheet.stored for why, line in one.apart]
    outside = sum((line.spent for why, line in apart if why == "month" and line.currency == "SEK"), Decimal(0))
    if outside and ore(outside) == difference:
        yield Reason(cause="month", amount=difference)
    if any(why == "currency" for why, _ in apart):
        yield Reason(cause="currency", amount=None)


_TOLD: Final[dict[Cause, str]] = {
    "vat": "Skillnaden är lika stor som momsen: fakturans belopp verkar vara med moms, underlagets är utan.",
    "rounding": "Skillnaden ryms i avrundningen av raderna till hela ören.",
    "currency": "Rader i annan valuta är inte med i underlaget.",
    "month": "Skillnaden är lika stor som de rader som gäller annan tid än månaden och därför inte är med.",
    "missing": "Kampanjen {campaign} finns på fakturan men inte i underlaget: {amount} kr.",
    "surplus": "Kampanjen {campaign} finns i underlaget men inte på fakturan: {amount} kr.",
    "other-amount": "Kampanjen {campaign} har ett annat belopp på fakturan; skillnaden är {amount} kr.",
    "accounts": "Kontot {account} har ett annonskonto, men ingen rapport för månaden.",
    "unexplained": "{amount} kr är inte förklarade. Jämför fakturan med rapporterna kampanj för kampanj.",
}


def told(reason: Reason) -> str:
    """The reason in Swedish."""
    amount = "" if reason.amount is None else plain(reason.amount).replace(".", ",")
    return _TOLD[reason.cause].format(campaign=f"”{reason.campaign}”", account=reason.account, amount=amount)
