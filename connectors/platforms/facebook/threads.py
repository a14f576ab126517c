"""One thread: every comment below a post, at every level."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from connectors.graph import STOPPING, Graph, GraphError, Listing
from connectors.http import Answer
from connectors.platforms.facebook import asking
from connectors.platforms.facebook.notes import id_of, listed, stated

LIMIT = 100
_ASKED = {"filter": "stream", "order": "chronological", "summary": "true"}


class Thread:
    """Reads what lies below one item.

    Args:
        graph: the connection. native: id of the item. stated: how many comments the item itself says it has.

    Attributes:
        reason: finding code when not everything could be read; empty otherwise.
        error: what stopped it, if a request did.
        shown, stated: comments read, and how many there are by the platform's word.
    """

    def __init__(self, graph: Graph, native: str, stated: int) -> None:
        self._graph = graph
        self._native = native
        self._shown: set[str] = set()
        self._below: Counter[str] = Counter()
        self._claims: dict[str, int] = {}
        self.stated = stated
        self.reason = ""
        self.error: Exception | None = None

    @property
    def shown(self) -> int:
        """Comments read."""
        return len(self._shown)

    def read(self) -> Iterator[tuple[Answer, str]]:
        """Pages of comments, each with the comment it was asked below, or empty.

        ``filter=stream`` gives all levels at once. Where a comment states more answers than were shown (a server that
        does not know the filter), its answers are asked for by themselves.
        """
        unnamed = False
        queue = [(self._native, "")]
        asked: set[str] = set()
        while queue:
            name, below = queue.pop(0)
            asked.add(name)
            path = f"{quote(name, safe='')}/comments"
            listing = Listing(self._graph, path, _ASKED, endpoint="comments", limit=LIMIT, fields=asking.COMMENT)
            for answer in listing.read():
                comments = listed(answer.body)
                if not below:
                    self.stated = max(self.stated, stated(answer.body) or 0)
                unnamed = unnamed or any(id_of(one) is None for one in comments)
                self._take(comments, below)
                yield answer, below
            if listing.reason:
                if below and isinstance(listing.error, GraphError) and listing.error.absent:
                    continue  # taken away between two requests
                self.reason, self.error = listing.reason, listing.error
                if listing.error is not None and (listing.error.code in STOPPING or listing.error.retryable):
                    return
            queue.extend((one, one) for one in self._lacking() if one not in asked and (one, one) not in queue)
        if unnamed:
            # Without the task MODERATE the platform withholds the comments' ids.
            self.reason = self.reason or "H102"
        if not self._shown and self.stated and not self.reason:
            self.reason = "H145"

    def _take(self, comments: list[dict[str, Any]], below: str) -> None:
        for one in comments:
            native, claimed = id_of(one), one.get("comment_count")
            if native is None or native in self._shown:
                continue
            self._shown.add(native)
            self._below[id_of(one.get("parent")) or below] += 1
            if type(claimed) is int:
                self._claims[native] = claimed

    def _lacking(self) -> list[str]:
        return [native for native, claimed in self._claims.items() if claimed > self._below[native]]
