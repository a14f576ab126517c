"""The test server that reads words in pictures reads pages of a PDF."""

from __future__ import annotations

from pathlib import Path

from tests import films
from tests.servers.pages import pages
from tests.servers.tesseract import Tesseract


def test_words_on_pages_are_read(tmp_path: Path, ocr: Tesseract) -> None:
    """Every page of a PDF is drawn, and the words on it are read."""
    drawn = pages(films.pdf(tmp_path / "two.pdf", 2, words="KRONBLOM i Arvika").read_bytes())
    assert len(drawn) == 2
    assert all("KRONBLOM" in ocr(one) for one in drawn)
