"""PDF/A-3b of our own documents and renderings by typst, with the fonts that its wheel carries: no system font, no network, no clock.

A protocol's XML lies in the PDF as an associated file, byte for byte; the pages show what a person reads (not the
100,000 leaves). Pictures are handed over in memory (``connectors.typesetting.pictures``). Everything that stands in the document reaches the template as data and is never read as markup, and a
character that the fonts lack is written visibly (``connectors.typesetting.display``).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import typst

from connectors.typesetting.pages import Layout, lay_out
from connectors.typesetting.pictures import Picture, Why
from connectors.typesetting.swedish import page
from schemas.protocol import Draft
from schemas.rendering import Rendering, Typeset
from schemas.xml.protocol import read_protocol

_TEMPLATE: Final = Path(__file__).with_name("protocol.typ")


class TypstTypesetter:
    """The port ``schemas.neighbours.Typesetter``."""

    def pdf(self, document: bytes) -> bytes:
        """PDF/A-3b, tagged, in Swedish, of a draft or certificate in XML. The same document gives the same bytes.

        Raises:
            DocumentRefusedError: not a document of ours.
        """
        found = read_protocol(document)
        made: datetime = found.made if isinstance(found, Draft) else found.finished
        inputs = {
            "page": json.dumps(page(found, document), ensure_ascii=False),
            "document": document.decode("utf-8"),
        }
        return _set(_TEMPLATE, inputs, made)

    def render(self, rendering: Rendering) -> Typeset:
        """PDF/A-3b, tagged, in Swedish, of a rendering, with what could not be shown as it was.

        The same values give the same bytes. A picture that cannot be decoded is found out by setting it alone, and
        only when the document as a whole does not come out with all of its pictures.

        Raises:
            RefusedError: an attached file whose name is not plain, or too many bytes of them.
        """
        layout = lay_out(rendering, {})
        pdf = _tried(layout, rendering.made)
        if pdf is None:
            refused = {key: _UNREADABLE for key, one in layout.pictures.items() if not _decodes(one)}
            layout = lay_out(rendering, refused)
            pdf = _set(_PAGES, layout.inputs(), rendering.made)
        return Typeset(pdf=pdf, replaced=layout.replaced, unshown=layout.unshown)


_UNREADABLE: Final[Why] = "unreadable"
_PAGES: Final = Path(__file__).with_name("rendering.typ")
_ONE: Final = b'#set document(title: "x")\n#image(bytes(sys.inputs.picture), format: "svg", alt: "x")'
_SOME_DAY: Final = datetime(2000, 1, 1, tzinfo=UTC)


def _tried(layout: Layout, made: datetime) -> bytes | None:
    """The document; None when a picture stopped it or is not in it."""
    if not layout.pictures:
        return _set(_PAGES, layout.inputs(), made)
    try:
        pdf = _set(_PAGES, layout.inputs(), made)
    except typst.TypstError:
        return None
    return pdf if _images(pdf) == sum(not one.vector for one in layout.pictures.values()) else None


def _decodes(picture: Picture) -> bool:
    """Whether a document that holds nothing but the picture comes out, with the picture in it."""
    try:
        pdf = _set(_ONE, {"picture": picture.as_svg()}, _SOME_DAY)
    except typst.TypstError:
        return False
    return picture.vector or _images(pdf) > 0


def _images(pdf: bytes) -> int:
    """How many pictures the PDF holds, without their masks. Dictionaries of streams are never compressed."""
    return pdf.count(b"/Subtype/Image") - pdf.count(b"/SMask ")


def _set(template: Path | bytes, inputs: dict[str, str], made: datetime) -> bytes:
    return typst.compile(
        template if isinstance(template, bytes) else template.read_bytes(),
        format="pdf",
        ignore_system_fonts=True,
        pdf_standards=["a-3b"],
        pdf_tags=True,
        sys_inputs=inputs,
        timestamp=made.astimezone(UTC).replace(microsecond=0),
    )
