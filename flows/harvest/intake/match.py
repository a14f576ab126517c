"""Which known item an export's item without id is. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from schemas.ids import ItemId
from schemas.near import normalised


@dataclass(slots=True)
class Candidate:
    """A known item of one account and second: every text it ever had, normalised, and its attachments' digests."""

    item: ItemId
    texts: set[str] = field(default_factory=set)
    digests: set[str] = field(default_factory=set)


def choose(text: str, digests: Callable[[], frozenset[str]], candidates: Iterable[Candidate]) -> tuple[ItemId, ...]:
    """The candidates that the item is like: one is it, none is none, and several nobody can tell apart.

    The same text at the same second is the same item. An item whose text is another, or which has none, is known by
    an attachment that is the same to the byte; so are several with the same text told apart.
    """
    here = list(candidates)
    if not here:
        return ()
    wanted = normalised(text)
    same = [one for one in here if wanted in one.texts] if wanted else []
    if len(same) == 1:
        return (same[0].item,)
    found = digests()
    pictured = [one for one in same or here if one.digests & found]
    if len(pictured) == 1 or not same:
        return tuple(one.item for one in pictured)
    return tuple(one.item for one in same)
