"""The films of an item: which there are, in which version each first stood, and since when the public could see it.

An item's rows are read together: its versions, and the observations by which an import or an owner brought files later.
What a platform says of its films comes from its own module (``schemas.neighbours.FilmsOf``).
"""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from flows.keep.read import read_file
from schemas.books import LiveFile
from schemas.deposit import FilmSaid
from schemas.ground import Ground, Home
from schemas.ids import ItemId, Month, month_of
from schemas.neighbours import FilmsOf, MissingError
from schemas.payload import UnreadableError, read
from schemas.record import Kind, MediaRef, Row
from schemas.tables import HOLDINGS, to_rows
from schemas.text import one_line

FILM_KINDS: Final[frozenset[Kind]] = frozenset({"post", "reply", "story"})
"""Kinds of own items whose films count; a post itself, a comment or a message is never deposited."""
ORIGINAL: Final = "original:"
"""Beginning of the origin of an owner's own file: ``original:<member>:<name>``."""
CLOSED_TO_MOST: Final[frozenset[str]] = frozenset(
    {
        *("private", "privat", "direct", "limited", "followers", "self", "connections", "container"),
        *("friends", "all_friends", "friends_of_friends", "networks_friends"),
        *("unpublished", "draft", "scheduled", "publish_failed"),
    }
)
"""The platforms' words for an item that is closed to the public. Under every other word somebody may be able to see it:
whoever has the address, whoever registers (KB: also what stands behind a password that anyone can get), or it was open
until it expired. A word that nobody knows (an export speaks its owner's language) hides no film: a person decides."""
_IDS: Final = 32
"""Hexadecimal digits of a member's id: 128 bits."""
_AGAIN: Final = 5
"""How often a month is asked for again when it is replaced while it is being read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One film at one item, as the item's rows have it.

    Attributes:
        member: its id (``member_id``). item: the archive item.
        said: what the platform says of it, from the newest version in which it stands.
        ref: its attachment as the platform hands it out, stored or not; None: it hands out no file.
        captions, pictures: caption files and thumbnails of the item; with several films in one item all of them.
        row: the newest version row in which it stands.
        available: first public availability, UTC; where it was never public, when it was published there.
        version: the item's version in which it first stood.
        originals: the owner's own files for it, captions among them.
        public: it was open to the public at some time. together: films of the item that stand in that version.
    """

    member: str
    item: ItemId
    said: FilmSaid
    ref: MediaRef | None
    captions: tuple[MediaRef, ...]
    pictures: tuple[MediaRef, ...]
    row: Row
    available: datetime
    version: int
    originals: tuple[MediaRef, ...] = ()
    public: bool = True
    together: int = 1

    @property
    def title(self) -> str:
        """What the platform calls it, or the first line of the text; one line, or empty."""
        return title_of(self.said.title) or title_of(self.row.text or "")

    @property
    def digests(self) -> frozenset[str]:
        """Digests of the files that are this very film: the platform's and the owner's. Empty files are nobody's film."""
        return frozenset(one.digest for one in self.files if one.digest is not None and one.size != 0)

    @property
    def files(self) -> tuple[MediaRef, ...]:
        """The files that are this very film: the platform's, then the owner's; captions are beside."""
        own = tuple(one for one in self.originals if one.role != "caption")
        return own if self.ref is None else (self.ref, *own)


def member_id(key: bytes, item: ItemId, slot: str) -> str:
    """Keyed hash that stands for one film at one item: it may outlive both, and says nothing of either.

    Args:
        key: the key of the native-id hashes, which lies outside the state database.
    """
    text = f"bevara film\x1f{item}\x1f{slot}".encode("utf-8", "surrogatepass")
    return hmac.new(key, text, hashlib.sha256).hexdigest()[:_IDS]


def title_of(text: str) -> str:
    """The first line that says something, as one line: without control and direction characters, spaces single."""
    return next((found for line in text.splitlines() if (found := one_line(line))), "")


def is_public(visibility: str | None) -> bool:
    """Whether a platform's word for visibility lets it be that anyone could see it."""
    return (visibility or "").strip().casefold() not in CLOSED_TO_MOST


def original_of(origin: str) -> str:
    """The member that an owner's file was brought for, by its origin; empty where it names none."""
    return origin.removeprefix(ORIGINAL).partition(":")[0] if origin.startswith(ORIGINAL) else ""


def slots_of(home: Home, rows: Sequence[Row]) -> list[Slot]:
    """The films of one item, in the order in which they first stood. Empty: it has none, or its films do not count.

    The same place with other bytes in a later version is another film: each edition is deposited for itself (KB).

    Args:
        rows: all rows of one item, in any order.
    """
    versions = _versions(rows)
    if not versions:
        return []
    newest = versions[-1].row
    if not newest.own or newest.kind not in FILM_KINDS:
        return []
    key, films_of = home.native_key(), home.films_of(newest.platform)
    found: dict[str, list[_Stage]] = {}
    for version in versions:
        for said in _said(films_of, version):
            _stand(found.setdefault(said.slot, []), said, version)
    originals = [one for row in rows for one in row.media if one.origin.startswith(ORIGINAL)]
    staged = [
        (member_id(key, newest.item, _place(slot, number)), one)
        for slot, stages in found.items()
        for number, one in enumerate(stages)
    ]
    slots = [_slot(member, one) for member, one in staged]
    beside = Counter(one.row.version for one in slots)
    slots = [
        replace(
            one,
            originals=_own(one.member, originals, alone=len(slots) == 1),
            together=beside[one.row.version],
        )
        for one in slots
    ]
    return sorted(slots, key=lambda one: one.version)


def rows_of_items(ground: Ground, items: Iterable[ItemId]) -> dict[ItemId, list[Row]]:
    """All rows of these items, oldest observation first; an item without rows is left out. Each file is read once."""
    wanted: dict[Month, list[ItemId]] = defaultdict(list)
    for item in items:
        wanted[month_of(item)].append(item)
    found: dict[ItemId, list[Row]] = {}
    for month, some in sorted(wanted.items()):
        for row in _rows(ground, month, pa.array(sorted(set(some)), pa.string())):
            found.setdefault(row.item, []).append(row)
    for rows in found.values():
        rows.sort(key=lambda row: (row.observed, row.version, row.row != "version"))
    return found


def _rows(ground: Ground, month: Month, items: Any) -> list[Row]:
    for left in reversed(range(_AGAIN)):
        with ground.state.reading() as books:
            live = books.manifest.live(None, month)
        try:
            return [row for file in live for row in _rows_in(ground, file, items)]
        except MissingError:
            with ground.state.reading() as books:
                still = {file.key for file in books.manifest.live(None, month)}
            if not left or {file.key for file in live} <= still:
                raise  # still live and yet not there: a loss, not a replacement
    raise AssertionError


def _rows_in(ground: Ground, file: LiveFile, items: Any) -> list[Row]:
    if not pc.any(pc.is_in(read_file(ground.store, file.key, ["item"])["item"], value_set=items)).as_py():
        return []
    table = read_file(ground.store, file.key, HOLDINGS.names)
    return list(to_rows(table.filter(pc.is_in(table["item"], value_set=items))))


@dataclass(frozen=True, slots=True)
class _Version:
    """A version with the attachments that were found later; ``first``: the item's first one that is on record."""

    row: Row
    media: tuple[MediaRef, ...]
    first: bool

    @property
    def since(self) -> datetime:
        """From when it could be seen: the first as it was published, a later one as it was edited, or first seen."""
        told = self.row.published if self.first else self.row.edited
        return self.row.observed if told is None else min(told, self.row.observed)

    def since_closed(self, seen: datetime) -> datetime:
        """From when it was open, having been seen closed then.

        As it was published after that (what was scheduled gets a new day), or edited, or first seen.
        """
        told = (one for one in (self.row.published, self.row.edited) if one is not None and one > seen)
        return min(*told, self.row.observed, self.row.observed)


@dataclass(slots=True)
class _Stage:
    """One edition of a film in one place of the item."""

    said: FilmSaid
    version: _Version
    first: _Version
    ref: MediaRef | None
    opened: datetime | None = None
    digests: set[str] = field(default_factory=set)


def _versions(rows: Sequence[Row]) -> list[_Version]:
    stood = sorted((row for row in rows if row.row == "version"), key=lambda row: (row.version, row.observed))
    later: dict[int, list[MediaRef]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.observed):
        if row.row == "observation":
            later[row.version].extend(row.media)
    # What was found before any version is on record belongs to the first.
    numbers = {row.version for row in stood}
    spare = [one for number, media in later.items() if number not in numbers for one in media]
    return [
        _Version(row, _merged((*row.media, *later.get(row.version, ()), *(spare if not at else ()))), at == 0)
        for at, row in enumerate(stood)
    ]


def _merged(media: Iterable[MediaRef]) -> tuple[MediaRef, ...]:
    """One reference per origin, the first that is stored; the owners' own files are told apart elsewhere."""
    found: dict[str, MediaRef] = {}
    for one in media:
        if not one.origin.startswith(ORIGINAL):
            before = found.get(one.origin)
            if before is None or (before.digest is None and one.digest is not None):
                found[one.origin] = one
    return tuple(found.values())


def _said(films_of: FilmsOf, version: _Version) -> list[FilmSaid]:
    said = films_of(_payload(version.row), version.media)
    return list({one.slot: one for one in said}.values())


def _payload(row: Row) -> Mapping[str, object]:
    try:
        values = read((row.payload or "{}").encode("utf-8", "surrogatepass"))
    except (UnreadableError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


def _stand(stages: list[_Stage], said: FilmSaid, version: _Version) -> None:
    """Let a film stand in a version: the edition that is there, or another one when its bytes are others."""
    ref = next((one for one in version.media if said.origin and one.origin == said.origin), None)
    digest = None if ref is None else ref.digest
    stage = next((one for one in reversed(stages) if digest is not None and digest in one.digests), None)
    if stage is None and stages and (digest is None or not stages[-1].digests):
        stage = stages[-1]
    if stage is None:
        stage = _Stage(said, version, version, ref)
        stages.append(stage)
    closed, stage.said, stage.version = stage.version, said, version
    if ref is not None and (digest is not None or stage.ref is None):
        stage.ref = ref
    if digest is not None:
        stage.digests.add(digest)
    if stage.opened is None and is_public(version.row.visibility):
        # Made public later without a new edition: open from that version on.
        stage.opened = version.since if closed is version else version.since_closed(closed.row.observed)


def _place(slot: str, number: int) -> str:
    """What tells a film's editions in one place apart."""
    return slot if not number else f"{slot}\x1f{number}"


def _slot(member: str, stage: _Stage) -> Slot:
    version = stage.version
    return Slot(
        member=member,
        item=version.row.item,
        said=stage.said,
        ref=stage.ref,
        captions=tuple(one for one in version.media if one.role == "caption"),
        pictures=tuple(one for one in version.media if one.role == "thumbnail"),
        row=version.row,
        available=stage.opened or stage.first.since,
        version=stage.first.row.version,
        public=stage.opened is not None,
    )


def _own(member: str, originals: Sequence[MediaRef], *, alone: bool) -> tuple[MediaRef, ...]:
    """The owner's files for this film; one that names no film of the item belongs to the only one there is."""
    found = {one.origin: one for one in originals if alone or original_of(one.origin) == member}
    return tuple(found.values())
