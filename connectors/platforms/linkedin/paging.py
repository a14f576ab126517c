"""LinkedIn's two ways of turning pages: ``start`` and ``count``, and a cursor that is spelled in three ways."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from connectors.http import Answer
from connectors.platforms.linkedin.names import encoded
from connectors.platforms.linkedin.wire import Wire

COUNT = 100
"""Elements per page, the most that LinkedIn gives."""
PAGE_CAP = 2_000
_BARREN = 3
"""Pages in a row without anything new after which a listing goes nowhere."""

NameOf = Callable[[object], str | None]


class Listing:
    """What is known of one listing while it is read.

    Attributes:
        reason: finding code when it could not be read to its end; empty otherwise.
        missing: LinkedIn says that there is no such thing.
        stated: how many elements LinkedIn says there are, or None. shown: how many it gave.
        repeated: elements that came a second time.
    """

    def __init__(self, name_of: NameOf) -> None:
        self._name_of = name_of
        self._seen: set[str] = set()
        self.reason = ""
        self.missing = False
        self.stated: int | None = None
        self.repeated = 0

    @property
    def shown(self) -> int:
        """How many different elements were given."""
        return len(self._seen)

    def take(self, answer: Answer) -> tuple[int, bool] | None:
        """Take one page: how many elements it has, and whether any is new; None when it is no page."""
        if answer.status == 404:
            self.missing = True
            return None
        elements = elements_of(answer.body)
        if elements is None:
            self.reason = "H128"
            return None
        names = [self._name_of(one) or "" for one in elements]
        fresh = set(names) - self._seen
        self.repeated += len(names) - len(fresh)
        self._seen |= fresh
        return len(elements), bool(fresh)


def by_offset(
    wire: Wire, listing: Listing, path: str, query: str, *, endpoint: str, method: str = "FINDER"
) -> Iterator[Answer]:
    """The pages of a listing that is counted from its beginning (Community Management).

    ``start`` is moved by what came, since a page may be smaller than asked for. The listing ends where LinkedIn's own
    number or its links say so, else with an empty page.

    Raises:
        HttpError: the platform could not be asked.
    """
    start, barren = 0, 0
    for number in range(1, PAGE_CAP + 1):
        turn = f"start={start}&count={COUNT}"
        whole = f"{query}&{turn}" if query else turn
        answer = wire.get(path, whole, endpoint=endpoint, method=method, ok=(200, 404))
        taken = listing.take(answer)
        if taken is None:
            return
        size, fresh = taken
        linked, stated = _following(answer.body)
        listing.stated = stated if stated is not None else listing.stated
        more = linked or (stated is not None and start + size < stated)
        barren = 0 if fresh else barren + 1
        if fresh or number == 1:
            yield answer
        if not size and not linked:
            break
        if not fresh and size:
            # The page came a second time: a loop where more was promised, else a server that knows no pages.
            listing.reason = "H114" if more else ""
            return
        if barren >= _BARREN:
            listing.reason = "H114"
            return
        if size and not more and stated is not None and stated >= listing.shown:
            break
        start += size or COUNT
    else:
        listing.reason = "H113"
    if not listing.shown and listing.stated:
        listing.reason = listing.reason or "H145"


def by_cursor(wire: Wire, listing: Listing, path: str, query: str, *, endpoint: str) -> Iterator[Answer]:
    """The pages of a listing with a cursor (Pages Data Portability). An empty page may have a following one.

    Raises:
        HttpError: the platform could not be asked.
    """
    cursor, used, barren = "", {""}, 0
    for number in range(1, PAGE_CAP + 1):
        turn = f"{query}&maxPaginationCount={COUNT}"
        if cursor:
            turn += f"&paginationCursor={encoded(cursor)}"
        answer = wire.finder(path, turn, endpoint=endpoint, ok=(200, 404))
        taken = listing.take(answer)
        if taken is None:
            return
        fresh = taken[1]
        barren = 0 if fresh else barren + 1
        if fresh or number == 1:
            yield answer
        stated = _following(answer.body)[1]
        listing.stated = stated if stated is not None else listing.stated
        cursor = cursor_of(answer.body)
        if not cursor:
            break
        if cursor in used or barren >= _BARREN:
            listing.reason = "H114"
            return
        used.add(cursor)
    else:
        listing.reason = "H113"
    if not listing.shown and listing.stated:
        listing.reason = listing.reason or "H145"


def cursor_of(body: object) -> str:
    """The cursor of the following page, in any of its spellings; empty at the end. ``Metdata`` is LinkedIn's own."""
    metadata = _inner(body, "metadata")
    for place in (
        _inner(metadata, "paginationCursorMetdata"),
        _inner(metadata, "paginationCursorMetadata"),
        metadata,
        _inner(body, "paginationCursorMetdata"),
        _inner(body, "paginationCursorMetadata"),
        _inner(body, "paging"),
    ):
        found = place.get("nextPaginationCursor")
        if isinstance(found, str | int) and not isinstance(found, bool) and str(found):
            return str(found)
    return ""


def elements_of(body: object) -> list[Any] | None:
    """The elements of a page; None when the answer is no page."""
    found = body.get("elements") if isinstance(body, dict) else None
    return found if isinstance(found, list) else None


def _following(body: object) -> tuple[bool, int | None]:
    """Whether a link to the next page is given, and the total as stated."""
    paging = _inner(body, "paging")
    links = paging.get("links")
    linked = isinstance(links, list) and any(isinstance(one, dict) and one.get("rel") == "next" for one in links)
    total = paging.get("total")
    return linked, total if type(total) is int and total >= 0 else None


def _inner(body: object, name: str) -> Mapping[str, Any]:
    found = body.get(name) if isinstance(body, dict) else None
    return found if isinstance(found, dict) else {}
