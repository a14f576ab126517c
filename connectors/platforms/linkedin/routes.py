"""What both of LinkedIn's interfaces give: pages of posts and comments, single items, and answers about what is gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from connectors.http import Answer, HttpError
from connectors.platforms.linkedin.names import moment_in, moment_of
from connectors.platforms.linkedin.objects import times_of
from connectors.platforms.linkedin.paging import Listing
from schemas.neighbours import Lookup


@dataclass(slots=True)
class Page:
    """One page, with what was asked for by the way.

    Attributes:
        endpoint: allow-listed name. answer: the answer that ``body["page"]`` holds.
        items: URN and object of every element that has one.
    """

    endpoint: str
    answer: Answer
    items: list[tuple[str, dict[str, Any]]]
    beside: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    page: object = None

    @property
    def body(self) -> dict[str, Any]:
        """As ``reading.parse`` takes it."""
        return {"page": self.answer.body if self.page is None else self.page, **self.beside}


class Route(Protocol):
    """One of LinkedIn's interfaces.

    Attributes:
        title: its name, for findings. late: its data may be days late. uncounted: the counters are not given.
        withheld: items that were listed and not given.
    """

    title: str
    late: bool
    uncounted: bool
    withheld: int

    def probe(self) -> Answer:
        """The first page of our posts, whatever the answer; asked for again it is not asked for twice."""
        ...

    def posts(self, listing: Listing, since: datetime | None, *, light: bool) -> Iterator[Page]:
        """Our posts, the newest first, down to ``since``."""
        ...

    def comments(self, listing: Listing, entity: str) -> Iterator[Page]:
        """What stands directly below a post or comment."""
        ...

    def one(self, native: str) -> Page | None:
        """A page with one post or comment; None when it is not there."""
        ...

    def counted(self, native: str) -> int | None:
        """How many comments a post or comment has by LinkedIn's word; None when it does not say. Raises HttpError."""
        ...

    def look_up(self, natives: Sequence[str]) -> Iterator[Lookup]:
        """Whether items are there."""
        ...


class Horizon:
    """When a listing has been read back far enough: after a page that is older altogether, while the order holds."""

    def __init__(self, since: datetime | None, *, changed: bool) -> None:
        """``changed``: the listing is ordered by the last change, else by creation."""
        self._since = since
        self._changed = changed
        self._last: datetime | None = None
        self._broken = False

    def passed(self, page: Page) -> bool:
        """The page lies before ``since`` altogether."""
        times = [self._time(native, value) for native, value in page.items]
        known = [one for one in times if one is not None]
        if not known:
            return False
        if self._last is not None and max(known) > self._last:
            self._broken = True
        self._last = min(known)
        whole = len(known) == len(times)
        return self._since is not None and whole and not self._broken and max(known) < self._since

    def _time(self, native: str, value: Mapping[str, Any]) -> datetime | None:
        times = times_of(value)
        created = moment_of(times.created) or moment_in(native)
        if not self._changed:
            return created
        changed = value.get("lastModifiedAt")
        if changed is None and isinstance(value.get("lastModified"), dict):
            changed = value["lastModified"].get("time")
        found = [one for one in (created, moment_of(changed)) if one is not None]
        return max(found, default=None)


def quiet(error: HttpError, stopping: frozenset[str]) -> None:
    """Go on without what is optional, except when nothing more can be asked for tonight.

    Raises:
        HttpError: the same.
    """
    if error.code in stopping:
        raise error
