"""Enter films: compare what was found with what is entered, and write what differs in one transaction.

Everything that is written is said of the films as they stand in that transaction: what changed since it was read is read
again. A film that a person has joined, parted or decided is never taken apart; it may gain members, keeps its decision,
and its clock counts from the earliest of them.
"""

from __future__ import annotations

import hashlib
import mimetypes
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Self

from flows.deposit.group import Piece, group
from flows.deposit.guards import UNDECIDED
from flows.deposit.items import Slot
from flows.deposit.kindred import Kindred
from flows.deposit.propose import NOT_PUBLIC, outside
from schemas.books import Books
from schemas.calendar import local_day
from schemas.deposit import Film, FilmStanding, Joined, Member, Playing
from schemas.ground import Home
from schemas.neighbours import MissingError
from schemas.receipt import Receipt
from schemas.record import MediaRef
from schemas.refusal import UnreachableError
from schemas.shelf import medium

FOUND: Final = "deposit.found"
"""Act of the receipt that tells how many films were found."""
JUDGED: Final = "deposit.judged"
"""Act of the receipt that tells how many undecided films the act reaches, or reaches no longer, under new settings."""
_AGAIN: Final = 20
"""How often films are compared anew because somebody changed them meanwhile."""


@dataclass(slots=True, kw_only=True)
class Entered:
    """Counts of one run.

    Attributes:
        films, members, updated, outside: as of ``flows.deposit.find.Scanned``. renumbered: undecided films whose members
            belong to another one now. joined: parameters of L120; likened: of L125. opened: numbers of films of L124. unread: why lengths could not be read → how many.
    """

    films: int = 0
    members: int = 0
    updated: int = 0
    outside: int = 0
    renumbered: int = 0
    joined: list[tuple[tuple[str, str | int], ...]] = field(default_factory=list)
    likened: list[tuple[tuple[str, str | int], ...]] = field(default_factory=list)
    opened: list[int] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)

    def __iadd__(self, other: Entered) -> Self:
        for name in ("films", "members", "updated", "outside", "renumbered"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.joined += other.joined
        self.likened += other.likened
        self.opened += other.opened
        self.unread += other.unread
        return self


class ChangedMeanwhileError(RuntimeError):
    """Somebody changed the films between reading and writing; nothing was written."""


def enter_slots(home: Home, authority: str, slots: Sequence[Slot]) -> Entered:
    """Enter the films of one authority's items, and what is known of them now. Repeating it enters nothing."""
    lengths, unread = _lengths(home, slots)
    for left in reversed(range(_AGAIN)):
        kindred = Kindred(home, authority)
        pieces = kindred.around(slots, lengths)
        try:
            entered = _write(home, authority, kindred, pieces, lengths)
        except ChangedMeanwhileError:
            if not left:
                raise
            continue
        entered.unread = unread
        return entered
    raise AssertionError


def judge_again(home: Home) -> Entered:
    """Judge films that nobody has decided anew: the settings that say what is no authority may have changed."""
    ground, entered = home.ground, Entered()
    with ground.state.reading() as books:
        if not any(_judged(home, film) != film for film in books.films.all()):
            return entered
    with ground.state.writing() as books:
        books.revision(lock=True)
        changed = [_judged(home, film) for film in books.films.all() if _judged(home, film) != film]
        for film in changed:
            books.films.put(film)
        entered.outside = sum(film.standing == "outside" for film in changed)
        evidence = {"outside": entered.outside, "candidates": len(changed) - entered.outside}
        _tell(home, books, JUDGED, evidence)
    return entered


def _judged(home: Home, film: Film) -> Film:
    if film.standing not in {"candidate", "outside"} or film.decided is not None:
        return film
    ground = outside(
        public=film.ground != NOT_PUBLIC,
        authority=film.authority,
        available=film.available,
        companies=home.deposit.companies,
    )
    if (film.standing == "outside") == bool(ground) and film.ground == ground:
        return film
    return replace(film, ground=ground, standing="outside" if ground else "candidate", changed=home.ground.clock.now())


def _write(
    home: Home, authority: str, kindred: Kindred, pieces: Sequence[Piece], lengths: Mapping[str, Playing]
) -> Entered:
    """Bring films and members to what the pieces say; nothing is written when nothing differs."""
    plan = _Plan(home, authority, kindred, lengths)
    for some, film in _claimed(pieces, kindred):
        plan.take(some, film)
    if not plan.changes:
        return plan.entered
    with home.ground.state.writing() as books:
        books.revision(lock=True)
        if not kindred.unchanged(books):
            raise ChangedMeanwhileError
        plan.write(books)
        evidence = {"films": plan.entered.films, "members": plan.entered.members, "updated": plan.entered.updated}
        _tell(home, books, FOUND, evidence)
    return plan.entered


def _claimed(pieces: Sequence[Piece], kindred: Kindred) -> list[tuple[tuple[Piece, ...], Film | None]]:
    """Each group with the film that it is: a held one; else the lowest numbered one that one of its members made."""
    found: list[tuple[tuple[Piece, ...], Film | None]] = []
    for some in group(pieces):
        held = [kindred.films[one.film] for one in some if one.held]
        made = [kindred.films[one.member] for one in some if one.member in kindred.films and one.film == one.member]
        chosen = held or sorted(made, key=lambda film: film.number)
        found.append((some, chosen[0] if chosen else None))
    return found


class _Plan:
    """What is to be written: films with their members, and films that have none left."""

    def __init__(self, home: Home, authority: str, kindred: Kindred, lengths: Mapping[str, Playing]) -> None:
        self._home, self._authority = home, authority
        self._now = home.ground.clock.now()
        self._kindred, self._lengths = kindred, lengths
        self._films: dict[str, Film] = {}
        self._members: list[Member] = []
        self._left: set[str] = set()
        self.entered = Entered()

    @property
    def changes(self) -> bool:
        """Something differs from what is entered."""
        return bool(self._films or self._members or self._left)

    def take(self, some: Sequence[Piece], film: Film | None) -> None:
        """One group and the film it is, or None: a new one."""
        slots = [self._kindred.slots[one.member] for one in some if one.member in self._kindred.slots]
        held = any(one.held for one in some)
        name = film.id if film is not None else self._new(some)
        self._say(self._film(name, film, slots, held=held), film)
        gained = likened = 0
        for one in some:
            before = self._kindred.members.get(one.member)
            slot = self._kindred.slots.get(one.member)
            if slot is None:
                continue  # its rows are gone; what is entered of it stays
            after = self._member(slot, name, before, _joined(one, name, some, before))
            if before is not None and before.film != name:
                self._left.add(before.film)
            gained += before is None or before.film != name
            likened += (before is None or before.film != name) and after.joined == "likeness"
            self.entered.members += before is None
            self.entered.updated += before is not None and after != before
            if after != before:
                self._members.append(after)
        now = self._films.get(name, film)
        if held and gained and film is not None and now is not None and now.standing not in UNDECIDED:
            first = min(film.available, *(slot.available for slot in slots if slot.public), film.available)
            told = (("film", film.number), ("count", gained), ("first", local_day(first).isoformat()))
            (self.entered.likened if likened else self.entered.joined).append(told)

    def write(self, books: Books) -> None:
        """Write it all, in an open transaction."""
        number = books.films.number()
        for film in sorted(self._films.values(), key=lambda one: (one.number == 0, one.available, one.id)):
            if film.number:
                books.films.put(film)
                continue
            books.films.put(replace(film, number=number))
            number += 1
        books.films.enter(self._members)
        gone = 0
        for film_id in sorted(self._left):
            if not books.films.members(film_id):
                books.films.forget(film_id)
                gone += 1
        self.entered.renumbered = gone

    def _new(self, some: Sequence[Piece]) -> str:
        """An id for a new film: that of the member that makes it; where another film has it by now, one made of it."""
        taken = {*self._kindred.films, *self._films}
        for one in some:
            if one.member not in taken:
                return one.member
        name = some[0].member
        while name in taken:
            name = hashlib.sha256(f"again {name}".encode()).hexdigest()[: len(name)]
        return name

    def _say(self, after: Film, before: Film | None) -> None:
        if after != before:
            self._films[after.id] = after
        self.entered.films += before is None
        self.entered.outside += after.standing == "outside" and (before is None or before.standing != "outside")

    def _film(self, name: str, before: Film | None, slots: Sequence[Slot], *, held: bool) -> Film:
        open_ones = [slot.available for slot in slots if slot.public]
        available = min(open_ones or [slot.available for slot in slots], default=None)
        if before is not None and held:
            # Decided: the standing is a person's. The clock goes back to an earlier day, and forward only from one on
            # which nobody could see it.
            known = before.ground != NOT_PUBLIC
            if not open_ones or available is None:
                return before
            if not known:
                return self._opened(before, available)
            if self._unseen_until_now(before, available):
                self.entered.opened.append(before.number)
                undecided = replace(before, decided=None, person="", record=None, way="", replaces="")
                return self._opened(undecided, available)
            earliest = available if self._all_here(before) else min(available, before.available)
            return before if earliest == before.available else replace(before, available=earliest)
        if available is None:
            if before is None:
                raise ValueError("a film has at least one member with rows")
            return before
        ground = outside(
            public=bool(open_ones),
            authority=self._authority,
            available=available,
            companies=self._home.deposit.companies,
        )
        after = Film(
            id=name,
            number=0 if before is None else before.number,
            standing="outside" if ground else "candidate",
            ground=ground,
            authority=self._authority,
            available=available,
            changed=self._now,
        )
        if before is not None and (after.standing, after.ground) == (before.standing, before.ground):
            after = replace(before, available=available)
        return after

    def _unseen_until_now(self, film: Film, opened: datetime) -> bool:
        """Somebody decided no while nobody could see the film anywhere, and now it is public: that is another question."""
        late = film.standing == "declined" and film.decided is not None and opened > film.decided
        return late and self._all_here(film)

    def _all_here(self, film: Film) -> bool:
        """All its members have rows. Of another film nobody knows whether it was open before: what is said of it stands."""
        members = (one.id for one in self._kindred.members.values() if one.film == film.id)
        return all(one in self._kindred.slots for one in members)

    def _opened(self, before: Film, available: datetime) -> Film:
        """A film that was never public and is now: it is judged as if it were new."""
        ground = outside(
            public=True, authority=self._authority, available=available, companies=self._home.deposit.companies
        )
        standing: FilmStanding = "outside" if ground else "candidate"
        return replace(before, standing=standing, ground=ground, available=available, changed=self._now)

    def _member(self, slot: Slot, film: str, before: Member | None, joined: Joined) -> Member:
        playing = self._lengths.get(slot.member, Playing(readable=False))
        known = before or Member(
            id=slot.member,
            item=slot.item,
            film=film,
            role=slot.said.role,
            account=slot.row.account,
            available=slot.available,
            found=self._now,
            version=slot.version,
        )
        return replace(
            known,
            film=film,
            role=slot.said.role,
            available=slot.available,
            version=slot.version,
            duration=playing.duration or known.duration or slot.said.duration,
            width=playing.width or known.width,
            height=playing.height or known.height,
            joined=joined,
        )


def _joined(one: Piece, film: str, some: Sequence[Piece], before: Member | None) -> Joined:
    """Why a member belongs to its film; a person's word stands."""
    if before is not None and (before.joined == "hand" or (before.film == film and one.held)):
        return before.joined
    if one.member == film:
        return "first"
    same = any(one.digests & other.digests for other in some if other.member != one.member)
    return "bytes" if same else "likeness"


def _lengths(home: Home, slots: Sequence[Slot]) -> tuple[dict[str, Playing], Counter[str]]:
    """What the files of these films are when played; of those whose length is entered nothing is read."""
    with home.ground.state.reading() as books:
        known = books.films.known([slot.member for slot in slots])
    found: dict[str, Playing] = {}
    unread: Counter[str] = Counter()
    for slot in slots:
        before = known.get(slot.member)
        file = film_file(slot)
        if file is None or (before is not None and before.duration is not None and before.width is not None):
            continue
        try:
            found[slot.member] = look(home, file)
        except MissingError:
            unread["R-MISSING"] += 1
        except UnreachableError:
            unread["R-UNREACHABLE"] += 1
        except OSError:
            unread["R-STORAGE"] += 1
    return found, unread


def film_file(slot: Slot) -> MediaRef | None:
    """The file by which a film's length is told: the platform's, else an owner's; None: no bytes of it are here."""
    return next((one for one in slot.files if one.digest is not None and one.size), None)


def look(home: Home, file: MediaRef) -> Playing:
    """What a stored file is when it is played. Raises MissingError, UnreachableError, OSError."""
    digest = file.digest or ""
    name = f"film{mimetypes.guess_extension(file.media_type) or ''}"
    with home.ground.store.open(medium(digest)) as source:
        return home.media_facts.look(name, source, file.size or 0)


def _tell(home: Home, books: Books, act: str, evidence: Mapping[str, int]) -> None:
    books.ledger.append(
        Receipt(act=act, at=home.ground.clock.now(), actor="bevara", subjects=("deposit",), evidence=dict(evidence))
    )
