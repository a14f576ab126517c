"""Amounts as people and platforms write them, read exactly: ``1 234,50``, ``1.234,50``, ``1,234.50``, ``−12,00``, ``(5)``.

Whether a comma or a point is the decimal sign is told by a whole column, never by one cell: ``1,234`` alone is two amounts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from schemas.refusal import RefusedError

Sign = Literal[",", "."]
SIGNS: Final[tuple[Sign, ...]] = (",", ".")
LARGEST: Final = Decimal(10) ** 12
"""Amounts are smaller than this, so that a spreadsheet program (15 digits) shows every öre of them and of their sums."""
DECIMALS: Final = 10
"""Digits after the decimal sign that are read; platforms write at most six."""
_LONGEST: Final = 60
_MINUS: Final = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d", "-"))
_CURRENCY: Final = {"kr": "SEK", "kr.": "SEK", ":-": "SEK", "€": "EUR", "$": "USD", "£": "GBP"}
_AROUND: Final = re.compile(
    r"(?P<before>[A-Za-z€$£.:-]*?) ?(?P<number>-?[0-9.,][0-9., ]*?) ?(?P<after>[A-Za-z€$£:.]*-?)"
)
_CODE: Final = re.compile(r"[A-Za-z]{3}")
_EMPTY: Final = frozenset({"", "-", "--"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An amount taken apart: what stands of digits and separators, whether it is negative, its currency or empty."""

    number: str
    negative: bool
    currency: str


def written(text: str) -> Written | None:
    """Take a cell apart; None for an empty one (also a lone dash). Raises ValueError: it is no amount."""
    bare = " ".join(unicodedata.normalize("NFKC", text).translate(_MINUS).split())
    if bare in _EMPTY:
        return None
    if len(bare) > _LONGEST:
        raise ValueError("too long")
    bracketed = bare.startswith("(") and bare.endswith(")")
    found = _AROUND.fullmatch(bare[1:-1].strip() if bracketed else bare)
    if found is None:
        raise ValueError("no amount")
    before, number, after = found["before"], found["number"], found["after"]
    minus = [before.startswith("-") or before.endswith("-"), number.startswith("-")]
    before = before.strip("-")
    if after != ":-":
        minus.append(after.endswith("-"))
        after = after.rstrip("-")
    if sum(minus) + bracketed > 1 or (before and after):
        raise ValueError("no amount")
    return Written(
        number=number.removeprefix("-").strip(), negative=bracketed or any(minus), currency=_code(before or after)
    )


def _code(word: str) -> str:
    known = _CURRENCY.get(word.casefold())
    if known is None and word and not _CODE.fullmatch(word):
        raise ValueError("no amount")
    return known or word.upper()


def _shape(sign: Sign) -> re.Pattern[str]:
    group = re.escape(SIGNS[1 - SIGNS.index(sign)])
    whole = rf"[0-9]+|[0-9]{{1,3}}(?: [0-9]{{3}})+|[0-9]{{1,3}}(?:{group}[0-9]{{3}})+"
    return re.compile(rf"(?P<whole>{whole}|)(?:{re.escape(sign)}(?P<part>[0-9]{{1,{DECIMALS}}}))?")


_SHAPES: Final[dict[Sign, re.Pattern[str]]] = {sign: _shape(sign) for sign in SIGNS}


def value(one: Written, sign: Sign) -> Decimal | None:
    """The amount under that decimal sign; None when it cannot be written so, or is too large."""
    found = _SHAPES[sign].fullmatch(one.number)
    if found is None or not (found["whole"] or found["part"]):
        return None
    digits = re.sub(r"[^0-9]", "", found["whole"] or "0")
    amount = Decimal(f"{digits}.{found['part']}" if found["part"] else digits)
    return (-amount if one.negative else amount) if amount < LARGEST else None


def decimal_sign(cells: Sequence[tuple[str, Written]], wanted: Sign | None = None) -> Sign:
    """The decimal sign of a column.

    Args:
        cells: place and amount of each cell. wanted: what a mapping says; None = the cells tell.

    Raises:
        RefusedError: a cell is no amount under it, two cells contradict each other, or nothing tells which is meant.
    """
    able = [sign for sign in ([wanted] if wanted else SIGNS) if all(value(one, sign) is not None for _, one in cells)]
    if not able:
        place, one = _culprit(cells, wanted)
        raise RefusedError(place, one.number, "write every amount in the column alike, for example 1 234,50")
    if len(able) > 1:
        for place, one in cells:
            if value(one, ",") != value(one, "."):
                remedy = 'nothing in the column tells whether the sign is a decimal sign; say it in the mapping: decimal = ","'
                raise RefusedError(place, one.number, remedy)
    return able[0]


def _culprit(cells: Sequence[tuple[str, Written]], wanted: Sign | None) -> tuple[str, Written]:
    """The first cell that cannot be read as those before it were."""
    able = {wanted} if wanted else set(SIGNS)
    for place, one in cells:
        able = {sign for sign in able if value(one, sign) is not None}
        if not able:
            return place, one
    return cells[-1]
