"""What LinkedIn tells of a post's films and documents: their titles. Pure and total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from connectors.films import Told, told_films, words
from connectors.platforms.linkedin.media import media_of
from schemas.deposit import FilmRole, FilmSaid
from schemas.record import MediaRef, MediaRole

_ROLES: Mapping[MediaRole, FilmRole] = {"video": "video", "document": "document"}


def films(payload: Mapping[str, object], media: Sequence[MediaRef]) -> Sequence[FilmSaid]:
    """The films and documents of a post (``schemas.neighbours.FilmsOf``)."""
    told = [
        Told(
            key=one.reference.origin,
            role=_ROLES[one.reference.role],
            title=words(one.identity[2]),
            addresses=(one.reference.origin,),
            fileless=one.reference.role == "video",
        )
        for one in media_of(payload.get("content"), {}, lambda _: None)
        if one.reference.role in _ROLES
    ]
    return told_films(told, media)
