"""One thread below a status of ours, in full depth, also where a server shows only direct answers."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from connectors.http import Answer, Http
from connectors.platforms.mastodon.finder import Finder
from connectors.platforms.mastodon.places import Places
from connectors.platforms.mastodon.reading import bare, id_of, uri_of

CONTEXT_CAP = 2_000
"""Requests per thread; reaching it is reported."""
_SHOWN = {True: 4_096, False: 60}
"""Descendants a server shows with and without a token; an answer with as many may be cut."""


class Thread:
    """Reads what lies below one status of ours.

    Attributes:
        reason: finding code when not everything could be read; empty otherwise.
        deeper: answers were found that the first context did not show.
        withheld: answers shown and stated, summed over statuses that state more than they show; None without such.
    """

    def __init__(self, http: Http, places: Places, finder: Finder, native: str, *, logged_in: bool) -> None:
        self._http = http
        self._places = places
        self._finder = finder
        self._native = native
        self._most = _SHOWN[logged_in]
        self._seen: set[str] = set()
        self.reason = ""
        self.deeper = False
        self.withheld: tuple[int, int] | None = None

    def read(self) -> Iterator[tuple[Answer, int, dict[str, str]]]:
        """Contexts with the number of statuses below and what ``reading.parse`` must know.

        First the whole thread's; then that of every descendant that states more answers than were shown.

        Raises:
            HttpError: the server could not be asked; what was read so far has been handed over.
        """
        root = self._places.id_of(self._native) or self._finder.present_id(self._native)
        if root is None:
            self.reason = "H103"
            return
        queue: deque[tuple[str, str, int | None]] = deque([(root, self._native, None)])
        asked = {root}
        while queue:
            if len(asked) > CONTEXT_CAP:
                self.reason = "H113"
                return
            name, uri, stated = queue.popleft()
            answer = self._context(name, uri)
            if answer is None:
                # Gone since it was listed. When it is the thread itself, nothing below it is shown any more: each
                # item that was known there is asked for by itself before it is called gone.
                continue
            below = answer.body.get("descendants") if isinstance(answer.body, dict) else None
            if not isinstance(below, list):
                self.reason = "H128"
                continue
            if len(below) >= self._most:
                self.reason = "H113"
            yield answer, len(below), {"root_id": name, "root": uri, "thread": self._native}
            for one in self._further(below, name, stated):
                if one[0] not in asked:
                    asked.add(one[0])
                    queue.append(one)

    def _context(self, name: str, uri: str) -> Answer | None:
        """The context; asked again by the present id where the one we had is not valid any more."""
        answer = self._ask(name)
        if answer is None:
            present = self._finder.present_id(uri)
            answer = self._ask(present) if present is not None and present != name else None
        return answer

    def _ask(self, name: str) -> Answer | None:
        path = f"api/v1/statuses/{quote(name, safe='')}/context"
        answer = self._http.get(path, endpoint="statuses.context", ok=(200, 404, 410))
        return answer if answer.status == 200 else None

    def _further(self, below: list[Any], asked: str, stated: int | None) -> Iterator[tuple[str, str, int | None]]:
        """Statuses whose own context must be asked for: id, uri, stated answers."""
        statuses = [bare(one) for one in below if isinstance(one, dict)]
        children = Counter(id_of(status, "in_reply_to_id") for status in statuses)
        if stated is not None and stated > children[asked]:
            shown, in_all = self.withheld or (0, 0)
            self.withheld = shown + children[asked], in_all + stated
        first = not self._seen
        for status in statuses:
            name, uri, count = id_of(status), uri_of(status), _count(status)
            if name is None or uri is None or uri in self._seen:
                continue
            self._seen.add(uri)
            self.deeper = self.deeper or (not first and asked != name)
            if count is None or count > children[name]:
                yield name, uri, count


def _count(status: Mapping[str, Any]) -> int | None:
    count = status.get("replies_count")
    return count if type(count) is int else None
