"""The command line as a user runs it: a process with arguments, JSON back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from connectors.state import open_database
from schemas.record import Row
from schemas.tables import to_rows


@dataclass(slots=True)
class Archive:
    """A rehearsal home driven by the command line.

    Attributes:
        home: the home folder. environment: credentials and the like.
        at: the instant that every command rehearses, or None.
    """

    home: Path
    environment: dict[str, str] = field(default_factory=dict)
    at: datetime | None = None

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command and do not wait for it."""
        options = ["--home", str(self.home), *(["--at", self.at.isoformat()] if self.at else [])]
        return subprocess.Popen(
            [sys.executable, "-m", "flows", *options, *arguments],
            env={**os.environ, **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, codes: Sequence[int] = (0,)) -> str:
        """Run a command; its output. The exit code must be one of ``codes``."""
        with self.start(*arguments) as process:
            out, err = process.communicate(timeout=300)
        assert process.returncode in codes, f"{arguments}: exit {process.returncode}\n{out}\n{err}"
        return out

    def json(self, *arguments: str, codes: Sequence[int] = (0,)) -> Any:
        """Run a command with ``--json``; its decoded answer."""
        return json.loads(self.run("--json", *arguments, codes=codes))

    def lines(self, *arguments: str) -> list[Any]:
        """Run a command that prints one JSON object per line."""
        return [json.loads(line) for line in self.run("--json", *arguments).splitlines()]

    def init(self) -> None:
        """Make the home."""
        self.run("init", str(self.home), "--rehearsal")

    def add_account(self, values: Mapping[str, str]) -> None:
        """Write an account file and add it."""
        path = self.home.parent / f"{values['name']}.toml"
        path.write_text("\n".join(f"{name} = {json.dumps(value)}" for name, value in values.items()), encoding="utf-8")
        self.run("account", "add", str(path))

    def harvest(self, *arguments: str) -> dict[str, Any]:
        """Harvest all accounts (there is one in these tests); its part of the answer."""
        (account,) = self.json("harvest", *arguments, codes=(0, 3))["accounts"]
        return dict(account)

    def rows(self) -> list[Row]:
        """Every live row, read from the Parquet files that the manifest names."""
        state = open_database(f"sqlite:///{self.home / 'state' / 'bevara.db'}")
        try:
            with state.reading() as books:
                files = books.manifest.live()
        finally:
            state.close()
        return [row for file in files for row in to_rows(pq.read_table(self.home / "store" / file.key))]

    def media(self, digest: str) -> bytes:
        """The bytes of a stored attachment."""
        return (self.home / "store" / "media" / digest[:2] / digest).read_bytes()


_LOOSE = ("item", "batch", "parent", "thread")


def comparable(rows: Sequence[Row]) -> list[str]:
    """The rows without ids that chance gave: items, parents and threads by their native ids, sorted."""
    natives = {row.item: row.native for row in rows}
    shown = []
    for row in rows:
        values = {name: getattr(row, name) for name in row.__slots__ if name not in _LOOSE}
        values["parent"] = natives.get(row.parent) if row.parent else None
        values["thread"] = natives.get(row.thread)
        values["month"] = row.item[:6]
        shown.append(repr(sorted(values.items())))
    return sorted(shown)
