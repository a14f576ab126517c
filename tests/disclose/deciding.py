"""Requests brought to where something can be refused, decided or appealed; and another officer who acts in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.disclose.standing import change_request
from schemas.ground import Home
from schemas.neighbours import Typesetter
from schemas.rendering import Rendering, Typeset
from schemas.request import Outcome
from tests.disclose.world import DELEGATE, OFFICER, Desk

FIRST = 1
"""The request that a prepared desk has."""
WHY = "Uppgifterna rör enskildas hälsa och det kan antas att de lider betydande men om de lämnas ut."


def noon(day: str) -> datetime:
    """12 UTC of a day."""
    return datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=UTC)


def beyond(desk: Desk) -> None:
    """Let the desk publish past what a prepared one was made of."""
    with desk.open() as home, home.ground.state.reading() as books:
        desk.made = max(desk.made, 1000 * books.requests.number())


def given(desk: Desk) -> int:
    """The first request of a prepared desk, all of whose records are to be given."""
    desk.assess(FIRST, "give", *(one.item for one in desk.assessments(FIRST)))
    return FIRST


def asked(desk: Desk) -> int:
    """A request with listed records (three, on a new desk), all of them refused."""
    beyond(desk)
    for text in ("Läckan på torget", "Ny läcka på torget", "Läckan är lagad"):
        desk.publish(text)
    number = desk.ask("Allt om läckan")
    desk.find(number, "--text", "läcka")
    desk.assess(number, "refuse", provision="OSL 21:1")
    return number


def answered(desk: Desk, number: int, outcome: Outcome) -> None:
    """Let a request stand as it does once everything that is to be given has gone out."""
    with desk.open() as home, home.ground.state.writing() as books:
        books.requests.assess([replace(one, portion=1) for one in books.requests.assessed(number)])
        change_request(
            books,
            number,
            {"open"},
            lambda now: replace(now, standing="answered", outcome=outcome, answered=desk.at, changed=desk.at),
            act="request.answered",
            actor=OFFICER,
        )


def decided(desk: Desk, *, on: str = "2026-01-15") -> int:
    """A request that is decided on a day."""
    number = asked(desk)
    desk.at = noon(on)
    desk.request("decide", str(number), "--reason", WHY, person=DELEGATE)
    return number


def appealed(desk: Desk, *, served: str = "2026-01-16", came: str = "2026-01-30") -> int:
    """A request whose decision was received and appealed on these days."""
    number = decided(desk)
    desk.at = noon(came)
    if served:
        desk.request("served", str(number), "--on", served)
    desk.request("appeal", str(number), "--on", came)
    return number


def template(factory: pytest.TempPathFactory, prepare: Callable[[Desk], int]) -> Path:
    """A folder that the fixture ``desk`` copies: a desk whose first request stands where ``prepare`` brings it."""
    root = factory.mktemp("mall")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("BEVARA_KEYS", str(root / "nycklar"))
        assert prepare(Desk(root / "allt").begin()) == FIRST
    return root


@dataclass(slots=True)
class Interrupted:
    """The real typesetter; before its first document another officer does something."""

    inside: Typesetter
    act: Callable[[], object] | None

    def pdf(self, document: bytes) -> bytes:
        """As the real one."""
        return self.inside.pdf(document)

    def render(self, rendering: Rendering) -> Typeset:
        """As the real one, after what the other officer does."""
        act, self.act = self.act, None
        if act is not None:
            act()
        return self.inside.render(rendering)


@contextmanager
def meanwhile(desk: Desk, act: Callable[[], object]) -> Iterator[Home]:
    """A home in which another officer acts between what is read and what is written."""
    with desk.open() as home:
        yield replace(home, typesetter=Interrupted(home.typesetter, act))
