"""The removals' page on a fake Facebook, with the municipality's office in the settings."""

from __future__ import annotations

import pytest

from tests.oversee.removal.conftest import Start, facebook, start
from tests.oversee.removal.page import Page

__all__ = ["facebook", "start"]
OFFICE = """
[organisation]
name = "Älvsjöbro kommun"
[disclosure]
office = ["Älvsjöbro kommun", "post@alvsjobro.example"]
gdpr_court = "Förvaltningsrätten i Karlstad"
"""


@pytest.fixture
def page(start: Start, tmp_path_factory: pytest.TempPathFactory) -> Page:
    """The page, harvested once, moderated, with an office that papers can name."""
    found = start(tmp_path_factory.mktemp("sida") / "sida", True)
    file = found.root / "hem" / "bevara.toml"
    file.write_text(file.read_text("utf-8") + OFFICE, encoding="utf-8")
    return found
