"""What the record document's fields mean, in Swedish, for a reader without us: told once, for packages and exports."""

from __future__ import annotations

import textwrap
from pathlib import Path
from string import Template
from typing import Final

from schemas.codes.words import EVIDENCE, VALUES
from schemas.record import KINDS

_HERE: Final = Path(__file__).parent
_FIELDS: Final = Template((_HERE / "falt.txt").read_text("utf-8").rstrip("\n"))

CHARACTERS: Final = (_HERE / "tecken.txt").read_text("utf-8").rstrip("\n")
"""How characters that XML forbids are written (``schemas.text``)."""


def field_words() -> str:
    """Every element and attribute of the record document, every kind and every basis, as lines of plain text."""
    return _FIELDS.substitute(
        kinds="\n".join(f"  {kind:<18}{VALUES[kind][0]}" for kind in KINDS),
        evidence="\n".join(f"  {code}\n{_indented(words)}" for code, words in EVIDENCE.items()),
    )


def _indented(words: str) -> str:
    return textwrap.fill(words, 82, initial_indent=" " * 6, subsequent_indent=" " * 6)
