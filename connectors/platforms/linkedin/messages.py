"""Page messages, which the portability interface gives: threads, and the messages in each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connectors.platforms.linkedin.names import encoded, moment_of, native_of
from connectors.platforms.linkedin.objects import times_of
from connectors.platforms.linkedin.paging import Listing, by_cursor, elements_of
from connectors.platforms.linkedin.routes import Page
from connectors.platforms.linkedin.wire import Wire

_THREADS = "dmaPageMessagingThreads"
_MESSAGES = "dmaPageMessagingMessages"


def read(wire: Wire, own: str, listing: Listing) -> Iterator[tuple[Page, str]]:
    """The messages of each thread as one page, with the native id of the thread's first message.

    ``listing`` is that of the threads; when it or one of the threads could not be read to its end its ``reason`` says
    why. Raises HttpError.
    """
    query = f"q=pageMailboxOwner&pageMailboxOwner={encoded(own)}"
    for answer in by_cursor(wire, listing, _THREADS, query, endpoint=_THREADS):
        for thread in map(name_of, elements_of(answer.body) or ()):
            if thread is None:
                continue
            inner = Listing(name_of)
            messages: list[Any] = []
            last = answer
            for last in by_cursor(wire, inner, _MESSAGES, f"q=thread&thread={encoded(thread)}", endpoint=_MESSAGES):
                messages += elements_of(last.body) or ()
            listing.reason = listing.reason or inner.reason
            page = Page(_MESSAGES, last, [], page={"elements": messages})
            yield page, _first(messages)


def name_of(element: object) -> str | None:
    """The id of a thread or message."""
    if isinstance(element, dict):
        return next((name for field in ("id", "urn") if (name := native_of(element.get(field)))), None)
    return native_of(element)


def _first(messages: list[Any]) -> str:
    """The oldest message."""
    dated = [
        (at, name)
        for one in messages
        if isinstance(one, dict) and (name := name_of(one)) and (at := moment_of(times_of(one).created)) is not None
    ]
    return min(dated)[1] if dated else ""
