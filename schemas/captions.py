"""Caption files, SubRip (SRT) and WebVTT: what one is, how many cues it has, and what is wrong with its timing. Pure.

What is wrong hinders nothing: KB is handed what the public was shown, and the faults are told (``schemas.codes.captions``).
SubRip has no specification; WebVTT is W3C's (Candidate Recommendation of 4 April 2019): UTF-8, ``WEBVTT`` first, a cue
begins no earlier than the one before it and ends after it begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

CaptionKind = Literal["srt", "vtt", "other", "unreadable"]
"""``other``: text in another form, which is not examined (TTML, ASS). ``unreadable``: no text, or far too much."""

EMPTY: Final = "L250"
UNREADABLE: Final = "L251"
OTHER: Final = "L252"
BACKWARDS: Final = "L253"
DISORDERED: Final = "L254"
BEYOND: Final = "L255"
ENCODING: Final = "L256"
MALFORMED: Final = "L257"
WORDLESS: Final = "L258"
MISNAMED: Final = "L259"

MOST: Final = 16 * 1024 * 1024
"""Bytes of a caption file that is examined: a thousand hours of talk."""
_SLACK: Final = 1_000
"""Milliseconds by which the last words may outlast a film: lengths are rounded."""

_TIME: Final = r"(?:([0-9]{1,4}):)?([0-9]{1,2}):([0-9]{1,2})([,.])([0-9]{1,3})"
_TIMING: Final = re.compile(rf"[ \t]*{_TIME}[ \t]*-->[ \t]*{_TIME}(?:[ \t].*)?")
_LINES: Final = re.compile(r"\r\n|\r|\n")
_VTT: Final = re.compile(r"WEBVTT(?:[ \t\r\n]|$)")
_LANGUAGE: Final = re.compile(r"Language:[ \t]*([A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4})[ \t]*")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_CLAIMS: Final[dict[str, CaptionKind]] = {
    "text/vtt": "vtt",
    "application/x-subrip": "srt",
    "application/srt": "srt",
    "text/srt": "srt",
    "text/x-subrip": "srt",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionFacts:
    """What a caption file is.

    Attributes:
        kind: by its content, whatever it is said to be; an empty file is what it is said to be.
        cues: pieces of text with a time.
        faults: codes of what is wrong (``L250``–``L259``), each once, in order.
        language: as the file itself says it (WebVTT's header), or empty.
    """

    kind: CaptionKind
    cues: int = 0
    faults: tuple[str, ...] = ()
    language: str = ""


def examine(data: bytes, media_type: str, *, duration: int | None = None) -> CaptionFacts:
    """Examine a caption file. Never raises.

    Args:
        media_type: what it is said to be (``text/vtt``, ``application/x-subrip``), or empty.
        duration: the film's length in milliseconds, or None: not known.
    """
    claim = _CLAIMS.get(media_type.partition(";")[0].strip().lower())
    if not data.strip():
        return CaptionFacts(kind=claim or "other", faults=(EMPTY,))
    text, foreign = _decoded(data)
    if text is None:
        return CaptionFacts(kind="unreadable", faults=(UNREADABLE,))
    faults = {ENCODING} if foreign else set()
    lines = _LINES.split(text)
    is_vtt = _VTT.match(text) is not None
    found = list(_cues(lines, is_vtt=is_vtt))
    if not is_vtt and not any(one is not None for one in found):
        return CaptionFacts(kind="other", faults=(OTHER, *sorted(faults)))
    kind: CaptionKind = "vtt" if is_vtt else "srt"
    if claim is not None and claim != kind:
        faults.add(MISNAMED)
    cues = [one for one in found if one is not None]
    if len(cues) < len(found):
        faults.add(MALFORMED)
    if not cues:
        faults.add(EMPTY)
    faults |= set(_timing(cues, duration))
    return CaptionFacts(
        kind=kind, cues=len(cues), faults=tuple(sorted(faults)), language=_language(lines) if is_vtt else ""
    )


@dataclass(frozen=True, slots=True)
class _Cue:
    """Milliseconds from the film's beginning; ``words``: there is text to read."""

    begin: int
    end: int
    words: bool


def _decoded(data: bytes) -> tuple[str | None, bool]:
    """The text without its byte order mark, and whether it is in another encoding than UTF-8; None: it is no text."""
    if len(data) > MOST:
        return None, False
    foreign = False
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        foreign = True
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            text = data.decode("utf-16", "replace")
        else:
            text = data.decode("cp1252", "replace")
    # A zero in a sentence is damage; many controls are no text at all.
    if len(_CONTROLS.findall(text[:100_000])) * 100 > min(len(text), 100_000):
        return None, False
    return text, foreign


def _cues(lines: list[str], *, is_vtt: bool) -> Iterator[_Cue | None]:
    """Every cue in order; None for a timing that cannot be read."""
    for at, line in enumerate(lines):
        if "-->" not in line:
            continue
        match = _TIMING.fullmatch(line)
        if match is None:
            yield None
            continue
        begin, end = _time(match, 1, is_vtt=is_vtt), _time(match, 6, is_vtt=is_vtt)
        if begin is None or end is None:
            yield None
            continue
        yield _Cue(begin, end, at + 1 < len(lines) and bool(lines[at + 1].strip()))


def _time(match: re.Match[str], group: int, *, is_vtt: bool) -> int | None:
    """Milliseconds; None for the sixtieth second, and for a comma where WebVTT has a full stop."""
    hours, minutes, seconds, mark, rest = (match[group + one] for one in range(5))
    if int(minutes) > 59 or int(seconds) > 59 or (is_vtt and mark == ","):
        return None
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(rest.ljust(3, "0"))


def _timing(cues: list[_Cue], duration: int | None) -> Iterator[str]:
    before = 0
    for one in cues:
        if one.end <= one.begin:
            yield BACKWARDS
        if one.begin < before:
            yield DISORDERED
        if duration is not None and (one.begin > duration or one.end > duration + _SLACK):
            yield BEYOND
        if not one.words:
            yield WORDLESS
        before = max(before, one.begin)


def _language(lines: list[str]) -> str:
    """Of the header, which ends at the first empty line."""
    for line in lines[1:20]:
        if not line.strip():
            break
        match = _LANGUAGE.fullmatch(line)
        if match is not None:
            return match[1]
    return ""
