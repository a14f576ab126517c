"""What a failed download says of an attachment, where its address is all there is to ask."""

from __future__ import annotations

from schemas.neighbours import MediaError

_NOT_THERE = ("H103", "H104")


def of_attachment(error: MediaError) -> MediaError:
    """The failure of a file's download: one that is not at its address is not asked for night after night (H195)."""
    return MediaError("H195") if error.code in _NOT_THERE else error
