"""Masked pictures hold their pixels and nothing else, and under a mask there is nothing."""

from __future__ import annotations

import io
import random
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw, ImageFont, TiffImagePlugin
from PIL.PngImagePlugin import PngInfo

from connectors.masking import open_masker, pictures, pictures_child
from schemas.neighbours import UnmaskableError
from schemas.request import Mask
from tests.servers.tesseract import Tesseract

_MASKER = open_masker(None)
MARK: Final = "HEMLIGTMARKE7"
_TURNS: Final = {
    1: lambda one: one,
    2: lambda one: one.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    3: lambda one: one.transpose(Image.Transpose.ROTATE_180),
    4: lambda one: one.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
    5: lambda one: one.transpose(Image.Transpose.TRANSPOSE),
    6: lambda one: one.transpose(Image.Transpose.ROTATE_90),  # what EXIF 6 says is undone by turning it on
    7: lambda one: one.transpose(Image.Transpose.TRANSVERSE),
    8: lambda one: one.transpose(Image.Transpose.ROTATE_270),
}


def _region(x: int, y: int, width: int, height: int) -> Mask:
    return Mask(sort="region", where="media:0", provision="OSL 21:1", x=x, y=y, width=width, height=height)


def _bytes(picture: Image.Image, form: str, **more: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **more)
    return out.getvalue()


def _opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def _photograph(width: int = 96, height: int = 64, seed: int = 1) -> Image.Image:
    """Smooth colours with an own one in each quarter, so that a turn shows."""
    picture = Image.new("RGB", (width, height))
    chance = random.Random(seed)
    draw = ImageDraw.Draw(picture)
    for x in range(0, width, 16):
        for y in range(0, height, 16):
            draw.rectangle((x, y, x + 15, y + 15), fill=tuple(chance.randrange(60, 250) for _ in range(3)))
    return picture


def _drawn(data: bytes, *places: tuple[int, ...]) -> bytes:
    """What the program makes of a picture, without a process of its own (which costs a tenth of a second)."""
    return pictures_child.draw(data, [list(one) for one in places], ImageCms.createProfile("sRGB"))[2]


def _code(data: bytes, *masks: Mask) -> str:
    with pytest.raises(UnmaskableError) as refused:
        _MASKER.picture(data, masks)
    assert str(refused.value) == refused.value.code
    return refused.value.code


def _chunks(png: bytes) -> list[bytes]:
    """Types of a PNG's chunks; the file ends with the last one."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at, found = 8, []
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        found.append(kind)
        at += 12 + length
    assert at == len(png)
    assert found[-1] == b"IEND"
    return found


def _segments(jpeg: bytes) -> list[int]:
    """Markers of a JPEG before its scan; nothing follows its end."""
    assert jpeg.startswith(b"\xff\xd8")
    assert jpeg.endswith(b"\xff\xd9")
    assert jpeg.count(b"\xff\xd9") == 1
    at, found = 2, []
    while jpeg[at + 1] != 0xDA:
        found.append(jpeg[at + 1])
        at += 2 + int(struct.unpack(">H", jpeg[at + 2 : at + 4])[0])
    return found


def _bare(data: bytes) -> None:
    """Hold that the file has nothing but pixels."""
    if data.startswith(b"\x89PNG"):
        assert set(_chunks(data)) <= {b"IHDR", b"IDAT", b"IEND", b"acTL", b"fcTL", b"fdAT"}
    else:
        assert set(_segments(data)) <= {0xE0, 0xDB, 0xC0, 0xC4}
        assert data[6:11] == b"JFIF\0"
        assert data[18:20] == b"\0\0"  # no thumbnail in it
    for form in (MARK.encode(), MARK.encode("utf-16-le"), MARK.encode("utf-16-be")):
        assert form not in data


# -- what is planted in files


def _exif(orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[0x010E], exif[0x013B], exif[0x9C9C] = MARK, MARK, MARK.encode("utf-16-le")
    exif[0x0112] = orientation
    return exif.tobytes()


def _profile() -> bytes:
    return bytes(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()).replace(b"sRGB", MARK[:4].encode())


def _segment(marker: int, data: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(data) + 2) + data


def _planted_jpeg() -> bytes:
    thumbnail = _bytes(Image.new("RGB", (32, 32), "white"), "JPEG", comment=MARK)
    whole = _bytes(_photograph(), "JPEG", quality=95, exif=_exif(), icc_profile=_profile(), comment=MARK)
    mark = MARK.encode()
    extra = (
        _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + mark + b"</x:xmpmeta>")
        + _segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x12\x1c\x02\x78\0\x0d" + mark)
        + _segment(0xE7, mark)
        + _segment(0xE2, b"MPF\0" + mark)
        + _segment(0xE1, b"Exif\0\0" + thumbnail)
    )
    return whole[:2] + extra + whole[2:] + mark + thumbnail


def _planted_png() -> bytes:
    info = PngInfo()
    info.add_text("Comment", MARK)
    info.add_text("Zipped", MARK, zip=True)
    info.add_itxt("Title", MARK, "sv", MARK)
    info.add(b"prIv", MARK.encode())
    whole = _bytes(_photograph(), "PNG", pnginfo=info, exif=_exif(), icc_profile=_profile(), dpi=(71, 71))
    return whole + zlib.compress(MARK.encode()) + MARK.encode()


def _planted_tiff() -> bytes:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[270], tags[305], tags[700] = MARK, MARK, MARK.encode()
    tags.tagtype[700] = 1
    return _bytes(_photograph(), "TIFF", tiffinfo=tags, icc_profile=_profile()) + MARK.encode()


PLANTED: Final[dict[str, Callable[[], bytes]]] = {
    "jpeg": _planted_jpeg,
    "png": _planted_png,
    "tiff": _planted_tiff,
    "gif": lambda: _bytes(_photograph(), "GIF", comment=MARK) + MARK.encode(),
    "webp": lambda: (
        _bytes(_photograph(), "WEBP", lossless=True, exif=_exif(), xmp=MARK.encode(), icc_profile=_profile())
        + MARK.encode()
    ),
    "avif": lambda: _bytes(_photograph(), "AVIF", exif=_exif(), xmp=MARK.encode(), icc_profile=_profile()),
    "bmp": lambda: _bytes(_photograph(), "BMP") + MARK.encode(),
}


@pytest.mark.parametrize("form", PLANTED)
@pytest.mark.parametrize("masks", [(), (_region(16, 16, 32, 16),)], ids=["metadata", "region"])
def test_nothing_but_pixels_comes_along(form: str, masks: tuple[Mask, ...]) -> None:
    """Comments, EXIF, XMP, IPTC, profiles, thumbnails, private parts and what follows the end are gone."""
    data = PLANTED[form]()
    assert MARK.encode() in data
    made, media_type = _MASKER.picture(data, masks or (Mask(sort="metadata", where="media:0", provision="OSL 21:1"),))
    assert media_type == ("image/jpeg" if form == "jpeg" else "image/png")
    _bare(made)
    found = _opened(made)
    assert not {"exif", "xmp", "icc_profile", "comment"} & set(found.info)
    assert found.size == (96, 64)
    if masks:
        assert _MASKER.picture(data, masks) == (made, media_type)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_regions_are_places_in_the_picture_as_shown(form: str, orientation: int) -> None:
    """For each of EXIF's eight orientations, shape and regions are those of the upright picture."""
    upright = _photograph(96, 64)
    stored = _TURNS[orientation](upright)
    more: dict[str, Any] = {"exif": _exif(orientation)}
    if form == "TIFF":
        more = {"tiffinfo": {274: orientation}}
    if form == "WEBP":
        more["lossless"] = True
    data = _bytes(stored, form, **more)
    if orientation == 6:
        assert _MASKER.shape(data) == (96, 64)
    found = _opened(_drawn(data, (64, 0, 32, 16))).convert("RGB")
    expected = upright.copy()
    expected.paste((0, 0, 0), (64, 0, 96, 16))
    near = 12 if form == "JPEG" else 0
    for x in range(4, 96, 16):
        for y in range(4, 64, 16):
            pairs = zip(_rgb(found, x, y), _rgb(expected, x, y), strict=True)
            assert all(abs(a - b) <= near for a, b in pairs), (x, y)


def _rgb(picture: Image.Image, x: int, y: int) -> tuple[int, ...]:
    found = picture.getpixel((x, y))
    assert isinstance(found, tuple)
    return found


def _grey(picture: Image.Image) -> float:
    """Brightness of one pixel that lies under no mask."""
    found = picture.convert("L").getpixel((40, 40))
    assert isinstance(found, int | float)
    return found


_PLACES = st.tuples(*(st.integers(-50, 90) for _ in range(2)), *(st.integers(1, 120) for _ in range(2)))


@settings(max_examples=40, deadline=None)
@given(places=st.lists(_PLACES, max_size=4), form=st.sampled_from(["PNG", "JPEG", "BMP", "WEBP"]))
def test_outside_of_the_regions_the_picture_is_the_same(places: list[tuple[int, ...]], form: str) -> None:
    """Overlapping, cut or at the edge: inside all is black, outside every pixel is as before (JPEG: nearly)."""
    picture = _photograph(80, 70, seed=3)
    places = [one for one in places if one[0] < 80 and one[1] < 70 and one[0] + one[2] > 0 and one[1] + one[3] > 0]
    more: dict[str, Any] = {"lossless": True} if form == "WEBP" else {}
    if form == "JPEG":
        more = {"quality": 98, "subsampling": 0}
    data = _bytes(picture, form, **more)
    before = _opened(data).convert("RGB")
    made = _opened(_drawn(data, *places)).convert("RGB")
    near = 40 if form == "JPEG" else 0
    total, outside = 0, 0
    for x in range(80):
        for y in range(x % 3, 70, 3):
            inside = any(a <= x < a + w and b <= y < b + h for a, b, w, h in places)
            wanted = (0, 0, 0) if inside else _rgb(before, x, y)
            off = max(abs(a - b) for a, b in zip(_rgb(made, x, y), wanted, strict=True))
            assert off <= near, (x, y)
            total, outside = total + off, outside + 1
    assert total <= 4 * outside


@pytest.mark.parametrize(
    "place", [(96, 0, 5, 5), (0, 64, 5, 5), (-5, 0, 5, 5), (0, -9, 9, 9), (3, 3, 0, 5), (3, 3, 5, 0), (3, 3, -2, -2)]
)
def test_a_region_that_masks_nothing_is_an_error(place: tuple[int, int, int, int]) -> None:
    """A region that is empty or lies wholly outside is told (Q174), not passed over, among good ones too."""
    assert _code(_bytes(_photograph(), "PNG"), _region(0, 0, 9, 9), _region(*place)) == "Q174"


@pytest.mark.parametrize("sort", ["sound", "picture", "span", "field", "file"])
def test_other_sorts_of_masks_are_refused(sort: Any) -> None:
    """A mask that a picture has no place for stops the copy (Q175): it is never silently left out."""
    assert _code(_bytes(_photograph(), "PNG"), Mask(sort=sort, where="media:0", provision="OSL 21:1")) == "Q175"


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP"])
def test_every_frame_of_a_moving_picture_is_masked(form: str) -> None:
    """All frames come along for their times, and each is black where the mask lies."""
    frames = [_photograph(64, 48, seed=number) for number in range(5)]
    more: dict[str, Any] = {"lossless": True} if form == "WEBP" else {}
    times = [100, 200, 300, 150, 250]
    data = _bytes(frames[0], form, save_all=True, append_images=frames[1:], duration=times, loop=0, **more)
    made, media_type = _MASKER.picture(data, [_region(8, 8, 24, 16)])
    _bare(made)
    assert media_type == "image/png"
    found = Image.open(io.BytesIO(made))
    assert getattr(found, "n_frames", 1) == 5
    told = []
    for number in range(5):
        found.seek(number)
        frame = found.convert("RGBA")
        told.append(round(found.info["duration"]))
        assert frame.crop((8, 8, 32, 24)).getcolors() == [(24 * 16, (0, 0, 0, 255))]
        off = [abs(a - b) for a, b in zip(_rgb(frame, 50, 40)[:3], _rgb(frames[number], 50, 40), strict=True)]
        assert max(off) <= (0 if form != "GIF" else 16)
    assert told == times


def test_several_pages_are_refused() -> None:
    """A TIFF of several pages is not given (Q173): no page is lost in silence."""
    data = _bytes(_photograph(), "TIFF", save_all=True, append_images=[_photograph(seed=2)])
    assert _code(data) == "Q173"


def test_of_several_pictures_in_a_jpeg_the_first_is_given() -> None:
    """What cameras hang behind a photograph (previews, depths) does not come along."""
    second = Image.new("RGB", (96, 64), "white")
    data = _bytes(_photograph(), "MPO", save_all=True, append_images=[second])
    made, media_type = _MASKER.picture(data, [_region(0, 0, 16, 16)])
    assert media_type == "image/jpeg"
    _bare(made)
    assert _opened(made).format == "JPEG"


def test_a_hidden_picture_before_a_moving_one_does_not_come_along() -> None:
    """A PNG's still, which moving ones do not show, is not among the frames."""
    frames = [_photograph(seed=number) for number in range(3)]
    hidden = Image.new("RGB", (96, 64), (1, 2, 3))
    data = _bytes(hidden, "PNG", save_all=True, append_images=frames, default_image=True, duration=100)
    found = _opened(_MASKER.picture(data, [])[0])
    assert getattr(found, "n_frames", 1) == 3
    assert _rgb(found.convert("RGB"), 5, 5) == _rgb(frames[0], 5, 5)


_PIXELS: Final = {
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    "TIFF": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16", "I", "F", "CMYK", "YCbCr", "LAB"),
    "JPEG": ("1", "L", "RGB", "CMYK", "YCbCr"),
}


@pytest.mark.parametrize(("form", "mode"), [(form, mode) for form, modes in _PIXELS.items() for mode in modes])
def test_every_sort_of_pixels_is_masked(form: str, mode: str) -> None:
    """Black and white, grey, palette, transparency, print colours, sixteen bits: masked black, the rest as it looked."""
    if mode in {"I;16", "I"}:
        picture = _photograph().convert("L").convert("I").point(lambda value: value * 257).convert(mode)
    elif mode == "LAB":
        picture = Image.new("LAB", (96, 64), (120, 128, 128))
    else:
        picture = _photograph().convert(mode)
    data = _bytes(picture, form)
    found = _opened(_drawn(data, (16, 16, 16, 16))).convert("RGB")
    assert max(_rgb(found, 24, 24)) <= 8
    if mode not in {"1", "LAB"}:
        assert abs(_grey(found) - _grey(_photograph())) <= 12


def test_masks_are_opaque_and_nothing_hides_under_what_is_transparent() -> None:
    """Masked pixels are opaque black; colours under wholly transparent pixels, which nobody saw, are gone."""
    picture = Image.new("RGBA", (40, 40), (200, 10, 20, 0))
    picture.paste((1, 200, 3, 128), (20, 0, 40, 40))
    for form in ("PNG", "WEBP"):
        data = _bytes(picture, form, **({"lossless": True, "exact": True} if form == "WEBP" else {}))
        found = _opened(_MASKER.picture(data, [_region(0, 0, 10, 10)])[0])
        assert found.mode == "RGBA"
        assert _rgb(found, 5, 5) == (0, 0, 0, 255)
        assert _rgb(found, 15, 15) == (0, 0, 0, 0)
        assert _rgb(found, 30, 30) == (1, 200, 3, 128)


def test_colours_are_as_a_viewer_shows_them() -> None:
    """A profile is followed and dropped: the file's red is another red without it."""
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    plain = _bytes(_photograph(), "PNG")
    wrong = _bytes(_photograph(), "PNG", icc_profile=lab)
    damaged = _bytes(_photograph(), "PNG", icc_profile=b"\0" * 200)
    made = [_opened(_MASKER.picture(one, [])[0]) for one in (plain, wrong, damaged)]
    assert all("icc_profile" not in one.info for one in made)
    assert made[0].tobytes() == made[2].tobytes()


@pytest.mark.parametrize("form", ["jpeg", "png", "gif"])
def test_masked_words_cannot_be_read(form: str, ocr: Tesseract) -> None:
    """Words drawn into the picture are read before the mask; afterwards those beside it alone."""
    picture = Image.new("RGB", (640, 200), "white")
    draw = ImageDraw.Draw(picture)
    draw.text((20, 20), "Kvitto nummer ARVIKA", font=ImageFont.load_default(40), fill="black")
    draw.text((20, 120), "Personnr KRONBLOM", font=ImageFont.load_default(40), fill="black")
    data = _bytes(picture, form.upper())
    assert "KRONBLOM" in ocr(data)
    made, _ = _MASKER.picture(data, [_region(10, 110, 600, 80)])
    inverted = Image.eval(
        _opened(made).convert("RGB"), lambda value: 255 if value else 0
    )  # all that is not quite black
    for one in (made, _bytes(inverted, "PNG")):
        assert "KRONBLOM" not in ocr(one)
    assert "ARVIKA" in ocr(made)


# -- hostile files


def _huge_png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def test_what_would_fill_the_memory_is_refused() -> None:
    """A small file that claims to be a huge picture is refused (Q172) before a pixel is read."""
    assert _code(_huge_png(60_000, 60_000)) == "Q172"
    with pytest.raises(UnmaskableError):
        _MASKER.shape(_huge_png(2**31 - 1, 2**31 - 1))
    frames = [Image.new("1", (4000, 4000), number % 2) for number in range(9)]
    assert _code(_bytes(frames[0], "GIF", save_all=True, append_images=frames[1:])) == "Q172"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"inte en bild",
        b"<svg xmlns='http://www.w3.org/2000/svg'><text>x</text></svg>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        b"\xff\xd8\xff\xd9",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"RIFF\0\0\0\0WEBPVP8 ",
    ],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    """Empty, other or cut files are unreadable (Q171), and forms that Pillow reads by other programs are not tried."""
    assert _code(data) == "Q171"
    with pytest.raises(UnmaskableError):
        _MASKER.shape(data)


@pytest.mark.parametrize("form", PLANTED)
def test_a_cut_picture_is_refused_or_whole(form: str) -> None:
    """A file that ends half way is not given as if it were whole."""
    data = PLANTED[form]()
    assert _code(data[: len(data) // 8]) == "Q171"


def test_damaged_files_cost_a_picture_and_nothing_else() -> None:
    """Pictures with bytes changed at random are made anew or refused with a code; never another error."""
    chance = random.Random(7)
    codes: set[str] = set()
    for form in ("jpeg", "png", "gif", "webp", "tiff"):
        whole = PLANTED[form]()
        for _ in range(4):
            data = bytearray(whole)
            for _ in range(chance.randrange(1, 9)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            try:
                made, _ = _MASKER.picture(bytes(data), [_region(0, 0, 9, 9)])
            except UnmaskableError as error:
                codes.add(error.code)
            else:
                _bare(made)
    assert codes <= {"Q171", "Q172", "Q173", "Q174", "Q176"}


def test_a_process_that_breaks_down_gives_no_picture(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """When the program crashes, hangs or says something else, the picture is refused (Q176)."""
    for text in (
        "import os; os.abort()",
        "print('A image/png 1 1')\nraise SystemExit(3)",
        "import time; time.sleep(60)",
    ):
        program = tmp_path / "child.py"
        program.write_text(text)
        monkeypatch.setattr(pictures, "_CHILD", program)
        monkeypatch.setattr(pictures, "WAIT", 1)
        assert _code(_bytes(_photograph(), "PNG")) == "Q176"


def test_the_process_can_open_nothing(tmp_path: Path) -> None:
    """After it has given up its rights, the program that reads pictures opens no file and writes none."""
    program = tmp_path / "tries.py"
    source = Path(pictures.__file__).with_name("pictures_child.py").read_text("utf-8")
    tries = "_give_up()\n    try:\n        open('/etc/hostname')\n    except OSError:\n        print('closed')\n    return\n"
    program.write_text(source.replace("_give_up()\n", tries, 1), "utf-8")
    assert program.read_text("utf-8") != source
    done = subprocess.run(
        [sys.executable, "-I", str(program)],
        input=b'{"regions": [], "draw": true}\n',
        capture_output=True,
        check=False,
    )
    assert done.stdout == b"closed\n", done.stderr
