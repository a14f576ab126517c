"""What is entered already and may be the same film as something that was found: asked of the books, then of the rows.

Nothing that is stored of a film tells its title or its bytes. So of what is entered the books say only which members
could be it, by length and day or by the attachments of their items; the rows of those alone are read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from flows.deposit.group import APART, LENGTH, Piece, related, title_key
from flows.deposit.items import Slot, rows_of_items, slots_of
from schemas.books import Books
from schemas.deposit import CLOSED, Film, Member, Playing
from schemas.ground import Home
from schemas.ids import ItemId


def free(film: Film, members: Iterable[Member]) -> bool:
    """Whether a film may be put together otherwise: nobody has decided it, and no person joined or parted it."""
    return (
        film.standing in {"candidate", "outside"}
        and film.decided is None
        and not film.replaces
        and all(one.joined != "hand" for one in members)
    )


class Kindred:
    """The films of one authority as they are entered, and the pieces around something that was found.

    Attributes:
        films: by id. members: by id. slots: what the rows say, by member; those of which rows were read.
    """

    def __init__(self, home: Home, authority: str) -> None:
        """Read the books."""
        self._home, self._authority = home, authority
        with home.ground.state.reading() as books:
            self.films, self.members = _entered(books, authority)
            self._items = sorted({one.item for one in self.members.values()})
            self._of_digest: dict[str, set[ItemId]] = defaultdict(set)
            for item, digest in books.media.of(self._items) if self._items else ():
                self._of_digest[digest].add(item)
        self._at_item: dict[ItemId, list[Member]] = defaultdict(list)
        self._in_film: dict[str, list[Member]] = defaultdict(list)
        self._by_length: dict[int, list[Member]] = defaultdict(list)
        for one in self.members.values():
            self._at_item[one.item].append(one)
            self._in_film[one.film].append(one)
            if one.duration is not None:
                self._by_length[one.duration // LENGTH].append(one)
        self.slots: dict[str, Slot] = {}
        self._read: set[ItemId] = set()

    def unchanged(self, books: Books) -> bool:
        """Whether the books say in this transaction what they said when they were read."""
        films, members = _entered(books, self._authority)
        return films == self.films and members == self.members

    def around(self, slots: Sequence[Slot], lengths: Mapping[str, Playing]) -> list[Piece]:
        """Pieces of these films and of everything entered that may be one with them, however far away."""
        self._learn(slots)
        pieces: dict[str, Piece] = {}
        edge = [self._piece(slot, lengths) for slot in slots]
        while edge:
            pieces.update((one.member, one) for one in edge)
            items = {one.item for piece in edge for one in self._near(piece)} - self._read
            self._learn(self._slots(items))
            edge = [
                self._piece(self.slots[member.id], lengths)
                for member in {one.id: one for piece in edge for one in self._near(piece)}.values()
                if member.id not in pieces and member.id in self.slots
            ]
            edge = [one for one in edge if any(related(one, other) for other in pieces.values())]
        held = {one.film for one in pieces.values() if one.film and not self._whole(one.film)}
        closed = {name for name in held if self.films[name].standing in CLOSED}
        return [
            one if one.film not in held else replace(one, held=True, closed=one.film in closed)
            for one in pieces.values()
        ]

    def _whole(self, film: str) -> bool:
        """The film is free, and all its members have rows: only then may it be put together otherwise."""
        members = self._in_film[film]
        return free(self.films[film], members) and all(one.id in self.slots for one in members)

    def _near(self, piece: Piece) -> list[Member]:
        """Members entered that may be the same film as a piece."""
        found = list(self._in_film.get(piece.film, ()))
        for digest in piece.digests:
            for item in self._of_digest.get(digest, ()):
                found.extend(self._at_item[item])
        if piece.duration is not None and piece.title:
            slot = piece.duration // LENGTH
            found.extend(
                one
                for bucket in (slot - 1, slot, slot + 1)
                for one in self._by_length.get(bucket, ())
                if one.account != piece.account and abs(one.available - piece.available) <= APART
            )
        return found

    def _slots(self, items: set[ItemId]) -> list[Slot]:
        self._read |= items
        return [
            slot
            for rows in rows_of_items(self._home.ground, sorted(items)).values()
            for slot in slots_of(self._home, rows)
        ]

    def _learn(self, slots: Iterable[Slot]) -> None:
        for slot in slots:
            self.slots[slot.member] = slot
            self._read.add(slot.item)

    def _piece(self, slot: Slot, lengths: Mapping[str, Playing]) -> Piece:
        before = self.members.get(slot.member)
        playing = lengths.get(slot.member)
        known = None if before is None else before.duration
        return Piece(
            member=slot.member,
            account=slot.row.account,
            role=slot.said.role,
            digests=slot.digests,
            duration=(playing.duration if playing is not None else None) or known or slot.said.duration,
            title=title_key(slot.title),
            available=slot.available,
            film="" if before is None else before.film,
        )


def _entered(books: Books, authority: str) -> tuple[dict[str, Film], dict[str, Member]]:
    films = {film.id: film for film in books.films.all() if film.authority == authority}
    return films, {one.id: one for one in books.films.members() if one.film in films}
