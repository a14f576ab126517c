"""Contract of leases, fencing and intents, with real processes that are stopped and killed."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from signal import SIGCONT, SIGKILL, SIGSTOP

import pytest

from connectors.state import Database
from schemas.books import Lease, LeaseLostError, LeaseTakenError
from tests.servers.state import OpenState

AT = datetime(2026, 1, 31, 12, tzinfo=UTC)
NAME = "account:kommunen"
KEY = f"holdings/{NAME}"

Holder = subprocess.Popen[str]
StartHolder = Callable[[float], Holder]


@pytest.fixture
def holder(state: Database, state_kind: str, state_url: Callable[[str], str]) -> Iterator[StartHolder]:
    """Function that starts another process which holds the lease, with an intent under it."""
    started: list[Holder] = []

    def start(seconds: float) -> Holder:
        command = [
            sys.executable,
            "-m",
            "tests.contracts.state_worker",
            "hold",
            state_url(state_kind),
            NAME,
            str(seconds),
        ]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def _outcome(process: Holder) -> str:
    out, _ = process.communicate("go\n", timeout=20)
    return str(out)


def _dead(state: Database, *, writing: bool) -> list[str]:
    with state.writing() if writing else state.reading() as books:
        return [intent.key for intent in books.intents.dead()]


def test_a_lease_is_held_by_one(state: Database, open_state: OpenState, state_kind: str) -> None:
    """Neither this thread, another thread, nor another opening of the database gets it a second time."""
    second = open_state(state_kind)
    caught: list[type[BaseException]] = []

    def other_thread() -> None:
        try:
            with state.hold_lease(NAME):
                pass
        except LeaseTakenError as error:
            caught.append(type(error))

    with state.hold_lease(NAME) as lease:
        for database in (state, second):
            with pytest.raises(LeaseTakenError, match=NAME), database.hold_lease(NAME):
                pass
        thread = threading.Thread(target=other_thread)
        thread.start()
        thread.join(20)
        with state.hold_lease("account:annat"), state.writing() as books:
            books.leases.check(lease)
    assert caught == [LeaseTakenError]


def test_the_fence_only_grows(state: Database) -> None:
    """Every acquisition has a higher number; one given back, or never held, is lost."""
    with state.hold_lease(NAME) as first:
        pass
    with state.hold_lease(NAME) as second:
        assert second.fence == first.fence + 1
        with pytest.raises(LeaseLostError), state.writing() as books:
            books.leases.check(first)
        with state.reading() as books:
            books.leases.check(second)
    for lost in (second, Lease(name="account:none", fence=1)):
        with pytest.raises(LeaseLostError), state.writing() as books:
            books.leases.check(lost)


def test_a_block_that_raises_gives_the_lease_back(state: Database) -> None:
    """The exception comes out as it was, and the lease is free."""
    with pytest.raises(ZeroDivisionError), state.hold_lease(NAME):
        raise ZeroDivisionError
    with state.hold_lease(NAME):
        pass


def test_a_lease_is_renewed(open_state: OpenState, state_kind: str) -> None:
    """A holder that works longer than the lease lasts keeps it."""
    state = open_state(state_kind, lease_seconds=1)
    second = open_state(state_kind)
    with state.hold_lease(NAME) as lease:
        time.sleep(1.6)
        with pytest.raises(LeaseTakenError), second.hold_lease(NAME):
            pass
        with state.writing() as books:
            books.leases.check(lease)


@pytest.mark.parametrize("reaped", [True, False], ids=["gone", "zombie"])
def test_a_killed_holder_is_replaced_at_once(state: Database, holder: StartHolder, *, reaped: bool) -> None:
    """A lease of two minutes is free the moment its holder was killed, and its intents are dead."""
    process = holder(120)
    assert _dead(state, writing=False) == []
    assert _dead(state, writing=True) == []
    with pytest.raises(LeaseTakenError), state.hold_lease(NAME):
        pass
    process.send_signal(SIGKILL)
    if reaped:
        process.wait(10)
    else:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert _dead(state, writing=False) == [KEY]
    with state.hold_lease(NAME) as lease:
        assert lease.fence == 2
        assert _dead(state, writing=False) == [KEY]


def test_a_silent_holder_is_replaced_when_its_lease_expired(
    open_state: OpenState, state_kind: str, holder: StartHolder
) -> None:
    """Until then it is left alone; afterwards what it wanted to commit is undone."""
    state = open_state(state_kind)
    process = holder(2)
    process.send_signal(SIGSTOP)
    with pytest.raises(LeaseTakenError), state.hold_lease(NAME):
        pass
    time.sleep(2.2)
    with state.hold_lease(NAME) as lease:
        process.send_signal(SIGCONT)
        assert _outcome(process) == "lost\n"
        with state.writing() as books:
            books.leases.check(lease)
            assert books.setting("committed") is None


def test_recovery_takes_an_expired_lease_from_its_holder(state: Database, holder: StartHolder) -> None:
    """Once a writing transaction has called the intents dead, the slow holder can no longer commit."""
    process = holder(1)
    process.send_signal(SIGSTOP)
    time.sleep(1.2)
    assert _dead(state, writing=False) == []
    assert _dead(state, writing=True) == [KEY]
    process.send_signal(SIGCONT)
    assert _outcome(process) == "lost\n"
    with state.reading() as books:
        assert books.setting("committed") is None


def test_a_holder_that_was_only_slow_still_commits(state: Database, holder: StartHolder) -> None:
    """A lease that expired, but that nobody took, is still good."""
    process = holder(0.5)
    process.send_signal(SIGSTOP)
    time.sleep(0.7)
    process.send_signal(SIGCONT)
    assert _outcome(process) == "committed\n"


def test_intents(state: Database) -> None:
    """An intent lives with its lease, is dead afterwards, and is forgotten when its object is registered."""
    with state.hold_lease(NAME) as lease:
        with state.writing() as books:
            for key in ("a", "a", "b"):
                books.intents.open(key, lease, AT)
            assert books.intents.known(["a", "b", "c", "\x00"]) == {"a", "b"}
        assert _dead(state, writing=True) == []
        with state.writing() as books:
            books.leases.check(lease)
            books.intents.close(["b", "c"])
    with state.reading() as books:
        assert [(one.key, one.lease, one.fence, one.made) for one in books.intents.dead()] == [("a", NAME, 1, AT)]
        assert books.intents.known(["a", "b"]) == {"a"}
    with state.writing() as books:
        books.intents.close(["a"])
        assert list(books.intents.dead()) == []


def test_an_intent_that_somebody_alive_shares_is_not_dead(state: Database) -> None:
    """Two holders were about to write the same object; it is dead only when both are."""
    with state.hold_lease("account:one") as one:
        with state.hold_lease("account:two") as two, state.writing() as books:
            books.intents.open("media/aa/x", one, AT)
            books.intents.open("media/aa/x", two, AT)
        assert _dead(state, writing=True) == []
    assert _dead(state, writing=True) == ["media/aa/x", "media/aa/x"]


def test_a_commit_in_progress_is_not_disturbed(state: Database, open_state: OpenState, state_kind: str) -> None:
    """While a holder's checked transaction is open, nobody takes its lease; what it commits is true."""
    short = open_state(state_kind, lease_seconds=0.2)
    taken: list[int] = []

    def taker() -> None:
        with short.writing() as books:
            taken.append(len(books.intents.dead()))

    with short.hold_lease(NAME) as lease:
        with short.writing() as books:
            books.intents.open(KEY, lease, AT)
        with state.writing() as books:
            books.leases.check(lease)
            thread = threading.Thread(target=taker)
            thread.start()
            time.sleep(0.6)
            books.intents.close([KEY])
            books.set_setting("committed", "yes")
        thread.join(20)
    assert taken == [0]
    with state.reading() as books:
        assert books.setting("committed") == "yes"
