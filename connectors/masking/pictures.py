"""Pictures masked: read and made anew by Pillow, in a process of its own (``connectors.masking.pictures_child``).

JPEG, PNG, GIF, WebP, AVIF, TIFF (of one page) and BMP are read. JPEG gives JPEG (quality 92, 4:4:4); everything else, and
what has transparency, gives PNG; what moves gives APNG with every frame masked. Of a JPEG with several pictures (MPO) the
first is given alone: the others are previews, depths and brightness that viewers do not show. Colours are those of sRGB;
sixteen bits become eight. Regions are filled before anything is encoded, so that no edge carries what stood there.

A process for each picture takes some hundred milliseconds.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Final

from schemas.neighbours import UnmaskableError
from schemas.request import Mask

WAIT: Final = 300
"""Seconds that one picture may take."""
LARGEST: Final = 256 * 1024 * 1024
"""Bytes of a picture's file."""

_CHILD: Final = Path(__file__).with_name("pictures_child.py")
_ANSWER: Final = re.compile(rb"A (image/(?:png|jpeg))? ([0-9]{1,9}) ([0-9]{1,9})")
_FAULT: Final = re.compile(rb"E (Q1[0-9]{2})")


def tool() -> str:
    """Pillow with its version."""
    return f"Pillow {version('pillow')}"


def shape(data: bytes) -> tuple[int, int]:
    """Width and height in pixels of a picture as shown. Raises UnmaskableError."""
    _, width, height, _ = _asked(data, [], draw=False)
    return width, height


def picture(data: bytes, masks: Sequence[Mask]) -> tuple[bytes, str]:
    """A new picture with the regions filled; see ``schemas.neighbours.Masker.picture``.

    Raises:
        UnmaskableError: Q171 unreadable, Q172 too large, Q173 several pages, Q174 a region outside, Q175 another sort of
            mask, Q176 the process broke down or took too long.
    """
    if any(one.sort not in {"region", "metadata"} for one in masks):
        raise UnmaskableError("Q175")
    regions = [[one.x, one.y, one.width, one.height] for one in masks if one.sort == "region"]
    media_type, _, _, made = _asked(data, regions, draw=True)
    if not media_type or not made:
        raise UnmaskableError("Q176")
    return made, media_type


def _asked(data: bytes, regions: list[list[int]], *, draw: bool) -> tuple[str, int, int, bytes]:
    """The process' answer: media type, width, height, bytes."""
    if not data:
        raise UnmaskableError("Q171")
    if len(data) > LARGEST:
        raise UnmaskableError("Q172")
    asked = json.dumps({"regions": regions, "draw": draw}).encode("ascii")
    words = [sys.executable, "-I", "-X", "utf8", str(_CHILD)]
    try:
        done = subprocess.run(  # noqa: S603 - our own program, handed bytes
            words,
            input=asked + b"\n" + data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            timeout=WAIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise UnmaskableError("Q176") from None
    line, _, made = done.stdout.partition(b"\n")
    fault = _FAULT.fullmatch(line)
    if fault is not None:
        raise UnmaskableError(fault[1].decode("ascii"))
    answer = _ANSWER.fullmatch(line)
    if answer is None or done.returncode != 0:
        raise UnmaskableError("Q176")
    return (answer[1] or b"").decode("ascii"), int(answer[2]), int(answer[3]), made
