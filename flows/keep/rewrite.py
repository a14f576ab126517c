"""Replace the files of a partition: compaction now, culling later, by the same code."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from flows.keep.derived import remove_retired, take_away
from flows.keep.films import carry_searched
from flows.keep.read import read_files
from schemas.books import Books, Lease, LeaseLostError, LeaseTakenError, LiveFile, RevisionChangedError, State
from schemas.ids import Month
from schemas.neighbours import AlreadyThereError, Chance, Clock, Store
from schemas.receipt import Receipt
from schemas.shelf import holding
from schemas.tables import HOLDINGS, sort, to_parquet

LIVE_FILES = 30
"""A partition with more live files than this is compacted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """What a rewrite did: rows and files before and after."""

    rows_before: int
    rows_after: int
    files_before: int


def rewrite(
    state: State,
    store: Store,
    lease: Lease,
    authority: str,
    month: Month,
    *,
    drop: pa.Array,
    act: str,
    chance: Chance,
    clock: Clock,
    revision: int | None = None,
    also: Callable[[Books], None] | None = None,
    mirrors: Sequence[Store] = (),
) -> Rewritten:
    """Write the partition anew without the rows of the items in ``drop`` (empty: compaction) and swap the files.

    Args:
        lease: the partition's lease (``partition:<authority>/<month>``).
        drop: item ids whose rows are left out.
        act: the receipt's act, for example ``keep.compact``.
        revision: the revision the rows were judged under; the swap fails if it is no longer the current one.
        also: more to write in the swap transaction (suppression, media references, tombstones).
        mirrors: other places from which the old files are removed too.

    Raises:
        LeaseLostError, RevisionChangedError: nothing was swapped; the old files are live.
    """
    at = clock.now()
    with state.reading() as books:
        old = books.manifest.live(authority, month)
    table = read_files(store, old, HOLDINGS.names)
    kept = table.filter(pc.invert(pc.is_in(table["item"], value_set=drop))) if len(drop) else table
    batch = chance.bytes(10).hex()
    new = write_rows(
        state,
        store,
        lease,
        (authority, month),
        kept,
        before=old,
        batch=batch,
        act=act,
        salt=chance.bytes(32),
        at=at,
    )
    receipt = Receipt(
        act=act,
        at=at,
        actor="bevara",
        subjects=(f"{authority}/{month}",),
        evidence={
            "batch": batch,
            "files_before": len(old),
            "rows_before": table.num_rows,
            "rows_after": kept.num_rows,
        },
    )

    def swap(books: Books) -> None:
        books.leases.check(lease)
        if revision is not None and books.revision(lock=True) != revision:
            raise RevisionChangedError("a hold, a mark or the plan changed; judge again")
        books.manifest.retire([file.key for file in old])
        if new is not None:
            books.manifest.add(new)
            books.intents.close([new.key])
        books.ledger.append(receipt)
        if new is not None:
            # After the ledger, as a culling does: the setting is one row of the whole home, and locked until commit.
            carry_searched(books, [file.key for file in old], new.key)
        if also is not None:
            also(books)

    try:
        with state.writing() as books:
            swap(books)
    except (LeaseLostError, RevisionChangedError):
        # Recovery may have closed our intent already; without it the object would lie there unknown.
        take_away(store, [new.key] if new else [])
        raise
    remove_retired(state, store, at, mirrors)
    return Rewritten(rows_before=table.num_rows, rows_after=kept.num_rows, files_before=len(old))


def write_rows(
    state: State,
    store: Store,
    lease: Lease,
    partition: tuple[str, Month],
    rows: pa.Table,
    *,
    before: Sequence[LiveFile],
    batch: str,
    act: str,
    salt: bytes,
    at: datetime,
) -> LiveFile | None:
    """Write rows of a partition as one file, under an intent; None when there are none. Nothing is registered yet.

    Args:
        before: the files that the rows come from; rows of one file alone lie in order already.
        act: the act in whose name it is written; its first word stands in the file. at: now.
    """
    if not rows.num_rows:
        return None
    authority, month = partition
    ordered = rows if len(before) == 1 else sort(rows)
    data = to_parquet(ordered, salt=salt, batch=batch, source=act.split(".", maxsplit=1)[0])
    new = LiveFile(
        key=holding(authority, month, hashlib.sha256(data).hexdigest()),
        authority=authority,
        month=month,
        rows=rows.num_rows,
        size=len(data),
        batch=batch,
        made=max((file.made for file in before), default=at),
    )
    with state.writing() as books:
        books.intents.open(new.key, lease, at)
    try:
        store.put_new(new.key, data)
    except AlreadyThereError:
        pass  # the name is the digest of the bytes
    return new


def compact(
    state: State,
    store: Store,
    *,
    chance: Chance,
    clock: Clock,
    limit: int = LIVE_FILES,
    mirrors: Sequence[Store] = (),
) -> int:
    """Compact every partition with more than ``limit`` live files; returns how many were.

    A partition that somebody else is working on is left for the next night.
    """
    with state.reading() as books:
        crowded = [(authority, month) for authority, month, files in books.manifest.partitions() if files > limit]
    done = 0
    for authority, month in crowded:
        try:
            with state.hold_lease(f"partition:{authority}/{month}") as lease:
                rewrite(
                    state,
                    store,
                    lease,
                    authority,
                    month,
                    drop=pa.array([], pa.string()),
                    act="keep.compact",
                    chance=chance.fork(f"{lease.name}#{lease.fence}"),
                    clock=clock,
                    mirrors=mirrors,
                )
        except LeaseTakenError:
            continue
        done += 1
    return done
