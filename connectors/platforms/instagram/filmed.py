"""What Instagram tells of a media object's films: their ids, and the title. Pure and total.

Films that it shows and hands out no file of (music that is somebody's) are films all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from connectors.films import Told, address_of, objects, told_films, words
from schemas.deposit import FilmSaid
from schemas.record import MediaRef


def films(payload: Mapping[str, object], media: Sequence[MediaRef]) -> Sequence[FilmSaid]:
    """The films of a post, reel, carousel or story (``schemas.neighbours.FilmsOf``)."""
    parts = objects(payload.get("children")) or [payload]
    return told_films([_told(one) for one in parts if one.get("media_type") == "VIDEO"], media)


def _told(one: Mapping[str, object]) -> Told:
    return Told(
        key=words(one.get("id")), title=words(one.get("video_title")), addresses=address_of(one.get("media_url"))
    )
