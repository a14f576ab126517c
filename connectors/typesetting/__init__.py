"""PDF/A-3b of our own documents by typst, with the fonts that its wheel carries: no system font, no network, no clock.

The XML document lies in the PDF as an associated file, byte for byte; the pages show what a person reads (not the
100,000 leaves). Everything that stands in the document reaches the template as data and is never read as markup, and a
character that the fonts lack is written visibly (``connectors.typesetting.display``).
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Final

import typst

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
        return typst.compile(
            _TEMPLATE.read_bytes(),
            format="pdf",
            ignore_system_fonts=True,
            pdf_standards=["a-3b"],
            pdf_tags=True,
            sys_inputs={
                "page": json.dumps(page(found, document), ensure_ascii=False),
                "document": document.decode("utf-8"),
            },
            timestamp=made.replace(microsecond=0),
        )

    def render(self, rendering: Rendering) -> Typeset:
        """PDF/A-3b of a rendering, with what could not be shown as it was."""
        raise NotImplementedError
