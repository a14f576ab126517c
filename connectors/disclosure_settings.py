"""The settings of disclosure: ``[disclosure]`` of a home's ``bevara.toml`` and the tables that it names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from schemas.disclosure import DisclosureSettings

FIELDS: Final[dict[str, type | tuple[type, ...]]] = {}


def read_disclosure(values: Mapping[str, Any], home: Path, file: str) -> DisclosureSettings:
    """Read the table. Raises RefusedError: a setting or a table is not usable."""
    del values, home, file
    return DisclosureSettings()
