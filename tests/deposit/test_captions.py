"""Caption files are examined: what they are, and what is wrong with their timing; nothing in them raises."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.captions import MOST, CaptionFacts, examine
from schemas.codes import texts
from tests import films


def _srt(*cues: tuple[str, str, str]) -> bytes:
    return "\n".join(f"{n}\n{a} --> {b}\n{words}\n" for n, (a, b, words) in enumerate(cues, 1)).encode()


def _vtt(*cues: tuple[str, str, str]) -> bytes:
    return ("WEBVTT\n\n" + "\n".join(f"{a} --> {b} line:0 align:start\n{words}\n" for a, b, words in cues)).encode()


def test_right_files_have_no_faults() -> None:
    """SubRip and WebVTT are known by what they hold, and their cues are counted."""
    assert examine(films.SRT.encode(), "application/x-subrip", duration=2000) == CaptionFacts(kind="srt", cues=2)
    assert examine(films.VTT.encode(), "text/vtt", duration=2000) == CaptionFacts(kind="vtt", cues=2)
    assert examine(films.SRT.encode(), "") == CaptionFacts(kind="srt", cues=2)


def test_what_platforms_write_is_right() -> None:
    """Byte order marks, line ends of every sort, headers, notes, styles, settings and hours beyond 99 are no faults."""
    data = (
        "\ufeffWEBVTT - Badplatser\r\nKind: captions\r\nLanguage: sv-SE\r\n\r\nNOTE\r\nEn anteckning\r\n\r\n"
        "STYLE\r\n::cue { color: red }\r\n\r\ncue-1\r\n00:00.000 --> 00:01.000 position:10%\r\nHej\r\n\r\n"
        "100:00:00.000 --> 100:00:01.000\r\nSlut\r\n"
    ).encode()
    assert examine(data, "text/vtt") == CaptionFacts(kind="vtt", cues=2, language="sv-SE")
    assert examine(data.replace(b"\r\n", b"\r"), "text/vtt").cues == 2
    assert examine(b"\xef\xbb\xbf" + films.SRT.replace("\n", "\r\n").encode(), "").faults == ()


@pytest.mark.parametrize(
    ("data", "said", "code"),
    [
        (b"", "text/vtt", "L250"),
        (b" \r\n\t\n", "", "L250"),
        (b"WEBVTT\n\n", "text/vtt", "L250"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "text/vtt", "L251"),
        (b"[Script Info]\nTitle: x\n", "", "L252"),
        (b"<tt xmlns='http://www.w3.org/ns/ttml'/>", "text/vtt", "L252"),
        (_srt(("00:00:02,000", "00:00:01,000", "x")), "", "L253"),
        (_srt(("00:00:01,000", "00:00:01,000", "x")), "", "L253"),
        (_vtt(("00:05.000", "00:06.000", "b"), ("00:01.000", "00:02.000", "a")), "", "L254"),
        (_srt(("00:00:09,000", "00:00:09,500", "x")), "", "L255"),
        (_srt(("00:00:01,000", "00:00:09,500", "x")), "", "L255"),
        (_srt(("00:00:00,000", "00:00:01,000", "Välkommen å ä ö")).decode().encode("cp1252"), "", "L256"),
        (_srt(("00:00:00,000", "00:00:01,000", "Välkommen")).decode().encode("utf-16"), "", "L256"),
        (_srt(("00:00:00,000", "00:00:01,000", "x"), ("00:00:01,000", "00:00:7x", "y")), "", "L257"),
        (_srt(("00:00:00,000", "00:00:01,000", "x"), ("00:00:61,000", "00:00:62,000", "y")), "", "L257"),
        (_vtt(("00:00.000", "00:01.000", "x"), ("00:01,000", "00:02,000", "y")), "", "L257"),
        (_srt(("00:00:00,000", "00:00:01,000", "")), "", "L258"),
        (films.SRT.encode(), "text/vtt", "L259"),
        (films.VTT.encode(), "application/x-subrip; charset=utf-8", "L259"),
    ],
)
def test_every_fault_is_told(data: bytes, said: str, code: str) -> None:
    """One thing is wrong, and its code alone is told; the code has a sentence."""
    found = examine(data, said, duration=5000)
    if code in ("L254", "L255"):
        assert code in found.faults
        assert set(found.faults) <= {"L254", "L255"}
    else:
        assert found.faults == (code,)
    assert code in texts()


def test_a_file_without_a_known_length_is_not_beyond_it() -> None:
    """What lies beyond a film's end is told only where the film's length is known, and a second over is none."""
    late = _srt(("00:00:09,000", "00:00:09,500", "x"))
    assert examine(late, "").faults == ()
    assert examine(late, "", duration=9_000).faults == ()
    assert examine(late, "", duration=8_400).faults == ("L255",)


def test_a_huge_file_is_not_examined_and_a_large_one_is_quick() -> None:
    """Beyond the bound nothing is read; lines of megabytes and a hundred thousand cues take seconds at most."""
    assert examine(b"a" * (MOST + 1), "text/vtt").faults == ("L251",)
    begun = time.monotonic()
    assert examine(b"1\n00:00:01,000 --> 00:00:02,000\nx\n\n" * 100_000, "").cues == 100_000
    examine(b" " * 4_000_000 + b"-->" + b"\t" * 4_000_000, "text/vtt")
    examine(b"WEBVTT\n" + b"0" * 8_000_000 + b" --> 1", "text/vtt")
    examine(b"WEBVTT\n\n00:00.000 -->" + b" " * 8_000_000 + b"x", "text/vtt")
    assert time.monotonic() - begun < 10


_times = st.builds("{:02d}:{:02d}:{:02d},{:03d}".format, *[st.integers(0, 99)] * 3, st.integers(0, 999))


@given(
    st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: ("WEBVTT\n" + text).encode("utf-8", "surrogatepass"))
    | st.lists(st.tuples(_times, _times, st.text(max_size=5)), max_size=4).map(
        lambda cues: _srt(*[(a, b, words.encode("utf-8", "replace").decode()) for a, b, words in cues])
    ),
    st.sampled_from(["", "text/vtt", "application/x-subrip", "\x00;"]),
    st.none() | st.integers(-5, 10**12),
)
def test_any_bytes_are_examined(data: bytes, said: str, duration: int | None) -> None:
    """Nothing raises, every code is known, and each is told once."""
    found = examine(data, said, duration=duration)
    assert set(found.faults) <= texts().keys()
    assert len(set(found.faults)) == len(found.faults)
    assert found.kind in {"srt", "vtt"} or found.cues == 0
