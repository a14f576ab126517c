"""A rehearsal home driven by the command line in this process, with everything it writes and says in one folder."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from connectors.home import open_home
from connectors.settings import read_settings
from connectors.state import open_database
from flows.__main__ import run
from flows.keep.read import partitions
from schemas.ground import Home
from schemas.ids import ItemId, key_check
from schemas.record import Row
from schemas.tables import HOLDINGS, to_rows

PROPOSER, APPROVER = "Eva Redogörare", "Arne Ansvarig"
PASSPHRASE = "mycket hemligt lösenord 1"


@dataclass(slots=True)
class Rehearsal:
    """The home and all that belongs to it.

    Attributes:
        root: folder of everything that is scanned: home, temporary files, log, keys. home: the home folder.
        at: the instant that commands rehearse; empty = now.
        going: items that were made of others here and are to go with them.
    """

    root: Path
    at: str
    home: Path = field(init=False)
    log: Path = field(init=False)
    going: set[ItemId] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Name the places."""
        self.root.mkdir(parents=True, exist_ok=True)
        self.home = self.root / "hem"
        self.log = self.root / "log"
        (self.root / "lösenord").write_text(PASSPHRASE + "\n", encoding="utf-8")

    def say(self, *arguments: str, codes: Sequence[int] = (0,)) -> str:
        """Run a command; returns what it said, which is kept in the log too. The exit code must be one of ``codes``."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = run(["--home", str(self.home), *(("--at", self.at) if self.at else ()), *arguments])
        with self.log.open("a", encoding="utf-8") as stream:
            stream.write(f"{out.getvalue()}\n{err.getvalue()}\n")
        assert code in codes, f"{arguments}: {code}\n{out.getvalue()}\n{err.getvalue()}"
        return out.getvalue()

    def json(self, *arguments: str, codes: Sequence[int] = (0,)) -> Any:
        """The same with ``--json``, decoded."""
        return json.loads(self.say("--json", *arguments, codes=codes))

    def signing(self) -> tuple[str, ...]:
        """Options that give the passphrase."""
        return ("--passphrase-file", str(self.root / "lösenord"))

    def init(self, places: str) -> None:
        """Make the home; ``places``: the tables of its settings from ``[state]`` on."""
        with redirect_stdout(io.StringIO()):
            run(["init", str(self.home), "--rehearsal", "--seed", "kanarie"])
        path = self.home / "bevara.toml"
        head = path.read_text("utf-8").partition("[state]")[0]
        path.write_text(f"{head}{places}", "utf-8")
        address = read_settings(self.home).state_url
        if not address.startswith("sqlite"):
            state = open_database(address)
            with state.writing() as books:
                books.set_setting("key_check", key_check(bytes.fromhex((self.root / "hem.key").read_text("ascii"))))
            state.close()

    def persons(self) -> None:
        """Register the two who are needed, each with a key."""
        self.say("person", "add", PROPOSER, "--role", "arkivredogörare", *self.signing())
        self.say("person", "add", APPROVER, "--role", "arkivansvarig", *self.signing())

    def adopt(self, text: str) -> None:
        """Adopt a plan."""
        path = self.root / "plan.toml"
        path.write_text(text, encoding="utf-8")
        self.say("plan", "adopt", str(path), "--as", APPROVER)

    def propose(self, *options: str) -> Any:
        """Propose as the proposer; returns the answer."""
        return self.json("cull", "propose", "--as", PROPOSER, *self.signing(), *options)

    def approve(self, digest: str, *options: str) -> Any:
        """Approve as the approver, passing the guards that the order names."""
        with self.open() as home, home.ground.state.reading() as books:
            order = books.orders.get(digest)
        assert order is not None
        accepted = [part for guard in order.guards for part in ("--accept", guard)]
        return self.json("cull", "approve", digest, "--as", APPROVER, *self.signing(), *accepted, *options)

    def execute(self, digest: str, *, codes: Sequence[int] = (0,)) -> Any:
        """Execute an approved order."""
        return self.json("cull", "execute", digest, codes=codes)

    @contextmanager
    def open(self) -> Iterator[Home]:
        """The opened home at the instant."""
        with open_home(self.home, at=datetime.fromisoformat(self.at) if self.at else None) as home:
            yield home

    def execute_by_prefect(self, digest: str) -> Any:
        """Execute an approved order, now, as a flow of Prefect, whose database lies in the home; returns its counts."""
        done = subprocess.run(
            [sys.executable, "-c", _FLOW, str(self.home), digest],
            env={
                **{name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")},
                "TMPDIR": str(self.root / "tmp"),
                "PREFECT_LOGGING_LEVEL": "DEBUG",
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        with self.log.open("a", encoding="utf-8") as stream:
            stream.write(f"{done.stdout}\n{done.stderr}\n")
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1])


_FLOW = """
import json, sys
from pathlib import Path
from flows.nightly.serve import prepare
prepare(Path(sys.argv[1]))
from flows.cull.flow import cull_execute
print(json.dumps(cull_execute(home=sys.argv[1], order=sys.argv[2])))
"""


def rows_by_item(home: Home) -> dict[ItemId, list[str]]:
    """Every row of every item as text, without the batch that a rewrite does not change either; sorted."""
    found: dict[ItemId, list[Row]] = {}
    for _, _, table in partitions(home.ground.state, home.ground.store, HOLDINGS.names):
        for row in to_rows(table):
            found.setdefault(row.item, []).append(row)
    return {item: sorted(map(repr, rows)) for item, rows in found.items()}


@contextmanager
def everything_logged(path: Path) -> Iterator[None]:
    """Every log line down to debugging goes into the file; of what boto3 says to itself, only what it says to others."""
    handler = logging.FileHandler(path, encoding="utf-8")
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    for name in ("boto3", "botocore", "urllib3", "s3transfer"):
        logging.getLogger(name).setLevel(logging.INFO)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        handler.close()


@contextmanager
def temporary_files_in(folder: Path) -> Iterator[None]:
    """Temporary files of this process lie in the folder."""
    folder.mkdir(exist_ok=True)
    before = tempfile.tempdir
    tempfile.tempdir = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before
