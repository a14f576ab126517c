"""Replay what was culled after a backup was made, before anything of the restored archive is readable."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

import pyarrow.compute as pc

from flows.keep.derived import remove_retired
from flows.keep.destroy import HashOf, destroy
from flows.keep.media import remove_free
from flows.keep.patience import patiently
from flows.keep.read import read_file, read_files
from flows.keep.recover import recover
from flows.keep.removal import Removed
from flows.restore.decide import Lost, Restored, findings, lost
from flows.restore.orders import settle
from flows.restore.reading import Known, common
from flows.restore.removals import restore_removals, speaks
from flows.restore.requests import restore_requests
from flows.restore.sweep import Strangers, refuse_strangers, remove_again, strangers
from schemas.books import Lease, LiveFile, Suppressed
from schemas.ground import Ground, Home
from schemas.ids import ItemId, Month, native_hash
from schemas.neighbours import MissingError
from schemas.order import Tombstone
from schemas.receipt import Receipt
from schemas.refusal import GuardError, RefusedError, UnreachableError
from schemas.second import RESTORING
from schemas.tables import HOLDINGS

LEASE = "restore"
"""Lease of whoever restores."""

_BATCH = 1_000


def restore(home: Home) -> Restored:
    """Bring the archive to what its second place knows. Safe to stop anywhere and to run again.

    First of all a mark is set in the state database, in one transaction with the first missing links; until it is
    taken away, in one transaction with the receipt at the end, the home opens for nothing else. An archive whose
    database knows everything already is looked through for what an older store brought back.

    Raises:
        RefusedError: no second place is configured.
        GuardError: another home's second place, a damaged one, or one whose lists its own ledger does not explain
            (``G-SECOND``), the archive has gone on by itself (``G-FORK``), another key (``G-KEY``), or files of the
            backup are missing or strange ones hold what was culled (``G-RESTORE``).
        UnreachableError: a place cannot be reached, or the store still holds what was culled; run again.
    """
    ground = home.ground
    if ground.second is None:
        raise RefusedError("second", "", "name the home's second place in bevara.toml under [second]")
    key = home.native_key()
    with ground.state.hold_lease(LEASE) as lease:
        known = Known(ground.second)
        begun = _begin(ground, known, lease)
        if begun is None:
            return _only_store(ground, ground.second.place, lease)
        return _Replay(ground, known, key, begun, lease).run(ground.second.place)


def _begin(ground: Ground, known: Known, lease: Lease) -> tuple[int, int] | None:
    """Check everything, set the mark and add the missing links; the numbers of the last link before and after."""
    with ground.state.reading() as books:
        known.refuse_other_home(books)
        at = common(books, known)
        mark = books.setting(RESTORING)
    known.prove()  # the whole chain and every list are read before anything is changed
    if at == known.last and not mark:
        return None
    start = int(json.loads(mark)["from"]) if mark else at
    links = known.links(at)
    while some := list(islice(links, _BATCH)):
        with ground.state.writing() as books:
            books.leases.check(lease)
            books.set_setting(RESTORING, json.dumps({"from": start}))
            books.ledger.continue_with(some)
    return start, known.last


def _only_store(ground: Ground, place: str, lease: Lease) -> Restored:
    """The database is level: only the store, or a mirror, may have gone back in time."""
    again = remove_again(ground)
    _refuse_left(ground, again)
    found = strangers(ground)
    refuse_strangers(ground, found)
    if not again.removed and not again.left and not found.found:
        return Restored(place=place, needed=False)
    with ground.state.writing() as books:
        books.leases.check(lease)
        books.ledger.append(
            Receipt(
                act="restore.swept",
                at=ground.clock.now(),
                actor="bevara",
                subjects=("second",),
                evidence={"place": ground.store.place, "removed": again.removed, "left": again.left},
            )
        )
    told = findings(Lost(), again=again.removed, strangers=found.found, away=found.away, removed=(again,))
    return Restored(place=place, again=again.removed, removed=(again,), findings=told)


def _refuse_left(ground: Ground, *removed: Removed) -> None:
    """The store itself must be rid of it before anything of the archive is readable."""
    left = sum(one.places[0].left if one.places else one.left for one in removed)
    if left:
        raise UnreachableError(
            f"{ground.store.place}: {left} objects that are to go are still there; run 'bevara restore' again"
        )


class _Replay:
    """What follows when the ledger is whole again."""

    def __init__(self, ground: Ground, known: Known, key: bytes, begun: tuple[int, int], lease: Lease) -> None:
        self._ground = ground
        self._known = known
        self._key = key
        self._start, self._end = begun
        self._lease = lease
        self._items = self._rows = 0
        self._missing: set[str] = set()

    def run(self, place: str) -> Restored:
        """All of it, in the one order that is safe."""
        ground = self._ground
        recover(ground.state, ground.store, ground.clock.now(), ground.mirrors)
        before = self._suppressed()
        tombstones = self._enter_tombstones()
        for authority, month in self._partitions():
            self._clear(authority, month)
        self._suppress()
        self._forget_rest()
        with ground.state.writing() as books:
            books.leases.check(self._lease)
            settled = settle(books, ground.clock.now())
        bodies = tuple(one for one in self._bodies() if '"act":"request.' in one or speaks(one))
        with ground.state.writing() as books:
            books.leases.check(self._lease)
            books.revision(lock=True)
            requests = restore_requests(books, (one for one in bodies if not speaks(one)), ground.clock.now())
            taken_away = restore_removals(books, filter(speaks, bodies), ground.clock.now())
        removed = remove_retired(ground.state, ground.store, ground.clock.now(), ground.mirrors)
        media = remove_free(ground)
        again = remove_again(ground)
        scrubbed = ground.state.scrub()
        strange = self._prove(removed, media, again)
        told = lost(self._bodies())
        done = Restored(
            place=place,
            links=self._end - self._start,
            tombstones=tombstones,
            suppressed=self._suppressed() - before,
            items=self._items,
            rows=self._rows,
            withdrawn=settled.withdrawn,
            open=settled.open,
            again=again.removed,
            removed=(removed, media, again),
            scrubbed=scrubbed,
            findings=findings(
                told,
                missing=len(self._missing),
                withdrawn=settled.withdrawn,
                open_orders=settled.open,
                unknown_orders=settled.unknown,
                ahead=len(self._known.ahead),
                requests=requests,
                taken_away=taken_away,
                again=again.removed,
                strangers=strange.found,
                away=strange.away,
                removed=(removed, media, again),
            ),
        )
        self._finish(done)
        return done

    def _enter_tombstones(self) -> int:
        """Enter what the second place has; returns how many the backup did not have."""
        with self._ground.state.reading() as books:
            before = books.tombstones.count()
        for order in self._known.orders:
            found = (one for one in self._known.entries(order) if isinstance(one, Tombstone))
            # In one transaction: at its end the list is proven once more.
            with self._ground.state.writing() as books:
                books.leases.check(self._lease)
                for some in _batches(found):
                    books.tombstones.add(some)
        with self._ground.state.reading() as books:
            return books.tombstones.count() - before

    def _partitions(self) -> list[tuple[str, Month]]:
        with self._ground.state.reading() as books:
            return [(authority, month) for authority, month, _ in books.manifest.partitions()]

    def _clear(self, authority: str, month: Month) -> None:
        """Destroy what a partition holds of culled items, one order after the other."""
        ground = self._ground
        with patiently(ground.state, f"partition:{authority}/{month}") as lease:
            while True:
                files, gone = self._still_there(authority, month)
                if not gone:
                    return
                if any(file.key in self._missing for file in files):
                    raise GuardError(
                        "G-RESTORE",
                        "files of a month that holds culled items are missing from the store",
                        "restore the store from the same backup as the state database and run again",
                    )
                order = gone[0].order
                done = destroy(
                    ground,
                    lease,
                    authority,
                    month,
                    [one for one in gone if one.order == order],
                    files=files,
                    table=read_files(ground.store, files, HOLDINGS.names),
                    order=order,
                    act="restore.destroyed",
                    hash_of=self._hashes(authority),
                )
                self._items += done.items
                self._rows += done.rows

    def _still_there(self, authority: str, month: Month) -> tuple[Sequence[LiveFile], Sequence[Tombstone]]:
        """The partition's live files, and the tombstones of items that they hold all the same."""
        with self._ground.state.reading() as books:
            files = books.manifest.live(authority, month)
        items: set[ItemId] = set()
        for file in files:
            try:
                column = read_file(self._ground.store, file.key, ["item"])["item"]
            except MissingError:
                self._missing.add(file.key)
            else:
                items.update(ItemId(item) for item in pc.unique(column).to_pylist())
        with self._ground.state.reading() as books:
            return files, books.tombstones.of(sorted(books.tombstones.known(sorted(items))))

    def _hashes(self, authority: str) -> HashOf:
        return lambda platform: lambda native: native_hash(self._key, authority, platform, native)

    def _forget_rest(self) -> None:
        """What the state database still knows of culled items that no live file holds."""
        for order in self._known.orders:
            found = (one for one in self._known.entries(order) if isinstance(one, Tombstone))
            with self._ground.state.writing() as books:
                books.leases.check(self._lease)
                for some in _batches(found):
                    items = [one.item for one in some]
                    books.natives.suppress(items, order, some[0].culled)
                    books.media.unrefer(items)
                    books.marks.forget(items)
                    books.copies.retire(books.copies.naming(items))

    def _suppressed(self) -> int:
        with self._ground.state.reading() as books:
            return sum(1 for _ in books.natives.suppressed())

    def _suppress(self) -> None:
        """Enter the suppression, whatever the hashes stood for."""
        for order in self._known.orders:
            found = (one for one in self._known.entries(order) if isinstance(one, Suppressed))
            with self._ground.state.writing() as books:
                books.leases.check(self._lease)
                for some in _batches(found):
                    books.natives.enter_suppressed(some)

    def _prove(self, *removed: Removed) -> Strangers:
        """Look once more: nothing culled in any live file, nothing left in the store, no strange objects with it."""
        _refuse_left(self._ground, *removed)
        for authority, month in self._partitions():
            _, gone = self._still_there(authority, month)
            if gone:
                raise GuardError(
                    "G-RESTORE",
                    f"{len(gone)} culled items are in {authority}/{month} again",
                    "end every other process that uses the home and run 'bevara restore' again",
                )
        found = strangers(self._ground)
        refuse_strangers(self._ground, found)
        return found

    def _bodies(self) -> Iterator[str]:
        at = self._start
        while at < self._end:
            with self._ground.state.reading() as books:
                some = books.ledger.after(at, min(_BATCH, self._end - at))
            yield from (one.body for one in some)
            at += len(some)

    def _finish(self, done: Restored) -> None:
        """The receipt, and the home is open again: in one transaction."""
        everywhere = all(not one.left for one in done.removed)
        with self._ground.state.writing() as books:
            books.leases.check(self._lease)
            for digest in self._known.orders if everywhere else ():
                order = books.orders.get(digest)
                if order is None or order.standing != "open":  # what is to be certified is looked for once more
                    books.orders.drop_keys(digest)
            books.set_setting(RESTORING, "")
            books.ledger.append(
                Receipt(
                    act="restore.replayed",
                    at=self._ground.clock.now(),
                    actor="bevara",
                    subjects=("second",),
                    evidence={
                        "place": done.place,
                        "from": self._start,
                        "through": self._end,
                        "links": done.links,
                        "tombstones": done.tombstones,
                        "suppressed": done.suppressed,
                        "items": done.items,
                        "rows": done.rows,
                        "withdrawn": done.withdrawn,
                        "open": done.open,
                        "again": done.again,
                    },
                )
            )


_T = TypeVar("_T")


def _batches(found: Iterable[_T]) -> Iterator[list[_T]]:
    rest = iter(found)
    while some := list(islice(rest, _BATCH)):
        yield some
