"""The command ``harvest``."""

from __future__ import annotations

import argparse
import json
import signal
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, cast

from flows import exits
from flows.harvest.act import Order, harvest
from flows.harvest.decide import light_due
from flows.harvest.follow import FollowOrder, follow
from flows.harvest.tally import Tally
from flows.keep.accounts import accounts_named
from schemas.account import Account
from schemas.books import LeaseLostError, LeaseTakenError
from schemas.codes import sentence
from schemas.finding import Finding
from schemas.ground import Home
from schemas.neighbours import ConnectionRefusedByPlatformError, Follower, Session
from schemas.refusal import RefusedError


def register(verbs: Any) -> None:
    """Add ``harvest`` to the command line."""
    one = verbs.add_parser("harvest", help="hämta konton till arkivet")
    one.add_argument("accounts", nargs="*", metavar="ACCOUNT", help="utan namn: alla konton")
    one.add_argument("--full", action="store_true", help="läs om allt, inte bara det som är i tur")
    one.add_argument("--light", action="store_true", help="bara det senaste dygnet (körs varje timme)")
    one.set_defaults(run=_harvest, writes=True, without_second=True)
    one = verbs.add_parser("follow", help="lyssna på konton och arkivera det som händer, tills du avbryter")
    one.add_argument("accounts", nargs="*", metavar="ACCOUNT", help="utan namn: alla konton som kan följas")
    one.add_argument("--for", dest="seconds", type=float, metavar="SECONDS", help="sluta efter så många sekunder")
    one.set_defaults(run=_follow, writes=True, without_second=True)


def harvest_accounts(
    home: Home,
    accounts: Sequence[Account],
    *,
    full: bool,
    light: bool = False,
    progress: Callable[[str, int], None] = lambda _name, _count: None,
) -> list[Tally]:
    """Harvest accounts one after the other; one that cannot be had does not stop the others.

    Raises:
        GuardError: the native-id key is missing or wrong (G-KEY).
    """
    key = home.native_key()
    tallies = []
    for account in accounts:
        try:
            session = home.open_session(account)
        except (ConnectionRefusedByPlatformError, RefusedError) as error:
            # A session that refuses from the first question on: the account gets its coverage row like any other.
            session = cast("Session", _Refused(error, account))
        order = Order(
            account=account,
            secret_key=key,
            full=full,
            light=light,
            deletion_terms=_deletion_terms(home, account),
            media_limit=home.media_limit,
        )
        try:
            act = partial(harvest, home.ground, session, order, progress=partial(progress, account.name))
            tallies.append(_when_free(act, patience=0.0 if light else _PATIENCE))
        except (LeaseTakenError, LeaseLostError):
            tally = Tally(account=account.name, complete=False)
            tally.find("H188", account.name)
            tallies.append(tally)
        finally:
            session.close()
    return tallies


_PATIENCE = 120.0
"""Seconds for which a harvest waits for an account that somebody else has: a follower stores what it heard and lets go,
an hourly pass is over soon. The hourly pass itself waits for nobody."""


def _when_free(act: Callable[[], Tally], *, patience: float) -> Tally:
    """Do it as soon as nobody else has the account, for so many seconds at most. Raises LeaseTakenError."""
    until = time.monotonic() + patience
    while True:
        try:
            return act()
        except LeaseTakenError:
            if time.monotonic() >= until:
                raise
            time.sleep(0.3)


def _deletion_terms(home: Home, account: Account) -> bool:
    try:
        return home.facts(account).deletion_terms
    except RefusedError:
        return False  # the platform is not known any more; opening the session says so


def due_for_light(home: Home, accounts: Sequence[Account]) -> list[Account]:
    """Accounts whose last run, of whatever kind, is as old as their light passes are apart."""
    now = home.ground.clock.now()
    with home.ground.state.reading() as books:
        return [
            account
            for account in accounts
            if light_due(_light_hours(home, account), books.accounts.memory(account.name), now)
        ]


def _light_hours(home: Home, account: Account) -> int:
    hours = account.harvest.light_hours
    try:
        return home.facts(account).light_hours if hours < 0 else hours
    except RefusedError:
        return 0  # the platform is not known any more; the night says so


class _Refused:
    """A session that could not be opened."""

    def __init__(self, error: ConnectionRefusedByPlatformError | RefusedError, account: Account) -> None:
        place = (("place", error.field), ("remedy", error.remedy)) if isinstance(error, RefusedError) else ()
        self._error = (
            error
            if isinstance(error, ConnectionRefusedByPlatformError)
            else ConnectionRefusedByPlatformError(
                Finding(code="H149", severity="error", subject=account.name, parameters=place)
            )
        )

    def health(self) -> Any:
        raise self._error

    def remember(self) -> Any:
        return {}

    def close(self) -> None:
        pass


def _harvest(home: Home, args: argparse.Namespace) -> int:
    accounts = accounts_named(home.ground.state, args.accounts)
    if args.light and not args.accounts:
        accounts = due_for_light(home, accounts)
    tallies = harvest_accounts(home, accounts, full=args.full, light=args.light, progress=args.progress)
    if args.json:
        print(json.dumps({"accounts": [tally.as_json() for tally in tallies]}))
    else:
        for tally in tallies:
            print(as_text(tally))
    return exit_code(tallies)


def _follow(home: Home, args: argparse.Namespace) -> int:
    accounts = [one for one in accounts_named(home.ground.state, args.accounts) if args.accounts or _follows(home, one)]
    for account in accounts:
        if not _follows(home, account):
            raise RefusedError("ACCOUNT", account.name, "its platform tells of no events; it is harvested by night")
    if args.seconds is not None and not args.seconds >= 0:
        raise RefusedError("--for", str(args.seconds), "write a number of seconds")
    tallies = follow_accounts(home, accounts, seconds=args.seconds)
    if args.json:
        print(json.dumps({"accounts": [tally.as_json() for tally in tallies]}))
    else:
        for tally in tallies:
            print(as_text(tally))
    return exit_code(tallies)


def _follows(home: Home, account: Account) -> bool:
    try:
        return home.facts(account).follows
    except RefusedError:
        return False  # the platform is not known any more; the night says so


def follow_accounts(home: Home, accounts: Sequence[Account], *, seconds: float | None) -> list[Tally]:
    """Follow accounts side by side until an interrupt or a termination signal, or for so many seconds.

    Raises:
        GuardError: the native-id key is missing or wrong (G-KEY).
    """
    key = home.native_key()
    ended = threading.Event()
    deadline = None if seconds is None else time.monotonic() + seconds

    def stopped() -> bool:
        return ended.is_set() or (deadline is not None and time.monotonic() >= deadline)

    def one(account: Account) -> Tally:
        order = FollowOrder(account=account, secret_key=key, media_limit=home.media_limit)
        return follow(home.ground, lambda: cast("Follower", home.open_session(account)), order, stopped)

    names = (signal.SIGINT, signal.SIGTERM)
    before = {name: signal.signal(name, lambda *_: ended.set()) for name in names}
    try:
        with ThreadPoolExecutor(max(1, len(accounts)), thread_name_prefix="bevara-follow") as pool:
            return list(pool.map(one, accounts))
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def exit_code(tallies: Sequence[Tally]) -> int:
    """3 when an account is incomplete or a finding wants a look, else 0."""
    loud = any(finding.severity != "info" for tally in tallies for finding in tally.findings)
    return exits.FINDINGS if loud or not all(tally.complete for tally in tallies) else exits.DONE


def as_text(tally: Tally) -> str:
    """One account's night in Swedish."""
    state = "fullständigt" if tally.complete else "OFULLSTÄNDIGT"
    lines = [
        (
            f"{tally.account}: {state}. {tally.asked} frågor, {tally.returned} svar; {tally.new} nya, "
            f"{tally.edited} ändrade, {tally.hidden} dolda, {tally.gone} borta, {tally.failed} misslyckade."
        )
    ]
    for finding in tally.findings:
        shown = sentence(finding.code, "sv", {"subject": finding.subject, **dict(finding.parameters)})
        lines.append(f"  {finding.code} ({finding.count}): {shown}")
    return "\n".join(lines)
