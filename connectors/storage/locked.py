"""A store that does not read what is locked: suspected abuse material is handed to nobody, by no command.

Everything that shows, gives out, packs, sends or looks into an attachment reads it from here, so this one gate holds for
search, disclosure, packages, deposits, registration and exports alike. It holds for equal bytes under any item, and for what
was made of them before. Proof that the bytes are there (``checksum``, ``head``) and their destruction go on as for everything else.
"""

from __future__ import annotations

from typing import BinaryIO, Final

from connectors.storage.passing import PassingReads
from schemas.books import State
from schemas.ids import ItemId
from schemas.neighbours import MissingError, ObjectInfo, Remains, Store
from schemas.shelf import medium

_MEDIA: Final = "media/"
_DERIVED: Final = ("work/packages/", "work/deliveries/", "work/registrations/", "work/renditions/")
"""What is made of attachments. Frozen lists of a culling (``work/proposals/``) name items and show nothing of them."""


class LockedStore(PassingReads):
    """The store inside; attachments of locked items are not read."""

    __slots__ = ("_state", "_store")

    def __init__(self, inside: Store, state: State) -> None:
        super().__init__(inside)
        self._store = inside
        self._state = state

    def get(self, key: str) -> bytes:
        """The whole object. Raises MissingError, also for what is locked."""
        self._refuse(key)
        return super().get(key)

    def open(self, key: str) -> BinaryIO:
        """The object as a seekable stream. Raises MissingError, also for what is locked."""
        self._refuse(key)
        return super().open(key)

    def put_new(self, key: str, data: bytes | BinaryIO) -> ObjectInfo:
        """Write an object that must not exist yet. Raises AlreadyThereError."""
        return self._store.put_new(key, data)

    def destroy(self, key: str) -> Remains:
        """Remove the object in every form and return what was removed."""
        return self._store.destroy(key)

    def _refuse(self, key: str) -> None:
        media = key.startswith(_MEDIA)
        if not media and not key.startswith(_DERIVED):
            return
        with self._state.reading() as books:
            locked: tuple[ItemId, ...] = books.duties.locked()
            if not locked:
                return
            digests = {digest for _, digest in books.media.of(locked)}
            if media:
                keys = {medium(digest) for digest in digests}
            else:
                keys = set(books.copies.naming(sorted({*locked, *books.media.referring(sorted(digests))})))
        if key in keys:
            raise MissingError("the attachment is locked")
