"""The night's part in legal deposit: look for films and originals, deliver, read receipts, write the feed, watch the clock.

Nothing is decided here. A step that fails is a finding and stops no other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from flows.deposit.clock import OVERDUE, warned
from flows.deposit.feed import write_feed
from flows.deposit.find import scan
from flows.deposit.lines import clock_of
from flows.deposit.originals import take_in
from flows.deposit.pack import act as packing
from flows.deposit.pack.act import LONG
from flows.keep.guard import code_of
from schemas.books import LeaseLostError, LeaseTakenError
from schemas.deposit import Film
from schemas.finding import Finding, Severity
from schemas.ground import Home

T = TypeVar("T")
_NAMED: Final = 20
"""Numbers of films that one finding names; a count says how many there are."""
_HURRY: Final = 2
"""Nights after a day of warning in which it is said aloud: one night may be missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositNight:
    """What was done, in counts.

    Attributes:
        found: films that are new. originals: owners' files taken in. built, delivered: deliveries.
        answered: films that KB answered about. fed: films in the feed. undecided: films that wait for a decision.
        overdue: films whose three months have passed. findings: what is to be told.
    """

    found: int = 0
    originals: int = 0
    built: int = 0
    delivered: int = 0
    answered: int = 0
    fed: int = 0
    undecided: int = 0
    overdue: int = 0
    findings: tuple[Finding, ...] = ()

    @property
    def told(self) -> bool:
        """There is something to say of it."""
        return any(
            (self.found, self.originals, self.built, self.delivered, self.answered, self.undecided, self.overdue)
        )

    def as_json(self) -> dict[str, Any]:
        """Counts alone."""
        return {
            "found": self.found,
            "originals": self.originals,
            "built": self.built,
            "delivered": self.delivered,
            "answered": self.answered,
            "fed": self.fed,
            "undecided": self.undecided,
            "overdue": self.overdue,
        }


def night(home: Home) -> DepositNight:
    """Everything that needs no person, in the order in which one step feeds the next."""
    findings: list[Finding] = []
    seen = _step(lambda: scan(home), "leta filmer", "bevara deposit films", findings)
    taken = None
    if home.deposit.originals:
        taken = _step(lambda: take_in(home), "läsa in original", "bevara deposit originals", findings)
    packed = _step(lambda: packing.night(home), "leverera", "bevara deposit status", findings)
    fed = None
    if home.deposit.feed is not None:
        fed = _step(lambda: write_feed(home, person="bevara"), "skriva flödet", "bevara deposit feed", findings)
    for one in (seen, taken, packed, fed):
        findings.extend(one.findings if one is not None else ())
    with home.ground.state.reading() as books:
        films = books.films.all()
    findings += clock_findings(home, films)
    now = home.ground.clock.now()
    findings += work_findings(films, now)
    clocks = [clock_of(one, now, home.deposit.companies) for one in films]
    return DepositNight(
        found=seen.films if seen else 0,
        originals=taken.taken if taken else 0,
        built=packed.built if packed else 0,
        delivered=packed.delivered if packed else 0,
        answered=packed.answered if packed else 0,
        fed=fed.items if fed else 0,
        undecided=sum(one.standing in {"candidate", "rejected"} for one in films),
        overdue=sum(not one.stopped and one.left < 0 for one in clocks),
        findings=tuple(findings),
    )


def _step(act: Callable[[], T], step: str, command: str, findings: list[Finding]) -> T | None:
    """Do it; a failure is told by its kind. What another run is doing at this moment is left to it."""
    try:
        return act()
    except (LeaseTakenError, LeaseLostError):
        return None
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told by its kind, and the night goes on
        parameters = (("step", step), ("reason", code_of(error)), ("command", command))
        findings.append(Finding(code="L220", severity="error", subject="deposit", parameters=parameters))
        return None


def clock_findings(home: Home, films: Sequence[Film]) -> list[Finding]:
    """One finding for what is overdue, and one for every day of warning that films have come to (``clock.warned``).

    A warning wants a look when a film has just come to that day, and in the last days; on other nights it is told alone, so
    that a film that waits for its decision does not cry wolf for two months.
    """
    now = home.ground.clock.now()
    groups: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for film in films:
        clock = clock_of(film, now, home.deposit.companies)
        group = warned(clock, home.deposit.warn_days)
        if group is not None:
            groups[group].append((clock.left, film.number))
    late = sorted(groups.pop(OVERDUE, []))
    found = [_clock("L221", "error", late, days=-late[0][0])] if late else []
    for within in sorted(int(one) for one in groups):
        near = sorted(groups[str(within)])
        aloud = near[0][0] <= _HURRY or any(within - left <= _HURRY for left, _ in near)
        found.append(_clock("L222", "warning" if aloud else "info", near, days=near[0][0], within=within))
    return found


def _clock(code: str, severity: Severity, films: Sequence[tuple[int, int]], **more: int) -> Finding:
    numbers = sorted(number for _, number in films)
    return Finding(
        code=code,
        severity=severity,
        subject="deposit",
        count=len(films),
        parameters=(("count", len(films)), ("films", _numbers(numbers)), ("worst", films[0][1]), *sorted(more.items())),
    )


def work_findings(films: Sequence[Film], now: datetime) -> list[Finding]:
    """What waits for a person, told; how urgent it is the clock says.

    A film that KB has not answered on for ``LONG`` days is told too where no delivery tells (L177): its clock stands, and
    its items are kept for as long as nobody enters an answer.
    """
    undecided = [one for one in films if one.standing == "candidate"]
    forms = [one.number for one in films if one.standing in {"decided", "rejected"} and one.way == "form"]
    fed = [one.number for one in films if one.standing == "rejected" and one.way == "feed"]
    silent = [
        one.number
        for one in films
        if one.standing == "delivered" and one.way in {"feed", "form"} and (now - one.changed).days >= LONG
    ]
    packages = [one.number for one in films if one.standing in {"decided", "rejected"} and one.way == "fgs-publ"]
    found = []
    if undecided:
        parameters: tuple[tuple[str, str | int], ...] = (("count", len(undecided)),)
        found.append(_work("L223", len(undecided), parameters))
    for code, numbers in (("L224", forms), ("L225", packages), ("L226", fed), ("L227", silent)):
        if numbers:
            found.append(_work(code, len(numbers), (("count", len(numbers)), ("films", _numbers(numbers)))))
    return found


def _work(code: str, count: int, parameters: tuple[tuple[str, str | int], ...]) -> Finding:
    return Finding(code=code, severity="info", subject="deposit", count=count, parameters=parameters)


def _numbers(numbers: Sequence[int]) -> str:
    shown = ", ".join(str(one) for one in numbers[:_NAMED])
    return shown if len(numbers) <= _NAMED else f"{shown} …"
