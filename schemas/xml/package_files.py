"""Files of a package as METS and PREMIS name them: refused when they cannot be written, put in order, given an address.

A message never repeats a path or a name, for it may say what the content is: it counts the files instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

from schemas.ids import utc
from schemas.package import Entry, Format
from schemas.refusal import RefusedError

_MEDIA_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*")
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_NOT_IN_PATH = re.compile("[\x00-\x1f\x7f\\\\\ud800-\udfff]")


def check_path(where: str, path: str) -> None:
    """Refuse a path that could lead out of the package, or that not every system can hold.

    ``where`` names the place; the message never repeats the path, for a name may say what the content is.
    """
    parts = path.split("/")
    if _NOT_IN_PATH.search(path) or any(part in ("", ".", "..") for part in parts):
        raise RefusedError(
            where,
            f"path of {len(path)} characters",
            "write names made by plain_name with / between them, from a folder",
        )


def check_name(where: str, name: str) -> None:
    """Refuse a folder's name that is no name but a way."""
    check_path(where, name)
    if "/" in name:
        raise RefusedError(where, f"name of {len(name)} characters", "write a name without /")


def in_order(where: str, entries: Iterable[Entry]) -> list[Entry]:
    """The files in the order of their paths, each one fit to be written.

    Raises:
        RefusedError: a path that leads astray or that is there twice (case does not count), a digest that is no
            SHA-256, a negative size, a time without zone. The message counts the files and names none.
    """
    found = sorted(entries, key=lambda entry: entry.path)
    taken: set[str] = set()
    for number, entry in enumerate(found, 1):
        place = f"{where}, file {number}"
        check_path(place, entry.path)
        if entry.path.lower() in taken:
            raise RefusedError(place, "a path that another file has", "give each file a path of its own, by plain_name")
        taken.add(entry.path.lower())
        check_facts(place, entry)
    return found


def check_facts(place: str, entry: Entry) -> None:
    """Refuse a size, digest or time that cannot be true of a file."""
    if entry.size < 0:
        raise RefusedError(f"{place}: size", entry.size, "count the file's bytes")
    if not _SHA256.fullmatch(entry.sha256):
        raise RefusedError(
            f"{place}: sha256", f"{len(entry.sha256)} characters", "give SHA-256 as 64 hexadecimal digits"
        )
    utc(entry.created, f"{place}: created")


def href(path: str) -> str:
    """The address of a file (CSIP24, 38, 79, 110): relative, forward slashes, everything unusual percent-encoded."""
    return quote(path, safe="/")


def media_type(format_: Format) -> str:
    """One IANA media type (CSIP26, 40, 68): the registry names several for some formats, and none for others."""
    first = re.split("[,;]", format_.media_type, maxsplit=1)[0].strip()
    return first.lower() if _MEDIA_TYPE.fullmatch(first) else "application/octet-stream"
