"""Attachments: known by their URN and asked for when their bytes are needed, or by an address in the item itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from connectors.scrubbing import without_secrets
from schemas.record import MediaRef, MediaRole
from schemas.text import visible

CAPTION = "#caption:"
"""What is added to a video's URN to name its captions, with the number among them."""
_URN = re.compile(r"urn:li:(image|video|document|digitalmediaAsset):([A-Za-z0-9_-]{1,200})")
_ROLES: dict[str, MediaRole] = {"image": "picture", "video": "video", "document": "document"}
_ADDRESS = re.compile(r"https?://[!-~\u00a1-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]{1,2000}")
_CARRIED = (None, "IMAGE", "VIDEO", "DOCUMENT")
"""Types of a comment's content whose address is that of a file."""
_SIGNATURE = frozenset({"e", "t", "v", "expires", "x-expires"})
"""Parameters of LinkedIn's media addresses that sign them or say until when they open."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attachment and what makes it another one."""

    reference: MediaRef
    identity: tuple[str, str | None, str]


def is_urn(origin: str) -> bool:
    """The origin is a URN that must be asked for, not an address."""
    return origin.startswith("urn:li:")


def unsigned(address: str) -> str:
    """A web address without secrets and without LinkedIn's own signature."""
    kept = without_secrets(address)
    try:
        parts = urlsplit(kept)
        pairs = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return kept
    left = [(name, value) for name, value in pairs if name.lower() not in _SIGNATURE]
    if len(left) == len(pairs) or "t" not in dict(pairs):
        return kept
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(left), ""))


def signed_in(value: object) -> Iterator[tuple[str, str]]:
    """Origin and full address of everything in an answer that has an address which opens it for a while."""
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, list):
            stack.extend(one)
        elif isinstance(one, dict):
            stack.extend(one.values())
            address, urn = one.get("url"), _urn_in(one)
            if urn is not None and isinstance(address, str) and _ADDRESS.fullmatch(address):
                yield urn, address
        elif isinstance(one, str) and "?" in one and _ADDRESS.fullmatch(one):
            yield visible(unsigned(one)), one


def linked_in(content: object) -> Iterator[str]:
    """Addresses that a comment refers to without carrying what lies there."""
    for one in content if isinstance(content, list) else ():
        if isinstance(one, dict) and one.get("type") not in _CARRIED and _urn_in(one) is None:
            address = one.get("url")
            if isinstance(address, str) and _ADDRESS.fullmatch(address):
                yield address


def media_of(content: object, videos: Mapping[str, Any], malformed: Callable[[str], None]) -> tuple[Attachment, ...]:
    """The attachments of a post, comment or message, in order.

    Args:
        content: the item's ``content``, or ``{"attachments": […]}``.
        videos: what LinkedIn says of the videos, by URN: for their captions.
        malformed: told the name of a field that cannot be read.
    """
    if not isinstance(content, dict):
        if content is not None:
            malformed("content")
        return ()
    found: list[Attachment] = []
    for value, field in _parts(content, malformed):
        found.extend(_attachment(value, field, videos, malformed))
    return tuple(found)


def captions_of(video: object) -> list[tuple[str, str]]:
    """Address and language of every caption file that LinkedIn names for a video."""
    given = video.get("captions") if isinstance(video, dict) else None
    found = []
    for one in given if isinstance(given, list) else [given]:
        address = one.get("downloadUrl") or one.get("url") if isinstance(one, dict) else one
        if isinstance(address, str) and _ADDRESS.fullmatch(address):
            found.append((address, _language(one)))
    return found


def _parts(content: Mapping[str, Any], malformed: Callable[[str], None]) -> Iterator[tuple[Mapping[str, Any], str]]:
    media = content.get("media")
    if isinstance(media, dict):
        yield media, "content.media"
    elif media is not None:
        malformed("content.media")
    for above, name in (("multiImage", "images"), ("carousel", "cards")):
        holder = content.get(above)
        if isinstance(holder, dict):
            yield from _listed(holder, name, f"content.{above}.{name}", malformed)
        elif holder is not None:
            malformed(f"content.{above}")
    article = content.get("article")
    thumbnail = article.get("thumbnail") if isinstance(article, dict) else None
    if isinstance(thumbnail, str) and thumbnail:
        yield {"id": thumbnail}, "content.article.thumbnail"
    elif isinstance(thumbnail, dict):
        yield {"media": thumbnail}, "content.article.thumbnail"
    yield from _listed(content, "attachments", "content", malformed)


def _listed(
    holder: Mapping[str, Any], name: str, field: str, malformed: Callable[[str], None]
) -> Iterator[tuple[Mapping[str, Any], str]]:
    found = holder.get(name)
    for one in found if isinstance(found, list) else ():
        if isinstance(one, dict):
            inner = one.get("media") if name == "cards" else one
            if isinstance(inner, dict):
                yield inner, field
        else:
            malformed(field)
    if found is not None and not isinstance(found, list):
        malformed(field)


def _attachment(
    value: Mapping[str, Any], field: str, videos: Mapping[str, Any], malformed: Callable[[str], None]
) -> Iterator[Attachment]:
    alt = value.get("altText")
    alt = visible(alt) if isinstance(alt, str) else None
    title = value.get("title") or value.get("name")
    title = title if isinstance(title, str) else ""
    urn = _urn_in(value)
    if urn is not None:
        kind = urn.split(":")[2]
        yield Attachment(MediaRef(role=_ROLES.get(kind, "document"), origin=urn, alt=alt), (urn, alt, title))
        for number, (_, language) in enumerate(captions_of(videos.get(urn)), 1):
            origin = f"{urn}{CAPTION}{number}"
            yield Attachment(MediaRef(role="caption", origin=origin, language=language), (origin, None, language))
        return
    if isinstance(value.get("type"), str) and value["type"] not in _CARRIED:
        return
    inline = list(_inline(value))
    for role, address, language in inline:
        origin = visible(unsigned(address))
        shown = alt if role != "caption" else None
        yield Attachment(
            MediaRef(role=role, origin=origin, alt=shown, language=language), (origin, shown, title or language)
        )
    if not inline:
        malformed(field)


def _urn_in(value: Mapping[str, Any]) -> str | None:
    entity = value.get("entity")
    inner = [entity.get(name) for name in ("image", "digitalmediaAsset")] if isinstance(entity, dict) else []
    for found in (value.get("id"), value.get("media"), *inner):
        match = _URN.fullmatch(found) if isinstance(found, str) else None
        if match is not None:
            return f"urn:li:{'image' if match[1] == 'digitalmediaAsset' else match[1]}:{match[2]}"
    return None


def _inline(value: Mapping[str, Any]) -> Iterator[tuple[MediaRole, str, str]]:
    """Addresses that stand in the item itself: role, address, language."""
    media = value.get("media")
    holders: list[tuple[MediaRole, object]] = [
        ("picture" if "entity" in value or "type" in value else "document", value)
    ]
    if isinstance(media, dict):
        holders = [(role, media.get(kind)) for kind, role in _ROLES.items()] + [("picture", media)]
    for role, holder in holders:
        if not isinstance(holder, dict):
            continue
        address = holder.get("downloadUrl") or holder.get("url")
        if isinstance(address, str) and _ADDRESS.fullmatch(address):
            yield role, address, ""
            for caption, language in captions_of(holder):
                yield "caption", caption, language


def _language(caption: object) -> str:
    if not isinstance(caption, dict):
        return ""
    locale = caption.get("locale")
    found = locale.get("language") if isinstance(locale, dict) else locale
    found = caption.get("language") if found is None else found
    return visible(found)[:20] if isinstance(found, str) else ""
