"""Swedish personal identity numbers and coordination numbers in a text: real dates, checksum, and what only looks so.

The last digit is the check digit over the nine before it (Luhn, folkbokföringslagen 18 §); a coordination number's day has 60
added (lag om samordningsnummer). An organisation number has a month of 20 or more and is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from schemas.watch import Certainty

_NUMBER: Final = re.compile(
    r"(?<![\d+/_@-])(?<!\d[.,:])(1[89]|20)?(\d{2})[ .]?(\d{2})[ .]?(\d{2})( ?[-–−+‐] ?| )?(\d{4})(?![\d_@]|[-/.,:]\d)"
)
_PLACES: Final = re.compile(
    r"(?<![\d-])(?:(1[89]|20)(\d{2})|(\d{2}))([-/.])(\d{2})\4(\d{2})( ?[-–+] ?| )(\d{4})(?![\d])"
)
_OTHER: Final = re.compile(
    r"\b(?:ocr|bankgiro|plusgiro|bg|pg|kundn|fakturan|faktura|orgn|organisationsn|org\.?\s?n|ordern|order|diarien|dnr|ärenden|"
    r"referens|ref|serien|artikel|kolli|spårning|isbn|konto|clearing|mätar|anläggnings|swish|medlemsn|kvitto|tel|tfn|telefon|mobil|ring|nummerplåt|imei|ean)\w{0,12}[.:# ]{0,4}\Z",
    re.IGNORECASE,
)
_NAMED: Final = re.compile(
    r"\b(?:person-?nummer|personnr|pers\.?nr|pnr|samordningsn\w{0,8}|p\.?nr|id-?nummer|socialförsäkringsn\w{0,8})\b",
    re.IGNORECASE,
)
_LAST: Final = 2049
"""Years beyond are no birth years."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number that may be somebody's: where it stands, and how sure that is.

    Attributes:
        start, end: characters of the text. coordination: the day has 60 added.
    """

    start: int
    end: int
    certainty: Certainty
    coordination: bool


def identity_numbers(text: str) -> Iterator[Number]:
    """Numbers in the text, in order.

    ``sure``: real date, checksum holds, written with its separator or its century. ``likely``: ten digits in a row with both, or the text
    calls it a personal number. ``uncertain``: ten digits in a row that may be a telephone number, or one called a
    personal number whose checksum does not hold. What is called something else (OCR, order, diary number) is none.
    """
    named = None
    for found in sorted((*_NUMBER.finditer(text), *_PLACES.finditer(text)), key=re.Match.start):
        if found.re is _NUMBER:
            century, year, month, day, separator, tail = found.groups()
        else:
            century, with_century, without, _, month, day, separator, tail = found.groups()
            year = with_century or without
        coordination = int(day) > 60
        if not _real(century, int(year), int(month), int(day) - 60 * coordination):
            continue
        if named is None:
            named = _NAMED.search(text) is not None
        good = checksum(year + month + day + tail)
        before = text[max(0, found.start() - 24) : found.start()]
        if _OTHER.search(before):
            continue
        if not good and not named:
            continue
        bare = not (separator or "").strip()
        told: Certainty = "uncertain"
        if good:
            told = _sureness(bare=bare, century=bool(century), named=named, apart=found.re is _PLACES, year=year)
        yield Number(found.start(), found.end(), told, coordination)


def _sureness(*, bare: bool, century: bool, named: bool, apart: bool, year: str) -> Certainty:
    """How sure a number with a right checksum is. apart: its day is written with signs between, as a point in time may be."""
    if bare and apart:
        return "likely" if named else "uncertain"
    if not bare or century:
        return "sure"
    return "uncertain" if year == "07" and not named else "likely"  # A mobile number begins so.


def checksum(ten: str) -> bool:
    """Whether the last of ten digits is the check digit of the nine before it."""
    total = 0
    for place, one in enumerate(ten[:9]):
        value = int(one) * (2 - place % 2)
        total += value - 9 if value > 9 else value
    return (10 - total % 10) % 10 == int(ten[9])


def _real(century: str | None, year: int, month: int, day: int) -> bool:
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        return False
    for one in (century,) if century else ("19", "20", "18"):
        whole = int(one) * 100 + year
        if whole > _LAST or (century and whole < 1870):
            continue
        try:
            date(whole, month, day)
        except ValueError:
            continue
        return True
    return False
