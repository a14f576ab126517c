"""A registry that is a hot folder: the diary's system takes parcels from it and writes its answers into it.

A parcel is a folder ``<path>/<parcel name>/`` with the parcel's files and ``SHA256SUMS``, written beside as
``.<parcel name>.part`` and renamed in one step; secret forms go below ``secret_path`` and nowhere else. A parcel that
lies there already with the same files is left as it is; what the registry has put beside them does not count.

Answers are files in ``<path>/kvitto/`` (and ``<secret_path>/kvitto/``), described in ``connectors.registries.answers``.
An answer that has been taken in is moved to ``kvitto/hanterade/``.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from connectors.landing import FOLDER_MODE, Codes, Landing, plain
from connectors.registries.answers import LONGEST, form_of, opaque, opaque_name, read_answer
from schemas.neighbours import ReceiverRefusedError
from schemas.refusal import GuardError, RefusedError
from schemas.registration import Answer, Handed, Parcel, RegistrySettings

SUMS: Final = "SHA256SUMS"
ANSWERS: Final = "kvitto"
SETTLED: Final = "hanterade"
MOST: Final = 10_000
"""Answers looked at in one go; the rest waits for the next."""

CODES: Final = Codes(room="J139", right="J139", stranger="J131")

_DEPTH = 3


class FolderRegistry:
    """The port ``schemas.neighbours.Registry`` over folders that exist already."""

    def __init__(self, registry: RegistrySettings) -> None:
        """Take the settings; nothing is opened."""
        self._place = f"folder:{registry.name}"
        self._open = Landing(Path(registry.path), self._place, CODES)
        self._secret = Landing(Path(registry.secret_path), self._place, CODES) if registry.secret_path else None

    @property
    def place(self) -> str:
        """``folder:<the registry's name>``."""
        return self._place

    def hand(self, parcel: Parcel) -> Handed:
        """Lay the parcel into its folder; see the port.

        Raises:
            ReceiverRefusedError: J131 a folder of that name holds other bytes, J139 no room or no right.
            UnreachableError: the folder is not there.
            GuardError: G-SECRET, a secret form and no folder for secret forms.
            RefusedError: a name or path is not plain, or stands twice.
        """
        name = plain(parcel.name, "parcel.name")
        if name.lower() == ANSWERS:
            raise RefusedError("parcel.name", name, "choose another name; the registry's answers lie there")
        files = _with_sums(parcel.files)
        landing = self._open
        if parcel.secret:
            if self._secret is None:
                raise GuardError(
                    "G-SECRET",
                    f"{self._place}: the registry has no folder for secret forms",
                    "give the registry a secret_path in bevara.toml, or name another registry",
                )
            landing = self._secret
        with landing.folder() as folder:
            already = landing.there(folder, name) is not None
            if not already:
                already = not _lay(landing, folder, name, files)
        if already:
            _compare(landing, name, files)
        return Handed(
            place=self._place,
            parts=1,
            messages=(name,),
            already=already,
            size=sum(len(data) for _, data in files),
        )

    def answers(self) -> Sequence[Answer]:
        """What lies among the answers, by file name; what cannot be read has a ``fault`` (J132, J133)."""
        found: list[Answer] = []
        for landing, side in self._sides():
            with landing.folder() as root:
                if landing.there(root, ANSWERS) is None:
                    continue
            try:
                with landing.folder(ANSWERS) as folder:
                    names = [name for name in landing.names(folder) if not _passing(name)]
                    found += [_answer(landing, folder, name, side) for name in names[:MOST]]
            except ReceiverRefusedError:  # a link or a file is called so, or it may not be read
                found.append(Answer(name="", dnr="", where=opaque(side, ANSWERS, b""), fault="J133"))
        return found

    def settle(self, answer: Answer) -> None:
        """Move an answer aside, if it is still the one that was read; a faulty one is never moved."""
        if answer.fault:
            return
        for landing, side in self._sides():
            with landing.folder() as root:
                if not answer.where.startswith(f"{side}:") or landing.there(root, ANSWERS) is None:
                    continue
            with landing.folder(ANSWERS) as folder:
                for name in landing.names(folder):
                    if not answer.where.startswith(f"{opaque_name(side, name)}."):
                        continue
                    if _answer(landing, folder, name, side) == answer:
                        _move_aside(landing, folder, name, answer.where)

    def _sides(self) -> Iterator[tuple[Landing, str]]:
        yield self._open, "open"
        if self._secret is not None:
            yield self._secret, "secret"


def _answer(landing: Landing, folder: int, name: str, side: str) -> Answer:
    """One file among the answers, read or with its fault."""
    nothing = Answer(name="", dnr="", where=opaque(side, name, b""), fault="J133")
    if form_of(name) is None:
        return nothing
    try:
        with landing.file(folder, name) as stream:
            data = stream.read(LONGEST + 1)
    except ReceiverRefusedError:  # a link, a folder or a device
        return nothing
    except (PermissionError, FileNotFoundError):
        return replace(nothing, fault="J132")
    where = opaque(side, name, data)
    return read_answer(name, data, where) or Answer(name="", dnr="", where=where, fault="J132")


def _passing(name: str) -> bool:
    """What is being written, or was settled: not looked at."""
    return name == SETTLED or name.startswith(".") or name.endswith(("~", ".part", ".tmp"))


def _move_aside(landing: Landing, folder: int, name: str, where: str) -> None:
    with suppress(FileExistsError):
        os.mkdir(SETTLED, FOLDER_MODE, dir_fd=folder)
    with landing.folder(ANSWERS, SETTLED) as settled:
        stem, _, last = name.rpartition(".")
        target = name if landing.there(settled, name) is None else f"{stem}-{where.rpartition('.')[2]}.{last}"
        with suppress(FileNotFoundError):
            os.rename(name, target, src_dir_fd=folder, dst_dir_fd=settled)


def _with_sums(files: Sequence[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """The files with their digests' file, unless they bring it; paths checked."""
    seen: set[str] = set()
    for path, _ in files:
        parts = path.split("/")
        if len(parts) > _DEPTH:
            raise RefusedError("parcel.files", path, f"use at most {_DEPTH - 1} folders")
        for part in parts:
            plain(part, "parcel.files")
        low = path.lower()
        if any(low == one or low.startswith(f"{one}/") or one.startswith(f"{low}/") for one in seen):
            raise RefusedError("parcel.files", path, "give every file a path of its own; case does not count")
        seen.add(low)
    if SUMS.lower() in seen:
        return list(files)
    lines = [f"{hashlib.sha256(data).hexdigest()}  {path}\n" for path, data in sorted(files)]
    return [*files, (SUMS, "".join(lines).encode("ascii"))]


def _lay(landing: Landing, folder: int, name: str, files: Sequence[tuple[str, bytes]]) -> bool:
    """Write the parcel beside and rename it; False = another one of the name came there meanwhile."""
    beside = f".{name}.part"
    _clear(landing, folder, beside)
    try:
        os.mkdir(beside, FOLDER_MODE, dir_fd=folder)
        for path, data in files:
            *folders, last = path.split("/")
            for depth, one in enumerate(folders):
                with landing.folder(beside, *folders[:depth]) as above, suppress(FileExistsError):
                    os.mkdir(one, FOLDER_MODE, dir_fd=above)
                    landing.settle(above)
            with landing.folder(beside, *folders) as inside:
                landing.write(inside, last, data)
                landing.settle(inside)
        os.rename(beside, name, src_dir_fd=folder, dst_dir_fd=folder)
    except Exception as error:
        _clear(landing, folder, beside)
        if isinstance(error, OSError) and error.errno in {errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR}:
            return False
        raise
    landing.settle(folder)
    return True


def _clear(landing: Landing, folder: int, beside: str) -> None:
    """Remove what a stopped try left."""
    found = landing.there(folder, beside)
    if found is None:
        return
    if not stat.S_ISDIR(found.st_mode):
        raise landing.stranger()
    shutil.rmtree(beside, dir_fd=folder)


def _compare(landing: Landing, name: str, files: Sequence[tuple[str, bytes]]) -> None:
    """Refuse a folder of the parcel's name that does not hold the parcel's files."""
    for path, data in files:
        if not _holds(landing, [name, *path.split("/")], data):
            raise landing.stranger()


def _holds(landing: Landing, parts: Sequence[str], data: bytes) -> bool:
    for depth, one in enumerate(parts):
        with landing.folder(*parts[:depth]) as above:
            if landing.there(above, one) is None:
                return False
    with landing.folder(*parts[:-1]) as folder, landing.file(folder, parts[-1]) as stream:
        return stream.read(len(data) + 1) == data
