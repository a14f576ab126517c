"""Decide every film of an archive whose tests are about something else: its films are not to be deposited."""

from __future__ import annotations

from dataclasses import replace

from flows.deposit.find import scan
from schemas.deposit import Film
from schemas.ground import Home


def decline_all(home: Home, person: str = "Kim") -> list[Film]:
    """Search for films and let every one that waits stand as declined; returns them.

    The standing is written as the state database has it: the decision's own record would be one more item in worlds
    that are counted and judged item by item.
    """
    scan(home)
    now = home.ground.clock.now()
    with home.ground.state.writing() as books:
        found = [
            replace(film, standing="declined", decided=now, person=person, changed=now)
            for film in books.films.all("candidate")
        ]
        for film in found:
            books.films.put(film)
    return found
