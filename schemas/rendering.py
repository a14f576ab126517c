"""A document for people, before it is typeset: what stands on its pages, in Swedish, as plain values.

One form for every rendering: a thread beside its item, a cover for the registry, a snapshot of an account. All text is
data: nothing in it is markup, whatever it looks like.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture to be shown. ``data``: PNG, JPEG, GIF, WebP or SVG; anything else is told of and not shown."""

    name: str
    data: bytes
    alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLine:
    """A file that is not shown: name, size in bytes, digest, and what it is in words."""

    name: str
    size: int | None
    sha256: str
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One post, comment or stub.

    Attributes:
        depth: how many lie above it. head: who, when and what it is, in one line.
        text: as written, line breaks kept; empty = none. stub: stands in the place of text that is not shown.
        focus: it is the record that the document is about. images, files: what is attached.
        notes: further lines in small type: edited, hidden, counts, address.
    """

    head: str
    depth: int = 0
    text: str = ""
    stub: str = ""
    focus: bool = False
    images: tuple[Image, ...] = ()
    files: tuple[FileLine, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading with what stands under it: lines of (label, value), paragraphs, blocks."""

    heading: str
    fields: tuple[tuple[str, str], ...] = ()
    paragraphs: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    images: tuple[Image, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file that lies in the PDF as an associated file (PDF/A-3)."""

    name: str
    media_type: str
    data: bytes
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """A document to be typeset.

    Attributes:
        title, subtitle: on the first page; the title is also the PDF's.
        notice: stands on its face, framed: a secrecy mark (*sekretessmarkering*), or that it is made from data.
        fields: lines of (label, value) under the title. sections: what follows.
        attached: associated files. made: what the PDF's date is; nothing reads a clock.
        keywords: opaque ids for the PDF's metadata, never names.
    """

    title: str
    made: datetime
    subtitle: str = ""
    notice: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    sections: tuple[Section, ...] = ()
    attached: tuple[Attached, ...] = ()
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Typeset:
    """The PDF/A, and what could not be shown as it was.

    Attributes:
        pdf: PDF/A-3b. replaced: characters that no font has, each written visibly (``[U+1F600 …]``), in code-point
            order. unshown: names of images that could not be shown (unreadable, too large, unknown format).
    """

    pdf: bytes
    replaced: tuple[str, ...] = ()
    unshown: tuple[str, ...] = ()
