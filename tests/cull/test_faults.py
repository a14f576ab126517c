"""Faults at every write of an execution, in every place, and approvals that are not what they say they are."""

from __future__ import annotations

import errno
import json
import multiprocessing
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest

from connectors.home import open_home
from flows.cull.execute import Executed, execute
from flows.keep.recover import recover
from schemas.ground import Home
from schemas.neighbours import ObjectInfo, Remains, Store
from schemas.refusal import GuardError, UnreachableError
from tests.canary.rehearsal import rows_by_item
from tests.kills.acts import ACTS, marks_left


@dataclass(slots=True)
class Approved:
    """A copy of an archive with an approved order: its folder, and what is known of it."""

    root: Path
    known: Any

    @contextmanager
    def open(self, *, later: timedelta = timedelta()) -> Iterator[Home]:
        """The opened home, recovered as every command does."""
        at = datetime.fromisoformat((self.root / "at").read_text("ascii")) + later
        with open_home(self.root / "hem", at=at) as home:
            recover(home.ground.state, home.ground.store, home.ground.clock.now(), home.ground.mirrors)
            yield home

    def execute(self, faults: Faults | None = None) -> Executed:
        """Execute the order, in a home with faults if there are any."""
        with self.open() as home:
            return execute(home if faults is None else faults.in_home(home), self.known["order"])

    def identity(self) -> set[str]:
        """After = before − culled, and of the culled nothing is called gone that is not; returns what was culled."""
        with self.open() as home:
            rows = rows_by_item(home)
            with home.ground.state.reading() as books:
                culled = {str(one.item) for one in books.tombstones.all()}
        assert culled <= set(self.known["culled"])
        before: dict[str, list[str]] = self.known["rows"]
        assert {item: one for item, one in rows.items() if item in before} == {
            item: one for item, one in before.items() if item not in culled
        }
        return culled

    def finished(self) -> None:
        """Without the fault the order is finished: everything is gone, in every place, and said once."""
        assert self.execute().standing == "done"
        assert ACTS["destroy"].check(self.root, self.known) == []


@dataclass(slots=True)
class Faults:
    """What goes wrong: the ``number``-th write of one sort in one place, or (None) all of them.

    Attributes:
        sort: ``put`` or ``destroy``. place: ``store``, ``mirror`` or ``second``. error: what is raised.
        seen: writes of that sort in that place.
    """

    sort: str
    place: str
    error: Exception
    number: int | None
    seen: int = 0

    def met(self, sort: str, place: str) -> None:
        """Count a write and let it fail when its turn has come."""
        if (sort, place) == (self.sort, self.place):
            self.seen += 1
            if self.number in (None, self.seen):
                raise self.error

    def in_home(self, home: Home) -> Home:
        """The same home with the faults in its places."""
        ground = home.ground

        def faulty(store: Store, place: str) -> Store:
            return cast("Store", _Faulty(store, place, self))

        return replace(
            home,
            ground=replace(
                ground,
                store=faulty(ground.store, "store"),
                mirrors=tuple(faulty(mirror, "mirror") for mirror in ground.mirrors),
                second=None if ground.second is None else faulty(ground.second, "second"),
            ),
        )


class _Faulty:
    """The given store with its faults. Out of reach, it is so for everything that is asked of it."""

    def __init__(self, inner: Store, place: str, faults: Faults) -> None:
        self._inner, self._place, self._faults = inner, place, faults

    def __getattr__(self, name: str) -> object:
        away = isinstance(self._faults.error, UnreachableError) and self._place == self._faults.place
        if away and name in {"head", "remains", "get", "open", "list", "checksum", "unfinished"}:
            raise self._faults.error
        return getattr(self._inner, name)

    def put_new(self, key: str, data: bytes | BinaryIO) -> ObjectInfo:
        self._faults.met("put", self._place)
        return self._inner.put_new(key, data)

    def destroy(self, key: str) -> Remains:
        self._faults.met("destroy", self._place)
        return self._inner.destroy(key)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An archive with an approved order, made once; its keys lie beside it."""
    folder = tmp_path_factory.mktemp("fel")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BEVARA_KEYS", str(folder / "nycklar"))
        ACTS["destroy"].build(folder / "mall" / "allt")
        yield folder / "mall"


@pytest.fixture
def approved(template: Path, tmp_path: Path) -> Approved:
    """A copy of it."""
    return _copy(template, tmp_path / "0")


def _copy(template: Path, target: Path) -> Approved:
    shutil.copytree(template, target)
    return Approved(target / "allt", json.loads((target / "known.json").read_text("utf-8")))


FULL, BROKEN, AWAY = OSError(errno.ENOSPC, "no space"), OSError(errno.EIO, "broken"), UnreachableError("away")


@pytest.mark.parametrize(
    ("sort", "place", "error"),
    [("put", "store", FULL), ("put", "second", FULL), ("destroy", "store", BROKEN), ("destroy", "mirror", BROKEN)],
    ids=["full-store", "full-second", "broken-store", "broken-mirror"],
)
def test_one_failing_write_loses_nothing_and_is_made_up_for(
    sort: str, place: str, error: Exception, template: Path, tmp_path: Path
) -> None:
    """Whichever write fails, what is kept stays, the order is not called done while a byte is left, and it ends well."""
    number = 0
    while True:
        number += 1
        copy = _copy(template, tmp_path / str(number))
        faults = Faults(sort, place, error, number)
        standing = "open"
        with suppress(type(error)):
            standing = copy.execute(faults).standing
        culled = copy.identity()
        if standing == "done":
            assert marks_left(copy.root, copy.known, culled) == []
        copy.finished()
        shutil.rmtree(copy.root.parent)
        if faults.seen < number:
            break
    assert number > 3


@pytest.mark.parametrize("place", ["mirror", "second"])
def test_a_place_out_of_reach_leaves_the_order_open(place: str, approved: Approved) -> None:
    """A mirror or second place that does not answer: open, it says what is left and where, and finishes later."""
    sort = "destroy" if place == "mirror" else "put"
    found = approved.execute(Faults(sort, place, AWAY, None))
    assert found.standing == "open"
    assert found.certificate is None
    assert any("spegel" in name if place == "mirror" else name == "second" for name in found.left), found.left
    # A mirror only gets rid of things later; without the second place's word the archive might be a restored backup.
    assert approved.identity() == (set(approved.known["culled"]) if place == "mirror" else set())
    approved.finished()


def _in_process(root: Path, order: str, answers: Any) -> None:
    try:
        answers.put(Approved(root, {"order": order}).execute().standing)
    except GuardError as error:
        answers.put(error.code)
    except Exception as error:  # noqa: BLE001 - told to the process that waits for an answer
        answers.put(repr(error))


def test_two_processes_at_once_do_it_once(approved: Approved) -> None:
    """Two executions in two processes: one does it, the other is refused or finds it done; nothing is done twice."""
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    processes = [
        context.Process(target=_in_process, args=(approved.root, approved.known["order"], answers)) for _ in range(2)
    ]
    for process in processes:
        process.start()
    told = sorted(answers.get(timeout=120) for _ in processes)
    for process in processes:
        process.join()
    assert told in (["G-LEASE", "done"], ["done", "done"])
    approved.finished()


def _database(approved: Approved, *statements: str) -> None:
    """Change the state database by hand, as somebody with access to its file could."""
    connection = sqlite3.connect(approved.root / "hem" / "state" / "bevara.db")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


FORGED = {
    "expiry-moved": "update signature set expires = expires + 86400000000 where act = 'approve'",
    "guard-added": "update signature set accepted = case accepted when '[]' then '[\"G-SHARE\"]' else '[]' end",
    "another-person": "update signature set person = 'Eva Redogörare' where act = 'approve'",
    "another-role": "update signature set role = 'registrator' where act = 'approve'",
    "text-changed": "update signature set statement = replace(statement, 'cull.approve', 'cull.propose')",
    "bits-changed": (
        # The first digit, not the last ones: those of an Ed25519 signature are often zeros already.
        "update signature set signature = case substr(signature, 1, 1) when '0' then '1' else '0' end"
        " || substr(signature, 2) where act = 'approve'"
    ),
    "proposal-gone": "delete from signature where act = 'propose'",
    "count-changed": "update cull_order set cull = cull + 1",
    "day-changed": "update cull_order set as_of = '2026-01-14'",
    "plan-changed": "update cull_order set plan_digest = 'f' || substr(plan_digest, 2)",
}


@pytest.mark.parametrize("forgery", FORGED)
def test_a_forged_approval_destroys_nothing(forgery: str, approved: Approved) -> None:
    """Whatever is changed by hand in the database, the signatures no longer fit, and nothing is destroyed."""
    _database(approved, FORGED[forgery])
    with pytest.raises(GuardError):
        approved.execute()
    assert approved.identity() == set()
    assert marks_left(approved.root, approved.known, set()) == []


ALTERED: dict[str, Callable[[bytes], bytes]] = {
    "row": lambda data: data[:80] + bytes([data[80] ^ 1]) + data[81:],
    "middle": lambda data: data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1 :],
    "end": lambda data: data[:-9] + bytes([data[-9] ^ 255]) + data[-8:],
    "cut": lambda data: data[: len(data) // 2],
    "empty": lambda _: b"",
}


@pytest.mark.parametrize("altered", ALTERED)
def test_an_altered_list_destroys_nothing(altered: str, approved: Approved) -> None:
    """A frozen list whose bytes were changed is not the one that was signed, whatever is left of it."""
    (path,) = (approved.root / "hem" / "store" / "work" / "proposals").glob("*.parquet")
    path.write_bytes(ALTERED[altered](path.read_bytes()))
    with pytest.raises(GuardError) as refused:
        approved.execute()
    assert refused.value.code == "G-LIST"
    assert approved.identity() == set()


def test_an_expired_approval_destroys_nothing(approved: Approved) -> None:
    """After its time an approval is worth nothing, and a new one by the same person is needed."""
    with approved.open(later=timedelta(days=40)) as home, pytest.raises(GuardError) as refused:
        execute(home, approved.known["order"])
    assert refused.value.code in {"G-EXPIRED", "G-STALE"}
    assert approved.identity() == set()
