"""Reading one collection of a repository, page by page, newest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.http import Answer, HttpError
from connectors.platforms.bluesky.names import Address, address, tid_time
from connectors.platforms.bluesky.parts import moment_of
from connectors.platforms.bluesky.wire import Wire

LIST = "com.atproto.repo.listRecords"
PAGE = 100
_EMPTY_PAGES = 3
"""So many empty pages in a row are read although each has a cursor."""


@dataclass(slots=True)
class Listing:
    """How the reading of one collection went.

    Attributes:
        complete: every page down to ``since`` was read.
        reason: finding code when not complete.
        reordered: pages were repeated or out of order, and the whole collection was read for that reason.
    """

    wire: Wire
    collection: str
    since: datetime | None
    now: datetime
    pages: int
    complete: bool = False
    reason: str = ""
    reordered: bool = False
    _keys: set[str] = field(default_factory=set)
    _last: str = ""

    def read(self) -> Iterator[Answer]:
        """The pages. A page wholly older than ``since`` is the last one, if keys have come in falling order so far.

        The server gives a cursor with the last page that has records, and then an empty page without one.
        """
        cursor, cursors, empty = "", set[str](), 0
        for _ in range(self.pages):
            parameters: dict[str, str | int] = {"repo": self.wire.did, "collection": self.collection, "limit": PAGE}
            if cursor:
                parameters["cursor"] = cursor
            try:
                answer = self.wire.call(LIST, parameters)
            except HttpError as error:
                self.reason = error.code
                return
            body = answer.body if answer.status == 200 and isinstance(answer.body, dict) else {}
            records = body.get("records")
            if not isinstance(records, list):
                self.reason = "H128"
                return
            entries = [(place, entry) for entry in records if (place := address(_uri(entry))) is not None]
            fresh = self._take_in(entries)
            if entries and not fresh:
                self.reason = "H114"
                return
            yield answer
            cursor = body.get("cursor") or ""
            empty = 0 if records else empty + 1
            if not cursor or (self._past(entries, len(records)) and not self.reordered):
                self.complete = True
                return
            if not isinstance(cursor, str) or cursor in cursors or empty >= _EMPTY_PAGES:
                self.reason = "H114"
                return
            cursors.add(cursor)
        self.reason = "H113"

    def _take_in(self, entries: list[tuple[Address, Any]]) -> bool:
        """Note the keys; whether any of them is new."""
        fresh = False
        for place, _ in entries:
            if place.rkey in self._keys or (self._last and place.rkey > self._last):
                self.reordered = True
            fresh = fresh or place.rkey not in self._keys
            self._keys.add(place.rkey)
            self._last = place.rkey
        return fresh

    def _past(self, entries: list[tuple[Address, Any]], returned: int) -> bool:
        """Whether the whole page is older than ``since``, by the author's time and by the key's.

        Either can be set at will by whoever writes the record, so one alone is no proof.
        """
        if self.since is None or not entries or len(entries) != returned:
            return False
        return not any(self.inside(place, entry) for place, entry in entries)

    def inside(self, place: Address, entry: Any) -> bool:
        """Whether a record may lie at or after ``since``; a time that cannot be read counts as may."""
        if self.since is None:
            return True
        value = entry.get("value") if isinstance(entry, dict) else None
        stated, _ = moment_of(value.get("createdAt") if isinstance(value, dict) else None, self.now)
        made = tid_time(place.rkey)
        return stated is None or made is None or stated >= self.since or made >= self.since

    def places(self, answer: Answer) -> Iterator[tuple[Address, dict[str, Any]]]:
        """Our own records of a page that lie inside the window."""
        for entry in answer.body["records"]:
            place = address(_uri(entry))
            if place is not None and place.did == self.wire.did and self.inside(place, entry):
                value = entry.get("value")
                yield place, value if isinstance(value, dict) else {}


def _uri(entry: Any) -> Any:
    return entry.get("uri") if isinstance(entry, dict) else None
