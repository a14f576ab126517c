"""Whether a registered person may do an act today: asked before every act that needs a person."""

from __future__ import annotations

from datetime import datetime

from schemas.books import Books
from schemas.calendar import local_day
from schemas.person import MANDATES, Act, Person
from schemas.refusal import GuardError, RefusedError


def known_person(books: Books, name: str, field: str = "--as") -> Person:
    """The registered person. Raises RefusedError."""
    person = books.persons.get(name)
    if person is None:
        raise RefusedError(field, name, "name a registered person; add one with 'bevara person add'")
    return person


def mandated(books: Books, name: str, act: Act, at: datetime) -> Person:
    """The registered person, who has the mandate for the act now.

    Raises:
        RefusedError: no such person. GuardError: no mandate (G-MANDATE).
    """
    person = known_person(books, name)
    day = local_day(at)
    if person.may(act, day):
        return person
    if not person.valid_on(day):
        text, remedy = "the role does not hold on this day", "let somebody whose role holds do it, or change validity"
    else:
        text = f"the role {person.role} has no mandate for this"
        remedy = f"let one of these do it: {', '.join(sorted(MANDATES[act]))}"
    raise GuardError("G-MANDATE", text, remedy)
