"""Append rows: intent, objects, then one transaction that makes them true. Safe to stop at any line."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from schemas.books import Books, Lease, LeaseLostError, LiveFile, State
from schemas.ids import ItemId, Month
from schemas.neighbours import AlreadyThereError, Chance, MediaBytes, Store
from schemas.receipt import Receipt
from schemas.shelf import holding, medium
from schemas.tables import sort, to_parquet


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """What one append adds, all of it or nothing.

    Attributes:
        batch: opaque id of the batch; stands in rows, file metadata and receipt.
        tables: rows per (authority, month), columns of ``HOLDINGS``.
        natives: keyed hashes of new items.
        media: attachments fetched for these rows, by digest; their files stay open until the append is over.
        references: (item, digest) for every attachment the rows refer to.
        act: the receipt's act. subject: the account's name, or another subject of the receipt.
        evidence: counts for the receipt.
    """

    batch: str
    tables: Mapping[tuple[str, Month], pa.Table]
    natives: Sequence[tuple[bytes, ItemId]] = ()
    media: Mapping[str, MediaBytes] = field(default_factory=dict)
    references: Sequence[tuple[ItemId, str]] = ()
    act: str
    subject: str
    evidence: Mapping[str, int] = field(default_factory=dict)


def append(
    state: State,
    store: Store,
    lease: Lease,
    addition: Addition,
    *,
    chance: Chance,
    at: datetime,
    first: Callable[[Books], None] | None = None,
    also: Callable[[Books], None] | None = None,
) -> None:
    """Write the rows and attachments and register them.

    Order: a committed intent for every object; the objects; one transaction with manifest, native ids, media
    references, receipt and whatever ``also`` writes; ``first`` comes before all of it (locks that come before others). The media rows' locks are taken before the objects are looked
    at, so that a removal running beside us cannot take an attachment that we are about to refer to.

    Raises:
        LeaseLostError: the lease went to somebody else; nothing is registered and our objects are taken away.
    """
    source = addition.act.split(".", maxsplit=1)[0]
    files: list[tuple[LiveFile, bytes]] = []
    for (authority, month), table in addition.tables.items():
        data = to_parquet(sort(table), salt=chance.bytes(32), batch=addition.batch, source=source)
        key = holding(authority, month, hashlib.sha256(data).hexdigest())
        files.append(
            (
                LiveFile(
                    key=key,
                    authority=authority,
                    month=month,
                    rows=table.num_rows,
                    size=len(data),
                    batch=addition.batch,
                    made=at,
                ),
                data,
            )
        )
    keys = [file.key for file, _ in files] + [medium(digest) for digest in addition.media]
    with state.writing() as books:
        for key in keys:
            books.intents.open(key, lease, at)
    for digest, found in addition.media.items():
        _put_medium(store, digest, found)
    for file, data in files:
        with _already_there_is_fine():
            store.put_new(file.key, data)
    try:
        with state.writing() as books:
            if first is not None:
                first(books)
            books.leases.check(lease)
            refuse_taken(books, addition.natives)
            _refer(books, store, addition)
            for file, _ in files:
                books.manifest.add(file)
            books.natives.add(addition.natives)
            evidence: dict[str, str | int | bool | None] = {
                "batch": addition.batch,
                "files": len(files),
                "rows": sum(file.rows for file, _ in files),
                "bytes": sum(file.size for file, _ in files),
                **addition.evidence,
            }
            books.ledger.append(
                Receipt(act=addition.act, at=at, actor="bevara", subjects=(addition.subject,), evidence=evidence)
            )
            if also is not None:
                also(books)
            # After the receipt: whoever writes one keeps the others waiting, so no culling slips in between.
            _refuse_culled(books, addition)
            books.intents.close(keys)
    except (LeaseLostError, TakenInError):
        _take_away(state, store, addition, [file.key for file, _ in files])
        raise


def refuse_taken(books: Books, natives: Sequence[tuple[bytes, ItemId]]) -> None:
    """Raise TakenInError when one of these is entered already."""
    if books.natives.find([key for key, _ in natives]):
        raise TakenInError


def _refuse_culled(books: Books, addition: Addition) -> None:
    """Raise TakenInError when one of the items has been destroyed since it was looked up."""
    items = {ItemId(item) for table in addition.tables.values() for item in pc.unique(table["item"]).to_pylist()}
    if books.tombstones.known(sorted(items)):
        raise TakenInError


def _take_away(state: State, store: Store, addition: Addition, keys: Sequence[str]) -> None:
    """Remove what was put and will not be registered.

    Recovery may have cleared our intents already; without them these objects would lie there unknown.
    """
    for key in keys:
        store.destroy(key)
    with state.writing() as books:
        registered = books.media.lock(list(addition.media))
        awaited = books.intents.known([medium(digest) for digest in addition.media])
        for digest in addition.media:
            if digest not in registered and medium(digest) not in awaited:
                store.destroy(medium(digest))


def _refer(books: Books, store: Store, addition: Addition) -> None:
    digests = sorted({digest for _, digest in addition.references})
    if not digests:
        return
    books.media.lock(digests)
    sizes: dict[str, int] = {}
    for digest in digests:
        info = store.head(medium(digest))
        if info is None:
            found = addition.media.get(digest)
            if found is None:
                raise FileNotFoundError(f"the attachment {digest[:12]}… is referred to but not stored")
            _put_medium(store, digest, found)
            sizes[digest] = found.size
        else:
            sizes[digest] = info.size
    books.media.refer(addition.references, sizes)


def _put_medium(store: Store, digest: str, found: MediaBytes) -> None:
    found.file.seek(0)
    with _already_there_is_fine():
        store.put_new(medium(digest), found.file)


class TakenInError(RuntimeError):
    """Somebody has taken in or destroyed one of the items since they were looked up; nothing was written."""


@contextmanager
def _already_there_is_fine() -> Iterator[None]:
    # Names are digests of the bytes: what lies there is the same object.
    try:
        yield
    except AlreadyThereError:
        return
