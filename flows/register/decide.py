"""Which records a registrar is to decide about, and why. Pure: no store, no clock, no database.

The reasons (OSL 5:1): the plan says so, or that the content decides; secrecy; a question that became a matter; content
of others that we removed; what Bevara itself has made; a new version of what was registered. What is decided already
comes back only with a new version or, when it was declined, with a new reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from schemas.codes import sentence
from schemas.hold import Mark, MarkKind
from schemas.ids import ItemId, rfc3339
from schemas.plan.model import Registration as Rule
from schemas.record import Kind
from schemas.registration import WAITING, Registration

TO_JUDGE: Final = "J102"
"""The reason that is none by itself: somebody must look at the content first."""
SECRET: Final = "J103"  # noqa: S105 - a code


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of one record.

    Attributes:
        item, authority, account, platform, kind, own: of its rows.
        rule, registration: the one row of the plan that matches, and what it says; empty and None = none does.
        for_removed: that row is written for what we have removed, so that its word is the last.
        marks: by kind.
        version: its newest. since: when it was received or made, UTC. versioned: when the newest version was observed.
        hidden: when it was first seen hidden or removed by us, or None.
        waits: since when it waits in the outbox, or None.
        way: what has been decided before, or None. declined_for: reasons that it was declined with.
        decides: it is itself a registrar's decision about registration: kept in order with what it is about, and no
            candidate by the plan, or every decision would ask for the next one.
    """

    item: ItemId
    authority: str
    account: str
    platform: str
    kind: Kind
    own: bool
    rule: str = ""
    registration: Rule | None = None
    for_removed: bool = False
    marks: Mapping[MarkKind, Mark] = field(default_factory=dict)
    version: int
    since: datetime
    versioned: datetime
    hidden: datetime | None = None
    waits: datetime | None = None
    way: Registration | None = None
    declined_for: frozenset[str] = frozenset()
    decides: bool = False

    @property
    def secret(self) -> bool:
        """It is marked with secrecy."""
        return "sekretess" in self.marks

    @property
    def registered(self) -> bool:
        """It has a diary number, in whatever version; one that somebody took away again is none."""
        return "registrerad" in self.marks

    @property
    def renewed(self) -> bool:
        """A version has come after the registration."""
        if self.way is not None and self.way.standing == "confirmed":
            return self.version > self.way.version
        mark = self.marks.get("registrerad")
        return mark is not None and self.versioned > mark.at


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason: code, since when it holds (UTC), and what fills the sentence."""

    code: str
    since: datetime
    parameters: tuple[tuple[str, str | int], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """``{"code", "since", "text"}``; the text is Swedish."""
        text = sentence(self.code, "sv", dict(self.parameters))
        return {"code": self.code, "since": rfc3339(self.since), "text": text}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A record that waits for a registrar's decision.

    Attributes:
        item, authority, account, kind, version: of the record.
        since: when the first of the reasons began to hold, UTC. urgent: secrecy is noted: the same day.
        reasons: in the order of their codes; never empty.
    """

    item: ItemId
    authority: str
    account: str
    kind: Kind
    version: int
    since: datetime
    urgent: bool
    reasons: tuple[Reason, ...]

    @property
    def codes(self) -> frozenset[str]:
        """The reasons' codes."""
        return frozenset(one.code for one in self.reasons)

    @property
    def to_judge(self) -> bool:
        """Only the content can tell."""
        return self.codes == {TO_JUDGE}

    def as_json(self) -> dict[str, Any]:
        """One line of ``register candidates --json``."""
        return {
            "item": self.item,
            "authority": self.authority,
            "account": self.account,
            "kind": self.kind,
            "version": self.version,
            "since": rfc3339(self.since),
            "urgent": self.urgent,
            "to_judge": self.to_judge,
            "reasons": [one.as_json() for one in self.reasons],
        }


def candidate(facts: Facts) -> Candidate | None:
    """What a registrar is to decide about this record, or None when there is nothing to decide."""
    way = facts.way
    if way is not None and way.standing in WAITING:
        return None
    reasons = _renewed(facts) if facts.registered else _reasons(facts)
    if way is not None and way.standing == "declined" and not facts.registered:
        if facts.version > way.version:
            code = Reason(code="J110", since=facts.versioned, parameters=(("version", facts.version),))
            reasons = [*reasons, code] if reasons else []
        elif {one.code for one in reasons} <= facts.declined_for:
            reasons = []
    if not reasons:
        return None
    return Candidate(
        item=facts.item,
        authority=facts.authority,
        account=facts.account,
        kind=facts.kind,
        version=facts.version,
        since=min(one.since for one in reasons),
        urgent=facts.secret,
        reasons=tuple(reasons),
    )


def candidates(facts: Iterable[Facts]) -> list[Candidate]:
    """Everything to be decided: urgent ones first, then the oldest first."""
    found = [one for one in map(candidate, facts) if one is not None]
    return sorted(found, key=lambda one: (not one.urgent, one.since, one.item))


def _renewed(facts: Facts) -> list[Reason]:
    if not facts.renewed:
        return []
    return [Reason(code="J109", since=facts.versioned, parameters=(("version", facts.version),))]


def _reasons(facts: Facts) -> list[Reason]:
    found: list[Reason] = []
    secrecy = facts.marks.get("sekretess")
    if facts.decides:
        # Secret from its first moment it goes with the record that it is about; marked later it stands for itself.
        if secrecy is None or secrecy.at == facts.since:
            return found
        return [Reason(code=SECRET, since=secrecy.at, parameters=(("provision", secrecy.provision),))]
    rule = (("rule", facts.rule),)
    minor = "ringa" in facts.marks
    if facts.registration == "yes":
        found.append(Reason(code="J108" if _ours(facts) else "J101", since=facts.since, parameters=rule))
    elif facts.registration == "by_content" and not minor:
        found.append(Reason(code=TO_JUDGE, since=facts.since, parameters=rule))
    if secrecy is not None:
        found.append(Reason(code=SECRET, since=secrecy.at, parameters=(("provision", secrecy.provision),)))
    matter = facts.marks.get("i-arende")
    if matter is not None:
        found.append(Reason(code="J104", since=matter.at, parameters=(("dnr", matter.dnr),)))
    found.extend(_removed(facts, minor=minor))
    if facts.waits is not None:
        found.append(Reason(code="J107", since=facts.waits))
    return sorted(found, key=lambda one: one.code)


def _removed(facts: Facts, *, minor: bool) -> Iterable[Reason]:
    """Somebody else's content that we took away, unless it was judged of minor importance or the plan speaks of it."""
    if facts.own or minor or (facts.for_removed and facts.registration == "no"):
        return
    mark = facts.marks.get("borttagen-av-oss")
    if mark is not None:
        yield Reason(code="J105", since=mark.at)
    if facts.hidden is not None:
        yield Reason(code="J106", since=facts.hidden)


def _ours(facts: Facts) -> bool:
    return facts.platform == "bevara"
