"""How each account's connection stands, from what the last runs left, and what a person does about it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schemas.account import Account
from schemas.books import Coverage
from schemas.codes import sentence
from schemas.codes.missing import missing
from schemas.finding import Finding
from schemas.ids import rfc3339

_RECONNECT = frozenset({"H101", "H102", "H116", "H117", "H187"})
"""Findings that end when a person gives access anew."""
_SOON_DAYS = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One account's connection.

    Attributes:
        standing: ``ok``, ``attention`` (works, with something to see to), ``broken`` (the last run could not read),
            ``parked`` (the platform asked us to wait), ``never`` (no run yet).
        last_run: when the last run began. last_complete: night of the last complete one.
        token_expires: when the token ends, where the platform tells.
        parked_until: until when nothing is asked.
        findings: code and Swedish sentence, of the last run.
        steps: what a person does to give access again; empty when nothing is needed.
    """

    account: str
    platform: str
    standing: str
    last_run: datetime | None
    last_complete: str | None
    token_expires: datetime | None
    parked_until: datetime | None
    findings: tuple[tuple[str, str], ...]
    steps: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """One line of ``oversee health --json``."""

        def written(moment: datetime | None) -> str | None:
            return rfc3339(moment) if moment else None

        return {
            "account": self.account,
            "platform": self.platform,
            "standing": self.standing,
            "last_run": written(self.last_run),
            "last_complete": self.last_complete,
            "token_expires": written(self.token_expires),
            "parked_until": written(self.parked_until),
            "findings": [{"code": code, "reason": reason} for code, reason in self.findings],
            "steps": list(self.steps),
        }


def connection(
    account: Account,
    coverages: Sequence[Coverage],
    memory: Mapping[str, str],
    steps: tuple[str, ...],
    now: datetime,
) -> Connection:
    """How the account stands.

    Args:
        coverages: the account's, oldest first. memory: what harvest remembers of it.
        steps: of the platform, to give access again.
        now: the present instant.
    """
    # An import, a follower or the hourly pass says nothing of the connection that the night needs.
    coverages = [one for one in coverages if one.nightly]
    last = coverages[-1] if coverages else None
    expires = _moment(memory.get("token_expires"))
    until = _moment(memory.get("parked"))
    until = until if until is not None and until > now else None
    loud = [one for one in last.findings if one.severity != "info"] if last else []
    codes = {one.code for one in loud}
    soon = expires is not None and (expires - now).days < _SOON_DAYS
    needs = soon or any(code in _RECONNECT for code in codes)
    if last is None:
        standing = "never"
    elif until is not None:
        standing = "parked"
    elif not last.complete and last.returned == 0:
        standing = "broken"
    elif soon or not last.complete or any(code in missing() for code in codes):
        standing = "attention"
    else:
        standing = "ok"
    return Connection(
        account=account.name,
        platform=account.platform,
        standing=standing,
        last_run=last.started if last else None,
        last_complete=next((one.night for one in reversed(coverages) if one.complete), None),
        token_expires=expires,
        parked_until=until,
        findings=tuple(dict.fromkeys(_told(one) for one in loud)),
        steps=steps if needs else (),
    )


def _told(finding: Finding) -> tuple[str, str]:
    return finding.code, sentence(finding.code, "sv", {"subject": finding.subject, **dict(finding.parameters)})


_WORDS = {
    "ok": "fungerar",
    "attention": "fungerar, men behöver tillsyn",
    "broken": "AVBRUTEN",
    "parked": "väntar på plattformens begäran",
    "never": "har aldrig hämtats i sin helhet",
}


def as_text(one: Connection) -> str:
    """The connection in Swedish."""
    lines = [f"{one.account} ({one.platform}): {_WORDS[one.standing]}"]
    if one.last_run is not None:
        lines.append(f"  senaste körning {one.last_run:%Y-%m-%d %H:%M} UTC; hel natt senast {one.last_complete or '–'}")
    if one.token_expires is not None:
        lines.append(f"  åtkomstnyckeln gäller till {one.token_expires:%Y-%m-%d}")
    if one.parked_until is not None:
        lines.append(f"  inget hämtas före {one.parked_until:%Y-%m-%d %H:%M} UTC")
    lines += [f"  {code}: {reason}" for code, reason in one.findings]
    if one.steps:
        lines.append("  Så ger du åtkomst på nytt:")
        lines += [f"    {number}. {step}" for number, step in enumerate(one.steps, 1)]
    return "\n".join(lines)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
