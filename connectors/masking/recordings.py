"""Recordings masked: films and sound, encoded anew by ffmpeg with the masked times silent or black.

MP4, QuickTime, Matroska, WebM, AVI, MP3, AAC, Ogg, FLAC and WAV are read; a film becomes MP4 (H.264, AAC), sound alone
M4A (AAC). One picture track and one sound track: an officer sees and hears the first alone, so that of what has several
nothing is given (Q184). Nothing else comes along: no captions (not those inside H.264 either), chapters, covers, data,
names of tracks or dates. A picture that is told to be turned is turned.

**Times.** Sound is silent from 50 ms before to 50 ms after what was asked for. Every picture that is on the screen at any
instant of the time is black: the one that stands there when it begins as well, however long it has stood. The new file is
read again before it is handed out: its tracks and its length are those of the old one, its masked times are silent and
black (Q186).

ffmpeg runs within bounds, on one file of a known form (``connectors.masking.programs``). The same file and masks give the
same bytes with one ffmpeg. Temporary files lie in a folder of their own (``connectors.masking.scratch``).
"""

from __future__ import annotations

import shutil
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import IO, BinaryIO, Final

import imageio_ffmpeg

from connectors.masking.programs import Program, form, version
from connectors.masking.scratch import scratch
from schemas.neighbours import UnmaskableError
from schemas.refusal import RefusedError, UnreachableError
from schemas.request import Mask

LARGEST: Final = 20 * 1024 * 1024 * 1024
"""Bytes of a recording."""
LONGEST: Final = 24 * 3600
"""Seconds of a recording."""
GUARD: Final = 50
"""Milliseconds before and after a masked time that are masked as well."""
SLACK: Final = 1000
"""Milliseconds that a masked time may end after the recording does: players show whole seconds."""

_CHUNK: Final = 1024 * 1024
_READING: Final = 600
_LINE: Final = 64 * 1024
_NO_TIME: Final = -(2**62)
"""What is less is ffmpeg's word for a packet without a time."""
_SILENT: Final = 32
"""Greatest sample (of 32,767) that counts as silent: −60 dB."""
_BLACK: Final = 24
"""Greatest brightness (of 255) that counts as black."""
_BARE: Final = (
    *("-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn"),
    *("-fflags", "+bitexact", "-flags", "+bitexact", "-threads", "4", "-filter_threads", "1"),
)
_FILM: Final = (
    *("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p", "-flags:v", "+bitexact"),
    # No closed captions, and no messages inside the pictures (SEI): neither the old film's nor the encoder's.
    *("-a53cc", "0", "-bsf:v", "filter_units=remove_types=6"),
    *("-fps_mode", "passthrough", "-enc_time_base:v", "1:90000", "-video_track_timescale", "90000"),
)
_SOUND: Final = ("-c:a", "aac", "-b:a", "160k", "-flags:a", "+bitexact")
_FILE: Final = ("-movflags", "+faststart", "-write_tmcd", "0", "-f", "mp4")


@dataclass(slots=True)
class _Track:
    """One track as it lies in the file. ``shown``: when each picture comes, ms (of picture tracks); ``end``: ms."""

    sort: str = ""
    tick: Fraction = Fraction(0)
    end: float = 0.0
    shown: list[float] = field(default_factory=list)


class Recordings:
    """Masks recordings. Safe for many threads."""

    def __init__(self, path: Path | None) -> None:
        """Take the program; None = the one that is installed with Bevara.

        Raises:
            RefusedError: the path is no file. UnreachableError: none is installed.
        """
        if path is None:
            try:
                self._path = imageio_ffmpeg.get_ffmpeg_exe()
            except RuntimeError:
                raise UnreachableError("ffmpeg is not installed") from None
            return
        if not path.is_file():
            raise RefusedError("disclosure.ffmpeg", str(path), "name the ffmpeg program, or leave the setting out")
        self._path = str(path.resolve())

    @property
    def tool(self) -> str:
        """The program with its version. Raises UnreachableError."""
        return version(self._path)

    def recording(self, source: BinaryIO, size: int, masks: Sequence[Mask], out: BinaryIO) -> str:
        """A new recording with those times silent or black; see ``schemas.neighbours.Masker.recording``.

        Raises:
            UnmaskableError: Q175 another sort of mask, Q181 unreadable, Q182 a time outside, Q183 no sound or no picture
                to mask, Q184 several tracks, Q185 it cannot be made, Q186 it was not as it should be.
            UnreachableError: ffmpeg does not start.
        """
        if any(one.sort not in {"sound", "picture", "metadata"} for one in masks):
            raise UnmaskableError("Q175")
        if size > LARGEST:
            raise UnmaskableError("Q185")
        with scratch() as folder:
            old, new = folder / "old", folder / "new"
            head = _copied(source, size, old)
            program = Program(path=self._path, largest=64 * 1024 * 1024 + 20 * size, seconds=_READING)
            form_name = form(head)
            film, sound = _tracks(program, old, form_name)
            length = max(one.end for one in (film, sound) if one is not None)
            if not 0 < length <= LONGEST * 1000:
                raise UnmaskableError("Q185")
            black = _times(masks, "picture", film, length)
            silent = _times(masks, "sound", sound, length)
            words = _words(film, sound, _shown(black, film), silent)
            patient = replace(program, seconds=300 + 20 * round(length / 1000))
            try:
                patient.run(old, form_name, [*words, f"file:{new}"])
            except UnmaskableError:
                raise UnmaskableError("Q185") from None
            _prove(patient, new, (film, sound), length, black, silent)
            with new.open("rb") as made:
                shutil.copyfileobj(made, out, _CHUNK)
        return "audio/mp4" if film is None else "video/mp4"


def _copied(source: BinaryIO, size: int, path: Path) -> bytes:
    """Lay the file down; its first bytes."""
    left, head = size, b""
    with path.open("xb") as file:
        while left > 0 and (piece := source.read(min(_CHUNK, left))):
            head = head or piece
            if len(head) < 64:
                head = (head + piece)[:64]
            left -= len(piece)
            file.write(piece)
    return head


def _tracks(program: Program, path: Path, form_name: str) -> tuple[_Track | None, _Track | None]:
    """The picture track and the sound track. Raises UnmaskableError: Q181 neither, Q184 several."""
    words = ["-map", "0:V?", "-map", "0:a?", "-c", "copy", "-f", "framecrc", "-"]
    found: dict[int, _Track] = {}
    with program.reading(path, form_name, words) as out:
        while line := out.readline(_LINE):
            _note(found, line.decode("ascii", "replace"))
    films, sounds = ([one for one in found.values() if one.sort == sort] for sort in ("video", "audio"))
    if len(films) > 1 or len(sounds) > 1:
        raise UnmaskableError("Q184")
    if not films and not sounds:
        raise UnmaskableError("Q181")
    for one in films:
        one.shown.sort()
    return next(iter(films), None), next(iter(sounds), None)


def _note(found: dict[int, _Track], line: str) -> None:
    """One line of ffmpeg's ``framecrc``: ``#tb 0: 1/1000``, ``#media_type 0: video``, or a packet."""
    try:
        if line.startswith(("#tb ", "#media_type ")):
            name, number, value = line[1:].split(maxsplit=2)
            track = found.setdefault(int(number.rstrip(":")), _Track())
            if name == "tb":
                track.tick = Fraction(value.strip())
            else:
                track.sort = value.strip()
        elif not line.startswith("#"):
            number, _, at, long, *_ = (one.strip() for one in line.split(","))
            track = found[int(number)]
            if int(at) < _NO_TIME:
                raise UnmaskableError("Q181")
            begins, ends = (float(ticks * track.tick * 1000) for ticks in (int(at), int(at) + max(0, int(long))))
            track.end = max(track.end, ends)
            if track.sort == "video":
                track.shown.append(begins)
    except (ValueError, KeyError, OverflowError, ZeroDivisionError):
        raise UnmaskableError("Q181") from None


def _times(masks: Sequence[Mask], sort: str, track: _Track | None, length: float) -> list[tuple[float, float]]:
    """The masked times ``[start, end)`` of a sort, ms, in order, those that touch joined."""
    made: list[tuple[float, float]] = []
    for one in sorted((one for one in masks if one.sort == sort), key=lambda one: (one.start, one.end)):
        if track is None:
            raise UnmaskableError("Q183")
        if one.start < 0 or one.end <= one.start or one.start >= length or one.end > length + SLACK:
            raise UnmaskableError("Q182")
        if made and one.start <= made[-1][1]:
            made[-1] = (made[-1][0], max(made[-1][1], one.end))
        else:
            made.append((one.start, one.end))
    return made


def _shown(times: Iterable[tuple[float, float]], film: _Track | None) -> list[tuple[float, float]]:
    """The times, each begun with the picture that stands on the screen then."""
    begun: list[tuple[float, float]] = []
    for start, end in times:
        standing = bisect_right(film.shown, start) - 1 if film is not None else -1
        begun.append((start if film is None or standing < 0 else min(start, film.shown[standing] - 1), end))
    return begun


def _when(times: Sequence[tuple[float, float]], guard: float = 0) -> str:
    """The words of a filter for being within one of the times."""
    if len(times) > 1:  # halved, since a long sum is too deep for ffmpeg
        half = len(times) // 2
        return f"({_when(times[:half], guard)}+{_when(times[half:], guard)})"
    return "+".join(f"between(t,{(start - guard) / 1000:.4f},{(end + guard) / 1000:.4f})" for start, end in times)


def _words(
    film: _Track | None,
    sound: _Track | None,
    black: Sequence[tuple[float, float]],
    silent: Sequence[tuple[float, float]],
) -> list[str]:
    """What ffmpeg is to do, but for the name of the new file."""
    words = list(_BARE)
    if film is not None:
        steps = ["pad=ceil(iw/2)*2:ceil(ih/2)*2", "format=yuv420p"]
        if black:
            steps.append(f"drawbox=x=0:y=0:w=iw:h=ih:color=black:t=fill:enable='{_when(black, GUARD)}'")
        words += ["-map", "0:V:0", "-vf", ",".join(steps), *_FILM]
    if sound is not None:
        # Short pieces, so that none begins before the guard and ends within the time.
        steps = ["aresample=48000:async=1:first_pts=0", "asetnsamples=n=256:p=0"]
        if silent:
            steps.append(f"volume=volume=0:enable='{_when(silent, GUARD)}'")
        words += ["-map", "0:a:0", "-af", ",".join(steps), *_SOUND]
    return [*words, *_FILE]


def _prove(
    program: Program,
    path: Path,
    old: tuple[_Track | None, _Track | None],
    length: float,
    black: Sequence[tuple[float, float]],
    silent: Sequence[tuple[float, float]],
) -> None:
    """The new file has the old one's tracks and length, and its masked times are silent and black."""
    try:
        made = _tracks(program, path, "mov")
        same = all((one is None) == (other is None) for one, other in zip(made, old, strict=True))
        new_length = max(one.end for one in made if one is not None)
        same = same and abs(new_length - length) <= max(2000.0, length / 100)
        if same and silent:
            pick = f"aselect='{_when(silent)}',aformat=sample_fmts=s16"
            words = ["-map", "0:a:0", "-af", pick, "-f", "s16le", "-"]
            with program.reading(path, "mov", words) as out:
                same = _loudest(out) <= _SILENT
        if same and black:
            pick = f"select='{_when(_shown(black, made[0]))}',scale=64:64,format=gray"
            words = ["-map", "0:V:0", "-vf", pick, "-fps_mode", "passthrough", "-f", "rawvideo", "-"]
            with program.reading(path, "mov", words) as out:
                same = _greatest(out) <= _BLACK
    except UnmaskableError:
        same = False
    if not same:
        raise UnmaskableError("Q186")


def _loudest(pieces: IO[bytes]) -> int:
    """The greatest of signed samples of two bytes, without its sign."""
    greatest = 0
    while piece := pieces.read(_CHUNK):
        samples = memoryview(piece[: len(piece) & ~1]).cast("h")
        greatest = max(greatest, max(samples, default=0), -min(samples, default=0))
    return greatest


def _greatest(pieces: IO[bytes]) -> int:
    """The greatest byte."""
    greatest = 0
    while piece := pieces.read(_CHUNK):
        brightest = max(piece)
        greatest = max(greatest, brightest)
    return greatest
