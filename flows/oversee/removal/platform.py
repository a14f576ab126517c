"""Asking a platform to take something away or to hide it, and looking afterwards whether it is so.

Every act is committed as asked for (``removal.asked``) before the platform hears of it, so that whoever goes on after a
stop knows that it may have been done, and looks first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from flows.oversee.removal.decide import Verdict, Way, choose, seen_now, verdict
from flows.oversee.removal.rows import changed
from flows.oversee.removal.told import Told
from schemas.account import Account
from schemas.books import Books, Lease
from schemas.ground import Home
from schemas.near import named_by_us
from schemas.neighbours import ConnectionRefusedByPlatformError, Lookup, Moderator
from schemas.record import Row
from schemas.refusal import RefusedError
from schemas.removal import Removal

_NO_WAY = "W227"


@contextmanager
def moderating(home: Home, account: Account) -> Iterator[Moderator | None]:
    """The account's moderating connection; None where it has none, or it cannot be opened now."""
    try:
        found = home.moderator(account)
    except (ConnectionRefusedByPlatformError, RefusedError):
        found = None
    try:
        yield found
    finally:
        if found is not None:
            found.close()


def hide_first(home: Home, lease: Lease, told: Told, account: Account, row: Row | None) -> bool:
    """Hide what no copy could be had of; whether it was tried. It takes nothing away."""
    if row is None or named_by_us(row.native):
        return False
    with moderating(home, account) as moderator:
        if moderator is None or "hide" not in moderator.may(own=row.own):
            return False
        told.removal = changed(home.ground, lease, told.removal.number, "removal.hide_first", told.actor, _as_it_was)
        answer = moderator.act("hide", row.native)
        look = moderator.look_up(row.native)
    if seen_now(look, "hide") is None and answer.outcome in ("refused", "unclear"):
        return False
    told.find("W230", "info")
    return True


First = Callable[[Row, Moderator], None]
"""What is done just before something is taken away: its writer is told."""


def ask(home: Home, lease: Lease, told: Told, account: Account, row: Row | None, first: First) -> Verdict | None:
    """Have it taken away or hidden; None = it was gone before anything was asked for.

    The standing is committed as ``acting`` before each question; what came of it is the caller's to commit.
    """
    with moderating(home, account) as moderator:
        if moderator is None or row is None or named_by_us(row.native):
            return Verdict(standing="by-hand", code=_NO_WAY)
        way = _way(told.removal)
        look = moderator.look_up(row.native)
        before = _before(look, told.removal, way)
        if before is not None or (look.outcome == "not_found" and not told.removal.tries):
            return before
        chosen = choose(moderator.may(own=row.own), way)
        if chosen is None:
            return Verdict(standing="by-hand", code=_NO_WAY)
        if chosen == "remove":
            first(row, moderator)
        found = _asked(home, lease, told, moderator, row, chosen)
        if found.standing == "by-hand" and chosen == "remove" and "hide" in moderator.may(own=row.own):
            # It says that it will not take it away; what can be done at once is done.
            return _asked(home, lease, told, moderator, row, "hide")
        return found


def look(home: Home, account: Account, row: Row | None, removal: Removal) -> Verdict | None:
    """Look again without asking for anything: a verdict where it is gone or hidden by now, else None."""
    if row is None or named_by_us(row.native):
        return None
    with moderating(home, account) as moderator:
        if moderator is None:
            return None
        standing = seen_now(moderator.look_up(row.native), _way(removal))
    return None if standing is None else Verdict(standing=standing)


def still_there(home: Home, account: Account, row: Row | None, *, hidden: bool) -> bool:
    """Whether the platform says that visitors still see it; False where it cannot be asked."""
    if row is None or named_by_us(row.native):
        return False
    with moderating(home, account) as moderator:
        if moderator is None:
            return False
        look = moderator.look_up(row.native)
    return look.outcome == "found" and not (hidden and look.hidden)


def _before(look: Lookup, removal: Removal, way: Way) -> Verdict | None:
    """What was asked for before, late; or hidden already, where hiding is what is wanted."""
    standing = seen_now(look, way)
    if standing is None or (standing == "removed" and not removal.tries):
        return None
    return Verdict(standing=standing, code="W225" if removal.tries else "")


def _asked(home: Home, lease: Lease, told: Told, moderator: Moderator, row: Row, way: Way) -> Verdict:
    if way != told.removal.wanted:
        told.find("W229", "info")
    at = home.ground.clock.now()

    def change(_: Books, before: Removal) -> Removal:
        return replace(before, standing="acting", wanted=way, tries=before.tries + 1, changed=at)

    told.removal = changed(home.ground, lease, told.removal.number, "removal.asked", told.actor, change, way=way)
    answer = moderator.act(way, row.native)
    return verdict(way, answer, moderator.look_up(row.native))


def _way(removal: Removal) -> Way:
    return "hide" if removal.wanted == "hide" else "remove"


def _as_it_was(_: Books, before: Removal) -> Removal:
    return before
