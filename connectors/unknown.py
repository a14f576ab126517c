"""Which fields of an answer nobody knows: the walk behind every H121."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def paths(value: Mapping[str, Any], known: frozenset[str], above: str = "") -> Iterator[str]:
    """Paths of fields that are not known. ``name.*`` in ``known`` covers the field and whatever is in it."""
    for name, inner in value.items():
        path = f"{above}{name}"
        if f"{path}.*" in known:
            continue
        if path not in known:
            yield path
            continue
        for one in inner if isinstance(inner, list) else [inner]:
            if isinstance(one, dict):
                yield from paths(one, known, f"{path}.")
