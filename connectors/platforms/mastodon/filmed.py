"""What Mastodon tells of a status's films: their lengths. Pure and total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from connectors.films import Told, address_of, inside, milliseconds, objects, told_films
from schemas.deposit import FilmRole, FilmSaid
from schemas.record import MediaRef

_ROLES: Final[Mapping[object, FilmRole]] = {"video": "video", "gifv": "video", "audio": "audio"}


def films(payload: Mapping[str, object], media: Sequence[MediaRef]) -> Sequence[FilmSaid]:
    """The films and sound recordings of a status (``schemas.neighbours.FilmsOf``)."""
    told = [_told(one) for one in objects(payload.get("media_attachments")) if _kind(one) in _ROLES]
    return told_films(told, media)


def _told(one: Mapping[str, object]) -> Told:
    key, meta = one.get("id"), inside(one, "meta")
    lengths = (inside(meta, "original").get("duration"), meta.get("duration"))
    return Told(
        key=key if isinstance(key, str) else "",
        role=_ROLES[_kind(one)],
        duration=next((found for length in lengths if (found := milliseconds(length)) is not None), None),
        addresses=(*address_of(one.get("url")), *address_of(one.get("remote_url"))),
    )


def _kind(one: Mapping[str, object]) -> str:
    kind = one.get("type")
    return kind if isinstance(kind, str) else ""
