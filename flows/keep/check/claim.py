"""What a METS document says of a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a METS document says of a file.

    Attributes:
        path: from the package's root. size, checksum, kind: as given, or empty. where: place of the element.
        document: the METS document. metadata: ``MDTYPE`` when it is a metadata file, else empty.
        rules: the specification's ids of its address, size and checksum, with blanks between several.
    """

    path: str
    size: str = ""
    checksum: str = ""
    kind: str = ""
    document: str
    element: Any
    metadata: str = ""
    rules: tuple[str, str, str] = ("", "", "")


def plain_path(path: str) -> str | None:
    """A path without empty and dotted names; None where it leads out of the package."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)
