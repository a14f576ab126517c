"""Pictures as the pages can show them: what they are and how large, from their own first bytes, and nothing trusted.

A picture reaches the typesetter inside an SVG of ours as a ``data:`` address, so that no byte of it touches a disk and
a JPEG stays the JPEG that it was. What is read here decides what may be tried; whether it can be decoded, the
typesetter itself says.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from lxml import etree

MOST_PIXELS: Final = 40_000_000
"""Pixels that a picture may have on a page."""
MOST_BYTES: Final = 32 * 1024 * 1024
"""Bytes that one picture may have on a page."""
_MOST_SVG: Final = 2 * 1024 * 1024

Why = Literal["unreadable", "unknown", "large", "outward"]
"""Why a picture is not shown: it cannot be decoded, is of no known format, too large, or an SVG with more in it than
shapes (references, scripts, text, style sheets)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture that may be tried: media type, width and height in pixels as it is stored, and the way to turn it.

    ``turn``: Exif orientation, 1 to 8. ``data``: its bytes; of an SVG, ours. ``vector``: it is an SVG.
    """

    media_type: str
    width: int
    height: int
    data: bytes
    turn: int = 1
    vector: bool = False

    @property
    def shape(self) -> tuple[int, int]:
        """Width and height as it is seen."""
        return (self.height, self.width) if self.turn >= 5 else (self.width, self.height)

    def as_svg(self) -> str:
        """The SVG that carries it."""
        if self.vector:
            return self.data.decode("utf-8")
        width, height = self.shape
        matrix = _TURNS[self.turn].format(w=self.width, h=self.height)
        written = base64.b64encode(self.data).decode("ascii")
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
            f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"><image transform="matrix({matrix})" '
            f'width="{self.width}" height="{self.height}" xlink:href="data:{self.media_type};base64,{written}"/></svg>'
        )


_TURNS: Final = {
    1: "1 0 0 1 0 0",
    2: "-1 0 0 1 {w} 0",
    3: "-1 0 0 -1 {w} {h}",
    4: "1 0 0 -1 0 {h}",
    5: "0 1 1 0 0 0",
    6: "0 1 -1 0 {h} 0",
    7: "0 -1 -1 0 {h} {w}",
    8: "0 -1 1 0 0 {w}",
}
"""What each Exif orientation asks for, as an SVG matrix; ``w`` and ``h`` are the stored width and height."""


def look_at(data: bytes) -> Picture | Why:
    """What the bytes are, or why they are not shown. Never raises, whatever they are."""
    if len(data) > MOST_BYTES:
        return "large"
    try:
        found = _read(data)
    except (struct.error, IndexError, ValueError, UnicodeDecodeError):
        return "unreadable"
    if isinstance(found, str):
        return found
    if found.width < 1 or found.height < 1:
        return "unreadable"
    return "large" if found.width * found.height > MOST_PIXELS else found


def _read(data: bytes) -> Picture | Why:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        if data[12:16] != b"IHDR":
            return "unreadable"
        width, height = struct.unpack(">II", data[16:24])
        return Picture(media_type="image/png", width=width, height=height, data=data)
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg(data)
    if data[:6] in {b"GIF87a", b"GIF89a"}:
        width, height = struct.unpack("<HH", data[6:10])
        return Picture(media_type="image/gif", width=width, height=height, data=data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(data)
    if data[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        return _svg(data)
    return "unknown"


_FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2})
"""JPEG frames that a PDF can hold: baseline, extended, progressive (Huffman)."""
_OTHER_FRAMES: Final = frozenset(range(0xC3, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD9)})


def _jpeg(data: bytes) -> Picture | Why:
    turn, size, at = 1, (0, 0), 2
    for marker, body, at in _segments(data):  # noqa: B007 - the last place is asked for below
        if marker in _FRAMES:
            precision, height, width, components = struct.unpack(">BHHB", body[:6])
            # Four components are inks, whose colours no profile in the document tells.
            if precision != 8 or components not in {1, 3}:
                return "unknown"
            size = width, height
        elif marker in _OTHER_FRAMES:
            return "unknown"
        elif marker == 0xE1 and body.startswith(b"Exif\0\0"):
            turn = _orientation(body[6:])
    if data.rfind(b"\xff\xd9") < at:  # it was cut off
        return "unreadable"
    return Picture(media_type="image/jpeg", width=size[0], height=size[1], data=data, turn=turn)


def _segments(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Marker, content and end of each segment, up to where the picture itself begins. IndexError, struct.error."""
    at = 2
    while True:
        if data[at] != 0xFF:
            raise ValueError("no marker where one must be")
        while data[at] == 0xFF:
            at += 1
        marker = data[at]
        at += 1
        if marker in _ALONE:
            continue
        (length,) = struct.unpack(">H", data[at : at + 2])
        yield marker, data[at + 2 : at + length], at + length
        if marker in {0xDA, 0xD9}:
            return
        at += length


def _orientation(tiff: bytes) -> int:
    """The Exif orientation; 1 where there is none that can be read."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 8:
        return 1
    try:
        (at,) = struct.unpack(order + "I", tiff[4:8])
        (count,) = struct.unpack(order + "H", tiff[at : at + 2])
        for number in range(min(count, 512)):
            tag, kind, _, value = struct.unpack(order + "HHIH", tiff[at + 2 + 12 * number : at + 12 + 12 * number])
            if tag == 0x0112 and kind == 3:
                return value if value in _TURNS else 1
    except struct.error:
        return 1
    return 1


def _webp(data: bytes) -> Picture | Why:
    form = data[12:16]
    if form == b"VP8X":
        width = 1 + int.from_bytes(data[24:27], "little")
        height = 1 + int.from_bytes(data[27:30], "little")
    elif form == b"VP8L" and data[20] == 0x2F:
        bits = int.from_bytes(data[21:25], "little")
        width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    elif form == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = (one & 0x3FFF for one in struct.unpack("<HH", data[26:30]))
    else:
        return "unreadable"
    return Picture(media_type="image/webp", width=width, height=height, data=data)


_SVG: Final = "{http://www.w3.org/2000/svg}"
_SHAPES: Final = frozenset(
    {"svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon"}
    | {"title", "desc", "defs", "linearGradient", "radialGradient", "stop"}
)
"""Elements that an SVG of a stranger may have: shapes. No text (fonts), no use (it multiplies), no filter, no image."""
_MOST_ELEMENTS: Final = 20_000


def _svg(data: bytes) -> Picture | Why:
    if len(data) > _MOST_SVG:
        return "large"
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return "unreadable"
    if root.tag != f"{_SVG}svg":
        return "unknown"
    about: Any = root.getroottree().docinfo
    if about.doctype:
        return "outward"
    for number, element in enumerate(root.iter()):
        if number > _MOST_ELEMENTS:
            return "large"
        if not isinstance(element.tag, str) or element.tag.removeprefix(_SVG) not in _SHAPES or _outward(element):
            return "outward"
    size = _svg_size(root)
    if size is None:
        return "unreadable"
    width, height = size
    root.set("width", str(width))
    root.set("height", str(height))
    ours = etree.tostring(root, encoding="utf-8")
    return Picture(media_type="image/svg+xml", width=width, height=height, data=ours, vector=True)


def _outward(element: etree._Element) -> bool:
    """Whether an attribute does more than say how a shape looks: an address outside, an event, a style sheet."""
    for name, value in element.attrib.items():
        plain = str(name).rpartition("}")[2].casefold()
        said = str(value).casefold().replace(" ", "")
        if plain.startswith("on") or plain in {"base", "src"}:
            return True
        if plain == "href" and not said.startswith("#"):
            return True
        if "url(" in said and "url(#" not in said:
            return True
        if "url(" in said.replace("url(#", "") or "@import" in said or "\\" in said:
            return True
    return False


def _svg_size(root: etree._Element) -> tuple[int, int] | None:
    """Width and height in pixels, of the attributes or of the view box."""
    sizes = [_length(str(root.get(name, ""))) for name in ("width", "height")]
    box = str(root.get("viewBox", "")).replace(",", " ").split()
    if None in sizes and len(box) == 4:
        sizes = [_length(one) for one in box[2:]]
    width, height = sizes
    return None if width is None or height is None else (width, height)


def _length(text: str) -> int | None:
    try:
        number = float(text.strip().removesuffix("px"))
    except ValueError:
        return None
    return max(1, round(number)) if 0 < number < 100_000 else None
