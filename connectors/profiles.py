"""Delivery profiles: one TOML file each."""

from __future__ import annotations

from pathlib import Path

from schemas.delivery import Profile


def read_profile(folder: Path, name: str) -> tuple[Profile, str]:
    """A profile by name, with the SHA-256 of its text. Raises RefusedError."""
    raise NotImplementedError
