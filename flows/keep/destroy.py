"""Destroy items of one partition: replacement objects first, then one transaction that makes their absence true.

The one way in which an item's rows ever leave the archive. It decides nothing: which items go, and that they may, is
the caller's to say; what it must have seen unchanged (revision, files, ledger) it checks in its own transaction and
refuses to go on otherwise. Removing the retired objects from every place comes afterwards and may be repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from flows.keep.derived import take_away
from flows.keep.documents import KIND, Replaced, without
from flows.keep.films import carry_searched
from flows.keep.likeness import remember_destroyed
from flows.keep.rewrite import write_rows
from schemas.books import Books, Lease, LeaseLostError, LiveFile, RevisionChangedError
from schemas.ground import Ground
from schemas.ids import ItemId, Month
from schemas.merkle import leaf, root
from schemas.order import Tombstone
from schemas.receipt import Link, Receipt
from schemas.shelf import medium
from schemas.tables import to_rows

HashOf = Callable[[str], Callable[[str], bytes]]
"""From a platform's name to the keyed hash of one of its native ids."""


class ChangedError(RuntimeError):
    """Something was written since the items were judged; nothing was destroyed. Judge anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Destroyed:
    """What one partition lost: items, rows, bytes of the objects before minus after; and the key of its new file."""

    items: int
    rows: int
    bytes: int
    key: str | None


def destroy(
    ground: Ground,
    lease: Lease,
    authority: str,
    month: Month,
    tombstones: Sequence[Tombstone],
    *,
    files: Sequence[LiveFile],
    table: pa.Table,
    order: str,
    act: str,
    hash_of: HashOf,
    revision: int | None = None,
    unchanged: Callable[[Books, Link], bool] | None = None,
    also: Callable[[Books], None] | None = None,
) -> Destroyed:
    """Swap the partition's files for ones without the items, in one transaction with all that follows from it.

    Args:
        lease: the partition's lease. tombstones: what remains of each item, with its salt.
        files: the partition's live files, as read into ``table`` (all columns of ``HOLDINGS``).
        order: the order it happens under. act: the receipt's act.
        revision: of holds, marks and plan that the items were judged under.
        unchanged: given the link that this act adds to the ledger, whether nothing that the judgement rests on was
            written before it. Asked in the transaction, when nobody else can add one.
        also: does more in the same transaction, and may refuse by raising.

    Raises:
        LeaseLostError, RevisionChangedError, ChangedError: nothing was destroyed; the old files are live.
        RefusedError: a document of the partition cannot be read; nothing was destroyed.
    """
    at = ground.clock.now()
    chance = ground.chance.fork(f"{lease.name}#{lease.fence}")
    gone = pc.is_in(table["item"], value_set=pa.array([one.item for one in tombstones], pa.string()))
    kept, lost = table.filter(pc.invert(gone)), table.filter(gone)
    batch = chance.bytes(10).hex()
    new = write_rows(
        ground.state,
        ground.store,
        lease,
        (authority, month),
        kept,
        before=files,
        batch=batch,
        act=act,
        salt=chance.bytes(32),
        at=at,
    )
    names = frozenset(one.item for one in tombstones)
    with ground.state.reading() as books:
        documents = books.copies.find(kind=KIND, authority=authority, month=month)
    replaced = without(ground, lease, documents, names, at=at, chance=chance)
    size = sum(file.size for file in files) - (new.size if new else 0)
    done = Destroyed(items=len(tombstones), rows=lost.num_rows, bytes=size, key=new.key if new else None)
    receipt = Receipt(
        act=act,
        at=at,
        actor="bevara",
        subjects=(order, f"{authority}/{month}"),
        evidence={
            "batch": batch,
            "items": done.items,
            "rows": done.rows,
            "bytes": done.bytes,
            "rows_after": kept.num_rows,
            "files_before": len(files),
            "documents": len(replaced.copies),
            "leaves_root": root(sorted(leaf(one.salt, one.item) for one in tombstones)),
        },
    )

    def swap(books: Books) -> None:
        books.leases.check(lease)
        if revision is not None and books.revision(lock=True) != revision:
            raise RevisionChangedError("a hold, a mark or the plan changed; judge again")
        # Revision, attachments, ledger: whoever takes several of these locks takes them in this order.
        books.media.lock(sorted({digest for _, digest in books.media.of(sorted(names))}))
        link = books.ledger.append(receipt)
        # Others write their links before they commit: a number in between is something that we have not judged.
        live = {file.key for file in books.manifest.live(authority, month)}
        if (unchanged is not None and not unchanged(books, link)) or live != {one.key for one in files}:
            raise ChangedError("the archive changed since the items were judged; judge again")
        if also is not None:
            also(books)
        free = _forget_items(books, tombstones, lost, order, hash_of)
        books.manifest.retire([file.key for file in files])
        if new is not None:
            books.manifest.add(new)
            carry_searched(books, [file.key for file in files], new.key)
            books.intents.close([new.key])
        retired = _replace_documents(books, replaced, names)
        books.orders.note_keys(order, [*(file.key for file in files), *retired, *(medium(one) for one in free)])

    try:
        with ground.state.writing() as books:
            swap(books)
    except (ChangedError, RevisionChangedError, LeaseLostError):
        # We refused before the commit, so nothing was destroyed: what was written in the rows' place must not lie
        # about with other items' content. After any other error nobody knows; recovery looks at what is registered.
        take_away(ground.store, [*([new.key] if new else []), *(copy.key for copy in replaced.new)])
        raise
    return done


def _forget_items(
    books: Books, tombstones: Sequence[Tombstone], lost: pa.Table, order: str, hash_of: HashOf
) -> Sequence[str]:
    """Everything the state database knows of the items but their tombstones; digests nothing refers to any longer."""
    names = [one.item for one in tombstones]
    books.tombstones.add(tombstones)
    platforms = pc.unique(lost["platform"]).cast(pa.string()).to_pylist()
    for platform in platforms:
        liked = pc.and_(pc.equal(lost["platform"], platform), pc.or_(lost["own"], pc.equal(lost["kind"], "message")))
        rows = lost.filter(liked)
        if rows.num_rows:
            remember_destroyed(books, to_rows(rows), hash_of(platform))
    books.natives.suppress(names, order, tombstones[0].culled)
    free = books.media.unrefer(names)
    books.marks.forget(names)
    return free


def _replace_documents(books: Books, replaced: Replaced, names: frozenset[ItemId]) -> list[str]:
    """Register the documents that were written anew, retire the old ones and whatever else names the items."""
    added = [copy for copy in replaced.copies.values() if copy is not None]
    for copy in added:
        books.copies.add(copy)
    books.intents.close([copy.key for copy in added])
    retired = sorted({*replaced.copies, *books.copies.naming(sorted(names))})
    books.copies.retire(retired)
    return retired
