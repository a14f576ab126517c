"""What is remembered of signs: when each was first seen, whether it still is, and what a person said of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from flows.oversee.watch.signs import ACTED, AGING, LOST, OF_ITEMS
from schemas.books import Books
from schemas.ids import ItemId
from schemas.watch import CERTAINTIES, Notice, NoticeStanding, Sign

MOST: Final = 200
"""Signs of one code of one account that are handed on: more than a person reads, and a flood stays small."""
_ITEM: Final = re.compile(r"[0-9]{6}-[a-z2-7]{16}")
_SAID: Final[tuple[NoticeStanding, ...]] = ("dismissed", "done")
_TOGETHER: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What is open after a watch.

    Attributes:
        signs: the surest and oldest ``MOST`` of each (account, code). counts, new: (account, code) → how many are open, how
            many of them were not before. first: (subject, code) → when first seen, for ``signs``. gone: how many ended.
    """

    signs: tuple[Sign, ...]
    counts: Mapping[tuple[str, str], int]
    new: Mapping[tuple[str, str], int] = field(default_factory=dict)
    first: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    gone: int = 0


def known_items(books: Books, lately: datetime) -> tuple[frozenset[ItemId], frozenset[ItemId]]:
    """Items with an open notice, which are looked at however old they are; and those of them that have vanished.

    Those first seen before ``lately`` whose sign ages (``signs.AGING``) are not among them.
    """
    found, lost = set(), set()
    for one in books.duties.notices("open"):
        if one.code in OF_ITEMS and not aged(one, lately):
            found.add(ItemId(one.subject))
            if one.code == LOST:
                lost.add(ItemId(one.subject))
    return frozenset(found), frozenset(lost)


def aged(notice: Notice, lately: datetime) -> bool:
    """Whether nobody is told of it any longer, though it may still be so."""
    return notice.code in AGING and notice.first < lately


def settle(books: Books, signs: Iterable[Sign], now: datetime, looked: Callable[[Notice], bool]) -> Settled:
    """Enter what was seen, end what is so no longer, and say what is open.

    What somebody has dismissed or done stays so until the item has another version.

    Args:
        looked: whether this run has looked at what the notice is about; others stay as they are.
    """
    _forget_culled(books)
    before = {(one.subject, one.code): one for one in books.duties.notices("open")}
    seen: dict[tuple[str, str], Sign] = {}
    for sign in signs:
        key = sign.subject, sign.code
        if key not in seen or CERTAINTIES.index(sign.certainty) < CERTAINTIES.index(seen[key].certainty):
            seen[key] = sign
    for standing in _SAID:
        for said in books.duties.notices(standing):
            known = seen.get((said.subject, said.code))
            # What an act of its own ends is a fact, whatever was said of it.
            if known is not None and known.version == said.version and said.code not in ACTED:
                del seen[said.subject, said.code]
    ended = [
        replace(one, standing="gone", changed=now) for key, one in before.items() if key not in seen and looked(one)
    ]
    books.duties.note(_entered(seen, before, now))
    books.duties.note(ended)
    new = Counter((sign.account, sign.code) for key, sign in seen.items() if key not in before)
    kept = tuple(_shortened(seen.values()))
    return Settled(
        signs=kept,
        counts=dict(sorted(Counter((sign.account, sign.code) for sign in seen.values()).items())),
        new=dict(sorted(new.items())),
        first={
            (one.subject, one.code): before[one.subject, one.code].first if (one.subject, one.code) in before else now
            for one in kept
        },
        gone=len(ended),
    )


def _entered(
    seen: Mapping[tuple[str, str], Sign], before: Mapping[tuple[str, str], Notice], now: datetime
) -> Iterator[Notice]:
    for key, sign in seen.items():
        known = before.get(key)
        yield Notice(
            subject=sign.subject,
            code=sign.code,
            clause=sign.clause,
            account=sign.account,
            authority=sign.authority,
            certainty=sign.certainty,
            version=sign.version,
            first=known.first if known else now,
            last=now,
            standing="open",
            changed=known.changed if known else now,
        )


def _shortened(signs: Iterable[Sign]) -> list[Sign]:
    groups: dict[tuple[str, str], list[Sign]] = {}
    for sign in signs:
        groups.setdefault((sign.account, sign.code), []).append(sign)
    kept: list[Sign] = []
    for _, those in sorted(groups.items()):
        best = sorted(those, key=lambda one: (CERTAINTIES.index(one.certainty), *_age(one)))[:MOST]
        kept += sorted(best, key=_age)
    return kept


def _age(sign: Sign) -> tuple[float, str]:
    return (sign.since.timestamp() if sign.since else 0.0, sign.subject)


def _forget_culled(books: Books) -> None:
    """What was culled has no notices: nobody can look at it."""
    subjects = {one.subject for one in books.duties.notices() if _ITEM.fullmatch(one.subject)}
    names = sorted(subjects)
    for at in range(0, len(names), _TOGETHER):
        culled = books.tombstones.known([ItemId(one) for one in names[at : at + _TOGETHER]])
        if culled:
            books.duties.forget(culled)
