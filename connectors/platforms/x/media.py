"""Attachments of a post or message. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.platforms.x import fields
from connectors.platforms.x.values import Notes
from connectors.scrubbing import without_secrets
from schemas.record import MediaRef
from schemas.text import visible


def embedded(keys: Sequence[str], media: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """What the answer says of the attachments, as it is kept in the payload."""
    return [media[key] for key in keys if key in media]


def references(
    keys: Sequence[str], media: Mapping[str, dict[str, Any]], notes: Notes, *, wanted: bool
) -> tuple[MediaRef, ...]:
    """The files: a picture, or the best film with its still. ``wanted``: one that is not shown is told of."""
    found: list[MediaRef] = []
    for key in keys:
        one = media.get(key)
        if one is None:
            if wanted:
                notes.add("H143", "warning")
            continue
        notes.unknown(one, fields.MEDIA_KNOWN, "media")
        found.extend(_files(one, notes))
    return tuple(found)


def alts(keys: Sequence[str], media: Mapping[str, dict[str, Any]]) -> list[list[str | None]]:
    """What makes attachments other attachments: key and alt text. Addresses move."""
    return [[key, _alt(media.get(key, {}))] for key in keys]


def _alt(one: Mapping[str, Any]) -> str | None:
    alt = one.get("alt_text")
    return visible(alt) if isinstance(alt, str) and alt else None


def _files(one: Mapping[str, Any], notes: Notes) -> list[MediaRef]:
    address, still, alt = notes.address(one, "url"), notes.address(one, "preview_image_url"), _alt(one)
    best = _best(notes.objects(one, "variants"), notes)
    if best is not None:
        address, media_type = best
        files = [MediaRef(role="video", origin=without_secrets(address), media_type=media_type, alt=alt)]
    elif one.get("type") in ("video", "animated_gif"):
        # Only a playlist, or nothing at all.
        notes.add("H143", "warning")
        files = []
    elif address:
        files = [MediaRef(role="picture", origin=without_secrets(address), alt=alt)]
    else:
        notes.add("H143", "warning")
        files = []
    if still:
        files.append(MediaRef(role="thumbnail", origin=without_secrets(still), alt=None if files else alt))
    return files


def _best(variants: Sequence[Mapping[str, Any]], notes: Notes) -> tuple[str, str] | None:
    """Address and type of the film with the highest rate; playlists are none."""
    films: list[tuple[int, str]] = []
    for one in variants:
        if one.get("content_type") != "video/mp4":
            continue
        rate = one.get("bit_rate")
        address = notes.address(one, "url")
        if address:
            films.append((rate if type(rate) is int else 0, address))
    return (max(films)[1], "video/mp4") if films else None
