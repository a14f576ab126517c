"""The settings of legal deposit: ``[deposit]`` of a home's ``bevara.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from schemas.deposit import DepositSettings

FIELDS: dict[str, type | tuple[type, ...]] = {}


def read_deposit(values: Mapping[str, Any], home: Path, file: str) -> DepositSettings:
    """The settings; those that are not written are the usual ones. Raises RefusedError."""
    del values, home, file
    return DepositSettings()
