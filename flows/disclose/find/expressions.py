r"""Regular expressions that officers write: RE2's, which takes time in proportion to the text alone, read as Unicode. Pure.

RE2 knows ``\w``, ``\d``, ``\s`` for ASCII alone; here they mean letters, numbers and white space of every script. What
cannot be given that meaning is refused, so that no word with å, ä or ö is missed in silence: ``\b``, ``\B``, negated
classes inside brackets, POSIX classes; with folded marks, ranges whose letters are written otherwise then (``[å-ö]``
would become ``[a-o]``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from flows.disclose.find.spelling import bare, unmarked
from schemas.refusal import RefusedError

LONGEST: Final = 1000
"""Characters of one expression."""
_FIELD: Final = "--regex"
_SPACE: Final = r"\t-\r\x{1c}-\x{20}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"
_INSIDE: Final = {"w": r"\pL\pN\pM_", "d": r"\p{Nd}", "s": _SPACE}
_OUTSIDE: Final = {
    **{name: f"[{some}]" for name, some in _INSIDE.items()},
    **{name.upper(): f"[^{some}]" for name, some in _INSIDE.items()},
}
_BOUNDARY: Final = "RE2 knows where words end for ASCII alone; use --word or --start, or write [^\\w]"
_CHARACTER: Final = "write the characters themselves instead"
_REFUSED: Final = {"b": _BOUNDARY, "B": _BOUNDARY, "C": _CHARACTER, "Q": _CHARACTER, "E": _CHARACTER}
_TOKEN: Final = re.compile(
    r"\\x\{[^}]*\}|\\x[0-9A-Fa-f]{2}|\\[0-7]{1,3}|\\[pP](?:\{[^}]*\}|.)|\\.|\[:|.|\\\Z", re.DOTALL
)


def compiled(expression: str, number: int, *, fold: bool) -> str:
    """The expression as RE2 is given it, case ignored; matched against texts in NFC (``spelling.bare``).

    Args:
        number: which ``--regex`` it is, from 1; errors name it and the character, never the expression.
        fold: marks on letters do not count; the texts are without them (``spelling.unmarked``).

    Raises:
        RefusedError: too long, not an expression, too large when spelled out, or one that would miss words.
    """
    if len(expression) > LONGEST:
        raise RefusedError(_FIELD, f"number {number}", f"write at most {LONGEST} characters")
    # Without what does not count in a text: it would find nothing.
    written = bare(expression)
    try:
        # As written first: a place in it is a place that the officer knows.
        pc.match_substring_regex(pa.array([""]), written)
    except pa.ArrowInvalid as error:
        raise _refused(number, written, str(error)) from None
    found = "(?i)" + "".join(_translated(written, number, fold=fold))
    try:
        pc.match_substring_regex(pa.array([""]), found)
    except pa.ArrowInvalid as error:
        raise _refused(number, written, str(error)) from None
    return found


def _translated(written: str, number: int, *, fold: bool) -> Iterator[str]:
    inside = False
    began = -1
    tokens = list(_TOKEN.finditer(written))
    for place, match in enumerate(tokens):
        one, at = match[0], match.start()
        name = one[1:]
        if one.startswith("\\") and len(one) == 2 and name.isalpha():
            if name in _REFUSED:
                raise _at(number, at, _REFUSED[name])
            meant = (_INSIDE if inside else _OUTSIDE).get(name)
            if meant is None and name in "WDS":
                raise _at(number, at, "a negated class cannot stand inside brackets; put the caret first: [^\\w]")
            yield meant or one
            continue
        if inside and one == "[:":
            raise _at(number, at, "such classes are of ASCII alone; write \\pL for letters, \\pN for numbers")
        if one == "[:":  # two characters, the first of which begins a class
            inside, began = True, at
            yield "[:"
            continue
        if one == "[" and not inside:
            inside, began = True, at
        elif one == "]" and inside and written[began + 1 : at] not in {"", "^"}:
            inside = False
        yield _folded(tokens, place, number, inside=inside and at > began) if fold else one


def _folded(tokens: Sequence[re.Match[str]], place: int, number: int, *, inside: bool) -> str:
    """A token as it is to stand where texts have no marks on letters."""
    match = tokens[place]
    one = _character(match[0])
    if one is None:
        return match[0]
    left = unmarked(one)
    if not inside:
        # What follows may be said of all of it: ``æ+``.
        return match[0] if left == one else _spelled(left) if len(left) < 2 else f"(?:{_spelled(left)})"
    if _ranges(tokens, place):
        last = _character(tokens[place + 2][0]) or one
        if any(unmarked(chr(code)) != chr(code) for code in range(ord(one), ord(last) + 1)):
            raise _at(
                number, match.start(), "with --fold marks do not count; write the letters themselves, not a range"
            )
        return match[0]
    if len(left) > 1:
        raise _at(number, match.start(), f"with --fold it is {len(left)} letters; write it outside brackets: (a|b)")
    if not left and tokens[place - 1][0] in {"[", "^", "-", "[:"}:
        raise _at(number, match.start(), "with --fold marks do not count; leave it out")
    return match[0] if left == one else _spelled(left)


def _ranges(tokens: Sequence[re.Match[str]], place: int) -> bool:
    """Whether a token inside brackets begins a range."""
    after = [one[0] for one in tokens[place + 1 : place + 3]]
    return len(after) == 2 and after[0] == "-" and after[1] != "]"


def _character(token: str) -> str | None:
    """The character that a token stands for, or None: it stands for several, or for none."""
    if not token.startswith("\\"):
        return token if len(token) == 1 else None
    if token[1] in "01234567":
        return chr(int(token[1:], 8))
    if token[1] == "x":
        return chr(int(token[2:].strip("{}"), 16))
    return None if token[1].isalpha() else token[1]


def _spelled(text: str) -> str:
    return "".join(one if one.isalnum() else f"\\x{{{ord(one):x}}}" for one in text)


def _refused(number: int, written: str, error: str) -> RefusedError:
    """RE2 says what is wrong and quotes it: the place is told, not the quotation."""
    told = error.partition("Invalid regular expression: ")[2] or error
    reason, _, quoted = told.partition(": ")
    place = written.find(quoted) if quoted else -1
    where = f" at character {place + 1}" if place >= 0 else ""
    known = reason if reason.isascii() and len(reason) < 80 else "not an expression"
    return RefusedError(_FIELD, f"number {number}", f"RE2 does not take it{where} ({known}); write another")


def _at(number: int, at: int, remedy: str) -> RefusedError:
    return RefusedError(_FIELD, f"number {number}, character {at + 1}", remedy)
