"""Proof that a lease's holder is dead: only certainty counts."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

from connectors.state.processes import Process, proven_dead, this_process


def _other() -> tuple[subprocess.Popen[bytes], Process]:
    code = "import sys; from connectors.state.processes import this_process as t; p = t(); print(p.pid, p.started)"
    child = subprocess.Popen(
        [sys.executable, "-c", f"{code}; sys.stdout.flush(); input()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    pid, started = child.stdout.readline().split()
    return child, replace(this_process(), pid=int(pid), started=int(started))


def test_this_process_is_the_same_each_time() -> None:
    """Name, boot, number and start do not change, and it is not dead."""
    here = this_process()
    assert here == this_process()
    assert here.started > 0
    assert not proven_dead(here, here)


def test_a_process_is_dead_when_it_has_ended() -> None:
    """Alive it is not; a zombie is; and so is one whose number is free."""
    child, other = _other()
    here = this_process()
    assert not proven_dead(other, here)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and stays a zombie
    assert proven_dead(other, here)
    child.communicate()
    assert proven_dead(other, here)


def test_a_number_used_again_is_another_process() -> None:
    """The same number with another start is proof; an unknown start is none."""
    here = this_process()
    assert proven_dead(replace(here, started=here.started - 1), here)
    assert not proven_dead(replace(here, started=0), here)


def test_nothing_is_proven_of_another_machine() -> None:
    """Another host, another boot, another container or an unknown boot prove nothing, whatever the number."""
    here = this_process()
    gone = replace(here, pid=2**22 + 1)
    assert proven_dead(gone, here)
    assert not proven_dead(replace(gone, host="annan"), here)
    assert not proven_dead(replace(gone, boot="annan"), here)
    assert not proven_dead(replace(gone, boot=""), replace(here, boot=""))
