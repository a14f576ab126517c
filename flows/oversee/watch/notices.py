"""What is remembered of signs: when each was first seen, whether it still is, and what a person said of it."""

from __future__ import annotations

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby, islice
from typing import Final

from flows.oversee.watch.columns import Signs, instant, micros
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
    found = Signs(signs)
    for standing in _SAID:
        # What an act of its own ends is a fact, whatever was said of it.
        found.drop(
            books.duties.notices(standing), lambda sign, said: sign.version == said.version and sign.code not in ACTED
        )
    ended: list[Notice] = []
    times: tuple[array[int], array[int]] = array("q"), array("q")
    counts: Counter[tuple[str, str]] = Counter()
    new: Counter[tuple[str, str]] = Counter()
    for sign, known in found.beside(books.duties.notices("open")):
        if sign is None:
            if known is not None and looked(known):
                ended.append(replace(known, standing="gone", changed=now))
            continue
        counts[sign.account, sign.code] += 1
        new[sign.account, sign.code] += known is None
        for column, at in zip(times, (known.first, known.changed) if known else (now, now), strict=True):
            column.append(micros(at))
    books.duties.note(_entered(found, times, now))
    books.duties.note(ended)
    kept = _shortened(zip(found, times[0], strict=True))
    return Settled(
        signs=tuple(sign for sign, _ in kept),
        counts=dict(sorted(counts.items())),
        new={key: count for key, count in sorted(new.items()) if count},
        first={(sign.subject, sign.code): instant(first) for sign, first in kept},
        gone=len(ended),
    )


def _entered(found: Signs, times: tuple[array[int], array[int]], now: datetime) -> Iterator[Notice]:
    for sign, first, changed in zip(found, *times, strict=True):
        yield Notice(
            subject=sign.subject,
            code=sign.code,
            clause=sign.clause,
            account=sign.account,
            authority=sign.authority,
            certainty=sign.certainty,
            version=sign.version,
            first=instant(first),
            last=now,
            standing="open",
            changed=instant(changed),
        )


def _shortened(signs: Iterable[tuple[Sign, int]]) -> list[tuple[Sign, int]]:
    """The surest and oldest ``MOST`` of each (account, code), by age; with when each was first seen."""
    groups: defaultdict[tuple[str, str], list[tuple[Sign, int]]] = defaultdict(list)
    for one in signs:
        those = groups[one[0].account, one[0].code]
        those.append(one)
        if len(those) == 2 * MOST:
            those[:] = sorted(those, key=_rank)[:MOST]
    kept: list[tuple[Sign, int]] = []
    for _, those in sorted(groups.items()):
        kept += sorted(sorted(those, key=_rank)[:MOST], key=lambda one: _age(one[0]))
    return kept


def _rank(one: tuple[Sign, int]) -> tuple[int, float, str]:
    return (CERTAINTIES.index(one[0].certainty), *_age(one[0]))


def _age(sign: Sign) -> tuple[float, str]:
    return (sign.since.timestamp() if sign.since else 0.0, sign.subject)


def _forget_culled(books: Books) -> None:
    """What was culled has no notices: nobody can look at it."""
    culled: set[ItemId] = set()
    named = (one.subject for one in books.duties.notices() if _ITEM.fullmatch(one.subject))
    subjects = (ItemId(subject) for subject, _ in groupby(named))
    while some := list(islice(subjects, _TOGETHER)):
        culled.update(books.tombstones.known(some))
    if culled:
        books.duties.forget(culled)
