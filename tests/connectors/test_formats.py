"""Format identification: what PRONOM makes of real files, of parts of large ones, and of hostile names."""

from __future__ import annotations

import base64
import io
import os
import re
import shutil
import struct
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from connectors.formats import BOXED_END, END, WHOLE, PronomFormats
from schemas.neighbours import Formats
from schemas.package import Format

FORMATS: Formats = PronomFormats()
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    b"\xff\xdb\x00C\x00" + bytes([8]) * 64 + b"\xff\xda\x00\x08\x01\x01\x00\x00?\x00\x00\xff\xd9"
)
WEBP = b"RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00/\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"
SRT = b"1\r\n00:00:01,000 --> 00:00:02,000\r\nHej\r\n\r\n"


def _box(kind: bytes, inside: bytes) -> bytes:
    return struct.pack(">I", 8 + len(inside)) + kind + inside


FILM = (
    _box(b"ftyp", b"mp42\x00\x00\x00\x00mp42isom") + _box(b"mdat", bytes(8)) + _box(b"moov", _box(b"mvhd", bytes(100)))
)


def _of(name: str, data: bytes) -> Format:
    return FORMATS.identify(name, io.BytesIO(data), len(data))


@pytest.mark.parametrize(
    ("name", "data", "puid", "media_type"),
    [
        ("bild.png", PNG, "fmt/11", "image/png"),
        ("bild.jpg", JPEG, "fmt/43", "image/jpeg"),
        ("bild.webp", WEBP, "fmt/567", "image/webp"),
        ("film.mp4", FILM, "fmt/199", "application/mp4"),
        ("a.xml", b"<?xml version='1.0' encoding='UTF-8'?>\n<a/>\n", "fmt/101", "application/xml"),
        ("a.srt", SRT, "fmt/1218", "application/octet-stream"),
        ("a.pdf", b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n", "fmt/276", "application/pdf"),
    ],
    ids=["png", "jpeg", "webp", "mp4", "xml", "srt", "pdf"],
)
def test_usual_files_are_known_by_their_bytes(name: str, data: bytes, puid: str, media_type: str) -> None:
    """A picture, a film, a caption or a document is known by its bytes, and the basis says so."""
    found = _of(name, data)
    assert (found.puid, found.media_type) == (puid, media_type)
    assert "byte match" in found.basis
    assert found.name


def test_text_formats_rest_on_the_ending() -> None:
    """JSON is known by its ending alone, and both basis and warning say so."""
    found = _of("a.json", b'{"a": 1}')
    assert (found.puid, found.basis, found.warning) == (
        "fmt/817",
        "extension match json",
        "match on extension only",
    )


def test_what_is_not_known_says_so() -> None:
    """Bytes that nothing matches have no id, and a warning instead of a guess."""
    for name in ("fil", "fil.vtt", "fil.å"):
        found = _of(name, b"\x00\x01\x02 inget")
        assert (found.puid, found.name, found.media_type) == ("", "", "application/octet-stream")
        assert found.warning.startswith("no match")


def test_a_wrong_ending_is_told() -> None:
    """A picture that calls itself a text is a picture, with a warning."""
    found = _of("bild.txt", PNG)
    assert (found.puid, found.warning) == ("fmt/11", "extension mismatch")


def test_an_empty_file_has_no_format() -> None:
    """A file of 0 bytes is not known by its ending; the basis says why."""
    found = _of("a.json", b"")
    assert (found.puid, found.basis) == ("", "empty file (0 bytes)")
    assert found.warning


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd.png",
        "/tmp/x.png",
        "a\x00b.png",
        "bild\n.png",
        "-rf.png",
        "å" * 300 + ".png",
        "\ud800.png",
        "bild.PNG",
        "bild.p/ng",
        "bild.",
        ".",
        "",
        "bild." + "x" * 500,
        "bild.p\u202eng",
    ],
)
def test_hostile_names_reach_no_file_system(name: str) -> None:
    """Whatever a file is called, its bytes are identified, and only a plain ending is used."""
    assert _of(name, PNG).puid == "fmt/11"


def test_the_tool_names_itself() -> None:
    """The tool's name has its version, Siegfried's, and those of the signatures, for PREMIS."""
    assert re.fullmatch(
        r"pygfried \d+\.\d+\.\d+ \(Siegfried \d+\.\d+\.\d+, DROID V\d+, containers \d{8}\)", FORMATS.tool
    )


class _Sparse(io.BytesIO):
    """A file of any size: pieces at their places and zeros between, counting what is read of it."""

    def __init__(self, pieces: dict[int, bytes], size: int) -> None:
        super().__init__()
        self._pieces, self._size, self._at = pieces, size, 0
        self.bytes_read = 0

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a position from the beginning."""
        assert whence == io.SEEK_SET
        self._at = offset
        return offset

    def read(self, size: int | None = -1, /) -> bytes:
        """Read."""
        assert size is not None
        assert size >= 0
        count = max(0, min(size, self._size - self._at))
        data = bytearray(count)
        for start, piece in self._pieces.items():
            first, last = max(start, self._at), min(start + len(piece), self._at + count)
            if first < last:
                data[first - self._at : last - self._at] = piece[first - start : last - start]
        self._at += count
        self.bytes_read += count
        return bytes(data)


@pytest.mark.parametrize("moov", [40, 7 << 30, (10 << 30) - 1_000])
def test_a_large_film_costs_next_to_nothing(moov: int) -> None:
    """A film of 10 GB is known wherever its index lies, in well under a second, and the basis says what was read."""
    size = 10 << 30
    head = _box(b"ftyp", b"mp42\x00\x00\x00\x00mp42isom")
    if moov > 100:
        head += struct.pack(">I4sQ", 1, b"mdat", moov - len(head))
    film = _Sparse({0: head, moov: struct.pack(">I", size - moov & 0xFFFFFFFF) + b"moov\x00\x00\x00lmvhd"}, size)
    if moov == 40:
        film = _Sparse({0: head + _box(b"free", bytes(8)), 40: _box(b"moov", _box(b"mvhd", bytes(100)))}, size)
    FORMATS.identify("film.mp4", io.BytesIO(FILM), len(FILM))  # the first look at a film makes the tool ready for it
    begun = time.monotonic()
    found = FORMATS.identify("film.mp4", film, size)
    assert time.monotonic() - begun < 1
    assert found.puid == "fmt/199"
    assert film.bytes_read < 3 * END
    assert f"first and last {BOXED_END} of {size} bytes" in found.basis


@pytest.mark.parametrize("length", [0, 1, 7, 8, 9, 2**32 - 1])
def test_boxes_that_make_no_sense_end_the_search(length: int) -> None:
    """A film whose boxes are too short, endless or beyond the end is identified as far as can be, at once."""
    data = struct.pack(">I", 24) + FILM[4:24] + struct.pack(">I4sQ", length, b"mdat", 2**64 - 1) + bytes(4 * END)
    found = _of("film.mp4", data)
    assert found.puid == ""
    assert found.warning.startswith("no match")


def test_a_large_picture_is_known_by_both_ends() -> None:
    """A picture larger than the two ends is still known by its end marker."""
    data = JPEG[:-2] + os.urandom(4 * END).replace(b"\xff", b"\x00") + JPEG[-2:]
    assert _of("bild.jpg", data).puid == "fmt/43"
    assert _of("bild.jpg", data[:-2]).puid == ""


def test_office_files_are_read_whole() -> None:
    """A document whose format shows inside its container is known although larger than the two ends."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as container:
        container.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        container.writestr("content.xml", "<office:document-content office:version='1.2'/>")
        container.writestr("bild.bin", os.urandom(3 * END))
        container.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest><manifest:file-entry manifest:media-type="application/vnd.oasis.opendocument.text" '
            'manifest:version="1.2" manifest:full-path="/"/></manifest:manifest>',
        )
    data = stream.getvalue()
    found = _of("a.odt", data)
    assert "opendocument" in found.media_type.lower()
    assert "first and last" not in found.basis
    assert "first and last" in FORMATS.identify("a.odt", _Sparse({0: data}, WHOLE + 1), WHOLE + 1).basis


def test_an_archival_document_is_known_as_one(tmp_path: Path) -> None:
    """PDF/A is told apart from other PDF by what it says inside, wherever that stands."""
    said = (
        b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
        b"<rdf:Description rdf:about='' xmlns:pdfaid='http://www.aiim.org/pdfa/ns/id/'>"
        b"<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance></rdf:Description></rdf:RDF>"
        b"</x:xmpmeta>"
    )
    for filling in (b"", b"% " + b"x" * (2 * END) + b"\n"):
        data = b"%PDF-1.7\n" + filling + b"1 0 obj\n" + said + b"\nendobj\n" + filling + b"%%EOF\n"
        found = _of("a.pdf", data)
        assert (found.puid, found.version) == ("fmt/480", "3b")


def test_a_source_that_gives_little_at_a_time_is_read_all_the_same() -> None:
    """A stream that hands out a few bytes at a time, left at any position, is identified like any other."""

    class Slow(io.BytesIO):
        """Gives at most seven bytes."""

        def read(self, size: int | None = -1, /) -> bytes:
            """Read a little."""
            return super().read(min(7, size) if size is not None and size >= 0 else 7)

    source = Slow(PNG)
    source.seek(30)
    assert FORMATS.identify("bild.png", source, len(PNG)).puid == "fmt/11"
    assert FORMATS.identify("bild.png", io.BytesIO(PNG), len(PNG) * 10_000).puid == "fmt/11"


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No temporary file outlives the answer, also when the source breaks."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    class Broken(io.BytesIO):
        """Fails at the first byte."""

        def read(self, size: int | None = -1, /) -> bytes:
            """Fail."""
            raise OSError(5, "broken")

    _of("bild.png", PNG)
    with pytest.raises(OSError, match="broken"):
        FORMATS.identify("bild.png", Broken(PNG), len(PNG))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not on this machine")
@pytest.mark.parametrize(
    ("name", "arguments", "puid"),
    [
        ("film.mp4", ("-f", "lavfi", "-i", "testsrc=duration=1:size=64x64:rate=5", "-pix_fmt", "yuv420p"), "fmt/199"),
        ("film.webm", ("-f", "lavfi", "-i", "testsrc=duration=1:size=64x64:rate=5", "-c:v", "libvpx"), "fmt/573"),
        ("ljud.m4a", ("-f", "lavfi", "-i", "sine=duration=1"), "fmt/2094"),
    ],
)
def test_real_films_and_sound(tmp_path: Path, name: str, arguments: tuple[str, ...], puid: str) -> None:
    """A film or a sound that an encoder really made is known by its bytes."""
    path = tmp_path / name
    subprocess.run(["ffmpeg", "-loglevel", "error", *arguments, str(path)], check=True, timeout=60)
    open_it: Callable[[], io.BufferedReader] = lambda: path.open("rb")  # noqa: E731 - a name for the type
    with open_it() as source:
        found = FORMATS.identify(name, source, path.stat().st_size)
    assert found.puid == puid
    assert "byte match" in found.basis
