"""Text of a rendering as its pages can show it: more than a protocol needs, and what was replaced is remembered.

What people write to a municipality holds Arabic, hearts and check marks: the second font of the template has many of
them. What neither font has stands with its code point, and is listed at the document's end.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from connectors.typesetting.display import SHOWN, breakable

_MORE: Final = (
    "\\u0180-\\u01c3\\u01cd-\\u01e3\\u01e6-\\u01f0\\u01f4-\\u0217\\u021c-\\u0221\\u0250-\\u02af"  # Latin
    "\\u05d0-\\u05ea\\u0531-\\u0556\\u0559-\\u055f\\u0561-\\u0587\\u10d0-\\u10fc"  # Hebrew, Armenian, Georgian
    "\\u060c\\u061b\\u061f\\u0621-\\u063a\\u0640-\\u064a\\u0660-\\u066d\\u067e\\u0686\\u0698\\u06a9\\u06af\\u06be\\u06cc"
    "\\u06f0-\\u06f9"  # Arabic, Persian
    "\\u203c-\\u203f\\u2070-\\u2071\\u2074-\\u208e\\u20a0-\\u20b5\\u2150-\\u2151\\u2153-\\u215f\\u219a-\\u2211\\u2213"
    "\\u2215\\u2217-\\u2220\\u2234-\\u223d\\u2260-\\u2263\\u2500-\\u262f\\u2638-\\u268b\\u2690-\\u269c\\u26a0\\u26a1"
    "\\u2701-\\u2704\\u2706-\\u2709\\u270c-\\u2727\\u2729-\\u274b\\u2761-\\u2775\\u2794\\u2798-\\u27af"  # signs
)
"""Characters that the second font has. None without width, none that turns the direction of what follows it; letters
that are written from the right run so within their own words, as Unicode says."""

_OTHER: Final = re.compile(f"[^{SHOWN}{_MORE}]")
_CONTROLS: Final = {0x0A: "radslut", 0x0D: "vagnretur", 0x09: "tabb"}


class Wording:
    """Turns text into what the template sets, and remembers which characters it had to write otherwise."""

    def __init__(self) -> None:
        """Begin with nothing replaced."""
        self._replaced: set[int] = set()

    def text(self, text: str) -> str:
        """Composed (NFC), lines kept, tabs as spaces, other characters as ``⟦U+XXXX⟧``, long words breakable."""
        composed = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\t", "    ")
        return breakable(_OTHER.sub(self._visible, composed))

    def line(self, text: str) -> str:
        """The same in one line."""
        return self.text(" ".join(text.split()))

    @property
    def replaced(self) -> tuple[str, ...]:
        """What was replaced, in code-point order: ``⟦U+1F600⟧ GRINNING FACE``."""
        return tuple(_named(one) for one in sorted(self._replaced))

    def _visible(self, match: re.Match[str]) -> str:
        code = ord(match[0])
        self._replaced.add(code)
        return f"\u27e6U+{code:04X}\u27e7"


def _named(code: int) -> str:
    shown = f"\u27e6U+{code:04X}\u27e7"
    name = _CONTROLS.get(code) or unicodedata.name(chr(code), "") or _SORTS.get(unicodedata.category(chr(code)), "")
    return f"{shown} {name}".rstrip()


_SORTS: Final = {
    "Cc": "styrtecken",
    "Cs": "halvt tecken (ensamt surrogat)",
    "Co": "tecken för enskilt bruk",
    "Cn": "ej tilldelat tecken",
}
"""What characters without a name are, by their category."""
