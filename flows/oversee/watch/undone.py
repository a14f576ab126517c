"""What acts of ours have left to be done: blocks to review, removals begun, requests that wait, visitors not told. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from flows.oversee.watch.signs import Rules
from schemas.books import Books
from schemas.calendar import local_day
from schemas.removal import Removal
from schemas.watch import Sign

AHEAD: Final = timedelta(days=7)
"""A block is told of so long before its day."""
_SWEDISH: Final = {
    "begun": "påbörjad, kopian är inte säkrad",
    "secured": "kopian är säkrad, men inget är borttaget",
    "acting": "plattformen tillfrågad",
    "unclear": "plattformen har inte bekräftat",
    "by-hand": "ska göras för hand",
}


def undone(rules: Rules, books: Books) -> Iterator[Sign]:
    """W152–W155. Of several removals of one item the latest that a code is true of speaks for it."""
    last = local_day(rules.now) + AHEAD
    for block in books.duties.blocks():
        if block.standing == "active" and block.review <= last:
            yield rules.sign(
                "W152", block.item, block.account, block.authority, {"day": block.review.isoformat()}, since=block.at
            )
    latest = {(one.item, code): (one, standing) for one in books.duties.removals() for code, standing in _codes(one)}
    for (_, code), (one, standing) in latest.items():
        numbers: dict[str, str | int] = {"number": one.number}
        if standing:
            numbers["standing"] = standing
        yield rules.sign(
            code,
            one.item,
            one.account,
            one.authority,
            numbers,
            version=one.version,
            since=one.opened,
        )


def _codes(removal: Removal) -> Iterator[tuple[str, str]]:
    """Codes with where the removal stands, in Swedish, where the sentence says it."""
    if removal.kind == "picture" and removal.standing == "begun" and removal.record is None:
        yield "W154", ""
    elif removal.unfinished:
        yield "W153", _SWEDISH[removal.standing]
    elif removal.gone and removal.police:
        yield "W153", "polisanmälan återstår"
    if removal.owes_notice:
        yield "W155", ""
