"""A place that is believed only while its mark lies in it: an empty mount point proves nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import BinaryIO

from schemas.known_place import read_mark
from schemas.neighbours import MissingError, ObjectInfo, Remains, Store
from schemas.refusal import UnreachableError
from schemas.shelf import PLACE_MARKS


class MarkedStore:
    """A store whose every answer that something is absent holds only if the place is the one that was known.

    The mark is read *before* anything is changed or listed and *after* something was seen absent: a place that was
    swapped or unmounted before the answer is found out. A mark that was seen less than ``fresh`` seconds ago is not
    read again. A folder can be unmounted at any moment and its mark costs one small read, so there ``fresh`` is 0; a
    bucket does not become another one between two requests, and a few seconds spare half of them.

    What is there is handed out without asking. Marks are not listed.
    """

    __slots__ = ("_fresh", "_inner", "_key", "_mark", "_seen")

    def __init__(self, inner: Store, key: str, mark: str, *, fresh: float = 0.0) -> None:
        """Guard ``inner``; ``key``: where its mark lies. ``mark``: the one it must be. ``fresh``: seconds."""
        self._inner = inner
        self._key = key
        self._mark = mark
        self._fresh = fresh
        self._seen: float | None = None

    @property
    def place(self) -> str:
        """The place of the store inside."""
        return self._inner.place

    def get(self, key: str) -> bytes:
        """The whole object. Raises MissingError, UnreachableError."""
        try:
            return self._inner.get(key)
        except MissingError:
            self._check()
            raise

    def open(self, key: str) -> BinaryIO:
        """The object as a seekable stream. Raises MissingError, UnreachableError."""
        try:
            return self._inner.open(key)
        except MissingError:
            self._check()
            raise

    def head(self, key: str) -> ObjectInfo | None:
        """The object's size and time, or None. Raises UnreachableError."""
        found = self._inner.head(key)
        if found is None:
            self._check()
        return found

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        """Every readable object whose key begins with ``prefix``, in key order; no marks. Raises UnreachableError."""
        self._check()
        yield from (info for info in self._inner.list(prefix) if not info.key.startswith(PLACE_MARKS))
        self._check()

    def checksum(self, key: str) -> str:
        """SHA-256 of the object's bytes in hexadecimal, read anew. Raises MissingError, UnreachableError."""
        try:
            return self._inner.checksum(key)
        except MissingError:
            self._check()
            raise

    def remains(self, key: str) -> Remains:
        """What is left under exactly this key. Raises UnreachableError."""
        found = self._inner.remains(key)
        if found.absent:
            self._check()
        return found

    def unfinished(self, prefix: str) -> Iterator[str]:
        """Keys under ``prefix`` with writing that was begun and not finished. Raises UnreachableError."""
        self._check()
        yield from (key for key in self._inner.unfinished(prefix) if not key.startswith(PLACE_MARKS))
        self._check()

    def strangers(self) -> int:
        """How many things lie in the place that cannot be objects. Raises UnreachableError."""
        found = self._inner.strangers()
        self._check()
        return found

    def put_new(self, key: str, data: bytes | BinaryIO) -> ObjectInfo:
        """Write an object that must not exist yet. Raises AlreadyThereError, UnreachableError."""
        self._check()
        return self._inner.put_new(key, data)

    def destroy(self, key: str) -> Remains:
        """Remove the object in every form. Raises UnreachableError."""
        self._check()
        return self._inner.destroy(key)

    def _check(self) -> None:
        asked = time.monotonic()
        if self._seen is not None and asked - self._seen < self._fresh:
            return
        try:
            found = read_mark(self._inner.get(self._key))
        except MissingError:
            found = None
        if found is None or found.mark != self._mark:
            raise UnreachableError(
                f"{self.place}: it is not the place that was known; mount its disk or correct bevara.toml "
                "(a place that is to be met anew is retired first: 'bevara place retire')"
            )
        self._seen = asked
