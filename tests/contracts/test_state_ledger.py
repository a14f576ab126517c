"""Contract of the ledger: one unbroken chain, whoever writes and however many at once."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from json import loads

import pytest

from connectors.state import Database
from schemas.receipt import GENESIS, Receipt, link

AT = datetime(2026, 1, 31, 12, 30, tzinfo=UTC)


def _receipt(number: int, *subjects: str, actor: str = "bevara") -> Receipt:
    return Receipt(act="test.act", at=AT, actor=actor, subjects=subjects, evidence={"number": number, "ö": "Å"})


def _check_chain(state: Database) -> list[str]:
    """Follow the chain from the beginning; returns the bodies."""
    with state.reading() as books:
        links = books.ledger.after(0)
        head = books.ledger.head()
    previous = GENESIS
    for number, one in enumerate(links, start=1):
        assert one.seq == number
        assert one.previous == previous
        assert one.hash == link(previous, one.body)
        previous = one.hash
    assert head == (len(links), previous)
    return [one.body for one in links]


def test_links_follow_each_other(state: Database) -> None:
    """Within and across transactions each link names the one before; a failed transaction leaves no gap."""
    with state.writing() as books:
        assert books.ledger.head() == (0, GENESIS)
        first = books.ledger.append(_receipt(1))
        second = books.ledger.append(_receipt(2))
        assert (first.seq, second.seq, second.previous) == (1, 2, first.hash)
        assert books.ledger.head() == (2, second.hash)

    def fail() -> None:
        with state.writing() as books:
            books.ledger.append(_receipt(99))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with state.writing() as books:
        assert books.ledger.append(_receipt(3)).previous == second.hash
    assert _check_chain(state) == [_receipt(number).body() for number in (1, 2, 3)]


def test_links_are_read_in_pages(state: Database) -> None:
    """``after`` answers what is newer than a number, in order, at most as many as asked for."""
    with state.writing() as books:
        for number in range(1, 6):
            books.ledger.append(_receipt(number))
    with state.reading() as books:
        assert [one.seq for one in books.ledger.after(2)] == [3, 4, 5]
        assert [one.seq for one in books.ledger.after(2, limit=2)] == [3, 4]
        assert list(books.ledger.after(5)) == []


def test_links_are_found_by_subject(state: Database) -> None:
    """Every link that names the subject is found, and none that names a longer or shorter one."""
    with state.writing() as books:
        books.ledger.append(_receipt(1, "a", "b", "a"))
        books.ledger.append(_receipt(2, "ab"))
        books.ledger.append(_receipt(3, "b", "holdings/x/2026-01/y.parquet"))
        books.ledger.append(_receipt(4))
    with state.reading() as books:
        assert [one.seq for one in books.ledger.about("b")] == [1, 3]
        assert [one.seq for one in books.ledger.about("b", limit=1)] == [1]
        assert [one.seq for one in books.ledger.about("a")] == [1]
        assert [one.seq for one in books.ledger.about("holdings/x/2026-01/y.parquet")] == [3]
        assert list(books.ledger.about("c")) == []


def test_many_threads_write_one_chain(state: Database) -> None:
    """Eight threads at once: nothing is lost, nothing doubled, the chain holds."""

    def write(actor: str) -> None:
        for number in range(15):
            with state.writing() as books:
                books.ledger.append(_receipt(number, actor=actor))

    threads = [threading.Thread(target=write, args=(f"thread-{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    bodies = _check_chain(state)
    assert len(set(bodies)) == len(bodies) == 8 * 15


def test_many_processes_write_one_chain(state: Database, state_kind: str, state_url: Callable[[str], str]) -> None:
    """Three processes at once: nothing is lost, nothing doubled, the chain holds."""
    command = [sys.executable, "-m", "tests.contracts.state_worker", "append", state_url(state_kind)]
    workers = [subprocess.Popen([*command, f"process-{number}", "40"]) for number in range(3)]
    assert [worker.wait(60) for worker in workers] == [0, 0, 0]
    bodies = _check_chain(state)
    actors = Counter(loads(body)["actor"] for body in bodies)
    assert actors == {"process-0": 40, "process-1": 40, "process-2": 40}
    assert len(set(bodies)) == len(bodies)
