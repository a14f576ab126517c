"""Text as it is compared when something is to be hidden in it: however it is written, the same words are found.

Folded away: case, composed and decomposed letters, compatibility forms (full width, mathematical letters), characters
that are not seen (zero width, direction, variation), accents and strokes (but for the ring and the dots of å, ä and ö,
which make other letters), vowel points, how white space is written, and percent encoding where it is asked for. Letters
of other alphabets that look alike are not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from schemas.graphemes import widened_all

_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad"  # controls, soft hyphen
    "\u0300-\u0307\u0309\u030b-\u036f\u0488\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ua670-\ua672\ufe20-\ufe2f"  # accents
    "\u0591-\u05c7\u064b-\u065f\u0670"  # points
    "\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"  # Default_Ignorable_Code_Point, Cf
)
_SPACE = re.compile(r"\s+")
_ESCAPED = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_HOST = re.compile(r"(?i)xn--[a-z0-9-]+")
_DOTS: Final = "\u0308\u030a"
"""Marks that make other letters of letters, decomposed: å, ä, ö."""
NO_MARK: Final = f"(?![{_DOTS}])"
NO_LETTER_BEFORE: Final = rf"(?<![^\W_])(?<![{_DOTS}])"
NO_LETTER_AFTER: Final = rf"(?![^\W_]|[{_DOTS}])"
_BEGINS = re.compile(NO_LETTER_BEFORE)
_ENDS = re.compile(rf"{NO_LETTER_AFTER}|s{NO_LETTER_AFTER}")
_BREAK: Final = rf"(?:[^\w{_DOTS}]|_)"
_BREAKS = re.compile(f"{_BREAK}+")
_LETTER: Final = rf"[^\W_][{_DOTS}]*"
_SPELLED = re.compile(rf"{NO_LETTER_BEFORE}{_LETTER}(?:{_BREAK}{{1,3}}{_LETTER}{NO_LETTER_AFTER}){{2,}}")
"""Letters that stand one by one: ``A n n a``, ``A.n.n.a``."""
_BETWEEN: Final = rf"(?:[^\w,;:!?{_DOTS}]|_){{0,3}}"
"""What may stand between the parts of a name: ``anna-larsson``, ``annalarsson``."""
SHORTEST: Final = 3
_DIGITS: Final = 4
_REMEMBERED: Final = 256
"""Texts and patterns whose folded form is kept while several words are looked for in them."""
_APART: Final = "\u0530"
"""Before this character stand the scripts that write words apart: Latin, Greek, Cyrillic."""
_ROUNDS: Final = 3
"""How often percent encoding is undone: what is encoded twice is read as well."""


@lru_cache(_REMEMBERED)
def fold(text: str) -> str:
    """The text as it is compared; words are apart by one space."""
    if text.isascii() and _UNSEEN.search(text) is None:
        return " ".join(text.lower().split())
    return _SPACE.sub(" ", _letters(text)).strip(" ")


def worth_looking_for(plain: str) -> bool:
    """Whether a folded string is long enough to say something: three characters, or four where they are digits."""
    size = len(letters(plain)) or len(plain.strip())
    return size >= (_DIGITS if letters(plain).isdigit() else SHORTEST)


def stands_together(plain: str) -> bool:
    """Whether a folded string is of a script whose words need not stand apart (Chinese, Thai; Arabic with its prefixes)."""
    return any(one >= _APART and one.isalpha() for one in plain)


def size(plain: str) -> int:
    """How many letters and digits a folded string has; the dots of å and ö are no letters of their own."""
    return sum(one.isalnum() for one in plain)


def alone(text: str, start: int, end: int) -> bool:
    """Whether what stands there in a folded text is no part of another word; the s of a genitive may follow."""
    begins = not text[start].isalnum() or _BEGINS.match(text, start) is not None
    return begins and (not (text[end - 1].isalnum() or text[end - 1] in _DOTS) or _ENDS.match(text, end) is not None)


def letters(text: str) -> str:
    """The folded text without anything but letters and digits."""
    return _BREAKS.sub("", fold(text))


def parts_of(text: str) -> list[str]:
    """The folded words of a name."""
    return [part for part in _BREAKS.split(fold(text)) if part]


def spelled_out(folded: str) -> str:
    """The folded text with letters that stand one by one put together; empty where none do."""
    if _SPELLED.search(folded) is None:
        return ""
    return str(_SPELLED.sub(lambda match: _BREAKS.sub("", match[0]), folded))


def decoded(text: str) -> str:
    """An address or a text with percent encoding undone, host names in letters; empty where that changes nothing."""
    found = text
    for _ in range(_ROUNDS):
        again = unquote(found, errors="replace")
        if again == found:
            break
        found = again
    if "xn--" in found.lower():
        found = _HOST.sub(lambda match: _host(match[0]), found)
    return "" if found == text else found


@lru_cache(_REMEMBERED)
def readings(text: str, *, address: bool = False) -> tuple[str, ...]:
    """Every way in which a text can be read, folded: as it stands, decoded, and spelled out.

    Args:
        address: a plus sign may be a space in it.
    """
    found: list[str] = []
    for one in (text, decoded(text)):
        if one:
            found.append(folded := fold(one))
            if address and "+" in folded:
                found.append(fold(folded.replace("+", " ")))
            if together := spelled_out(folded):
                found.append(together)
    return tuple(found)


def spans(text: str, wanted: re.Pattern[str]) -> list[tuple[int, int]]:
    """Where the pattern (of ``words`` or ``name``) is found in the text: whole characters, in order, apart.

    What is percent encoded is looked through as well. When something is found that cannot be placed, the whole text
    is: rather too much than too little.
    """
    found: set[tuple[int, int]] = set()
    for escaped in (False, True) if "%" in text else (False,):
        hits = wanted.finditer(fold(decoded(text)) if escaped else fold(text))
        if next(hits, None) is None:
            continue
        folded, places = _mapped(text, escaped=escaped)
        placed = {(places[match.start()][0], places[match.end() - 1][1]) for match in wanted.finditer(folded)}
        found |= placed or {(0, len(text))}
    return widened_all(text, sorted(found))


@lru_cache(_REMEMBERED)
def words(text: str) -> re.Pattern[str]:
    """What finds these words everywhere in a folded text, inside other words too. Raises ValueError: nothing to find."""
    parts = fold(text).split(" ")
    if not "".join(parts):
        raise ValueError("nothing that can be looked for")
    return re.compile(r"[\s+]+".join(map(re.escape, parts)) + NO_MARK)


@lru_cache(_REMEMBERED)
def name(text: str) -> re.Pattern[str]:
    """What finds a name: in one part as a word of its own (``Liv``, ``Livs``), in several however they are put together.

    Last name first is found too: ``Larsson, Anna``.

    Raises:
        ValueError: nothing to find.
    """
    parts = parts_of(text)
    if not parts:
        return words(text)
    core = _BETWEEN.join(map(re.escape, parts)) + NO_MARK
    if len(parts) > 1:
        turned = f"{re.escape(parts[-1])},? {' '.join(map(re.escape, parts[:-1]))}{NO_MARK}"
        return re.compile(f"{core}|{turned}")
    return re.compile(f"{NO_LETTER_BEFORE}@?{core}(?=s?{NO_LETTER_AFTER})")


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return str(_UNSEEN.sub("", plain))


def _host(text: str) -> str:
    try:
        return text.lower().encode("ascii").decode("idna")
    except UnicodeError:
        return text


def _mapped(text: str, *, escaped: bool) -> tuple[str, list[tuple[int, int]]]:
    """The folded text, and for each of its characters the span of the original that it comes from."""
    folded: list[str] = []
    places: list[tuple[int, int]] = []
    for start, end, plain in _units(text, escaped=escaped):
        for one in _letters(plain):
            space = _SPACE.fullmatch(one) is not None
            if space and folded and folded[-1] == " ":
                places[-1] = (places[-1][0], end)
                continue
            folded.append(" " if space else one)
            places.append((start, end))
    return "".join(folded), places


def _units(text: str, *, escaped: bool) -> Iterator[tuple[int, int, str]]:
    at = 0
    if escaped:
        for match in _ESCAPED.finditer(text):
            yield from ((place, place + 1, text[place]) for place in range(at, match.start()))
            yield match.start(), match.end(), decoded(match[0]) or match[0]
            at = match.end()
    yield from ((place, place + 1, text[place]) for place in range(at, len(text)))
