"""What was taken away or hidden without a removal of ours that says by whom and why. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flows.oversee.watch.signs import LOST, Rules
from schemas.watch import Certainty, Sign

STATES: Final = ("gone", "hidden")
KINDS: Final = ("post", "reply", "comment", "visitor_post")
"""Kinds that stand on a page of ours; what others write elsewhere is theirs to take away."""
_EXPLAINED: Final = ("removed-by-author", "account-gone", "expired")
_SURE: Final = ("removed-by-us", "hidden-by-us")


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """An item that is not shown any longer. ``changed``: when that was seen; the rest as ``Sign``'s and the item's row."""

    item: str
    account: str
    authority: str
    version: int
    parent: str | None
    thread: str
    evidence: str | None
    changed: datetime


def missed(
    rules: Rules, items: Sequence[Missed], explained: Collection[str], lately: datetime, known: Collection[str]
) -> Iterator[Sign]:
    """W151 for each that nobody has explained; of a thread that went with its first item, that one alone.

    Args:
        items: everything that is gone or hidden, among what was looked at. explained: items with a removal of ours.
        lately: what was seen before is asked about no longer, but for ``known``, which somebody was asked about.
    """
    away = {one.item for one in items}
    for one in items:
        if one.item in explained or (one.evidence or "") in _EXPLAINED:
            continue
        if any(above in away and above != one.item for above in (one.parent, one.thread)):
            continue
        if one.changed < lately and one.item not in known:
            continue
        certainty: Certainty = "sure" if one.evidence in _SURE else "likely"
        yield rules.sign(
            LOST,
            one.item,
            one.account,
            one.authority,
            certainty=certainty,
            version=one.version,
            since=one.changed,
        )
