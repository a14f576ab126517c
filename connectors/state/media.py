"""Media objects and who refers to them. References are rows, never a number that could be wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import delete, exists, select

from connectors.state.tables import MEDIA, MEDIA_REF, MEDIA_WANTED
from connectors.state.transaction import Transaction, chunks
from schemas.ids import ItemId
from schemas.refusal import RefusedError

_REFERRED = exists().where(MEDIA_REF.c.digest == MEDIA.c.digest)


class Media:
    """Media (port ``MediaBook``)."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._fresh: set[str] = set()
        transaction.before_commit.append(self._drop_fresh)

    def lock(self, digests: Sequence[str]) -> frozenset[str]:
        """Take the rows' locks until commit, making rows where there are none.

        Returns those that an earlier transaction (or this one) registered with a size by ``refer``. A row that
        somebody only locked, without ever registering the object, does not count. That an object was registered is
        no promise that it is in the store: the caller looks, under the lock. On SQLite the writing transaction
        itself is the lock. Locks are taken in the digests' order; take all of them in one call. A row made here that
        is not referred to by the end of the transaction goes again.
        """
        registered: set[str] = set()
        for some in chunks(sorted(digests)):
            sizes: dict[str, int | None] = {}
            while missing := [digest for digest in some if digest not in sizes]:
                # Once more when somebody removed a row while we waited for its lock.
                self._transaction.add_missing(MEDIA, [{"digest": digest, "size": None} for digest in missing])
                query = select(MEDIA.c.digest, MEDIA.c.size).where(MEDIA.c.digest.in_(missing))
                query = self._transaction.locking(query.order_by(MEDIA.c.digest))
                sizes.update((row.digest, row.size) for row in self._transaction.connection.execute(query))
            registered.update(digest for digest, size in sizes.items() if size is not None)
            self._fresh.update(digest for digest, size in sizes.items() if size is None)
        return frozenset(registered)

    def _drop_fresh(self) -> None:
        """Remove rows that were made to be locked only: a digest of content stays for the content's sake alone."""
        for some in chunks(sorted(self._fresh)):
            unused = delete(MEDIA).where(MEDIA.c.digest.in_(some), MEDIA.c.size.is_(None), ~_REFERRED)
            self._transaction.connection.execute(unused)

    def refer(self, references: Sequence[tuple[ItemId, str]], sizes: Mapping[str, int]) -> None:
        """Enter (item, digest) references; repeats are harmless. ``sizes``: bytes per digest.

        Raises:
            RefusedError: an object is referred to whose size is neither given nor registered.
        """
        self._transaction.put(MEDIA, [{"digest": digest, "size": sizes[digest]} for digest in sorted(sizes)])
        self._fresh -= sizes.keys()
        unsized = {digest for _, digest in references} - sizes.keys()
        unknown = len(unsized - self.lock(sorted(unsized)))
        if unknown:
            raise RefusedError("media.size", f"{unknown} objects", "give the size of every object that is new")
        self._transaction.add_missing(MEDIA_REF, [{"item": item, "digest": digest} for item, digest in references])

    def unrefer(self, items: Sequence[ItemId]) -> tuple[str, ...]:
        """Remove all references and wants of the items; returns digests that nothing refers to any longer, in order.

        Their rows stay (a row without references is an object that waits to be removed) and are locked until commit.
        """
        touched: set[str] = set()
        for some in chunks(items):
            query = select(MEDIA_REF.c.digest).where(self._transaction.among(MEDIA_REF.c.item, some)).distinct()
            touched.update(self._transaction.connection.scalars(query))
        self.lock(sorted(touched))
        for some in chunks(items):
            self._transaction.connection.execute(
                delete(MEDIA_REF).where(self._transaction.among(MEDIA_REF.c.item, some))
            )
        self.have(items)
        free: list[str] = []
        for digests in chunks(sorted(touched)):
            query = select(MEDIA.c.digest).where(MEDIA.c.digest.in_(digests), ~_REFERRED).order_by(MEDIA.c.digest)
            free.extend(self._transaction.connection.scalars(query))
        return tuple(free)

    def free(self, limit: int = 500) -> Sequence[str]:
        """Digests that nothing refers to, in order: their objects wait to be removed."""
        query = select(MEDIA.c.digest).where(~_REFERRED).order_by(MEDIA.c.digest).limit(limit)
        return list(self._transaction.connection.scalars(query))

    def referred(self, digests: Sequence[str]) -> frozenset[str]:
        """Those of the digests that at least one item refers to."""
        found: set[str] = set()
        for some in chunks(digests):
            query = select(MEDIA_REF.c.digest).where(MEDIA_REF.c.digest.in_(some)).distinct()
            found.update(self._transaction.connection.scalars(query))
        return frozenset(found)

    def forget(self, digests: Iterable[str]) -> None:
        """Objects that were observed to be absent and that nothing refers to; referred ones stay."""
        for some in chunks(digests):
            self._transaction.connection.execute(delete(MEDIA).where(MEDIA.c.digest.in_(some), ~_REFERRED))

    def referring(self, digests: Sequence[str]) -> Sequence[ItemId]:
        """Items that refer to any of the digests, in order."""
        found: set[ItemId] = set()
        for some in chunks(digests):
            query = select(MEDIA_REF.c.item).where(MEDIA_REF.c.digest.in_(some)).distinct()
            found.update(ItemId(item) for item in self._transaction.connection.scalars(query))
        return sorted(found)

    def of(self, items: Sequence[ItemId]) -> Sequence[tuple[ItemId, str]]:
        """(item, digest) references of these items, in order."""
        found: list[tuple[ItemId, str]] = []
        for some in chunks(sorted(items)):
            query = (
                select(MEDIA_REF)
                .where(self._transaction.among(MEDIA_REF.c.item, some))
                .order_by(MEDIA_REF.c.item, MEDIA_REF.c.digest)
            )
            found.extend((ItemId(row.item), row.digest) for row in self._transaction.connection.execute(query))
        return found

    def size(self, digest: str) -> int | None:
        """Bytes of a stored object, or None when not known."""
        return self._transaction.connection.scalar(select(MEDIA.c.size).where(MEDIA.c.digest == digest))

    def all(self) -> Iterator[tuple[str, int]]:
        """Digests that at least one item refers to, with their bytes, in order; read before the transaction ends."""
        query = select(MEDIA.c.digest, MEDIA.c.size).where(_REFERRED).order_by(MEDIA.c.digest)
        for row in self._transaction.stream(query):
            yield row.digest, row.size

    def missing(self, account: str) -> Sequence[ItemId]:
        """Items of the account with an attachment that could not be fetched yet, in order."""
        query = select(MEDIA_WANTED.c.item).where(MEDIA_WANTED.c.account == account).order_by(MEDIA_WANTED.c.item)
        return [ItemId(item) for item in self._transaction.connection.scalars(query)]

    def want(self, account: str, items: Sequence[ItemId]) -> None:
        """Note items with an attachment still to be fetched; repeats are harmless."""
        self._transaction.add_missing(MEDIA_WANTED, [{"item": item, "account": account} for item in items])

    def have(self, items: Sequence[ItemId]) -> None:
        """Their attachments are complete, or never will be."""
        for some in chunks(items):
            self._transaction.connection.execute(
                delete(MEDIA_WANTED).where(self._transaction.among(MEDIA_WANTED.c.item, some))
            )
