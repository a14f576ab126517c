r"""When two ways of writing are the same to a search: the key of a text, and the characters that need no such care. Pure.

``key`` is the whole definition. What counts as the same: canonically equal spellings (NFC), upper and lower case (full
Unicode case folding: ``ß`` is ``ss``, ``İ`` is ``i``), white space of any kind and length (one space). Invisible
characters (soft hyphen, zero-width space, signs that turn the direction) do not count; joiners and selectors of emoji
do. With ``fold`` marks on letters do not count either (``å`` is ``a``, ``é`` is ``e``).

Most texts are made of *plain* characters alone: each is its own key's one character, wherever it stands. Of such texts a
regular expression over the stored bytes says exactly what the keys would say; the others are compared by their keys.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

INVISIBLE: Final = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""Characters that do not count in a search."""
SPACES: Final = re.compile(r"\s+")
"""White space: Unicode's ``White_Space`` and the four separators U+001C to U+001F."""
_SELECTORS: Final = re.compile("[\ufe00-\ufe0f]")
_STANDINS: Final = {
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "ħ": "h",
    "ŧ": "t",
    "ı": "i",
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
}
"""Letters with a stroke and joined letters, which Unicode does not take apart."""
_BLOCKS: Final = (
    (0x0000, 0x024F),  # Latin
    (0x0370, 0x03FF),  # Greek
    (0x0400, 0x052F),  # Cyrillic
    (0x1E00, 0x1EFF),  # Latin with marks
    (0x200C, 0x200D),  # joiners
    (0x2010, 0x205E),  # punctuation
    (0x20A0, 0x20C0),  # currencies
    (0x2190, 0x2BFF),  # arrows, signs
    (0x3000, 0x3000),
    (0xFE0E, 0xFE0F),  # selectors
    (0x1F000, 0x1FAFF),  # emoji
)
"""Where plain characters are looked for."""


def key(text: str, *, fold: bool = False) -> str:
    """What two texts have in common that are the same to a search."""
    found = bare(text).casefold()
    found = unicodedata.normalize("NFC", found).replace("i\u0307", "i")
    if fold:
        found = unmarked(found)
    return SPACES.sub(" ", found)


def bare(text: str) -> str:
    """The text in NFC without invisible characters; case, spaces and marks as written."""
    return unicodedata.normalize("NFC", INVISIBLE.sub("", text))


def unmarked(text: str) -> str:
    """The text without marks on letters; case as written, selectors of emoji kept."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).translate(_UNMARKED))


class _Unmarked(dict[int, int | str | None]):
    """Code point → what is left of it; filled as characters are met."""

    def __missing__(self, code: int) -> int | str | None:
        one = chr(code)
        low = one.lower()
        left: int | str | None = code
        if unicodedata.category(one) == "Mn" and _SELECTORS.match(one) is None:
            left = None
        elif one in _STANDINS:
            left = _STANDINS[one]
        elif low in _STANDINS:
            left = _STANDINS[low].upper()
        self[code] = left
        return left


_UNMARKED: Final = _Unmarked()


def is_word(one: str) -> bool:
    """Whether a character belongs to a word: letters, numbers, marks on them, the low line."""
    return one == "_" or (unicodedata.category(one)[0] in "LNM" and _SELECTORS.match(one) is None)


@dataclass(frozen=True, slots=True)
class Plain:
    """The plain characters, for one way of folding.

    Attributes:
        spellings: a key's character → the plain characters with that key (spaces are in ``space`` alone).
        space: plain white space. known: all of them, spaces too. words: those that belong to words.
        Each is the inside of a regular expression's class, for RE2.
    """

    spellings: Mapping[str, str]
    space: str
    known: str
    words: str


@cache
def plain(*, fold: bool) -> Plain:
    """The plain characters. A character is plain if its key is one character and nothing beside it changes that."""
    spellings: dict[str, list[str]] = {}
    known: list[int] = []
    spaces: list[int] = []
    words: list[int] = []
    for number in (number for first, last in _BLOCKS for number in range(first, last + 1)):
        one = chr(number)
        if SPACES.fullmatch(one):
            spaces.append(number)
            known.append(number)
            continue
        alone = key(one, fold=fold)
        if len(alone) != 1 or unicodedata.combining(one) or unicodedata.combining(alone) or bare(one) != one:
            continue
        known.append(number)
        spellings.setdefault(alone, []).append(one)
        if is_word(alone):
            words.append(number)
    return Plain(
        spellings={one: _class(map(ord, some)) for one, some in spellings.items()},
        space=_class(spaces),
        known=_class(known),
        words=_class(words),
    )


def _class(numbers: Iterable[int]) -> str:
    """Code points as the inside of a class: runs drawn together, everything by number."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return "".join(_code(low) if low == high else f"{_code(low)}-{_code(high)}" for low, high in runs)


def _code(number: int) -> str:
    return f"\\x{{{number:x}}}"
