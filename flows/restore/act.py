"""Replay what was culled after a backup was made, before anything of the restored archive is readable."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

import pyarrow.compute as pc

from flows.keep.derived import remove_retired
from flows.keep.destroy import HashOf, destroy
from flows.keep.media import remove_free
from flows.keep.patience import patiently
from flows.keep.read import read_file, read_files
from flows.keep.recover import recover
from flows.keep.removal import Removed
from flows.restore.decide import Restored, certified, findings, finished, lost
from flows.restore.reading import Known, common
from schemas.books import Lease, LiveFile, Suppressed
from schemas.ground import Ground, Home
from schemas.ids import ItemId, Month, native_hash
from schemas.neighbours import MissingError
from schemas.order import Standing, Tombstone
from schemas.receipt import Link, Receipt
from schemas.refusal import GuardError, RefusedError, UnreachableError
from schemas.second import RESTORING
from schemas.tables import HOLDINGS

LEASE = "restore"
"""Lease of whoever restores."""

_BATCH = 1_000
_LISTS = ("proposal", "proposal-xml", "proposal-pdf")
_UNFINISHED: frozenset[Standing] = frozenset({"signed", "approved", "quarantined", "open"})


def restore(home: Home) -> Restored:
    """Bring the archive to what its second place knows. Safe to stop anywhere and to run again.

    First of all a mark is set in the state database, in one transaction with the first missing links; until it is
    taken away, in one transaction with the receipt at the end, the home opens for nothing else.

    Raises:
        RefusedError: no second place is configured.
        GuardError: another home's second place or a damaged one (``G-SECOND``), the archive has gone on by itself
            (``G-FORK``), another key (``G-KEY``), or files of the backup are missing (``G-RESTORE``).
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
            return Restored(place=ground.second.place, needed=False)
        return _Replay(ground, known, key, begun, lease).run(ground.second.place)


def _begin(ground: Ground, known: Known, lease: Lease) -> tuple[int, int] | None:
    """Check everything, set the mark and add the missing links; the numbers of the last link before and after."""
    with ground.state.reading() as books:
        known.refuse_other_home(books)
        at = common(books, known)
        mark = books.setting(RESTORING)
    if at == known.last and not mark:
        return None
    for _ in known.links(at):
        pass  # the whole chain is read before anything is changed
    for order in known.orders:
        for _ in known.entries(order):
            pass
    start = int(json.loads(mark)["from"]) if mark else at
    links = known.links(at)
    while some := list(islice(links, _BATCH)):
        with ground.state.writing() as books:
            books.leases.check(lease)
            books.set_setting(RESTORING, json.dumps({"from": start}))
            books.ledger.continue_with(some)
    return start, known.last


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
        withdrawn = self._settle_orders()
        removed = remove_retired(ground.state, ground.store, ground.clock.now(), ground.mirrors)
        media = remove_free(ground)
        scrubbed = ground.state.scrub()
        self._prove(removed, media)
        told = lost(self._bodies())
        done = Restored(
            place=place,
            links=self._end - self._start,
            tombstones=tombstones,
            suppressed=self._suppressed() - before,
            items=self._items,
            rows=self._rows,
            withdrawn=withdrawn,
            removed=(removed, media),
            scrubbed=scrubbed,
            findings=findings(told, missing=len(self._missing), withdrawn=withdrawn, removed=(removed, media)),
        )
        self._finish(done)
        return done

    def _enter_tombstones(self) -> int:
        """Enter what the second place has; returns how many the backup did not have."""
        with self._ground.state.reading() as books:
            before = books.tombstones.count()
        for order in self._known.orders:
            found = (one for one in self._known.entries(order) if isinstance(one, Tombstone))
            for some in _batches(found):
                with self._ground.state.writing() as books:
                    books.leases.check(self._lease)
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
            for some in _batches(found):
                items = [one.item for one in some]
                with self._ground.state.writing() as books:
                    books.leases.check(self._lease)
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
            for some in _batches(found):
                with self._ground.state.writing() as books:
                    books.leases.check(self._lease)
                    books.natives.enter_suppressed(some)

    def _prove(self, removed: Removed, media: Removed) -> None:
        """Look once more: nothing culled in any live file, nothing left in the store."""
        left = sum(one.places[0].left if one.places else one.left for one in (removed, media))
        if left:
            raise UnreachableError(
                f"{self._ground.store.place}: {left} objects that are to go are still there; run 'bevara restore' again"
            )
        for authority, month in self._partitions():
            _, gone = self._still_there(authority, month)
            if gone:
                raise GuardError(
                    "G-RESTORE",
                    f"{len(gone)} culled items are in {authority}/{month} again",
                    "end every other process that uses the home and run 'bevara restore' again",
                )

    def _settle_orders(self) -> int:
        """Orders that were certified after the backup are done; others under way are withdrawn; returns how many.

        They are withdrawn because holds set after the backup are not known any longer.
        """
        withdrawn = 0
        with self._ground.state.writing() as books:
            books.leases.check(self._lease)
            for order in books.orders.all():
                if order.standing in {"done", "withdrawn"}:
                    continue
                receipt = next((one for one in map(_read, books.ledger.about(order.digest)) if certified(one)), None)
                if receipt is not None:
                    books.orders.operate(finished(order.digest, receipt, books.orders.operation(order.digest)))
                    books.orders.stand(order.digest, "done")
                    # As at the end of an execution: the list names every item, and what remains are tombstones.
                    books.copies.retire(
                        [
                            copy.key
                            for kind in _LISTS
                            for copy in books.copies.find(kind=kind)
                            if copy.part == order.digest
                        ]
                    )
                elif order.standing in _UNFINISHED:
                    books.orders.stand(order.digest, "withdrawn")
                    withdrawn += 1
        return withdrawn

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
            if everywhere:
                for order in self._known.orders:
                    books.orders.drop_keys(order)
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
                    },
                )
            )


def _read(one: Link) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(one.body)
    return value


_T = TypeVar("_T")


def _batches(found: Iterable[_T]) -> Iterator[list[_T]]:
    rest = iter(found)
    while some := list(islice(rest, _BATCH)):
        yield some
