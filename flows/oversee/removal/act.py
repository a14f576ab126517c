"""A removal from beginning to end, by steps that can be gone on with from any of them.

Copy first (``securing``), then the platform (``platform``), then what follows (``finishing``). Each step is one
transaction that names what is about to be done or what was observed; whoever comes after a stop begins where the row says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from flows.keep.addresses import addresses
from flows.keep.fresh import Refresh
from flows.keep.mandates import mandated
from flows.keep.own import read_own
from flows.keep.read import rows_of_item
from flows.oversee.removal.asked import Asked
from flows.oversee.removal.beginning import begin, subject_of
from flows.oversee.removal.decide import Verdict, last_seen, newest_version
from flows.oversee.removal.finishing import finish, tell_first, tell_visitor
from flows.oversee.removal.platform import ask, look, still_there
from flows.oversee.removal.rows import changed, known, lease_of, records
from flows.oversee.removal.securing import secure
from flows.oversee.removal.still import may_be_seen, reopened
from flows.oversee.removal.told import Told
from schemas.account import Account
from schemas.books import Books, Lease, LeaseTakenError
from schemas.ground import Home
from schemas.record import Row
from schemas.refusal import GuardError, RefusedError
from schemas.removal import Removal, RemovalStanding

Said = Literal["pasted", "impossible"]
"""How the visitor was told by a person: the text was left on the page or in a message, or that could not be done."""


def remove(home: Home, asked: Asked, refresh: Refresh) -> Told:
    """Begin, or go on with, the removal of an item; goes as far as it can now.

    Raises:
        RefusedError, GuardError: as ``begin``. LeaseTakenError: somebody else is at it.
    """
    with home.ground.state.hold_lease(subject_of(asked)) as lease:
        return _go_on(home, lease, begin(home, asked), refresh, asked.person)


def as_it_stands(home: Home, number: int) -> Told:
    """How a removal stands, with what a person is still to do and the message that waits to be pasted; changes nothing.

    Raises:
        RefusedError: no such removal.
    """
    told, _, rows = _opened(home, known(home.ground, number))
    removal = told.removal
    if removal.standing == "by-hand":
        told.find("W227", number=number)
    if removal.noticed == "to-paste" and removal.notice is not None:
        written = read_own(home.ground, removal.notice)
        told.notice = "" if written is None else written.text or ""
        told.find("W245", number=number)
    _tell(home, told, _shown(rows))
    return told


def again(home: Home, number: int, person: str, refresh: Refresh) -> Told:
    """Go on with a removal that is not over, asking the platform again where it did not say clearly.

    Raises:
        RefusedError: no such removal. GuardError: no mandate (G-MANDATE). LeaseTakenError: somebody else is at it.
    """
    removal = _by(home, number, person)
    with home.ground.state.hold_lease(lease_of(removal.item)) as lease:
        return _go_on(home, lease, known(home.ground, number), refresh, person)


def said_done(home: Home, number: int, person: str, *, hidden: bool = False) -> Told:
    """A person says that it is gone (or hidden): they did it on the page.

    Raises:
        RefusedError: no such removal, or it is over. GuardError: no mandate (G-MANDATE); no copy is secured
            (G-UNSECURED); the platform shows it still (G-STILL-THERE).
    """
    removal = _by(home, number, person)
    with home.ground.state.hold_lease(lease_of(removal.item)) as lease:
        removal = known(home.ground, number)
        if not removal.unfinished:
            raise RefusedError("NUMBER", number, "this removal is over; see 'bevara oversee removal NUMBER'")
        if not removal.secured:
            raise GuardError(
                "G-UNSECURED",
                "no copy of it is secured",
                "bring a screenshot, or describe what it said: run 'bevara oversee remove' again with --emergency",
            )
        told, account, rows = _opened(home, removal)
        if still_there(home, account, _shown(rows), hidden=hidden):
            raise GuardError(
                "G-STILL-THERE", "the platform still shows it to visitors", "look at the page, and try again in a while"
            )
        found = Verdict(standing="hidden" if hidden else "removed")
        finish(home, lease, told, found, act="removal.said", actor=person)
        _afterwards(home, lease, told, account)
    return told


def noticed(home: Home, number: int, how: Said, person: str) -> Told:
    """A person has told the visitor, or it could not be done. Raises as ``again``; RefusedError: nobody is to be told."""
    removal = _by(home, number, person)
    with home.ground.state.hold_lease(lease_of(removal.item)) as lease:
        removal = known(home.ground, number)
        if not removal.owes_notice:
            raise RefusedError("NUMBER", number, "nobody waits to be told of this removal")
        told = Told(
            changed(
                home.ground,
                lease,
                number,
                "removal.noticed",
                person,
                lambda _, before: replace(before, noticed=how),
                how=how,
            )
        )
        close(home, lease, told)
    return told


def reported(home: Home, number: int, person: str) -> Told:
    """A person has reported it to the police. Raises as ``again``; RefusedError: no report waits."""
    removal = _by(home, number, person)
    with home.ground.state.hold_lease(lease_of(removal.item)) as lease:
        if not known(home.ground, number).police:
            raise RefusedError("NUMBER", number, "no report to the police waits for this removal")
        told = Told(
            changed(
                home.ground, lease, number, "removal.reported", person, lambda _, before: replace(before, police=False)
            )
        )
        close(home, lease, told)
    return told


@dataclass(slots=True)
class LookedAgain:
    """What a look at all that is not over led to, in counts.

    Attributes:
        gone: turned out to be gone or hidden. still: are not, or nobody can tell. closed: nothing more is waited for.
        back: were said to be gone, and a later night saw them: they are open again.
    """

    gone: int = 0
    back: int = 0
    still: int = 0
    closed: int = 0


def look_again(home: Home) -> LookedAgain:
    """Look whether what was asked for is so by now; nothing is asked of a platform but to be looked at.

    For every morning and night. What somebody is at just now is left.
    """
    counts = LookedAgain()
    with home.ground.state.reading() as books:
        removals = list(books.duties.removals())
    now = home.ground.clock.now()
    for one in removals:
        waits = one.kind != "seen" and (one.gone or (one.unfinished and one.standing != "begun"))
        if not waits and not may_be_seen(one, now):
            continue
        try:
            with home.ground.state.hold_lease(lease_of(one.item)) as lease:
                _look_at(home, lease, one.number, counts)
        except LeaseTakenError:
            counts.still += 1
    return counts


def _look_at(home: Home, lease: Lease, number: int, counts: LookedAgain) -> None:
    told, account, rows = _opened(home, known(home.ground, number))
    if reopened(home, lease, told.removal, account, rows) is not None:
        counts.back += 1
        return
    if told.removal.unfinished:
        asked = told.removal.tries or told.removal.standing == "by-hand"
        found = look(home, account, _shown(rows), told.removal) or _harvested(rows, told.removal) if asked else None
        if found is None:
            counts.still += 1
            return
        finish(home, lease, told, found, act="removal.done", actor="bevara")
        counts.gone += 1
    if told.removal.gone:
        _afterwards(home, lease, told, account)
        counts.closed += told.removal.standing == "closed"


def _harvested(rows: Sequence[Row], removal: Removal) -> Verdict | None:
    """What a night has seen since, for a platform that cannot be asked otherwise."""
    row = last_seen(rows)
    if row is None or row.observed < removal.opened:
        return None
    if row.state == "gone":
        return Verdict(standing="removed")
    return Verdict(standing="hidden") if row.state == "hidden" and removal.wanted == "hide" else None


def _go_on(home: Home, lease: Lease, removal: Removal, refresh: Refresh, by: str) -> Told:
    if removal.kind == "picture" and removal.record is None:
        raise GuardError(
            "G-UNDECIDED",
            "nobody has decided on the request yet",
            f"decide: 'bevara oversee picture decide {removal.number} --unpublish|--keep --reason … --as NAME'",
        )
    told, account, rows = _opened(home, removal)
    told.by = by
    if removal.standing == "begun":
        secure(home, lease, told, account, refresh)
        rows = rows_of_item(home.ground.state, home.ground.store, removal.item)  # with what was seen just now
    row = _shown(rows)
    if told.removal.unfinished and told.removal.secured:
        _take_away(home, lease, told, account, row)
    if told.removal.gone:
        _afterwards(home, lease, told, account)
    _tell(home, told, row)
    return told


def _take_away(home: Home, lease: Lease, told: Told, account: Account, row: Row | None) -> None:
    wanted = told.removal.wanted
    found = ask(home, lease, told, account, row, partial(tell_first, home, lease, told, account))
    at = home.ground.clock.now()
    if found is None:
        told.removal = changed(
            home.ground,
            lease,
            told.removal.number,
            "removal.gone_before",
            "bevara",
            lambda _, before: replace(before, standing=_unneeded(before), answer="W228", changed=at),
        )
        told.find("W228", item=told.removal.item)
        return
    if found.standing in ("removed", "hidden"):
        finish(home, lease, told, found, act="removal.done", actor="bevara")
    else:
        told.removal = changed(
            home.ground,
            lease,
            told.removal.number,
            "removal.answered",
            "bevara",
            lambda _, before: replace(
                before,
                standing=found.standing,
                answer=found.code,
                wanted=_still_wanted(found, before, wanted),
                changed=at,
            ),
            answer=found.code,
        )
    if found.code:
        told.find(found.code, "info" if told.removal.gone else "warning", number=told.removal.number)
    if told.removal.standing == "by-hand" and found.code != "W227":
        told.find("W227", number=told.removal.number)


def _unneeded(before: Removal) -> RemovalStanding:
    """It was gone before anything was asked for: a decision on a picture is carried out so; else somebody is to say why."""
    return "closed" if before.kind == "picture" else "declined"


def _still_wanted(found: Verdict, before: Removal, wanted: str) -> str:
    """What a person is to do is what was asked for, whatever the platform was asked for instead."""
    return wanted if found.standing == "by-hand" else before.wanted


def _afterwards(home: Home, lease: Lease, told: Told, account: Account) -> None:
    tell_visitor(home, lease, told, account)
    close(home, lease, told)


def close(home: Home, lease: Lease, told: Told) -> None:
    """Close it where nothing more is waited for: message, report to the police, registration."""
    removal = told.removal
    if not removal.gone or removal.owes_notice or removal.police:
        return
    at = home.ground.clock.now()
    with home.ground.state.reading() as books:
        waits = removal.register and not _registered(books, removal)
    if waits:
        return
    told.removal = changed(
        home.ground,
        lease,
        removal.number,
        "removal.closed",
        "bevara",
        lambda _, before: replace(before, standing="closed", register=False, changed=at),
        how=removal.standing,
    )


def _registered(books: Books, removal: Removal) -> bool:
    """The registrar has registered it, or decided that it is not to be."""
    if any(one.kind == "registrerad" for one in books.marks.of([removal.item])):
        return True
    way = books.registrations.get(removal.item)
    return way is not None and way.standing in ("declined", "confirmed")


def _tell(home: Home, told: Told, row: Row | None) -> None:
    removal = told.removal
    if removal.secured == "locked":
        told.find("W248", "error")
    if removal.police:
        told.find("W243", number=removal.number)
    if removal.register and removal.gone:
        told.find("W244", "info")
    with home.ground.state.reading() as books:
        names = {removal.item, removal.account, removal.authority, row.thread if row is not None else removal.item}
        held = any(one.scope in ("item", "thread", "account", "authority") and one.subject in names
                   for one in books.holds.in_force())  # fmt: skip
    if held:
        told.find("W247", "info")


def _opened(home: Home, removal: Removal) -> tuple[Told, Account, list[Row]]:
    """The removal, its account and the rows of its item, oldest first."""
    with home.ground.state.reading() as books:
        account = books.accounts.get(removal.account)
    if account is None:
        raise RefusedError("account", removal.account, "the account is not registered any longer; register it again")
    rows = rows_of_item(home.ground.state, home.ground.store, removal.item)
    return Told(removal, link=_link(home, removal, rows)), account, rows


def _shown(rows: Sequence[Row]) -> Row | None:
    """How the item was last seen on its platform; None where no harvest has it."""
    row = last_seen(rows)
    return row if row is not None and row.platform != "bevara" else None


def _link(home: Home, removal: Removal, rows: Sequence[Row]) -> str:
    """Where it stands on the page, as far as anybody knows; content, to be shown to who asks and kept nowhere."""
    if _shown(rows) is None:
        return next((str(one["address"]) for one in records(home.ground, removal) if one.get("address")), "")
    newest = newest_version(rows)
    return next(iter(addresses(newest)), "") if newest is not None else ""


def _by(home: Home, number: int, person: str) -> Removal:
    with home.ground.state.reading() as books:
        mandated(books, person, "moderate", home.ground.clock.now())
    return known(home.ground, number)
