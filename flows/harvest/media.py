"""Fetch attachments: each origin once, bytes checked and counted by the connector, failures named.

Every attachment of a batch is an open temporary file until the batch is stored. So a batch has room for so many files
and bytes, and ends where it is used up.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from schemas.neighbours import MediaBytes, MediaError, MediaSource, PlatformError
from schemas.record import MediaRef

_AT_ONCE = 4
_AHEAD = 2 * _AT_ONCE
"""Attachments that may be under way before it is looked at how large they are."""
FILES = 200
"""Attachments that a batch holds open, unless one item has more."""
BYTES = 256 * 1024**2
"""Bytes of attachments after which a batch ends: so much, and what is under way, lies in the temporary folder."""

PERMANENT = frozenset({"H119", "H143", "H195", "I120", "I121"})
"""Codes that a later night cannot mend: the attachment is larger than the configured limit, withheld by the platform,
not at its address, or not in the export."""


_OF_REQUESTS = frozenset({*(f"H{number}" for number in range(101, 118)), "H127", "H128"})
"""Codes whose sentences speak of the account's connection. Of an attachment they say no more than that it failed."""


@dataclass(slots=True, kw_only=True)
class Fetched:
    """What came of a number of attachments.

    Attributes:
        by_origin: origin → the reference with digest, size and type.
        bytes: digest → open temporary file (closed by ``close``).
        failed: origin → finding code.
        digested: origins of which nothing but digest and size was kept, for want of room.
    """

    by_origin: dict[str, MediaRef] = field(default_factory=dict)
    bytes: dict[str, MediaBytes] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    digested: set[str] = field(default_factory=set)

    def settle(self, references: Iterable[MediaRef]) -> tuple[MediaRef, ...]:
        """The references, each with what was stored for its origin."""
        settled = []
        for one in references:
            found = self.by_origin.get(one.origin)
            if found is None:
                settled.append(one)
            else:
                media_type = one.media_type or found.media_type
                settled.append(replace(one, digest=found.digest, size=found.size, media_type=media_type))
        return tuple(settled)

    def joined(self, other: Fetched) -> Fetched:
        """This and another together; of two files with the same bytes one is given back."""
        for digest, found in other.bytes.items():
            if self.bytes.setdefault(digest, found) is not found:
                found.file.close()
        self.by_origin.update(other.by_origin)
        self.digested.update(other.digested)
        self.failed.update(other.failed)
        return self

    def close(self) -> None:
        """Give back the temporary files."""
        for found in self.bytes.values():
            found.file.close()


@dataclass(slots=True)
class Room:
    """How many files and bytes of attachments a batch may still hold."""

    files: int = FILES
    bytes: int = BYTES

    @property
    def full(self) -> bool:
        """The batch is to end before it fetches more."""
        return self.files <= 0 or self.bytes <= 0

    @property
    def crammed(self) -> bool:
        """Twice as much is held as there was room for."""
        return self.files <= -FILES or self.bytes <= -BYTES


class Fetching:
    """Fetches the attachments of one batch while its rows are made, a few at a time.

    An error of our own machine (no file descriptors, no space) is raised from ``want`` or ``finish``: it is no failure
    of the platform's.
    """

    def __init__(
        self, session: MediaSource, limit: int, *, room: Room, early: Fetched | None = None, whole: bool = True
    ) -> None:
        """Nothing is fetched yet.

        Args:
            limit: bytes; larger attachments are refused by the connector (H119).
            room: what the batch may hold; it is used up.
            early: fetched before, to be added to.
            whole: keep also the bytes of what there is no room for.
        """
        self._session = session
        self._limit = limit
        self._room = room
        self._whole = whole
        self._fetched = Fetched() if early is None else early
        self._asked: set[str] = set()
        self._pool: ThreadPoolExecutor | None = None
        self._under_way: deque[tuple[MediaRef, Future[MediaBytes | str]]] = deque()

    @property
    def room(self) -> Room:
        """What is left, counting what is under way."""
        return Room(self._room.files - len(self._under_way), self._room.bytes)

    def is_here(self, origin: str) -> bool:
        """It is there or asked for, with its bytes: wanting it costs nothing."""
        fetched = self._fetched
        return origin in self._asked or (origin in fetched.by_origin and origin not in fetched.digested)

    def know(self, known: Mapping[str, MediaRef]) -> None:
        """What is stored for an earlier version of the same item need not be fetched."""
        for origin, before in known.items():
            if not self.is_here(origin):
                self._fetched.by_origin[origin] = before
                self._fetched.digested.discard(origin)

    def want(self, references: Iterable[MediaRef], author: str | None) -> None:
        """Fetch those that are not there."""
        for reference in references:
            if self.is_here(reference.origin):
                continue
            self._asked.add(reference.origin)
            while len(self._under_way) >= _AHEAD:
                self._settle()
            if self._pool is None:
                self._pool = ThreadPoolExecutor(_AT_ONCE)
            self._under_way.append((reference, self._pool.submit(self._fetch, reference, author)))

    def finish(self) -> Fetched:
        """Everything that was wanted."""
        while self._under_way:
            self._settle()
        return self._fetched

    def close(self) -> None:
        """Give back the temporary files, also of what is under way."""
        self.stop()
        self._fetched.close()

    def stop(self) -> None:
        """Fetch nothing more; what was fetched stays the caller's."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
        for _, future in self._under_way:
            if not future.cancelled() and future.exception() is None and not isinstance(found := future.result(), str):
                found.file.close()
        self._under_way.clear()

    def _fetch(self, reference: MediaRef, author: str | None) -> MediaBytes | str:
        try:
            return self._session.fetch_media(reference, author, self._limit)
        except (MediaError, PlatformError) as error:
            return "H118" if error.code in _OF_REQUESTS else error.code

    def _settle(self) -> None:
        reference, future = self._under_way.popleft()
        found, fetched, origin = future.result(), self._fetched, reference.origin
        fetched.digested.discard(origin)
        if isinstance(found, str):
            fetched.by_origin.pop(origin, None)
            fetched.failed[origin] = found
            return
        fetched.failed.pop(origin, None)
        media_type = reference.media_type or found.media_type
        fetched.by_origin[origin] = replace(reference, digest=found.digest, size=found.size, media_type=media_type)
        if found.digest in fetched.bytes:
            found.file.close()
        elif self._room.full and not self._whole:
            found.file.close()
            fetched.digested.add(origin)
        else:
            fetched.bytes[found.digest] = found
            self._room.files -= 1
            self._room.bytes -= found.size


def fetch_all(
    session: MediaSource,
    wanted: Mapping[str, tuple[MediaRef, str | None]],
    *,
    known: Mapping[str, MediaRef],
    limit: int,
    room: Room | None = None,
) -> Fetched:
    """Fetch attachments that are not known yet.

    Args:
        wanted: origin → (reference, its author's native id).
        known: origin → reference already stored for an earlier version of the same item.
        limit: bytes; larger attachments are refused by the connector (H119).
        room: beyond it only digest and size are kept; without it everything is.
    """
    fetching = Fetching(session, limit, room=room or Room(), whole=room is None)
    try:
        fetching.know({origin: known[origin] for origin in wanted if origin in known and known[origin].digest})
        for reference, author in wanted.values():
            fetching.want([reference], author)
        fetched = fetching.finish()
    except BaseException:
        fetching.close()
        raise
    fetching.stop()
    return fetched
