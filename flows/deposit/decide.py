"""A named person decides of films: yes or no, with a reason; joins and parts them; says that Libris shows one.

The words go into a record of ours in the archive and nowhere else; the ledger names films, numbers and the record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from flows.deposit.guards import AT_KB, UNDECIDED, refuse_away, refuse_in_delivery, refuse_secret
from flows.deposit.propose import NOT_PUBLIC
from flows.deposit.said import ACT, DECIDED, Said, said_of, spelled
from flows.deposit.standing import change_film, film_in, known_film
from flows.deposit.told import NOTHING, checked, libris_id
from flows.keep.mandates import mandated
from flows.keep.own import revision_first, write_own
from schemas.books import Books
from schemas.deposit import Film, FilmStanding, Told, Way
from schemas.ground import Ground, Home
from schemas.ids import ItemId
from schemas.receipt import Receipt
from schemas.refusal import GuardError, RefusedError

WORDS: Final = 4000
"""Characters of a reason."""
RECORDED: Final = "deposit.record"
"""Act of the receipt of a decision's record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decision:
    """What is decided now: as it is kept."""

    answer: bool
    reason: str
    person: str
    told: Told
    way: Way | str
    replaces: str
    at: datetime


def decide(
    home: Home,
    films: Sequence[str],
    answer: bool,  # noqa: FBT001 - the decision itself
    reason: str,
    person: str,
    told: Told = NOTHING,
    way: Way | str = "",
    replaces: str = "",
) -> tuple[Film, ...]:
    """Decide of films; the same decision again changes nothing. One record of ours per authority holds the words.

    Args:
        films: numbers or ids. answer: they are to be delivered. reason: why; always needed.
        told: what is told beside it. way: how they are delivered; empty = as the settings say.
        replaces: number or id of the film at KB's that this one is a new version of, or empty.

    Returns:
        The films as they stand afterwards, in the order asked for, each once.

    Raises:
        RefusedError: an unknown film, person or value. GuardError: no mandate (G-MANDATE), a film that is in a delivery
        or at KB's already (G-PACKAGED), a yes to what is marked with secrecy (G-SECRET). Then nothing is decided.
    """
    ground = home.ground
    at = ground.clock.now()
    with ground.state.reading() as books:
        mandated(books, person, "deposit", at)
        found = list({one.id: one for one in (film_in(books, text) for text in films)}.values())
        if not found:
            raise RefusedError("FILM", "", "name one film or several by number")
        decision = _decision(home, books, found, answer, reason, person, told, way, replaces, at)
        for film in found:
            refuse_away(books, film)
            if answer:
                refuse_secret(books, film)
    fresh = [film for film in found if not _stands(ground, film, decision)]
    by_authority: dict[str, list[Film]] = defaultdict(list)
    for film in fresh:
        by_authority[film.authority].append(film)
    after = {film.id: film for film in found}
    for authority, some in sorted(by_authority.items()):
        after.update((film.id, film) for film in _write(ground, authority, some, decision))
    return tuple(after[film.id] for film in found)


def join(home: Home, film: str, other: str, person: str) -> Film:
    """Two films are one: the other's places become the first's, the clock starts at the earliest of them.

    The other goes out of the list. What is decided of the first stands; where the law was thought not to reach the
    first and the other is a candidate, the two are a candidate.

    Raises:
        RefusedError: an unknown film or person, the same film twice, films of two authorities. GuardError: no mandate
        (G-MANDATE), something else is decided of the other (G-JOIN), one is in a delivery (G-PACKAGED).
    """
    at = home.ground.clock.now()
    with home.ground.state.writing() as books:
        books.revision(lock=True)
        mandated(books, person, "deposit", at)
        one, two = film_in(books, film), film_in(books, other)
        if one.id == two.id:
            raise RefusedError("OTHER", other, f"it is film {one.number} already; name another film")
        if one.authority != two.authority:
            raise RefusedError("OTHER", other, "it is another authority's; decide of each by itself")
        for each in (one, two):
            refuse_in_delivery(books, each)
        if two.standing not in UNDECIDED and (two.standing != one.standing or two.delivery or one.delivery):
            raise GuardError(
                "G-JOIN",
                f"film {two.number} is {two.standing} and film {one.number} is {one.standing}",
                f"join them the other way round, or decide of film {two.number} as of film {one.number} first",
            )
        moved = [replace(member, film=one.id, joined="hand") for member in books.films.members(two.id)]
        # Where nobody could see it no clock started, and what was open in the other place was not closed everywhere.
        unseen = {film.id for film in (one, two) if film.ground == NOT_PUBLIC}
        seen_at = [film.available for film in (one, two) if film.id not in unseen] or [one.available, two.available]
        reached = one.standing == "outside" and (two.standing == "candidate" or (one.id in unseen and two.ground))
        after = change_film(
            books,
            one.id,
            {one.standing},
            lambda now: replace(
                now,
                standing=two.standing if reached else now.standing,
                ground=two.ground if reached else now.ground,
                available=min(seen_at),
                changed=at,
            ),
            act="deposit.joined",
            actor=person,
            evidence={"other": two.number, "members": len(moved)},
        )
        books.films.enter(moved)
        books.films.forget(two.id)
        evidence = {"film": two.number, "into": one.number, "standing": two.standing}
        books.ledger.append(
            Receipt(act="deposit.forgotten", at=at, actor=person, subjects=(two.id,), evidence=evidence)
        )
    return after


def split(home: Home, member: str, person: str) -> Film:
    """What was published in that place is another film: a candidate with a number of its own. Returns it.

    Raises:
        RefusedError: an unknown member or person, a film's only member, or the one that the film is named after.
        GuardError: no mandate (G-MANDATE), the film is in a delivery (G-PACKAGED).
    """
    at = home.ground.clock.now()
    with home.ground.state.writing() as books:
        books.revision(lock=True)
        mandated(books, person, "deposit", at)
        found = books.films.known([member]).get(member)
        if found is None:
            raise RefusedError("MEMBER", member, "name a place by its id; 'bevara deposit show FILM' lists them")
        before = film_in(books, found.film)
        refuse_in_delivery(books, before)
        others = [one for one in books.films.members(before.id) if one.id != found.id]
        if not others:
            raise RefusedError("MEMBER", member, f"film {before.number} was published nowhere else")
        if found.id == before.id or books.films.get(found.id) is not None:
            raise RefusedError(
                "MEMBER", member, f"film {before.number} is named after it; split the others off instead"
            )
        film = Film(
            id=found.id,
            number=books.films.number(),
            standing="candidate",
            authority=before.authority,
            available=found.available,
            changed=at,
        )
        books.films.put(film)
        # Both are what a person made of them: the next search puts neither together with the other again.
        parted = [replace(one, joined="hand") for one in others]
        books.films.enter([replace(found, film=film.id, joined="hand"), *parted])
        change_film(
            books,
            before.id,
            {before.standing},
            # A place that was never open tells an earlier day too, and starts no clock: it only goes forward here.
            lambda now: replace(now, available=max(now.available, min(one.available for one in others)), changed=at),
            act="deposit.split",
            actor=person,
            evidence={"other": film.number},
        )
        evidence = {"film": film.number, "from": before.number, "standing": film.standing}
        books.ledger.append(Receipt(act="deposit.split", at=at, actor=person, subjects=(film.id,), evidence=evidence))
    return film


def seen(home: Home, film: str, libris: str, person: str) -> Film:
    """Somebody has seen the film in Libris, under that id or address. The same again changes nothing.

    Raises:
        RefusedError: an unknown film or person, no id of Libris. GuardError: no mandate (G-MANDATE), it is not at KB's
        (G-CHANGED), or it was sent there as a test (G-TEST).
    """
    at = home.ground.clock.now()
    name = libris_id(libris)
    before = known_film(home.ground, film)
    with home.ground.state.writing() as books:
        books.revision(lock=True)
        mandated(books, person, "deposit", at)
        now = film_in(books, before.id)
        if now.standing == "seen" and now.libris == name:
            return now
        delivery = books.deliveries.get(now.delivery) if now.delivery else None
        if delivery is not None and delivery.intent.status == "TEST":
            raise GuardError("G-TEST", f"film {now.number} was sent as a test", "deliver it in earnest first")
        return change_film(
            books,
            now.id,
            AT_KB,
            lambda one: replace(one, standing="seen", libris=name, changed=at),
            act="deposit.seen",
            actor=person,
            evidence={"libris": name},
        )


def _decision(
    home: Home,
    books: Books,
    films: Sequence[Film],
    answer: bool,  # noqa: FBT001 - as of ``decide``
    reason: str,
    person: str,
    told: Told,
    way: str,
    replaces: str,
    at: datetime,
) -> _Decision:
    words = reason.strip()
    if not words or len(words) > WORDS:
        raise RefusedError("--reason", reason, f"write why, in at most {WORDS} characters; it is kept in the archive")
    if not answer:
        for name, value in (*spelled(told).items(), ("way", way), ("replaces", replaces)):
            if value:
                raise RefusedError(f"--{name}", str(value), "leave it out: the film is not delivered")
        return _Decision(answer=False, reason=words, person=person, told=NOTHING, way="", replaces="", at=at)
    return _Decision(
        answer=True,
        reason=words,
        person=person,
        told=(kept := checked(told, films=len(films), clean=home.without_secrets)),
        way=_way(home, way, kept),
        replaces=_replaced(books, films, replaces),
        at=at,
    )


def _way(home: Home, way: str, told: Told) -> Way:
    if way not in {"", "fgs-publ", "feed", "form"}:
        raise RefusedError("--way", way, "write fgs-publ, feed or form")
    found: Way = way or home.deposit.way  # type: ignore[assignment] # one of the three, see above
    if found != "feed":
        return found
    if home.deposit.feed is None:
        raise RefusedError("--way", found, "no feed is set up: write [deposit.feed] in bevara.toml, or choose fgs-publ")
    if not told.page and not told.file:
        raise RefusedError(
            "--way", found, "KB fetches what a feed names: give --page or --file on the own site, or choose fgs-publ"
        )
    return found


def _replaced(books: Books, films: Sequence[Film], replaces: str) -> str:
    """Id of the film that is replaced, or empty."""
    if not replaces:
        return ""
    if len(films) > 1:
        raise RefusedError("--replaces", replaces, "tell it of one film at a time")
    before = film_in(books, replaces)
    if before.id == films[0].id:
        raise RefusedError("--replaces", replaces, "name another film than the one that is decided of")
    if before.authority != films[0].authority:
        raise RefusedError("--replaces", replaces, "name a film of the same authority")
    if before.standing not in AT_KB:
        raise RefusedError(
            "--replaces", replaces, "name a film that KB has; leave it out for one that was never delivered"
        )
    return before.id


def _stands(ground: Ground, film: Film, decision: _Decision) -> bool:
    """It is decided so already, by the same person in the same words."""
    expected: FilmStanding = "decided" if decision.answer else "declined"
    same = (film.standing, film.person, film.way, film.replaces)
    if same != (expected, decision.person, decision.way, decision.replaces):
        return False
    return said_of(ground, film) == Said(reason=decision.reason, told=decision.told, answer=decision.answer)


def _write(ground: Ground, authority: str, films: Sequence[Film], decision: _Decision) -> list[Film]:
    after: list[Film] = []
    with ground.state.reading() as books:
        items: list[ItemId] = sorted({one.item for film in films for one in books.films.members(film.id)})
        replaced = books.films.get(decision.replaces) if decision.replaces else None

    def also(books: Books, record: ItemId) -> None:
        mandated(books, decision.person, "deposit", decision.at)
        for film in films:
            refuse_away(books, film_in(books, film.id))
            if decision.answer:
                refuse_secret(books, film)
            after.append(_change(books, film, decision, record))

    write_own(
        ground,
        kind="decision",
        authority=authority,
        text=f"Beslut om e-plikt: {_named(films)} {_ANSWERS[decision.answer]}. {decision.reason}",
        payload={
            "act": ACT,
            "answer": decision.answer,
            "reason": decision.reason,
            "films": [film.number for film in films],
            "items": items,
            "told": spelled(decision.told),
            "way": decision.way,
            "replaces": replaced.number if replaced is not None else None,
        },
        at=decision.at,
        act=RECORDED,
        actor=decision.person,
        evidence={"films": len(films)},
        first=revision_first,
        also=also,
    )
    return after


_ANSWERS: Final[dict[bool, str]] = {
    True: "ska lämnas till Kungliga biblioteket",
    False: "lämnas inte till Kungliga biblioteket",
}


def _named(films: Sequence[Film]) -> str:
    numbers = [str(film.number) for film in films]
    return "film " + (" och ".join([", ".join(numbers[:-1]), numbers[-1]]) if len(numbers) > 1 else numbers[0])


def _change(books: Books, film: Film, decision: _Decision, record: ItemId) -> Film:
    """One film as decided, unless somebody has changed it since it was looked at. Raises GuardError (G-CHANGED)."""

    def change(now: Film) -> Film:
        if now.record != film.record:
            raise GuardError(
                "G-CHANGED",
                f"somebody else has decided of film {now.number} meanwhile",
                f"look at 'bevara deposit show {now.number}'",
            )
        return replace(
            now,
            standing="decided" if decision.answer else "declined",
            ground="",
            changed=decision.at,
            decided=decision.at,
            person=decision.person,
            record=record,
            way=decision.way,  # type: ignore[arg-type] # checked by _way
            replaces=decision.replaces,
        )

    return change_film(
        books,
        film.id,
        {film.standing},
        change,
        act=DECIDED,
        actor=decision.person,
        evidence={"answer": decision.answer, "way": decision.way, "record": record},
    )
