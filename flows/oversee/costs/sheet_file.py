"""The sheet for internal debiting as a spreadsheet (XLSX), read back and compared before anybody gets it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from openpyxl import load_workbook

from flows.oversee.costs.reconcile import Reconciled, told
from flows.oversee.costs.sheet import ORE, Sheet, Total, ore
from flows.oversee.costs.workbook import Tab, Value, workbook
from schemas.codes import sentence
from schemas.refusal import GuardError

_SOURCES: Final = {"report": "rapporten", "campaign": "kampanjens namn", "account": "kontots enhet", "": "okänd"}
_TAKEN: Final = {"import": "inläst fil", "fetch": "hämtad"}
_LINES: Final = "Rader"
_UNITS: Final = "Debitering"
_ACCOUNTS: Final = "Konton"
_NET, _VAT, _GROSS = "Netto (kr)", "Moms (kr)", "Brutto (kr)"


def sheet_file(sheet: Sheet, reconciled: Reconciled | None) -> bytes:
    """The file. Its sums are read back and compared with the sheet's.

    Raises:
        GuardError: what was written does not say the same as the sheet (G-SHEET); nothing is handed over.
    """
    tabs = (_units(sheet), _lines(sheet), _accounts(sheet), _reconciled(sheet, reconciled), _looked_over(sheet))
    data = workbook(tabs, title=f"Annonskostnader {sheet.month}: underlag för interndebitering")
    proven(data, sheet)
    return data


def _sums(total: Total) -> tuple[Value, ...]:
    return total.net, total.vat, total.gross, total.lines


def _units(sheet: Sheet) -> Tab:
    head = ("Enhet", "Kostnadsställe", _NET, _VAT, _GROSS, "Rader")
    rows: list[Sequence[Value]] = [(*name, *_sums(total)) for name, total in sheet.units.items()]
    rows.append((f"Summa {sheet.month}", "", *_sums(sheet.total)))
    return Tab(title=_UNITS, head=head, rows=rows, bold=frozenset({len(rows) - 1}))


def _lines(sheet: Sheet) -> Tab:
    head = (
        "Enhet",
        "Kostnadsställe",
        "Enheten enligt",
        "Konto",
        "Kampanj",
        "Kampanj-id",
        "Från",
        "Till",
        _NET,
        _VAT,
        _GROSS,
        "Visningar",
        "Klick",
        "Sponsrat inlägg enligt rapporten",
        "Handling i arkivet",
    )
    rows: list[Sequence[Value]] = [
        (
            one.unit,
            one.cost_centre,
            _SOURCES[one.source],
            one.account,
            one.line.campaign,
            one.line.campaign_id,
            one.line.first,
            one.line.last,
            one.net,
            one.vat,
            one.gross,
            one.line.shown,
            one.line.clicks,
            one.line.advert,
            one.item or "",
        )
        for one in sheet.debits
    ]
    return Tab(title=_LINES, head=head, rows=rows)


def _accounts(sheet: Sheet) -> Tab:
    head = ("Konto", _NET, _VAT, _GROSS, "Rader", "Rader som inte räknas", "Rapporten", "Den", "Rapportens handling")
    rows: list[Sequence[Value]] = [
        (one.account, *_sums(sheet.accounts[one.account]), len(one.apart), _TAKEN[one.source], one.taken, one.item)
        for one in sheet.stored
    ]
    return Tab(title=_ACCOUNTS, head=head, rows=rows)


def _reconciled(sheet: Sheet, reconciled: Reconciled | None) -> Tab:
    rows: list[Sequence[Value]] = [("Underlagets summa, netto", sheet.total.net)]
    if sheet.rounding:
        rows.append(("Avrundning av raderna till hela ören, sammanlagt", ore(sheet.rounding)))
    if reconciled is None:
        rows.append(("Fakturans belopp är inte angivet; inget är avstämt.", None))
    else:
        rows.append(("Fakturans summa", reconciled.invoice))
        rows.append(("Skillnad (faktura minus underlag)", reconciled.difference))
        rows += [(told(one), one.amount) for one in reconciled.reasons]
        rows.append(("Stämmer på öret." if reconciled.equal else "Stämmer inte.", None))
    return Tab(title="Avstämning", head=("Uppgift", "Belopp (kr)"), rows=rows)


def _looked_over(sheet: Sheet) -> Tab:
    rows = [(one.subject, one.code, sentence(one.code, "sv", dict(one.parameters))) for one in sheet.findings]
    return Tab(title="Att se över", head=("Gäller", "Kod", "Vad"), rows=rows)


def proven(data: bytes, sheet: Sheet) -> None:
    """Read the file back and compare every sum. Raises GuardError (G-SHEET)."""
    book = load_workbook(io.BytesIO(data), data_only=False)
    for cells in (cell for one in book.worksheets for row in one.iter_rows() for cell in row):
        if cells.data_type not in ("s", "n", "d"):
            raise _wrong()
    units = list(book[_UNITS].iter_rows(min_row=2, values_only=True))
    lines = list(book[_LINES].iter_rows(min_row=2, values_only=True))
    accounts = list(book[_ACCOUNTS].iter_rows(min_row=2, values_only=True))
    wanted = (sheet.total.net, sheet.total.vat, sheet.total.gross)
    for offset, sum_ in enumerate(wanted):
        if sum_ is None:
            continue
        for rows, at in ((units[:-1], 2), (units[-1:], 2), (lines, 8), (accounts, 1)):
            if sum((_read(row[at + offset]) for row in rows), Decimal(0)) != sum_:
                raise _wrong()
    if len(lines) != len(sheet.debits):
        raise _wrong()


def _read(value: object) -> Decimal:
    """A cell's number; the library reads floating point, which is exact to the öre for what is written here."""
    return Decimal(str(value)).quantize(ORE)


def _wrong() -> GuardError:
    return GuardError("G-SHEET", "the spreadsheet does not say what was computed", "report this; hand nothing over")
