"""MediaInfo says what films, recordings and documents are; hostile ones cost an answer and nothing else."""

from __future__ import annotations

import http.server
import io
import random
import struct
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import imageio_ffmpeg
import pytest

from connectors import playing
from connectors.playing import MediaInfoFacts
from schemas.deposit import Playing
from schemas.refusal import UnreachableError
from tests import films
from tests.pictures import JPEG

_FACTS = MediaInfoFacts()
_BIG = 20 * 1000**3


class _Long(io.RawIOBase):
    """A file of real bytes and long runs of zeros, which counts what is read of it."""

    def __init__(self, *parts: bytes | int) -> None:
        self._parts = parts
        self._at = 0
        self.size = sum(one if isinstance(one, int) else len(one) for one in parts)
        self.taken = 0

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset if whence == io.SEEK_SET else self.size + offset
        return self._at

    def read(self, size: int = -1) -> bytes:
        end = min(self.size, self._at + size) if size >= 0 else self.size
        found, begin = b"", 0
        for one in self._parts:
            length = one if isinstance(one, int) else len(one)
            low, high = max(self._at, begin), min(end, begin + length)
            if low < high:
                found += bytes(high - low) if isinstance(one, int) else one[low - begin : high - begin]
            begin += length
        self._at += len(found)
        self.taken += len(found)
        return found


def _look(data: bytes) -> Playing:
    return _FACTS.look("", io.BytesIO(data), len(data))


def _file(path: Path) -> Playing:
    with path.open("rb") as source:
        return _FACTS.look(path.name, source, path.stat().st_size)


@pytest.mark.parametrize(
    ("name", "length", "size", "sound", "captions"),
    [
        ("plain.mp4", 2000, (320, 180), True, ()),
        ("captions.mp4", 2000, (320, 180), True, ("sv",)),
        ("vertical.mp4", 3000, (180, 320), True, ()),
        ("turned.mp4", 2000, (180, 320), True, ()),
        ("silent.mp4", 2000, (320, 180), False, ()),
        ("film.webm", 2000, (320, 180), True, ()),
        ("old.webm", 2000, (320, 180), True, ()),
        ("voice.mp3", 4000, None, True, ()),
        ("voice.m4a", 3000, None, True, ()),
        ("voice.ogg", 2000, None, True, ()),
    ],
)
def test_a_real_file_is_told(
    film_files: Mapping[str, Path],
    name: str,
    length: int,
    size: tuple[int, int] | None,
    sound: bool,  # noqa: FBT001 - a column of the table
    captions: tuple[str, ...],
) -> None:
    """Length, the picture as it is shown, sound and embedded captions are as the file was made."""
    found = _file(film_files[name])
    assert found.readable
    assert found.duration == pytest.approx(length, abs=50)
    assert (found.width, found.height) == (size or (None, None))
    assert (found.picture, found.sound, found.captions, found.protected) == (size is not None, sound, captions, False)


def test_the_tool_names_its_version() -> None:
    """The tool's name holds the library's version and the wrapper's."""
    assert _FACTS.tool.startswith("MediaInfo 2")
    assert "(pymediainfo " in _FACTS.tool


def test_an_encrypted_film_is_protected(film_files: Mapping[str, Path], tmp_path: Path) -> None:
    """A film under common encryption is seen to be so, and what it shows without a key is told all the same."""
    key = ["-encryption_scheme", "cenc-aes-ctr", "-encryption_key", "76a6c65c5ea762046bd749a2e632ccbb"]
    words = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-i", str(film_files["plain.mp4"]), "-c", "copy"]
    out = tmp_path / "locked.mp4"
    subprocess.run([*words, *key, "-encryption_kid", "a7e61c373e219033c21091fa607bf3b8", str(out)], check=True)
    found = _file(out)
    assert (found.readable, found.protected, found.duration) == (True, True, 2000)


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.webm", "a.mkv"])
def test_a_film_that_was_cut_off_is_not_whole(tmp_path: Path, name: str) -> None:
    """It opens and claims its whole length, for its index comes first; all of it is whole."""
    path = films.make(tmp_path / name, late=False)
    assert _file(path).whole
    data = path.read_bytes()
    found = _look(data[: len(data) // 2])
    assert found.duration == pytest.approx(2000, abs=50)
    assert (found.readable, found.whole) == (True, False)


def test_what_was_recorded_straight_into_a_file_is_whole(film_files: Mapping[str, Path]) -> None:
    """A recorder that cannot go back leaves the lengths in the file open; nothing is missing."""
    words = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-i", str(film_files["plain.mp4"])]
    for kind in (["-c", "copy", "-f", "matroska"], ["-vn", "-f", "wav"]):
        data = subprocess.run([*words, *kind, "pipe:1"], check=True, capture_output=True).stdout
        found = _look(data)
        assert (found.readable, found.whole) == (True, True)
    assert _look(film_files["voice.mp3"].read_bytes()[:-5]).whole
    for name in ("plain.mp4", "film.webm"):
        assert _look(film_files[name].read_bytes() + b"hang-on").whole, "what hangs on at the end is not the film's"


def test_a_document_is_readable_without_a_length(tmp_path: Path) -> None:
    """A PDF can be opened and has no length; an encrypted one is protected; one that was cut off is not readable."""
    data = films.pdf(tmp_path / "a.pdf", 3).read_bytes()
    assert _look(data) == Playing(readable=True)
    assert _look(data.replace(b"/Root 1 0 R", b"/Root 1 0 R /Encrypt 9 0 R")).protected
    assert not _look(data[:-40]).readable


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00",
        b"hej alla glada " * 5000,
        random.Random(7).randbytes(300_000),
        JPEG,
        films.SRT.encode(),
        b"PK\x03\x04" + bytes(500),
        b"<?xml version='1.0'?><MPD/>",
    ],
    ids=["empty", "one byte", "text", "noise", "picture", "captions", "zip", "manifest"],
)
def test_what_is_no_film_is_not_readable(data: bytes) -> None:
    """Nothing is found to play, and nothing raises."""
    assert _look(data) == Playing(readable=False)


def test_a_source_that_holds_less_than_it_says_is_judged_by_what_it_holds(film_files: Mapping[str, Path]) -> None:
    """A film cut off before its index has nothing to play; a size that is too large harms nothing."""
    data = film_files["plain.mp4"].read_bytes()
    assert not _look(data[: data.index(b"moov")]).readable
    assert _FACTS.look("", io.BytesIO(data), 10 * len(data)).duration == 2000


def test_a_film_of_20_gb_with_its_index_at_the_end_is_not_read_through(film_files: Mapping[str, Path]) -> None:
    """Of 20 GB less than a megabyte is read, and the answer is the small film's."""
    small = film_files["plain.mp4"].read_bytes()
    at = small.index(b"mdat") - 4
    end = at + int.from_bytes(small[at : at + 4], "big")
    # The empty box before the pictures makes room for a length of eight bytes.
    wide = small[: at - 8] + struct.pack(">I4sQ", 1, b"mdat", end - at + 8 + _BIG) + small[at + 8 : end]
    source = _Long(wide, _BIG, small[end:])
    found = _FACTS.look("film.mp4", source, source.size)  # type: ignore[arg-type]  # what a stream is asked for it has
    assert (found.duration, found.width) == (2000, 320)
    assert source.taken < 1_000_000


def test_no_more_of_a_file_is_read_than_the_bound(film_files: Mapping[str, Path]) -> None:
    """A recording followed by 20 GB of zeros, which the tool would search through, ends at the bound and is told."""
    source = _Long(film_files["voice.mp3"].read_bytes(), _BIG)
    found = _FACTS.look("", source, source.size)  # type: ignore[arg-type]  # as above
    assert found.readable
    assert source.taken <= 257 * 1024 * 1024


def test_what_fails_in_reading_is_passed_on() -> None:
    """A store that cannot hand out the bytes is no unreadable film: its own error is raised."""

    class Torn(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError("torn")

    with pytest.raises(OSError, match="torn"):
        _FACTS.look("", Torn(b"x" * 100), 100)


@pytest.fixture
def tempter() -> Iterator[tuple[str, list[str]]]:
    """A web server on loopback: its address, and the paths that somebody asked for."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

        do_HEAD = do_GET  # noqa: N815 - the library's word

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's word
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_addresses_in_a_file_are_not_asked_for(tempter: tuple[str, list[str]], tmp_path: Path) -> None:
    """Playlists, manifests and reference films name addresses and files of the machine; none is opened."""
    address, asked = tempter
    near = films.make(tmp_path / "near.mp4")
    link = f"{address}/q.mov".encode() + b"\x00"
    inner = b"\x00\x00\x00\x00url " + struct.pack(">I", len(link)) + link
    for name in (b"rdrf", b"rmda", b"rmra", b"moov"):
        inner = struct.pack(">I4s", len(inner) + 8, name) + inner
    tempting = [
        f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1280000\n{address}/a.m3u8\n#EXTINF:10,\n{address}/a.ts\n".encode(),
        f"#EXTM3U\n#EXTINF:10,\n{near}\n".encode(),
        b"\xef\xbb\xbf  <?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011'><Period><AdaptationSet mimeType="
        b"'video/mp4'><Representation id='1'><BaseURL>" + address.encode() + b"/d.mp4</BaseURL></Representation>"
        b"</AdaptationSet></Period></MPD>",
        b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  " + inner,
        b"[playlist]\nFile1=" + address.encode() + b"/p.mp4\nNumberOfEntries=1\n",
    ]
    assert [_look(one).readable for one in tempting] == [False] * len(tempting)
    # The tool itself, which knows playlists: it may ask for nothing.
    told = [playing._tracks(io.BytesIO(one), len(one)) for one in tempting]
    assert "HLS" in [track.get("Format") for tracks in told for track in tracks]
    assert asked == []


def _mutated(data: bytes, seed: int) -> bytes:
    chance, out = random.Random(seed), bytearray(data)
    for _ in range(chance.choice((1, 2, 4, 16))):
        at = chance.randrange(len(out))
        kind = chance.randrange(4)
        if kind == 0:
            out[at] = chance.randrange(256)
        elif kind == 1:
            out[at : at + 4] = chance.choice((b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\x7f\xff\xff\xff"))
        elif kind == 2:
            out[at:at] = chance.randbytes(chance.randrange(1, 32))
        else:
            del out[at : at + chance.randrange(1, 32)]
    return bytes(out)


@pytest.mark.parametrize("name", ["vertical.mp4", "captions.mp4", "film.webm", "voice.mp3", "voice.ogg"])
def test_damaged_files_neither_raise_nor_hang(film_files: Mapping[str, Path], name: str) -> None:
    """Of files with some bytes changed every one is answered, with values that make sense."""
    data = film_files[name].read_bytes()
    for seed in range(8):
        found = _look(_mutated(data, seed))
        assert found.duration is None or 0 < found.duration <= 31 * 24 * 3600 * 1000
        assert found.width is None or 0 < found.width <= 100_000


@pytest.mark.parametrize(
    ("program", "readable"),
    [
        ("print('R 0 10', flush=True); import time; time.sleep(60)", False),
        ("print('R 0 9000000', flush=True); import time; time.sleep(60)", False),
        ("print('R 0 10', flush=True); import os; os.abort()", False),
        ("print('R 0 10\\nA []', flush=True)", False),
        ("print('R 99999999999999999999 99999999', flush=True); print('A [1, {}]', flush=True)", False),
        ("print('R 0 1', flush=True); input(); print('A ' + '[' * 100000, flush=True)", False),
        ("print('R 0 1', flush=True); input(); print('A' * 10_000_000, flush=True)", False),
        ('print(\'A [{"@type": "Video", "Width": "nan", "Duration": "1e99"}]\', flush=True)', True),
    ],
    ids=["spins", "never reads", "crashes", "two lines", "asks for anything", "nested", "shouts", "absurd numbers"],
)
def test_a_tool_that_breaks_down_costs_an_answer_and_nothing_else(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    program: str,
    readable: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """Whatever the process does once it has begun, it is ended, and the film is not readable or has no such values."""
    child = tmp_path / "child.py"
    child.write_text(program, encoding="utf-8")
    monkeypatch.setattr(playing, "_CHILD", child)
    monkeypatch.setattr(playing, "WAIT", 3.0)
    begun = time.monotonic()
    assert _look(b"\n" * 1_000_000) == Playing(readable=readable, picture=readable)
    assert time.monotonic() - begun < 10


def test_a_tool_that_does_not_start_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that ends before it has asked for a byte is no unreadable film."""
    child = tmp_path / "child.py"
    child.write_text("raise SystemExit(1)", encoding="utf-8")
    monkeypatch.setattr(playing, "_CHILD", child)
    with pytest.raises(UnreachableError, match="MediaInfo"):
        _look(b"x" * 100)
