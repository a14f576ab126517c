"""The package that goes out: a folder built beside its place, proven, and named in one step; or a zip of it.

While it is built it is called ``.NAME.part`` and holds ``OFULLSTANDIG.txt``; a run that was killed leaves that, and the next
run to the same place clears it away.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from flows.disclose.answer.data import DataFiles
from flows.disclose.answer.document import TOGETHER, Face, rendering
from flows.disclose.answer.entry import FOLDER, Entry, Labels
from flows.disclose.answer.note import NAME as NOTE
from flows.disclose.answer.note import Told
from schemas.calendar import local_time
from schemas.ground import Home
from schemas.refusal import GuardError, RefusedError

LETTER: Final = "svar.pdf"
TABLE: Final = "handlingar.csv"
VALUES: Final = "handlingar.json"
SUMS: Final = "kontrollsummor.sha256"
MARK: Final = "OFULLSTANDIG.txt"
"""Name of the file that says that the folder is not whole."""
_MARKED: Final = "Den här mappen blev inte klar. Lämna inte ut den; nästa svar till samma plats tar bort den.\n"
_CHUNK: Final = 1 << 20
_PAGE: Final = re.compile(rb"/Type\s*/Page\b(?!s)")


def count_pages(pdf: bytes) -> int:
    """How many pages a PDF of ours has: its page objects are never compressed."""
    return len(_PAGE.findall(pdf))


@dataclass(slots=True)
class _Counts:
    records: int = 0
    verdicts: dict[str, int] = field(default_factory=dict)
    documents: int = 0
    pages: int = 0
    files: int = 0
    states: dict[str, int] = field(default_factory=dict)
    provisions: set[str] = field(default_factory=set)


class Package:
    """A folder while it is filled; memory is that of one document's records."""

    def __init__(self, home: Home, folder: Path, face: Face, labels: Labels, *, data: bool, media: bool) -> None:
        """``folder``: there and empty but for the mark. ``data``, ``media``: whether they go out."""
        self._home, self._folder, self._face, self._labels = home, folder, face, labels
        self._data, self._media = data, media
        self._counts = _Counts()
        self._waiting: list[Entry] = []
        self._open = ExitStack()
        self._writer: DataFiles | None = None
        (folder / FOLDER).mkdir()
        if data:
            sinks: list[BinaryIO] = [self._open.enter_context((folder / one).open("xb")) for one in (TABLE, VALUES)]
            self._writer = DataFiles(sinks[0], sinks[1], labels)

    @property
    def folder(self) -> Path:
        """Where files of records are put."""
        return self._folder

    def add(self, entry: Entry) -> None:
        """One record, with its files in the folder already."""
        counts = self._counts
        counts.records += 1
        counts.verdicts[entry.given.verdict] = counts.verdicts.get(entry.given.verdict, 0) + 1
        counts.files += len(entry.files)
        for file in entry.given.files:
            counts.states[file.state] = counts.states.get(file.state, 0) + 1
        counts.provisions.update(entry.given.provisions)
        if self._writer is not None:
            self._writer.add(entry)
        self._waiting.append(entry)
        if len(self._waiting) >= TOGETHER:
            self._document()

    def told(self, *, left: int, unmaskable: int) -> Told:
        """The records are all there: what the note and the receipt say of them."""
        self._document()
        if self._writer is not None:
            self._writer.end()
        self._open.close()
        counts = self._counts
        if not counts.files:
            (self._folder / FOLDER).rmdir()
        return Told(
            records=counts.records,
            given=counts.verdicts.get("give", 0),
            partly=counts.verdicts.get("partly", 0),
            refused=counts.verdicts.get("refuse", 0),
            left=left,
            documents=counts.documents,
            pages=counts.pages,
            files=counts.files,
            removed=counts.states.get("removed", 0),
            missing=counts.states.get("missing", 0),
            unmaskable=unmaskable,
            provisions=tuple(sorted(counts.provisions)),
            data=self._data,
            media=self._media,
        )

    def close(self) -> None:
        """Let go of the files, whatever state they are in."""
        self._open.close()

    def finish(self, note: str, letter: bytes, salt: bytes) -> str:
        """Write note, letter and digests; returns the SHA-256 of the list of digests, which nobody can guess."""
        (self._folder / NOTE).write_text(note, encoding="utf-8", newline="\n")
        (self._folder / LETTER).write_bytes(letter)
        lines = [f"{_digest(self._folder / name)}  {name}\n" for name in names(self._folder)]
        text = f"# {salt.hex()}\n{''.join(lines)}".encode("ascii")
        (self._folder / SUMS).write_bytes(text)
        return hashlib.sha256(text).hexdigest()

    def _document(self) -> None:
        if not self._waiting:
            return
        self._counts.documents += 1
        part = self._counts.documents
        pdf = self._home.typesetter.render(rendering(self._waiting, self._face, self._labels, part=part)).pdf
        (self._folder / f"handlingar-{part:03d}.pdf").write_bytes(pdf)
        self._counts.pages += count_pages(pdf)
        self._waiting = []


def names(folder: Path) -> list[str]:
    """Every file below the folder but the mark, relative, in order."""
    found = (one.relative_to(folder).as_posix() for one in folder.rglob("*") if not one.is_dir())
    return sorted(one for one in found if one != MARK)


def prove(home: Home, folder: Path, told: Told) -> None:
    """What is there is what is said to be there: files and digests, PDF, as many records in the data as were given.

    Raises:
        GuardError: it is not (G-PACKAGE).
    """
    listed: dict[str, str] = {}
    for line in (folder / SUMS).read_text("ascii").splitlines()[1:]:
        digest, _, name = line.partition("  ")
        listed[name] = digest
    if sorted([*listed, SUMS]) != names(folder):
        raise _unproven("the files are not those of the list")
    for name, digest in listed.items():
        if (folder / name).is_symlink() or _digest(folder / name) != digest:
            raise _unproven("a file is not the one of the list")
        if name.endswith(".pdf") and "/" not in name:
            _prove_pdf(home, folder / name)
    if told.data:
        with (folder / TABLE).open(encoding="utf-8-sig", newline="") as source:
            lines = sum(1 for _ in _rows(source)) - 1
        with (folder / VALUES).open(encoding="utf-8") as source:
            values = sum(isinstance(json.loads(line.rstrip(",\n")), dict) for line in source if line.startswith("{"))
        if (lines, values) != (told.records, told.records):
            raise _unproven("the data have another number of records")


def _rows(source: Iterator[str] | object) -> Iterator[list[str]]:
    before = csv.field_size_limit(1 << 30)
    try:
        yield from csv.reader(source, delimiter=";")  # type: ignore[arg-type]
    finally:
        csv.field_size_limit(before)


def _prove_pdf(home: Home, path: Path) -> None:
    data = path.read_bytes()
    with path.open("rb") as source:
        found = home.formats.identify(path.name, source, len(data))
    whole = data.startswith(b"%PDF-") and b"%%EOF" in data[-32:] and count_pages(data) > 0
    if not whole or found.media_type != "application/pdf":
        raise _unproven("a document is no PDF")


def _unproven(text: str) -> GuardError:
    return GuardError("G-PACKAGE", text, "nothing was handed out; answer again, and tell support if it happens again")


@contextmanager
def beside(target: Path, *, apart_from: Path) -> Iterator[Path]:
    """An empty folder with the mark, beside the target; gone when the block ends, unless it was named.

    Args:
        target: what is to be there in the end; it is not there yet. apart_from: the archive's own folder.

    Raises:
        RefusedError: the target is taken, lies in the archive, or in no folder.
    """
    place = free(target, apart_from)
    part = place.with_name(f".{place.name}.part")
    _clear(part)
    part.mkdir(mode=0o700)
    try:
        (part / MARK).write_text(_MARKED, encoding="utf-8")
        yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)


def free(target: Path, apart_from: Path) -> Path:
    """The target as an absolute path. Raises RefusedError: it cannot be used."""
    place = Path(os.path.abspath(target))  # noqa: PTH100 - ``..`` is to be taken away, links are not to be followed
    if not place.name or not place.parent.is_dir():
        raise RefusedError("--out", target.name, "name a new folder in a folder that is there")
    if place.is_symlink() or place.exists():
        raise RefusedError("--out", target.name, "something lies there; name a folder that is not there yet")
    if (place.parent.resolve() / place.name).is_relative_to(apart_from.resolve()):
        raise RefusedError("--out", target.name, "name a folder outside the archive's own folder")
    return place


def name_folder(part: Path, target: Path) -> Path:
    """Give the folder its name, in one step. Raises RefusedError: something came there."""
    place = Path(os.path.abspath(target))  # noqa: PTH100 - as in ``free``
    for name in names(part):
        _flush(part / name)
    (part / MARK).unlink(missing_ok=True)
    try:
        if place.exists():
            raise RefusedError("--out", place.name, "something came there meanwhile; run again")
        part.rename(place)
    except OSError as error:
        raise RefusedError("--out", place.name, f"it cannot be written ({error.strerror})") from None
    _flush(place.parent)
    return place


def name_zip(part: Path, target: Path, face: Face) -> Path:
    """The folder as a zip under that name, in one step. Raises RefusedError: something came there."""
    place = Path(os.path.abspath(target))  # noqa: PTH100 - as in ``free``
    made = part / f"{MARK}.zip"
    write_zip(part, made, place.name.removesuffix(".zip"), face)
    _flush(made)
    try:
        os.link(made, place)  # unlike a renaming, it does not take another file's place
    except FileExistsError:
        raise RefusedError("--out", place.name, "something came there meanwhile; run again") from None
    except OSError:
        if place.exists():
            raise RefusedError("--out", place.name, "something came there meanwhile; run again") from None
        made.rename(place)  # file systems without links
    _flush(place.parent)
    return place


def write_zip(folder: Path, target: Path, root: str, face: Face) -> None:
    """Everything in the folder below one root, with the answer's own time; pictures and films are not packed again."""
    at = local_time(face.made)
    stamp = (max(at.year, 1980), at.month, at.day, at.hour, at.minute, at.second)
    some = [name for name in names(folder) if not name.startswith(MARK)]
    with zipfile.ZipFile(target, "x") as sink:
        for name in some:
            info = zipfile.ZipInfo(f"{root}/{name}", stamp)
            info.compress_type = zipfile.ZIP_STORED if name.startswith(FOLDER) else zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            with (folder / name).open("rb") as source, sink.open(info, "w", force_zip64=True) as out:
                shutil.copyfileobj(source, out, _CHUNK)


def _clear(part: Path) -> None:
    """Take away what a killed run left, and nothing else."""
    if not part.is_symlink() and not part.exists():
        return
    ours = part.is_dir() and not part.is_symlink() and ((part / MARK).is_file() or not any(part.iterdir()))
    if not ours and not (part.is_dir() and not part.is_symlink() and (part / SUMS).is_file()):
        raise RefusedError("--out", part.name, "something else has that name; move it away or name another folder")
    shutil.rmtree(part)


def _digest(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _flush(path: Path) -> None:
    with suppress(OSError):  # some network drives know no such thing for folders
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
