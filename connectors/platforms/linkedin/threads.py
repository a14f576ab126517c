"""What stands below our posts: which threads are to be read, and reading one in full depth."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from connectors.platforms.linkedin.names import comment_parts, is_own, moment_in, moment_of
from connectors.platforms.linkedin.objects import author_of, count_of, native_in, times_of
from connectors.platforms.linkedin.paging import Listing
from connectors.platforms.linkedin.portability import name_of
from connectors.platforms.linkedin.routes import Page, Route
from schemas.neighbours import Window

QUIET_AFTER = timedelta(days=7)
"""A post older than this that states no comments is not asked for any. When the counter moves, it is by name."""


@dataclass(frozen=True, slots=True)
class Below:
    """One page of comments: what they were asked for under, and how many are new."""

    page: Page
    above: str
    new: int


class Threads:
    """Reads threads, and remembers what their posts say of them.

    Attributes:
        stated: comments that a post says it has, by its URN; -1 = it does not say.
        claimed: comments that a list below a post said it has, and showed none of, by the post's URN.
        nameless: comments by others whose writer has no name that LinkedIn tells.
    """

    def __init__(self, route: Route, own: str) -> None:
        self._route = route
        self._own = own
        self.stated: dict[str, int] = {}
        self.claimed: dict[str, int] = {}
        self.nameless = 0

    def is_ours(self, post: Mapping[str, object]) -> bool:
        """The post is our organisation's, or says nothing of its author."""
        author = author_of(post)
        return author is None or is_own(author, self._own)

    def learn(self, page: Page, window: Window) -> Iterator[str]:
        """Take a page of our posts; gives those whose threads are to be read."""
        social = page.beside.get("social", {})
        for native, post in page.items:
            if not self.is_ours(post):
                continue
            count = _count(native, post, social)
            self.stated[native] = -1 if count is None else count
            created = moment_of(times_of(post).created) or moment_in(native)
            recent = window.since is None or created is None or created >= window.since
            quiet = count == 0 and created is not None and created < window.now - QUIET_AFTER
            if recent and not quiet and not native.startswith("urn:li:instantRepost:"):
                yield native

    def stated_of(self, root: str) -> int:
        """Comments that there are by LinkedIn's word, asked for where no list has told it; -1 = it does not say.

        Raises:
            HttpError: the platform could not be asked.
        """
        if root not in self.stated:
            count = self._route.counted(root)
            self.stated[root] = -1 if count is None else count
        return self.stated[root]

    def read(self, root: str) -> Iterator[Below | str]:
        """Pages of comments, and codes of why something could not be read.

        LinkedIn shows what stands directly below one thing, so every comment that may have answers is asked too: where
        any of its counts says so, and where the post has more comments than were shown.

        Raises:
            HttpError: the platform could not be asked.
        """
        if comment_parts(root) is not None:
            alone = self._route.one(root)
            if alone is not None:
                yield self._counted(alone, "", 0)
        queue, asked = deque([root]), {root}
        quiet: deque[str] = deque()
        while queue or (quiet and len(asked) - 1 < self.stated.get(root, -1)):
            above = queue.popleft() if queue else quiet.popleft()
            listing = Listing(name_of if self._route.late else partial(_comment_name, above=above))
            for page in self._route.comments(listing, above):
                new = [one for one in page.items if one[0] not in asked]
                yield self._counted(page, above, len(new))
                for native, value in new:
                    asked.add(native)
                    count = _count(native, value, page.beside.get("social", {}))
                    (quiet if count == 0 else queue).append(native)
            if listing.reason == "H145":
                self.claimed[root] = max(self.claimed.get(root, 0), listing.stated or 0)
            if listing.reason:
                yield listing.reason

    def _counted(self, page: Page, above: str, new: int) -> Below:
        people = page.beside.get("people", {})
        authors = [author_of(value) for _, value in page.items]
        self.nameless += sum(one not in people and not is_own(one, self._own) for one in authors)
        return Below(page, above, new)


def _count(native: str, value: Mapping[str, object], social: Mapping[str, object]) -> int | None:
    """The largest of the counts that are given: they are kept apart, and one may lag behind."""
    counts = [count for one in (social.get(native), value) if (count := count_of(one)) is not None]
    return max(counts, default=None)


def _comment_name(value: object, above: str) -> str | None:
    return native_in(value, below=above) if isinstance(value, dict) else None
