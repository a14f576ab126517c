"""A report's file as rows of text: encodings, separators, preambles, quoted line breaks. Bounded, and nothing is guessed twice."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from schemas.refusal import RefusedError

LARGEST: Final = 20 * 1024 * 1024
"""Bytes that a report may have."""
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 300
LONGEST_CELL: Final = 4000
_PREAMBLE: Final = 40
"""Rows among which the headings are looked for; some platforms write title, dates and account above them."""
_SEPARATORS: Final = (";", ",", "\t", "|")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The file's headings and the rows below them.

    Attributes:
        name: the file's name. line: number (from 1) of the line with the headings. headings: its cells. rows: line number
            and cells of each row below that is not empty; as many cells as there are headings.
    """

    name: str
    line: int
    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    def place(self, line: int, column: int) -> str:
        """How messages name a cell: ``rapport.csv: row 12: column Belopp``."""
        return f"{self.name}: row {line}: column {self.headings[column].strip() or column + 1}"


def decoded(data: bytes, name: str) -> str:
    """The file as text: UTF-8 or UTF-16 (with or without a byte order mark), or Windows-1252.

    Raises:
        RefusedError: too large, or no text.
    """
    if len(data) > LARGEST:
        raise RefusedError(name, f"{len(data)} bytes", "split the report: a file may have at most 20 MiB")
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.removeprefix("\ufeff")
    raise RefusedError(name, "…", "save the report as CSV in UTF-8; spreadsheets (XLSX) are exported as CSV first")


def _encodings(data: bytes) -> tuple[str, ...]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    if b"\0" in data[:200]:
        # UTF-16 without its mark: letters of Latin script have a zero byte on one side.
        return ("utf-16-le",) if data[1:200:2].count(0) > data[0:200:2].count(0) else ("utf-16-be",)
    return ("utf-8-sig", "cp1252")


def grid(text: str, name: str, known: Callable[[Sequence[str]], int]) -> Grid:
    """Rows and headings.

    Args:
        known: how many of a row's cells are headings that are known; the row with the most is the one.

    Raises:
        RefusedError: no row has headings that are known, a row is broken, or there is too much of it.
    """
    best: tuple[int, int, list[tuple[int, list[str]]]] = (0, 0, [])
    refused: RefusedError | None = None
    for separator in _SEPARATORS:
        try:
            rows = _rows(text, name, separator)
        except RefusedError as error:
            refused = refused or error
            continue
        for at, (_, cells) in enumerate(rows[:_PREAMBLE]):
            hits = known(cells)
            if hits > best[0]:
                best = (hits, at, rows)
    if not best[0]:
        raise refused or RefusedError(
            f"{name}: row 1", "…", "the headings are not known; name the columns in a mapping file (--mapping)"
        )
    return _cut(name, best[1], best[2])


def _rows(text: str, name: str, separator: str) -> list[tuple[int, list[str]]]:
    """Line number and cells of each row, empty ones left out."""
    body, lines = text, 0
    if text[:4].casefold() == "sep=":
        # A line that tells a spreadsheet program the separator.
        first, _, body = text.partition("\n")
        lines = 1
        if first.strip()[4:] not in (separator, ""):
            return []
    # Blank lines with white space alone, tabs or separators are rows of empty cells, and left out below.
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=separator, strict=True)
    found: list[tuple[int, list[str]]] = []
    line = lines + 1
    try:
        for cells in reader:
            if len(cells) > MOST_COLUMNS or any(len(cell) > LONGEST_CELL for cell in cells):
                remedy = f"use at most {MOST_COLUMNS} columns and {LONGEST_CELL} characters in a cell"
                raise RefusedError(f"{name}: row {line}", "…", remedy)
            if any(cell.strip() for cell in cells):
                found.append((line, [_clean(cell) for cell in cells]))
            if len(found) > MOST_ROWS:
                raise RefusedError(f"{name}: row {line}", "…", f"split the report: at most {MOST_ROWS} rows are read")
            line = lines + reader.line_num + 1
    except csv.Error as error:
        raise RefusedError(f"{name}: row {line}", "…", f"mend the row ({error}), or export the report anew") from None
    return found


def _clean(cell: str) -> str:
    """A cell without control characters and white space around it; a line break within becomes a space."""
    return "".join(" " if unicodedata.category(one) == "Cc" else one for one in cell).strip()


def _cut(name: str, at: int, rows: list[tuple[int, list[str]]]) -> Grid:
    top, headings = rows[at]
    while headings and not headings[-1]:
        headings = headings[:-1]
    below = []
    for line, cells in rows[at + 1 :]:
        if any(cells[len(headings) :]):
            remedy = (
                "the row has more cells than there are headings, so its amounts may stand in another column; mend it"
            )
            raise RefusedError(f"{name}: row {line}", "…", remedy)
        below.append((line, (*cells[: len(headings)], *([""] * (len(headings) - len(cells))))))
    return Grid(name=name, line=top, headings=tuple(headings), rows=tuple(below))
