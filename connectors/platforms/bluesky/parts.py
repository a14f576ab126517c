"""What stands in one record or view: its times, which replies it hides, and which part of it is the post's own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.platforms.bluesky import fields
from connectors.platforms.bluesky.names import address

_HIDING_LABELS = frozenset({"!hide", "!takedown"})
"""Labels by which a moderation service takes a post away from every reader."""
EARLY = timedelta(days=1)
"""So far ahead of us an author's time may lie before it counts as one in the future (a day, as for its distance to
the platform's time)."""
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,30})?([Zz]|[+-]\d\d:\d\d)?", re.ASCII)
_FRACTION = re.compile(r"\.(\d{1,6})\d*")


def moment_of(value: object, now: datetime | None) -> tuple[datetime | None, str]:
    """A time of RFC 3339 in UTC with its problem: ``unreadable`` or ``without zone`` (then None), or ``in the future``.

    A time in the future is told and handed on: whether it counts is decided where the account's own and a visitor's
    time are told apart. Without ``now`` nothing is said of the future.
    """
    match = _RFC3339.fullmatch(value) if isinstance(value, str) else None
    if match is None or not isinstance(value, str):
        return None, "unreadable"
    if match[1] is None:
        return None, "without zone"
    try:
        moment = datetime.fromisoformat(_FRACTION.sub(r".\1", value).upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None, "unreadable"
    if now is not None and moment > now + EARLY:
        return moment, "in the future"
    return moment, ""


def hidden_replies(record: Mapping[str, Any]) -> Iterator[str]:
    """Addresses that a threadgate record hides."""
    listed = record.get("hiddenReplies")
    for uri in listed if isinstance(listed, list) else ():
        place = address(uri)
        if place is not None:
            yield str(place)


def own_part(view: Mapping[str, Any]) -> dict[str, Any]:
    """A visitor's post view without counters, our own view of it, and the content of other records."""
    left_out = {name.partition(".")[2] for name in fields.IGNORED if name.count(".") == 1} | set(fields.COUNTERS)
    kept = {name: value for name, value in view.items() if name not in left_out}
    author = view.get("author")
    if isinstance(author, dict):
        ignored = {name.rpartition(".")[2] for name in fields.IGNORED if name.startswith("post.author.")}
        kept["author"] = {name: value for name, value in author.items() if name not in ignored}
    if "embed" in view:
        kept["embed"] = _without_others(view["embed"])
    return kept


def _without_others(embed: Any) -> Any:
    """A view of what a post carries, with every other record in it reduced to its address.

    A view of an unknown kind could hold somebody's words anywhere, so its name alone is kept: what the author put
    there stands in the record.
    """
    if not isinstance(embed, dict):
        return None
    kind = str(embed.get("$type"))
    if kind in (f"{fields.IMAGES}#view", f"{fields.GALLERY}#view", f"{fields.VIDEO}#view"):
        return embed
    if kind == f"{fields.EXTERNAL}#view":
        external = embed.get("external")
        kept = {
            name: value
            for name, value in (external.items() if isinstance(external, dict) else ())
            if name in ("uri", "title", "description", "thumb")
        }
        return {"$type": kind, "external": kept}
    if kind == f"{fields.RECORD}#view":
        return {"$type": kind, "record": _address_of(embed.get("record"))}
    if kind == f"{fields.RECORD_WITH_MEDIA}#view":
        inner = embed.get("record")
        return {
            "$type": kind,
            "record": {"record": _address_of(inner.get("record") if isinstance(inner, dict) else None)},
            "media": _without_others(embed.get("media")),
        }
    return {"$type": kind}


def _address_of(record: Any) -> dict[str, Any]:
    if not isinstance(record, dict):
        return {}
    return {name: record[name] for name in ("uri", "cid") if isinstance(record.get(name), str)}


def hidden_by_label(labels: Any) -> bool:
    """Whether a moderation service took the post away from every reader."""
    return any(one.get("val") in _HIDING_LABELS and one.get("neg") is not True for one in objects(labels))


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """The objects in a list; nothing for anything else."""
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict))
