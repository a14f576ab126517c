"""Tables of an exported archive: CSV that a text editor, a spreadsheet and a program read alike.

UTF-8, comma, every cell in double quotes, one line per row whatever is in the cells. What could be taken for a formula
or would break the line is written so that it can be had back exactly: ``cell`` says how, and so does ``LAS-MIG.txt``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import BinaryIO, Final

from schemas.text import from_xml

_SIGNS: Final = "=+\\-@\uff1d\uff0b\uff0d\uff20"
_FORMULA: Final = re.compile(f" *['{_SIGNS}]")
_CELL_AFTER: Final = re.compile(f";(?=[ \"']*[{_SIGNS}])")
_OPEN: Final = "\u27e6"


class Table:
    """One table, written row by row."""

    def __init__(self, sink: BinaryIO, head: Sequence[str]) -> None:
        """Write the head."""
        self._sink = sink
        self._width = len(head)
        self.rows = -1
        self.row(*head)

    def row(self, *cells: str) -> None:
        """Write a row. Raises ValueError: not as many cells as the head has."""
        if len(cells) != self._width:
            raise ValueError("a row has as many cells as the head")
        line = ",".join('"{}"'.format(cell(one).replace('"', '""')) for one in cells)
        self._sink.write(f"{line}\n".encode())
        self.rows += 1


def cell(text: str) -> str:
    """A cell's text: on one line, and harmless.

    Whatever is not printable (line breaks, controls, signs that turn the direction) stands as ``⟦U+XXXX⟧``, and so does
    an opening bracket of that sort (``schemas.text``). A text that a spreadsheet would take for a formula, or that
    begins with ``'``, gets a ``'`` first. A semicolon before a formula's sign is escaped too: spreadsheets that
    separate cells by semicolons would begin a cell there.
    """
    shown = "".join(one if one.isprintable() and one != _OPEN else _escaped(one) for one in text)
    shown = _CELL_AFTER.sub(_escaped(";"), shown)
    return f"'{shown}" if _FORMULA.match(shown) else shown


def cell_text(written: str) -> str:
    """The text that was given to ``cell``."""
    return from_xml(written.removeprefix("'"))


def _escaped(one: str) -> str:
    return f"{_OPEN}U+{ord(one):04X}\u27e7"
