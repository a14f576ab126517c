"""What a reader takes for one character (Unicode's extended grapheme cluster, UAX 29): a mask never cuts one in two."""

from __future__ import annotations

import regex

_CLUSTER = regex.compile(r"\X")


def boundaries(text: str) -> list[int]:
    """Places between characters, as code-point offsets: 0, …, ``len(text)``."""
    return [0, *(match.end() for match in _CLUSTER.finditer(text))]


def widened(text: str, start: int, end: int) -> tuple[int, int]:
    """The smallest span of whole characters that holds ``[start, end)``; both within ``[0, len(text)]``."""
    places = boundaries(text)
    first = max(place for place in places if place <= start)
    last = min(place for place in places if place >= end)
    return first, last
