"""The attachments of a post or comment: which files they have, and what of them is ours to keep. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from connectors.platforms.facebook.notes import Notes, id_of, listed
from connectors.scrubbing import without_secrets
from schemas.payload import UnreadableError, read
from schemas.record import MediaRef
from schemas.text import visible

_LINKS = frozenset({"share", "event", "map", "note", "life_event", "fundraiser_for_story", "unavailable", "link"})
"""Attachment types that show something elsewhere: its address is kept, its text and picture are another's."""
_FILES = frozenset({"file_upload", "file"})
_DEPTH = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What an item's attachments come to.

    Attributes:
        media: references in order. links: addresses of what is shown elsewhere.
        identity: what makes other attachments. beside: the same, of what is asked for beside the item.
    """

    media: tuple[MediaRef, ...]
    links: tuple[str, ...]
    identity: list[list[Any]]
    beside: list[list[Any]] = field(default_factory=list)


def parts_of(item: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The single attachments of a post or comment: parts of an album in its place."""
    found: list[dict[str, Any]] = []
    for one in [*listed(item.get("attachments")), *listed([item.get("attachment")])]:
        found.extend(_unfolded(one, _DEPTH))
    return found


def photo_ids(item: Mapping[str, Any]) -> list[str]:
    """Ids of the photos an item shows, which have alternative texts of their own."""
    return [name for one in parts_of(item) if role_of(one) == "picture" and (name := id_of(one.get("target")))]


def video_ids(item: Mapping[str, Any]) -> list[str]:
    """Ids of the videos an item shows, which have files and captions of their own."""
    return [name for one in parts_of(item) if role_of(one) == "video" and (name := id_of(one.get("target")))]


def is_elsewhere(part: Mapping[str, Any]) -> bool:
    """The attachment shows something that is not the writer's own."""
    return part.get("media_type") == "link" or str(part.get("type")) in _LINKS


def is_share_of(post: Mapping[str, Any]) -> bool:
    """The post passes on another account's post: its attachments are that one's."""
    parent, native = id_of(post, "parent_id"), id_of(post)
    return parent is not None and native is not None and parent.partition("_")[0] != native.partition("_")[0]


def role_of(part: Mapping[str, Any]) -> str:
    """``picture``, ``video``, ``document``, ``link`` or empty when it has nothing to fetch."""
    if is_elsewhere(part):
        return "link"
    kind, shown = str(part.get("type")), str(part.get("media_type"))
    media = part.get("media")
    media = media if isinstance(media, dict) else {}
    if shown == "video" or kind.startswith("video") or isinstance(media.get("source"), str):
        return "video"
    if kind in _FILES:
        return "document"
    image = media.get("image")
    if shown == "photo" or "photo" in kind or isinstance(image, dict):
        return "picture"
    return ""


def files_of(item: Mapping[str, Any], notes: Notes, context: Mapping[str, str], *, whole: bool = False) -> Files:
    """References to everything an item carries.

    ``context`` has what was asked for beside the item: ``photo:<id>``, ``video:<id>`` (objects) and ``captions:<id>``
    (a list), as JSON. ``whole``: nothing is asked for beside it, so that what it lacks is withheld.
    """
    media: list[MediaRef] = []
    links: dict[str, None] = {}
    identity: list[list[Any]] = []
    beside: list[list[Any]] = []
    shared = is_share_of(item)
    if not shared and _is_cut(item):
        notes.note("H224", "warning")
    for one in parts_of(item):
        role = role_of(one)
        if role == "link" or shared:
            address = target_of(one, notes)
            if address:
                links[address] = None
            identity.append(["link", address])
            continue
        refs = list(_refs(one, role, notes, context, asked=whole))
        media.extend(refs)
        name = id_of(one.get("target")) or ""
        identity.append([name, role, notes.string(one, "title"), notes.string(one, "description")])
        # An alternative text that the platform made by itself is shown, but nobody of ours changed it.
        written = str(_told(context, f"photo:{name}").get("alt_text_custom") or "")
        beside.append([written, *([ref.role, ref.language] for ref in refs)])
    if not identity:
        picture = _address(item, "full_picture", notes)
        if picture:
            media.append(MediaRef(role="picture", origin=without_secrets(picture)))
            identity.append(["", "picture", _path(picture)])
    return Files(media=tuple(media), links=tuple(links), identity=identity, beside=beside)


def target_of(part: Mapping[str, Any], notes: Notes) -> str:
    """The address that a link attachment leads to, without the platform's detour and without secrets."""
    return visible(without_detour(_address(part, "unshimmed_url", notes) or _address(part, "url", notes)))


def without_detour(address: str) -> str:
    """The address without secrets, and without the platform's signed detour (``/l.php?u=…&h=…``)."""
    try:
        parts = urlsplit(address)
        target = parse_qs(parts.query).get("u", [""])[0] if parts.path == "/l.php" else ""
    except ValueError:
        target = ""
    return without_secrets(target if target.startswith(("https://", "http://")) else address)


def _is_cut(item: Mapping[str, Any]) -> bool:
    """The platform has more attachments than it showed."""
    edge = item.get("attachments")
    inner = [one.get("subattachments") for one in listed(edge)]
    pagings = [one.get("paging") for one in (edge, *inner) if isinstance(one, dict)]
    return any(isinstance(one, dict) and bool(one.get("next")) for one in pagings)


def _unfolded(part: dict[str, Any], depth: int) -> Iterator[dict[str, Any]]:
    inner = listed(part.get("subattachments"))
    if not inner or depth == 0:
        yield part
        return
    for one in inner:
        yield from _unfolded(one, depth - 1)


def _refs(
    part: Mapping[str, Any], role: str, notes: Notes, context: Mapping[str, str], *, asked: bool
) -> Iterator[MediaRef]:
    name = id_of(part.get("target")) or ""
    media = part.get("media")
    media = media if isinstance(media, dict) else {}
    image = media.get("image")
    still = _address(image, "src", notes) if isinstance(image, dict) else ""
    if role == "picture":
        photo = _told(context, f"photo:{name}")
        best = next((_address(one, "source", notes) for one in listed(photo.get("images"))), "") or still
        alt = photo.get("alt_text_custom") or photo.get("alt_text")
        if best:
            yield MediaRef(
                role="picture", origin=without_secrets(best), alt=visible(alt) if isinstance(alt, str) else None
            )
        else:
            notes.note("H126", "warning", field="attachments.media")
    elif role == "video":
        video = _told(context, f"video:{name}")
        source = _address(video, "source", notes) or _address(media, "source", notes)
        if source:
            yield MediaRef(role="video", origin=without_secrets(source))
        else:
            if asked or f"video:{name}" in context:
                notes.note("H143", "warning")
            if still:
                yield MediaRef(role="thumbnail", origin=without_secrets(still))
        yield from _captions(_told(context, f"captions:{name}"), notes)
    elif role == "document":
        address = target_of(part, notes)
        if address:
            yield MediaRef(role="document", origin=address)


def _captions(told: Mapping[str, Any], notes: Notes) -> Iterator[MediaRef]:
    for one in listed(told):
        address = _address(one, "uri", notes)
        if address:
            language = visible(notes.string(one, "locale"))
            yield MediaRef(role="caption", origin=without_secrets(address), language=language)


def told(written: str) -> dict[str, Any]:
    """An object that stands in a context as JSON; empty when it is none."""
    try:
        value = read(written.encode("utf-8", "surrogatepass"))
    except (UnreadableError, UnicodeError):
        return {}
    return value if isinstance(value, dict) else {}


def _told(context: Mapping[str, str], name: str) -> dict[str, Any]:
    return told(context.get(name, "{}"))


def _address(value: Mapping[str, Any], field: str, notes: Notes) -> str:
    """A web address, or nothing."""
    found = value.get(field)
    if found is None or found == "":
        return ""
    if isinstance(found, str) and found.startswith(("https://", "http://")) and len(found) < 10_000:
        text = visible(found)
        if text == found and not any(one.isspace() or ord(one) < 0x20 for one in found):
            return found
    notes.note("H126", "info", field=field)
    return ""


def _path(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:
        return ""
