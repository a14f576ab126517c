"""Small pictures of every sort, made here: six by four pixels, a red corner at the upper left of a white field."""

from __future__ import annotations

import base64
import struct
import zlib

JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDACgcHiMeGSgjISMtKygwPGRBPDc3PHtYXUlkkYCZlo+AjIqgtObDoKrarYqMyP/L2u71////m8H/"
    "///6/+b9//j/2wBDASstLTw1PHZBQXb4pYyl+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj/wAAR"
    "CAAEAAYDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAX/xAAaEAACAwEBAAAAAAAAAAAAAAAAAwECERIx/8QAFQEBAQAAAAAAAAAA"
    "AAAAAAAAAAH/xAAWEQEBAQAAAAAAAAAAAAAAAAABACH/2gAMAwEAAhEDEQA/AKykrTWarrzEzvugAVVdb//Z"
)
GIF = base64.b64decode("R0lGODdhBgAEAIEAAP////8AAAAAAAAAACwAAAAABgAEAAAIDwADCARAUGAAgggTKgQQEAA7")
WEBP = base64.b64decode("UklGRiIAAABXRUJQVlA4TBUAAAAvBcAAAA8w//M///MfWjjOT0T/gwEA")
WEBP_LOSSY = base64.b64decode("UklGRjIAAABXRUJQVlA4ICYAAACQAQCdASoGAAQAB0CWJQAAXOs2wAAA/pqnKEHWtEV/fghSBoAAAA==")
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 6 4"><rect width="6" height="4" fill="#fff"/>'
    b'<rect width="3" height="2" fill="red"/></svg>'
)


def png(width: int = 6, height: int = 4, *, seed: int = 0, alpha: bool = False) -> bytes:
    """A PNG of that size; another ``seed`` gives another picture."""
    pixel = bytes([255 - seed % 256, 255 - seed // 256 % 256, 255]) + (b"\x80" if alpha else b"")
    row = b"\x00" + pixel * width
    return png_of(width, height, zlib.compress(row * height, 9), colour=6 if alpha else 2)


def png_of(width: int, height: int, packed: bytes, *, colour: int = 2) -> bytes:
    """A PNG that says it has that size, whatever its packed rows hold."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def jpeg_turned(orientation: int) -> bytes:
    """The JPEG with an Exif orientation."""
    tiff = b"II*\x00\x08\x00\x00\x00" + struct.pack("<HHHIHHI", 1, 0x0112, 3, 1, orientation, 0, 0)
    body = b"Exif\x00\x00" + tiff
    return JPEG[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + JPEG[2:]


def jpeg_of_inks() -> bytes:
    """A JPEG whose frame has four components."""
    at = JPEG.index(b"\xff\xc0")
    frame = bytes([8, 0, 4, 0, 6, 4, *(part for one in range(1, 5) for part in (one, 0x11, 0))])
    return JPEG[:at] + b"\xff\xc0" + struct.pack(">H", len(frame) + 2) + frame + JPEG[at + 19 :]
