"""What a feed tells of an entry's films and sound recordings: titles and lengths. Pure and total.

The article's page is an attachment too, and no publication by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from connectors.films import clock_length, inside, objects, words
from connectors.films import films as attached_films
from connectors.markup import plain
from connectors.scrubbing import without_secrets
from schemas.deposit import FilmSaid
from schemas.record import MediaRef


def films(payload: Mapping[str, object], media: Sequence[MediaRef]) -> Sequence[FilmSaid]:
    """One for every attached file (``schemas.neighbours.FilmsOf``)."""
    said = attached_films(payload, media)
    told: dict[str, Mapping[str, object]] = {}
    for name in ("media_content", "enclosures", "links"):
        for one in objects(payload.get(name)):
            address = one.get("url") or one.get("href")
            if isinstance(address, str):
                told.setdefault(without_secrets(address), one)
    alone = len(said) == 1
    return tuple(_with(one, told.get(one.origin, {}), payload, alone=alone) for one in said)


def _with(one: FilmSaid, told: Mapping[str, object], entry: Mapping[str, object], *, alone: bool) -> FilmSaid:
    length = clock_length(told.get("duration"))
    title = words(told.get("title"))
    if alone:
        length = length or clock_length(entry.get("itunes_duration"))
        title = title or words(entry.get("itunes_title")) or _title(entry)
    return replace(one, title=title, duration=length)


def _title(entry: Mapping[str, object]) -> str:
    value = inside(entry, "title")
    written = words(value.get("value"))
    return written if value.get("type") == "text/plain" else words(plain(written)[0])
