"""The files of a film that KB is handed: the owner's original before the platform's file, captions, a still picture.

Law 10 §: each copy in the form in which it was made available, and of several forms the one that is best suited to be
preserved: the largest picture, else the largest file. A file that cannot be handed over (empty, no film, protected) is
passed over and told of, and the next best takes its place; an original that the store has lost stops the record.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from flows.deposit.fitting import played_as, suits
from flows.deposit.places import Place, name_of
from flows.deposit.told import language_of
from schemas.captions import examine
from schemas.deposit import FileRole, Film, Part, Playing
from schemas.finding import Finding, Severity
from schemas.ground import Home
from schemas.neighbours import MissingError
from schemas.package import UNKNOWN_FORMAT, Format, plain_name
from schemas.record import MediaRef
from schemas.shelf import medium

_CHUNK: Final = 1 << 20
_CAPTION_BYTES: Final = 16 << 20
"""Bytes of captions up to which they are looked into."""
_TAKEN: Final = frozenset({"sip.xml"})
"""Names that a package's own files have."""
_ENDINGS: Final[dict[str, str]] = {
    "application/pdf": ".pdf",
    "application/x-subrip": ".srt",
    "audio/mp4": ".m4a",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "audio/wav": ".wav",
    "audio/x-wav": ".wav",
    "image/gif": ".gif",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "text/srt": ".srt",
    "text/vtt": ".vtt",
    "video/mp4": ".mp4",
    "video/ogg": ".ogv",
    "video/quicktime": ".mov",
    "video/webm": ".webm",
    "video/x-matroska": ".mkv",
    "video/x-msvideo": ".avi",
}
"""Endings of names by media type, for files that have no name of their own."""

Source = Literal["original", "platform"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The files, the publication first; none when there is nothing to hand over. ``findings`` say why."""

    parts: tuple[Part, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A file that the store should have."""

    ref: MediaRef
    digest: str
    source: Source
    created: datetime
    name: str = ""


@dataclass(frozen=True, slots=True)
class _Looked:
    """What a file is, or the code of why it cannot be handed over."""

    file: _File
    size: int
    playing: Playing
    code: str = ""


def choose(home: Home, film: Film, places: Sequence[Place], stem: str, made: datetime) -> Chosen:
    """Choose and measure a film's files; each is read through once and its bytes are proven.

    Args:
        places: where it was published, the earliest first. stem: beginning of the names of files without one.
        made: no file is said to be younger.
    """
    return _Choosing(home, film, places, stem, made).chosen()


class _Choosing:
    """One film's files."""

    def __init__(self, home: Home, film: Film, places: Sequence[Place], stem: str, made: datetime) -> None:
        self._home = home
        self._film = film
        self._places = places
        self._stem = stem
        self._made = made
        self._taken = set(_TAKEN)
        self._findings: list[Finding] = []

    def chosen(self) -> Chosen:
        """The files, or why there are none."""
        publication = self._publication()
        if publication is None:
            return Chosen(parts=(), findings=tuple(self._findings))
        part, duration = publication
        supplements = [one for file in self._captions() if (one := self._supplement(file, duration)) is not None]
        cover = self._cover()
        parts = (part, *supplements, *((cover,) if cover is not None else ()))
        return Chosen(parts=parts, findings=tuple(self._findings))

    def _publication(self) -> tuple[Part, int | None] | None:
        originals = _once(
            _File(ref=ref, digest=ref.digest, source="original", created=self._since, name=name_of(ref.origin))
            for _, ref in sorted(
                (found for place in self._places for found in place.originals), key=lambda found: found[0], reverse=True
            )
            if ref.role != "caption" and ref.digest is not None
        )
        if len(originals) > 1:
            self._find("L156", "info", files=len(originals))
        faults: list[tuple[str, Source]] = []
        for one in self._in_turn(originals):
            part = None if one.code else self._part(one.file, "publication", one.size)
            if part is not None:
                self._tell(faults, "warning")
                return part, one.playing.duration
            faults.append((one.code or "L159", one.file.source))
            if faults[-1] == ("L159", "original"):
                break  # a loss in the store is mended from another copy, not passed over
        self._tell(faults, "error")
        if not faults:
            self._find("L151", "error")
        return None

    def _in_turn(self, originals: Sequence[_File]) -> Iterator[_Looked]:
        """What may be handed over, the best first; the platforms' files are looked at only when no original will do."""
        for one in originals:
            yield self._look(one)
        yield from sorted((self._look(one) for one in self._platforms()), key=_worth)

    @property
    def _since(self) -> datetime:
        return min(place.slot.available for place in self._places)

    def _platforms(self) -> list[_File]:
        return _once(
            _File(ref=ref, digest=ref.digest, source="platform", created=place.slot.available)
            for place in self._places
            if (ref := place.slot.ref) is not None and ref.digest is not None
        )

    def _captions(self) -> list[_File]:
        """Captions, the owner's newest first."""
        owned = [
            _File(ref=ref, digest=ref.digest, source="original", created=self._since, name=name_of(ref.origin))
            for place in self._places
            for _, ref in place.originals
            if ref.role == "caption" and ref.digest is not None
        ]
        shown = [
            _File(ref=ref, digest=ref.digest, source="platform", created=place.slot.available)
            for place in self._places
            for ref in place.slot.captions
            if ref.digest is not None
        ]
        return _once([*owned, *shown])

    def _supplement(self, file: _File, duration: int | None) -> Part | None:
        """Captions as they are; what is wrong with them is told, and hinders nothing."""
        size = self._size(file)
        if not size:
            self._find("L159" if size is None else "L152", "warning", source=file.source)
            return None
        language = file.ref.language
        if size <= _CAPTION_BYTES:
            try:
                facts = examine(
                    self._home.ground.store.get(medium(file.digest)), file.ref.media_type, duration=duration
                )
            except MissingError:
                facts = None
            if facts is not None:
                language = language or facts.language
                if facts.faults:
                    self._find("L155", "warning", faults=", ".join(facts.faults))
        part = self._part(file, "supplement", size, language=language_of(language))
        if part is None:
            self._find("L159", "warning", source=file.source)
        return part

    def _cover(self) -> Part | None:
        """The first still picture that can be had; a film can do without."""
        for place in self._places:
            for ref in place.slot.pictures:
                if ref.digest is not None:
                    file = _File(ref=ref, digest=ref.digest, source="platform", created=place.slot.available)
                    size = self._size(file)
                    if size and (part := self._part(file, "coverpicture", size)) is not None:
                        return part
        return None

    def _size(self, file: _File) -> int | None:
        found = self._home.ground.store.head(medium(file.digest))
        return None if found is None else found.size

    def _look(self, file: _File) -> _Looked:
        nothing = Playing(readable=False)
        size = self._size(file)
        if size is None:
            return _Looked(file, 0, nothing, "L159")
        if not size:
            return _Looked(file, 0, nothing, "L152")
        try:
            with self._home.ground.store.open(medium(file.digest)) as stream:
                playing = self._home.media_facts.look(file.name or self._stem + _ending(file.ref), stream, size)
        except MissingError:
            return _Looked(file, size, nothing, "L159")
        if playing.protected:
            return _Looked(file, size, playing, "L154")
        role = self._places[0].member.role
        return _Looked(file, size, playing, "" if suits(role, playing) else "L153")

    def _part(self, file: _File, role: FileRole, size: int, *, language: str = "") -> Part | None:
        """The file as part of a resource; None when its bytes are missing or others than they should be."""
        proven = self._proven(file, size)
        if proven is None:
            return None
        md5, found = proven
        name = plain_name(file.name or self._named(file, role, found, language), taken=self._taken)
        self._taken.add(name)
        return Part(
            name=name,
            role=role,
            digest=file.digest,
            md5=md5,
            size=size,
            created=min(file.created, self._made),
            format=found,
            source=file.source,
            language=language,
            original_name=file.name,
        )

    def _proven(self, file: _File, size: int) -> tuple[str, Format] | None:
        """MD5 and format of a file whose bytes are the right ones."""
        sha256, md5, read = hashlib.sha256(), hashlib.md5(usedforsecurity=False), 0
        try:
            with self._home.ground.store.open(medium(file.digest)) as stream:
                while chunk := stream.read(_CHUNK):
                    sha256.update(chunk)
                    md5.update(chunk)
                    read += len(chunk)
                if read != size or sha256.hexdigest() != file.digest:
                    return None
                found = self._home.formats.identify(file.name or self._stem + _ending(file.ref), stream, size)
        except MissingError:
            return None
        return md5.hexdigest(), replace(found, media_type=self._media_type(file, found))

    def _media_type(self, file: _File, found: Format) -> str:
        """As identified; where the registry has none, as the platform or the name has it."""
        if found.media_type != UNKNOWN_FORMAT.media_type:
            return played_as(found.media_type, self._places[0].member.role)
        ending = file.name.rpartition(".")[2].lower()
        by_name = next((one for one, known in _ENDINGS.items() if known == f".{ending}"), "")
        said = file.ref.media_type.partition(";")[0].strip().lower()
        return next((one for one in (said, by_name) if one in _ENDINGS), found.media_type)

    def _named(self, file: _File, role: FileRole, found: Format, language: str) -> str:
        ending = _ending(file.ref) or _ENDINGS.get(found.media_type, "")
        if role == "coverpicture":
            return f"{self._stem}-bild{ending}"
        return f"{self._stem}{f'.{language}' if language else ''}{ending}"

    def _tell(self, faults: Sequence[tuple[str, Source]], severity: Severity) -> None:
        for code, source in faults:
            self._find(code, severity, source=source)

    def _find(self, code: str, severity: Severity, **parameters: str | int) -> None:
        number = self._film.number
        self._findings.append(
            Finding(
                code=code,
                severity=severity,
                subject=str(number),
                parameters=(("number", number), *parameters.items()),
            )
        )


def _worth(one: _Looked) -> tuple[int, int]:
    """For sorting, the best first: the largest picture, then the largest file."""
    return -(one.playing.width or 0) * (one.playing.height or 0), -one.size


def _once(files: Iterable[_File]) -> list[_File]:
    """Each file once, where it comes first."""
    found: dict[str, _File] = {}
    for one in files:
        found.setdefault(one.digest, one)
    return list(found.values())


def _ending(ref: MediaRef) -> str:
    return _ENDINGS.get(ref.media_type.partition(";")[0].strip().lower(), "")
