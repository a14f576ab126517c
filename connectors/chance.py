"""Random bits: the system's, or a seeded stream for homes whose output must repeat."""

from __future__ import annotations

import hashlib
import os


class SystemChance:
    """The operating system's randomness."""

    def bytes(self, count: int) -> bytes:
        """``count`` random bytes."""
        return os.urandom(count)

    def fork(self, name: str) -> SystemChance:  # noqa: ARG002 - the port's signature
        """The same source; it never repeats."""
        return self


class SeededChance:
    """A repeatable stream for demo and rehearsal homes. Never for a real home: its ids could be guessed."""

    def __init__(self, seed: str) -> None:
        """Begin the stream that belongs to ``seed``."""
        self._seed = seed.encode("utf-8")
        self._count = 0

    def bytes(self, count: int) -> bytes:
        """The next ``count`` bytes of the stream."""
        parts = bytearray()
        while len(parts) < count:
            parts += hashlib.sha256(self._seed + self._count.to_bytes(8, "big")).digest()
            self._count += 1
        return bytes(parts[:count])

    def fork(self, name: str) -> SeededChance:
        """A stream of its own for one act."""
        return SeededChance(self._seed.decode("utf-8") + "/" + name)
