"""What X, and its archive, tell of a post's films: their ids and lengths; titles where the archive has them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from connectors.films import Told, address_of, inside, milliseconds, objects, told_films, words
from schemas.deposit import FilmSaid
from schemas.record import MediaRef

_FILMS = ("video", "animated_gif")


def films(payload: Mapping[str, object], media: Sequence[MediaRef]) -> Sequence[FilmSaid]:
    """The films of a post, those that X gives as playlists only too (``schemas.neighbours.FilmsOf``)."""
    listed = [_listed(one) for one in objects(inside(payload, "includes").get("media")) if one.get("type") in _FILMS]
    entities = inside(payload, "extended_entities") or inside(payload, "entities")
    archived = [_archived(one) for one in objects(entities.get("media")) if one.get("type") in _FILMS]
    return told_films(listed or archived, media)


def _listed(one: Mapping[str, object]) -> Told:
    # ``7_1234``: a class and the id by which the archive knows it too.
    key = words(one.get("media_key"))
    return Told(
        key=key.rpartition("_")[2],
        duration=milliseconds(one.get("duration_ms"), 1000),
        addresses=_addresses(one.get("variants")),
    )


def _archived(one: Mapping[str, object]) -> Told:
    info = inside(one, "video_info")
    return Told(
        key=words(one.get("id_str")),
        title=words(inside(one, "additional_media_info").get("title")),
        duration=milliseconds(info.get("duration_millis"), 1000),
        addresses=_addresses(info.get("variants")),
    )


def _addresses(variants: object) -> tuple[str, ...]:
    return tuple(address for one in objects(variants) for address in address_of(one.get("url")))
