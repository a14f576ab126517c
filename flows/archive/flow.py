"""Packaging as a Prefect flow: thin; parameters are names and months, results are ids and counts."""

from __future__ import annotations

from pathlib import Path

from prefect import flow, task
from prefect.artifacts import create_table_artifact

from connectors.home import open_home
from flows.archive.pack.act import Wish, package
from flows.keep.guard import guarded
from flows.keep.recover import recover
from schemas.ids import month

Row = dict[str, str | int | bool | None]


@task(name="archive-package", persist_result=False, retries=0)
def build_package(home: str, account: str, first: str, last: str, profile: str, person: str) -> Row:
    """Store the intent and build the package, or go on with it; returns its id, where it stands and counts."""

    def act() -> Row:
        with open_home(Path(home)) as opened:
            ground = opened.ground
            recover(ground.state, ground.store, ground.clock.now(), ground.mirrors)
            wish = Wish(account=account, first=month(first, "first"), last=month(last, "last"), profile=profile)
            built = package(opened, wish, person)
            return {
                "package": built.package.intent.id,
                "number": built.package.intent.number,
                "standing": built.package.standing,
                "items": built.package.items,
                "size": built.package.size,
                "findings": len(built.findings),
            }

    return guarded(act)


@flow(name="archive_package", persist_result=False, validate_parameters=True)
def archive_package(home: str, account: str, first: str, last: str, profile: str, person: str) -> Row:
    """One account's months as one package (``YYYY-MM``, both included), with an artifact of its id and counts."""
    counts = build_package(home, account, first, last, profile, person)
    create_table_artifact(key="archive-package", table=[counts])
    return counts
