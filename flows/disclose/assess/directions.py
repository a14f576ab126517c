"""Characters that turn the direction of text, around what is masked: a label is read as it stands, wherever it stands.

Unicode's bidirectional algorithm (UAX 9). A mask may take one of a pair away; what is left open would turn all that
follows, so what has lost its partner goes too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

_EMBEDS: Final = frozenset("\u202a\u202b\u202d\u202e")
_ISOLATES: Final = frozenset("\u2066\u2067\u2068")
_POP: Final = "\u202c"
_POP_ISOLATE: Final = "\u2069"
_CONTROLS: Final = _EMBEDS | _ISOLATES | {_POP, _POP_ISOLATE}
_DEEPEST: Final = 60
"""Controls within each other that are left in; UAX 9 ignores what is deeper than 125, labels too."""
_TURNING: Final = frozenset({"R", "AL", "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
"""Bidi_Class of characters that run, or let others run, in another direction."""
_ENDS = frozenset("\n\r\x1c\x1d\x1e\x85\u2029")
"""Characters that end a paragraph, and with it all that turns."""


def joined(pieces: Sequence[tuple[str, bool]]) -> str:
    """Pieces of a text put together, labels among them.

    Where something in it is written from right to left, a label stands in an isolate of its own (LRI … PDI), and
    controls without their partner are left out. Everything else is as it was.

    Args:
        pieces: (text, whether it is a label), in order.
    """
    if not any(label for _, label in pieces) or not any(_turns(text) for text, label in pieces if not label):
        return "".join(text for text, _ in pieces)
    lost = _without_partner([text for text, label in pieces if not label])
    found: list[str] = []
    at = 0
    for text, label in pieces:
        if label:
            found.append(f"\u2066{text}\u2069")
            continue
        found += (one for place, one in enumerate(text, at) if place not in lost)
        at += len(text)
    return "".join(found)


def _turns(text: str) -> bool:
    return not text.isascii() and any(unicodedata.bidirectional(one) in _TURNING for one in text)


def _without_partner(texts: Sequence[str]) -> set[int]:
    """Places of controls that open nothing that is closed, or close nothing; of all, where they lie too deep."""
    lost: set[int] = set()
    all_of_them: set[int] = set()
    still_open: list[tuple[int, str]] = []
    deepest = isolates = 0
    for place, one in enumerate("".join(texts)):
        if one in _ENDS:
            lost.update(at for at, _ in still_open)
            still_open = []
            isolates = 0
        if one not in _CONTROLS:
            continue
        all_of_them.add(place)
        if one in _EMBEDS or one in _ISOLATES:
            still_open.append((place, one))
            isolates += one in _ISOLATES
            deepest = max(deepest, len(still_open))
        elif one == _POP:
            if still_open and still_open[-1][1] in _EMBEDS:
                still_open.pop()
            else:
                lost.add(place)
        else:
            # Closing an isolate closes the embeddings that were opened in it.
            while isolates and still_open[-1][1] in _EMBEDS:
                lost.add(still_open.pop()[0])
            if isolates:
                still_open.pop()
                isolates -= 1
            else:
                lost.add(place)
    lost.update(at for at, _ in still_open)
    return all_of_them if deepest > _DEEPEST else lost
