"""Which members are the same film. Pure, and the same in whatever order they come.

Two rules. The same bytes are the same film, wherever in the authority they were published. Else two members are alike
when they stand on different accounts, are of the same sort and length (within half a second: platforms recode), have
the same title and became available within two weeks; a film gets no two members of one account by likeness.

What a person has joined, parted or decided stands: such a film may gain members, and is never taken apart or put
together with another such one. One that is closed (declined, accepted …) gains members by their bytes alone.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from schemas.deposit import FilmRole

LENGTH: Final = 500
"""Milliseconds by which the lengths of one film on two channels may differ."""
APART: Final = timedelta(days=14)
"""Time within which one film comes out on several channels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What grouping knows of one member.

    Attributes:
        member: its id. account, role: where it stands and what sort it is.
        digests: digests of its files. duration: milliseconds, or None.
        title: as ``title_key`` makes it; empty = it has none. available: first public availability there.
        film: the film it belongs to, or empty: it is new. held: that film is not to be taken apart.
        closed: it is held, and e-plikt no longer keeps its items: likeness alone brings nothing more under that.
    """

    member: str
    account: str
    role: FilmRole
    digests: frozenset[str]
    duration: int | None
    title: str
    available: datetime
    film: str = ""
    held: bool = False
    closed: bool = False


def title_key(title: str) -> str:
    """A title as it is compared: letters and digits alone, without case."""
    plain = unicodedata.normalize("NFKC", title).casefold()
    return "".join(one for one in plain if one.isalnum())


def near(one: Piece, other: Piece) -> bool:
    """Whether two members may be alike by all but their titles."""
    return (
        one.account != other.account
        and one.role == other.role
        and one.duration is not None
        and other.duration is not None
        and abs(one.duration - other.duration) <= LENGTH
        and abs(one.available - other.available) <= APART
    )


def alike(one: Piece, other: Piece) -> bool:
    """Whether two members look like the same film on two channels."""
    return bool(one.title) and one.title == other.title and near(one, other)


def related(one: Piece, other: Piece) -> bool:
    """Whether anything speaks for two members being the same film."""
    return bool(one.digests & other.digests) or (bool(one.film) and one.film == other.film) or alike(one, other)


def group(pieces: Iterable[Piece]) -> list[tuple[Piece, ...]]:
    """The films of one authority: each a group of members, the earliest first; groups in that order too."""
    classes = _Classes(sorted(pieces, key=_order))
    classes.join_held()
    classes.join_bytes()
    classes.join_alike()
    found = [tuple(sorted(some, key=_order)) for some in classes.all()]
    return sorted(found, key=lambda some: _order(some[0]))


def _distance(pair: tuple[Piece, Piece]) -> tuple[timedelta, int, str, str]:
    """How far two are from each other in time, then in length; the same in whatever order they stand."""
    one, other = sorted(pair, key=_order)
    return (
        other.available - one.available,
        abs((one.duration or 0) - (other.duration or 0)),
        one.member,
        other.member,
    )


def _order(piece: Piece) -> tuple[datetime, str]:
    return piece.available, piece.member


class _Classes:
    """Pieces that are known to be one film, put together step by step."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._pieces = pieces
        self._above = {one.member: one.member for one in pieces}
        self._in: dict[str, list[Piece]] = {one.member: [one] for one in pieces}

    def all(self) -> Iterator[list[Piece]]:
        """The classes."""
        return iter(self._in.values())

    def join_held(self) -> None:
        """A film that is not to be taken apart is one class from the beginning."""
        first: dict[str, str] = {}
        for one in self._pieces:
            if one.held:
                self._unite(first.setdefault(one.film, one.member), one.member)

    def join_bytes(self) -> None:
        """The same bytes: free ones among themselves, then each class with the earliest held film that it meets."""
        holders: dict[str, list[Piece]] = defaultdict(list)
        for one in self._pieces:
            for digest in sorted(one.digests):
                holders[digest].append(one)
        for _, some in sorted(holders.items()):
            free = [one for one in some if not one.held]
            for one in free[1:]:
                self._unite(free[0].member, one.member)
        meets: dict[str, list[Piece]] = defaultdict(list)
        for some in holders.values():
            held = [one for one in some if one.held]
            for one in some:
                if held and not one.held:
                    meets[self._top(one.member)].extend(held)
        for free_class, held in sorted(meets.items()):
            self._unite(self._top(min(held, key=self._age).member), free_class)

    def join_alike(self) -> None:
        """Likeness: the nearest pair first; whatever would give a film two of one account is left apart."""
        for one, other in sorted(self._pairs(), key=_distance):
            first, second = self._top(one.member), self._top(other.member)
            if first == second:
                continue
            here, there = self._in[first], self._in[second]
            if any(piece.held for piece in here) and any(piece.held for piece in there):
                continue
            if any(piece.closed for piece in (*here, *there)):
                # Next week's film may have the same title and length; a no that is not about it would let it be culled.
                continue
            if {piece.account for piece in here} & {piece.account for piece in there}:
                continue
            self._unite(first, second)

    def _pairs(self) -> Iterator[tuple[Piece, Piece]]:
        buckets: dict[tuple[str, str], list[Piece]] = defaultdict(list)
        for one in self._pieces:
            if one.title and one.duration is not None:
                buckets[one.title, one.role].append(one)
        for some in buckets.values():
            for at, one in enumerate(some):
                for other in some[at + 1 :]:
                    if other.available - one.available > APART:
                        break
                    if alike(one, other):
                        yield one, other

    def _age(self, piece: Piece) -> tuple[datetime, str]:
        """When the held film of a piece was first available, and its id."""
        return min(one.available for one in self._in[self._top(piece.member)]), piece.film

    def _top(self, member: str) -> str:
        while self._above[member] != member:
            member = self._above[member]
        return member

    def _unite(self, one: str, other: str) -> None:
        first, second = sorted((self._top(one), self._top(other)))
        if first != second:
            self._above[second] = first
            self._in[first] += self._in.pop(second)
