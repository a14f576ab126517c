"""Which finding codes say that something of the platform's is not in the archive, and is known to be missing."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from schemas import codes

_HARVEST = frozenset(
    {f"H{number}" for number in range(101, 115)}  # the connection, and listings that were cut
    | {"H118", "H119", "H120", "H122", "H127", "H128", "H129"}  # attachments and items that could not be read
    | {"H132", "H135", "H136", "H137", "H139", "H140", "H141", "H142", "H143", "H144", "H145", "H148", "H149"}
    | {"H185", "H187", "H188", "H189", "H190", "H194", "H195"}
)


@cache
def missing() -> frozenset[str]:
    """The codes: the shared ones, and each platform's own (``MISSING`` in its module of ``schemas.codes``)."""
    found = set(_HARVEST)
    for module in pkgutil.iter_modules(codes.__path__):
        found |= getattr(importlib.import_module(f"{codes.__name__}.{module.name}"), "MISSING", frozenset())
    return frozenset(found)
