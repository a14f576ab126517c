"""Spreadsheets (XLSX): the same bytes for the same contents, text that never becomes a formula, numbers that are exact.

Text goes into cells as text whatever it begins with, and is marked so that a spreadsheet program does not read it again.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from schemas.text import for_xml

Value = str | int | Decimal | date | None
_MONEY: Final = "#,##0.00"
_WHOLE: Final = "#,##0"
_DAY: Final = "yyyy-mm-dd"
_TIME: Final = (2000, 1, 1, 0, 0, 0)
_STAMP: Final = b"2000-01-01T00:00:00Z"
_LONGEST: Final = 32_000
"""Characters of a cell; the format takes 32,767."""
_STARTERS: Final = ("=", "+", "-", "@", "\t", "\r", "'", "|", "%")
_NARROWEST, _WIDEST = 8, 70


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One sheet of a workbook.

    Attributes:
        title: at most 31 characters. head: headings. rows: as many cells as headings, each; ``Decimal`` is an amount.
        bold: numbers (from 0) of rows that are sums.
    """

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[Value]]
    bold: frozenset[int] = field(default=frozenset())


def workbook(tabs: Sequence[Tab], *, title: str) -> bytes:
    """An XLSX file of the tabs, in order."""
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.title = for_xml(title)
    book.properties.creator = "Bevara"
    book.properties.language = "sv-SE"
    for tab in tabs:
        _fill(book.create_sheet(tab.title), tab)
    out = io.BytesIO()
    book.save(out)
    return _fixed(out.getvalue())


def parts(text: str) -> list[str]:
    """Text as pieces that each fit in a cell; one empty piece for an empty text."""
    return [text[at : at + _LONGEST] for at in range(0, len(text), _LONGEST)] or [""]


def _fill(sheet: Any, tab: Tab) -> None:
    widths = [len(one) + 2 for one in tab.head]
    for number, heading in enumerate(tab.head, start=1):
        cell = sheet.cell(1, number)
        _put(cell, heading)
        cell.font = Font(bold=True)
        cell.alignment = Alignment(vertical="top", wrap_text=True)
    for row, values in enumerate(tab.rows, start=2):
        for number, value in enumerate(values, start=1):
            cell = sheet.cell(row, number)
            _put(cell, value)
            if row - 2 in tab.bold:
                cell.font = Font(bold=True)
            widths[number - 1] = max(widths[number - 1], _width(value))
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = min(max(width, _NARROWEST), _WIDEST)
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _put(cell: Cell, value: Value) -> None:
    if value is None or value == "":
        return
    if isinstance(value, str):
        # Said to be text, so that "=…" is no formula and "#N/A" no error, whatever the library would make of it.
        cell.value = for_xml(value)[:_LONGEST]
        cell.data_type = "s"
        cell.alignment = Alignment(vertical="top", wrap_text=True)
        if value.startswith(_STARTERS):
            cell.quotePrefix = True
        return
    cell.value = value
    cell.alignment = Alignment(vertical="top")
    cell.number_format = _MONEY if isinstance(value, Decimal) else _DAY if isinstance(value, date) else _WHOLE


def _width(value: Value) -> int:
    if isinstance(value, str):
        return max((len(line) for line in value.splitlines()), default=0) + 2
    return 0 if value is None else len(str(value)) + 5


def _fixed(data: bytes) -> bytes:
    """The same file without the time at which it was written."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for one in before.infolist():
            part = before.read(one.filename)
            if one.filename == "docProps/core.xml":
                part = re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>" + _STAMP, part)
            entry = zipfile.ZipInfo(one.filename, _TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            after.writestr(entry, part)
    return out.getvalue()
