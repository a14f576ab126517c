"""The Community Management interface: posts, comments and counters, one thing at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors.http import Answer, HttpError
from connectors.platforms.linkedin.names import comment_parts, encoded, urn_list, urn_of
from connectors.platforms.linkedin.objects import count_of, entries_of, native_in, pick
from connectors.platforms.linkedin.paging import COUNT, Listing, by_offset
from connectors.platforms.linkedin.routes import Horizon, Page, quiet
from connectors.platforms.linkedin.wire import STOPPING, UNSAID, Wire
from schemas.neighbours import Lookup

_PATIENCE = 2
"""Posts in a row whose counters are not found, after which none are asked for."""
_GONE = (404, 410)


class Community:
    """See ``routes.Route``.

    Args:
        wire: the way to LinkedIn.
        own: our organisation's URN.
    """

    title = "Community Management"
    late = False

    def __init__(self, wire: Wire, own: str) -> None:
        self._wire = wire
        # By last change, so that an edit of an older post is seen too.
        self._query = f"author={encoded(own)}&q=author&sortBy=LAST_MODIFIED"
        self._batched = True
        self._misses = 0
        self._places: dict[str, str] = {}
        self._videos: dict[str, Any] = {}
        self.uncounted = False
        self.withheld = 0

    def probe(self) -> Answer:
        """As the port says."""
        return self._wire.probe("posts", f"{self._query}&start=0&count={COUNT}", endpoint="posts", method="FINDER")

    def posts(self, listing: Listing, since: datetime | None, *, light: bool) -> Iterator[Page]:
        """As the port says."""
        horizon = Horizon(since, changed=True)
        for answer in by_offset(self._wire, listing, "posts", self._query, endpoint="posts"):
            page = _page("posts", answer, "")
            page.beside = {"videos": self._video_facts(page.items)}
            if not light:
                page.beside["social"] = self._social([native for native, _ in page.items])
            yield page
            if horizon.passed(page):
                return

    def comments(self, listing: Listing, entity: str) -> Iterator[Page]:
        """As the port says."""
        path = f"socialActions/{encoded(entity)}/comments"
        for answer in by_offset(self._wire, listing, path, "", endpoint="socialActions.comments", method=""):
            page = _page("socialActions.comments", answer, entity)
            for native, _ in page.items:
                parts = comment_parts(native)
                if parts is not None:
                    self._places.setdefault(parts[0], entity)
            yield page

    def one(self, native: str) -> Page | None:
        """As the port says."""
        answer = self._ask(native)
        if answer is None or answer.status != 200 or not isinstance(answer.body, dict):
            return None
        endpoint = "posts.get" if comment_parts(native) is None else "socialActions.comments.get"
        items = [(native_in(answer.body) or native, answer.body)]
        return Page(endpoint, answer, items, page={"elements": [answer.body]})

    def counted(self, native: str) -> int | None:
        """As the port says."""
        if self.uncounted:
            return None
        path = f"socialMetadata/{encoded(native)}"
        answer = self._wire.get(path, endpoint="socialMetadata", ok=(200, *UNSAID, *_GONE))
        return count_of(answer.body) if answer.status == 200 else None

    def look_up(self, natives: Sequence[str]) -> Iterator[Lookup]:
        """As the port says: 404 is LinkedIn's word that there is no such thing."""
        for native in natives:
            outcome = "unclear"
            try:
                answer = self._ask(native)
                if answer is not None and answer.status in _GONE:
                    outcome = "not_found"
                elif answer is not None and answer.status == 200 and isinstance(answer.body, dict) and answer.body:
                    outcome = "found"
            except HttpError as error:
                quiet(error, STOPPING)
            yield Lookup(native=native, outcome=outcome)

    def _ask(self, native: str) -> Answer | None:
        parts = comment_parts(native)
        ok = (200, *UNSAID, *_GONE)
        if parts is not None:
            # A comment's URN may name the post by another of its URNs than the one it was asked for by.
            place = self._places.get(parts[0], parts[0])
            path = f"socialActions/{encoded(place)}/comments/{encoded(parts[1])}"
            return self._wire.get(path, endpoint="socialActions.comments.get", ok=ok)
        if native.startswith(("urn:li:instantRepost", "urn:li:comment")):
            return None
        return self._wire.get(f"posts/{encoded(native)}", endpoint="posts.get", ok=ok)

    # -- by the way

    def _social(self, natives: Sequence[str]) -> dict[str, Any]:
        """Counters by URN: all at once where LinkedIn lets us, else one by one, else none."""
        found: dict[str, Any] = {}
        if self.uncounted or not natives:
            return found
        try:
            if self._batched:
                answer = self._wire.get(
                    "socialMetadata",
                    f"ids={urn_list(natives)}",
                    endpoint="socialMetadata",
                    method="BATCH_GET",
                    ok=(200, *UNSAID),
                )
                entries = entries_of(answer.body) if answer.status == 200 else None
                if entries is not None:
                    return {urn_of(name) or _entity(value): value for name, value in entries}
                self._batched = False
            for native in natives:
                path = f"socialMetadata/{encoded(native)}"
                answer = self._wire.get(path, endpoint="socialMetadata", ok=(200, *UNSAID))
                if answer.status == 200:
                    found[native], self._misses = answer.body, 0
                    continue
                self._misses += 1 if answer.status == 404 else _PATIENCE
                if self._misses >= _PATIENCE:
                    self.uncounted = True
                    break
        except HttpError as error:
            quiet(error, STOPPING)
            self.uncounted = True
        return found

    def _video_facts(self, items: Sequence[tuple[str, Mapping[str, Any]]]) -> dict[str, Any]:
        """What LinkedIn says of the videos of a page, for their captions."""
        found: dict[str, Any] = {}
        for _, post in items:
            urn = pick(post, "content.media.id")
            if not isinstance(urn, str) or not urn.startswith("urn:li:video:"):
                continue
            if urn not in self._videos:
                answer = self._wire.get(f"videos/{encoded(urn)}", endpoint="videos.get", ok=(200, *UNSAID))
                self._videos[urn] = answer.body if answer.status == 200 else None
            if self._videos[urn] is not None:
                found[urn] = self._videos[urn]
        return found


def _page(endpoint: str, answer: Answer, below: str) -> Page:
    values = [value for _, value in entries_of(answer.body) or () if isinstance(value, dict)]
    named = ((native_in(value, below=below), value) for value in values)
    return Page(endpoint, answer, [(native, value) for native, value in named if native is not None])


def _entity(value: object) -> str:
    return urn_of(pick(value, "entity")) or ""
