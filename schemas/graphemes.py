"""What a reader takes for one character (Unicode's extended grapheme cluster, UAX 29): a mask never cuts one in two.

A lone surrogate, which ``schemas.text.visible`` writes as ``⟦U+D800⟧``, is one character too.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

import regex

_CLUSTER = regex.compile("\u27e6U\\+[0-9A-F]{4,6}\u27e7\\p{M}*|\\X")


def boundaries(text: str) -> list[int]:
    """Places between characters, as code-point offsets: 0, …, ``len(text)``."""
    return [0, *(match.end() for match in _CLUSTER.finditer(text))]


def widened(text: str, start: int, end: int) -> tuple[int, int]:
    """The smallest span of whole characters that holds ``[start, end)``; both within ``[0, len(text)]``."""
    return outwards(boundaries(text), start, end)


def widened_all(text: str, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans of whole characters that hold the given ones, in order; those that overlap or touch are one."""
    some = sorted(spans)
    if not some:
        return []
    places = boundaries(text)
    found: list[tuple[int, int]] = []
    for start, end in (outwards(places, *one) for one in some):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def outwards(places: Sequence[int], start: int, end: int) -> tuple[int, int]:
    """As ``widened``, for texts with many spans: ``places`` are the text's ``boundaries``."""
    return places[bisect_right(places, start) - 1], places[bisect_left(places, end)]
