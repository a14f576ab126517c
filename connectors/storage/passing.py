"""What a store around another store hands on as it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from schemas.neighbours import ObjectInfo, Reading, Remains


class PassingReads:
    """Every reading goes to the store inside; what stands around it replaces the readings that it has a say in."""

    __slots__ = ("_inside",)

    def __init__(self, inside: Reading) -> None:
        self._inside = inside

    @property
    def place(self) -> str:
        """The place of the store inside."""
        return self._inside.place

    def get(self, key: str) -> bytes:
        """The whole object. Raises MissingError."""
        return self._inside.get(key)

    def open(self, key: str) -> BinaryIO:
        """The object as a seekable stream. Raises MissingError."""
        return self._inside.open(key)

    def head(self, key: str) -> ObjectInfo | None:
        """The object's size and time, or None."""
        return self._inside.head(key)

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        """Every readable object whose key begins with ``prefix``, in key order."""
        return self._inside.list(prefix)

    def checksum(self, key: str) -> str:
        """SHA-256 of the object's bytes in hexadecimal, read anew. Raises MissingError."""
        return self._inside.checksum(key)

    def remains(self, key: str) -> Remains:
        """What is left under exactly this key."""
        return self._inside.remains(key)

    def unfinished(self, prefix: str) -> Iterator[str]:
        """Keys under ``prefix`` with writing that was begun and not finished."""
        return self._inside.unfinished(prefix)

    def strangers(self) -> int:
        """How many things lie in the place that cannot be objects."""
        return self._inside.strangers()
