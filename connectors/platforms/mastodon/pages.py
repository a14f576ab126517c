"""Our own listing, page by page, and what is odd about its pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

from connectors.http import Answer, Http, HttpError
from connectors.platforms.mastodon.reading import id_of, moment, uri_of
from schemas.finding import Severity

LIMIT = 40
"""Statuses per page, the most a server gives."""
_BARREN = 3
"""Pages in a row without anything new after which a listing goes nowhere."""


class Pages:
    """Reads a listing from its newest page on.

    Pages are followed by ``Link: rel="next"``; on a server that never sends one, by ``max_id`` of the last status,
    until a page has nothing new. Pinned and reordered statuses are normal, so the listing ends at ``since`` only
    after a page that is older altogether, and not at all once its order has been seen to be broken. ``stated`` is how
    many statuses the account says it has.

    Attributes:
        reason: finding code when the listing could not be read to its end; empty otherwise.
    """

    def __init__(self, http: Http, path: str, since: datetime | None, cap: int, stated: int = 0) -> None:
        self._http = http
        self._path = path
        self._since = since
        self._cap = cap
        self._stated = stated
        self._seen: set[str] = set()
        self._last: datetime | None = None
        self._linked = False
        self._unlinked = False
        self._repeated = 0
        self._reordered = 0
        self.reason = ""

    def findings(self) -> list[tuple[str, Severity, int]]:
        """Code, severity and count of what was odd."""
        found: list[tuple[str, Severity, int]] = []
        if self._repeated or self._reordered:
            found.append(("H115", "warning", self._repeated + self._reordered))
        if self._unlinked:
            found.append(("H130", "info", 1))
        if self.reason in ("H113", "H114", "H128", "H137"):
            found.append((self.reason, "error", 1))
        return found

    def read(self) -> Iterator[Answer]:
        """The pages; their bodies are lists. Afterwards ``reason`` says whether that was all."""
        cursor: dict[str, str | int] = {"limit": LIMIT}
        used: set[tuple[tuple[str, str], ...]] = set()
        barren = 0
        for _ in range(self._cap):
            used.add(_key(cursor))
            try:
                answer = self._http.get(self._path, cursor, endpoint="accounts.statuses")
            except HttpError as error:
                self.reason = error.code
                return
            if not isinstance(answer.body, list):
                self.reason = "H128"
                return
            new = self._new(answer.body)
            self._linked = self._linked or "link" in answer.headers
            following = self._following(answer)
            barren = 0 if new else barren + 1
            if new or not self._seen:
                yield answer
            if following is None or self._is_old(answer.body, new=new):
                return
            if not self._linked and not new:
                # The server knows no cursor. It has shown all, unless it says itself that there is more.
                self.reason = "H137" if self._stated > len(self._seen) else ""
                return
            if _key(following) in used or barren >= _BARREN:
                self.reason = "H114"
                return
            cursor = following
        self.reason = "H113"

    def _following(self, answer: Answer) -> dict[str, str | int] | None:
        link = answer.links.get("next")
        if link is not None:
            # Only the cursor is taken from the address: it is our own path we ask, on our own host.
            return {"limit": LIMIT, **dict(parse_qsl(urlsplit(link).query, keep_blank_values=True))}
        if self._linked or not answer.body:
            return None
        last = next(filter(None, map(id_of, reversed(answer.body))), None)
        if last is None:
            return None
        self._unlinked = True
        return {"limit": LIMIT, "max_id": last}

    def _new(self, body: list[object]) -> bool:
        names = [uri_of(status) or id_of(status) or "" for status in body]
        fresh = [name for name in names if name not in self._seen]
        # A server that knows no cursor answers the second page with the first: that is its end, not a repetition.
        if fresh or self._linked:
            self._repeated += len(names) - len(set(fresh))
        self._seen.update(fresh)
        return bool(fresh)

    def _is_old(self, body: list[object], *, new: bool) -> bool:
        """The page lies before ``since`` altogether, and the order has held so far. A page seen before tells of no order."""
        times = [
            moment(one.get("created_at")) for one in body if isinstance(one, dict) and one.get("pinned") is not True
        ]
        known = [one for one in times if one is not None]
        if not known:
            return False
        if new and self._last is not None and max(known) > self._last:
            self._reordered += 1
        self._last = known[-1]
        whole = len(known) == len(times)
        return self._since is not None and whole and not self._reordered and max(known) < self._since


def _key(cursor: dict[str, str | int]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, str(value)) for name, value in cursor.items()))
