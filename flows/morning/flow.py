"""The morning's watch as a Prefect flow: thin; parameters are ids and times, results are counts.

One task per account, then one for the watch and its letters. Nothing is cached, persisted or logged; the artifacts hold
account names, codes and counts alone.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from prefect import flow, task
from prefect.artifacts import create_table_artifact

from connectors.home import open_home
from flows.harvest.flow import Row, harvest_account_light
from flows.keep.accounts import accounts_named
from flows.keep.guard import guarded
from flows.keep.recover import recover
from flows.morning.act import Morning, look

Counts = dict[str, int | bool | str]


@task(name="watch-accounts", persist_result=False, retries=0)
def begin_watch(home: str, at: str | None) -> list[str]:
    """Recovery; then the accounts whose newest items are harvested."""

    def act() -> list[str]:
        with open_home(Path(home), at=_instant(at), without_second=True) as opened:
            ground = opened.ground
            recover(ground.state, ground.store, ground.clock.now(), ground.mirrors)
            return [account.name for account in accounts_named(opened.ground.state, [])]

    return guarded(act)


@task(name="watch-look", persist_result=False, retries=0)
def look_over(home: str, at: str | None, light: bool, letter: bool) -> tuple[Counts, list[Counts]]:  # noqa: FBT001 - Prefect's
    """The watch, its letters and the month's sheet: counts, and a row per account and code."""

    def act() -> tuple[Counts, list[Counts]]:
        with open_home(Path(home), at=_instant(at), without_second=True) as opened:
            found = look(opened, [], light=light, letter=letter)
            return counts(found), rows(found)

    return guarded(act)


@flow(name="watch", persist_result=False, validate_parameters=True)
def watch(home: str, at: str | None = None, light: bool = False, letter: bool = True) -> Counts:  # noqa: FBT001, FBT002 - Prefect's
    """Harvest the newest of every account, look it over, send the letters; artifacts with counts only."""
    harvested: list[Row] = [harvest_account_light(home, name, at) for name in begin_watch(home, at)]
    found, signs = look_over(home, at, light, letter)
    create_table_artifact(key="watch-harvest", table=[dict(row) for row in harvested] or [{"account": "-"}])
    create_table_artifact(key="watch-signs", table=[dict(row) for row in signs] or [{"account": "-"}])
    create_table_artifact(key="watch", table=[found])
    return found


def counts(found: Morning) -> Counts:
    """The morning in counts."""
    letters = found.letters
    return {
        "light": found.watched.light,
        "open": found.open,
        "new": sum(found.watched.new.values()),
        "ended": found.watched.gone,
        "letters": len(letters.sent) if letters else 0,
        "letters_failed": len(letters.failed) if letters else 0,
        "sheet": found.sheet,
        "findings": ", ".join(sorted({one.code for one in found.told})),
    }


def rows(found: Morning) -> list[Counts]:
    """Open signs by account and code."""
    return [
        {"account": account, "code": code, "open": count, "new": found.watched.new.get((account, code), 0)}
        for (account, code), count in found.watched.counts.items()
    ]


def _instant(at: str | None) -> datetime | None:
    return datetime.fromisoformat(at) if at else None
