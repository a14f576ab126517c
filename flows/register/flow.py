"""Registration as a Prefect flow: thin; the parameter is the home, the results are counts."""

from __future__ import annotations

from pathlib import Path

from prefect import flow, task
from prefect.artifacts import create_table_artifact

from connectors.home import open_home
from flows.keep.guard import guarded
from flows.keep.recover import recover
from flows.register.nightly import night

Row = dict[str, str | int | bool | None]


@task(name="register-night", persist_result=False, retries=0)
def send_and_collect(home: str) -> Row:
    """Send what is decided, read back numbers, count what waits; returns counts."""

    def act() -> Row:
        with open_home(Path(home), without_second=True) as opened:
            ground = opened.ground
            recover(ground.state, ground.store, ground.clock.now(), ground.mirrors)
            done = night(opened)
            return {**done.as_json(), "findings": len(done.findings)}

    return guarded(act)


@flow(name="register_night", persist_result=False, validate_parameters=True)
def register_night(home: str) -> Row:
    """The registration's night, with an artifact that holds its counts."""
    counts = send_and_collect(home)
    create_table_artifact(key="register-night", table=[counts])
    return counts
