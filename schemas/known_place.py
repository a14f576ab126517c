"""The register of places: every place that this home ever kept copies in, and the mark by which it is known again.

A place stands in it from the first time that a home naming it is opened, and leaves it never: one that is taken out of
``bevara.toml`` may still hold copies, until a person says that it does not (``retired``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

SETTING = "places"
"""Name of the setting that holds the register."""

PlaceStanding = Literal["new", "met", "retired"]
"""``new``: named, and not reached yet. ``met``: reached, and its mark is there. ``retired``: a person has said that it
holds nothing any more; named again, it is met anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPlace:
    """One place: its name in receipts (``Store.place``), the mark that lies in it (empty = none), how it stands."""

    place: str
    mark: str
    standing: PlaceStanding


def read_register(text: str | None) -> dict[str, KnownPlace]:
    """The register by place, as the setting holds it."""
    return {} if text is None else {one["place"]: KnownPlace(**one) for one in json.loads(text)}


def register_text(register: Mapping[str, KnownPlace]) -> str:
    """The register as the setting holds it."""
    return json.dumps([asdict(register[place]) for place in sorted(register)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What lies in a place under ``schemas.shelf.place_mark``.

    Attributes:
        home: check value of the home's key, which tells homes apart. mark: 32 random hexadecimal digits.
    """

    home: str
    mark: str

    def data(self) -> bytes:
        """As an object."""
        return (json.dumps(asdict(self), sort_keys=True) + "\n").encode("utf-8")


def read_mark(data: bytes) -> Mark | None:
    """The mark that an object holds; None when it holds none."""
    try:
        found = json.loads(data)
        return Mark(home=str(found["home"]), mark=str(found["mark"]))
    except (ValueError, TypeError, KeyError):
        return None
