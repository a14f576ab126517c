"""Which films an item has: by its attachments, and by what its platform tells of them. Pure and total.

Platforms that tell more than their attachments do have a module ``filmed`` of their own, whose ``films`` their package
hands on; it reads the payload and leaves the rest to ``told_films``. All others have ``films`` of this module.

A film's *slot* must not change when nothing but the platform's addresses or the form of its answers does: it is part of
the film's id. So it is the platform's own id of the attachment where there is one, and ``film`` where the item is one
film, whichever answer or export tells of it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal
from urllib.parse import urlsplit

from schemas.deposit import FilmRole, FilmSaid
from schemas.record import MediaRef, MediaRole
from schemas.text import visible

SINGLE: Final = "film"
"""The slot of an item that is one film."""
ORIGINAL: Final = "original:"
"""How the origin of an owner's own file begins (``flows.deposit.items``): it belongs to a film and is none beside it."""

Live = Literal["", "live", "was-live", "upload"]

_ROLES: Final[Mapping[MediaRole, FilmRole]] = {"video": "video", "audio": "audio", "document": "document"}
_ENDINGS: Final[Mapping[str, FilmRole]] = {
    **dict.fromkeys(("mp4", "m4v", "mov", "webm", "mkv", "avi", "wmv", "mpg", "mpeg", "ogv", "3gp", "ts"), "video"),
    **dict.fromkeys(("mp3", "m4a", "aac", "ogg", "oga", "opus", "flac", "wav", "wma"), "audio"),
}
_NO_PUBLICATIONS: Final = ("text/", "image/", "application/xhtml", "application/xml", "application/json", "message/")
"""Attached, and still no delimited publication: pages, which KB does not take as such, and pictures."""
_PAGES: Final = frozenset({"html", "htm", "xhtml", "php", "aspx", "txt", "jpg", "jpeg", "png", "gif", "webp", "svg"})
_LONGEST: Final = 31 * 24 * 3600 * 1000
_ISO: Final = re.compile(
    r"P(?:([0-9]{1,4})D)?(?:T(?:([0-9]{1,6})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,9}(?:\.[0-9]{1,9})?)S)?)?"
)
_CLOCK: Final = re.compile(r"(?:([0-9]{1,4}):)?([0-9]{1,5}):([0-9]{1,2}(?:\.[0-9]{1,9})?)")
_DECIMAL: Final = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,12})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a payload tells of one film.

    Attributes:
        key: the platform's own id of the attachment, or empty.
        role, title, duration, live, captions: as of ``FilmSaid``.
        addresses: where its file lies or lay; each may be the origin of an attachment.
        fileless: it is a film even where no attachment is its file.
    """

    key: str
    role: FilmRole = "video"
    title: str = ""
    duration: int | None = None
    live: Live = ""
    captions: bool | None = None
    addresses: tuple[str, ...] = ()
    fileless: bool = True


def films(payload: Mapping[str, object], media: Sequence[MediaRef]) -> Sequence[FilmSaid]:
    """One for every attachment that is a film, a sound recording or a document (``schemas.neighbours.FilmsOf``)."""
    del payload
    return _captioned([_of(ref) for ref in attached(media)], media)


def attached(media: Sequence[MediaRef]) -> list[MediaRef]:
    """The attachments that can be films, each origin once; the stored one of several."""
    found: dict[str, MediaRef] = {}
    for ref in media:
        if ref.role in _ROLES and not ref.origin.startswith(ORIGINAL) and _is_publication(ref):
            before = found.get(ref.origin)
            if before is None or (before.digest is None and ref.digest is not None):
                found[ref.origin] = ref
    return list(found.values())


def told_films(told: Sequence[Told], media: Sequence[MediaRef]) -> Sequence[FilmSaid]:
    """The films that a payload tells of, each with its file, and those attachments that it tells nothing of.

    An attachment is the file of the film whose address it has. Where no address agrees, for it changed or the file came
    with an import, what is left over is taken in order when there are as many; and an item with one film has its files
    for that one. A further file of a role that the payload tells of is an older address, and no film of its own.
    """
    told = _distinct(told)
    files, left = _paired(told, attached(media))
    said: list[FilmSaid] = []
    for one, some in zip(told, files, strict=True):
        best = _best(some)
        if best is not None or one.fileless:
            said.append(_said(one, "" if best is None else best.origin))
    said += [_of(ref) for ref in left]
    if len(said) == 1:
        said = [replace(said[0], slot=SINGLE)]
    found: dict[str, FilmSaid] = {}
    for film in said:
        found.setdefault(film.slot, film)
    return _captioned(list(found.values()), media)


def milliseconds(value: object, per_second: int = 1) -> int | None:
    """A length as milliseconds; None where it is none, or longer than a month.

    Args:
        value: a number or its decimal digits. per_second: units in a second (1000: milliseconds).
    """
    if isinstance(value, str) and _DECIMAL.fullmatch(value.strip()):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < _LONGEST:
        return None
    found = round(value * 1000 / per_second) if math.isfinite(value) else 0
    return found if 0 < found <= _LONGEST else None


def iso_length(value: object) -> int | None:
    """Milliseconds of an ISO 8601 duration in days and below (``PT4M13S``); nothing lasting is None."""
    match = _ISO.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    days, hours, minutes = (int(one or 0) for one in match.groups()[:3])
    return milliseconds(((days * 24 + hours) * 60 + minutes) * 60 + float(match[4] or 0))


def clock_length(value: object) -> int | None:
    """Milliseconds of ``1:02:03``, ``2:03`` or ``123`` seconds."""
    match = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return milliseconds(value)
    return milliseconds((int(match[1] or 0) * 60 + int(match[2])) * 60 + float(match[3]))


def words(value: object) -> str:
    """A title as it can be written; empty for anything but text."""
    return visible(value).strip() if isinstance(value, str) else ""


def inside(value: object, *names: str) -> Mapping[str, object]:
    """The object that stands there, step by step; empty when there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def objects(value: object) -> list[Mapping[str, object]]:
    """The objects of a list, or of a Graph edge (``{"data": […]}``); nothing for anything else."""
    if isinstance(value, Mapping):
        value = value.get("data")
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def address_of(value: object) -> tuple[str, ...]:
    """The address, where there is one."""
    return (value,) if isinstance(value, str) and value else ()


# -- inside


def _distinct(told: Sequence[Told]) -> list[Told]:
    """Each id once; those without an id are told apart by their place."""
    found: dict[str, Told] = {}
    for at, one in enumerate(told):
        found.setdefault(one.key or f"\x1f{at}", one)
    return list(found.values())


def _paired(told: Sequence[Told], refs: Sequence[MediaRef]) -> tuple[list[list[MediaRef]], list[MediaRef]]:
    """The files of each film that is told of, and the attachments of roles that nothing is told of."""
    files: list[list[MediaRef]] = [[] for _ in told]
    by_address, left = _by_address(told), list[MediaRef]()
    for ref in refs:
        at = next((by_address[name] for name in _names_of(ref) if name in by_address), None)
        (left if at is None else files[at]).append(ref)
    for role in dict.fromkeys(one.role for one in told):
        ours = [some for one, some in zip(told, files, strict=True) if one.role == role]
        spare = [ref for ref in left if _role(ref) == role]
        left = [ref for ref in left if _role(ref) != role]
        if len(ours) == 1:
            ours[0].extend(spare)
        elif len(spare) == len(ours) and not any(ours):
            for some, ref in zip(ours, spare, strict=True):
                some.append(ref)
    return files, left


def _by_address(told: Sequence[Told]) -> Mapping[str, int]:
    """Place of the film that has this address, path or file name; what several have tells none of them."""
    found: dict[str, int] = {}
    several: set[str] = set()
    for at, one in enumerate(told):
        for name in _names(one):
            if found.setdefault(name, at) != at:
                several.add(name)
    return {name: at for name, at in found.items() if name not in several}


def _said(one: Told, origin: str) -> FilmSaid:
    return FilmSaid(
        slot=one.key or origin or SINGLE,
        role=one.role,
        title=one.title,
        duration=one.duration,
        live=one.live,
        captions=one.captions,
        origin=origin,
    )


def _of(ref: MediaRef) -> FilmSaid:
    return FilmSaid(slot=ref.origin, role=_role(ref), origin=ref.origin)


def _captioned(said: Sequence[FilmSaid], media: Sequence[MediaRef]) -> Sequence[FilmSaid]:
    """Caption files of an item with one film are that film's."""
    if len(said) == 1 and said[0].captions is None and any(ref.role == "caption" for ref in media):
        return (replace(said[0], captions=True),)
    return tuple(said)


def _best(files: Sequence[MediaRef]) -> MediaRef | None:
    """The stored one, the largest of several: what a platform hands out is often smaller than what was laid there."""
    stored = [ref for ref in files if ref.digest is not None]
    if stored:
        return max(stored, key=lambda ref: ref.size or 0)
    return files[0] if files else None


def _names(one: Told) -> list[str]:
    return [name for address in one.addresses for name in (address, _path(address), _last(address)) if name]


def _names_of(ref: MediaRef) -> list[str]:
    """Under which it may be told of; an export's file is named after the address, with the item's id before it."""
    last = _last(ref.origin)
    return [ref.origin, *(name for name in (_path(ref.origin), last, last.partition("-")[2]) if name)]


def _path(address: str) -> str:
    """Where it lies on the server: hosts and signatures change, this does not."""
    try:
        path = urlsplit(address).path if address.startswith(("https://", "http://")) else ""
    except ValueError:
        return ""
    return path if len(path) > 1 else ""


def _last(address: str) -> str:
    """The file's own name, where it is one that tells files apart."""
    name = address.partition("?")[0].partition("#")[0].rpartition("/")[2]
    return name if len(name) >= 12 and "." in name else ""


def _role(ref: MediaRef) -> FilmRole:
    """What sort; of what the platform does not name, by its media type or its name's ending."""
    if ref.role != "document":
        return _ROLES[ref.role]
    kind = ref.media_type.partition("/")[0].lower()
    if kind in ("video", "audio"):
        return "video" if kind == "video" else "audio"
    return _ENDINGS.get(_ending(ref.origin), "document")


def _ending(origin: str) -> str:
    name = origin.partition("?")[0].partition("#")[0].rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name else ""


def _is_publication(ref: MediaRef) -> bool:
    """A document is one unless it is said to be a page or a picture."""
    if ref.role != "document":
        return True
    kind = ref.media_type.partition(";")[0].strip().lower()
    return not kind.startswith(_NO_PUBLICATIONS) if kind else _ending(ref.origin) not in _PAGES
