"""Rows and assessments for tests that need no archive."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from flows.disclose.assess.provisions import labelling
from flows.disclose.assess.redact import redact
from schemas.disclosure import Provision
from schemas.ids import ItemId
from schemas.record import MediaRef, Row
from schemas.request import Assessment, Given, Mask
from tests.plan.worlds import make_row

ITEM, OTHER, THIRD = (ItemId(f"202501-{letter * 16}") for letter in "abc")
SEEN = datetime(2025, 1, 2, 9, tzinfo=UTC)
AT = SEEN + timedelta(days=30)
CODE, SECOND = "OSL 21:1", "OSL 25:1"
PROVISIONS = {
    CODE: Provision(code=CODE, citation="21 kap. 1 § OSL", title="hälsa", test="rakt"),
    SECOND: Provision(code=SECOND, citation="25 kap. 1 § OSL", title="vård", test="omvant"),
}
LABEL = labelling(PROVISIONS)
MASKED = "[maskat: 21 kap. 1 § OSL]"


def version(item: ItemId = ITEM, number: int = 1, **changes: Any) -> Row:
    """A version, seen on the day that bears its number."""
    values = {
        "own": False,
        "author": "Åsa Öberg",
        "author_native": "https://test/@asaoberg",
        "native": "n",
        "links": (),
    }
    seen = {"observed": SEEN + timedelta(days=number - 1), "version": number}
    return make_row(item, **{**values, **seen, **changes})


def observed(item: ItemId = ITEM, number: int = 1, days: float = 1, **changes: Any) -> Row:
    """An observation of a version, some days after it was first seen."""
    values = {"row": "observation", "text": None, "payload": None, "identity": None, "media": ()}
    return version(item, number, **{**values, "observed": SEEN + timedelta(days=number - 1 + days), **changes})


def file(origin: str, digest: str | None = None, **changes: Any) -> MediaRef:
    """An attachment, by its origin."""
    values: dict[str, Any] = {"role": "picture", "media_type": "image/png"}
    return MediaRef(**{**values, "origin": origin, "digest": digest, **changes})


def partly(*masks: Mask, item: ItemId = ITEM, number: int = 1, **changes: Any) -> Assessment:
    """Given partly."""
    values: dict[str, Any] = {"verdict": "partly", "masks": masks, "person": "x", "at": AT}
    return Assessment(**{"request": 1, "item": item, "version": number, **values, **changes})


def span(where: str, start: int, end: int, provision: str = CODE, **changes: Any) -> Mask:
    """A span."""
    return Mask(sort="span", where=where, provision=provision, start=start, end=end, **changes)


def of_word(where: str, text: str, word: str, **changes: Any) -> Mask:
    """A span over the first such word of a text."""
    start = text.index(word)
    return span(where, start, start + len(word), **changes)


def field(where: str, provision: str = CODE, **changes: Any) -> Mask:
    """A whole field."""
    return Mask(sort="field", where=where, provision=provision, **changes)


def given(rows: Sequence[Row], assessment: Assessment) -> Given:
    """What is given, without stand-ins."""
    return redact(rows, assessment, LABEL, lambda _row, _words: "")
