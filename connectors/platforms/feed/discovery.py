"""Finding the feed that an account file means: by its address, by what a page says of itself, or where feeds lie."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from urllib.parse import urljoin, urlsplit, urlunsplit

from connectors.markup import attributes
from connectors.platforms.feed.pages import Page, Source
from connectors.platforms.feed.reading import web_address
from connectors.scrubbing import without_secrets
from schemas.account import Account
from schemas.neighbours import MediaError
from schemas.refusal import RefusedError

_LINK = re.compile(r"<link\s([^<>]{1,2000})>", re.IGNORECASE)
_FEEDS = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml"})
_COMMENTS = re.compile(r"/comments?/|kommentar|comments? feed", re.IGNORECASE)
_PLACES = ("feed/", "feed", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml", "feed.atom", "feeds/posts/default")
"""Where the common programs put a blog's feed."""
_TRIED = 40
"""Addresses tried in search of a feed."""
_STOPPING = frozenset({"H105", "H110", "H111"})
_GONE = ("H103", "H104")
_PATH = re.compile(r"[^\s]*/[^\s]*|[^\s]+\.(?:xml|rss|atom|rdf)")
_HOST = re.compile(r"(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}(?::\d{1,5})?")


def origin_of(account: Account) -> str:
    """Scheme and host that are asked.

    Raises:
        RefusedError: the account file names none.
    """
    handle = account.handle.strip()
    for address in (account.api_base, account.option("feed"), handle):
        if address.startswith(("https://", "http://")):
            parts = urlsplit(address)
            return f"{parts.scheme}://{parts.netloc}"
    host = handle.partition("/")[0]
    if _HOST.fullmatch(host):
        return f"https://{host}"
    raise RefusedError("api_base", "", "write the feed's address, or the web site's")


def named(account: Account, origin: str) -> list[str]:
    """Addresses that the account file names as the feed's or the page's, the surest first; all on ``origin``."""
    found: list[str] = []
    handle = account.handle.strip()
    base = account.api_base.strip()
    surest = (account.option("feed"), base if urlsplit(base).path.strip("/") else "")
    found.extend(_on(text, origin) for text in surest if text)
    if handle.startswith(("https://", "http://")):
        if urlsplit(handle).path.strip("/") or urlsplit(handle).query:
            found.append(_on(handle, origin))
    elif _PATH.fullmatch(handle):
        first, _, rest = handle.partition("/")
        if _HOST.fullmatch(first) and rest:
            found.append(_on("/" + rest, origin))
        elif not _HOST.fullmatch(handle) or handle.endswith((".xml", ".rss", ".atom", ".rdf")):
            found.append(_on("/" + handle.lstrip("/"), origin))
    found.append(origin + "/")
    return list(dict.fromkeys(found))


def noted(page: Page, names: Sequence[str]) -> str:
    """Where the feed was found, to be remembered, and a mark of the addresses in the account file that led there.

    Args:
        page: the feed's first. names: as ``named`` gave them.

    Returns:
        Empty where the address holds a secret that the account file does not.
    """
    clean = without_secrets(page.address)
    if clean != page.address and page.address not in names:
        return ""
    parts = urlsplit(clean)
    return f"{_mark(names)} {urlunsplit(('', '', parts.path, parts.query, ''))}"


def remembered(note: str, names: Sequence[str], origin: str) -> str:
    """The address that ``noted`` wrote, if the account file still names the same; else empty."""
    mark, _, path = note.partition(" ")
    if mark != _mark(names) or not path:
        return ""
    address = _on(path, origin)
    return next((one for one in names if without_secrets(one) == address), address)


def _mark(names: Sequence[str]) -> str:
    return sha256("\n".join(names).encode()).hexdigest()[:16]


def _on(text: str, origin: str) -> str:
    """The path and query of an address or path, on the host that is asked."""
    parts = urlsplit(text if "://" in text else urljoin(origin, text))
    home = urlsplit(origin)
    return urlunsplit((home.scheme, home.netloc, parts.path or "/", parts.query, ""))


def linked(page: str, address: str) -> Iterator[str]:
    """Feeds that a web page names as its own, in its order; feeds of comments last."""
    found: list[tuple[bool, str]] = []
    for tag in _LINK.findall(page):
        values = attributes(f" {tag}")
        target = web_address(values.get("href", ""), address)
        if "alternate" in values.get("rel", "").lower().split() and values.get("type", "").lower() in _FEEDS and target:
            comments = _COMMENTS.search(target) or _COMMENTS.search(values.get("title", ""))
            found.append((comments is not None, target))
    yield from (target for _, target in sorted(found, key=lambda one: one[0]))


def usual(address: str) -> Iterator[str]:
    """Where a feed may lie that no page names: beside the page, then at the top of the host."""
    beside = address if address.endswith("/") else address + "/"
    for place in dict.fromkeys((beside, urljoin(address, "/"))):
        yield from (urljoin(place, name) for name in _PLACES)


class Search:
    """Tries addresses until one gives a feed.

    Attributes:
        failure: finding code of the first address that failed otherwise than by not being there.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._tried: set[str] = set()
        self._pages: dict[str, str] = {}
        self.failure = ""

    def find(self, addresses: Sequence[str]) -> Page | None:
        """The feed at one of these addresses, one that a page there names as its own, or one in a usual place."""
        for address in addresses:
            page = self._first((address,)) or self._first(linked(self._pages.get(address, ""), address))
            if page is not None:
                return page
        if self.failure and not self._pages:
            return None
        places = dict.fromkeys((*self._pages, *addresses))
        return self._first(one for where in places for one in usual(where))

    def at(self, address: str) -> Page | None:
        """The feed at this address and nowhere else."""
        return self._first((address,))

    def _first(self, addresses: Iterable[str]) -> Page | None:
        for address in addresses:
            if address in self._tried or len(self._tried) >= _TRIED or self.failure in _STOPPING:
                continue
            self._tried.add(address)
            try:
                page = self._source.get(address)
            except MediaError as error:
                if error.code not in _GONE and (not self.failure or error.code in _STOPPING):
                    self.failure = error.code
                continue
            if not isinstance(page, str):
                return page
            self._pages[address] = page
        return None
