"""What is read from one post, comment or message of LinkedIn, whichever route it came by. Pure and total."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.platforms.linkedin.media import unsigned
from connectors.platforms.linkedin.names import encoded, moment_of, native_of, urn_of
from schemas.payload import UnreadableError

_DEPTH = 100
_CREATED = ("publishedAt", "firstPublishedAt", "createdAt", "deliveredAt")
_PERSONS = frozenset({"selectedLikes", "selectedComments"})
"""Who liked and answered: persons' acts, and other items."""


@dataclass(frozen=True, slots=True)
class Times:
    """When an item was made and last edited, as the platform wrote it; None = it says nothing."""

    created: object
    edited: object


def pick(value: object, path: str) -> Any:
    """What stands at a dotted path; None when the way ends before."""
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def entries_of(page: object) -> list[tuple[str, object]] | None:
    """The objects of an answer with their names where it gives any; None when the answer holds no such thing."""
    if not isinstance(page, dict):
        return None
    if isinstance(page.get("results"), dict):
        return [(urn_of(name) or "", value) for name, value in page["results"].items()]
    if isinstance(page.get("elements"), list):
        return [("", value) for value in page["elements"]]
    return None


def native_in(value: Mapping[str, Any], name: str = "", below: str = "") -> str | None:
    """The item's URN: its own, else the name it was given under, else made of what it stands below and its number."""
    for field in ("commentUrn", "$URN", "id", "urn"):
        urn = urn_of(value.get(field))
        if urn is not None:
            return urn
    if name:
        return name
    number = value.get("id")
    number = str(number) if type(number) is int and 0 <= number < 10**30 else number
    entity = urn_of(value.get("object")) or below
    if not isinstance(number, str) or not number or len(number) > 100 or not entity:
        return None
    return native_of(f"urn:li:comment:({entity},{encoded(number)})")


def author_of(value: Mapping[str, Any]) -> str | None:
    """The URN of who wrote it, or None where the platform withholds it."""
    for found in (value.get("actor"), value.get("author"), value.get("sender"), value.get("from")):
        named = found.get("urn") or found.get("id") if isinstance(found, dict) else found
        if (urn := urn_of(named)) is not None:
            return urn
    return None


def times_of(value: Mapping[str, Any]) -> Times:
    """When it was made and edited: plain numbers or ``{time}``, by whichever name."""
    stated = [value.get(name) for name in _CREATED]
    created = next((one for one in (*stated, pick(value, "created.time")) if one is not None), None)
    changed = value.get("lastModifiedAt")
    changed = pick(value, "lastModified.time") if changed is None else changed
    marked = pick(value, "lifecycleStateInfo.isEditedByAuthor")
    before, after = moment_of(created), moment_of(changed)
    if changed is None or marked is False:
        return Times(created, None)
    if marked is True or after is None or before is None:
        return Times(created, changed if marked is True or after is None else None)
    begun = moment_of(value.get("createdAt")) or before
    return Times(created, changed if after > max(before, begun) else None)


def count_of(value: object) -> int | None:
    """How many comments there are below at most, as far as the object or its social metadata says."""
    paths = (
        "commentsSummary.aggregatedTotalComments",
        "commentsSummary.totalFirstLevelComments",
        "commentSummary.count",
        "commentSummary.topLevelCount",
    )
    numbers = [pick(value, path) for path in paths]
    return max((one for one in numbers if type(one) is int and 0 <= one < 2**63), default=None)


def own_part(value: Mapping[str, Any]) -> dict[str, Any]:
    """The item without what is another's, and its addresses without signatures."""
    return {name: _kept(one, 1) for name, one in value.items() if not name.endswith("~")}


def _kept(value: Any, depth: int) -> Any:
    if depth > _DEPTH:
        raise UnreadableError("nested too deep")
    if isinstance(value, dict):
        if "commentary" in value or ("message" in value and ("actor" in value or "commentUrn" in value)):
            return {name: value[name] for name in ("id", "commentUrn") if isinstance(value.get(name), str)}
        return {
            name: _kept(one, depth + 1)
            for name, one in value.items()
            if name not in _PERSONS and not name.endswith("~")
        }
    if isinstance(value, list):
        return [_kept(one, depth + 1) for one in value]
    return unsigned(value) if isinstance(value, str) and value.startswith(("https://", "http://")) else value
