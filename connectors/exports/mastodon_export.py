"""Mastodon's own archive of an account: the outbox as ActivityStreams, with the attachments beside it.

Source: the archive a Mastodon server makes on request (once in seven days), ``tar.gz`` or, in newer versions, ``zip``:
``outbox.json`` (an OrderedCollection of ``Create`` with a ``Note`` or ``Question``, and ``Announce``), ``actor.json``,
``media_attachments/files/…``. Shape as in Mastodon's backup service and serializers of 2026.

The ids are the statuses' own addresses, so an import meets what was harvested by id.

What the archive lacks: answers by others, counts, earlier texts of what was edited, what was deleted before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.exports import arrays
from connectors.exports.naming import above, inside, matching
from connectors.exports.onward import captures_of
from connectors.exports.reading import Reading, each, without_twins
from connectors.markup import plain
from schemas.account import Account
from schemas.finding import Finding
from schemas.neighbours import Bundle, Capture, Owner, Parsed
from schemas.payload import canonical, digest
from schemas.record import Kind, MediaRef, MediaRole, Seen
from schemas.text import visible

NAME = "mastodon_export"
PLATFORMS = ("mastodon",)
_GROUP = 50
_PUBLIC = frozenset({"https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"})
_LONGEST_ID = 2_000

IGNORED = frozenset(
    {
        "@context.*",
        "signature.*",
        "object.@context.*",
        "object.atomUri",
        "object.inReplyToAtomUri",
        "object.conversation",
        "object.context",
        "object.contentMap.*",
        "object.summaryMap.*",
        "object.tag.*",
        "object.emoji.*",
        "object.replies.*",
        "object.likes.*",
        "object.shares.*",
        "object.interactionPolicy.*",
        "object.quoteAuthorization",
        "object.attachment.blurhash",
        "object.attachment.focalPoint.*",
        "object.attachment.width",
        "object.attachment.height",
        "object.attachment.icon.*",
        "object.endTime",
        "object.closed",
        "object.votersCount",
        "object.oneOf.replies.*",
        "object.anyOf.replies.*",
        "object.oneOf.type",
        "object.anyOf.type",
        "object.attachment.type",
        "object.type",
        "object._misskey_quote",
        "object.quoteUri",
        "object.quote",
    }
)
"""Known and left in the payload alone."""
VOLATILE = frozenset({"object.replies.*", "object.votersCount", "object.likes.*", "object.shares.*"})
_KNOWN = (
    IGNORED
    | VOLATILE
    | {"id", "type", "actor", "published", "to", "cc", "object"}
    | {f"object.{name}" for name in (
        "id", "url", "published", "updated", "content", "summary", "sensitive", "inReplyTo", "attributedTo", "to", "cc",
        "attachment", "attachment.mediaType", "attachment.url", "attachment.name", "oneOf", "anyOf", "oneOf.name",
        "anyOf.name", "name",
    )}
)  # fmt: skip


def recognise(bundle: Bundle) -> bool:
    """An outbox beside an actor."""
    return bool(matching(bundle, r"outbox\.json")) and bool(matching(bundle, r"actor\.json"))


def owner(bundle: Bundle) -> Owner:
    """The actor's profile address, as the platform's module knows the account, and its user name."""
    for name in matching(bundle, r"actor\.json"):
        with bundle.open(name) as stream:
            value = arrays.whole(stream)
        if isinstance(value, dict):
            native = value.get("url") or value.get("id")
            handle = value.get("preferredUsername")
            return Owner(
                native=native if isinstance(native, str) else "", handle=handle if isinstance(handle, str) else ""
            )
    return Owner()


def read(bundle: Bundle, account: Account, *, own: str, at: datetime) -> Iterator[Capture | Finding]:
    """The outbox's activities, in its order. Private mentions are messages."""
    withheld = 0

    def activities(name: str, lost: Callable[[str], None]) -> Iterator[Any]:
        nonlocal withheld
        with bundle.open(name) as stream:
            for one in arrays.items(stream, keys={"orderedItems"}, lost=lost):
                if not account.harvest.messages and _is_message(one):
                    withheld += 1
                else:
                    yield one

    def capture(name: str, group: list[Any]) -> Capture:
        context = {"own": own, "folder": above(name, 1), "handle": account.handle}
        return Capture(
            endpoint=f"export:{NAME}", parameters={}, status=200, at=at, body=group, listing="outbox", context=context
        )

    names = matching(bundle, r"outbox\.json")
    yield from captures_of(names, activities, capture, size=_GROUP, subject=account.name)
    if withheld:
        yield Finding(code="H140", severity="info", subject=account.name)


def _is_message(activity: Any) -> bool:
    note = activity.get("object") if isinstance(activity, dict) else None
    return isinstance(note, dict) and _visibility(note) == "direct"


def parse(capture: Capture) -> Parsed:
    """Items and findings of one group; pure."""
    return each(capture, lambda one, reading: _item(one, capture.context, reading))


def _item(value: Any, context: Mapping[str, str], reading: Reading) -> Seen | None:
    if not isinstance(value, dict):
        reading.note("H122", "item")
        return None
    reading.unknown(value, _KNOWN)
    note, kind = value.get("object"), value.get("type")
    if kind == "Announce":
        return _boost(value, context, reading)
    if kind != "Create" or not isinstance(note, dict):
        reading.note("H122", "object")
        return None
    native = _address(note, "id", reading)
    if not native:
        reading.note("H122", "object.id")
        return None
    content, links = plain(_raw(note, "content", reading))
    options = [_raw(one, "name", reading) for name in ("oneOf", "anyOf") for one in reading.dicts(note, name)]
    parts = [_raw(note, "summary", reading), content, "\n".join(f"○ {option}" for option in options)]
    text = visible("\n\n".join(part for part in parts if part))
    media = without_twins(_medium(one, context.get("folder", ""), reading) for one in reading.dicts(note, "attachment"))
    visibility = _visibility(note)
    parent = _address(note, "inReplyTo", reading)
    shown: Kind = "message" if visibility == "direct" else "reply" if parent else "post"
    return Seen(
        native=native,
        kind=shown,
        author=context.get("handle") or None,
        author_native=context.get("own"),
        parent_native=parent or None,
        platform_time=_moment(note, "published", reading) or _moment(value, "published", reading),
        edited=_moment(note, "updated", reading),
        text=text,
        links=tuple(visible(link) for link in links),
        visibility=visibility,
        media=media,
        payload=canonical({name: one for name, one in value.items() if name != "@context"}),
        identity=digest(
            {
                "text": text,
                "links": list(links),
                "sensitive": note.get("sensitive") is True,
                "visibility": visibility,
                "media": [[one.origin, one.alt] for one in media],
            }
        ),
    )


def _boost(value: dict[str, Any], context: Mapping[str, str], reading: Reading) -> Seen | None:
    native = _address(value, "id", reading)
    if not native:
        reading.note("H122", "id")
        return None
    inner = value.get("object")
    target = _address(inner, "id", reading) if isinstance(inner, dict) else _address(value, "object", reading)
    kept = {name: one for name, one in value.items() if name not in ("@context", "object")} | {"object": target}
    return Seen(
        native=native,
        kind="boost",
        author=context.get("handle") or None,
        author_native=context.get("own"),
        platform_time=_moment(value, "published", reading),
        links=(target,) if target else (),
        text="",
        payload=canonical(kept),
        identity=digest({"boost": target}),
    )


_ROLES: dict[str, MediaRole] = {"image": "picture", "video": "video", "audio": "audio"}


def _medium(one: dict[str, Any], folder: str, reading: Reading) -> MediaRef | None:
    path = reading.text(one, "url")
    if not path:
        reading.note("H126", "attachment.url")
        return None
    if "://" in path:
        # An attachment whose file was not put into the archive: nobody is asked for it here.
        reading.note("I120", "attachment.url")
        return None
    media_type = reading.text(one, "mediaType")
    alt = one.get("name")
    return MediaRef(
        role=_ROLES.get(media_type.partition("/")[0], "document"),
        origin=inside(folder + path.lstrip("/")),
        media_type=media_type[:100],
        alt=visible(alt) if isinstance(alt, str) else None,
    )


def _visibility(note: Mapping[str, Any]) -> str:
    """The platform's word, from the addressees; empty = public."""
    to, copies = ({one for one in _listed(note.get(name)) if isinstance(one, str)} for name in ("to", "cc"))
    if to & _PUBLIC:
        return ""
    if copies & _PUBLIC:
        return "unlisted"
    if any(one.endswith("/followers") for one in to | copies):
        return "private"
    return "direct" if to or copies else ""


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _raw(value: Mapping[str, Any], name: str, reading: Reading) -> str:
    found = value.get(name)
    if found is not None and not isinstance(found, str):
        reading.note("H126", name)
    return found if isinstance(found, str) else ""


def _address(value: Mapping[str, Any], name: str, reading: Reading) -> str:
    found = reading.text(value, name)
    if found and (len(found) > _LONGEST_ID or not found.isprintable() or " " in found):
        reading.note("H126", name)
        return ""
    return found


def _moment(value: Mapping[str, Any], name: str, reading: Reading) -> datetime | None:
    found = value.get(name)
    if found is None:
        return None
    try:
        moment = datetime.fromisoformat(found) if isinstance(found, str) and len(found) <= 40 else None
        if moment is not None and moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    reading.note("H123", name, problem="unreadable")
    return None
