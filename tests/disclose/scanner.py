"""Find marks in an answer: in every byte, however it is packed, spelled or escaped, and in pictures by reading them.

It is built to find too much: streams that no index names, zip entries without a directory, text with signs of no width in
it. Words are folded before they are compared: case, marks above letters, spaces.
"""

from __future__ import annotations

import email
import email.policy
import html
import io
import quopri
import re
import subprocess
import unicodedata
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import unquote_to_bytes
from zipfile import BadZipFile, ZipFile

import imageio_ffmpeg
import pypdf
import pypdfium2
from PIL import Image, ImageSequence

from tests.canary.runs import runs
from tests.canary.scan import forms

Reader = Callable[[bytes], str]
"""Reads the words in a picture."""
_CAPITALS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MAIL: Final = re.compile(
    rb"^(From|Received|Content-Type|MIME-Version|Message-ID|X-[A-Za-z]+): ", re.IGNORECASE | re.MULTILINE
)
_ESCAPED: Final = re.compile(r"\\u([0-9A-Fa-f]{4})")
_LETTER: Final = re.compile(r"\\x([0-9A-Fa-f]{2})")
_WRONG: Final = 2
"""Letters of a mark that tesseract may read wrongly, leave out or add."""
_MOVING: Final = (b"ftyp", b"\x1aE\xdf\xa3", b"OggS")
_DEPTH: Final = 4
_FRAMES_A_SECOND: Final = 2
_HEADS: Final = 2
"""Lines of a mail's head by which it is known."""
_STARTS: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n")
"""Pictures hold smaller ones of themselves."""


class Scanner:
    """Looks for marks; ``places`` says under which names each was found.

    Args:
        marks: all of one length, capital letters. read: reads pictures; None = pictures' pixels are not looked at.
    """

    def __init__(self, marks: Iterable[str], read: Reader | None = None) -> None:
        self._marks = {mark.encode("ascii") for mark in marks}
        (self._length,) = {len(mark) for mark in self._marks}
        self._read = read
        self._known: set[bytes] = set()
        self.places: defaultdict[str, set[str]] = defaultdict(set)
        self.bytes = 0
        self.pages = 0

    @property
    def found(self) -> frozenset[str]:
        """Marks found so far."""
        return frozenset(self.places)

    def folder(self, place: str, folder: Path) -> int:
        """Look through every file below a folder, names included; returns how many files there were."""
        files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()]
        for path in sorted(folder.rglob("*")):
            self._look(f"{place}: name", str(path.relative_to(folder)).encode("utf-8", "surrogateescape"))
        for path in files:
            self.data(f"{place}/{path.name}", path.read_bytes())
        return len(files)

    def data(self, place: str, data: bytes, depth: int = _DEPTH) -> None:
        """Look through bytes and everything in them; the same bytes are looked through once."""
        if data in self._known and depth < _DEPTH:
            return
        self._known.add(data)
        self.bytes += len(data)
        if _holds_files(data):
            # What is in it is looked through file by file below; here are its own bytes, and entries that it does not list.
            for form, plain in forms(data, 1):
                self._look(place + form, plain)
        else:
            for form, plain in forms(data):
                self._spellings(place + form, plain)
            self._spellings(f"{place}!streams", b"\n".join(_deflated(data)))
        if depth:
            for name, inner in _inside(data):
                self.data(f"{place}!{name}", inner, depth - 1)
        if data[:5] == b"%PDF-":
            self._pdf(place, data)
        elif self._read is not None:
            for number, picture in enumerate(_pictures(data)):
                self.picture(f"{place}!pixels {number}", picture)

    def text(self, place: str, text: str) -> None:
        """Look through a text."""
        self._spellings(place, text.encode("utf-8", "surrogatepass"))

    def picture(self, place: str, png: bytes) -> None:
        """Read a picture; letters that look alike are taken for each other's."""
        assert self._read is not None
        self.pages += 1
        self.read(place, self._read(png))

    def read(self, place: str, text: str) -> None:
        """Look through what was read from a picture: a few letters may be wrong."""
        shown = "".join(sign for sign in _folded(text).upper() if "A" <= sign <= "Z").encode()
        for mark in self._marks:
            if any(_near(mark, shown[max(0, at) : at + self._length + 4]) for at in _seeds(mark, shown)):
                self.places[mark.decode()].add(place)

    # -- spellings

    def _spellings(self, place: str, data: bytes) -> None:
        for name, spelled in _spellings(data):
            self._look(f"{place}~{name}" if name else place, spelled)

    def _look(self, place: str, data: bytes) -> None:
        for run in runs(data.upper(), _CAPITALS, self._length):
            for at in range(len(run) - self._length + 1):
                word = run[at : at + self._length]
                if word in self._marks:
                    self.places[word.decode()].add(place)

    # -- documents

    def _pdf(self, place: str, data: bytes) -> None:
        with suppress(Exception):
            for name, plain in _parts_of_pdf(data):
                self.data(f"{place}!{name}", plain, 1)
        opened = pypdfium2.PdfDocument(data)
        try:
            for number, page in enumerate(opened):
                textpage = page.get_textpage()
                self.text(f"{place}!page {number + 1} (pdfium)", textpage.get_text_range())
                textpage.close()
                if self._read is not None and _has_pictures(page):
                    out = io.BytesIO()
                    page.render(scale=1.2, grayscale=True).to_pil().save(out, "PNG")
                    self.picture(f"{place}!page {number + 1} as shown", out.getvalue())
                page.close()
            for number in range(opened.count_attachments()):
                attached = opened.get_attachment(number)
                self.data(f"{place}!attached {attached.get_name()}", bytes(attached.get_data()), 1)
        finally:
            opened.close()


def _spellings(data: bytes) -> Iterator[tuple[str, bytes]]:
    yield "", data
    if b"\0" in data:
        yield "wide", data.replace(b"\0", b"")
    if b"%" in data:
        yield "percent", unquote_to_bytes(data)
    if b"=" in data:
        with suppress(ValueError):
            yield "quoted-printable", quopri.decodestring(data)
    text = data.decode("utf-8", "ignore")
    if "\\u" in text or "\\x" in text:
        escaped = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
        yield "escapes", _LETTER.sub(lambda found: chr(int(found[1], 16)), escaped).encode("utf-8", "surrogatepass")
    if "&#" in text:
        yield "entities", html.unescape(text).encode("utf-8", "surrogatepass")
    folded = _folded(text)
    yield "folded", folded.encode("utf-8", "surrogatepass")
    # A word that is broken over two lines, or spaced out.
    yield "joined", "".join(folded.split()).replace("-", "").encode("utf-8", "surrogatepass")


def _folded(text: str) -> str:
    """Without marks above letters, signs of no width and controls."""
    if text.isascii():
        return text
    return "".join(
        sign for sign in unicodedata.normalize("NFKD", text) if unicodedata.category(sign) not in {"Mn", "Me", "Cf"}
    )


# --- what lies inside ---------------------------------------------------------------------------------------------


def _holds_files(data: bytes) -> bool:
    return data[:4] == b"PK\x03\x04" or len(_MAIL.findall(data[:4096])) >= _HEADS


def _inside(data: bytes) -> Iterator[tuple[str, bytes]]:
    if data[:4] == b"PK\x03\x04":
        with suppress(BadZipFile, OSError), ZipFile(io.BytesIO(data)) as opened:
            yield "comment", opened.comment
            for info in opened.infolist():
                yield "name", info.filename.encode() + info.comment + info.extra
                yield info.filename, opened.read(info)
    if len(_MAIL.findall(data[:4096])) >= _HEADS:
        for part in email.message_from_bytes(data, policy=email.policy.default).walk():
            yield (
                "heads",
                "\n".join(f"{name}: {value}" for name, value in part.items()).encode("utf-8", "surrogateescape"),
            )
            with suppress(Exception):
                inner = part.get_payload(decode=True)
                if isinstance(inner, bytes):
                    yield part.get_filename() or part.get_content_type(), inner
    if any(one in data[:64] for one in _MOVING):
        yield from _tracks(data)
        return
    if data.startswith(_STARTS):
        for start in _STARTS:
            at = data.find(start, 1)
            while at >= 0:
                yield f"picture at {at}", data[at:]
                at = data.find(start, at + 1)


def _deflated(data: bytes) -> Iterator[bytes]:
    """Every zlib stream, wherever it begins: chunks of PNG, PDF streams without a proper word before them."""
    for start in (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda"):
        at = data.find(start)
        while at >= 0:
            with suppress(zlib.error):
                plain = zlib.decompressobj().decompress(data[at:], 1 << 24)
                if plain:
                    yield plain
            at = data.find(start, at + 1)


def _parts_of_pdf(data: bytes) -> Iterator[tuple[str, bytes]]:
    reader = pypdf.PdfReader(io.BytesIO(data))
    yield "head", repr(reader.metadata).encode("utf-8", "surrogatepass")
    xmp = reader.xmp_metadata
    if xmp is not None:
        yield "xmp", xmp.stream.get_data()
    for number, page in enumerate(reader.pages):
        yield f"page {number + 1} (pypdf)", page.extract_text().encode("utf-8", "surrogatepass")
    for name, contents in reader.attachments.items():
        for one in contents:
            yield f"attached {name}", one
    for number in range(1, len(reader.xref_objStm) + sum(map(len, reader.xref.values())) + 1):
        found: Any = reader.get_object(pypdf.generic.IndirectObject(number, 0, reader))
        if isinstance(found, pypdf.generic.StreamObject):
            with suppress(Exception):
                yield f"stream {number}", found.get_data()
        else:
            yield f"object {number}", repr(found).encode("utf-8", "surrogatepass")


def _has_pictures(page: Any) -> bool:
    return any(one.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE for one in page.get_objects(max_depth=4))


def _pictures(data: bytes) -> Iterator[bytes]:
    """Every frame of a picture, as stored and as its file says that it is turned; frames of a film."""
    if any(one in data[:64] for one in _MOVING):
        yield from _frames(data)
        return
    try:
        opened = Image.open(io.BytesIO(data))
    except (OSError, ValueError, SyntaxError):
        return
    turned = {3: 180, 6: 270, 8: 90}.get(opened.getexif().get(0x0112, 1), 0)
    for number, frame in enumerate(ImageSequence.Iterator(opened)):
        if number > 20:
            break
        one = frame.convert("RGBA")
        flat = Image.new("RGBA", one.size, "white")
        flat.alpha_composite(one)
        hidden = frame.convert("RGB")  # what a transparent pixel hides
        yield from {_png(some.rotate(turned, expand=True)) for some in (flat.convert("RGB"), hidden)}


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _frames(data: bytes) -> Iterator[bytes]:
    with TemporaryDirectory() as folder:
        film = Path(folder) / "film"
        film.write_bytes(data)
        _ffmpeg("-i", str(film), "-vf", f"fps={_FRAMES_A_SECOND}", f"{folder}/%03d.png")
        yield from (path.read_bytes() for path in sorted(Path(folder).glob("*.png")))


def _tracks(data: bytes) -> Iterator[tuple[str, bytes]]:
    """What a player tells of a film, and its captions."""
    with TemporaryDirectory() as folder:
        film = Path(folder) / "film"
        film.write_bytes(data)
        yield "told", _ffmpeg("-i", str(film))
        _ffmpeg("-i", str(film), "-map", "0:s?", f"{folder}/text.srt")
        text = Path(folder) / "text.srt"
        yield "captions", text.read_bytes() if text.exists() else b""


def _ffmpeg(*arguments: str) -> bytes:
    program = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-y", *arguments]
    return subprocess.run(program, check=False, capture_output=True, timeout=120).stderr


# --- words read wrongly -------------------------------------------------------------------------------------------


def _seeds(mark: bytes, shown: bytes) -> Iterator[int]:
    """Where a mark may begin: one of three parts of it stands there whole (two wrong letters leave one whole)."""
    edges = [len(mark) * part // 3 for part in range(4)]
    for start, end in pairwise(edges):
        at = shown.find(mark[start:end])
        while at >= 0:
            yield at - start - _WRONG
            at = shown.find(mark[start:end], at + 1)


def _near(mark: bytes, shown: Sequence[int]) -> bool:
    """Whether some part of what is shown is the mark but for a few letters (the parts before and after cost nothing)."""
    row = [0] * (len(shown) + 1)
    for number, letter in enumerate(mark, 1):
        before, row = row, [number]
        for at, other in enumerate(shown, 1):
            row.append(min(before[at] + 1, row[at - 1] + 1, before[at - 1] + (letter != other)))
    return min(row) <= _WRONG
