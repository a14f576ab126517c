"""Sorts of attachments, each with marks of either fate in every place that it has for words, and what the officer says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from tests.disclose import marked_files as files
from tests.disclose.marks import PROVISIONS, Marks
from tests.disclose.published import File


def _region(box: files.Box, number: int = 0) -> str:
    return f"{number}:{','.join(map(str, box))}"


def _png_region(maker: Marks, this: str) -> list[File]:
    """One word of two in the pixels, marks in the text chunks; the alt text goes with it."""
    secret, shown = maker.word("masked", "pixels", "png region"), maker.word("given", "pixels", "png")
    picture, boxes = files.drawn([secret, shown])
    marks = [maker.word("masked", "file", f"png {sort}") for sort in ("tEXt", "zTXt", "iTXt", "eXIf", "tail")]
    data = files.written(files.saved(picture, "PNG"), marks)
    maker.mask(this, "--region", _region(boxes[0]))
    return [maker.file(data, "image/png", alt="masked")]


def _png_region_alt(maker: Marks, this: str) -> list[File]:
    """Two regions that overlap, the second attachment whole; the alt text is kept by the officer's choice."""
    secret = maker.word("masked", "pixels", "png overlapping regions")
    picture, boxes = files.drawn([secret, "Torget"])
    left, top, width, height = boxes[0]
    halves = ((left, top, width // 2 + 20, height), (left + width // 2, top, width // 2 + 10, height))
    for one in halves:
        maker.mask(this, "--region", _region(one), "--keep-alt")
    other = files.saved(files.drawn(["Torget"], mode="L")[0], "PNG")
    return [
        maker.file(files.saved(picture.convert("RGBA"), "PNG"), "image/png", alt="given"),
        maker.file(other, "image/png", alt="given"),
    ]


def _turned_region(maker: Marks, this: str) -> list[File]:
    """A JPEG that is stored turned, with its own small picture of itself."""
    secret, shown = maker.word("masked", "pixels", "turned jpeg"), maker.word("given", "pixels", "turned jpeg")
    marks = [maker.word("masked", "file", f"jpeg {sort}") for sort in ("exif", "xmp", "iptc", "comment", "tail")]
    data, boxes = files.turned([secret, shown], maker.turn(), marks)
    maker.mask(this, "--region", _region(boxes[0]))
    return [maker.file(data, "image/jpeg", alt="masked")]


def _metadata(maker: Marks, this: str) -> list[File]:
    """Metadata alone, of a JPEG and a WebP."""
    marks = [maker.word("masked", "file", f"metadata {sort}") for sort in ("exif", "xmp", "iptc", "comment", "tail")]
    first, _ = files.turned([maker.word("given", "pixels", "jpeg")], maker.turn(), marks)
    second, _ = files.webp([maker.word("given", "pixels", "webp")], maker.word("masked", "file", "webp exif"))
    maker.mask(this, "--metadata", "0")
    maker.mask(this, "--metadata", "1")
    return [maker.file(first, "image/jpeg", alt="given"), maker.file(second, "image/webp", alt="given")]


def _whole(maker: Marks, this: str) -> list[File]:
    """Given as they are: what their metadata say is a part of the record."""
    del this
    marks = [maker.word("given", "file", f"whole jpeg {sort}") for sort in ("exif", "xmp", "iptc", "comment", "tail")]
    first, _ = files.turned([maker.word("given", "pixels", "whole jpeg")], 1, marks)
    picture, _ = files.drawn([maker.word("given", "pixels", "whole png")])
    told = [maker.word("given", "file", f"whole png {sort}") for sort in ("tEXt", "zTXt", "iTXt", "eXIf", "tail")]
    second = files.written(files.saved(picture, "PNG"), told)
    return [maker.file(first, "image/jpeg", alt="given"), maker.file(second, "image/png", alt="given")]


def _alt(maker: Marks, this: str) -> list[File]:
    """The alt text of the second one alone."""
    some = [files.saved(files.drawn([word])[0], "PNG") for word in ("Ett", "Två")]
    maker.mask(this, "--field", "alt:1")
    return [maker.file(some[0], "image/png", alt="given"), maker.file(some[1], "image/png", alt="masked")]


def _moving(maker: Marks, this: str) -> list[File]:
    """A moving picture: every frame."""
    secret, shown = maker.word("masked", "pixels", "gif"), maker.word("given", "pixels", "gif")
    data, boxes = files.moving([secret, shown], maker.word("masked", "file", "gif comment"))
    maker.mask(this, "--region", _region(boxes[0]))
    return [maker.file(data, "image/gif", alt="masked")]


def _webp_region(maker: Marks, this: str) -> list[File]:
    """A region of a WebP."""
    secret = maker.word("masked", "pixels", "webp")
    data, boxes = files.webp([secret, "Torget"], maker.word("masked", "file", "webp exif"))
    maker.mask(this, "--region", _region(boxes[0]))
    return [maker.file(data, "image/webp", alt="masked")]


def _captions(maker: Marks, this: str) -> list[File]:
    """Words in two sorts of caption files, found throughout and by record."""
    del this
    given, secret = maker.word("given", "file", "vtt"), maker.word("masked", "file", "vtt")
    other, hidden = maker.word("given", "file", "srt"), maker.word("masked", "file", "srt")
    maker.everywhere.setdefault(PROVISIONS[0], []).extend((secret, hidden))
    first = files.vtt([f"Hej {given} där", f"<v {secret}>Jag heter {secret.lower()}</v>"])
    second = files.srt([f"Jag heter {hidden}", f"Å {other} ö"])
    return [
        maker.file(first, "text/vtt", role="caption", language="sv"),
        maker.file(second, "application/x-subrip", role="caption", language="en"),
    ]


def _caption_file(maker: Marks, this: str) -> list[File]:
    """A caption file as a whole."""
    data = files.vtt([f"Jag heter {maker.word('masked', 'file', 'whole vtt')}"])
    maker.mask(this, "--file", "0")
    return [maker.file(data, "text/vtt", role="caption", language="sv")]


def _picture_of_film(maker: Marks, this: str) -> list[File]:
    """The middle second of a film is black; its title and the captions inside go with it, and the captions beside it."""
    words = [maker.word("given", "pixels", "film"), maker.word("masked", "pixels", "film"), "SLUT"]
    title, inside = maker.word("masked", "file", "film title"), maker.word("masked", "file", "film captions")
    beside = files.vtt([maker.word("masked", "file", "captions beside a masked film")])
    maker.mask(this, "--picture", "0:0.9-2.1")
    return [
        maker.file(files.film(words, title, inside), "video/mp4", role="video", alt="masked"),
        maker.file(beside, "text/vtt", role="caption", language="sv"),
    ]


def _sound(maker: Marks, this: str) -> list[File]:
    """A half second of a sound recording is silent, and its title is gone."""
    maker.mask(this, "--sound", "0:0.5-1.0")
    return [maker.file(files.sound(maker.word("masked", "file", "sound title")), "audio/mpeg", role="audio")]


def _film_whole(maker: Marks, this: str) -> list[File]:
    """A film as it is."""
    del this
    title, inside = maker.word("given", "file", "whole film title"), maker.word("given", "file", "whole film captions")
    return [maker.file(files.film(["FILM"], title, inside), "video/mp4", role="video", alt="given")]


def _removed(maker: Marks, this: str) -> list[File]:
    """A picture and a document are not given at all; a picture between them is."""
    picture, _ = files.drawn([maker.word("masked", "pixels", "removed png")])
    kept = files.saved(files.drawn(["Kvar"])[0], "PNG")
    paper = files.document(maker.word("masked", "file", "removed pdf"))
    maker.mask(this, "--file", "0")
    maker.mask(this, "--file", "2")
    return [
        maker.file(files.saved(picture, "PNG"), "image/png", alt="masked"),
        maker.file(kept, "image/png", alt="given"),
        maker.file(paper, "application/pdf", role="document"),
    ]


def _document(maker: Marks, this: str) -> list[File]:
    """A document as it is."""
    del this
    return [maker.file(files.document(maker.word("given", "file", "whole pdf")), "application/pdf", role="document")]


ATTACHMENTS: Final[Sequence[Callable[[Marks, str], list[File]]]] = (
    _png_region,
    _turned_region,
    _whole,
    _captions,
    _metadata,
    _picture_of_film,
    _turned_region,
    _png_region_alt,
    _alt,
    _moving,
    _removed,
    _turned_region,
    _webp_region,
    _caption_file,
    _turned_region,
    _sound,
    _document,
    _film_whole,
)
