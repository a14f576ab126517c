"""File names inside an export: found by their end, put in order, and named as an attachment's origin."""

from __future__ import annotations

import re

from schemas.near import EXPORT
from schemas.neighbours import Bundle

_NUMBER = re.compile(r"(\d+)")


def matching(bundle: Bundle, pattern: str) -> list[str]:
    r"""Files whose whole path, or its end after a ``/``, matches the pattern, in natural order (part2 before part10).

    Case is ignored: localised and older exports differ in it.
    """
    wanted = re.compile(rf"(?:.*/)?(?:{pattern})", re.IGNORECASE)
    return sorted((name for name in bundle.names() if wanted.fullmatch(name)), key=_natural)


def above(name: str, levels: int) -> str:
    """The folder that lies ``levels`` steps above a file, with its closing ``/``; empty for the top."""
    parts = name.split("/")
    kept = parts[: max(0, len(parts) - levels)]
    return "/".join(kept) + "/" if kept else ""


def inside(path: str) -> str:
    """The origin of an attachment that lies in the bundle under that name."""
    return EXPORT + path


def _natural(name: str) -> list[tuple[int, str]]:
    return [
        (int(part[:18]), part) if part.isdecimal() and part.isascii() else (-1, part) for part in _NUMBER.split(name)
    ]
