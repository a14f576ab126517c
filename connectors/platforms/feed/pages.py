"""Pages of one feed: fetched, decoded, and followed to the older ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from connectors.http import Http
from connectors.platforms.feed.decoding import decoded, is_feed
from connectors.platforms.feed.reading import moment, native_of, web_address
from schemas.neighbours import Clock, MediaError

ACCEPT = "application/atom+xml, application/rss+xml, application/rdf+xml, application/xml;q=0.9, */*;q=0.5"
FEED_LIMIT = 10_000_000
"""Bytes of one page of a feed."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a feed: where it was read, when, and what it says (``decoding.decoded``)."""

    address: str
    at: datetime
    body: dict[str, Any]

    @property
    def entries(self) -> list[dict[str, Any]]:
        """Its entries."""
        return [one for one in self.body["entries"] if isinstance(one, dict)]

    @property
    def sound(self) -> bool:
        """The page is whole."""
        return self.body["problem"] not in ("cut", "unreadable") and bool(self.body["version"] or self.entries)

    @property
    def wordpress(self) -> bool:
        """It says that WordPress made it."""
        generator = self.body["feed"].get("generator")
        return isinstance(generator, dict) and "wordpress.org" in f"{generator.get('name')}{generator.get('href')}"

    def linked(self, *relations: str) -> str:
        """Address of the first of these relations that the feed names, or empty."""
        links = self.body["feed"].get("links", ())
        for relation in relations:
            for link in links:
                address = web_address(link.get("href"), self.address) if isinstance(link, dict) else ""
                if address and link.get("rel") == relation:
                    return address
        return ""


@dataclass(frozen=True, slots=True)
class Source:
    """Asks one host for pages; it leads to no other."""

    http: Http
    clock: Clock

    def get(self, address: str) -> Page | str:
        """The page of a feed, or the text of what is none. Raises MediaError."""
        got = self.http.download(address, endpoint="feed", limit=FEED_LIMIT, same_host=True, accept=ACCEPT)
        with got.file as file:
            data = file.read()
        if is_feed(data):
            return Page(address, self.clock.now(), decoded(data, address))
        return data.decode("utf-8", "replace")


@dataclass(slots=True)
class Walk:
    """One feed being read from its newest page on, to its end or to entries older than ``since``.

    Attributes:
        most: pages at most. numbered: the pages of WordPress may be asked for by number.
        entries: native id → (entry, address of its page), in the order shown.
        times: of the entries. pages: how many were read.
        ended: an older page was named as long as there was one, or the feed says that it is complete (RFC 5005).
        reason: finding code when a page that should be there could not be read.
    """

    source: Source
    account: str
    zone: str
    since: datetime | None
    most: int
    numbered: bool = False
    entries: dict[str, tuple[dict[str, Any], str]] = field(default_factory=dict)
    times: list[datetime] = field(default_factory=list)
    pages: int = 0
    ended: bool = False
    reason: str = ""

    def read(self, first: Page | str) -> Iterator[Page]:
        """The pages, beginning with this one, or with the one at this address."""
        page = self._at(first) if isinstance(first, str) else first
        visited: set[str] = set()
        while page is not None:
            visited.add(page.address)
            self.pages += 1
            yield page
            if not page.sound:
                self.reason = "H273"
                return
            fresh = self._take_in(page)
            following = page.linked("next", "prev-archive")
            if not following:
                self.ended = self.pages > 1 or "fh_complete" in page.body["feed"]
                if self.numbered and page.wordpress and not self.ended:
                    yield from self._wordpress(page)
                return
            if self._past():
                return
            if not fresh or following in visited:
                self.reason = "H114"
                return
            if self.pages >= self.most:
                self.reason = "H113"
                return
            page = self._at(following)

    def _wordpress(self, first: Page) -> Iterator[Page]:
        """The older pages of a feed of WordPress, which names none and numbers them: after the last one it says 404."""
        parts = urlsplit(first.address)
        query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "paged"]
        while not self._past() and self.pages < self.most:
            numbered = urlencode([*query, ("paged", str(self.pages + 1))])
            try:
                page = self.source.get(urlunsplit((*parts[:3], numbered, "")))
            except MediaError as error:
                self.ended = error.code in ("H103", "H104")
                self.reason = "" if self.ended else error.code
                return
            if isinstance(page, str) or not (page.sound and self._take_in(page)):
                # It does not number its pages after all: nothing is known of what is older.
                self.reason = "" if isinstance(page, str) or page.sound else "H273"
                return
            self.pages += 1
            yield page

    def _past(self) -> bool:
        """Everything that is asked for was shown."""
        return self.since is not None and bool(self.times) and min(self.times) < self.since

    def _at(self, address: str) -> Page | None:
        try:
            page = self.source.get(address)
        except MediaError as error:
            self.reason = error.code
            return None
        if isinstance(page, str):
            self.reason = "H273"
            return None
        return page

    def _take_in(self, page: Page) -> bool:
        """Note a page's entries; whether any of them is new."""
        fresh = False
        for entry in page.entries:
            native = native_of(entry, self.account)
            if native is None or native in self.entries:
                continue
            fresh = True
            self.entries[native] = entry, page.address
            made = made_at(entry, self.zone)
            if made is not None:
                self.times.append(made)
        return fresh


def made_at(entry: dict[str, Any], zone: str) -> datetime | None:
    """When an entry was published, for the window."""
    return moment(entry.get("published") or entry.get("created") or entry.get("updated"), zone)[0]
