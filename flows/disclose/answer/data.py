"""The records of an answer as data: ``handlingar.csv`` and ``handlingar.json``.

Both are made of ``Given`` and of nothing else. CSV: UTF-8 with a byte order mark, semicolons, every cell in quotes. A
spreadsheet takes a cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a line break for something to work out: such a
cell gets an apostrophe before it, which the reading note says; JSON has the exact text.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO, Final

from flows.disclose.answer.entry import Entry, Labels
from flows.keep.blocks import COUNTS
from schemas.calendar import local_time
from schemas.codes.words import ROLES, value
from schemas.request import Given, GivenFile

COLUMNS: Final[tuple[tuple[str, str], ...]] = (
    ("nr", "handlingens nummer i den här leveransen; bilagornas namn börjar med det"),
    ("id", "handlingens id hos oss"),
    ("version", "vilken lydelse av handlingen det är; 1 är den första"),
    ("beslut", "lämnas ut, lämnas ut delvis, eller lämnas inte ut"),
    ("slag", "inlägg, kommentar, eget svar …"),
    ("plattform", "där handlingen fanns"),
    ("konto", "vårt konto där"),
    ("eget", "ja om vi själva har skrivit den"),
    ("publicerad", "svensk tid; tom om den inte är känd"),
    ("andrad", "när den ändrades enligt plattformen, svensk tid"),
    ("lage", "synlig, dold, borta eller okänt när den senast sågs"),
    ("avsandare", "namn som det visades"),
    ("text", "hela texten i den lydelsen"),
    ("adress", "adress på plattformen"),
    ("lankar", "länkar, en per rad"),
    ("siffror", "det som plattformen räknade, en uppgift per rad"),
    ("bilagor", "bilagornas filer, eller vad som står i deras ställe, en per rad"),
    ("alternativtexter", "beskrivningar av bilagorna, en per rad, i samma ordning"),
    ("bestammelser", "bestämmelser som något är maskerat eller nekat enligt"),
)
"""Columns of the CSV, with what the reading note says of each."""
VERDICTS: Final = {"give": "lämnas ut", "partly": "lämnas ut delvis", "refuse": "lämnas inte ut"}
BOM: Final = b"\xef\xbb\xbf"
_GUARDED: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def guarded(cell: str) -> str:
    """The cell as text for a spreadsheet: one that would be worked out gets an apostrophe before it.

    Spaces before the sign count for nothing, and one that begins with an apostrophe gets one too, so that taking one
    away from every such cell gives the exact text back.
    """
    first = cell.lstrip(" \u00a0\ufeff\u200b")
    return f"'{cell}" if first.startswith(_GUARDED) or cell.startswith("'") else cell


def csv_head() -> bytes:
    """The byte order mark and the line of the columns' names."""
    return BOM + _line([name for name, _ in COLUMNS])


def csv_line(entry: Entry, labels: Labels) -> bytes:
    """One record as a line of the CSV."""
    return _line([guarded(one) for one in csv_cells(entry, labels)])


def csv_cells(entry: Entry, labels: Labels) -> list[str]:
    """The values of a record's line, in the order of ``COLUMNS``, as they are before they are guarded."""
    one = entry.given
    return [
        str(entry.number),
        one.item,
        str(one.version),
        VERDICTS[one.verdict],
        value(one.kind, "sv"),
        one.platform,
        one.account,
        "ja" if one.own else "nej",
        instant(one.published),
        instant(one.edited),
        "" if one.verdict == "refuse" else value(one.state, "sv"),
        one.author or "",
        one.text if one.verdict != "refuse" else labels.record(one.provisions),
        one.address,
        "\n".join(one.links),
        "\n".join(counted(one)),
        "\n".join(file_words(entry, file, labels) for file in one.files),
        "\n".join(file.alt or "" for file in one.files) if any(file.alt for file in one.files) else "",
        labels.listed(one.provisions),
    ]


def file_words(entry: Entry, file: GivenFile, labels: Labels) -> str:
    """An attachment in one line: its name in the package, or what stands in its place."""
    out = entry.file(file.number)
    if out is not None:
        return out.name
    if file.state == "removed":
        return labels.file(file.provision)
    word = role_word(file)
    return f"[{word} finns inte i arkivet]" if file.state == "missing" else f"[{word} är inte med i den här leveransen]"


def counted(given: Given) -> list[str]:
    """What the platform counted, in Swedish: ``gillamarkeringar 12``; a counter without a word by its own name."""
    return [f"{COUNTS.get(name, name)} {number}" for name, number in given.counts]


def role_word(file: GivenFile) -> str:
    """What an attachment is, in Swedish."""
    return next((word for role, word in ROLES.items() if role == file.role), "bilaga")


def json_object(entry: Entry) -> dict[str, Any]:
    """One record's JSON values: the fields of ``Given``, and its number.

    ``files``: number from 1, role, media_type, language, alt, state, provision; and name, size (bytes) and sha256 of
    the file that goes out, each null where none does. Where masks lie is not told, nor anything of an original.
    """
    one = entry.given
    return {
        "number": entry.number,
        "item": one.item,
        "version": one.version,
        "verdict": one.verdict,
        "kind": one.kind,
        "platform": one.platform,
        "account": one.account,
        "own": one.own,
        "published": instant(one.published) or None,
        "edited": instant(one.edited) or None,
        "state": one.state,
        "author": one.author,
        "text": one.text,
        "address": one.address,
        "links": list(one.links),
        "counts": dict(one.counts),
        "files": [_file(entry, file) for file in one.files],
        "provisions": list(one.provisions),
    }


def _file(entry: Entry, file: GivenFile) -> dict[str, Any]:
    out = entry.file(file.number)
    return {
        "number": file.number + 1,
        "role": file.role,
        "media_type": file.media_type if out is None else out.given.media_type,
        "language": file.language,
        "alt": file.alt,
        "state": file.state,
        "provision": file.provision,
        "name": None if out is None else out.name,
        "size": None if out is None else out.size,
        "sha256": None if out is None else out.sha256,
    }


class DataFiles:
    """Writes both files, record by record; memory is that of one."""

    def __init__(self, table: BinaryIO, values: BinaryIO, labels: Labels) -> None:
        """``table``: the CSV. ``values``: the JSON, one array with one object to a line."""
        self._table = table
        self._values = values
        self._labels = labels
        self._first = True
        table.write(csv_head())
        values.write(b"[")

    def add(self, entry: Entry) -> None:
        """Write one record."""
        self._table.write(csv_line(entry, self._labels))
        text = json.dumps(json_object(entry), ensure_ascii=False)
        self._values.write(("\n" if self._first else ",\n").encode() + text.encode("utf-8"))
        self._first = False

    def end(self) -> None:
        """Close the array."""
        self._values.write(b"\n]\n")


def instant(at: datetime | None) -> str:
    """A time in Sweden with its distance from UTC; empty for none."""
    return "" if at is None else local_time(at).isoformat(timespec="seconds")


def open_values(entry: Entry) -> Iterator[str]:
    """Every text of a record that somebody wrote, as it goes out."""
    one = entry.given
    yield from (text for text in (one.author, one.text, one.address, *one.links) if text)
    yield from (file.alt for file in one.files if file.alt)


def _line(cells: list[str]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(cells)
    return out.getvalue().encode("utf-8")
