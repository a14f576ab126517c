"""What is to be done next, and what came of it. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from flows.keep.fresh import Fresh
from schemas.neighbours import Lookup, Moderated, ModerationAct
from schemas.record import Row
from schemas.removal import RemovalStanding, Secured

Way = Literal["remove", "hide"]
UNLAWFUL: Final = frozenset({"R01", "R02", "R03", "R04", "R05"})
"""Rules of the page that are law as well (policy, "Lagstridiga inlägg"), where the policy's own table does not say."""
ADVERTISING: Final = "R08"
"""Removed advertising is of minor importance; the plan has a row of its own for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """What there is of an item beside the page.

    Attributes:
        fresh: what came of looking just now, or None when nobody looked. version: newest on record, 0 for none.
        lacking: attachments of that version which are not in the archive. screenshot, described: a person brought a
            file, or signed a description of what it says.
    """

    fresh: Fresh | None
    version: int
    lacking: int
    screenshot: bool
    described: bool


def secured_by(copies: Copies) -> Secured:
    """The best copy that there is, or empty: then nothing may be taken away."""
    if copies.version and not copies.lacking:
        return "fresh" if copies.fresh is not None and copies.fresh.outcome == "fresh" else "archived"
    if copies.screenshot:
        return "screenshot"
    return "emergency" if copies.described else ""


def lacking(rows: Sequence[Row]) -> int:
    """How many attachments of an item's newest version were never had, in any of its rows."""
    newest = newest_version(rows)
    if newest is None:
        return 0
    had = {one.origin for row in rows for one in row.media if one.digest}
    return sum(one.digest is None and one.origin not in had for one in newest.media)


def newest_version(rows: Sequence[Row]) -> Row | None:
    """The item's newest version, of its rows in order."""
    versions = [row for row in rows if row.row == "version"]
    return max(versions, key=lambda row: (row.version, row.observed), default=None)


def last_seen(rows: Sequence[Row]) -> Row | None:
    """The row that says how the item was last seen to stand, of its rows in order."""
    return next((row for row in reversed(rows) if row.row != "observation"), None)


def choose(may: frozenset[ModerationAct], wanted: Way) -> Way | None:
    """What the platform can be asked for: what is wanted; hiding, where taking away is not to be had; or nothing."""
    if wanted in may:
        return wanted
    return "hide" if "hide" in may else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What an act led to. ``code``: what a person is to know, or empty."""

    standing: RemovalStanding
    code: str = ""


def seen_now(look: Lookup, way: Way) -> RemovalStanding | None:
    """What visitors' view says by itself: ``removed``, ``hidden``, or None for there or unclear."""
    if look.outcome == "not_found":
        return "removed"
    return "hidden" if way == "hide" and look.outcome == "found" and look.hidden else None


def verdict(way: Way, answer: Moderated, look: Lookup) -> Verdict:
    """What is so after an act: the platform's word alone is never enough.

    It is gone or hidden because it was looked up. Where the look says that it is there: ``refused`` goes to a person, and
    everything else is unclear, for an answer may be late and a word untrue.
    """
    standing = seen_now(look, way)
    trusted = answer.outcome in ("done", "already")
    if standing is not None:
        return Verdict(standing=standing, code="" if trusted else "W225")
    if look.outcome == "found":
        if answer.outcome == "refused":
            return Verdict(standing="by-hand", code=answer.code or "W227")
        if trusted:
            return Verdict(standing="unclear", code="W224")
    return Verdict(standing="unclear", code=answer.code or "W226")
