"""Masked copies of pictures and recordings: made anew, so that nothing of what is masked is in them.

Both are made by programs in C that are handed anybody's bytes, so both run in processes of their own within bounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from schemas.neighbours import Masker
from schemas.request import Mask


def open_masker(ffmpeg: Path | None) -> Masker:
    """The masker. ``ffmpeg``: the program for recordings (with libx264); None = the one installed with Bevara.

    Nothing is looked for before the first recording.
    """
    return _Masker(ffmpeg)


class _Masker:
    """The port ``schemas.neighbours.Masker``. Safe for many threads."""

    def __init__(self, ffmpeg: Path | None) -> None:
        self._ffmpeg = ffmpeg

    @property
    def tool(self) -> str:
        """The tools with their versions. Raises RefusedError, UnreachableError: there is no ffmpeg."""
        from connectors.masking import pictures, recordings  # noqa: PLC0415 - ordinary commands need neither

        return f"{pictures.tool()}, {recordings.Recordings(self._ffmpeg).tool}"

    def shape(self, data: bytes) -> tuple[int, int]:
        """Width and height of a picture as shown. Raises UnmaskableError."""
        from connectors.masking import pictures  # noqa: PLC0415 - as above

        return pictures.shape(data)

    def picture(self, data: bytes, masks: Sequence[Mask]) -> tuple[bytes, str]:
        """A new picture with the regions filled. Raises UnmaskableError."""
        from connectors.masking import pictures  # noqa: PLC0415 - as above

        return pictures.picture(data, masks)

    def recording(self, source: BinaryIO, size: int, masks: Sequence[Mask], out: BinaryIO) -> str:
        """A new recording with those times silent or black. Raises UnmaskableError, RefusedError, UnreachableError."""
        from connectors.masking import recordings  # noqa: PLC0415 - as above

        return recordings.Recordings(self._ffmpeg).recording(source, size, masks, out)
