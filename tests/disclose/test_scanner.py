"""The scanner finds a mark that is planted in an answer, in every way that one could be left behind."""

from __future__ import annotations

import base64
import gzip
import io
import quopri
import unicodedata
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

import pypdf
import pypdf.annotations
import pytest
from PIL import Image

from tests.disclose import marked_files as files
from tests.disclose.scanner import Scanner
from tests.servers.tesseract import Tesseract

MARK, OTHER = "KXWMTRBLPN", "HVGDACUFEY"


def _zipped(data: bytes, name: str = "a.txt") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr(name, data)
    return out.getvalue()


def _pdf(**parts: str) -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    if "title" in parts:
        writer.add_metadata({"/Title": parts["title"]})
    if "attached" in parts:
        writer.add_attachment("fil.txt", parts["attached"].encode())
    if "note" in parts:
        writer.add_annotation(0, pypdf.annotations.FreeText(text=parts["note"], rect=(0, 0, 50, 50)))
    if "xmp" in parts:
        writer.xmp_metadata = files._xmp(parts["xmp"].encode()).replace(b'"w"', b'"r"')
    writer.compress_identical_objects()
    for page in writer.pages:
        page.compress_content_streams()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _mail(data: bytes) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "a@b.se", "Svar"
    message.set_content("Hej å")
    message.add_attachment(data, maintype="application", subtype="zip", filename="svar.zip")
    return message.as_bytes()


WAYS: dict[str, Callable[[str], bytes]] = {
    "as it is": lambda mark: f"Hej {mark}!".encode(),
    "small letters": lambda mark: mark.lower().encode(),
    "wide": lambda mark: mark.encode("utf-16-be"),
    "zip": lambda mark: _zipped(mark.encode()),
    "zip in zip": lambda mark: _zipped(_zipped(mark.encode()), "inre.zip"),
    "name in zip": lambda mark: _zipped(b"x", f"{mark}.txt"),
    "gzip": lambda mark: gzip.compress(mark.encode()),
    "base64": lambda mark: base64.b64encode(f"Det var {mark} som skrev".encode()),
    "quoted-printable": lambda mark: quopri.encodestring(f"{'å' * 20}{mark}".encode()),
    "percent": lambda mark: ("https://x/" + "".join(f"%{byte:02X}" for byte in mark.encode())).encode(),
    "JSON": lambda mark: ('"' + "".join(f"\\u{ord(sign):04x}" for sign in mark) + '"').encode(),
    "entities": lambda mark: "".join(f"&#{ord(sign)};" for sign in mark).encode(),
    "spaced": lambda mark: " ".join(mark).encode(),
    "over two lines": lambda mark: f"{mark[:4]}-\n{mark[4:]}".encode(),
    "no width": lambda mark: "\u200b".join(mark).encode(),
    "accents": lambda mark: unicodedata.normalize("NFC", "\u0301".join(mark)).encode(),
    "wide letters": lambda mark: "".join(chr(ord(sign) + 0xFEE0) for sign in mark).encode(),
    "address": lambda mark: quote(f"å {mark}").encode(),
    "PDF title": lambda mark: _pdf(title=mark),
    "PDF attachment": lambda mark: _pdf(attached=mark),
    "PDF note": lambda mark: _pdf(note=mark),
    "PDF XMP": lambda mark: _pdf(xmp=mark),
    "PDF page": files.document,
    "EXIF": lambda mark: files.spoken(files.saved(files.drawn(["A"])[0], "JPEG"), [mark, OTHER]),
    "PNG zTXt": lambda mark: files.written(files.saved(files.drawn(["A"])[0], "PNG"), [OTHER, mark]),
    "GIF comment": lambda mark: files.moving(["A", "B"], mark)[0],
    "captions": lambda mark: files.vtt([mark]),
    "film title": lambda mark: files.film(["A"], mark, "B"),
    "film captions": lambda mark: files.film(["A"], "B", mark),
    "mail": lambda mark: _mail(_zipped(mark.encode())),
}
PIXELS: dict[str, Callable[[str], bytes]] = {
    "PNG": lambda mark: files.saved(files.drawn([mark])[0], "PNG"),
    "PNG in a zip": lambda mark: _zipped(files.saved(files.drawn([mark])[0], "PNG"), "a.png"),
    "transparent": lambda mark: files.saved(_transparent(files.drawn([mark])[0]), "PNG"),
    "turned": lambda mark: files.turned([mark], 6, [OTHER])[0],
    "small picture inside": lambda mark: files.spoken(
        files.saved(Image.new("RGB", (50, 50), "white"), "JPEG"),
        [OTHER],
        thumbnail=files.saved(files.drawn([mark])[0], "JPEG"),
    ),
    "a later frame": lambda mark: files.moving(["A", mark], "B")[0],
    "film": lambda mark: files.film(["A", mark], "B", "C"),
    "page": lambda mark: files.saved(files.drawn([mark])[0], "PDF"),
}


def _transparent(picture: Image.Image) -> Image.Image:
    seen = picture.convert("RGBA")
    seen.putalpha(0)
    return seen


@pytest.mark.parametrize("way", WAYS)
def test_a_planted_mark_is_found(way: str) -> None:
    """The one mark, and no other."""
    scanner = Scanner([MARK, "LNPYHWKRGT"])
    scanner.data("prov", WAYS[way](MARK))
    assert scanner.found == {MARK}


@pytest.mark.parametrize("way", PIXELS)
def test_a_mark_in_pixels_is_read(way: str, ocr: Tesseract) -> None:
    """The one mark, and no other."""
    scanner = Scanner([MARK, "LNPYHWKRGT"], ocr)
    scanner.data("prov", PIXELS[way](MARK))
    assert scanner.found == {MARK}


def test_names_are_looked_at(tmp_path: Path) -> None:
    """Names of files and folders are part of what is handed over."""
    (tmp_path / MARK).mkdir()
    (tmp_path / MARK / "a.txt").write_text("x")
    scanner = Scanner([MARK])
    assert scanner.folder("svar", tmp_path) == 1
    assert scanner.found == {MARK}


def test_what_is_read_wrongly_is_found_all_the_same() -> None:
    """Two letters wrong of ten are a find; half of them are none."""
    scanner = Scanner([MARK, OTHER])
    scanner.read("prov", "se KXVMTRBI.PN där")
    assert scanner.found == {MARK}
    scanner.read("prov", "HVGDA XXXXX och vanlig text om vatten och avgifter på torget")
    assert scanner.found == {MARK}
