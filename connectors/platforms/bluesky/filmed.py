"""What Bluesky tells of a post's film: whether it has captions. Pure and total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from connectors.films import films as attached_films
from connectors.films import inside
from schemas.deposit import FilmSaid
from schemas.record import MediaRef


def films(payload: Mapping[str, object], media: Sequence[MediaRef]) -> Sequence[FilmSaid]:
    """The film of a post, known by the digest of its bytes (``schemas.neighbours.FilmsOf``)."""
    said = attached_films(payload, media)
    embed = inside(payload, "value", "embed") or inside(payload, "record", "embed")
    shown = embed if "video" in embed else inside(embed, "media")
    if len(said) != 1 or "video" not in shown:
        return said
    return (replace(said[0], captions=bool(shown.get("captions"))),)
