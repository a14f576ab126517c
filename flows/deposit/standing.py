"""Where a film stands, and the one way to change it: with the revision locked, a look at what it was, and a receipt."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType

from schemas.books import Books
from schemas.deposit import Film, FilmStanding
from schemas.ground import Ground
from schemas.receipt import Receipt, Scalar
from schemas.refusal import GuardError, RefusedError

_NOTHING: Mapping[str, Scalar] = MappingProxyType({})


def known_film(ground: Ground, text: str) -> Film:
    """The film of that number, id, or id of one of its members. Raises RefusedError: there is none."""
    with ground.state.reading() as books:
        return film_in(books, text)


def film_in(books: Books, text: str) -> Film:
    """As ``known_film``, in a transaction."""
    found = books.films.numbered(int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else None
    found = found or books.films.get(text)
    if found is None:
        member = books.films.known([text]).get(text)
        found = books.films.get(member.film) if member is not None else None
    if found is None:
        raise RefusedError("FILM", text[:80], "name a film's number; 'bevara deposit films --all' lists them")
    return found


def change_film(
    books: Books,
    film: str,
    expected: Collection[FilmStanding],
    change: Callable[[Film], Film],
    *,
    act: str,
    actor: str,
    evidence: Mapping[str, Scalar] = _NOTHING,
) -> Film:
    """One change of a film inside an open transaction, with its receipt; ``changed`` is the receipt's time by ``change``.

    Args:
        expected: standings in which it may be changed. act: ``deposit.<what>``.

    Raises:
        GuardError: it stands elsewhere by now (G-CHANGED). RefusedError: no such film.
    """
    books.revision(lock=True)
    now = books.films.get(film)
    if now is None:
        raise RefusedError("FILM", film, "name a film's number; 'bevara deposit films --all' lists them")
    if now.standing not in expected:
        raise GuardError(
            "G-CHANGED", f"film {now.number} is {now.standing}", f"look at 'bevara deposit show {now.number}'"
        )
    after = change(now)
    books.films.put(after)
    books.ledger.append(
        Receipt(
            act=act,
            at=after.changed,
            actor=actor,
            subjects=(film,),
            evidence={"film": now.number, "standing": after.standing, **evidence},
        )
    )
    return after
