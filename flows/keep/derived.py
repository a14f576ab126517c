"""Write and remove derived files: every one through an intent and the ``copies`` register."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import BinaryIO

from schemas.books import Books, Copy, Lease, State
from schemas.neighbours import AlreadyThereError, Store
from schemas.receipt import Receipt


def write_derived(
    state: State,
    store: Store,
    lease: Lease,
    copy: Copy,
    data: bytes | BinaryIO,
    receipt: Receipt | Callable[[], Receipt] | None,
    *,
    also: Callable[[Books], None] | None = None,
) -> None:
    """Write one derived file: intent, object, then one transaction that registers it.

    Safe to stop at any line: before the transaction the object has an intent that recovery clears away, after it
    the object is registered. ``also`` does more in the same transaction. A function as ``receipt`` is called when
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
    with state.writing() as books:
        books.leases.check(lease)
        books.copies.add(copy)
        if observed is not None:
            books.ledger.append(observed)
        if also is not None:
            also(books)
        books.intents.close([copy.key])


def remove_retired(state: State, store: Store, at: datetime) -> int:
    """Remove retired files and copies from the store, observe their absence, then forget them.

    Returns how many were observed absent. A file that cannot be removed stays on the list for the next run.
    """
    with state.reading() as books:
        files = books.manifest.retired()
        copies = books.copies.retired()
    absent_files = [key for key in files if _gone(store, key)]
    absent_copies = [key for key in copies if _gone(store, key)]
    if absent_files or absent_copies:
        with state.writing() as books:
            books.manifest.forget(absent_files)
            books.copies.forget(absent_copies)
            books.ledger.append(
                Receipt(
                    act="keep.removed",
                    at=at,
                    actor="bevara",
                    subjects=tuple(absent_files + absent_copies),
                    evidence={"place": store.place, "observed_absent": len(absent_files) + len(absent_copies)},
                )
            )
    return len(absent_files) + len(absent_copies)


def _gone(store: Store, key: str) -> bool:
    store.destroy(key)
    return store.remains(key).absent
