"""The threads of a package as PDF/A: made ahead of it, or while it is built, with the same bytes either way.

A rendition depends on the rows observed until the intent's ``through`` and on the items that the package shows, on
nothing else; so one that was made ahead serves every rebuild. It is registered as a copy that names its items: culling
one of them takes it away.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from flows.archive.pack.rows import Holdings
from flows.archive.pack.spool import Source, Spool
from flows.keep.blocks import NOT_PACKAGED
from flows.keep.covers import SecrecyMark, secrecy_notice
from flows.keep.derived import take_away
from flows.keep.patience import patiently
from flows.keep.renditions import renderings_of
from schemas.books import Books, Copy, Lease, LeaseLostError
from schemas.calendar import local_day
from schemas.delivery import Intent
from schemas.ground import Ground, Home
from schemas.hold import Mark
from schemas.ids import ItemId, rfc3339
from schemas.neighbours import MissingError
from schemas.order import Tombstone
from schemas.package import Format
from schemas.rendering import Typeset
from schemas.shelf import rendition

KIND: Final = "rendition"
"""Kind of copy under which renditions are registered."""
FORMAT: Final = Format(
    puid="fmt/480",
    name="Acrobat PDF/A - Portable Document Format",
    version="3b",
    media_type="application/pdf",
    basis="satt som PDF/A-3b av Bevara",
)
"""What a rendition is; its bytes are our own typesetter's."""
_TOGETHER = 50
"""Renditions that are written under one transaction."""
_MARK = 32
"""Characters of a key that say what the rendition was made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A thread as a package shows it: its id, and its items in the package's order; the first one names the file."""

    id: ItemId
    items: tuple[ItemId, ...]

    @property
    def first(self) -> ItemId:
        """The item whose record has the rendition."""
        return self.items[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One rendition: of which thread, its bytes, and how much of it could not be shown as it was (0 when not known)."""

    thread: Thread
    source: Source
    replaced: int = 0
    unshown: int = 0


class Renditions:
    """The renditions of one package."""

    def __init__(
        self,
        home: Home,
        intent: Intent,
        holdings: Holdings,
        culled: Sequence[Tombstone],
        marks: Mapping[ItemId, Sequence[Mark]],
    ) -> None:
        """Make nothing yet. ``marks``: what persons have said of the items; secrecy is framed on a thread's face."""
        self._home = home
        self._intent = intent
        self._holdings = holdings
        self._marks = marks
        self._culled: dict[ItemId, list[Tombstone]] = {}
        for stone in culled:
            self._culled.setdefault(stone.thread, []).append(stone)

    def all(self, threads: Sequence[Thread], spool: Spool, root: str) -> Iterator[Made]:
        """Every thread's rendition; those made ahead are taken from the store, the others made in the spool.

        Args:
            root: folder of the renditions from the package's root, with its ``/``.
        """
        rest: list[Thread] = []
        for thread, key in self._ahead(threads):
            source = None if key is None else self._stored(key, f"{root}{thread.first}.pdf")
            if source is None:
                rest.append(thread)
            else:
                yield Made(thread=thread, source=source)
        for thread, set_ in self._set(rest):
            source = spool.write(f"{root}{thread.first}.pdf", set_.pdf)
            yield Made(thread=thread, source=source, replaced=len(set_.replaced), unshown=len(set_.unshown))

    def prepare(self, threads: Sequence[Thread]) -> int:
        """Make the renditions that are not there yet and register them; returns how many were made.

        Safe to stop at any line and to run again.
        """
        rest = [thread for thread, key in self._ahead(threads) if key is None]
        made = 0
        if not rest:
            return made
        ground = self._home.ground
        with patiently(ground.state, f"renditions:{self._intent.account}") as lease:
            chance = ground.chance.fork(f"{lease.name}#{lease.fence}")
            batch: list[tuple[Copy, bytes]] = []
            for thread, set_ in self._set(rest):
                key = self._key(thread, chance.bytes(16).hex())
                batch.append((self._copy(thread, key), set_.pdf))
                if len(batch) == _TOGETHER:
                    made += _register(ground, lease, batch)
                    batch = []
            made += _register(ground, lease, batch)
        return made

    def _copy(self, thread: Thread, key: str) -> Copy:
        return Copy(
            key=key,
            kind=KIND,
            authority=self._intent.authority,
            account=self._intent.account,
            items=thread.items,
            through=self._intent.through,
            made=self._home.ground.clock.now(),
        )

    def _ahead(self, threads: Sequence[Thread]) -> list[tuple[Thread, str | None]]:
        """Each thread with the key of its rendition that was made ahead, or None."""
        with self._home.ground.state.reading() as books:
            keys = books.copies.naming([thread.first for thread in threads])
        made = {key.rpartition("-")[0]: key for key in keys}
        return [(thread, made.get(self._key(thread, "").rpartition("-")[0])) for thread in threads]

    def _key(self, thread: Thread, token: str) -> str:
        """The key of a thread's rendition: what it was made of, as opaque ids and an instant, is part of it."""
        secrecy = (f"{one.provision} {one.day} {one.authority}" for one in self._secrecy(thread))
        made_of = "\x1f".join((rfc3339(self._intent.through), *thread.items, *secrecy))
        return rendition(thread.first, hashlib.sha256(made_of.encode()).hexdigest()[:_MARK], token)

    def _stored(self, key: str, path: str) -> Source | None:
        store = self._home.ground.store
        try:
            data = store.get(key)
        except MissingError:
            return None
        return Source(path=path, size=len(data), sha256=hashlib.sha256(data).hexdigest(), open=partial(store.open, key))

    def _set(self, threads: Sequence[Thread]) -> Iterator[tuple[Thread, Typeset]]:
        by_id = {thread.id: thread for thread in threads}
        rows = self._holdings.of_threads({thread.id: thread.items for thread in threads})
        through = self._intent.through
        for id_, rendering in renderings_of(
            self._home,
            rows,
            made=through,
            through=through,
            tombstones=lambda one: self._culled.get(one, ()),
            absent=NOT_PACKAGED,
        ):
            thread = by_id[id_]
            notice = "\n\n".join(secrecy_notice(one) for one in self._secrecy(thread))
            yield thread, self._home.typesetter.render(replace(rendering, notice=notice) if notice else rendering)

    def _secrecy(self, thread: Thread) -> list[SecrecyMark]:
        """The secrecy marks on a thread's items, each once (OSL 5:5)."""
        authority = self._home.organisation.authority(self._intent.authority)
        found = [
            SecrecyMark(
                provision=mark.provision or "OSL",
                day=mark.on or local_day(mark.at),
                authority=authority if mark.authority in {"", self._intent.authority} else mark.authority,
            )
            for item in thread.items
            for mark in self._marks.get(item, ())
            if mark.kind == "sekretess"
        ]
        return sorted(set(found), key=lambda one: (one.provision, one.day, one.authority))


def threads_of(places: Mapping[ItemId, ItemId]) -> list[Thread]:
    """The threads of a package in the order of their first items.

    Args:
        places: item → thread, in the package's order.
    """
    found: dict[ItemId, list[ItemId]] = {}
    for item, thread in places.items():
        found.setdefault(thread, []).append(item)
    return [Thread(id=thread, items=tuple(items)) for thread, items in found.items()]


def retire_renditions(books: Books, intent: Intent) -> int:
    """A package is delivered and its renditions are needed no longer; returns how many were retired."""
    keys = [
        copy.key
        for copy in books.copies.find(kind=KIND, authority=intent.authority)
        if copy.account == intent.account and copy.through == intent.through
    ]
    books.copies.retire(keys)
    return len(keys)


def _register(ground: Ground, lease: Lease, batch: Sequence[tuple[Copy, bytes]]) -> int:
    """Write some renditions: intents, objects, then one transaction. Those of what was culled meanwhile are dropped."""
    if not batch:
        return 0
    keys = [copy.key for copy, _ in batch]
    with ground.state.writing() as books:
        for copy, _ in batch:
            books.intents.open(copy.key, lease, copy.made)
    for copy, data in batch:
        ground.store.put_new(copy.key, data)
    dropped: list[str] = []
    try:
        with ground.state.writing() as books:
            # A culling takes the same lock: what it destroys meanwhile is known here, what comes later finds the copy.
            books.revision(lock=True)
            books.leases.check(lease)
            for copy, _ in batch:
                if books.tombstones.known(copy.items):
                    dropped.append(copy.key)
                else:
                    books.copies.add(copy)
            books.intents.close([key for key in keys if key not in dropped])
    except LeaseLostError:
        take_away(ground.store, keys)
        raise
    take_away(ground.store, dropped)
    return len(keys) - len(dropped)
