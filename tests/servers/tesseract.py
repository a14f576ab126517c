"""Reading the words in a picture: Debian's tesseract with English data, the machine's own or unpacked without root.

It is kept in ``.servers/tesseract`` (kept out of git), and used in tests alone: to look for words in pictures from which
they are to be gone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.servers.debian import environment, unpacked


@dataclass(frozen=True, slots=True)
class Tesseract:
    """The program. ``environment``: what it is run with."""

    program: Path
    environment: Mapping[str, str]

    def __call__(self, picture: bytes | Path, *, layout: int = 3) -> str:
        """The words in a picture (PNG, JPEG, TIFF …; bytes or a file), as tesseract reads them.

        Args:
            layout: tesseract's page segmentation: 3 a page, 6 one block of text, 7 one line, 11 words anywhere.
        """
        data = picture.read_bytes() if isinstance(picture, Path) else picture
        words = [str(self.program), "stdin", "stdout", "-l", "eng", "--psm", str(layout)]
        done = subprocess.run(words, input=data, capture_output=True, check=True, timeout=120, env=self.environment)
        return done.stdout.decode("utf-8")


@cache
def find() -> Tesseract:
    """Tesseract, found or fetched. Skips the test where it can be neither."""
    more = {"OMP_THREAD_LIMIT": "1"}  # faster on small pictures, and others want the processors too
    own = shutil.which("tesseract")
    if own is not None:
        told = subprocess.run([own, "--list-langs"], capture_output=True, text=True, check=False, timeout=30)
        if "eng" in told.stdout.split():
            return Tesseract(Path(own), {**os.environ, **more})
    usr = unpacked("tesseract", ("tesseract-ocr", "tesseract-ocr-eng"), "bin/tesseract")
    data = next((usr / "share").rglob("eng.traineddata"), usr)  # its folder is named by the version
    found = Tesseract(usr / "bin" / "tesseract", {**environment(usr), **more, "TESSDATA_PREFIX": str(data.parent)})
    try:
        subprocess.run([found.program, "--version"], check=True, capture_output=True, timeout=30, env=found.environment)
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"tesseract: Debian's does not run here: {type(error).__name__}")
    return found


@pytest.fixture(scope="session")
def ocr() -> Tesseract:
    """``ocr(picture) -> str``: the words in it. Skipped where tesseract can neither be found nor fetched."""
    return find()
