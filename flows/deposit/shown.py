"""Films as an officer decides by them: what they are called, where they are, how long is left, what the rules propose.

What is shown comes from the archive's own rows, read when somebody asks; nothing of it is stored beside them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from flows.deposit.clock import deadline
from flows.deposit.enter import film_file, look
from flows.deposit.items import Slot, rows_of_items, slots_of
from flows.deposit.propose import Known, propose
from flows.deposit.said import said_of, spelled
from flows.deposit.standing import known_film
from flows.keep.addresses import addresses
from schemas.calendar import local_day
from schemas.codes import sentence
from schemas.deposit import CLOSED, Deadline, Film, Member, Playing
from schemas.ground import Home
from schemas.ids import ItemId, rfc3339
from schemas.neighbours import MissingError
from schemas.record import Row
from schemas.refusal import UnreachableError

SETTLED: Final = timedelta(days=14)
"""A film that got a new version within so long may still be changing."""
_OPEN: Final = frozenset({"candidate", "rejected"})
"""Standings in which somebody is to decide; of these a file is looked into, to see captions inside it."""


def films_shown(home: Home, *, every: bool) -> list[dict[str, Any]]:
    """Films for ``deposit films --json``, those whose last day comes first at the top.

    Each: ``number``, ``id``, ``standing``, ``ground`` (code of why it stands outside, or empty), ``authority``, ``title``,
    ``role``; ``channels``: ``account``, ``platform``, ``kind``, ``item``, ``member``, ``available`` (RFC 3339), ``url``
    (or null), ``joined``, ``archived`` (its rows are here); ``first_available`` (RFC 3339), ``last_day`` (civil day),
    ``days_left``, ``overdue``, ``stopped``; ``captions``: ``present``, ``languages``, ``missing``; ``finished``, ``live``
    (``live``, ``was-live``, ``upload`` or empty); ``duration`` (milliseconds or null); ``file``: ``platform``,
    ``original`` (whether one is here), ``originals`` (how many), ``playable`` (or null: not looked at); ``replaces`` and
    ``may_replace`` (numbers of other films, or null); ``proposal``: ``answer``, ``reasons`` with ``code`` and ``text``;
    ``decision`` (``answer``, ``person``, ``decided``, ``reason``, ``told``, ``way``, ``record``) or null; ``delivery``;
    ``own_file`` (address of the own site's file, or null).

    Args:
        every: also those that are closed: declined, outside, accepted, seen. Films outside that nobody has judged are
            always shown: somebody is to see that they are, and why.
    """
    with home.ground.state.reading() as books:
        films = [film for film in books.films.all() if every or film.standing not in CLOSED or _unjudged(film)]
    rows = _shown(home, films)
    return sorted(rows, key=lambda row: (row["last_day"], row["number"]))


def film_shown(home: Home, film: Film | str) -> dict[str, Any]:
    """One film, as ``films_shown`` has it. ``film``: the film, or what a person calls it. Raises RefusedError."""
    return _shown(home, [known_film(home.ground, film) if isinstance(film, str) else film])[0]


def _unjudged(film: Film) -> bool:
    return film.standing == "outside" and film.decided is None


@dataclass(frozen=True, slots=True)
class _Place:
    """A member with what its item's rows say, if they are here."""

    member: Member
    slot: Slot | None


def _shown(home: Home, films: Sequence[Film]) -> list[dict[str, Any]]:
    wanted = {film.id for film in films}
    with home.ground.state.reading() as books:
        members = (
            books.films.members() if len(wanted) > 1 else [one for film in wanted for one in books.films.members(film)]
        )
        numbers = {film.id: film.number for film in books.films.all()}
        beside = books.films.of_items(sorted({one.item for one in members if one.film in wanted}))
    of_film: dict[str, list[Member]] = defaultdict(list)
    for one in members:
        if one.film in wanted:
            of_film[one.film].append(one)
    shown = []
    for film in films:
        # Film by film: an archive with thousands of films is not held in memory at once.
        rows = rows_of_items(home.ground, {one.item for one in of_film[film.id]})
        slots = {slot.member: slot for some in rows.values() for slot in slots_of(home, some)}
        places = [_Place(one, slots.get(one.id)) for one in of_film[film.id]]
        older = _older(film, places, beside, numbers)
        shown.append(_row(home, film, places, rows, numbers, older))
    return shown


def _row(
    home: Home,
    film: Film,
    places: Sequence[_Place],
    rows: Mapping[ItemId, Sequence[Row]],
    numbers: Mapping[str, int],
    older: int | None,
) -> dict[str, Any]:
    now = home.ground.clock.now()
    slots = [one.slot for one in places if one.slot is not None]
    clock = deadline(
        film.available, local_day(now), film.standing, authority=film.authority, companies=home.deposit.companies
    )
    said = said_of(home.ground, film) if film.record is not None else None
    playing = _playing(home, film, slots)
    known = _known(film, places, slots, rows, playing, now=now, newer=older is not None and not film.replaces)
    proposal = propose(known)
    return {
        "number": film.number,
        "id": film.id,
        "standing": film.standing,
        "ground": film.ground,
        "authority": film.authority,
        "title": (said.told.title if said is not None else "") or _title(slots),
        "role": places[0].member.role if places else "video",
        "channels": [_channel(one) for one in places],
        "first_available": rfc3339(film.available),
        **_time(clock),
        "captions": {
            "present": known.captions,
            "languages": _languages(slots, playing),
            "missing": not known.captions and known.role == "video",
        },
        "finished": not (known.live or known.changing),
        "live": _live(slots),
        "duration": next((one.member.duration for one in places if one.member.duration is not None), None),
        "file": {
            "platform": known.files,
            "original": known.originals > 0,
            "originals": known.originals,
            "playable": known.playable,
        },
        "replaces": numbers.get(film.replaces),
        "may_replace": older,
        "proposal": {
            "answer": proposal.answer,
            "reasons": [{"code": code, "text": sentence(code, "sv")} for code in proposal.reasons],
        },
        "decision": None
        if film.decided is None
        else {
            "answer": "no" if film.standing == "declined" else "yes",
            "person": film.person,
            "decided": rfc3339(film.decided),
            "reason": "" if said is None else said.reason,
            "told": {} if said is None else spelled(said.told),
            "way": film.way,
            "record": film.record,
        },
        "delivery": film.delivery,
        "own_file": (said.told.file if said is not None else "") or None,
    }


def _time(clock: Deadline) -> dict[str, Any]:
    return {
        "last_day": clock.last.isoformat(),
        "days_left": clock.left,
        "overdue": not clock.stopped and clock.left < 0,
        "stopped": clock.stopped,
    }


def _channel(place: _Place) -> dict[str, Any]:
    member, slot = place.member, place.slot
    return {
        "account": member.account,
        "platform": "" if slot is None else slot.row.platform,
        "kind": "" if slot is None else slot.row.kind,
        "item": member.item,
        "member": member.id,
        "available": rfc3339(member.available),
        "url": None if slot is None else next(iter(addresses(slot.row)), None),
        "joined": member.joined,
        "archived": slot is not None,
    }


def _known(
    film: Film,
    places: Sequence[_Place],
    slots: Sequence[Slot],
    rows: Mapping[ItemId, Sequence[Row]],
    playing: Playing | None,
    *,
    now: datetime,
    newer: bool,
) -> Known:
    files = {one.digest for slot in slots for one in slot.files if one.digest is not None}
    own = {one.digest for slot in slots for one in slot.files if one.origin.startswith("original:")} - {None}
    captions = (
        any(slot.captions or slot.said.captions for slot in slots)
        or any(one.role == "caption" for slot in slots for one in slot.originals)
        or bool(playing is not None and playing.captions)
    )
    return Known(
        role=places[0].member.role if places else "video",
        ground=film.ground if film.standing == "outside" else "",
        live=any(slot.said.live == "live" for slot in slots),
        was_live=any(slot.said.live == "was-live" for slot in slots),
        changing=any(_changing(rows[slot.item], now) for slot in slots),
        story=bool(slots) and all(slot.row.kind == "story" for slot in slots),
        files=bool(files - own),
        playable=None if playing is None else playing.readable,
        originals=len(own),
        captions=captions,
        shared_captions=any(slot.together > 1 and slot.captions for slot in slots),
        newer=newer,
    )


def _changing(rows: Iterable[Row], now: datetime) -> bool:
    """A version after the first has come within the last two weeks: KB counts as finished what changes no more."""
    later = [row.observed for row in rows if row.row == "version" and row.version > 1]
    return bool(later) and now - max(later) < SETTLED


def _playing(home: Home, film: Film, slots: Sequence[Slot]) -> Playing | None:
    """What the film's file is, while somebody is to decide; None: no file is here, or it is decided."""
    if film.standing not in _OPEN:
        return None
    if any(one.digest is not None and one.size == 0 for slot in slots for one in slot.files) and not any(
        film_file(slot) for slot in slots
    ):
        return Playing(readable=False)
    for slot in slots:
        file = film_file(slot)
        if file is not None:
            try:
                return look(home, file)
            except (MissingError, UnreachableError, OSError):
                continue
    return None


def _languages(slots: Sequence[Slot], playing: Playing | None) -> list[str]:
    files = [one for slot in slots for one in (*slot.captions, *slot.originals) if one.role == "caption"]
    inside = () if playing is None else playing.captions
    return sorted({one.language for one in files if one.language} | {one for one in inside if one})


def _live(slots: Sequence[Slot]) -> str:
    said = {slot.said.live for slot in slots}
    return next((one for one in ("live", "was-live", "upload") if one in said), "")


def _title(slots: Sequence[Slot]) -> str:
    """The title of where it was published first, or of the next that has one."""
    return next((slot.title for slot in slots if slot.title), "")


def _older(film: Film, places: Sequence[_Place], beside: Iterable[Member], numbers: Mapping[str, int]) -> int | None:
    """Number of the film that this one may be a new version of: it stood earlier at the same item, of the same sort."""
    for place in places:
        before = [
            one
            for one in beside
            if one.item == place.member.item
            and one.film != film.id
            and one.role == place.member.role
            and one.version < place.member.version
        ]
        if before:
            latest = max(before, key=lambda one: (one.version, one.id))
            return numbers.get(latest.film)
    return None
