"""Rule codes with their Swedish and English sentences. A code is looked up here, wherever it was made."""

from __future__ import annotations

import importlib
import pkgutil
import string
from collections.abc import Mapping
from functools import cache
from typing import Literal

Language = Literal["sv", "en"]


@cache
def texts() -> dict[str, tuple[str, str]]:
    """Every code of every module in this folder → (Swedish, English). Raises ValueError when a code is used twice."""
    found: dict[str, tuple[str, str]] = {}
    for module in pkgutil.iter_modules(__path__):
        own: dict[str, tuple[str, str]] = getattr(importlib.import_module(f"{__name__}.{module.name}"), "TEXTS", {})
        twice = found.keys() & own.keys()
        if twice:
            raise ValueError(f"codes with two meanings: {sorted(twice)}")
        found.update(own)
    return found


class _Lenient(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "…"


class _Counting(string.Formatter):
    """``{items:handling|handlingar}``: a count with its noun, the first of two for exactly one."""

    def format_field(self, value: object, format_spec: str) -> str:
        one, bar, several = format_spec.partition("|")
        return (
            f"{value} {one if str(value) == '1' else several}" if bar else str(super().format_field(value, format_spec))
        )


def sentence(code: str, language: Language, parameters: Mapping[str, object] | None = None) -> str:
    """The code's sentence with its parameters filled in; the code itself when nobody has given it a sentence."""
    pair = texts().get(code)
    if pair is None:
        return code
    return _Counting().vformat(pair[0 if language == "sv" else 1], (), _Lenient(parameters or {}))
