"""One feed's connection for one run: its entries, their comments, and look-ups of its articles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urldefrag

from connectors.attachments import of_attachment
from connectors.http import Budget, Http
from connectors.platforms.feed import discovery
from connectors.platforms.feed.pages import Page, Source, Walk, made_at
from connectors.platforms.feed.reading import PROFILE, comments_of, count_of, link_of, moment, parse, web_address
from connectors.scrubbing import without_secrets
from schemas.account import Account
from schemas.finding import Finding, Severity
from schemas.neighbours import (
    Capture,
    Clock,
    ConnectionRefusedByPlatformError,
    Health,
    ListingEnd,
    Lookup,
    MediaBytes,
    MediaError,
    Parsed,
    PlatformError,
    Window,
)
from schemas.record import MediaRef

Step = Capture | ListingEnd | Finding

PAGE_LIMIT = 50_000_000
"""Bytes of a page that is only looked at."""
PAGES = 1_000
"""Pages of one feed per run; reaching it is reported."""
NEWEST = "platform.newest"
"""Memory: the newest published time that the feed showed."""
MOST = "platform.most"
"""Memory: the most entries that the feed has ever shown, which is the least its length can be."""
FEED, OWN = "platform.feed", "platform.own"
"""Memory: where the feed was found, and the address that it calls its own."""
_DAMAGED = frozenset({"cut", "not well-formed", "unreadable"})
"""Problems of a document in which what the feed says of itself may be torn."""
_SHALLOW = frozenset({"light", "daily"})
"""Passes that do not ask for what the feed shows no longer."""
_WITNESSES = 3
_STOPPING = frozenset({"H105", "H110", "H111"})
_GONE = ("H103", "H104")


class FeedSession:
    """See the package's docstring and ``schemas.neighbours.Session``.

    Args:
        account: ``api_base`` and ``handle`` say where the feed lies. secret: a bearer token, or None.
        clock: the home's clock. budget: bounds of the run. pages: pages of one feed.

    Raises:
        RefusedError: the account file names no address.
    """

    def __init__(
        self,
        account: Account,
        secret: str | None,
        clock: Clock,
        *,
        budget: Budget = Budget(),  # noqa: B008  # frozen
        pages: int = PAGES,
    ) -> None:
        self._account = account
        self._origin = discovery.origin_of(account)
        self._http = Http(self._origin, name=account.name, clock=clock, budget=budget.within(account.harvest))
        self._http.authorize(secret or None)
        self._source = Source(self._http, clock)
        self._pages = pages
        self._first: Page | None = None
        self._own = ""
        self._title = ""
        self._signed: dict[str, str] = {}
        self._addresses: dict[str, str] = {}
        self._shown: list[str] = []
        self._articles_there: bool | None = None
        self._recalled: Mapping[str, str] = {}
        self._memory: dict[str, str] = {}

    def remember(self) -> Mapping[str, str]:
        """Where the feed lies, how new its newest entry was, by which a gap is noticed, and how many it shows."""
        return self._memory

    def recall(self, memory: Mapping[str, str]) -> None:
        """Learn where the feed was found before: it is asked for there and not searched for again (``Mindful``)."""
        self._recalled = memory

    def close(self) -> None:
        """Give back connections."""
        self._http.close()

    def parse(self, capture: Capture) -> Parsed:
        """Pure; see ``reading.parse``."""
        return parse(capture)

    def health(self) -> Health:
        """Find the feed and read its first page.

        Raises:
            ConnectionRefusedByPlatformError: H270 when there is no feed; the transport's code otherwise.
        """
        self._know()
        return Health(native=self._own)

    def addressed(self, addresses: Mapping[str, str]) -> None:
        """Learn under which address each native id was shown last (``schemas.neighbours.Addressed``)."""
        self._addresses.update(addresses)

    def _know(self) -> Page:
        if self._first is None:
            self._first = self._found()
        return self._first

    def _found(self) -> Page:
        search = discovery.Search(self._source)
        names = discovery.named(self._account, self._origin)
        known = discovery.remembered(self._recalled.get(FEED, ""), names, self._origin)
        first = search.at(known) if known else search.find(names)
        if first is None:
            raise self._refused(search.failure or "H270")
        torn = first.body["problem"] in _DAMAGED
        before = self._recalled.get(OWN, "") if torn and known else ""
        self._own = before or without_secrets(first.linked("self") or first.address)
        title = first.body["feed"].get("title")
        self._title = str(title.get("value", ""))[:300] if isinstance(title, dict) else ""
        if not torn:
            self._memory |= {FEED: discovery.noted(first, names), OWN: self._own}
        return first

    # -- fetch

    def fetch(self, window: Window, threads: Iterable[str]) -> Iterator[Step]:
        """What the feed says of itself, its entries to ``window.since``, then the comments of those that have some.

        Raises:
            ConnectionRefusedByPlatformError: as ``health``.
        """
        first = self._know()
        if first.body["problem"] not in _DAMAGED or not window.known([self._own + PROFILE]):
            yield self._capture(first, {**first.body["feed"]}, "profile", 1)
        walk = self._walk(window.since, numbered=True)
        for page in walk.read(first):
            yield self._capture(page, _entries(page), "posts", walk.pages)
        for native, (entry, base) in walk.entries.items():
            if link := link_of(entry, base):
                self._addresses[native] = link
                self._shown.append(link)
        yield from self._ended(walk, window)
        read: set[str] = set()
        for native, (entry, base) in walk.entries.items():
            made = made_at(entry, walk.zone)
            if window.since is None or made is None or made >= window.since:
                read.add(native)
                yield from self._comments(native, entry, base)
        missing = 0
        for native in dict.fromkeys(threads):
            if native in walk.entries and native not in read:
                yield from self._comments(native, *walk.entries[native])
            missing += native not in walk.entries
        if missing and any(comments_of(*one) for one in walk.entries.values()):
            yield self._finding("H276", "info", count_threads=missing)

    def _walk(self, since: datetime | None, *, numbered: bool = False) -> Walk:
        return Walk(self._source, self._account.name, self._account.option("zone"), since, self._pages, numbered)

    def _ended(self, walk: Walk, window: Window) -> Iterator[Step]:
        """The listing's end. A feed shows its newest entries alone: it says nothing of what is older than those.

        On the deeper passes those within the window are asked for by their addresses.
        """
        reason = walk.reason
        if reason:
            yield self._finding(reason, "error")
        most = _number(window.memory.get(MOST))
        oldest = min(walk.times, default=None)
        # With fewer entries than it has shown before, nothing was pushed out by newer ones: these are all there are.
        whole = not reason and (walk.ended or (walk.pages == 1 and len(walk.entries) < most))
        if not reason and not whole and oldest is not None:
            if window.since is None or window.since < oldest:
                yield self._finding("H271", "info", count_shown=len(walk.entries))
            if _gap(window.memory.get(NEWEST), oldest):
                reason = "H274"
                yield self._finding(reason, "warning", count_shown=len(walk.entries))
        if most and not walk.entries and not reason:
            yield self._finding("H278", "warning", count_most=most)
        if walk.times and not walk.reason:
            self._memory[NEWEST] = max(walk.times).isoformat()
            self._memory[MOST] = str(max(most, len(walk.entries)) if walk.pages == 1 else most)
        every = whole or oldest is None or window.horizon_name not in _SHALLOW
        since = window.since if every or oldest is None else max(window.since or oldest, oldest)
        yield ListingEnd(listing="posts", scope="", complete=not reason, since=since, reason=reason, kinds=("post",))

    def _comments(self, native: str, entry: dict[str, Any], base: str) -> Iterator[Step]:
        """The comments of one entry, where it names a feed with them."""
        address, stated = comments_of(entry, base), count_of(entry)
        if not address:
            return
        if stated == 0:
            yield ListingEnd(listing="thread", scope=native, complete=True)
            return
        walk = self._walk(None)
        for page in walk.read(address):
            yield self._capture(page, _entries(page), "thread", walk.pages, root=native)
        if walk.reason:
            yield ListingEnd(listing="thread", scope=native, complete=False, reason=walk.reason)
        elif stated is not None and len(walk.entries) < stated:
            yield self._finding("H132", "info", count_shown=len(walk.entries), count_stated=stated)
            yield ListingEnd(listing="thread", scope=native, complete=False, reason="H132")
        elif stated is not None or walk.ended:
            yield ListingEnd(listing="thread", scope=native, complete=True)
        else:
            # Without a number nothing says that these are all: what is not among them proves nothing.
            yield self._finding("H277", "info")
            yield ListingEnd(listing="comments", scope=native, complete=True)

    def _capture(self, page: Page, body: dict[str, Any], listing: str, number: int, root: str = "") -> Capture:
        self._remember_signed(page.body, page.address)
        context = {
            "account": self._account.name,
            "own": self._own,
            "base": page.address,
            "title": self._title,
            "zone": self._account.option("zone"),
            "articles": self._account.option("articles"),
            **({"root": root} if root else {}),
        }
        return Capture(
            endpoint="feed",
            parameters={"page": number},
            status=200,
            at=page.at,
            body=body,
            listing=listing,
            context=context,
        )

    def _remember_signed(self, value: object, base: str) -> None:
        """Keep addresses whose secret parameters the archive does not keep, for the time of this run."""
        if isinstance(value, dict):
            for name, inner in value.items():
                if name in ("href", "url", "link") and isinstance(inner, str) and "?" in inner:
                    address = web_address(inner, base)
                    self._signed[without_secrets(address)] = address
                else:
                    self._remember_signed(inner, base)
        elif isinstance(value, list):
            for one in value:
                self._remember_signed(one, base)

    # -- one by one

    def look_up(self, natives: Sequence[str]) -> Iterator[Lookup]:
        """Ask for the articles themselves.

        410 means that it is not found, and so does 404 where an article that the feed shows is answered otherwise; an
        answer that it is there; whatever else is unclear. A comment has no page of its own: it is found where
        the page names it, and unclear where the page alone is there.

        Raises:
            PlatformError: nothing can be asked any more tonight.
        """
        first = self._know()
        for native in natives:
            if native.endswith(PROFILE):
                yield Lookup(native=native, outcome="found")
                continue
            written = self._addresses.get(native) or (native if native.startswith(("https://", "http://")) else "")
            address = web_address(written, first.address)
            yield Lookup(native=native, outcome=self._outcome(address) if address else "unclear")

    def _outcome(self, address: str) -> str:
        code, named = self._asked(address)
        if code == "H103" and not self._answered():
            return "unclear"
        if code in _GONE:
            return "not_found"
        return "found" if named else "unclear"

    def _answered(self) -> bool:
        """Articles that are surely there are found, so that a 404 is about the one asked for."""
        if self._articles_there is None:
            shown = [self._asked(one)[0] for one in self._shown[:_WITNESSES]]
            self._articles_there = any(code not in _GONE for code in shown)
        return self._articles_there

    def _asked(self, address: str) -> tuple[str, bool]:
        """Why a page cannot be had, or empty; and whether it is there and has what the address names in it."""
        page, fragment = urldefrag(address)
        limit = PAGE_LIMIT if fragment else 0
        try:
            got = self._http.download(self._signed.get(page, page), endpoint="article", limit=limit)
        except MediaError as error:
            if error.code in _STOPPING:
                raise PlatformError(error.code) from None
            return (error.code, False) if error.code != "H119" else ("", not fragment)
        with got.file as file:
            return "", not fragment or fragment.encode() in file.read()

    def fetch_media(self, reference: MediaRef, author_native: str | None, limit: int) -> MediaBytes:  # noqa: ARG002
        """Fetch an attachment or an article's page; its address may be on another host. Raises MediaError."""
        address = self._signed.get(reference.origin, reference.origin)
        try:
            return self._http.download(address, endpoint="media", limit=limit)
        except MediaError as error:
            # An article's page may come later than the feed that names it.
            late = reference.media_type == "text/html" and error.code == "H103"
            raise (error if late else of_attachment(error)) from None

    # -- small

    def _finding(self, code: str, severity: Severity, **parameters: str | int) -> Finding:
        return Finding(code=code, severity=severity, subject=self._account.name, parameters=tuple(parameters.items()))

    def _refused(self, code: str) -> ConnectionRefusedByPlatformError:
        return ConnectionRefusedByPlatformError(Finding(code=code, severity="error", subject=self._account.name))


def _entries(page: Page) -> dict[str, Any]:
    return {name: value for name, value in page.body.items() if name != "feed"}


def _gap(last: str | None, oldest: datetime) -> bool:
    """Whether everything shown is newer than what the feed showed last time: what lay between is not to be had."""
    newest, _ = moment(last) if last else (None, "")
    return newest is not None and oldest > newest


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0
