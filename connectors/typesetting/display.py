"""Text as the pages can show it: what the fonts lack stands visibly, nothing is dropped, nothing can be markup."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime

from schemas.calendar import ZONE

SHOWN = (
    "\\n\\u0020-\\u007e\\u00a1-\\u00ac\\u00ae-\\u017f\\u0218-\\u021b"  # Latin
    "\\u038e-\\u03a1\\u03a3-\\u03ce\\u0400-\\u045f\\u1e00-\\u1e99\\u1e9f-\\u1ef9"  # Greek, Cyrillic, more Latin
    "\\u2010-\\u2023\\u2026\\u2030-\\u2037\\u2039-\\u203a\\u20ac\\u2116\\u2122\\u2190-\\u2199\\u2212\\u2264-\\u2265\\ufffd"
)
"""Characters that both fonts of the template have. No control, no character without width, none that turns the
direction of writing: a name cannot look like another one."""

_OTHER = re.compile(f"[^{SHOWN}]")
_LONG = re.compile(r"\S{25,}")
_BREAK = "\u001f"
"""A place where a line may be broken. The template splits there and sets no character for it: a character without
width would be copied from the page together with the digits beside it."""
_DIGITS = 64
"""Characters of a digest in one line: 32 bytes in hexadecimal."""


def shown(text: str) -> str:
    """Text of a document as it is set: composed (NFC), other characters as ``⟦U+XXXX⟧``, long words breakable."""
    composed = unicodedata.normalize("NFC", text).replace("\r\n", "\n")
    visible = _OTHER.sub(lambda match: f"\u27e6U+{ord(match[0]):04X}\u27e7", composed)
    return breakable(visible)


def breakable(text: str) -> str:
    """Text whose long words have places where a line may be broken."""
    return _LONG.sub(lambda match: _broken(match[0], 12), text)


def code(text: str) -> str:
    """A digest, key or signature: lines of 64 characters, in which nothing but its characters stands."""
    whole = shown(text).replace(_BREAK, "")
    return "\n".join(whole[at : at + _DIGITS] for at in range(0, len(whole), _DIGITS))


def number(value: int) -> str:
    """A number in groups of three with spaces that do not break, as Swedish writes it."""
    written = f"{abs(value):,}".replace(",", "\u00a0")
    return f"\u2212{written}" if value < 0 else written


def day(value: date | None) -> str:
    """A civil day, or that it is not known."""
    return "okänd" if value is None else value.isoformat()


def span(first: date | None, last: date | None) -> str:
    """Two civil days as one text."""
    if first is None and last is None:
        return "okänd"
    return day(first) if first == last else f"{day(first)} – {day(last)}"


def moment(value: datetime) -> str:
    """An instant in Swedish time, to the second, with its distance from UTC."""
    local = value.astimezone(ZONE)
    distance = local.strftime("%z")
    return f"{local:%Y-%m-%d} kl. {local:%H.%M.%S} (UTC{distance[:3]}:{distance[3:]})"


def _broken(text: str, length: int) -> str:
    return _BREAK.join(text[at : at + length] for at in range(0, len(text), length))
