"""Ports that interfere: something happens, or fails, at a chosen call of the store or the state database."""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow.parquet as pq

from schemas.books import Books, Lease, State
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.neighbours import ObjectInfo, Remains, Store
from schemas.record import Row
from tests.cull.archive import OLD, YOUNG, Small

FIRST, SECOND = OLD, OLD + timedelta(days=61)
"""Instants in two old months, 2022-05 and 2022-07."""
SECRET = "HEMLIGT"
"""What the hold of ``thread_of_two_months`` is about."""


class OddStore:
    """The given store; before a put whose key has ``part`` in it, ``happens`` is called, once."""

    def __init__(self, inner: Store, part: str, happens: Callable[[], object]) -> None:
        """``happens`` may raise."""
        self._inner, self._part, self._happens, self._met = inner, part, happens, False

    def __getattr__(self, name: str) -> object:
        """Everything else is the inner store's."""
        return getattr(self._inner, name)

    def put_new(self, key: str, data: bytes | BinaryIO) -> ObjectInfo:
        """As the inner store."""
        if self._part in key and not self._met:
            self._met = True
            self._happens()
        return self._inner.put_new(key, data)


class StubbornStore:
    """The given store, in which some objects cannot be removed; everything else works."""

    def __init__(self, inner: Store, keys: frozenset[str]) -> None:
        """``keys``: those objects."""
        self._inner, self._keys = inner, keys

    def __getattr__(self, name: str) -> object:
        """Everything else is the inner store's."""
        return getattr(self._inner, name)

    def destroy(self, key: str) -> Remains:
        """As the inner store, or not at all."""
        if key in self._keys:
            raise OSError(errno.EIO, "no")
        return self._inner.destroy(key)


class OddState:
    """The given state database; ``at_lease`` is called before a lease is asked for, ``at_end`` before a commit.

    Either may raise ``StateError``, as a server does that refuses: nothing of the transaction is then committed.
    What ``at_end`` returns is called right after the commit.
    """

    def __init__(
        self,
        inner: State,
        *,
        at_lease: Callable[[str], object] = lambda _: None,
        at_end: Callable[[Books], Callable[[], object] | None] = lambda _: None,
    ) -> None:
        """``at_lease`` gets the lease's name, ``at_end`` the books of the transaction."""
        self._inner, self._at_lease, self._at_end = inner, at_lease, at_end

    def __getattr__(self, name: str) -> object:
        """Everything else is the inner database's."""
        return getattr(self._inner, name)

    @contextmanager
    def hold_lease(self, name: str) -> Iterator[Lease]:
        """As the inner database."""
        self._at_lease(name)
        with self._inner.hold_lease(name) as lease:
            yield lease

    @contextmanager
    def writing(self) -> Iterator[Books]:
        """As the inner database."""
        with self._inner.writing() as books:
            yield books
            then = self._at_end(books)
        if then is not None:
            then()


def with_store(home: Home, part: str, happens: Callable[[], object]) -> Home:
    """The home, in whose store something happens before a put (``OddStore``)."""
    store = cast("Store", OddStore(home.ground.store, part, happens))
    return replace(home, ground=replace(home.ground, store=store))


def with_state(home: Home, odd: OddState) -> Home:
    """The home with another state port."""
    return replace(home, ground=replace(home.ground, state=cast("State", odd)))


def with_stubborn_mirrors(home: Home, keys: frozenset[str]) -> Home:
    """The home, in whose mirrors some objects cannot be removed."""
    mirrors = tuple(cast("Store", StubbornStore(one, keys)) for one in home.ground.mirrors)
    return replace(home, ground=replace(home.ground, mirrors=mirrors))


def at_swap(
    month: str, happens: Callable[[], Callable[[], object] | None]
) -> Callable[[Books], Callable[[], object] | None]:
    """For ``at_end``: ``happens`` when the first swap of a partition of the month is about to be committed."""
    left = [month]

    def look(books: Books) -> Callable[[], object] | None:
        head, _ = books.ledger.head()
        last = json.loads(books.ledger.after(head - 1, 1)[0].body)
        if not left or last["act"] != "cull.swapped" or not last["subjects"][1].endswith(f"/{month}"):
            return None
        left.clear()
        return happens()

    return look


def fill(small: Small) -> list[ItemId]:
    """Two posts to be culled in each of two months (the first four items), and others that stay."""
    rows = [small.row(published=month) for month in (FIRST, FIRST, SECOND, SECOND)]
    rows += [small.row("visitor_post", published=month, own=False) for month in (FIRST, SECOND)]
    return small.put([*rows, *(small.row(published=YOUNG) for _ in range(4))])


def order(small: Small) -> str:
    """Propose and approve; a minute later it may be executed. Returns the digest."""
    digest = small.propose()
    small.approve(digest)
    small.later(minutes=1)
    return digest


def thread_of_two_months(small: Small, set_hold: Callable[[Home], object]) -> tuple[Row, Row, Row]:
    """A visitor's post and an own one in the first month, our reply to the visitor in the second; a hold on words.

    ``set_hold`` sets it. Another visitor's post lies in the second month, so that something remains of it.
    """
    root = small.row("visitor_post", published=FIRST, own=False)
    other = small.row(published=FIRST)
    reply = small.row("reply", published=SECOND, parent=root.item, thread=root.item)
    stays = small.row("visitor_post", published=SECOND, own=False)
    small.put([root, other, reply, stays, *(small.row(published=YOUNG) for _ in range(4))])
    with small.open() as home:
        set_hold(home)
    small.later(minutes=1)
    return root, other, reply


def now_secret(small: Small, row: Row) -> Row:
    """The row's item, edited just now so that the hold on words covers it."""
    return replace(row, version=2, observed=small.at, edited=small.at, text=f"{SECRET} nytt")


def add_place(small: Small, section: str, name: str) -> Path:
    """Name one more place in the home's settings, an empty folder; ``section``: ``[[mirror]]`` or ``[second]``."""
    folder = small.root / name
    folder.mkdir()
    with (small.root / "hem" / "bevara.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n{section}\nname = "{name}"\nkind = "folder"\npath = "{folder}"\n')
    return folder


def copy_store(small: Small, to: Path) -> None:
    """Copy the store's objects into a mirror."""
    shutil.copytree(small.root / "hem" / "store", to, dirs_exist_ok=True)


def rows_left(place: Path, items: Sequence[ItemId]) -> int:
    """Rows of the items in any Parquet file of rows below a place."""
    found = 0
    for file in place.rglob("holdings/**/*.parquet"):
        column = pq.read_table(file, columns=["item"], partitioning=None)["item"].to_pylist()
        found += sum(item in items for item in column)
    return found
