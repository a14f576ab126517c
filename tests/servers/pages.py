"""Pages of a PDF as a reader sees them, drawn by pypdfium2: for OCR, and for looking at colours."""

from __future__ import annotations

import io

import pypdfium2


def pages(pdf: bytes, dpi: int = 150) -> list[bytes]:
    """Every page as PNG, in order, in colours.

    Args:
        dpi: dots per inch; tesseract wants 150 and more.
    """
    drawn: list[bytes] = []
    document = pypdfium2.PdfDocument(pdf)
    try:
        for page in document:
            out = io.BytesIO()
            page.render(scale=dpi / 72).to_pil().convert("RGB").save(out, "PNG")
            drawn.append(out.getvalue())
            page.close()
    finally:
        document.close()
    return drawn
