"""Start a fake platform as a process of its own and steer it from a test."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_ROOT = Path(__file__).resolve().parents[2]


class RunningFake:
    """One fake platform as a process; use it as a context manager, or ``start`` and ``stop`` it.

    Args:
        platform: module under ``tests.servers``. page: items per page. options: which variant is played.
        seed: begin with a few random items.
    """

    def __init__(
        self, platform: str, *, page: int = 3, options: Mapping[str, str] | None = None, seed: int | None = None
    ) -> None:
        self.platform = platform
        self.port = 0
        self._command = [sys.executable, "-m", "tests.servers.world", platform, "--page", str(page), "--until-eof"]
        if options:
            self._command += ["--options", json.dumps(dict(options))]
        if seed is not None:
            self._command += ["--seed", str(seed)]
        self._process: subprocess.Popen[str] | None = None
        self._connection: http.client.HTTPConnection | None = None

    @property
    def base(self) -> str:
        """Address of the server, without a slash."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Self:
        """Start the process and wait for its port."""
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=_ROOT
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the fake {self.platform} did not start; its error stands above")
        self.port = int(json.loads(line)["port"])
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        return self

    def stop(self) -> None:
        """End the process."""
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for stream in (self._process.stdin, self._process.stdout):
                if stream is not None:
                    stream.close()

    def __enter__(self) -> Self:
        """Started."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stopped."""
        self.stop()

    def act(self, op: str, **values: Any) -> dict[str, Any]:
        """Let something happen in the world; gives the item as it is afterwards. See ``world_process.Operations``."""
        return self.acts([{"op": op, **values}])[0]

    def acts(self, operations: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Several operations in one request, in order."""
        items: list[dict[str, Any]] = self._control("act", operations)["items"]
        return items

    def clock(self, now: datetime) -> None:
        """Set the world's time."""
        self._control("clock", {"now": now.isoformat()})

    def misbehave(self, **switches: float | bool | str) -> None:
        """Set the misbehaviour anew: what is not named behaves well."""
        self._control("misbehave", switches)

    def token(
        self, token: str | None = None, *, moderating: str | None = None, expires: datetime | None = None
    ) -> None:
        """Change the token that the server accepts, the one that it lets moderate, or when they are said to end."""
        ends = None if expires is None else expires.isoformat()
        self._control("token", {"token": token, "moderating": moderating, "expires": ends})

    def campaigns(self, campaigns: list[dict[str, Any]]) -> None:
        """Set what is advertised: see ``Fake.campaigns``."""
        self._control("campaigns", campaigns)

    def moderated(self) -> list[dict[str, str]]:
        """What was asked to be taken away, hidden, blocked or said: see ``Fake.moderated``."""
        acts: list[dict[str, str]] = self.history()["moderated"]
        return acts

    def history(self) -> dict[str, Any]:
        """The whole world: see ``Fake.history``."""
        return self._control("world", None)

    def reset(self) -> None:
        """An empty world and good behaviour."""
        self._control("reset", {})

    def _control(self, name: str, value: object) -> dict[str, Any]:
        assert self._connection is not None, "start the fake first"
        body = None if value is None else json.dumps(value)
        self._connection.request("GET" if body is None else "POST", f"/_control/{name}", body=body)
        response = self._connection.getresponse()
        answer = json.loads(response.read())
        if response.status != 200:
            raise RuntimeError(f"/_control/{name}: {answer['error']}")
        return dict(answer)
