"""Where registrations are sent: one module per kind of registry."""

from __future__ import annotations

from collections.abc import Callable

from schemas.neighbours import Registry
from schemas.registration import RegistrySettings


def open_registry(registry: RegistrySettings, secret: Callable[[str], str | None]) -> Registry:
    """Open a registry; nothing is asked of it yet. Raises RefusedError."""
    raise NotImplementedError
