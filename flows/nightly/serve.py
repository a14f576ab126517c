"""``bevara serve``: a local Prefect server with the nightly schedule, for one machine.

Production has a standing server on PostgreSQL and a process work pool instead (``infra/processing``).
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from connectors.settings import for_prefect
from flows import exits
from schemas.refusal import UnreachableError

CRON = "15 2 * * *"
HOURLY = "45 * * * *"
"""The light pass; far enough from the night's start that the two seldom meet (a lease keeps them apart anyway)."""
YEARLY = "30 3 7 1 *"
"""The unsigned draft of what is due: in January, when the periods that are counted in calendar years have ended."""
MORNING = "45 6 * * 1-5"
"""The watch before the day begins; on a public holiday it makes itself a light run."""
EVENING = "0 18 * * 6,0"
"""The light watch on Saturdays and Sundays."""
ZONE = "Europe/Stockholm"
_START = 120
"""Seconds a server may take to answer; the first start builds its database."""

QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    "PREFECT_LOGGING_LOG_PRINTS": "false",
}
"""Prefect's own reports to its makers are off, and nothing it need not keep is kept."""


def prepare(home: Path) -> None:
    """Set Prefect's switches for this process; its database lies in the home, apart from the archive's."""
    for_prefect({**QUIET, "PREFECT_HOME": str((home / "prefect").resolve())})


def serve(home: Path, port: int) -> int:
    """Run the server, the nightly schedule and the yearly draft until interrupted; culling itself only on demand."""
    prepare(home)
    for_prefect({"PREFECT_API_URL": f"http://127.0.0.1:{port}/api"})
    with _server(port):
        from prefect import serve as run  # noqa: PLC0415 - after the switches are set
        from prefect.schedules import Cron  # noqa: PLC0415 - after the switches are set

        from flows.cull.flow import cull_draft, cull_execute  # noqa: PLC0415 - after the switches are set
        from flows.harvest.flow import light  # noqa: PLC0415 - after the switches are set
        from flows.morning.flow import watch  # noqa: PLC0415 - after the switches are set
        from flows.nightly.flow import nightly  # noqa: PLC0415 - after the switches are set

        parameters = {"home": str(home.resolve())}
        planned = ((nightly, CRON), (light, HOURLY), (cull_draft, YEARLY))
        deployments = [
            flow.to_deployment(name=flow.name, schedule=Cron(cron, timezone=ZONE), parameters=parameters)
            for flow, cron in planned
        ]
        evening = {**parameters, "light": True}
        for name, cron, given in (("watch", MORNING, parameters), ("watch-light", EVENING, evening)):
            deployments.append(watch.to_deployment(name=name, schedule=Cron(cron, timezone=ZONE), parameters=given))
        deployments.append(cull_execute.to_deployment(name=cull_execute.name, parameters=parameters))
        run(*deployments, limit=2)  # type: ignore[arg-type] # outside an event loop no coroutine comes back
    return exits.DONE


@contextmanager
def _server(port: int) -> Iterator[None]:
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(command)  # noqa: S603 - our own interpreter and fixed arguments
    try:
        _wait(process, port)
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    from prefect.client.orchestration import get_client  # noqa: PLC0415 - after the switches are set

    for _ in range(_START * 2):
        if process.poll() is not None:
            raise UnreachableError(f"the Prefect server did not start; is port {port} taken?")
        with get_client(sync_client=True) as client:
            if client.api_healthcheck() is None:
                return
        time.sleep(0.5)
    raise UnreachableError(f"the Prefect server did not answer within {_START} s")
