"""The page's inbox: conversations with their messages, where the account file asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from connectors.graph import Graph, GraphError, Listing
from connectors.http import Answer, HttpError
from connectors.platforms.facebook import asking
from connectors.platforms.facebook.notes import id_of, listed, moment

LIMIT = 25
"""Conversations per page; each brings its newest messages."""
MESSAGES = 100
_OLD_PAGES = 3
"""Whole pages in a row without anything newer than asked for, after which the inbox counts as read: it is ordered by
the newest message, and what it did not show is asked for directly before it is called gone."""


class Conversations:
    """Reads the inbox down to ``since``.

    Attributes:
        denied: the platform does not give messages to this token.
        reason: finding code when not everything could be read; empty otherwise.
        error: what stopped it, if a request did.
    """

    def __init__(self, graph: Graph, own: str, since: datetime | None) -> None:
        self._graph = graph
        self._own = own
        self._since = since
        self.denied = False
        self.reason = ""
        self.error: HttpError | None = None

    def read(self) -> Iterator[tuple[Answer, dict[str, str]]]:
        """Pages of messages, each with the context for ``reading.parse``."""
        path = f"{quote(self._own, safe='')}/conversations"
        listing = Listing(self._graph, path, {}, endpoint="conversations", limit=LIMIT, fields=asking.CONVERSATION)
        old = 0
        for answer in listing.read():
            conversations = listed(answer.body)
            recent = [one for one in conversations if self._is_recent(one)]
            for one in recent:
                yield from self._messages(answer, one)
            old = old + 1 if conversations and not recent else 0
            if old >= _OLD_PAGES or (self.error is not None and self._graph.closed is not None):
                break
        if not listing.reason:
            return
        self.reason, self.error = listing.reason, listing.error
        refused = isinstance(listing.error, GraphError) and not listing.error.retryable
        self.denied = refused and listing.reason in ("H102", "H103", "H127")

    def _is_recent(self, conversation: dict[str, Any]) -> bool:
        updated = moment(conversation.get("updated_time"))
        return self._since is None or updated is None or updated >= self._since

    def _messages(self, answer: Answer, conversation: dict[str, Any]) -> Iterator[tuple[Answer, dict[str, str]]]:
        """One conversation. Its oldest message that is shown stands for the thread, so all pages are read first."""
        native = id_of(conversation)
        inside = conversation.get("messages")
        pages: list[Answer] = []
        begin: dict[str, str] | None = {}
        if isinstance(inside, dict) and isinstance(inside.get("data"), list):
            pages.append(replace(answer, body={"data": inside["data"]}))
            begin = self._graph.following(inside.get("paging"))
        if begin is not None and native is not None:
            path = f"{quote(native, safe='')}/messages"
            rest = Listing(
                self._graph, path, {}, endpoint="messages", limit=MESSAGES, fields=asking.MESSAGE, begin=begin
            )
            pages.extend(rest.read())
            if rest.reason:
                self.reason, self.error = rest.reason, rest.error
        messages = [(moment(one.get("created_time")), id_of(one)) for page in pages for one in listed(page.body)]
        first = min(((at, name) for at, name in messages if at is not None and name is not None), default=None)
        context = {"thread": first[1]} if first is not None else {}
        # The oldest first: what a thread is named by has to be known before what belongs to it.
        for page in reversed(pages):
            yield replace(page, body={"data": sorted(listed(page.body), key=_written)}), context


def _written(message: dict[str, Any]) -> tuple[datetime, str]:
    written = moment(message.get("created_time"))
    return written or datetime.max.replace(tzinfo=UTC), id_of(message) or ""
