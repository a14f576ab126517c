"""Attachments of an exported archive: each file once, proven against its digest while it is copied.

What refers to them is kept in scratch files by the digest's first two characters, so that memory is that of one of
those, however many there are.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from flows.archive.export_folder import Building
from flows.archive.export_tables import Table
from flows.archive.pack.attached import ENDINGS, original_name
from flows.archive.pack.records import attachments
from schemas.codes.words import ROLES
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.neighbours import MissingError
from schemas.package import Format
from schemas.record import MediaRef, Row
from schemas.shelf import medium

HEAD: Final = (
    "kontrollsumma",
    "fil",
    "storlek",
    "slag",
    "medietyp",
    "format",
    "ursprungligt_namn",
    "alternativtext",
    "handlingar",
)
"""Columns of ``bilagor.csv``."""
_CHUNK: Final = 1 << 20
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_KNOWN: Final = frozenset(ENDINGS.values()) | {"xml", "csv", "json", "zip"}
"""Endings that a file may get: none of them is a program's."""
_OTHER: Final = {"application/xml": "xml", "text/xml": "xml", "application/json": "json", "text/csv": "csv"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """That an item has an attachment. ``digest`` empty = it could never be fetched."""

    item: ItemId
    digest: str
    role: str
    media_type: str
    name: str
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """An attachment that is not in the export: finding code, what named it, and by which items."""

    code: str
    digest: str
    name: str
    items: tuple[str, ...]


def references(item: ItemId, rows: Sequence[Row]) -> list[Reference]:
    """What an item's rows refer to, each once; found later counts as found."""
    return [_reference(item, one) for one in attachments(rows)]


def _reference(item: ItemId, one: MediaRef) -> Reference:
    return Reference(
        item=item,
        digest=one.digest or "",
        role=ROLES[one.role].capitalize(),
        media_type=one.media_type,
        name=original_name(one),
        alt=one.alt or "",
    )


class Attachments:
    """The attachments: first everything is noted, then each is copied."""

    def __init__(self, home: Home, building: Building, scratch: Path) -> None:
        """``scratch``: an empty folder for notes."""
        self._home = home
        self._building = building
        self._scratch = scratch
        self.copied = 0

    def note(self, found: Sequence[Reference]) -> None:
        """Note references that have a digest."""
        lines: dict[str, list[str]] = {}
        for one in found:
            # What is no digest names no object; it lies with those that are not there.
            bucket = one.digest[:2] if _DIGEST.fullmatch(one.digest) else "xx"
            value = [one.digest, one.item, one.role, one.media_type, one.name, one.alt]
            lines.setdefault(bucket, []).append(json.dumps(value))
        for bucket, some in lines.items():
            with (self._scratch / bucket).open("a", encoding="ascii") as file:
                file.write("\n".join(some) + "\n")

    def copy(self, table: Table) -> Iterator[Lost]:
        """Copy every attachment and write its row; yields those that could not be had."""
        for bucket in sorted(self._scratch.iterdir()):
            by_digest: dict[str, list[list[str]]] = {}
            with bucket.open(encoding="ascii") as file:
                for line in file:
                    value = json.loads(line)
                    by_digest.setdefault(value[0], []).append(value)
            for digest, noted in sorted(by_digest.items()):
                lost = self._one(digest, noted, table)
                if lost is not None:
                    yield lost

    def _one(self, digest: str, noted: Sequence[Sequence[str]], table: Table) -> Lost | None:
        items, roles, types, names, alts = (_each(one[at] for one in noted) for at in range(1, 6))
        copied = self._copied(digest, types, names) if _DIGEST.fullmatch(digest) else "A341"
        if isinstance(copied, str):
            return Lost(code=copied, digest=digest, name=_joined(names), items=items)
        path, size, form = copied
        told = " ".join(one for one in (form.puid, form.name, form.version) if one)
        cells = (_joined(roles), _joined(types), told, _joined(names), _joined(alts))
        table.row(digest, path, str(size), *cells, " ".join(items))
        self.copied += 1
        return None

    def _copied(self, digest: str, types: Sequence[str], names: Sequence[str]) -> tuple[str, int, Format] | str:
        """Path, size and format of the copy; or the code of why there is none."""
        place = self._building.place(f"bilagor/{digest[:2]}/{digest}")
        try:
            size = self._bytes(digest, place)
        except MissingError:
            return _without(place, "A341")
        except _DamagedError:
            return _without(place, "A342")
        with place.open("rb") as source:
            form = self._home.formats.identify(place.name, source, size) if size else Format()
        path = f"bilagor/{digest[:2]}/{digest}.{ending(form, types, names)}"
        place.rename(self._building.place(path))
        self._building.enter(path, size=size, sha256=digest)
        return path, size, form

    def _bytes(self, digest: str, place: Path) -> int:
        found, size = hashlib.sha256(), 0
        with closing(self._home.ground.store.open(medium(digest))) as source, place.open("xb") as sink:
            for chunk in _read(source):
                found.update(chunk)
                size += len(chunk)
                sink.write(chunk)
        if found.hexdigest() != digest:
            raise _DamagedError
        return size


class _DamagedError(Exception):
    """The stored bytes are not those of the digest, or cannot be read."""


def _read(source: BinaryIO) -> Iterator[bytes]:
    """A stored object's bytes. What the disk cannot read is damage, and no failure of ours to write."""
    while True:
        try:
            chunk = source.read(_CHUNK)
        except MissingError:
            raise
        except OSError:
            raise _DamagedError from None
        if not chunk:
            return
        yield chunk


def _without(place: Path, code: str) -> str:
    place.unlink(missing_ok=True)
    with suppress(OSError):  # others lie there
        place.parent.rmdir()
    return code


def ending(form: Format, types: Sequence[str], names: Sequence[str]) -> str:
    """The ending of a file's name, by its identified format, else by its own name or stated type; ``bin`` if unknown.

    A stranger chose the name: only known endings are taken from it, never that of a program.
    """
    identified = _by_type(form.media_type)
    if identified:
        return identified
    own = (one.rpartition(".")[2].lower() for one in names)
    stated = (_by_type(one.partition(";")[0].strip().lower()) for one in types)
    return next((one for one in (*own, *stated) if one in _KNOWN), "bin")


def _by_type(media_type: str) -> str:
    return ENDINGS.get(media_type) or _OTHER.get(media_type, "")


def _each(values: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in values if one))


def _joined(values: Sequence[str]) -> str:
    return " | ".join(values)
