"""Masked copies of pictures and recordings: made anew, so that nothing of what is masked is in them."""

from __future__ import annotations

from pathlib import Path

from schemas.neighbours import Masker
from schemas.refusal import RefusedError


def open_masker(ffmpeg: Path | None) -> Masker:
    """The masker. ``ffmpeg``: the program for recordings; None = the one that is installed with Bevara."""
    raise RefusedError("masker", str(ffmpeg), "not there yet")
