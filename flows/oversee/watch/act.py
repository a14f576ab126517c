"""The daily watch: reads what the harvest brought, gathers signs, remembers them as notices. It never acts on a platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain

from flows.oversee.watch.connections import connections
from flows.oversee.watch.gathering import Gathering
from flows.oversee.watch.likes import likes
from flows.oversee.watch.notices import MOST, aged, known_items, settle
from flows.oversee.watch.scan import parts
from flows.oversee.watch.signs import LIKES, OF_ITEMS, Rules, words_of
from flows.oversee.watch.undone import undone
from schemas.finding import Finding
from schemas.ground import Home
from schemas.watch import Notice, Sign

__all__ = ["MOST", "Watched", "watch"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What needs a hand now.

    Attributes:
        at: the instant it was looked, UTC. light: a light run: likes were not asked for.
        signs: open signs (dismissed and done ones are left out), by account, code, ``since`` and subject; at most
            ``MOST`` of each (account, code), the surest and oldest ones. ``counts`` has them all.
        counts: (account, code) → how many are open, of those that there are any of.
        new: (account, code) → how many of them were not there before this run.
        first: (subject, code) → when it was first seen, for those in ``signs``.
        looked: items that were judged. gone: notices that ended by themselves in this run.
        findings: what the watch could not look at.
    """

    at: datetime
    light: bool
    signs: tuple[Sign, ...]
    counts: Mapping[tuple[str, str], int]
    new: Mapping[tuple[str, str], int] = field(default_factory=dict)
    first: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    looked: int = 0
    gone: int = 0
    findings: tuple[Finding, ...] = ()


def watch(home: Home, *, light: bool = False) -> Watched:
    """Look over every account, note what was seen, and return what needs a hand.

    Stopped at any line it has either entered all that it saw or nothing; the next run looks anew.

    Args:
        light: leave out what asks a platform (likes) and what opens films.

    Raises:
        RefusedError: a setting or table of oversight is not usable. LeaseTakenError: another watch is at work.
    """
    settings = home.oversight()
    ground = home.ground
    now = ground.clock.now()
    lately = now - timedelta(days=settings.question_days)
    with ground.state.hold_lease("watch") as lease:
        with ground.state.reading() as books:
            accounts = {one.name: one for one in books.accounts.all()}
            known, lost = known_items(books, lately)
        rules = Rules(settings=settings, words=words_of(settings), now=now, accounts=accounts)
        liked = [] if light else [sign for one in accounts.values() for sign in likes(home, rules, one)]
        gathering = Gathering(home, rules, known=known, light=light)
        for part in parts(ground, lately, known):
            gathering.read(part)

        def looked(notice: Notice) -> bool:
            if notice.code in OF_ITEMS:
                return notice.subject in gathering.seen and not aged(notice, lately)
            return not light or notice.code not in LIKES

        with ground.state.writing() as books:
            books.leases.check(lease)
            explained = frozenset(one.item for one in books.duties.removals() if one.standing != "declined")
            signs = chain(
                gathering.signs(explained, lately, lost),
                liked,
                (sign for one in accounts.values() for sign in connections(rules, books, one)),
                undone(rules, books),
            )
            settled = settle(books, signs, now, looked)
    return Watched(
        at=now,
        light=light,
        signs=settled.signs,
        counts=settled.counts,
        new=settled.new,
        first=settled.first,
        looked=gathering.looked,
        gone=settled.gone,
    )
