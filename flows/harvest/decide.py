"""Harvest decisions: how far back to look tonight, what a sighting changes, which time counts. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from schemas.account import Cadence
from schemas.neighbours import Lookup, Window
from schemas.record import Cause, Clock, Kind, Seen, State

DAY = timedelta(days=1)
_TOLERANCE = DAY
"""How much a visitor's stated time may differ from the platform's before it is not believed (design, section 4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """One re-observation tier: items younger than ``reach`` are looked at again once per ``every``."""

    name: str
    reach: timedelta
    every: timedelta


TIERS = (
    Tier(name="daily", reach=timedelta(days=7), every=timedelta(hours=12)),
    Tier(name="weekly", reach=timedelta(days=92), every=timedelta(days=7)),
    Tier(name="monthly", reach=timedelta(days=731), every=timedelta(days=30)),
)
"""Daily for a week, weekly for a quarter, monthly for two years. The first runs every time: half a day is less
than any night."""

_SLACK = timedelta(hours=6)
"""A pass that ran a little late last time may run a little early this time, else the nights drift apart."""


def window(passes: Mapping[str, str], now: datetime, *, full: bool, tiers: tuple[Tier, ...] = TIERS) -> Window:
    """How far back tonight's harvest reads.

    Args:
        passes: what the account remembers: ``pass.<tier>`` → instant (ISO) of the last complete pass.
        now: the run's instant.
        full: read everything, as on the first night.

    Returns:
        The widest tier whose last complete pass is its period old. Until a first full pass is complete, everything.
    """
    memory = passes
    # A pass in the future was noted under a wrong clock: when it really was, nobody knows.
    passes = {name: at for name, at in passes.items() if not name.startswith("pass.") or _at(at) <= now}
    if full or "pass.full" not in passes:
        return Window(since=None, now=now, horizon_name="full", memory=memory)
    due = tiers[0]
    for tier in tiers:
        last = passes.get(f"pass.{tier.name}")
        if last is None or _at(last) + tier.every - _SLACK <= now:
            due = tier
    # A night that was missed must not leave a hole between two daily passes.
    last_daily = _at(passes.get(f"pass.{tiers[0].name}", passes["pass.full"]))
    since = min(now - due.reach, last_daily - DAY)
    return Window(since=since, now=now, horizon_name=due.name, memory=memory)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


LIGHT = "light"
"""Name of the hourly pass over the newest posts. It counts for no tier: the night stays the truth."""
_LIGHT_REACH = timedelta(hours=24)


def light_due(hours: int, memory: Mapping[str, str], now: datetime) -> bool:
    """A light pass is due: so many hours have gone by since the last run; 0 hours = never."""
    if hours <= 0:
        return False
    last = memory.get("ran")
    # A run in the future was noted under a wrong clock.
    return last is None or _at(last) > now or _at(last) + timedelta(hours=hours) - _LIGHT_SLACK <= now


_LIGHT_SLACK = timedelta(minutes=10)


def light_window(memory: Mapping[str, str], now: datetime) -> Window:
    """What the light pass reads: the last day."""
    return Window(since=now - _LIGHT_REACH, now=now, horizon_name=LIGHT, memory=memory)


def tiers_of(cadence: Cadence) -> tuple[Tier, ...]:
    """The tiers with an account's own reaches."""
    reach = {"daily": cadence.daily_days, "weekly": cadence.weekly_days, "monthly": cadence.monthly_days}
    return tuple(replace(tier, reach=timedelta(days=reach[tier.name])) for tier in TIERS)


def wanted(items: Sequence[Seen], cadence: Cadence) -> Sequence[Seen]:
    """Without private messages, unless the account file asks for them."""
    return items if cadence.messages else [seen for seen in items if seen.kind != "message"]


def parked(memory: Mapping[str, str], now: datetime) -> datetime | None:
    """Until when the platform asked us to stay away, if that is still ahead."""
    until = memory.get("parked")
    # One that lies further ahead than is ever noted was noted under another clock.
    return _at(until) if until and now < _at(until) <= now + _LONGEST_AWAY else None


_LONGEST_AWAY = timedelta(days=2)


def stay_away(until: datetime, now: datetime) -> datetime:
    """Until when nothing is asked: as the platform says, but two days at most; a wrong clock must not end a harvest."""
    return min(until, now + _LONGEST_AWAY)


def passes_after(horizon: str, now: datetime, tiers: tuple[Tier, ...] = TIERS) -> dict[str, str]:
    """What to remember after a complete pass: it counts for its own tier and every shorter one."""
    if horizon == LIGHT:
        return {}
    names = ["full", *(tier.name for tier in reversed(tiers))]
    return {f"pass.{name}": now.isoformat() for name in names[names.index(horizon) :]}


@dataclass(frozen=True, slots=True)
class Published:
    """The time that counts as publication, which clock it comes from, and what is odd about it."""

    at: datetime | None
    clock: Clock
    finding: str | None = None


def published(*, own: bool, stated: datetime | None, platform: datetime | None, now: datetime) -> Published:
    """Which time counts as publication (design, section 4).

    Our own stated time is trusted, except when it lies after the platform's. A visitor's stated time that is more
    than a day away from the platform's is not: then the platform's counts. Without the platform's time, a visitor's
    stated time in the future is unusable. Our own time, or the platform's, ahead of our clock is kept (our clock may
    be the wrong one) and reported; a trigger in the future never leads to culling.
    """
    if platform is None:
        if stated is None:
            return Published(None, "none", "H183")
        if stated <= now + _TOLERANCE:
            return Published(stated, "stated")
        return Published(stated, "stated", "H182") if own else Published(None, "none", "H180")
    ahead = "H182" if platform > now + _TOLERANCE else None
    if stated is None:
        return Published(platform, "platform", ahead)
    if stated > platform + _TOLERANCE:
        return Published(platform, "platform", "H180")
    if not own and stated < platform - _TOLERANCE:
        return Published(platform, "platform", "H181")
    return Published(stated, "stated", ahead)


@dataclass(slots=True, kw_only=True)
class Head:
    """What the archive knows of an item at this moment, folded from its rows in order of observation.

    Attributes:
        version: number of the latest version; 0 = none yet.
        identity: of the latest version. identities: of every version.
        state: latest visibility.
        counts: latest value of each counter.
        parent: opaque id of the parent, if any row says so.
        thread: opaque id of the thread's first item that is known.
        account: under which it was first seen. own: of the latest version. kind: of the latest row.
        edited, observed, evidence: of the latest version.
    """

    version: int = 0
    identity: str | None = None
    identities: set[str] = field(default_factory=set)
    state: State = "seen"
    counts: dict[str, int] = field(default_factory=dict)
    parent: str | None = None
    thread: str = ""
    account: str = ""
    own: bool = False
    kind: str = ""
    edited: datetime | None = None
    observed: datetime | None = None
    evidence: str | None = None


_OURS = ("post", "reply", "comment", "visitor_post", "story")
"""Kinds that lie in a thread of ours."""


def kind_of(seen: Seen, before: Head | None, above: Head | None) -> Kind:
    """What an item is, when the platform's listing of mentions shows what lies in a thread of ours too.

    What was once seen in our thread stays a comment, and so is what answers something in it, though the thread's own
    beginning may be gone by now.
    """
    if seen.kind != "mention":
        return seen.kind
    if before is not None and before.kind in ("comment", "reply"):
        return "comment"
    return "comment" if above is not None and above.kind in _OURS else "mention"


Change = Literal["new", "edited", "hidden", "shown", "gone", "counts", "parent"]


def changes(seen: Seen, head: Head | None, *, parent: str | None, own: bool = False) -> tuple[Change, ...]:
    """Which rows this sighting of an item leads to; none when nothing changed.

    ``new`` and ``edited`` are versions and carry counters and visibility with them, so nothing else is said beside
    them. An item that is shown by the way (``secondary``) never makes a new version of a known item.
    """
    if head is None or head.version == 0:
        return ("new",)
    if seen.superseded:
        return () if seen.identity in head.identities else ("edited",)
    found: list[Change] = []
    if seen.identity != head.identity and not seen.secondary:
        return ("edited",)
    if own and not head.own and not seen.secondary:
        # It was first seen through another account, before we knew that the author is one of our own.
        return ("edited",)
    state: State = "hidden" if seen.hidden else "seen"
    if state != head.state and not (seen.secondary and head.state == "hidden"):
        found.append("hidden" if seen.hidden else "shown")
    if any(head.counts.get(name, 0) != value for name, value in seen.counts):
        found.append("counts")
    if parent is not None and head.parent is None:
        found.append("parent")
    return tuple(found)


_GONE: dict[Cause, str] = {
    "": "listing-complete-lookup-not-found",
    "us": "removed-by-us",
    "author": "removed-by-author",
    "platform": "removed-by-platform",
    "account": "account-gone",
    "expired": "expired",
}
_HIDDEN: dict[str, str] = {"us": "hidden-by-us", "platform": "hidden-by-platform"}


def hidden_evidence(cause: str) -> str:
    """What a sighting of a hidden item rests on."""
    return _HIDDEN.get(cause, "listing")


def gone_evidence(cause: Cause) -> str:
    """What a sighting of an item that is gone rests on."""
    return _GONE[cause]


def lost(answer: Lookup, *, known: State) -> tuple[State, str] | None:
    """State and evidence of an item that a complete listing did not show, after a direct look-up.

    Args:
        answer: the platform's; its cause is what the platform tells, never a guess.
        known: the state on record.

    Returns:
        The new state with its evidence, or None when nothing changes.
    """
    if answer.outcome == "not_found":
        state: State = "gone"
        evidence = gone_evidence(answer.cause)
    elif answer.outcome == "found":
        state = "hidden" if answer.hidden else "seen"
        evidence = _HIDDEN.get(answer.cause, "lookup-found") if answer.hidden else "lookup-found"
    else:
        state = "unknown"
        evidence = "lookup-unclear"
    return None if state == known else (state, evidence)
