"""What keeps a film from being decided of, joined or parted: a delivery that holds it, that KB has it, secrecy."""

from __future__ import annotations

from typing import Final

from schemas.books import Books
from schemas.deposit import Film, FilmStanding
from schemas.refusal import GuardError

UNDECIDED: Final[frozenset[FilmStanding]] = frozenset({"candidate", "outside"})
"""Nobody has decided of it."""
AT_KB: Final[frozenset[FilmStanding]] = frozenset({"delivered", "accepted", "seen"})
"""KB has it, as far as anybody can see."""
_DECIDABLE: Final = UNDECIDED | {"declined", "decided", "rejected"}
_AWAY: Final[frozenset[FilmStanding]] = frozenset({"packaged", "delivering"})


def refuse_away(books: Books, film: Film) -> None:
    """Refuse what is in a delivery, or at KB's. Raises GuardError (G-PACKAGED)."""
    refuse_in_delivery(books, film)
    if film.standing in _DECIDABLE:
        return
    if film.standing == "delivered":
        command = "receipt" if film.delivery else f"answer {film.number}"
        remedy = f"record KB's receipt first, with 'bevara deposit {command}'"
    else:
        remedy = f"a changed film is a film of its own: decide of that one with --replaces {film.number}"
    raise GuardError("G-PACKAGED", f"film {film.number} is {film.standing}", remedy)


def refuse_in_delivery(books: Books, film: Film) -> None:
    """Refuse what a delivery is being made of. Raises GuardError (G-PACKAGED)."""
    planned = next(
        (one.intent.id for one in books.deliveries.all() if one.standing == "planned" and film.id in one.intent.films),
        film.delivery if film.standing in _AWAY else "",
    )
    if not planned and film.standing not in _AWAY:
        return
    if film.standing == "delivering":
        remedy = "deliver it to the end and record KB's receipt first"
    else:
        remedy = f"withdraw it first, with 'bevara deposit withdraw {planned}'"
    raise GuardError("G-PACKAGED", f"film {film.number} is in delivery {planned or '(unknown)'}", remedy)


def is_secret(books: Books, film: str) -> bool:
    """It was published in a record that is marked with secrecy: what KB has, anybody may see."""
    return any(one.kind == "sekretess" for one in books.marks.of([one.item for one in books.films.members(film)]))


def refuse_secret_content(books: Books, key: str, authority: str) -> None:
    """Refuse a built delivery with content of a record that is marked with secrecy, wherever its films are by now.

    Raises GuardError (G-SECRET).
    """
    items = [item for one in books.copies.find(authority=authority) if one.key == key for item in one.items]
    if any(one.kind == "sekretess" for one in books.marks.of(items)):
        raise GuardError(
            "G-SECRET",
            "the delivery holds content of a record that is marked with secrecy",
            "take the mark away if it is not secret; else make another delivery without it",
        )


def refuse_secret(books: Books, film: Film) -> None:
    """Refuse to hand over what is marked with secrecy. Raises GuardError (G-SECRET)."""
    if is_secret(books, film.id):
        raise GuardError(
            "G-SECRET",
            f"film {film.number} was published in a record that is marked with secrecy",
            "take the mark away if it is not secret; else decide no, or split the place off",
        )
