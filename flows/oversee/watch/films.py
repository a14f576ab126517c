"""Whether films have captions: beside them, said by the platform, or as a track inside the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from flows.oversee.watch.own_items import Lacks, lacks
from schemas.ground import Home
from schemas.neighbours import MissingError
from schemas.record import MediaRef
from schemas.refusal import UnreachableError
from schemas.shelf import medium

_LARGEST: Final = 512 * 1024 * 1024
"""Bytes of a film that is opened to look for a track; a larger one is told of, and a person knows."""


def media_lacks(
    home: Home, platform: str, payload: Mapping[str, object], media: Sequence[MediaRef], *, play: bool
) -> Lacks:
    """What an item's films and pictures lack. Never raises for what a file or a platform says.

    Args:
        play: open files to see whether captions are inside them.
    """
    found = lacks(payload, media, home.films_of(platform))
    if not found.films or not play:
        return found
    files = {one.digest: one for one in media if one.role == "video" and one.digest is not None}
    inside = sum(_inside(home, digest, one.size) for digest, one in files.items())
    return Lacks(films=max(0, found.films - inside), pictures=found.pictures)


def _inside(home: Home, digest: str, size: int | None) -> bool:
    if size is None or size > _LARGEST:
        return False
    try:
        with home.ground.store.open(medium(digest)) as source:
            return bool(home.media_facts.look("film", source, size).captions)
    except (MissingError, UnreachableError, OSError):
        return False
