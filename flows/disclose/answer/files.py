"""The attachments of one record as they go out: whole ones copied and proven, masked ones made anew.

A file that should be masked and cannot be made is not given: never unmasked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Final

from flows.disclose.answer.entry import Entry, FileOut, file_name
from flows.disclose.assess.attachments import caption_text
from schemas.finding import Finding
from schemas.ground import Home
from schemas.neighbours import MissingError, UnmaskableError
from schemas.request import Given, GivenFile, Mask
from schemas.shelf import medium

Caption = Callable[[str, Sequence[Mask]], str]
"""Gives a caption file's text with labels in the place of what its masks cover."""

_CHUNK: Final = 1 << 20
_PICTURES: Final = frozenset({"picture", "thumbnail"})
_RECORDINGS: Final = frozenset({"video", "audio"})
_MOST_CAPTION: Final = 16 * 1024 * 1024
"""Bytes of a caption file that is masked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A masked file that was made before and lies in the archive: its digest and media type."""

    digest: str
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesMade:
    """A record with its files, and what a person should know of them."""

    entry: Entry
    findings: tuple[Finding, ...] = ()


def make_files(
    home: Home,
    given: Given,
    number: int,
    folder: Path,
    caption: Caption,
    *,
    kept: Mapping[int, Kept] | None = None,
) -> FilesMade:
    """Bring the files of a record into ``folder/bilagor``, numbered.

    Args:
        number: the record's number in the portion, from 1. folder: of the package; its ``bilagor`` is there.
        kept: masked files made before for exactly these masks, by the attachment's place; None = make them.

    Returns:
        The entry, in which what could not be masked stands as ``removed`` and what is not readable as ``missing``.
    """
    files: list[GivenFile] = []
    out: list[FileOut] = []
    findings: list[Finding] = []
    for file in given.files:
        try:
            made = _one(home, file, number, folder, caption, kept)
        except UnmaskableError as error:
            under = file.provision or next((mask.provision for mask in file.masks), "")
            files.append(replace(file, state="removed", digest=None, size=None, masks=(), provision=under))
            findings.append(_told("Q192", given, file, (("reason", error.code),)))
            continue
        if made is None:
            state = "missing" if file.state in {"whole", "masked"} else file.state
            if state != file.state:
                findings.append(_told("Q193", given, file))
            files.append(replace(file, state=state, digest=None, size=None, masks=()))
            continue
        files.append(made.given)
        out.append(made)
    entry = Entry(number=number, given=replace(given, files=tuple(files)), files=tuple(out))
    return FilesMade(entry=entry, findings=tuple(findings))


def without_files(given: Given, number: int) -> Entry:
    """A record whose files do not go out with it."""
    return Entry(
        number=number, given=replace(given, files=tuple(replace(one, digest=None, size=None) for one in given.files))
    )


def _one(
    home: Home, file: GivenFile, number: int, folder: Path, caption: Caption, kept: Mapping[int, Kept] | None
) -> FileOut | None:
    """The file that goes out; None when none does. Raises UnmaskableError."""
    if file.state == "whole" and file.digest is not None:
        return _copied(home, file, file.digest, _type_of(home, file), number, folder)
    if file.state != "masked":
        return None
    if kept is not None:
        before = kept.get(file.number)
        if before is None:
            raise UnmaskableError("Q194")
        return _copied(home, file, before.digest, before.media_type, number, folder)
    if file.digest is None:
        return None
    return _masked(home, file, file.digest, number, folder, caption)


def _copied(home: Home, file: GivenFile, digest: str, kind: str, number: int, folder: Path) -> FileOut | None:
    """The stored bytes, streamed and proven against the digest; None when they are not there or damaged."""
    name = file_name(number, file.number, kind)
    path = folder / name
    hashed, size = hashlib.sha256(), 0
    try:
        with path.open("xb") as sink, closing(home.ground.store.open(medium(digest))) as source:
            while chunk := source.read(_CHUNK):
                hashed.update(chunk)
                size += len(chunk)
                sink.write(chunk)
    except MissingError:
        path.unlink(missing_ok=True)
        return None
    if hashed.hexdigest() != digest:
        path.unlink()
        return None
    return _out(file, name, path, size, digest, kind)


def _masked(home: Home, file: GivenFile, digest: str, number: int, folder: Path, caption: Caption) -> FileOut | None:
    """The file made anew. Raises UnmaskableError."""
    scratch = folder / file_name(number, file.number, "")
    whole = _copied(home, file, digest, "", number, folder)
    if whole is None:
        return None
    try:
        path, kind = _made(home, file, scratch, caption)
    finally:
        scratch.unlink(missing_ok=True)
    name = file_name(number, file.number, kind)
    place = folder / name
    path.rename(place)
    data = hashlib.sha256()
    with place.open("rb") as source:
        while chunk := source.read(_CHUNK):
            data.update(chunk)
    return _out(file, name, place, place.stat().st_size, data.hexdigest(), kind)


def _made(home: Home, file: GivenFile, source: Path, caption: Caption) -> tuple[Path, str]:
    """The masked bytes in a file beside, and their media type."""
    target = source.with_name(f"{source.name}.maskerad")
    try:
        if file.role == "caption" or any(one.sort == "span" for one in file.masks):
            target.write_bytes(_caption(source, file.masks, caption))
            return target, file.media_type or "text/plain"
        family = file.media_type.partition("/")[0]
        if file.role in _RECORDINGS or family in {"video", "audio"}:
            with source.open("rb") as read, target.open("wb") as sink:
                return target, home.masker.recording(read, source.stat().st_size, file.masks, sink)
        if file.role in _PICTURES or family == "image":
            data, kind = home.masker.picture(source.read_bytes(), file.masks)
            target.write_bytes(data)
            return target, kind
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    raise UnmaskableError("Q191")


def _caption(source: Path, masks: Sequence[Mask], caption: Caption) -> bytes:
    """A caption file with labels in the place of what is masked. Only spans can be taken out of one."""
    if source.stat().st_size > _MOST_CAPTION or any(one.sort != "span" for one in masks):
        raise UnmaskableError("Q191")
    text = caption_text(source.read_bytes())
    if any(not 0 <= one.start < one.end <= len(text) for one in masks):
        raise UnmaskableError("Q191")
    return caption(text, masks).encode("utf-8")


def _type_of(home: Home, file: GivenFile) -> str:
    """What the platform says it is; where it says nothing, what its bytes look like."""
    if file.media_type or file.digest is None:
        return file.media_type
    try:
        with closing(home.ground.store.open(medium(file.digest))) as source:
            head = BytesIO(source.read(4096))
    except MissingError:
        return ""
    return home.formats.identify("bilaga", head, len(head.getvalue())).media_type


def _out(file: GivenFile, name: str, path: Path, size: int, digest: str, kind: str) -> FileOut:
    given = replace(file, digest=digest, size=size, media_type=kind, masks=())
    return FileOut(given=given, name=name, path=path, size=size, sha256=digest)


def _told(code: str, given: Given, file: GivenFile, more: tuple[tuple[str, str | int], ...] = ()) -> Finding:
    values: tuple[tuple[str, str | int], ...] = (("version", given.version), ("file", file.number + 1), *more)
    return Finding(code=code, severity="warning", subject=given.item, parameters=values)
