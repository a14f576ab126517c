"""Record one answer of KB's: films, their delivery, and the words of a rejection, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from flows.deposit.pack.change import Step, locked, moved, stand, waiting_in
from flows.deposit.pack.told import ANSWERED, Answer, answered
from flows.deposit.standing import change_film
from flows.keep.derived import remove_retired
from flows.keep.mandates import mandated
from flows.keep.own import revision_first, write_own
from schemas.books import Books
from schemas.deposit import Film, FilmStanding, StoredDelivery
from schemas.finding import Finding, Severity
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.receipt import Scalar
from schemas.refusal import GuardError

_SENT: Final[frozenset[FilmStanding]] = frozenset({"delivering", "delivered"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What a recorded receipt changed: the delivery as it stands now, the films it answered on, and what is to be known."""

    delivery: StoredDelivery
    films: tuple[Film, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One answer: what, KB's mark, KB's words, and who records it."""

    answer: Answer
    reference: str
    words: str = ""
    actor: str = "bevara"


def record(home: Home, stored: StoredDelivery, films: Sequence[Film], said: Said) -> Recorded:
    """Record an answer on films that wait in the delivery, whose lease is held, in one transaction."""
    ground = home.ground
    at = ground.clock.now()
    kept: list[StoredDelivery] = []

    def keep(books: Books, words: ItemId | None) -> None:
        kept[:] = [_answer(home, books, stored, films, said, words, at)]

    if said.words and said.answer == "rejected":
        write_own(
            ground,
            kind="letter",
            authority=stored.intent.authority,
            text=said.words,
            payload={
                "act": "deposit.answered",
                "answer": said.answer,
                "delivery": stored.intent.id,
                "films": [one.number for one in films],
                "reference": said.reference,
            },
            at=at,
            act="deposit.words",
            actor=said.actor,
            evidence={"films": len(films)},
            first=revision_first,
            also=keep,
        )
    else:
        with ground.state.writing() as books:
            keep(books, None)
    after = kept[0]
    if not after.key and stored.key:
        remove_retired(ground.state, ground.store, at, ground.mirrors)
    return Recorded(
        delivery=after,
        films=tuple(films),
        findings=tuple(told(_code(stored, said), stored, one) for one in films),
    )


def _code(stored: StoredDelivery, said: Said) -> str:
    if stored.intent.status == "TEST":
        return "L180"
    return "L181" if said.answer == "accepted" else "L182"


def _answer(
    home: Home,
    books: Books,
    stored: StoredDelivery,
    films: Sequence[Film],
    said: Said,
    words: ItemId | None,
    at: datetime,
) -> StoredDelivery:
    """The films and their delivery, in one transaction. Raises GuardError when one has moved (G-CHANGED, G-MANDATE)."""
    now = locked(books, stored)
    if said.actor != "bevara":
        mandated(books, said.actor, "deposit", at)
    test = stored.intent.status == "TEST"
    standing: FilmStanding = "decided" if test else said.answer
    for film in films:
        here = books.films.get(film.id)
        if here is None or here.delivery != stored.intent.id:
            raise GuardError(
                "G-CHANGED", f"film {film.number} is in another delivery", "look at 'bevara deposit status'"
            )
        change_film(
            books,
            film.id,
            _SENT,
            moved(standing, at, reference=film.reference if test else said.reference),
            act=ANSWERED,
            actor=said.actor,
            evidence={
                "delivery": stored.intent.id,
                "answer": said.answer,
                "reference": said.reference,
                "words": words,
                "test": test,
            },
        )
    return _follow(home, books, now, said, len(films), at)


def _follow(home: Home, books: Books, now: StoredDelivery, said: Said, films: int, at: datetime) -> StoredDelivery:
    """The delivery follows its films: while one waits it stands where it stood, then it is what became of them."""
    seen: dict[str, Scalar] = {"answer": said.answer, "reference": said.reference, "films": films}
    step = Step(act="deposit.delivery.answered", actor=said.actor, evidence=seen)
    if waiting_in(books, now):
        return stand(books, now, now.standing, at, step)
    answers = [answered(books, film, now.intent.id) for film in now.intent.films]
    accepted = all(one is None or one["answer"] == "accepted" for one in answers)
    accepted = accepted and (films > 0 or said.answer == "accepted")
    step = replace(step, reference=said.reference, forget=accepted and not home.deposit.keep)
    return stand(books, now, "accepted" if accepted else "rejected", at, step)


def told(code: str, stored: StoredDelivery, film: Film | None = None) -> Finding:
    """A finding about a delivery, or about one film of it; good news is for information alone."""
    severity: Severity = "info" if code == "L181" else "warning"
    parameters: dict[str, str | int] = {"number": stored.intent.number}
    if film is not None:
        parameters["film"] = film.number
    subject = stored.intent.id if film is None else film.id
    return Finding(code=code, severity=severity, subject=subject, parameters=tuple(sorted(parameters.items())))
