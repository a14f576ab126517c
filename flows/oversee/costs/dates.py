"""Days as reports write them. Whether the day or the month stands first is told by a whole column, never by one cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from schemas.refusal import RefusedError

_ISO: Final = re.compile(r"([0-9]{4})([-/.])(0?[1-9]|1[0-2])\2([0-9]{1,2})(?:[T ][0-9:.+Z -]*)?")
_PACKED: Final = re.compile(r"([0-9]{4})(0[1-9]|1[0-2])([0-9]{2})")
_PARTS: Final = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})(?:[T ][0-9:.+Z -]*)?")
_WORDS: Final = re.compile(r"([0-9]{1,2})\.? ([a-zåäö]+)\.?,? ([0-9]{4})")
_WORDS_FIRST: Final = re.compile(r"([a-zåäö]+)\.? ([0-9]{1,2}),? ([0-9]{4})")
_MONTHS: Final = (
    ("jan", "januari", "january"),
    ("feb", "februari", "february"),
    ("mar", "mars", "march"),
    ("apr", "april"),
    ("maj", "may"),
    ("jun", "juni", "june"),
    ("jul", "juli", "july"),
    ("aug", "augusti", "august"),
    ("sep", "sept", "september"),
    ("okt", "oct", "oktober", "october"),
    ("nov", "november"),
    ("dec", "december"),
)
_NUMBERS: Final = {word: number for number, words in enumerate(_MONTHS, start=1) for word in words}

Order = str
"""``dm``: the day stands first, ``md``: the month does."""


def readings(text: str) -> dict[Order, date]:
    """What a cell can mean, by order; the same day under both where nothing is open. Empty: it is no day."""
    bare = " ".join(text.casefold().split())
    found: dict[Order, date | None]
    if match := _ISO.fullmatch(bare):
        found = dict.fromkeys(("dm", "md"), _day(match[1], match[3], match[4]))
    elif match := _PACKED.fullmatch(bare):
        found = dict.fromkeys(("dm", "md"), _day(match[1], match[2], match[3]))
    elif match := _WORDS.fullmatch(bare):
        found = dict.fromkeys(("dm", "md"), _day(match[3], _NUMBERS.get(match[2]), match[1]))
    elif match := _WORDS_FIRST.fullmatch(bare):
        found = dict.fromkeys(("dm", "md"), _day(match[3], _NUMBERS.get(match[1]), match[2]))
    elif match := _PARTS.fullmatch(bare):
        year = match[4] if len(match[4]) == 4 else f"20{match[4]}"
        found = {"dm": _day(year, match[3], match[1])}
        if match[2] != ".":
            found["md"] = _day(year, match[1], match[3])
    else:
        found = {}
    return {order: day for order, day in found.items() if day is not None}


def _day(year: str, month: str | int | None, day: str) -> date | None:
    try:
        return date(int(year), int(month or 0), int(day))
    except ValueError:
        return None


def days(cells: Sequence[tuple[str, str]], fits: Callable[[date], bool]) -> list[date]:
    """The days of columns that are written alike.

    Args:
        cells: place and text of each. fits: whether a day lies where the report's days are to lie; asked only where both
            orders make days of all cells and do not agree.

    Raises:
        RefusedError: a cell is no day, or the order cannot be told.
    """
    read = [(place, text, readings(text)) for place, text in cells]
    for place, text, found in read:
        if not found:
            raise RefusedError(place, text, "write days like 2026-03-31")
    able = [order for order in ("dm", "md") if all(order in found for _, _, found in read)]
    if not able:
        place, text, _ = next(one for one in read if len(one[2]) == 1)
        raise RefusedError(place, text, "write every day in the column alike, for example 2026-03-31")
    columns = [[found[order] for _, _, found in read] for order in able]
    if len(columns) == 1 or columns[0] == columns[1]:
        return columns[0]
    fitting = [column for column in columns if all(map(fits, column))]
    if len(fitting) == 1:
        return fitting[0]
    place, text, _ = next(one for one in read if len(set(one[2].values())) > 1)
    raise RefusedError(place, text, "day and month cannot be told apart; export the report with days like 2026-03-31")
