"""A store that can be read and not changed: what a dry run gets."""

from __future__ import annotations

from typing import BinaryIO, NoReturn

from connectors.storage.passing import PassingReads
from schemas.neighbours import ObjectInfo, Remains
from schemas.refusal import GuardError
from schemas.shelf import safe_key


class ReadOnlyStore(PassingReads):
    """Reads go to the store inside; ``put_new`` and ``destroy`` are refused and reach nothing."""

    __slots__ = ()

    def put_new(self, key: str, data: bytes | BinaryIO) -> ObjectInfo:
        """Refuse to write. Raises GuardError."""
        del data
        self._refuse(key)

    def destroy(self, key: str) -> Remains:
        """Refuse to remove. Raises GuardError."""
        self._refuse(key)

    def _refuse(self, key: str) -> NoReturn:
        safe_key(key)
        raise GuardError(
            "G-DRY",
            f"{self.place} is opened for reading only and {key} was not touched",
            "run the command without dry run to change the store",
        )
