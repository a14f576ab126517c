"""Sending the morning letters: each unit gets one a day, however often it is tried.

A letter that has been sent is noted in a transaction of its own before the next one goes, so that being stopped in between
sends none of them twice. Between the mail server's word and that transaction there is a gap: then the letter goes once
more, under the same Message-ID, by which mail systems tell a repeat.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flows.keep.guard import code_of
from flows.keep.patience import patiently
from flows.oversee.letters.model import Letter
from flows.oversee.letters.render import as_html, as_text
from flows.oversee.letters.writing import Post, Watched, letters, same_unit
from schemas.calendar import local_day
from schemas.finding import Finding, Severity
from schemas.ground import Ground, Home
from schemas.neighbours import InterruptedHandingError, Mailing, Message, ReceiverRefusedError
from schemas.receipt import Receipt
from schemas.refusal import RefusedError, UnreachableError

__all__ = ["SENT", "LettersSent", "letters", "message_of", "post_of", "send_letters"]
SENT: Final = "letter.sent"
"""Act of the receipt about a letter; its subject is the letter's id."""
_LEASE: Final = "letters"
_SETTING: Final = "letter-sent:"
"""Where it is noted when a unit's letter last went: one small fact a unit, whose name is a digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LettersSent:
    """What became of a morning's letters.

    Attributes:
        sent, already, failed: ids of letters that went now, went earlier today, did not go. points: things that they tell
            of together. findings: W251-W257.
    """

    sent: tuple[str, ...] = ()
    already: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    points: int = 0
    findings: tuple[Finding, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Counts and ids; no unit, no address."""
        return {
            "sent": list(self.sent),
            "already": list(self.already),
            "failed": list(self.failed),
            "points": self.points,
            "findings": [{"code": one.code, "subject": one.subject, "count": one.count} for one in self.findings],
        }


def post_of(home: Home, watched: Watched, at: datetime) -> Post:
    """The letters of today, for all units. Raises RefusedError: a setting of oversight is not usable."""
    with home.ground.state.reading() as books:
        accounts = books.accounts.all()
    return letters(watched, accounts, home.oversight(), home.organisation, local_day(at))


def message_of(letter: Letter, at: datetime) -> Message:
    """The e-mail: text and HTML that say the same."""
    return Message(
        id=letter.id,
        to=letter.to,
        subject=letter.subject,
        body=as_text(letter),
        html=as_html(letter),
        at=at,
        generated=True,
    )


def send_letters(home: Home, watched: Watched, *, unit: str | None = None, again: bool = False) -> LettersSent:
    """Write and send the letters of today; what cannot be sent is told of and goes next time.

    Args:
        unit: this unit's alone (``""``: the fallback's). again: also what was sent today already.

    Raises:
        RefusedError: a setting of oversight is not usable, or ``unit`` has no letter today.
        LeaseTakenError: somebody else is sending and does not end.
    """
    at = home.ground.clock.now()
    post = post_of(home, watched, at)
    chosen = (
        post.letters if unit is None else tuple(one for one in post.letters if same_unit(one.unit) == same_unit(unit))
    )
    if unit is not None and not chosen:
        units = ", ".join(one.unit or '"" (fallback)' for one in post.letters) or "none"
        raise RefusedError("--unit", unit, f"units with a letter today: {units}")
    points = sum(one.count for one in chosen)
    if not chosen:
        return LettersSent(findings=post.findings)
    try:
        mailing = home.mailing()
    except RefusedError as error:
        reason = (("count", len(chosen)), ("reason", error.field))
        none = Finding(code="W254", severity="warning", subject="oversight", count=len(chosen), parameters=reason)
        ids = tuple(one.id for one in chosen)
        return LettersSent(failed=ids, points=points, findings=(*post.findings, none))
    with patiently(home.ground.state, _LEASE):
        return _sent(home.ground, mailing, chosen, at, post.findings, again=again)


def _sent(
    ground: Ground,
    mailing: Mailing,
    chosen: Sequence[Letter],
    at: datetime,
    told: Sequence[Finding],
    *,
    again: bool,
) -> LettersSent:
    done: dict[str, list[str]] = {"sent": [], "already": [], "failed": []}
    findings = list(told)
    for one in chosen:
        if not again and _went(ground, one):
            done["already"].append(one.id)
            findings.append(_about(one, "W257"))
            continue
        try:
            mailing.send(message_of(one, at))
        except InterruptedHandingError:
            findings.append(_about(one, "W256"))
        except (RefusedError, ReceiverRefusedError, UnreachableError) as error:
            findings.append(_about(one, "W255", _reason(error)))
        else:
            _note(ground, one, at)
            done["sent"].append(one.id)
            continue
        done["failed"].append(one.id)
    return LettersSent(
        sent=tuple(done["sent"]),
        already=tuple(done["already"]),
        failed=tuple(done["failed"]),
        points=sum(one.count for one in chosen),
        findings=tuple(findings),
    )


def _key(letter: Letter) -> str:
    return _SETTING + letter.id.rsplit("-", 1)[-1]


def _went(ground: Ground, letter: Letter) -> bool:
    with ground.state.reading() as books:
        return books.setting(_key(letter)) == letter.id


def _note(ground: Ground, letter: Letter, at: datetime) -> None:
    with ground.state.writing() as books:
        books.set_setting(_key(letter), letter.id)
        evidence = {"points": letter.count, "accounts": len(letter.parts)}
        books.ledger.append(Receipt(act=SENT, at=at, actor="bevara", subjects=(letter.id,), evidence=evidence))


def _about(letter: Letter, code: str, reason: str = "") -> Finding:
    parameters = (("letter", letter.id), ("reason", reason))
    severity: Severity = "info" if code == "W257" else "warning"
    return Finding(code=code, severity=severity, subject=letter.id, parameters=parameters)


def _reason(error: Exception) -> str:
    """Which setting or which answer it was; never an address."""
    if isinstance(error, RefusedError):
        return error.field
    return error.code if isinstance(error, ReceiverRefusedError) else code_of(error)
