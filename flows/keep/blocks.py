"""One item's rows as people read it: a ``Block`` with what was written last, its pictures and files, and what happened.

The text is the latest lydelse's; that there were earlier ones, and when, stands in the notes. Who and what stands
before a name: a name that is written from the right moves nothing behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from flows.keep.addresses import addresses
from flows.keep.thread import Node
from schemas.calendar import local_day, local_time
from schemas.codes.words import EVIDENCE, ROLES, value
from schemas.record import MediaRef, Row
from schemas.rendering import Block, FileLine, Image

_STATES: Final = {
    "hidden": "Dold för besökare",
    "gone": "Borta från plattformen",
    "unknown": "Sågs inte vid senaste insamlingen; orsaken är inte känd",
}
COUNTS: Final = {
    "boosts": "delningar",
    "bookmarks": "bokmärken",
    "comments": "kommentarer",
    "dislikes": "ogillanden",
    "favourites": "gillamarkeringar",
    "followers": "följare",
    "following": "följer",
    "likes": "gillamarkeringar",
    "posts": "inlägg",
    "quotes": "citat",
    "reactions": "reaktioner",
    "replies": "svar",
    "reposts": "delningar",
    "saves": "sparade",
    "shares": "delningar",
    "statuses": "inlägg",
    "videos": "filmer",
    "views": "visningar",
}
"""What platforms' counters are called."""
NOT_ARCHIVED: Final = "finns inte i arkivet"
"""Said of an item that others name and that never was taken in."""
NOT_PACKAGED: Final = "ingår inte i paketet"
"""Said in a package of an item that others name and that the package does not hold; the archive may."""

_SHOWN_ROLES: Final = frozenset({"picture", "thumbnail"})
_MOST_LINKS = 20


class Album:
    """Gives pictures until the document has as many bytes of them as it may have; each file counts once."""

    def __init__(self, pictures: Callable[[str], bytes | None], room: int) -> None:
        """``pictures``: gives a picture by its digest, or None. ``room``: bytes of pictures that there is room for."""
        self._pictures = pictures
        self._room = room
        self._given: dict[str, bytes] = {}

    def take(self, one: MediaRef) -> bytes | None:
        """The picture; None when it is missing or there is no room."""
        if one.digest is None:
            return None
        if one.digest in self._given:
            return self._given[one.digest]
        if one.size is not None and one.size > self._room:
            return None
        data = self._pictures(one.digest)
        if data is None or len(data) > self._room:
            return None
        self._room -= len(data)
        self._given[one.digest] = data
        return data


def block_of(rows: Sequence[Row], *, depth: int, focus: bool, album: Album) -> Block:
    """One live item. ``rows``: all of its rows that count, at least one, in any order."""
    seen = sorted(rows, key=lambda row: (row.observed, row.version, row.row == "sighting"))
    versions = _versions(seen)
    latest = versions[-1]
    images, files, notes = _attached(seen, latest, album)
    return Block(
        head=head_of(latest),
        depth=depth,
        text=latest.text or "",
        focus=focus,
        images=images,
        files=files,
        notes=(*notes, *_history(seen, versions), *_counted(seen), *_found_at(latest)),
    )


def head_of(row: Row) -> str:
    """When, what and who, in one line."""
    at = "odaterad" if row.published is None else local(row.published)
    return f"{at} · {value(row.kind, 'sv')} · {row.author or 'okänd avsändare'}"


def stub_of(node: Node, absent: str = NOT_ARCHIVED) -> str:
    """What stands in the place of a culled item, or of one that is not there (``absent``: where it is not)."""
    if node.standing == "missing" or node.culled is None:
        return f"[{absent}]"
    return f"[gallrad {local_day(node.culled)}: {value(node.kind or '', 'sv')}, planrad {node.rule}]"


def local(moment: datetime) -> str:
    """Civil day and time in Sweden, without zone: the document says once which it is."""
    return f"{local_time(moment):%Y-%m-%d %H.%M}"


def latest_of(rows: Sequence[Row]) -> Row:
    """The newest version; the newest row of another sort where the archive has no version."""
    return _versions(sorted(rows, key=lambda row: (row.observed, row.version)))[-1]


def media_of(rows: Sequence[Row], latest: Row) -> list[tuple[MediaRef, bool]]:
    """Each attachment once, with whether it belongs to the latest version (or was found later for it).

    An attachment that was fetched later stands in an observation with the same origin: that reference counts.
    """
    fetched = {one.origin: one for row in rows for one in row.media if one.digest is not None}
    now = [*latest.media, *(one for row in rows if row.row == "observation" for one in row.media)]
    before = [one for row in rows if row.row == "version" and row is not latest for one in row.media]
    found: dict[str, tuple[MediaRef, bool]] = {}
    for one, current in [*((one, True) for one in now), *((one, False) for one in before)]:
        settled = one if one.digest is not None else fetched.get(one.origin, one)
        found.setdefault(f"{settled.role}\n{settled.digest or settled.origin}", (settled, current))
    return list(found.values())


def _versions(ordered: Sequence[Row]) -> list[Row]:
    found = sorted((row for row in ordered if row.row == "version"), key=lambda row: row.version)
    return found or list(ordered[-1:])


def _attached(
    rows: Sequence[Row], latest: Row, album: Album
) -> tuple[tuple[Image, ...], tuple[FileLine, ...], tuple[str, ...]]:
    images, files, notes = [], [], []
    numbers: dict[str, int] = {}
    for one, current in media_of(rows, latest):
        word = ROLES[one.role]
        numbers[word] = numbers.get(word, 0) + 1
        name = f"{word} {numbers[word]}"
        data = album.take(one) if one.role in _SHOWN_ROLES and current else None
        if data is not None:
            images.append(Image(name=f"{name} (SHA-256 {one.digest})", data=data, alt=one.alt or ""))
            continue
        files.append(
            FileLine(name=name, size=one.size, sha256=one.digest or "", about=_about(one, word, current=current))
        )
        if one.alt:
            notes.append(f"Alternativtext till {name}: {one.alt}")
    return tuple(images), tuple(files), tuple(notes)


def _about(one: MediaRef, word: str, *, current: bool) -> str:
    parts = [one.media_type or word]
    if one.language:
        parts.append(f"språk {one.language}")
    if not current:
        parts.append("i en tidigare lydelse")
    if one.digest is None:
        parts.append("filen kunde inte hämtas")
    elif one.role in _SHOWN_ROLES and current:
        parts.append("visas inte här")
    return ", ".join(parts)


def _history(ordered: Sequence[Row], versions: Sequence[Row]) -> list[str]:
    latest = versions[-1]
    notes = []
    if latest.edited is not None:
        notes.append(f"Ändrad enligt plattformen {local(latest.edited)}")
    if len(versions) > 1:
        earlier = ", ".join(local(row.observed) for row in versions[:-1])
        notes.append(
            f"Lydelse {len(versions)} av {len(versions)}, iakttagen {local(latest.observed)}; "
            f"tidigare lydelser iakttagna {earlier}"
        )
    sightings = [row for row in ordered if row.row != "observation"]
    last = sightings[-1] if sightings else ordered[-1]
    if last.state in _STATES:
        evidence = EVIDENCE.get(last.evidence or "", "")
        told = f" ({evidence})" if evidence else ""
        notes.append(f"{_STATES[last.state]}{told}, iakttaget {local(last.observed)}")
    if latest.visibility and latest.visibility != "public":
        notes.append(f"Synlighet enligt plattformen: {latest.visibility}")
    if latest.links:
        more = len(latest.links) - _MOST_LINKS
        ending = f" och {more} till" if more > 0 else ""
        notes.append(f"Länkar: {' '.join(latest.links[:_MOST_LINKS])}{ending}")
    return notes


def _counted(ordered: Sequence[Row]) -> list[str]:
    last = next((row for row in reversed(ordered) if row.counts), None)
    if last is None:
        return []
    counts = ", ".join(f"{COUNTS.get(name, name)} {number}" for name, number in last.counts)
    return [f"Räknat {local(last.observed)}: {counts}"]


def _found_at(latest: Row) -> list[str]:
    where = addresses(latest)
    return [*([f"Adress: {where[0]}"] if where else []), f"Id i Bevara: {latest.item}"]
