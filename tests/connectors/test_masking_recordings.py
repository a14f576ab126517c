"""Masked recordings are silent and black where they should be, and hold picture and sound and nothing else."""

from __future__ import annotations

import array
import http.server
import io
import random
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal

import imageio_ffmpeg
import pytest

from connectors.masking import open_masker, recordings
from connectors.playing import MediaInfoFacts
from schemas.neighbours import UnmaskableError
from schemas.refusal import RefusedError, UnreachableError
from schemas.request import Mask
from tests import films

_MASKER = open_masker(None)
MARK: Final = "HEMLIGTMARKE7"
_RATE: Final = 8000


def _mask(sort: Literal["sound", "picture"], start: int, end: int) -> Mask:
    return Mask(sort=sort, where="media:0", provision="OSL 21:1", start=start, end=end)


_METADATA: Final = Mask(sort="metadata", where="media:0", provision="OSL 21:1")


def _masked(data: bytes, *masks: Mask) -> tuple[bytes, str]:
    out = io.BytesIO()
    media_type = _MASKER.recording(io.BytesIO(data), len(data), masks, out)
    return out.getvalue(), media_type


def _code(data: bytes, *masks: Mask) -> str:
    out = io.BytesIO()
    with pytest.raises(UnmaskableError) as refused:
        _MASKER.recording(io.BytesIO(data), len(data), masks, out)
    assert out.getvalue() == b""
    assert str(refused.value) == refused.value.code
    return refused.value.code


def _ffmpeg(*words: str | Path, data: bytes | None = None) -> bytes:
    program = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-y"]
    return subprocess.run([*program, *words], input=data, check=True, capture_output=True, timeout=120).stdout


@pytest.fixture
def decoded(tmp_path: Path) -> Any:
    """``decoded(data) -> (loudness of each 10 ms, brightness of each picture)``."""

    def decode(data: bytes) -> tuple[list[int], list[int]]:
        path = tmp_path / "decoded"
        path.write_bytes(data)
        told = MediaInfoFacts().look("", io.BytesIO(data), len(data))
        loud: list[int] = []
        if told.sound:
            pcm = array.array(
                "h", _ffmpeg("-i", path, "-map", "0:a", "-ac", "1", "-ar", str(_RATE), "-f", "s16le", "-")
            )
            step = _RATE // 100
            loud = [max(map(abs, pcm[at : at + step])) for at in range(0, len(pcm), step)]
        bright: list[int] = []
        if told.picture:
            raw = _ffmpeg("-i", path, "-map", "0:v", "-vf", "fps=20,scale=16:16,format=gray", "-f", "rawvideo", "-")
            bright = [max(raw[at : at + 256]) for at in range(0, len(raw), 256)]
        return loud, bright

    return decode


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("plain.mp4", "video/mp4"),
        ("film.webm", "video/mp4"),
        ("old.webm", "video/mp4"),
        ("voice.mp3", "audio/mp4"),
        ("voice.m4a", "audio/mp4"),
        ("voice.ogg", "audio/mp4"),
    ],
)
def test_sound_is_silent_for_the_time_and_heard_outside(
    film_files: Mapping[str, Path], decoded: Any, name: str, media_type: str
) -> None:
    """Every sample of the time is silent; from a tenth of a second away the sound is as loud as before."""
    data = film_files[name].read_bytes()
    made, told = _masked(data, _mask("sound", 600, 1100))
    assert told == media_type
    before, after = decoded(data)[0], decoded(made)[0]
    assert max(after[60:110]) <= 8
    assert abs(len(after) - len(before)) <= 5
    for part in (slice(5, 50), slice(120, 190)):
        assert min(after[part]) >= 0.7 * min(before[part]) > 500


@pytest.mark.parametrize("kind", ["wav", "mkv", "mov"])
def test_other_forms_are_read(tmp_path: Path, decoded: Any, kind: str) -> None:
    """WAV, Matroska and QuickTime are masked as well."""
    data = films.make(tmp_path / f"one.{kind}", colour="white").read_bytes()
    loud, bright = decoded(_masked(data, _mask("sound", 600, 1100))[0])
    assert max(loud[60:110]) <= 8
    assert min(loud[5:50]) > 500
    assert bool(bright) == (kind != "wav")


@pytest.mark.parametrize("kind", ["flac", "aac", "avi"])
def test_forms_of_old_are_read(tmp_path: Path, decoded: Any, kind: str) -> None:
    """FLAC, bare AAC and AVI are masked as well."""
    path = tmp_path / f"one.{kind}"
    picture = ["-f", "lavfi", "-i", "color=c=white:s=64x64:d=2:r=10", "-c:v", "mpeg4"] if kind == "avi" else []
    _ffmpeg("-f", "lavfi", "-i", "sine=frequency=500:duration=2", *picture, path)
    masks = [_mask("sound", 600, 1100), *([_mask("picture", 600, 1100)] if picture else [])]
    loud, bright = decoded(_masked(path.read_bytes(), *masks)[0])
    assert max(loud[60:110]) <= 8
    assert min(loud[5:50]) > 500
    if picture:
        assert max(bright[13:21]) <= 24
        assert min(bright[2:9]) > 150


def test_pictures_are_black_for_the_time_and_seen_outside(film_files: Mapping[str, Path], decoded: Any) -> None:
    """The pictures of the time are black, those before and after as bright as they were, and the sound is heard."""
    data = film_files["old.webm"].read_bytes()
    loud, bright = decoded(_masked(data, _mask("picture", 600, 1100))[0])
    assert max(bright[12:22]) <= 24
    assert min(bright[2:9] + bright[26:38]) > 40
    assert min(loud[5:190]) > 500


def test_a_picture_that_stands_when_the_time_begins_is_black(tmp_path: Path, decoded: Any) -> None:
    """In a film of one picture a second, a mask of a tenth of one takes the picture that is on the screen then."""
    path = tmp_path / "slow.mkv"
    _ffmpeg("-f", "lavfi", "-i", "color=c=white:s=64x64:d=5:r=1", "-c:v", "libx264", path)
    _, bright = decoded(_masked(path.read_bytes(), _mask("picture", 2700, 2800))[0])
    assert max(bright[41:59]) <= 24
    assert min(bright[:39] + bright[61:]) > 200


def test_masks_that_overlap_or_run_past_the_end_are_one(film_files: Mapping[str, Path], decoded: Any) -> None:
    """Times in any order, within each other or up to a second past the end are masked together."""
    data = film_files["voice.mp3"].read_bytes()
    masks = [_mask("sound", 3500, 4600), _mask("sound", 200, 900), _mask("sound", 500, 600), _mask("sound", 900, 1000)]
    loud, _ = decoded(_masked(data, *masks)[0])
    assert max(loud[20:100] + loud[350:]) <= 8
    assert min(loud[110:340]) > 500


def test_very_many_masks_are_made(film_files: Mapping[str, Path], decoded: Any) -> None:
    """Some hundred times are masked like one."""
    data = film_files["voice.mp3"].read_bytes()
    masks = [_mask("sound", at, at + 5) for at in range(0, 3900, 10)]
    loud, _ = decoded(_masked(data, *masks)[0])
    assert max(loud[:390]) <= 8


def test_odd_sizes_are_made(tmp_path: Path, decoded: Any) -> None:
    """A film of 65 by 33 points is made, though its new form wants even numbers."""
    path = tmp_path / "odd.webm"
    _ffmpeg("-f", "lavfi", "-i", "color=c=white:s=65x33:d=2:r=10", "-c:v", "libvpx", "-deadline", "realtime", path)
    _, bright = decoded(_masked(path.read_bytes(), _mask("picture", 500, 1000))[0])
    assert max(bright[11:19]) <= 24
    assert min(bright[:8]) > 200


def test_the_same_values_give_the_same_bytes(film_files: Mapping[str, Path]) -> None:
    """Made twice, a masked film is the same, byte for byte."""
    data = film_files["plain.mp4"].read_bytes()
    masks = (_mask("sound", 100, 400), _mask("picture", 100, 400))
    assert _masked(data, *masks) == _masked(data, *masks)


def _planted(folder: Path) -> bytes:
    """A film with marks wherever a film has room for words."""
    cover = folder / "cover.png"
    _ffmpeg("-f", "lavfi", "-i", "color=c=red:s=16x16:d=1:r=1", "-frames:v", "1", "-metadata", f"comment={MARK}", cover)
    with cover.open("ab") as more:
        more.write(MARK.encode())
    words = folder / "words.srt"
    words.write_text(f"1\n00:00:00,000 --> 00:00:01,000\n{MARK}\n", "utf-8")
    chapters = folder / "chapters.txt"
    chapters.write_text(
        f";FFMETADATA1\ntitle={MARK}\nlocation=+59.65+12.59/{MARK}\n"
        f"[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=900\ntitle={MARK}\n",
        "utf-8",
    )
    film = films.make(folder / "film.mp4")
    path = folder / "planted.mkv"
    attached: list[str | Path] = [
        "-attach",
        cover,
        "-metadata:s:t",
        "mimetype=image/png",
        "-metadata:s:t",
        f"filename={MARK}.png",
    ]
    tracks = ["-map", "0", "-map", "1", *("-c", "copy", "-c:s", "srt"), "-map_metadata", "2", "-map_chapters", "2"]
    sei = f"h264_metadata=sei_user_data=086f3693-b7b3-4f2c-9653-21492feee5b8+{MARK}"
    named = ["-metadata:s:v", f"title={MARK}", "-metadata:s:a", f"handler_name={MARK}", "-metadata:s:a", "language=swe"]
    _ffmpeg("-i", film, "-i", words, "-i", chapters, *tracks, "-bsf:v", sei, *attached, *named, path)
    return path.read_bytes() + MARK.encode()


def test_nothing_but_picture_and_sound_comes_along(tmp_path: Path) -> None:
    """Titles, places, captions, chapters, covers, names of tracks and messages inside the pictures are gone."""
    data = _planted(tmp_path)
    assert data.count(MARK.encode()) >= 9
    made, _ = _masked(data, _METADATA)
    told = MediaInfoFacts().look("", io.BytesIO(made), len(made))
    assert (told.picture, told.sound, told.captions) == (True, True, ())
    for one in (MARK.encode(), MARK.encode("utf-16-le"), MARK.encode("utf-16-be"), b"swe", b"x264 - core"):
        assert one not in made
    path = tmp_path / "made.mp4"
    path.write_bytes(made)
    kinds = [
        line.split()[2]
        for line in _ffmpeg("-i", path, "-map", "0", "-c", "copy", "-f", "framecrc", "-").decode().splitlines()
        if "#media_type" in line
    ]
    assert kinds == ["video", "audio"]
    inside = ["-c", "copy", "-bsf:v", "h264_mp4toannexb,filter_units=pass_types=6", "-f", "h264", "-"]
    assert _ffmpeg("-i", tmp_path / "planted.mkv", "-map", "0:V", *inside)  # messages inside the pictures (SEI)
    assert _ffmpeg("-i", path, "-map", "0:V", *inside) == b""
    assert _ffmpeg("-i", path, "-f", "ffmetadata", "-").decode().count("=") <= 5  # brands and the encoder's name


@pytest.mark.parametrize("name", ["captions.mp4", "film.webm", "voice.mp3"])
def test_titles_and_captions_of_platforms_films_are_gone(film_files: Mapping[str, Path], name: str) -> None:
    """A platform's captions track and title do not come along."""
    made, _ = _masked(film_files[name].read_bytes(), _METADATA)
    for one in ("välkommen", "Badplatserna", "ndplatserna"):
        assert one.encode() not in made


def test_a_cover_is_no_film(film_files: Mapping[str, Path], tmp_path: Path) -> None:
    """The cover of a sound recording does not come along, and does not make it a film."""
    cover, path = tmp_path / "cover.png", tmp_path / "covered.mp3"
    _ffmpeg("-f", "lavfi", "-i", "color=c=red:s=16x16:d=1:r=1", "-frames:v", "1", cover)
    words = ["-map", "0", "-map", "1", "-c", "copy", "-disposition:v", "attached_pic", "-metadata", f"title={MARK}"]
    _ffmpeg("-i", film_files["voice.mp3"], "-i", cover, *words, path)
    made, media_type = _masked(path.read_bytes(), _mask("sound", 100, 200))
    assert media_type == "audio/mp4"
    assert MARK.encode() not in made
    assert _code(path.read_bytes(), _mask("picture", 100, 200)) == "Q183"


def test_a_turned_film_is_upright(film_files: Mapping[str, Path]) -> None:
    """A film that players are told to turn is turned in its pixels."""
    made, _ = _masked(film_files["turned.mp4"].read_bytes(), _METADATA)
    told = MediaInfoFacts().look("", io.BytesIO(made), len(made))
    assert (told.width, told.height) == (180, 320)


@pytest.mark.parametrize(
    ("name", "mask", "code"),
    [
        ("plain.mp4", _mask("sound", 2200, 2500), "Q182"),
        ("plain.mp4", _mask("sound", 1000, 3600), "Q182"),
        ("plain.mp4", _mask("picture", -5, 100), "Q182"),
        ("plain.mp4", _mask("picture", 700, 700), "Q182"),
        ("plain.mp4", _mask("sound", 700, 600), "Q182"),
        ("silent.mp4", _mask("sound", 100, 200), "Q183"),
        ("voice.ogg", _mask("picture", 100, 200), "Q183"),
        ("plain.mp4", Mask(sort="region", where="media:0", provision="OSL 21:1", width=9, height=9), "Q175"),
        ("plain.mp4", Mask(sort="file", where="media:0", provision="OSL 21:1"), "Q175"),
    ],
)
def test_a_mask_that_masks_nothing_is_an_error(
    film_files: Mapping[str, Path], name: str, mask: Mask, code: str
) -> None:
    """Empty, outside, of another sort or without a track: the copy is refused, not made without the mask."""
    assert (
        _code(film_files[name].read_bytes(), mask, _mask("sound", 100, 200) if name != "silent.mp4" else mask) == code
    )


def test_several_tracks_are_refused(tmp_path: Path) -> None:
    """Of a film with two sound tracks an officer heard one: it is not given (Q184)."""
    first, second = films.make(tmp_path / "one.mp4"), films.make(tmp_path / "two.mp4", colour="red")
    path = tmp_path / "both.mp4"
    _ffmpeg("-i", first, "-i", second, "-map", "0", "-map", "1:a", "-c", "copy", path)
    assert _code(path.read_bytes(), _METADATA) == "Q184"


# -- hostile files


@pytest.fixture
def listener() -> Iterator[tuple[int, list[str]]]:
    """A web server that counts who asks it."""
    asked: list[str] = []

    class _Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            del format, args

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1], asked
        server.shutdown()
        thread.join()


def test_playlists_fetch_and_read_nothing(film_files: Mapping[str, Path], listener: tuple[int, list[str]]) -> None:
    """A playlist in whatever form, alone or behind a film's first bytes, is no recording: nothing it names is opened."""
    port, asked = listener
    address, file = f"http://127.0.0.1:{port}/a.mp3", film_files["voice.mp3"].as_uri()
    hls = "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{}\n#EXT-X-ENDLIST\n"
    texts = [hls, "ffconcat version 1.0\nfile '{}'\n", "<MPD><BaseURL>{}</BaseURL></MPD>", "[playlist]\nFile1={}\n"]
    texts += ["v=0\nc=IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\na=control:{}\n", "RTSPtext\n{}\n"]
    for text in texts:
        for target in (address, file):
            written = text.format(target).encode()
            for head in (
                b"",
                b"\0\0\0\x08ftyp",
                b"ID3\x04\0\0\0\0\0\0",
                b"\xff\xfb\x90\x00",
                b"OggS",
                b"\x1a\x45\xdf\xa3",
            ):
                if not head or text is hls:
                    assert _code(head + written, _METADATA) in {"Q181", "Q185", "Q186"}
    assert asked == []


@pytest.mark.parametrize(
    "data",
    [b"", b"x", b"inte en film", b"\0" * 5000, b"\xff", b"RIFF\0\0\0\0WEBP", b"%PDF-1.7", b"GIF89a", b"\xff\xd8\xff"],
)
def test_what_is_no_recording_is_refused(data: bytes) -> None:
    """Empty files, pictures and documents are unreadable (Q181)."""
    assert _code(data, _METADATA) == "Q181"


def test_of_a_cut_film_there_is_what_there_is(film_files: Mapping[str, Path]) -> None:
    """A film without its index is refused (Q181); of one that is cut the part that is there is masked, and no more."""
    data = film_files["plain.mp4"].read_bytes()
    assert _code(data[: len(data) // 2], _mask("sound", 100, 200)) == "Q181"
    data = film_files["vertical.mp4"].read_bytes()  # three seconds, its index in front
    half = data[: len(data) * 2 // 3]
    assert _code(half, _mask("sound", 2800, 2900)) == "Q182"
    made, _ = _masked(half, _mask("sound", 100, 200))
    told = MediaInfoFacts().look("", io.BytesIO(made), len(made))
    assert told.duration is not None
    assert told.duration < 2700


def test_damaged_films_cost_a_film_and_nothing_else(film_files: Mapping[str, Path]) -> None:
    """Films with bytes changed at random are made anew or refused with a code; never another error."""
    chance = random.Random(11)
    codes: set[str] = set()
    for name in ("plain.mp4", "film.webm", "voice.mp3", "voice.ogg"):
        whole = film_files[name].read_bytes()
        for _ in range(2):
            data = bytearray(whole)
            for _ in range(chance.randrange(1, 12)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            try:
                made, _ = _masked(bytes(data), _mask("sound", 100, 300))
            except UnmaskableError as error:
                codes.add(error.code)
            else:
                assert made
    assert codes <= {"Q181", "Q182", "Q183", "Q184", "Q185", "Q186"}


def test_nothing_stays_behind(film_files: Mapping[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Temporary files are removed, whether the copy was made or refused."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    data = film_files["voice.mp3"].read_bytes()
    _masked(data, _mask("sound", 100, 200))
    _code(data, _mask("sound", 90_000, 91_000))
    _code(data[:40], _mask("sound", 0, 100))
    assert list(tmp_path.iterdir()) == []


# -- programs that are not what they should be


def _program(folder: Path, text: str) -> Path:
    path = folder / "ffmpeg"
    path.write_text(f"#!{sys.executable}\nimport os, sys, time\nreal = {imageio_ffmpeg.get_ffmpeg_exe()!r}\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (
            "os.execv(real, [real, *(one.replace('volume=volume=0', 'volume=volume=1') for one in sys.argv[1:])])",
            "Q186",
        ),
        ("os.execv(real, [real, *(one.replace('t=fill', 't=1') for one in sys.argv[1:])])", "Q186"),
        ("time.sleep(60)", "Q185"),
        ("os.abort()", "Q185"),
        ("sys.exit(1)", "Q181"),
        ("print('x' * 9)", "Q181"),
    ],
)
def test_a_program_that_does_not_mask_is_found_out(
    film_files: Mapping[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, code: str
) -> None:
    """The new file is looked at before it is handed out: what should be silent or black and is not, is refused."""
    monkeypatch.setattr(recordings, "_READING", 1 if "sleep" in text else 60)
    data = film_files["old.webm"].read_bytes()
    out = io.BytesIO()
    with pytest.raises(UnmaskableError) as refused:
        open_masker(_program(tmp_path, text)).recording(
            io.BytesIO(data), len(data), [_mask("sound", 500, 900), _mask("picture", 500, 900)], out
        )
    assert refused.value.code == code
    assert out.getvalue() == b""


def test_the_programs_are_named(tmp_path: Path) -> None:
    """The tools stand with their versions; a setting that names no program is refused, one that does not run is told."""
    assert _MASKER.tool.startswith("Pillow ")
    assert ", ffmpeg " in _MASKER.tool
    data = b"\xff\xfb\x90\x00" * 100
    with pytest.raises(RefusedError):
        open_masker(tmp_path / "saknas").recording(io.BytesIO(data), len(data), [_METADATA], io.BytesIO())
    empty = tmp_path / "ffmpeg"
    empty.write_bytes(b"\0")
    with pytest.raises(UnreachableError):
        open_masker(empty).recording(io.BytesIO(data), len(data), [_METADATA], io.BytesIO())
    with pytest.raises(UnreachableError):
        _ = open_masker(empty).tool
