"""File formats by PRONOM (Siegfried through pygfried)."""

from __future__ import annotations

from typing import BinaryIO

from schemas.package import Format


class PronomFormats:
    """The port ``schemas.neighbours.Formats``."""

    @property
    def tool(self) -> str:
        """The tool with its version and its signatures' version."""
        raise NotImplementedError

    def identify(self, name: str, source: BinaryIO, size: int) -> Format:
        """The format of a file."""
        raise NotImplementedError
