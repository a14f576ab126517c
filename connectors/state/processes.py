"""Who this process is, and whether another one on the same machine is proven dead.

Proof asks for the same host name, the same boot and the same process number space (two containers may share host
name and boot, yet number their processes apart), and then for a number that is free, used by a process that started
at another time, or left by one that has ended and waits for its parent. Anything unclear is no proof.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path

import psutil

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_NUMBERS = Path("/proc/self/ns/pid")
_ENDED = ("Z", "X", "x")
"""States of a process in /proc that has ended: zombie, dead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A process: host name, boot and number space, number, start (in the operating system's own count)."""

    host: str
    boot: str
    pid: int
    started: int


def this_process() -> Process:
    """The calling process."""
    pid = os.getpid()
    return Process(host=socket.gethostname(), boot=_boot(), pid=pid, started=_started(pid) or 0)


def proven_dead(other: Process, here: Process) -> bool:
    """Whether ``other`` is known to have ended, judged from ``here``."""
    if not other.boot or (other.host, other.boot) != (here.host, here.boot):
        return False
    if not psutil.pid_exists(other.pid):
        return True
    started = _started(other.pid)
    if started is None:
        return _ended(other.pid)
    return other.started not in (0, started)


def _boot() -> str:
    """Name of this boot and process number space; empty when it cannot be told."""
    try:
        return f"{_BOOT.read_text(encoding='ascii').strip()} {_NUMBERS.readlink()}"
    except OSError:
        return "" if _BOOT.parent.exists() else str(int(psutil.boot_time()))


def _stat(pid: int) -> list[str]:
    """Fields of /proc/<pid>/stat from the state on; the name before them may hold spaces and brackets."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()


def _started(pid: int) -> int | None:
    """When a running process started; None when it has ended or cannot be looked at."""
    try:
        fields = _stat(pid)
        return None if fields[0] in _ENDED else int(fields[19])
    except OSError:
        if _BOOT.exists():
            return None
    try:
        return round(psutil.Process(pid).create_time() * 1000)
    except psutil.Error:
        return None


def _ended(pid: int) -> bool:
    """Whether the process is a zombie or has gone by now."""
    try:
        return bool(psutil.Process(pid).status() in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD))
    except psutil.NoSuchProcess:
        return True
    except psutil.Error:
        return False
