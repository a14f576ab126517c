"""What Facebook tells of a post's films: which videos it shows, their titles, and whether they were broadcasts. Pure.

A video's id is its slot: the address of its file changes with every answer, and may be withheld.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from connectors.films import Live, Told, address_of, clock_length, inside, objects, told_films, words
from connectors.platforms.facebook.attachments import is_share_of, parts_of, role_of, without_detour
from connectors.platforms.facebook.notes import id_of
from schemas.deposit import FilmSaid
from schemas.record import MediaRef


def films(payload: Mapping[str, object], media: Sequence[MediaRef]) -> Sequence[FilmSaid]:
    """The videos and documents of a post (``schemas.neighbours.FilmsOf``); none of a post that is passed on."""
    if is_share_of(payload):
        return ()
    told = [one for part in parts_of(payload) if (one := _told(part)) is not None]
    videos = [at for at, one in enumerate(told) if one.role == "video"]
    if len(videos) == 1:
        told[videos[0]] = replace(told[videos[0]], live=_live(payload), duration=_length(payload))
    return told_films(told, media)


def _told(part: dict[str, Any]) -> Told | None:
    role, key = role_of(part), id_of(part.get("target")) or ""
    if role == "video":
        source = inside(part, "media").get("source")
        return Told(key=key, title=words(part.get("title")), addresses=address_of(source))
    if role == "document":
        address = part.get("unshimmed_url") or part.get("url")
        found = tuple(without_detour(one) for one in address_of(address))
        return Told(key=key, role="document", title=words(part.get("title")), addresses=found, fileless=False)
    return None


def _live(post: Mapping[str, object]) -> Live:
    if post.get("is_fb_live_videos") is True and post.get("was_fb_live_videos") is not True:
        return "live"
    return "was-live" if post.get("was_fb_live_videos") is True else ""


def _length(post: Mapping[str, object]) -> int | None:
    """Of the film, where the post has it among its properties (``{"name": "Length", "text": "1:05"}``)."""
    lengths = [clock_length(one.get("text")) for one in objects(post.get("properties")) if one.get("name") == "Length"]
    return next((one for one in lengths if one is not None), None)
