r"""Characters that Parquet or XML cannot hold, written visibly and restored exactly.

A character that cannot be written stands as ``⟦U+XXXX⟧`` (U+27E6, code point in hexadecimal, U+27E7). So that
reading is exact, an opening bracket that was in the text itself is written as ``⟦U+27E6⟧``.

Two uses, the same form:

* ``visible`` is applied once in every ``parse``: a lone surrogate cannot be encoded in UTF-8, so the text column
  shows it; the payload keeps JSON's own ``\udXXX``.
* ``schemas.xml.record`` applies ``for_xml`` to every string it writes and ``from_xml`` to what it reads.
"""

from __future__ import annotations

import re
import unicodedata

_OPEN = "\u27e6"
_SURROGATE = re.compile("[\ud800-\udfff]")
_SURROGATE_OR_OPEN = re.compile("[\ud800-\udfff\u27e6]")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|\u27e6")
_ESCAPED = re.compile("\u27e6U\\+([0-9A-F]{4,6})\u27e7")


def _escape(match: re.Match[str]) -> str:
    return f"\u27e6U+{ord(match[0]):04X}\u27e7"


def visible(text: str) -> str:
    """Text that can be encoded in UTF-8: lone surrogates as ``⟦U+D800⟧``.

    Text without lone surrogates comes back unchanged, its brackets too.
    """
    if _SURROGATE.search(text) is None:
        return text
    return _SURROGATE_OR_OPEN.sub(_escape, text)


def for_xml(text: str) -> str:
    """Text with every character that XML 1.0 forbids written visibly. ``from_xml`` restores it exactly."""
    return _NOT_XML.sub(_escape, text)


def from_xml(text: str) -> str:
    """The text that was given to ``for_xml``."""
    if _OPEN not in text:
        return text
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


def one_line(text: str) -> str:
    """Text as one line: what would move a cursor or turn the direction is a space, spaces stand alone."""
    return " ".join("".join(" " if unicodedata.category(one) in {"Cc", "Cf"} else one for one in text).split())
