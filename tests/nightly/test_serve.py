"""``bevara serve`` on a real local Prefect server: the night is scheduled, in Swedish time."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from connectors.home import init_home

ZONE = ZoneInfo("Europe/Stockholm")
CRONS = {
    "nightly": ["15 2 * * *"],
    "light": ["45 * * * *"],
    "watch": ["45 6 * * 1-5"],
    "watch-light": ["0 18 * * 6,0"],
    "cull_draft": ["30 3 7 1 *"],
    "cull_execute": [],
}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def ask(port: int, path: str) -> Any:
    """A filter query of the Prefect API; None while it does not answer."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/{path}", data=b"{}", headers={"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.loads(answer.read())
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return None


def test_the_night_is_scheduled(tmp_path: Path) -> None:
    """The local server plans night, hourly pass and January's draft in Swedish time; execution only on demand."""
    home = tmp_path / "hem"
    init_home(home, rehearsal=True, seed="", key_file=None)
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    command = [sys.executable, "-m", "flows", "--home", str(home), "serve", "--port", str(port)]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        deadline = time.monotonic() + 150
        runs: list[dict[str, Any]] = []
        deployments: list[dict[str, Any]] = []
        while not runs and time.monotonic() < deadline:
            assert process.poll() is None, (tmp_path / "log").read_text("utf-8")[-2000:]
            time.sleep(1)
            runs = ask(port, "flow_runs/filter") or []
            deployments = ask(port, "deployments/filter") or []
            names = {one["id"]: one["name"] for one in deployments}
            planned = {names.get(run["deployment_id"]) for run in runs}
            runs = runs if planned >= {"nightly", "light", "watch", "watch-light"} and len(names) == len(CRONS) else []
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    assert runs, (tmp_path / "log").read_text("utf-8")[-2000:]
    assert {one["name"]: [cron["schedule"]["cron"] for cron in one["schedules"]] for one in deployments} == CRONS
    starts = set()
    for run in runs:
        if names[run["deployment_id"]] == "cull_draft":
            continue  # planned only so many days ahead, so not in every season
        name = names[run["deployment_id"]]
        begins = datetime.fromisoformat(run["expected_start_time"]).astimezone(ZONE)
        if name == "watch-light":
            assert (begins.hour, begins.minute, begins.weekday() >= 5) == (18, 0, True)
        elif name == "watch":
            assert (begins.hour, begins.minute, begins.weekday() < 5) == (6, 45, True)
        else:
            assert (begins.hour, begins.minute) == (2, 15) or begins.minute == 45
        starts.add(begins.minute)
        light = {"light": True} if name == "watch-light" else {}
        assert run["parameters"] == {"home": str(home.resolve()), **light}
    assert starts == {0, 15, 45}
    assert (home / "prefect" / "prefect.db").exists()
