"""The command ``harvest``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, cast

from flows import exits
from flows.harvest.act import Order, harvest
from flows.harvest.decide import light_due
from flows.harvest.tally import Tally
from schemas.account import Account
from schemas.books import LeaseLostError, LeaseTakenError
from schemas.codes import sentence
from schemas.finding import Finding
from schemas.ground import Home
from schemas.neighbours import ConnectionRefusedByPlatformError, Session
from schemas.refusal import RefusedError


def register(verbs: Any) -> None:
    """Add ``harvest`` to the command line."""
    one = verbs.add_parser("harvest", help="hämta konton till arkivet")
    one.add_argument("accounts", nargs="*", metavar="ACCOUNT", help="utan namn: alla konton")
    one.add_argument("--full", action="store_true", help="läs om allt, inte bara det som är i tur")
    one.add_argument("--light", action="store_true", help="bara det senaste dygnet (körs varje timme)")
    one.set_defaults(run=_harvest, writes=True)


def chosen(home: Home, names: Sequence[str]) -> list[Account]:
    """The accounts of those names, or all. Raises RefusedError for an unknown one."""
    with home.ground.state.reading() as books:
        accounts = {one.name: one for one in books.accounts.all()}
    for name in names:
        if name not in accounts:
            raise RefusedError("ACCOUNT", name, f"the registered accounts are {', '.join(accounts) or 'none yet'}")
    return [accounts[name] for name in names] if names else list(accounts.values())


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
            tallies.append(harvest(home.ground, session, order, progress=partial(progress, account.name)))
        except (LeaseTakenError, LeaseLostError):
            tally = Tally(account=account.name, complete=False)
            tally.find("H188", account.name)
            tallies.append(tally)
        finally:
            session.close()
    return tallies


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
    return home.facts(account).light_hours if hours < 0 else hours


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
    accounts = chosen(home, args.accounts)
    if args.light and not args.accounts:
        accounts = due_for_light(home, accounts)
    tallies = harvest_accounts(home, accounts, full=args.full, light=args.light, progress=args.progress)
    if args.json:
        print(json.dumps({"accounts": [tally.as_json() for tally in tallies]}))
    else:
        for tally in tallies:
            print(as_text(tally))
    return exit_code(tallies)


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
