"""The attachments of a package: each file once, by its digest, however many records refer to it.

They are streamed from the store when the package is built; here they are only named, measured and identified. One that
cannot be had is told of: a package never leaves an attachment out in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Final
from urllib.parse import unquote, urlsplit

from flows.archive.pack.ahead import Ahead
from flows.archive.pack.records import attachments
from flows.archive.pack.spool import Source
from schemas.casefile import Appendix
from schemas.codes.words import ROLES
from schemas.finding import Finding, Severity
from schemas.ground import Home
from schemas.neighbours import MissingError
from schemas.package import UNKNOWN_FORMAT, Entry, Format, plain_name
from schemas.record import MediaRef, Row
from schemas.shelf import medium

FOLDER: Final = "media"
"""Folder of the attachments, below a representation's data."""
_SHORT, _STEM = 16, 40
"""Characters of the digest, and of the original's name, that a file's name has."""
ENDINGS: Final[dict[str, str]] = {
    "application/pdf": "pdf",
    "application/x-subrip": "srt",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "image/avif": "avif",
    "image/gif": "gif",
    "image/heic": "heic",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/svg+xml": "svg",
    "image/webp": "webp",
    "text/plain": "txt",
    "text/vtt": "vtt",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
}
"""Ending of a file whose own name has none, by the type that the platform states."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """One attachment in the package.

    Attributes:
        entry: its description, with its path below the representation's data. source: its bytes.
    """

    entry: Entry
    source: Source


class Attachments:
    """The package's attachments: first every record's are noted, then all are looked up."""

    def __init__(self, home: Home, package: str, root: str) -> None:
        """Take the home, the package's id, and the representation's data folder from its root (with its ``/``)."""
        self._home = home
        self._package = package
        self._root = root
        self._noted: dict[str, tuple[MediaRef, datetime]] = {}
        self._found: dict[str, Attached] = {}
        self._lost: dict[str, str] = {}
        self._formats = Ahead()
        self._identified_ones: set[str] = set()
        self.unfetched = 0

    def note(self, rows: Sequence[Row]) -> None:
        """Note the attachments of one item's rows."""
        for one in attachments(rows):
            if one.digest is None:
                self.unfetched += 1
            else:
                self._noted.setdefault(one.digest, (one, rows[0].observed))
                if one.size:
                    # Only the name's ending counts, and that is the same whatever else is taken.
                    name = file_name(one.digest, one, set())
                    self._formats.ask(one.digest, partial(self._identified, name, one.digest, one.size))

    def look_up(self) -> Iterator[Finding]:
        """Find and name every noted attachment. Yields what a person should know, counted; formats: ``unknown``."""
        taken: set[str] = set()
        empty = 0
        for digest, (reference, observed) in sorted(self._noted.items()):
            info = self._home.ground.store.head(medium(digest))
            if info is None or (reference.size is not None and reference.size != info.size):
                self._lost[digest] = "A241" if info is None else "A242"
                continue
            name = file_name(digest, reference, taken)
            taken.add(name.lower())
            empty += info.size == 0
            # One of another size than was noted is lost, so what was asked for ahead is about these bytes.
            self._formats.ask(digest, partial(self._identified, name, digest, info.size))
            self._found[digest] = self._attached(name, reference, observed, info.size)
        lost = list(self._lost.values())
        counts: tuple[tuple[str, Severity, int], ...] = (
            ("A240", "warning", self.unfetched),
            ("A241", "error", lost.count("A241")),
            ("A242", "error", lost.count("A242")),
            ("A243", "warning", empty),
        )
        for code, severity, count in counts:
            if count:
                yield told(code, severity, self._package, files=count)

    def unknown(self) -> Iterator[Finding]:
        """Wait for every attachment's format. Yields how many have none, if any."""
        odd = sum(one.entry.size > 0 and not one.entry.format.puid for one in self.all())
        self.end()
        if odd:
            yield told("A244", "info", self._package, files=odd)

    def end(self) -> None:
        """No format is waited for any longer. Repeating it is harmless."""
        self._formats.end()

    def _identified(self, name: str, digest: str, size: int) -> Format:
        if size == 0:
            return Format(basis="tom fil (0 byte)")
        try:
            with self._home.ground.store.open(medium(digest)) as source:
                return self._home.formats.identify(name, source, size)
        except MissingError:
            return UNKNOWN_FORMAT

    def _attached(self, name: str, reference: MediaRef, observed: datetime, size: int) -> Attached:
        digest = reference.digest or ""
        path = f"{FOLDER}/{name}"
        return Attached(
            entry=Entry(
                path=path,
                size=size,
                sha256=digest,
                created=observed.astimezone(UTC),
                role="original",
                original_name=original_name(reference),
                description=ROLES[reference.role].capitalize(),
            ),
            source=Source(
                path=self._root + path,
                size=size,
                sha256=digest,
                open=partial(self._home.ground.store.open, medium(digest)),
            ),
        )

    def all(self) -> list[Attached]:
        """Every attachment that is there, in the order of their paths."""
        return sorted(map(self._whole, self._found), key=lambda one: one.entry.path)

    def _whole(self, digest: str) -> Attached:
        """An attachment that was found, with its format, which is waited for."""
        found = self._found[digest]
        if digest not in self._identified_ones:
            self._identified_ones.add(digest)
            form = self._formats.answer(digest) or UNKNOWN_FORMAT
            self._found[digest] = found = replace(found, entry=replace(found.entry, format=form))
        return found

    def of(self, rows: Sequence[Row]) -> tuple[list[Appendix], list[MediaRef]]:
        """An item's attachments as appendices, and those that are not there."""
        appendices: dict[str, Appendix] = {}
        missing: list[MediaRef] = []
        for one in attachments(rows):
            found = self._whole(one.digest) if one.digest in self._found else None
            if found is None:
                missing.append(one)
            elif found.entry.path not in appendices:
                appendices[found.entry.path] = self._appendix(found, one)
        return list(appendices.values()), missing

    def _appendix(self, found: Attached, reference: MediaRef) -> Appendix:
        entry = found.entry
        words = [ROLES[reference.role].capitalize()]
        if reference.language:
            words.append(f"språk: {reference.language}")
        if reference.alt:
            words.append(f"alternativtext: {reference.alt}")
        return Appendix(
            name=entry.path.rpartition("/")[2],
            path=self._root + entry.path,
            size=entry.size,
            sha256=entry.sha256,
            media_type=entry.format.media_type if entry.format.puid else reference.media_type,
            puid=entry.format.puid,
            format_name=entry.format.name,
            description="; ".join(words),
            original_name=entry.original_name,
        )


def told(code: str, severity: Severity, package: str, **parameters: str | int) -> Finding:
    """A finding about a package."""
    return Finding(code=code, severity=severity, subject=package, parameters=tuple(sorted(parameters.items())))


def original_name(reference: MediaRef) -> str:
    """The name a file had: the last part of where it came from; empty when that says nothing."""
    origin = reference.origin
    path = unquote(urlsplit(origin).path, errors="replace") if _is_address(origin) else origin
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2]


def _is_address(origin: str) -> bool:
    return origin.lower().startswith(("http://", "https://"))


def file_name(digest: str, reference: MediaRef, taken: Iterable[str] = ()) -> str:
    """A plain name that begins with the digest's first characters and ends as the original did.

    ``taken``: names in small letters that other files have; a name that is among them gets the whole digest.
    """
    stem, dot, ending = plain_name(original_name(reference) or "fil").rpartition(".")
    if not dot or not ending.isalnum() or len(ending) > 5:
        stem = f"{stem}{dot}{ending}"
        ending = ENDINGS.get(reference.media_type.partition(";")[0].strip().lower(), "")
    short = stem[:_STEM].rstrip("-._") or "fil"
    tail = f"-{short}.{ending}" if ending else f"-{short}"
    name = digest[:_SHORT] + tail
    return name if name.lower() not in taken else digest + tail
