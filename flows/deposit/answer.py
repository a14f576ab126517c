"""KB's answer about a film that is in no package: it was in the feed, or somebody uploaded it in the web form.

No receipt is known for either, so what KB writes or shows is recorded by hand. Packages have receipts of their own
(``flows.deposit.pack.receipts``).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from flows.deposit.pack.told import ANSWERED, Answer
from flows.deposit.standing import change_film, film_in, known_film
from flows.keep.mandates import mandated
from flows.keep.own import revision_first, write_own
from schemas.books import Books
from schemas.delivery import REFERENCE
from schemas.deposit import Film
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.refusal import GuardError, RefusedError

WORDS: Final = 4000
"""Characters of KB's words on a rejection."""


def answer(home: Home, film: str | Film, said: Answer, person: str, *, reference: str = "", reason: str = "") -> Film:
    """Record KB's answer, as a person has it. The same answer again changes nothing.

    ``accepted`` ends the film's way. ``rejected`` reopens it: it is decided anew, by this way or another; in the feed it
    is no more.

    Args:
        film: its number or id. reference: KB's own mark, a number or code that names nobody, or empty.
        reason: KB's words on a rejection, or empty; kept in an archive item alone.

    Raises:
        GuardError: it waits for no such answer (G-RECEIPT); no mandate (G-MANDATE). RefusedError: no such film or
            person; an unusable reference or reason.
    """
    words = _checked(said, reference, reason)
    ground = home.ground
    known = known_film(ground, film if isinstance(film, str) else film.id)
    if known.standing == said and not known.delivery and known.reference == reference:
        return known
    at = ground.clock.now()
    kept: list[Film] = []

    def record(books: Books, item: ItemId | None) -> None:
        mandated(books, person, "deposit", at)
        now = film_in(books, known.id)
        _refuse_others(now)
        after = change_film(
            books,
            now.id,
            {"delivered"},
            lambda one: replace(one, standing=said, changed=at, reference=reference),
            act=ANSWERED,
            actor=person,
            evidence={"delivery": "", "answer": said, "reference": reference, "words": item, "test": False},
        )
        kept[:] = [after]

    with ground.state.reading() as books:  # before anything is written
        mandated(books, person, "deposit", at)
    _refuse_others(known)
    if words:
        write_own(
            ground,
            kind="letter",
            authority=known.authority,
            text=words,
            payload={"act": "deposit.answered", "answer": said, "films": [known.number], "reference": reference},
            at=at,
            act="deposit.words",
            actor=person,
            evidence={"films": 1},
            first=revision_first,
            also=record,
        )
    else:
        with ground.state.writing() as books:
            books.revision(lock=True)
            record(books, None)
    return kept[0]


def _checked(said: Answer, reference: str, reason: str) -> str:
    """KB's words, looked at. Raises RefusedError."""
    if reference and not REFERENCE.fullmatch(reference):
        raise RefusedError("--reference", reference, "give KB's number or code, such as KB 2026/17, or leave it out")
    words = reason.strip()
    if len(words) > WORDS:
        raise RefusedError("--reason", reason, f"write at most {WORDS} characters")
    if words and said != "rejected":
        raise RefusedError("--reason", reason, "leave it out: only a rejection has words")
    return words


def _refuse_others(film: Film) -> None:
    if film.delivery:
        raise GuardError(
            "G-RECEIPT",
            f"film {film.number} is in delivery {film.delivery}",
            "record the delivery's receipt, with 'bevara deposit receipt'",
        )
    if film.standing != "delivered":
        raise GuardError(
            "G-RECEIPT", f"film {film.number} is {film.standing}", f"look at 'bevara deposit show {film.number}'"
        )
