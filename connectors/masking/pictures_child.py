"""The program that makes one picture anew: Pillow in a process of its own, started by ``connectors.masking.pictures``.

Pillow reads its forms in C, and what it is handed was made by anybody. So it runs apart, as ``connectors.playing_child``
does: before it sees a byte of the picture it gives up opening files, writing files and core dumps, and has a bound of
memory and of processor time.

Standard input: one line of JSON ``{"regions": [[x, y, width, height], …], "draw": bool}`` and the picture's bytes.
Standard output: one line, ``A <media type> <width> <height>`` followed by the new picture (none where nothing is drawn),
or ``E <finding code>``.

The new picture is made of pixels and nothing else: they are copied into an empty picture, so that no comment, profile,
text, thumbnail, second picture or byte after the end comes along. What cannot be seen is not given either: under pixels
that are wholly transparent there is nothing.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from typing import Any, Final

from PIL import AvifImagePlugin, Image, ImageCms, ImageSequence, PngImagePlugin

MEMORY: Final = 4 * 1024 * 1024 * 1024
"""Bytes of address space; a picture of the most pixels takes some four bytes for each of them, several times."""
SECONDS: Final = 120
"""Of processor time."""
MOST_PIXELS: Final = 120_000_000
"""Of all frames together."""
MOST_FRAMES: Final = 2_000
QUALITY: Final = 92
"""Of JPEG; colours keep every pixel (4:4:4)."""

_FORMATS: Final = ("AVIF", "BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP")
_MOVING: Final = frozenset({"AVIF", "GIF", "PNG", "WEBP"})
_ORIENTATION: Final = 0x0112
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class _NoError(Exception):
    """Not this picture. ``code``: a finding code."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def main() -> None:
    """Read a picture from standard input and answer on standard output; see the module."""
    source = sys.stdin.buffer
    asked: dict[str, Any] = json.loads(source.readline())
    srgb = ImageCms.createProfile("sRGB")
    _warm_up(srgb)
    _give_up()
    data = source.read()
    try:
        media_type, size, made = draw(data, asked["regions"], srgb, only_size=not asked["draw"])
    except _NoError as error:
        answer, made = f"E {error.code}\n", b""
    except (MemoryError, RecursionError):
        answer, made = "E Q176\n", b""
    except Exception:  # noqa: BLE001 - Pillow raises a dozen sorts for damaged files; no text of theirs goes on
        answer, made = "E Q171\n", b""
    else:
        answer = f"A {media_type} {size[0]} {size[1]}\n"
    sys.stdout.buffer.write(answer.encode("ascii"))
    sys.stdout.buffer.write(made)
    sys.stdout.buffer.flush()


def draw(
    data: bytes, regions: list[list[int]], srgb: Any, *, only_size: bool = False
) -> tuple[str, tuple[int, int], bytes]:
    """Make the picture anew: its media type, its size as shown, its bytes (none with ``only_size``)."""
    Image.MAX_IMAGE_PIXELS = None  # our own bound follows, before a pixel is read
    with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
        name = picture.format or ""
        frames = getattr(picture, "n_frames", 1) if name in _MOVING or name == "TIFF" else 1
        if frames > 1 and name not in _MOVING:
            raise _NoError("Q173")
        if frames > MOST_FRAMES or picture.width * picture.height * frames > MOST_PIXELS:
            raise _NoError("Q172")
        if frames > 1:
            return _moving(picture, regions, srgb, only_size=only_size)
        picture.load()
        turn = _TURNS.get(_orientation(picture))
        size = picture.size if turn is None else picture.transpose(turn).size
        if only_size:
            return "", size, b""
        clean = _masked(_clean(picture, srgb, turn), regions)
    photograph = name in {"JPEG", "MPO"} and clean.mode in {"L", "RGB"}
    out = io.BytesIO()
    if photograph:
        clean.save(out, "JPEG", quality=QUALITY, subsampling="4:4:4")
    else:
        clean.save(out, "PNG")
    return f"image/{'jpeg' if photograph else 'png'}", size, out.getvalue()


def _moving(
    picture: Image.Image, regions: list[list[int]], srgb: Any, *, only_size: bool
) -> tuple[str, tuple[int, int], bytes]:
    """Every frame masked, as APNG: in the order and for the times of the old one."""
    made: list[Image.Image] = []
    times: list[int] = []
    turn: Image.Transpose | None = None
    # A PNG may have a picture in front that moving ones do not show; nobody assessed it.
    hidden = 1 if picture.info.get("default_image") else 0
    for number, frame in enumerate(ImageSequence.Iterator(picture)):
        frame.load()
        if number == 0:
            turn = _TURNS.get(_orientation(picture))
            if only_size:
                return "", picture.size if turn is None else frame.transpose(turn).size, b""
        if number >= hidden:
            times.append(_milliseconds(frame.info.get("duration")))
            made.append(_masked(_clean(frame, srgb, turn).convert("RGBA"), regions))
    out = io.BytesIO()
    loop = picture.info.get("loop", 1)
    made[0].save(
        out,
        "PNG",
        save_all=True,
        append_images=made[1:],
        duration=times,
        loop=loop if isinstance(loop, int) and 0 <= loop <= 65_535 else 0,
        disposal=PngImagePlugin.Disposal.OP_NONE,
        blend=PngImagePlugin.Blend.OP_SOURCE,
    )
    return "image/png", made[0].size, out.getvalue()


def _milliseconds(told: object) -> int:
    """A frame's time; one that a viewer would not believe is a tenth of a second."""
    return round(told) if isinstance(told, int | float) and 0 < told <= 60_000 else 100


def _orientation(picture: Image.Image) -> int:
    """EXIF's orientation, 1 to 8. That of other metadata is not counted: viewers do not either."""
    written = picture.info.get("exif")
    if not isinstance(written, bytes):
        return 1
    exif = Image.Exif()
    try:
        exif.load(written)
        found = exif.get(_ORIENTATION, 1)
    except (SyntaxError, ValueError, KeyError, OSError, TypeError, IndexError, OverflowError):
        return 1
    return found if isinstance(found, int) and 1 <= found <= 8 else 1


def _clean(picture: Image.Image, srgb: Any, turn: Image.Transpose | None) -> Image.Image:
    """Its pixels alone, as shown: 8 bits, grey, RGB or RGBA, in sRGB, turned upright."""
    profile = picture.info.get("icc_profile")
    alpha: Image.Image | None = None
    if picture.mode.startswith("I;16"):
        # An extreme is kept: eight bits of sixteen, the upper ones.
        plain = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    elif picture.mode in {"I", "F"}:
        plain = _stretched(picture)
    elif picture.has_transparency_data:
        whole = picture.convert("RGBA")
        alpha, plain = whole.getchannel("A"), whole.convert("RGB")
    elif picture.mode in {"L", "RGB", "CMYK"}:
        plain = picture
    else:
        plain = picture.convert("L" if picture.mode == "1" else "RGB")
    if isinstance(profile, bytes) and profile and plain.mode in {"RGB", "CMYK"}:
        plain = _in_srgb(plain, profile, srgb)
    if plain.mode == "CMYK":
        plain = plain.convert("RGB")
    if alpha is not None:
        nothing = Image.new("RGB", plain.size)
        plain = Image.composite(plain, nothing, alpha.point(lambda value: 255 if value else 0))
        plain.putalpha(alpha)
    clean = Image.new(plain.mode, plain.size)
    clean.paste(plain)
    return clean if turn is None else clean.transpose(turn)


def _stretched(picture: Image.Image) -> Image.Image:
    """Numbers of any size as grey, the least black and the greatest white; those of 8 and 16 bits as they are."""
    low, high = (float(one) for one in picture.getextrema())  # type: ignore[arg-type]
    if not (-1e30 < low <= high < 1e30):
        raise _NoError("Q171")
    if low >= 0 and high <= 255:
        low, high = 0.0, 255.0
    elif low >= 0 and high <= 65_535:
        low, high = 0.0, 65_535.0
    scale = 255 / ((high - low) or 1)
    return picture.convert("F").point(lambda value: value * scale + (-low * scale)).convert("L")


def _in_srgb(picture: Image.Image, profile: bytes, srgb: Any) -> Image.Image:
    """Colours as a viewer shows them; a profile that is damaged or of another sort is not followed."""
    try:
        made = ImageCms.profileToProfile(picture, ImageCms.ImageCmsProfile(io.BytesIO(profile)), srgb, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture
    return made if made is not None else picture


def _masked(picture: Image.Image, regions: list[list[int]]) -> Image.Image:
    """The regions filled, black and opaque. ``picture`` is changed."""
    black: Any = {"L": 0, "RGB": (0, 0, 0), "RGBA": (0, 0, 0, 255)}[picture.mode]
    for x, y, width, height in regions:
        left, top = max(0, x), max(0, y)
        right, bottom = min(picture.width, x + width), min(picture.height, y + height)
        if width <= 0 or height <= 0 or right <= left or bottom <= top:
            raise _NoError("Q174")
        picture.paste(black, (left, top, right, bottom))
    return picture


def _warm_up(srgb: Any) -> None:
    """Read and make a picture of every form: what is loaded on demand is loaded before no file can be opened any more."""
    _ = AvifImagePlugin  # to make one is slow, to load it is enough
    for name in (one for one in _FORMATS if one != "AVIF"):
        first, second = (Image.new("RGB", (8, 8), colour) for colour in ("black", "white"))
        small = io.BytesIO()
        more: dict[str, Any] = {"save_all": True, "append_images": [second]} if name in _MOVING else {}
        first.save(small, name, **more)
        draw(small.getvalue(), [], srgb)


def _give_up() -> None:
    bounds = (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 0),  # what is open stays open: the pipes
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
    )
    for bound, value in bounds:
        # Whoever started us may have bounded us more narrowly already.
        most = resource.getrlimit(bound)[1]
        least = value if most == resource.RLIM_INFINITY else min(value, most)
        resource.setrlimit(bound, (least, least))


if __name__ == "__main__":
    main()
