"""The night's part: send what waits, read back numbers, remind of what has waited, count what is to be decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flows.keep.guard import code_of
from flows.register.collect import collect
from flows.register.dispatch import Outcome, dispatch
from flows.register.facts import find_candidates
from flows.register.standing import reminders, undecided
from schemas.books import LeaseLostError, LeaseTakenError
from schemas.finding import Finding
from schemas.ground import Home
from schemas.ids import ItemId


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterNight:
    """What was done.

    Attributes:
        sent: records handed over now. waiting: decided ones that are still here. confirmed: numbers read back.
        candidates, urgent: what a registrar is to decide about, and how much of it is secret.
        findings: what is to be told.
    """

    sent: int
    waiting: int
    confirmed: int
    candidates: int
    urgent: int
    findings: tuple[Finding, ...]

    def as_json(self) -> dict[str, Any]:
        """Counts alone."""
        return {
            "sent": self.sent,
            "waiting": self.waiting,
            "confirmed": self.confirmed,
            "candidates": self.candidates,
            "urgent": self.urgent,
        }


def night(home: Home) -> RegisterNight:
    """Everything that needs no person; nothing is decided here.

    Numbers come first: what a stopped run has handed over, and the diary has answered, is not handed over once more.
    """
    collected = collect(home)
    outcomes = dispatch_all(home)
    found = find_candidates(home.ground)
    findings = [finding for one in outcomes for finding in one.findings]
    findings += [*collected.findings, *reminders(home), *undecided(found)]
    return RegisterNight(
        sent=sum(one.standing == "sent" for one in outcomes),
        waiting=sum(one.standing in {"decided", "sending"} for one in outcomes),
        confirmed=len(collected.confirmed),
        candidates=len(found),
        urgent=sum(one.urgent for one in found),
        findings=tuple(findings),
    )


def to_send(home: Home) -> list[ItemId]:
    """What is decided and not known to have arrived: secret ones first, then the oldest first."""
    with home.ground.state.reading() as books:
        ways = [one for one in books.registrations.all() if one.standing in {"decided", "sending"}]
    return [one.item for one in sorted(ways, key=lambda one: (not one.secret, one.decided, one.item))]


def dispatch_all(home: Home, items: Sequence[ItemId] | None = None, *, again: bool = False) -> list[Outcome]:
    """Hand over these records, or everything that waits to be sent; one that fails does not stop the others.

    What somebody else is sending at this moment stands as it does.
    """
    done = []
    for item in to_send(home) if items is None else items:
        findings: tuple[Finding, ...] = ()
        try:
            done.append(dispatch(home, item, again=again))
            continue
        except (LeaseTakenError, LeaseLostError):
            pass
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told by its kind, and the others go on
            reason = (("reason", code_of(error)),)
            findings = (Finding(code="J127", severity="error", subject=item, parameters=reason),)
        with home.ground.state.reading() as books:
            way = books.registrations.get(item)
        done.append(Outcome(item=item, standing=None if way is None else way.standing, findings=findings))
    return done
