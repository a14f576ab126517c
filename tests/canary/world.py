"""The world of the canary: items of every kind with marks in everything that is content, half of them to be culled.

Items come in by ``append`` as rows (``Written``) and by a real harvest of a recording (``tests.canary.recorded``).
Marks lie in texts, authors' names, links, alt texts, names of files, bytes of attachments and captions, and in the raw
payload. Ids that others refer to carry none: what is referred to may stay.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from connectors.chance import SeededChance
from flows.keep.append import Addition, append
from schemas.ground import Home
from schemas.ids import ItemId, Month, month_of, native_hash, new_item_id
from schemas.neighbours import MediaBytes
from schemas.payload import canonical
from schemas.record import Kind, MediaRef, Row
from schemas.tables import to_table
from tests.canary.marks import Marks
from tests.films import make

AUTHORITY, SECOND_AUTHORITY = "kommunstyrelsen", "skolnamnden"
KINDS: tuple[Kind, ...] = (
    *("post", "reply", "comment", "comment", "comment", "comment", "visitor_post", "mention", "boost"),
    *("message", "story", "post", "comment", "reply", "profile"),
)
"""Harvested kinds in the order in which they are dealt out; comments are the most, as everywhere."""
OURS: tuple[Kind, ...] = (
    *("snapshot", "removal_notice", "block_decision", "duty_record", "account_decision", "account_list", "page_rules"),
    *("statistics", "request_log", "answer", "decision", "letter", "coverage"),
)
"""Kinds that Bevara itself makes. A snapshot is one under a plan row that leaves visitors' comments out."""
MONTHS = (Month("2023-02"), Month("2023-03"), Month("2023-04"), Month("2023-05"))
_FILMED = 40
"""Number from which on the first post that goes, and the first that stays, has a film: it is delivered to KB."""
_OWN = frozenset({"post", "reply", "boost", "story", "profile"})
_BELOW = frozenset({"reply", "comment"})


@dataclass(slots=True)
class Canary:
    """One item of the world.

    Attributes:
        name: what the test calls it. item: its id, once it is in the archive. kind: as stored. culled: to be culled.
        digests: attachments by digest.
    """

    name: str
    kind: Kind
    culled: bool
    item: ItemId | None = None
    digests: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Written:
    """Items made as rows.

    Attributes:
        canaries: the items. rows: their rows in the order they came. media: bytes by digest.
        marks: who carries what.
    """

    canaries: list[Canary]
    rows: list[Row]
    media: dict[str, bytes]
    marks: Marks


class Maker:
    """Makes the items of a world, one after the other."""

    def __init__(self, marks: Marks, seed: str, months: Sequence[Month] = MONTHS, *, sparse: int = 1) -> None:
        """Same seed, same world. ``months``: in which threads begin. ``sparse``: so many times fewer attachments."""
        self.random = Random(f"world/{seed}")
        self.months = months
        self.sparse = sparse
        self.written = Written(canaries=[], rows=[], media={}, marks=marks)
        self._roots: list[Row] = []
        self._threads: dict[ItemId, list[Row]] = {}
        self._shared: tuple[Canary, list[MediaRef]] | None = None
        self._filmed: set[bool] = set()

    def make(self, number: int, kind: Kind, *, culled: bool) -> Canary:
        """Make one item with all its rows."""
        one = Canary(name=f"rad-{number}", kind=kind, culled=culled)
        first = self._version(one, number)
        rows = [first]
        if number % 4 == 1:
            rows.append(self._edited(one, first))
        if number % 3 == 1:
            rows.append(_later(rows[-1], "sighting", days=9, state="hidden", evidence="hidden-by-us"))
        if number % (20 * self.sparse) == 1:
            found = self._attachment(one, "picture", "image/png")
            rows.append(_later(rows[-1], "observation", days=12, media=(found,), counts=(("likes", number),)))
        one.item = first.item
        self.written.canaries.append(one)
        self.written.rows.extend(rows)
        if first.parent is None:
            self._roots.append(first)
        self._threads.setdefault(first.thread, []).append(first)
        return one

    def _version(self, one: Canary, number: int) -> Row:
        words, random, ours = self.written.marks.words, self.random, one.kind in OURS
        above = self._above(one.kind)
        month = month_of(above.item) if above is not None and number % 7 else self.months[number % len(self.months)]
        item = new_item_id(month, random.randbytes(10))
        account = above.account if above is not None else "bevara" if ours else ("torget", "skolan")[number % 8 == 0]
        authority = SECOND_AUTHORITY if account == "skolan" else AUTHORITY
        published = datetime(int(month[:4]), int(month[5:]), 1 + number % 27, number % 24, tzinfo=UTC)
        own = ours or one.kind in _OWN
        payload = {
            "id": str(number),
            "spoiler": words(one.name),
            "poll": [{"option": words(one.name)}],
            "quoted": f"n{max(0, number - 5)}",
        }
        return Row(
            row="version",
            item=item,
            authority=authority,
            platform="bevara" if ours else "mastodon",
            account=account,
            kind=one.kind,
            own=own,
            native=f"n{number}",
            author=f"{'Kommunen' if own else 'Besökare'} {words(one.name)}",
            author_native=f"person-{number % 40}",
            parent=above.item if above is not None else None,
            thread=above.thread if above is not None else item,
            parent_native=above.native if above is not None else None,
            thread_native=None if above is None else above.thread_native or above.native,
            published=published,
            clock="platform",
            stated=None,
            platform_time=published,
            edited=None,
            observed=published + timedelta(hours=3),
            version=1,
            state="seen",
            complete=None,
            evidence=None,
            text=f"Det var en gång \N{BIRD}\x00 {words(one.name)}.\nSlut.",
            language="sv",
            links=(f"https://exempel.se/{self.written.marks.word(one.name)}",) if number % 2 else (),
            visibility="direct" if one.kind == "message" else "",
            media=tuple(self._attachments(one, number)),
            counts=(("likes", number % 9),),
            identity=hashlib.sha256(f"{number}/1".encode()).hexdigest(),
            payload=canonical(payload),
            batch="",
        )

    def _above(self, kind: Kind) -> Row | None:
        if kind not in _BELOW or not self._roots:
            return None
        root = self.random.choice(self._roots[-8:])
        return self.random.choice(self._threads[root.thread])

    def _edited(self, one: Canary, first: Row) -> Row:
        words = self.written.marks.words
        row = _later(first, "version", days=2, text=f"Rättat: {words(one.name)}", links=first.links, media=first.media)
        return replace(
            row,
            version=2,
            edited=row.observed,
            payload=canonical({"id": first.native, "spoiler": words(one.name)}),
            identity=hashlib.sha256(f"{first.native}/2".encode()).hexdigest(),
        )

    def _attachments(self, one: Canary, number: int) -> Iterator[MediaRef]:
        if number % (24 * self.sparse) == 2:
            yield self._attachment(one, "picture", "image/png")
        filmed = one.kind == "post" and number >= _FILMED and one.culled not in self._filmed
        if filmed:
            self._filmed.add(one.culled)
        if filmed or number % (48 * self.sparse) == 5:
            yield self._attachment(one, "video", "video/mp4")
            yield self._attachment(one, "caption", "text/vtt")
        if number % (18 * self.sparse) == 4:
            yield from self._share(one)

    def _share(self, one: Canary) -> list[MediaRef]:
        """The same attachment on two items in turn, whatever happens to either."""
        if self._shared is None:
            found = [self._attachment(one, "picture", "image/jpeg")]
            self._shared = (one, found)
            return found
        first, found = self._shared
        self._shared = None
        marks = self.written.marks
        digest = found[0].digest
        assert digest is not None
        for mark in _marks_in(self.written.media[digest]):
            marks.carriers[mark].add(one.name)
        one.digests.append(digest)
        origin = f"bilder/{marks.word(one.name)}.jpg"
        return [replace(found[0], alt=f"Delad bild med {first.kind}: {marks.words(one.name)}", origin=origin)]

    def _attachment(self, one: Canary, role: str, media_type: str) -> MediaRef:
        marks = self.written.marks
        data = _bytes_of(media_type, marks.words(one.name))
        digest = hashlib.sha256(data).hexdigest()
        self.written.media[digest] = data
        one.digests.append(digest)
        return MediaRef(
            role=role,  # type: ignore[arg-type] # the callers pass roles
            origin=f"filer/{marks.word(one.name)}.{media_type.rpartition('/')[2]}",
            media_type=media_type,
            alt=f"Bilden visar {marks.words(one.name)}",
            language="sv" if role == "caption" else "",
            digest=digest,
            size=len(data),
        )


def make_rows(count: int, culled: int, marks: Marks, seed: str, *, sparse: int = 1) -> Written:
    """A world of ``count`` items of which ``culled`` are to go, of every kind in either half."""
    maker = Maker(marks, seed, sparse=sparse)
    kinds = [*KINDS, *OURS]
    order = [kinds[number % len(kinds)] if number % 41 < len(kinds) else "comment" for number in range(count)]
    # Every kind twice at least, once on either side; the rest as chance has it.
    sides = [True] * culled + [False] * (count - culled)
    maker.random.shuffle(sides)
    for number, kind in enumerate(order):
        maker.make(number, kind, culled=sides[number])
    return maker.written


def put_rows(home: Home, written: Written, *, batches: int = 6) -> None:
    """Append the rows in several batches, as nights do; each item's later rows come in later ones."""
    key = home.native_key()
    by_batch: list[list[Row]] = [[] for _ in range(batches)]
    seen: dict[ItemId, int] = {}
    for number, row in enumerate(written.rows):
        turn = seen.get(row.item)
        turn = number * batches // len(written.rows) if turn is None else min(batches - 1, turn + 1)
        seen[row.item] = turn
        by_batch[turn].append(row)
    known: set[ItemId] = set()
    for number, rows in enumerate(by_batch):
        _append(home, f"batch{number}", rows, written, key, known)


def _append(home: Home, batch: str, rows: Sequence[Row], written: Written, key: bytes, known: set[ItemId]) -> None:
    tables: dict[tuple[str, Month], list[Row]] = {}
    for row in rows:
        tables.setdefault((row.authority, month_of(row.item)), []).append(replace(row, batch=batch))
    new = {row.item: row for row in rows if row.item not in known}
    known.update(new)
    digests = {one.digest for row in rows for one in row.media if one.digest is not None}
    addition = Addition(
        batch=batch,
        tables={name: to_table(some) for name, some in tables.items()},
        natives=[(native_hash(key, row.authority, row.platform, row.native), row.item) for row in new.values()],
        media={
            digest: MediaBytes(
                file=io.BytesIO(written.media[digest]), digest=digest, size=len(written.media[digest]), media_type=""
            )
            for digest in sorted(digests)
        },
        references=sorted({(row.item, one.digest) for row in rows for one in row.media if one.digest is not None}),
        act="harvest.batch",
        subject="torget",
    )
    with home.ground.state.hold_lease("account:torget") as lease:
        chance = SeededChance(f"canary/{batch}")
        append(home.ground.state, home.ground.store, lease, addition, chance=chance, at=home.ground.clock.now())


def _later(row: Row, kind: str, *, days: int, **more: object) -> Row:
    bare = replace(
        row,
        row=kind,  # type: ignore[arg-type] # the callers pass kinds of rows
        observed=row.observed + timedelta(days=days),
        text=None,
        language=None,
        links=(),
        visibility=None,
        media=(),
        counts=(),
        identity=None,
        payload=None,
    )
    return replace(bare, **more)  # type: ignore[arg-type] # fields of the row


def _marks_in(data: bytes) -> list[str]:
    at = data.index("kanariefågel-".encode()) + len("kanariefågel-".encode())
    return [data[at : at + 16].decode("ascii")]


def _bytes_of(media_type: str, words: str) -> bytes:
    """A small file with the words in it: a PNG's text chunk, a caption's line, a plain tail for the rest.

    A film is a real one: only what can be played is delivered to KB.
    """
    if media_type == "image/png":
        chunk = b"tEXtComment\0" + words.encode()
        return b"\x89PNG\r\n\x1a\n" + len(chunk).to_bytes(4, "big") + chunk + b"\0\0\0\0IEND"
    if media_type == "text/vtt":
        return f"WEBVTT\n\n00:00.000 --> 00:04.000\n{words}\n".encode()
    if media_type == "video/mp4":
        return _film() + words.encode()
    return b"\xff\xd8\xff\xe0\0\x10JFIF\0" + json.dumps({"comment": words}, ensure_ascii=False).encode() + b"\xff\xd9"


@cache
def _film() -> bytes:
    """A real film of a second."""
    with TemporaryDirectory() as folder:
        return make(Path(folder) / "film.mp4", seconds=1, size="64x36", sound=False).read_bytes()
