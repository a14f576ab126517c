"""Write and remove derived files: every one through an intent and the ``copies`` register."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import BinaryIO

from flows.keep.removal import Everywhere, Removed
from schemas.books import Books, Copy, Lease, LeaseLostError, LeaseTakenError, State
from schemas.neighbours import AlreadyThereError, Store
from schemas.receipt import Receipt

LEASE = "removal"
"""Lease of whoever removes retired files; one run does at a time."""

_TOGETHER = 500
"""Keys that are observed and then forgotten in one transaction."""


def write_derived(
    state: State,
    store: Store,
    lease: Lease,
    copy: Copy,
    data: bytes | BinaryIO,
    receipt: Receipt | Callable[[], Receipt] | None,
    *,
    first: Callable[[Books], None] | None = None,
    also: Callable[[Books], None] | None = None,
) -> None:
    """Write one derived file: intent, object, then one transaction that registers it.

    Safe to stop at any line: before the transaction the object has an intent that recovery clears away, after it
    the object is registered. ``first`` comes first in that transaction (locks that come before others, and what may
    refuse), ``also`` does more in it, last. A function as ``receipt`` is called when
    the object lies in the store: what it observes there is the receipt, and if it raises, nothing is registered.

    Raises:
        LeaseLostError: the lease went to somebody else; nothing is registered.
    """
    with state.writing() as books:
        books.intents.open(copy.key, lease, copy.made)
    try:
        store.put_new(copy.key, data)
    except AlreadyThereError:
        # Keys hold the digest of salted bytes or a sequence number: what lies there is this file, from a run
        # that was stopped before it could register it.
        pass
    observed = receipt() if callable(receipt) else receipt
    try:
        with state.writing() as books:
            if first is not None:
                first(books)
            books.leases.check(lease)
            books.copies.add(copy)
            if observed is not None:
                books.ledger.append(observed)
            if also is not None:
                also(books)
            books.intents.close([copy.key])
    except LeaseLostError:
        with state.reading() as books:
            ours = not books.copies.known([copy.key]) and not books.intents.known([copy.key])
        if ours:  # recovery closed our intent before we had written; nobody else will ever take it away
            take_away(store, [copy.key])
        raise


def take_away(store: Store, keys: Sequence[str]) -> None:
    """Remove objects of ours that will never be registered, as far as it can be done now."""
    for key in keys:
        with suppress(Exception):
            store.destroy(key)


def remove_retired(state: State, store: Store, at: datetime, mirrors: Sequence[Store]) -> Removed:
    """Remove retired files and copies from the store and every mirror, observe their absence, then forget them.

    A key is forgotten, with a receipt for each place, when it is absent in all of them; until then it stays on the
    list for the next run. A place that cannot be reached or refuses (Object Lock) does not stop the others. One
    run removes at a time; where another one does, nothing is tried (``busy``).
    """
    if not _waiting(state):
        return Removed()
    try:
        with state.hold_lease(LEASE):
            return _remove(state, Everywhere((store, *mirrors)), at)
    except LeaseTakenError:
        return Removed(left=_waiting(state), busy=True)


def _waiting(state: State) -> int:
    with state.reading() as books:
        return len(books.manifest.retired()) + len(books.copies.retired())


def _remove(state: State, everywhere: Everywhere, at: datetime) -> Removed:
    with state.reading() as books:
        files = books.manifest.retired()
        copies = books.copies.retired()
    keys = [*files, *copies]
    for start in range(0, len(keys), _TOGETHER):
        some = keys[start : start + _TOGETHER]
        gone = everywhere.destroy(some)
        absent = [key for key in some if key in gone]
        if not absent:
            continue
        with state.writing() as books:
            books.manifest.forget(absent)
            books.copies.forget(absent)
            for place in everywhere.places:
                books.ledger.append(
                    Receipt(
                        act="keep.removed",
                        at=at,
                        actor="bevara",
                        subjects=tuple(absent),
                        evidence={"place": place, "observed_absent": len(absent)},
                    )
                )
    return everywhere.result()
