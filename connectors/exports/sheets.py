"""Read CSV files of any size row by row, by the header's names, with the oddities that exports have."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Iterator
from typing import BinaryIO

from schemas.refusal import RefusedError

_NOTE_LINES = 20
"""Lines of notes that may stand before the header."""
LARGEST = 16 * 1024 * 1024
"""Characters that one field may have."""


def rows(
    stream: BinaryIO, required: Collection[str], *, lost: Callable[[str], None] = lambda _: None
) -> Iterator[dict[str, str]]:
    """The rows as header name (lower case, trimmed) → value, in the file's order; quotes may span lines.

    The header is the first row that has every required name (lower case); notes before it are passed over. Values
    beyond the header's columns stand under ``""`` joined by tabs; a missing value is an empty one.

    Args:
        required: names that the header must have. lost: called with I108 for a row that cannot be read.

    Raises:
        RefusedError: there is no such header.
    """
    csv.field_size_limit(LARGEST)
    reader = csv.reader(io.TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline=""))
    header: list[str] | None = None
    passed = 0
    while True:
        try:
            values = next(reader)
        except StopIteration:
            break
        except csv.Error:
            lost("I108")
            continue
        if header is None:
            names = [value.strip().lower() for value in values]
            if set(required) <= set(names):
                header = names
            elif (passed := passed + 1) > _NOTE_LINES:
                break
            continue
        if not any(values):
            continue
        row = dict.fromkeys(header, "")
        row.update(zip(header, values, strict=False))
        if len(values) > len(header):
            row[""] = "\t".join(values[len(header) :])
        yield row
    if header is None:
        raise RefusedError("PATH", "…", f"a table of the export has no column {', '.join(sorted(required))}")
