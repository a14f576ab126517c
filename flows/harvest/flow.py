"""Harvest as a Prefect flow: one task per account, counts only."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from prefect import flow, task

from connectors.home import open_home
from flows.harvest.command import due_for_light, harvest_accounts
from flows.harvest.tally import Tally
from flows.keep.accounts import accounts_named
from flows.keep.guard import guarded
from flows.keep.recover import recover

Row = dict[str, str | int | bool]


@task(name="harvest-account", persist_result=False, retries=0)
def harvest_account(home: str, account: str, at: str | None) -> Row:
    """Harvest one account; returns its counts."""

    def act() -> Row:
        with open_home(Path(home), at=_instant(at), without_second=True) as opened:
            return counts(harvest_accounts(opened, accounts_named(opened.ground.state, [account]), full=False)[0])

    return guarded(act)


@task(name="harvest-account-light", persist_result=False, retries=0)
def harvest_account_light(home: str, account: str, at: str | None) -> Row:
    """The light pass over one account; returns its counts."""

    def act() -> Row:
        with open_home(Path(home), at=_instant(at), without_second=True) as opened:
            return counts(
                harvest_accounts(opened, accounts_named(opened.ground.state, [account]), full=False, light=True)[0]
            )

    return guarded(act)


@flow(name="light", persist_result=False)
def light(home: str, at: str | None = None) -> list[Row]:
    """The hourly pass: the newest posts of every account that is due for one."""

    def names() -> list[str]:
        with open_home(Path(home), at=_instant(at), without_second=True) as opened:
            return [account.name for account in due_for_light(opened, accounts_named(opened.ground.state, []))]

    return [harvest_account_light(home, name, at) for name in guarded(names)]


@flow(name="harvest", persist_result=False)
def harvest(home: str, accounts: list[str] | None = None, at: str | None = None) -> list[Row]:
    """Harvest the named accounts, or all of them."""

    def names() -> list[str]:
        with open_home(Path(home), at=_instant(at), without_second=True) as opened:
            ground = opened.ground
            recover(ground.state, ground.store, ground.clock.now(), ground.mirrors)
            return [account.name for account in accounts_named(opened.ground.state, accounts or [])]

    return [harvest_account(home, name, at) for name in guarded(names)]


def counts(tally: Tally) -> Row:
    """An account's night in counts, with the codes of its findings."""
    return {
        "account": tally.account,
        "asked": tally.asked,
        "returned": tally.returned,
        "new": tally.new,
        "edited": tally.edited,
        "hidden": tally.hidden,
        "gone": tally.gone,
        "failed": tally.failed,
        "complete": tally.complete,
        "findings": ", ".join(sorted({finding.code for finding in tally.findings})),
    }


def _instant(at: str | None) -> datetime | None:
    return datetime.fromisoformat(at) if at else None
