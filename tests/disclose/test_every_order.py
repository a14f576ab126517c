"""Every order of acts on one request: no hold ends while an appeal may come or waits, and no state is a dead end.

The acts are the real ones on a real archive, each tried from every state that they lead to. A transaction that would change the
request is looked at right before its commit and then undone, so that the next act starts from the same archive. An account of
what has happened is kept beside it, from the acts alone, and says what closing may not do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from typing import Any, Final

import pytest

from flows.disclose.closing import close, withdraw
from flows.disclose.intake.opening import Opening, open_request
from flows.disclose.refuse.appeal import appeal, reopen, served
from flows.disclose.refuse.court import ruling
from flows.disclose.refuse.decide import decide, turn_away
from flows.disclose.refuse.forward import forward
from flows.disclose.refuse.refuse import refuse
from flows.disclose.standing import LIVE, change_request
from schemas.books import Books
from schemas.calendar import local_day
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.neighbours import Typesetter
from schemas.refusal import GuardError, RefusedError
from schemas.rendering import Rendering, Typeset
from schemas.request import Request
from schemas.workdays import appeal_last_day
from tests.cull.interference import OddState, with_state
from tests.disclose.world import DELEGATE, OFFICER, Desk

WAIT: Final = timedelta(days=30)
LONGEST: Final = timedelta(days=60)
"""Days that lie further back are not told apart."""
ITEM: Final = ItemId("202601-aaaaaaaaaaaaaaaa")
RULE: Final = ("OSL 21:1",)


class _ChangedError(Exception):
    """The act would have been committed."""


@dataclass(frozen=True, slots=True)
class Account:
    """What has happened, by the acts alone.

    Attributes:
        decision: a written decision stands. served: when its person got it. pending: an appeal waits for a court or for us.
        ruled: how the latest appeal ended, or empty. final: when that became final.
    """

    decision: bool = False
    served: date | None = None
    pending: bool = False
    ruled: str = ""
    final: date | None = None

    def binds(self, today: date) -> bool:
        """The hold may not end: an appeal waits, may come in time, or is not finally decided."""
        if not self.decision:
            return False
        if self.pending:
            return True
        if self.ruled in {"upheld", "changed"}:
            return self.final is None or self.final > today
        if self.ruled == "withdrawn" and (self.final is None or self.final > today):
            return True
        return self.served is None or today <= appeal_last_day(self.served)


@dataclass(frozen=True, slots=True)
class Act:
    """An act, and what it does to the account."""

    name: str
    run: Callable[[Home, int, date], object]
    after: Callable[[Account, date], Account] = lambda account, _: account


def _answer(home: Home, number: int, _today: date) -> None:
    """As an answer in which something is masked leaves the request."""
    with home.ground.state.writing() as books:
        change_request(
            books,
            number,
            {"open"},
            lambda now: replace(now, standing="answered", outcome="partly", answered=home.ground.clock.now()),
            act="request.answered",
            actor=OFFICER,
        )


def _decided(_account: Account, _today: date) -> Account:
    return Account(decision=True)


def _ruled(how: str, final: int | None) -> Act:
    def last(today: date) -> date | None:
        return None if final is None else today + timedelta(days=final)

    return Act(
        f"{how} {final}",
        lambda home, number, today: ruling(home, number, how, OFFICER, final=last(today)),
        lambda account, today: replace(account, pending=False, ruled=how, final=last(today) or account.final),
    )


ACTS: Final = (
    Act("answer", _answer),
    Act("refuse", lambda home, number, _: refuse(home, number, "Skäl", OFFICER, RULE)),
    Act("decide", lambda home, number, _: decide(home, number, "Skäl", DELEGATE, RULE), _decided),
    Act(
        "served",
        lambda home, number, today: served(home, number, today, OFFICER),
        lambda account, today: replace(account, served=today),
    ),
    Act(
        "appeal",
        lambda home, number, today: appeal(home, number, today, OFFICER),
        lambda account, _: replace(account, pending=True, ruled="", final=None),
    ),
    Act("forward", lambda home, number, _: forward(home, number, OFFICER)),
    Act("excused", lambda home, number, _: forward(home, number, OFFICER, excuse="came-to-court")),
    Act("late", lambda home, number, _: turn_away(home, number, "Skäl", DELEGATE), _decided),
    *(_ruled(how, final) for how in ("upheld", "changed", "withdrawn") for final in (None, 0, 30)),
    Act("reopen", lambda home, number, _: reopen(home, number, "Skäl", DELEGATE)),
    Act("withdraw", lambda home, number, _: withdraw(home.ground, number, OFFICER)),
    Act("close", lambda home, number, _: close(home.ground, number, OFFICER, "Logg")),
)


@dataclass(slots=True)
class Once:
    """The real typesetter; a document whose title it has set before is not set again."""

    inside: Typesetter
    made: dict[str, Typeset] = field(default_factory=dict)

    def pdf(self, document: bytes) -> bytes:
        """As the real one."""
        return self.inside.pdf(document)

    def render(self, rendering: Rendering) -> Typeset:
        """As the real one, the first time."""
        if rendering.title not in self.made:
            self.made[rendering.title] = self.inside.render(rendering)
        return self.made[rendering.title]


def _older(value: Any, now: Any) -> Any:
    """A day or instant of the row, when time has passed."""
    if value is None or not isinstance(value, date):  # an instant is a date too
        return value
    return max(value - WAIT, now - LONGEST)


class Archive:
    """One request, put where it is wanted; ``trial`` tells what an act would make of it."""

    def __init__(self, home: Home) -> None:
        self.changed: list[tuple[Request, bool]] = []
        self.home = replace(home, typesetter=Once(home.typesetter))
        self.odd = with_state(self.home, OddState(home.ground.state, at_end=self._look))
        self.now = home.ground.clock.now()
        self.today = local_day(self.now)
        self.base = self.begun = open_request(home, Opening(wording="Allt"), OFFICER)

    def _look(self, books: Books) -> None:
        row = books.requests.get(self.begun.number)
        if row is not None and row != self.base:
            self.changed.append((row, any(one.number == row.hold for one in books.holds.in_force())))
            raise _ChangedError

    def put(self, row: Request) -> Request:
        """Let the request stand so, with a hold of its own unless it is closed."""
        with self.home.ground.state.writing() as books:
            for one in books.holds.in_force():
                books.holds.lift(one.number, OFFICER, self.now)
            if row.standing != "closed":
                hold = books.holds.set("request", str(row.number), OFFICER, self.now)
                row = replace(row, hold=hold.number)
            books.requests.put(row)
        self.base = row
        return row

    def trial(self, act: Act) -> Request | None:
        """The request after the act, with its hold looked after; None when it is refused or changes nothing."""
        self.changed.clear()
        try:
            act.run(self.odd, self.begun.number, self.today)
        except (GuardError, RefusedError, _ChangedError):
            pass
        for row, held in self.changed:
            assert held == (row.standing in LIVE), f"{act.name}: the hold of what is {row.standing}"
            return row
        return None

    def waited(self, row: Request) -> Request:
        """The same when a month has passed."""
        days = {
            one.name: _older(
                getattr(row, one.name), self.today if one.name in {"served", "appealed", "final"} else self.now
            )
            for one in fields(row)
        }
        return replace(row, **days)


def _place(row: Request, account: Account, now: Any) -> tuple[object, ...]:
    """What tells two states apart; ids do not."""
    day = local_day(now)
    ago = [None if one is None else (day - one).days for one in (row.served, row.appealed, row.final)]
    given = [one is None for one in (row.decision, row.forwarded)]
    return (row.standing, row.outcome, *ago, *given, row.ruling, account)


@pytest.fixture
def archive(desk: Desk) -> Any:
    """With one request, open."""
    with desk.open() as home:
        yield Archive(home)


@pytest.mark.parametrize("steps", [4, pytest.param(9, marks=pytest.mark.soak)])
def test_no_order_of_acts_ends_a_hold_too_early_or_never(archive: Archive, steps: int) -> None:
    """From an open request, and from one whose decision was received a month ago: closed only when nothing binds, and at last."""
    ago = archive.now - WAIT
    received = replace(
        archive.begun, standing="decided", outcome="refused", decision=ITEM, decided=ago, served=local_day(ago)
    )
    todo = [(archive.begun, Account()), (received, Account(decision=True, served=local_day(ago)))]
    known = {_place(*one, archive.now): 0 for one in todo}
    ways: dict[tuple[object, ...], set[tuple[object, ...]]] = {}
    paths: dict[tuple[object, ...], tuple[str, ...]] = dict.fromkeys(known, ())
    closings = 0
    while todo:
        row, account = todo.pop(0)
        place = _place(row, account, archive.now)
        row = archive.put(row)
        later = replace(
            account,
            served=_older(account.served, archive.today),
            final=_older(account.final, archive.today),
        )
        reached = [("wait", archive.waited(row), later)]
        for act in ACTS:
            after = archive.trial(act)
            if after is None:
                continue
            path = (*paths[place], act.name)
            if act.name == "close":
                closings += 1
                assert not account.binds(archive.today), path
            if act.name == "decide":
                assert not account.pending, f"an appeal is forgotten: {path}"
            reached.append((act.name, after, act.after(account, archive.today)))
        for name, after, then in reached:
            new = _place(after, then, archive.now)
            ways.setdefault(place, set()).add(new)
            if new not in known:
                known[new] = known[place] + 1
                paths[new] = (*paths[place], name)
                if known[new] < steps:
                    todo.append((after, then))
    assert closings > 5
    assert not _dead_ends(known, ways)


def _dead_ends(
    known: dict[tuple[object, ...], int], ways: dict[tuple[object, ...], set[tuple[object, ...]]]
) -> set[tuple[object, ...]]:
    """States from which the request is never closed; what lies beyond the last step is not known to be one."""
    good = {place for place in known if place[0] == "closed" or place not in ways}
    while more := {place for place in ways if place not in good and ways[place] & good}:
        good |= more
    return set(known) - good
