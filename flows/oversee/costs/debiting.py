"""Making the sheet for internal debiting: reports that stand, the invoice, and an item of ours with the spreadsheet."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from flows.keep.mandates import mandated
from flows.keep.own import OwnFile, read_own, write_own
from flows.oversee.costs.act import Stored, begun_month, stored
from flows.oversee.costs.amounts import decimal_sign, value, written
from flows.oversee.costs.columns import Mapped
from flows.oversee.costs.papers import put_paper
from flows.oversee.costs.reading import LARGEST
from flows.oversee.costs.reconcile import Invoiced, Reconciled, reconcile, told
from flows.oversee.costs.report import CURRENCY, read_report
from flows.oversee.costs.sheet import Sheet, Total, make_sheet, ore
from flows.oversee.costs.sheet_file import sheet_file
from flows.oversee.costs.sponsored import sponsored
from schemas.account import Account
from schemas.adverts import plain
from schemas.books import Books
from schemas.finding import Finding
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.receipt import Receipt, Scalar
from schemas.refusal import RefusedError
from schemas.removal import Paper

SORT: Final = "cost-sheet"
"""Sort of paper: the sheet that stands for a month (period) of an archive creator (subject)."""
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """The sheet as made: its item, whether it was written now, what it was compared with, and the spreadsheet."""

    sheet: Sheet
    item: ItemId
    new: bool
    reconciled: Reconciled | None
    data: bytes


def invoice_amount(text: str) -> Invoiced:
    """The invoice's total as a person writes it. Raises RefusedError."""
    try:
        one = written(text)
    except ValueError:
        one = None
    if one is None:
        raise RefusedError("--invoice", text, 'write the amount in kronor, for example "12 345,50"')
    if one.currency not in ("", CURRENCY):
        raise RefusedError("--invoice", text, "write the amount in kronor")
    amount = value(one, decimal_sign([("--invoice", one)]))
    return Invoiced(total=ore(amount or Decimal(0)))


def invoice_file(path: Path, month: str, mapping: Mapped) -> Invoiced:
    """An invoice's lines (CSV, read as a report is); its total is their sum.

    Raises:
        RefusedError: not readable, lines in another currency, or a row of totals that is not the lines' sum.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError as error:
        raise RefusedError("--invoice-file", path.name, f"name a readable file ({error.strerror})") from None
    report = read_report(data, path.name, "invoice", month, mapping)
    if any(why == "currency" for why, _ in report.apart):
        raise RefusedError(path.name, "…", "an invoice in kronor is needed; take out lines in other currencies")
    if any(one.code == "W208" for one in report.findings):
        raise RefusedError(
            path.name, "…", "the invoice's total is not the sum of its lines; mend it, or give --invoice"
        )
    lines = (*report.lines, *(line for _, line in report.apart))
    return Invoiced(total=ore(sum((one.spent for one in lines), Decimal(0))), lines=lines)


def make(home: Home, wanted: str, person: str, invoiced: Invoiced | None, authority: str = "") -> Made:
    """Make the sheet, and keep it unless the same one stands already.

    Args:
        authority: archive creator that keeps the sheet; empty = that of all the month's accounts, if they have one.

    Raises:
        RefusedError: no report stands for the month, or the accounts have several archive creators and none is named.
        GuardError: no mandate (G-MANDATE), a report that cannot be read (G-COSTS), a file that is wrong (G-SHEET).
    """
    period, now = begun_month(home, wanted), home.ground.clock.now()
    with home.ground.state.reading() as books:
        mandated(books, person, "account", now)
        accounts = {one.name: one for one in books.accounts.all()}
    reports = stored(home, period)
    if not reports:
        raise RefusedError("--month", wanted, "no report stands for the month; import or fetch one first")
    keeper = _keeper(reports, accounts, authority)
    sheet = make_sheet(period, reports, accounts, home.oversight(), sponsored(home, _adverts(reports, accounts)))
    reconciled = None if invoiced is None else reconcile(sheet, invoiced)
    if reconciled is not None and not reconciled.equal:
        difference = plain(reconciled.difference).replace(".", ",")
        told_ = Finding(code="W215", severity="warning", subject=period, parameters=(("difference", difference),))
        sheet = replace(sheet, findings=(*sheet.findings, told_))
    data = sheet_file(sheet, reconciled)
    digest = hashlib.sha256(data).hexdigest()
    with home.ground.state.reading() as books:
        standing = books.duties.paper(SORT, keeper, period)
    if standing is not None and standing.digest == digest and read_own(home.ground, standing.item) is not None:
        return Made(sheet=sheet, item=standing.item, new=False, reconciled=reconciled, data=data)
    counts = {"lines": len(sheet.debits), "units": len(sheet.units), "accounts": len(sheet.accounts)}

    def also(books: Books, item: ItemId) -> None:
        put_paper(books, Paper(sort=SORT, subject=keeper, period=period, item=item, digest=digest, at=now), standing)
        agrees = None if reconciled is None else reconciled.equal
        evidence: dict[str, Scalar] = {"period": period, **counts, "agrees": agrees}
        if standing is not None:
            evidence["replaces"] = standing.item
        books.ledger.append(Receipt(act="costs.sheet", at=now, actor=person, subjects=(item,), evidence=evidence))

    item = write_own(
        home.ground,
        kind="statistics",
        authority=keeper,
        text=f"Underlag för interndebitering av annonser {period}: {len(sheet.units)} enheter.",
        payload={"costs": sheet_json(sheet, reconciled)},
        at=now,
        act="costs.written",
        actor=person,
        evidence=counts,
        files=(OwnFile(name=f"annonskostnader-{period}.xlsx", media_type=_XLSX, data=data),),
        also=also,
    )
    return Made(sheet=sheet, item=item, new=True, reconciled=reconciled, data=data)


def _keeper(reports: Sequence[Stored], accounts: Mapping[str, Account], authority: str) -> str:
    able = sorted({accounts[one.account].authority for one in reports if one.account in accounts})
    if authority:
        if authority not in {one.authority for one in accounts.values()}:
            raise RefusedError("--authority", authority, f"name one of {', '.join(able)}")
        return authority
    if len(able) != 1:
        raise RefusedError("--authority", "", f"name the archive creator that keeps the sheet: {', '.join(able)}")
    return able[0]


def _adverts(reports: Sequence[Stored], accounts: Mapping[str, Account]) -> dict[Account, set[str]]:
    found: dict[Account, set[str]] = defaultdict(set)
    for report in reports:
        if report.account in accounts:
            found[accounts[report.account]] |= {line.advert for line in report.lines if line.advert}
    return {account: names for account, names in found.items() if names}


def sheet_json(sheet: Sheet, reconciled: Reconciled | None) -> dict[str, Any]:
    """The sheet's sums and what they were compared with; amounts are decimals as text."""
    return {
        "month": sheet.month,
        "units": [
            {"unit": unit, "cost_centre": centre, **_total(total)} for (unit, centre), total in sheet.units.items()
        ],
        "accounts": [
            {"account": one.account, "source": one.source, "report": one.item, **_total(sheet.accounts[one.account])}
            for one in sheet.stored
        ],
        "campaigns": [
            {
                "account": one.account,
                "unit": one.unit,
                "campaign": one.line.campaign,
                "first": one.line.first.isoformat(),
                "last": one.line.last.isoformat(),
                "net": plain(one.net),
                "vat": None if one.vat is None else plain(one.vat),
                "gross": None if one.gross is None else plain(one.gross),
                "item": one.item,
            }
            for one in sheet.debits
        ],
        "total": _total(sheet.total),
        "rounding": plain(sheet.rounding),
        "invoice": None if reconciled is None else _compared(reconciled),
    }


def _total(total: Total) -> dict[str, Any]:
    return {
        "net": plain(total.net),
        "vat": None if total.vat is None else plain(total.vat),
        "gross": None if total.gross is None else plain(total.gross),
        "lines": total.lines,
    }


def _compared(reconciled: Reconciled) -> dict[str, Any]:
    return {
        "total": plain(reconciled.invoice),
        "difference": plain(reconciled.difference),
        "equal": reconciled.equal,
        "reasons": [
            {
                "cause": one.cause,
                "amount": None if one.amount is None else plain(one.amount),
                "campaign": one.campaign,
                "account": one.account,
                "sv": told(one),
            }
            for one in reconciled.reasons
        ],
    }
