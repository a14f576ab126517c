"""Links of the ledger: checked to follow one another before anybody copies them, and decoded for whoever asks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from schemas.books import Books
from schemas.receipt import GENESIS, Link
from schemas.refusal import GuardError
from schemas.segments import Span, first_break


def links_of(books: Books, wanted: Span) -> Sequence[Link]:
    """The links of a span, checked to follow the one before it. Raises GuardError (G-CHAIN)."""
    before = books.ledger.after(wanted.first - 2, 1) if wanted.first > 1 else ()
    links = books.ledger.after(wanted.first - 1, wanted.last - wanted.first + 1)
    broken = first_break(links, wanted.first - 1, before[0].hash if before else GENESIS)
    if broken is None and (not links or links[-1].seq != wanted.last):
        broken = wanted.first + len(links)
    if broken is not None:
        raise GuardError(
            "G-CHAIN",
            f"the ledger's chain in the database is broken at link {broken}",
            "run bevara verify and compare with the exported segments and a backup",
        )
    return links


def told_of(books: Books, subject: str) -> list[tuple[int, dict[str, Any]]]:
    """Everything the ledger tells of a subject: number of the link and decoded body, in order."""
    return [(link.seq, json.loads(link.body)) for link in books.ledger.about(subject, limit=_ALL)]


_ALL = 1_000_000
"""More links than one subject ever has."""
