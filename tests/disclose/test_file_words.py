"""What a file says in words is found wherever its form keeps words, short names and UTF-16 among them; chance is not."""

from __future__ import annotations

import io
import struct
import zlib
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from flows.disclose.answer.file_words import says
from flows.disclose.assess.leaks import Sought
from tests.pictures import png

NAME = "Åsa"


def found(data: bytes, *names: str) -> bool:
    """Whether a file says any of the names."""
    some = names or (NAME,)
    return says(io.BytesIO(data), io.BytesIO(data), Sought(some), Sought(one for one in some if len(one) > 4))


def exif(order: str = "<") -> Image.Exif:
    """EXIF with the name in UTF-16, as Windows writes its author and comment."""
    made = Image.Exif()
    made.endian = order
    made[0x9C9D] = f"{NAME}\0".encode("utf-16-le")
    return made


def saved(form: str, **how: object) -> bytes:
    """A small picture."""
    sink = io.BytesIO()
    Image.new("RGB", (9, 9)).save(sink, form, **how)
    return sink.getvalue()


def segment(mark: int, data: bytes) -> bytes:
    """A JPEG with one more segment."""
    return b"\xff\xd8\xff" + bytes([mark]) + struct.pack(">H", len(data) + 2) + data + saved("JPEG")[2:]


def chunk(name: bytes, data: bytes, before: bytes = b"") -> bytes:
    """A PNG with one more chunk at its end, after so much else."""
    one = struct.pack(">I", len(data)) + name + data + bytes(4)
    return png(9, 9)[:-12] + before + one + png(9, 9)[-12:]


def box(name: bytes, data: bytes) -> bytes:
    """A box of MP4."""
    return struct.pack(">I4s", 8 + len(data), name) + data


def _exif_value(order: str) -> bytes:
    # The author behind a number that ends in a letter's byte.
    head = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(f"{order}I", 8)
    entries = struct.pack(f"{order}HHII", 0x11A, 5, 1, 38) + struct.pack(f"{order}HHII", 0x13B, 2, 4, 46)
    entries = struct.pack(f"{order}HHII", 0x11A, 5, 1, 38) + struct.pack(f"{order}HHII", 0x13B, 2, 5, 46)
    return (
        head + struct.pack(f"{order}H", 2) + entries + bytes(4) + struct.pack(f"{order}II", 1, 0x64646464) + b"Anna\0"
    )


MANY = box(b"moof", bytes(2_000_000))
BIG = struct.pack(">I4s", 1_500_000, b"IDAT") + bytes(1_500_004)
SAYING = {
    "jpeg exif utf-16": saved("JPEG", exif=exif()),
    "jpeg exif utf-16, other order": saved("JPEG", exif=exif(">")),
    "jpeg comment": segment(0xFE, NAME.encode()),
    "jpeg comment latin-1": segment(0xFE, NAME.encode("latin-1")),
    "jpeg xmp entity": segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<a>&#197;sa</a>"),
    "jpeg iptc": segment(0xED, b"Photoshop 3.0\x008BIM\4\4\0\0\0\0\0\x09\x1c\2\x50\0\x04" + NAME.encode()),
    "png tEXt latin-1": chunk(b"tEXt", b"Author\0" + NAME.encode("latin-1")),
    "png iTXt far in": chunk(b"iTXt", b"Author\0\1\0\0\0" + zlib.compress(NAME.encode()), BIG),
    "png zTXt far in": chunk(b"zTXt", b"Author\0\0" + zlib.compress(NAME.encode("latin-1")), BIG),
    "png eXIf": chunk(b"eXIf", exif().tobytes()[6:]),
    "webp exif": saved("WEBP", exif=exif()),
    "webp xmp": saved("WEBP", xmp=f"<a>{NAME}</a>".encode()),
    "gif comment": saved("GIF", comment=NAME.encode()),
    "tiff": saved("TIFF", tiffinfo={0x13B: "xx", 0x9C9D: f"{NAME}\0".encode("utf-16-le")}),
    "mp4 artist": box(b"ftyp", b"isom")
    + MANY
    + box(b"moov", box(b"udta", box(b"\xa9ART", b"\0\4\x55\xc4" + NAME.encode()))),
    "mp3 utf-16": b"ID3\3\0\0\0\0\0\x13TPE1\0\0\0\x09\0\0\1\xff\xfe" + NAME.encode("utf-16-le"),
    "mp3 first form": bytes(500) + b"TAG" + bytes(30) + NAME.encode("latin-1").ljust(30, b"\0") + bytes(65),
    "flac": b"fLaC\x84\0\0\x0cARTIST=" + NAME.encode(),
    "bytes of no form": b"\0\1" + b"Foto: " + NAME.encode() + b"\0",
}


@pytest.mark.parametrize("place", SAYING)
def test_a_short_name_is_found_where_files_have_words(place: str) -> None:
    """Three letters, in every sort of metadata; and not in a file that says another name."""
    assert found(SAYING[place])
    assert not found(SAYING[place], "Liv", "Greta Gustafsson")


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_value_of_exif_is_read_by_itself(order: str) -> None:
    """What stands before it in the bytes is no part of its first word."""
    data = _exif_value(order)
    assert found(segment(0xE1, b"Exif\0\0" + data), "Anna")
    assert found(saved("PNG")[:33] + chunk(b"eXIf", data)[33:], "Anna")


def test_other_scripts_in_utf_16_are_found() -> None:
    """Names of letters beyond Latin's, wherever their two bytes begin."""
    for name in ("Ирина", "ليلى", "山田太"):
        for before in (b"", b"x"):
            assert found(segment(0xE1, before + name.encode("utf-16-le")), name)
            assert found(segment(0xE1, before + name.encode("utf-16-be")), name)


def test_chance_is_no_leak() -> None:
    """A megabyte of noise says no short name, however its case falls."""
    assert not found(Random(5).randbytes(1_000_000), "Liv", "Åsa", "Anna", "Bo Ek", "Eva", "1234")


@given(
    st.binary(max_size=400),
    st.sampled_from(
        [
            b"",
            b"\xff\xd8",
            b"GIF89a",
            b"RIFFaaaaWEBP",
            b"II*\0",
            b"aaaaftyp",
            b"ID3\4\0\0",
            b"fLaC",
            PngImagePlugin._MAGIC,
        ]
    ),
)
def test_no_bytes_are_too_strange(data: bytes, head: bytes) -> None:
    """Whatever a file holds, it is looked through to the end."""
    assert found(head + data) in {True, False}
    assert found(head + data + b"\0Foto: Greta Gustafsson", "Greta Gustafsson")
