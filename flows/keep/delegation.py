"""Who may decide in writing for the municipality: a person with the mandate and a whole delegation (KL 6:37; HFD 2012 not. 76)."""

from __future__ import annotations

from datetime import datetime

from flows.keep.mandates import mandated
from schemas.books import Books
from schemas.person import Act, Person
from schemas.refusal import GuardError


def delegated_for(books: Books, name: str, act: Act, at: datetime) -> Person:
    """The registered person, who has the mandate for the act now and may decide in writing.

    Raises:
        RefusedError: no such person. GuardError: no mandate (G-MANDATE), or the delegation does not stand whole with the
            person: body, day and paragraph (G-DELEGATION).
    """
    person = mandated(books, name, act, at)
    if not (person.body and person.decided and person.paragraph):
        raise GuardError(
            "G-DELEGATION",
            "a decision by somebody without delegation is none that can be appealed",
            "let a delegate decide, or enter the delegation: 'bevara person change NAME --decision-body … --decision-date … --decision-paragraph …'",
        )
    return person


def delegation_words(person: Person) -> str:
    """The delegation as a decision names it: ``Kommunstyrelsen 2024-12-03 § 14``."""
    decided = person.decided.isoformat() if person.decided else ""
    return " ".join(part for part in (person.body, decided, person.paragraph) if part)
