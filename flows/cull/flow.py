"""Culling as Prefect flows: thin; parameters are digests and dates, results are counts.

The scheduled one writes an unsigned draft and no more: a person signs it, another approves it, and only then can
``cull_execute`` be run, for that digest alone. No person's key lies where these run.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from prefect import flow, task
from prefect.artifacts import create_table_artifact

from connectors.home import open_home
from flows.cull.act import propose
from flows.cull.execute import execute
from flows.cull.listing import Scope
from flows.keep.guard import guarded
from flows.keep.recover import recover
from schemas.calendar import local_day
from schemas.ground import Home
from schemas.refusal import RefusedError

Row = dict[str, str | int | bool | None]

_DIGEST = re.compile(r"[0-9a-f]{64}")


@task(name="cull-draft", persist_result=False, retries=0)
def write_draft(home: str, as_of: str | None) -> Row:
    """Freeze the list of what is due on a day; returns its digest and counts."""

    def act() -> Row:
        with open_home(Path(home)) as opened:
            _recovered(opened)
            day = local_day(opened.ground.clock.now()) if as_of is None else _day(as_of)
            found = propose(opened, day, Scope())
            return {
                "order": found.digest,
                "as_of": day.isoformat(),
                "cull": found.counts.cull,
                "keep": found.counts.keep,
                "ask": found.counts.ask,
            }

    return guarded(act)


@task(name="cull-execute", persist_result=False, retries=0)
def execute_order(home: str, order: str) -> tuple[Row, list[Row]]:
    """Execute one approved order, or take it up again; returns its counts and what was seen in each place."""

    def act() -> tuple[Row, list[Row]]:
        if not _DIGEST.fullmatch(order):
            raise RefusedError("order", "", "give the order's whole digest, 64 hexadecimal digits")
        with open_home(Path(home), without_second=True) as opened:
            _recovered(opened)
            done = execute(opened, order)
            counts: Row = {
                "order": order,
                "standing": done.standing,
                "culled": done.culled,
                "kept": done.kept,
                "certificate": done.certificate,
            }
            places: list[Row] = [
                {"place": one.place, "removed": one.removed, "verified_absent": one.verified_absent}
                for one in done.places
            ]
            return counts, places

    return guarded(act)


@flow(name="cull_draft", persist_result=False, validate_parameters=True)
def cull_draft(home: str, as_of: str | None = None) -> Row:
    """The unsigned list of what is due, with an artifact that holds its digest and counts."""
    counts = write_draft(home, as_of)
    create_table_artifact(key="cull-draft", table=[counts])
    return counts


@flow(name="cull_execute", persist_result=False, validate_parameters=True)
def cull_execute(home: str, order: str) -> Row:
    """Destroy what an approved order lists; every guard and check is the act's own. Artifacts with counts and places."""
    counts, places = execute_order(home, order)
    create_table_artifact(key="cull-execute", table=[counts])
    create_table_artifact(key="cull-places", table=places or [{"place": "-"}])
    return counts


def _recovered(home: Home) -> None:
    ground = home.ground
    recover(ground.state, ground.store, ground.clock.now(), ground.mirrors)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RefusedError("as_of", "", "write a day as YYYY-MM-DD") from None
