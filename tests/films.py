"""Real films, sound recordings and documents, made here by ffmpeg (its program comes with ``imageio_ffmpeg``, offline).

The same words give the same bytes in one installation: nothing of the day or the machine is written into a file, and
one thread encodes. What was made once in a process is copied the next time.
"""

from __future__ import annotations

import atexit
import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import imageio_ffmpeg
import pytest

_VIDEO: Final[Mapping[str, tuple[str, ...]]] = {
    "mp4": ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"),
    "mov": ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"),
    "mkv": ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"),
    "webm": ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-row-mt", "0"),
}
_VP8: Final = ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8")
_SOUND: Final[Mapping[str, tuple[str, ...]]] = {
    "mp4": ("-c:a", "aac", "-b:a", "32k"),
    "m4a": ("-c:a", "aac", "-b:a", "32k"),
    "mov": ("-c:a", "aac", "-b:a", "32k"),
    "mkv": ("-c:a", "aac", "-b:a", "32k"),
    "webm": ("-c:a", "libopus", "-b:a", "16k"),
    "ogg": ("-c:a", "libvorbis"),
    "mp3": ("-c:a", "libmp3lame", "-b:a", "32k"),
    "wav": ("-c:a", "pcm_s16le"),
}
_WORDS: Final[Mapping[str, str]] = {"mp4": "mov_text", "mov": "mov_text", "mkv": "srt", "webm": "webvtt"}

SRT: Final = "1\n00:00:00,000 --> 00:00:00,900\nHej och välkommen.\n\n2\n00:00:01,000 --> 00:00:01,800\nTack!\n"
"""Captions that fit a film of two seconds."""
VTT: Final = "WEBVTT\n\n00:00.000 --> 00:00.900\nHej och välkommen.\n\n00:01.000 --> 00:01.800\nTack!\n"
"""The same as WebVTT."""


def make(
    path: Path,
    *,
    seconds: float = 2,
    size: str = "320x180",
    sound: bool = True,
    picture: bool = True,
    colour: str = "blue",
    captions: str | None = None,
    language: str = "swe",
    title: str = "",
    rotated: int = 0,
    old: bool = False,
    late: bool = True,
) -> Path:
    """Make a film or a sound recording, its form by the name's ending (mp4, mov, mkv, webm; mp3, m4a, ogg, wav).

    Args:
        path: where it is to lie; its folder is there.
        size: of the picture as it is encoded. colour: another one gives other bytes.
        captions: SRT text, embedded as a track of ``language`` (mp4, mov, mkv, webm).
        title: metadata inside the file.
        rotated: degrees that a player is told to turn the picture (mp4, mov).
        old: VP8 and Vorbis instead of VP9 and Opus (webm).
        late: the index (moov) comes after the pictures, as most cameras write it (mp4, mov, m4a).

    Returns:
        The path.
    """
    kind = path.suffix.removeprefix(".").lower()
    made = _made(
        kind, seconds, size, sound, picture and kind in _VIDEO, colour, captions, language, title, rotated, old, late
    )
    shutil.copyfile(made, path)
    return path


@cache
def _folder() -> Path:
    folder = tempfile.mkdtemp(prefix="bevara-films-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


@cache
def _made(
    kind: str,
    seconds: float,
    size: str,
    sound: bool,  # noqa: FBT001 - as above
    picture: bool,  # noqa: FBT001 - as above
    colour: str,
    captions: str | None,
    language: str,
    title: str,
    rotated: int,
    old: bool,  # noqa: FBT001 - as above
    late: bool,  # noqa: FBT001 - as above
) -> Path:
    words = repr((kind, seconds, size, sound, picture, colour, captions, language, title, rotated, old, late))
    base = _folder() / hashlib.sha256(words.encode()).hexdigest()[:16]
    sources: list[str] = []
    coding: list[str] = []
    count = 0
    if picture:
        sources += ["-f", "lavfi", "-i", f"color=c={colour}:s={size}:d={seconds}:r=10"]
        coding += ["-map", f"{count}:v", *(_VP8 if old else _VIDEO[kind])]
        count += 1
    if sound:
        pitch = 200 + sum(colour.encode()) % 800
        sources += ["-f", "lavfi", "-i", f"sine=frequency={pitch}:sample_rate=48000:duration={seconds}"]
        coding += ["-map", f"{count}:a", *(_SOUND["ogg"] if old else _SOUND[kind])]
        count += 1
    if captions is not None:
        text = base.with_suffix(".srt")
        text.write_text(captions, encoding="utf-8")
        sources += ["-i", str(text)]
        coding += ["-map", f"{count}:s", "-c:s", _WORDS[kind], "-metadata:s:s:0", f"language={language}"]
    if title:
        coding += ["-metadata", f"title={title}"]
    if not late and kind in {"mp4", "mov", "m4a"}:
        coding += ["-movflags", "+faststart"]
    made = _run([*sources, *coding], base.with_suffix(f".{kind}"))
    if not rotated:
        return made
    turned = made.with_name(f"{made.stem}-turned.{kind}")
    return _run(["-display_rotation", str(rotated), "-i", str(made), "-c", "copy"], turned)


def _run(words: list[str], out: Path) -> Path:
    # Nothing of the day: no encoder versions and dates, no random ids, one thread.
    same = ["-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-map_metadata", "-1"]
    at = len(words) - next((n for n, word in enumerate(reversed(words)) if word == "-i"), 0) + 1
    program = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-nostdin", "-y"]
    subprocess.run([*program, *words[:at], *same, "-threads", "1", *words[at:], str(out)], check=True, timeout=120)
    return out


def pdf(path: Path, pages: int = 1, *, words: str = "Bevara") -> Path:
    """A small PDF with that many pages; other words give other bytes.

    Args:
        words: ASCII text on every page.
    """
    text = f"BT /F1 24 Tf 72 720 Td ({words}) Tj ET".encode("ascii")
    kids = " ".join(f"{4 + 2 * page} 0 R" for page in range(pages))
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for page in range(pages):
        bodies += [
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> "
            b"/Contents %d 0 R >>" % (5 + 2 * page),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        ]
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(bodies, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, start)
    path.write_bytes(bytes(out))
    return path


@pytest.fixture(scope="session")
def film_files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Ten media files by name, all of different bytes; no test writes to them.

    ``plain.mp4`` (2 s), ``captions.mp4`` (Swedish captions inside), ``vertical.mp4`` (180 by 320), ``turned.mp4``
    (encoded 320 by 180, shown 180 by 320), ``silent.mp4``, ``film.webm`` (VP9, Opus), ``old.webm`` (VP8, Vorbis);
    ``voice.mp3``, ``voice.m4a``, ``voice.ogg`` (sound alone).
    """
    folder = tmp_path_factory.mktemp("films")
    files = [
        make(folder / "plain.mp4", colour="blue"),
        make(folder / "captions.mp4", colour="green", captions=SRT, title="Badplatserna öppnar"),
        make(folder / "vertical.mp4", colour="red", size="180x320", seconds=3, late=False),
        make(folder / "turned.mp4", colour="orange", rotated=90),
        make(folder / "silent.mp4", colour="black", sound=False),
        make(folder / "film.webm", colour="yellow"),
        make(folder / "old.webm", colour="purple", old=True),
        make(folder / "voice.mp3", colour="white", seconds=4),
        make(folder / "voice.m4a", colour="gray", seconds=3),
        make(folder / "voice.ogg", colour="cyan"),
    ]
    return {one.name: one for one in files}
