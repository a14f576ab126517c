"""Recorded captures of every platform, and small changes made to them, for the contract of platforms.

A capture is ``tests/captures/<platform>/<name>.json``: the fields of ``schemas.neighbours.Capture``, and ``foreign``,
a list of texts that belong to other items and must be in no payload.
"""

from __future__ import annotations

import copy
import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors import platforms
from schemas.neighbours import Capture, Parsed
from schemas.payload import read

CAPTURES = Path(__file__).parents[1] / "captures"
_AT = datetime(2026, 11, 22, 12, tzinfo=UTC)

Path_ = tuple[str | int, ...]
"""Where a value stands in a body: keys and positions from the top."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One recorded capture of one platform.

    Attributes:
        platform: name of the module. name: of the file. capture: as ``parse`` takes it.
        foreign: texts of other items that stand in the body.
    """

    platform: str
    name: str
    capture: Capture
    foreign: tuple[str, ...]

    def parse(self, body: object | None = None) -> Parsed:
        """What the platform's ``parse`` makes of the capture, or of it with another body."""
        capture = self.capture if body is None else replace(self.capture, body=body)
        module: Any = importlib.import_module(f"connectors.platforms.{self.platform}")
        parsed: Parsed = module.parse(capture)
        return parsed

    def places(self) -> Iterator[tuple[Path_, Any]]:
        """Every value in the body with its place, from the top down."""
        stack: list[tuple[Path_, Any]] = [((), self.capture.body)]
        while stack:
            place, value = stack.pop()
            yield place, value
            if isinstance(value, dict):
                stack.extend(((*place, key), one) for key, one in value.items())
            elif isinstance(value, list):
                stack.extend(((*place, number), one) for number, one in enumerate(value))

    def body_with(self, place: Path_, value: object) -> object:
        """The body with another value at one place."""
        if not place:
            return value
        body: Any = copy.deepcopy(self.capture.body)
        inner = body
        for step in place[:-1]:
            inner = inner[step]
        inner[place[-1]] = value
        return body

    def body_without(self, place: Path_) -> object:
        """The body without one field."""
        body: Any = copy.deepcopy(self.capture.body)
        inner = body
        for step in place[:-1]:
            inner = inner[step]
        del inner[place[-1]]
        return body


def names() -> list[str]:
    """Every platform there is."""
    return sorted(module.name for module in pkgutil.iter_modules(platforms.__path__))


def samples(platform: str) -> list[Sample]:
    """The recorded captures of one platform."""
    found = []
    for path in sorted((CAPTURES / platform).glob("*.json")):
        values = read(path.read_bytes())
        at = datetime.fromisoformat(values["at"]) if "at" in values else _AT
        capture = Capture(
            endpoint=values["endpoint"],
            parameters=values.get("parameters", {}),
            status=values.get("status", 200),
            at=at,
            body=values["body"],
            listing=values["listing"],
            context=values.get("context", {}),
        )
        found.append(Sample(platform, path.stem, capture, tuple(values.get("foreign", ()))))
    return found


def all_samples() -> list[Sample]:
    """The recorded captures of every platform."""
    return [sample for platform in names() for sample in samples(platform)]
