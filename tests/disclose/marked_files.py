"""Attachments with secret marks in every place that a file has for words: pixels, metadata, thumbnails, tracks, tails."""

from __future__ import annotations

import io
import struct
import subprocess
import zlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import imageio_ffmpeg
from PIL import Image, ImageDraw, ImageFont

from tests.films import pdf

Box = tuple[int, int, int, int]
"""x, y, width, height in pixels."""
SIZE = 40
"""Height of letters, large enough to be read."""
_ROW, _LEFT = 70, 30
_BACK = {5: 5, 6: 8, 7: 7, 8: 6}
_TURN = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What a viewer does to the stored pixels, by EXIF orientation."""


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    found = ImageFont.load_default(size)
    assert isinstance(found, ImageFont.FreeTypeFont)
    return found


def drawn(words: Sequence[str], *, mode: str = "RGB", size: int = SIZE) -> tuple[Image.Image, list[Box]]:
    """A white picture with the words below each other in black; the box of each."""
    height = _ROW * size // SIZE
    picture = Image.new("RGB", (480 * size // SIZE, height * len(words) + 20), "white")
    pen = ImageDraw.Draw(picture)
    boxes = []
    for number, word in enumerate(words):
        at = (_LEFT, 10 + number * height)
        pen.text(at, word, fill="black", font=_font(size))
        left, top, right, bottom = pen.textbbox(at, word, font=_font(size))
        boxes.append((int(left) - 4, int(top) - 4, int(right - left) + 8, int(bottom - top) + 8))
    return picture.convert(mode), boxes


def saved(picture: Image.Image, form: str, **options: object) -> bytes:
    """The picture as a file."""
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


# --- JPEG ---------------------------------------------------------------------------------------------------------


def turned(words: Sequence[str], orientation: int, marks: Sequence[str]) -> tuple[bytes, list[Box]]:
    """A JPEG that is stored turned and shown upright (EXIF); boxes as shown. ``marks``: words in its metadata."""
    shown, boxes = drawn(words)
    back = _BACK.get(orientation, orientation)
    stored = shown.transpose(_TURN[back]) if back in _TURN else shown
    thumbnail = saved(stored.resize((max(1, stored.width // 2), max(1, stored.height // 2))), "JPEG", quality=80)
    return spoken(saved(stored, "JPEG", quality=92), marks, orientation=orientation, thumbnail=thumbnail), boxes


def spoken(jpeg: bytes, marks: Sequence[str], *, orientation: int = 1, thumbnail: bytes = b"") -> bytes:
    """The JPEG with marks in EXIF, XMP, IPTC, a comment and behind its end; the five in turn."""
    exif, xmp, iptc, comment, tail = (
        [marks[number % len(marks)].encode() for number in range(5)] if marks else [b""] * 5
    )
    parts = [
        (0xE1, b"Exif\0\0" + _tiff(exif, orientation, thumbnail)),
        (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + _xmp(xmp)),
        (0xED, b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + _sized(_iptc(iptc))),
        (0xFE, b"Bild av " + comment),
    ]
    told = b"".join(bytes([0xFF, sort]) + struct.pack(">H", len(body) + 2) + body for sort, body in parts)
    return jpeg[:2] + told + jpeg[2:] + b"tail " + tail


def _tiff(words: bytes, orientation: int, thumbnail: bytes) -> bytes:
    """ImageDescription, Orientation, Artist; and a thumbnail in a second directory."""
    text = b"Foto " + words + b"\0"
    first = 8
    after = first + 2 + 3 * 12 + 4
    second = after + len(text)
    picture = second + 2 + 3 * 12 + 4
    entries = [
        (0x010E, 2, len(text), struct.pack("<I", after)),
        (0x0112, 3, 1, struct.pack("<HH", orientation, 0)),
        (0x013B, 2, len(text), struct.pack("<I", after)),
    ]
    head = b"II*\0" + struct.pack("<I", first)
    directory = struct.pack("<H", 3) + b"".join(struct.pack("<HHI", *one[:3]) + one[3] for one in entries)
    more = [(0x0103, 3, 1, 6), (0x0201, 4, 1, picture), (0x0202, 4, 1, len(thumbnail))]
    other = struct.pack("<H", 3) + b"".join(struct.pack("<HHII", *one) for one in more) + struct.pack("<I", 0)
    if not thumbnail:
        return head + directory + struct.pack("<I", 0) + text
    return head + directory + struct.pack("<I", second) + text + other + thumbnail


def _xmp(words: bytes) -> bytes:
    return (
        b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        b'xmlns:dc="http://purl.org/dc/elements/1.1/" dc:title="' + words + b'"/></rdf:RDF></x:xmpmeta>'
        b'<?xpacket end="w"?>'
    )


def _iptc(words: bytes) -> bytes:
    return b"\x1c\x02\x78" + struct.pack(">H", len(words)) + words


def _sized(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data + b"\0" * (len(data) % 2)


# --- PNG, GIF, WebP -----------------------------------------------------------------------------------------------


def written(png: bytes, marks: Sequence[str]) -> bytes:
    """The PNG with marks in tEXt, zTXt, iTXt (packed), eXIf and behind its end; the five in turn."""
    plain, packed, wide, exif, tail = [marks[number % len(marks)].encode() for number in range(5)]
    told = (
        _chunk(b"tEXt", b"Comment\0" + plain)
        + _chunk(b"zTXt", b"Author\0\0" + zlib.compress(b"Bild av " + packed, 9))
        + _chunk(b"iTXt", b"Title\0\1\0sv\0Titel\0" + zlib.compress("Ö ".encode() + wide, 9))
        + _chunk(b"eXIf", _tiff(exif, 1, b""))
    )
    at = png.index(b"IDAT") - 4
    return png[:at] + told + png[at:] + b"tail " + tail


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def moving(words: Sequence[str], comment: str) -> tuple[bytes, list[Box]]:
    """An animated GIF of three frames; the first word stands in each, the others below it in turn. Boxes of all."""
    frames = []
    _, boxes = drawn(words)
    for number in range(3):
        one, _ = drawn([words[0], *(words[1:] if number % 2 else [""] * len(words[1:]))])
        frames.append(one.convert("P"))
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=200, loop=0, comment=comment)
    return data, boxes


def webp(words: Sequence[str], mark: str) -> tuple[bytes, list[Box]]:
    """A WebP with EXIF and XMP."""
    picture, boxes = drawn(words)
    exif = b"Exif\0\0" + _tiff(mark.encode(), 1, b"")
    return saved(picture, "WEBP", lossless=True, exif=exif, xmp=_xmp(mark.encode())), boxes


# --- recordings and documents -------------------------------------------------------------------------------------


def film(words: Sequence[str], title: str, subtitle: str) -> bytes:
    """A film that shows each word for a second, with a title in its metadata and a caption track inside."""
    with TemporaryDirectory() as folder:
        below = Path(folder)
        for number, word in enumerate(words):
            drawn([word])[0].crop((0, 0, 480, 90)).save(below / f"{number}.png")
        text = below / "text.srt"
        text.write_text(f"1\n00:00:00,000 --> 00:00:00,900\n{subtitle}\n", "utf-8")
        length = str(len(words))
        command = ["-framerate", "1", "-i", str(below / "%d.png"), "-f", "lavfi"]
        command += ["-i", f"sine=frequency=440:sample_rate=48000:duration={length}", "-i", str(text)]
        command += ["-map", "0:v", "-map", "1:a", "-map", "2:s", "-c:v", "libx264", "-preset", "ultrafast"]
        command += ["-pix_fmt", "yuv420p", "-r", "10", "-c:a", "aac", "-b:a", "32k", "-c:s", "mov_text"]
        return _made([*command, "-metadata", f"title={title}", "-metadata", f"comment={title}"], below / "film.mp4")


def sound(title: str, seconds: int = 2) -> bytes:
    """A sound recording with a title."""
    with TemporaryDirectory() as folder:
        tone = f"sine=frequency=330:sample_rate=48000:duration={seconds}"
        command = ["-f", "lavfi", "-i", tone, "-c:a", "libmp3lame", "-b:a", "32k", "-metadata", f"title={title}"]
        return _made(command, Path(folder) / "ljud.mp3")


def _made(command: Sequence[str], out: Path) -> bytes:
    program = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-nostdin", "-y"]
    subprocess.run([*program, *command, "-threads", "1", str(out)], check=True, timeout=120)
    return out.read_bytes()


def document(words: str) -> bytes:
    """A PDF with the words on its page."""
    with TemporaryDirectory() as folder:
        return pdf(Path(folder) / "bilaga.pdf", words=words).read_bytes()


def vtt(lines: Sequence[str]) -> bytes:
    """A WebVTT file with a cue for each line."""
    cues = [f"00:{n:02d}.000 --> 00:{n:02d}.900\n{line}\n" for n, line in enumerate(lines)]
    return ("WEBVTT\n\nNOTE gjord för provet\n\n" + "\n".join(cues)).encode()


def srt(lines: Sequence[str]) -> bytes:
    """A SubRip file with a cue for each line."""
    cues = [f"{n + 1}\n00:00:{n:02d},000 --> 00:00:{n:02d},900\n{line}\n" for n, line in enumerate(lines)]
    return "\n".join(cues).encode()
