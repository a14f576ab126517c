"""What every receiver does alike: the file that says a delivery is over, and the look at our own bytes."""

from __future__ import annotations

from typing import Final

from schemas.refusal import RefusedError

SIDECAR: Final = ".sha256"
"""Ending of the file that comes after a delivered one."""


def sidecar(name: str, sha256: str) -> bytes:
    """The line that ``sha256sum --check`` reads."""
    return f"{sha256}  {name}\n".encode("ascii")


def checked(size: int, announced: int, sha256: str, promised: str) -> None:
    """Refuse a source whose bytes are not those that were announced: our own copy is damaged.

    Raises:
        RefusedError: it has another size or digest.
    """
    if size != announced or sha256 != promised:
        raise RefusedError(
            "source", f"{size} bytes", "the built package is damaged; build it anew before delivering it"
        )
