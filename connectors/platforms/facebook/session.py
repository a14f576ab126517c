"""One Facebook page's connection for one run: what is asked, in which order, and when a listing is complete."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from connectors.graph import STOPPING, Graph, GraphError, Listing, version_findings
from connectors.http import Answer, Budget, HttpError
from connectors.platforms.facebook import asking
from connectors.platforms.facebook.attachments import told
from connectors.platforms.facebook.beside import Beside, unchanged, within
from connectors.platforms.facebook.conversations import Conversations
from connectors.platforms.facebook.empty import Empty
from connectors.platforms.facebook.identity import Page, WrongPageError, identified
from connectors.platforms.facebook.notes import id_of, listed, moment, stated
from connectors.platforms.facebook.reading import parse
from connectors.platforms.facebook.threads import Thread
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
    Parsed,
    Window,
)
from schemas.record import Kind, MediaRef

Step = Capture | ListingEnd | Finding

BUDGET = Budget(total_wait=2 * 3600)
"""Where the usage headers ask us to slow down, a night with thousands of threads waits for an hour or two."""
LIMIT = 100
"""Posts per page, the most the platform gives."""
RANKED_PER_YEAR = 600
"""Published posts of a year that the platform lists at most, ranked by its own measure."""
_PATIENCE = 3
"""Failed threads in a row after which the server counts as down."""
_LIGHT = "light"
_UNLISTED = "platform.unlisted"
_SPENT = ("H105", "H110", "H111")
_REFUSALS = ("H101", "H102", "H103", "H104", "H127", "H128", "H221")
_BEGINNING = datetime.min.replace(tzinfo=UTC)


class FacebookSession:
    """See the package's docstring and ``schemas.neighbours.Session``.

    Args:
        account: ``handle`` is the page's id, user name or name.
        secret: the access token.
        clock: the home's clock.
        budget: bounds of the run.
        sleep: how to wait.
    """

    def __init__(
        self,
        account: Account,
        secret: str | None,
        clock: Clock,
        *,
        budget: Budget = BUDGET,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._account = account
        self._clock = clock
        self._graph = Graph(account, secret, clock, budget=budget, sleep=sleep)
        self._beside = Beside(self._graph)
        self._page: Page | None = None
        self._signed: dict[str, str] = {}
        self._listed: set[str] = set()
        self._whole = False
        self._unlisted = 0
        self._withheld = False
        self._trusted: bool | None = None
        self._failures = 0
        self._nameless = 0
        self._empty = Empty()

    def remember(self) -> Mapping[str, str]:
        """How many posts a whole listing left out that the platform still has, and which threads came empty."""
        unlisted = {_UNLISTED: str(self._unlisted)} if self._whole and self._listed else {}
        return unlisted | self._empty.remembered()

    def close(self) -> None:
        """Give back connections."""
        self._graph.close()

    def parse(self, capture: Capture) -> Parsed:
        """Pure; see ``reading.parse``."""
        return parse(capture)

    def health(self) -> Health:
        """Check that the token is valid and belongs to the page of the file, and when it ends.

        Raises:
            ConnectionRefusedByPlatformError: H116 for another page's token; the platform's code otherwise.
            HttpError: the platform cannot be asked now.
        """
        page = self._know()
        findings = self._version()
        if page.tasks is not None and "MODERATE" not in page.tasks:
            findings.append(self._finding("H222", "warning"))
        return Health(native=page.native, token_expires=self._graph.token_ends(), findings=findings)

    def fetch(self, window: Window, threads: Iterable[str]) -> Iterator[Step]:
        """The profile, our posts, those of visitors and mentions, messages, then comments from the newest post down.

        Every pass reads the whole listing of posts, since it is ranked; the light one stops at the first page that is
        older altogether, and leaves out the profile, mentions, messages and reactions.

        Raises:
            ConnectionRefusedByPlatformError: as ``health``.
            HttpError: the platform is not to be asked any more.
        """
        page = self._know()
        self._empty.recall(window.memory)
        light = window.horizon_name == _LIGHT
        if not light:
            yield from self._presented(page)
        anchors: dict[str, tuple[datetime, int]] = {}
        yield from self._posts(page, window, anchors)
        yield from self._others(page, window, anchors, "visitor_posts", "visitor_posts", "visitor_post")
        if not light:
            yield from self._others(page, window, {}, "tagged", "mentions", "mention")
            yield from self._messages(page, window)
        yield from self._threads(page, window, anchors, threads)
        for what, count in sorted(self._beside.refused.items()):
            yield self._finding("H226", "info", count=count, part=what)
        self._beside.refused.clear()
        if self._nameless:
            yield self._finding("H146", "info", count_hidden=self._nameless)
        if self._graph.plainer:
            yield self._finding("H225", "info", count=self._graph.plainer)

    def look_up(self, natives: Sequence[str]) -> Iterator[Lookup]:
        """Ask for items directly.

        ``not_found`` is said only where the platform says that there is no such object, while it still knows our page
        and has withheld nothing tonight. Who took it away, Facebook does not tell.

        Raises:
            HttpError: nothing can be asked any more tonight.
        """
        page = self._know()
        for native, found in self._graph.objects(natives, asking.LOOK_UP, endpoint="lookup"):
            if isinstance(found, HttpError):
                absent = _is_absent(found) and not self._withheld and self._is_trusted()
                yield Lookup(native=native, outcome="not_found" if absent else "unclear")
            elif id_of(found) is None:
                yield Lookup(native=native, outcome="unclear")
            else:
                if self._whole and native.startswith(f"{page.native}_") and native not in self._listed:
                    self._unlisted += 1
                yield Lookup(native=native, outcome="found", hidden=found.get("is_hidden") is True)

    def liked(self) -> Iterator[tuple[str, str]]:
        """The pages that ours likes: name and address. Raises PlatformError."""
        path = f"{quote(self._know().native, safe='')}/likes"
        listing = Listing(self._graph, path, {}, endpoint="likes", limit=LIMIT, fields=asking.LIKED)
        for answer in listing.read():
            for one in listed(answer.body):
                native, name, link = id_of(one), one.get("name"), one.get("link")
                if native is not None:
                    address = link if isinstance(link, str) and link else f"https://www.facebook.com/{native}"
                    yield (name if isinstance(name, str) and name else native), address
        if listing.error is not None:
            raise listing.error
        if listing.reason:
            raise HttpError(listing.reason, "likes")

    def fetch_media(self, reference: MediaRef, author_native: str | None, limit: int) -> MediaBytes:  # noqa: ARG002
        """Fetch an attachment to a temporary file; its address may be on another host. Raises MediaError."""
        return self._graph.download(self._signed.get(reference.origin, reference.origin), limit)

    # -- who we are

    def _know(self) -> Page:
        """Our own page, asked for once a run."""
        if self._page is None:
            try:
                self._page = identified(self._graph, self._account.handle)
            except WrongPageError:
                raise self._refused("H116") from None
            except HttpError as error:
                if error.retryable or error.code not in _REFUSALS:
                    raise
                ended = [one for one in self._version() if one.code == "H139"]
                if ended and error.code not in ("H101", "H102"):
                    raise ConnectionRefusedByPlatformError(ended[0]) from None
                raise self._refused(error.code) from None
        return self._page

    def _version(self) -> list[Finding]:
        return version_findings(self._graph.version, self._clock.now().date(), self._account.name)

    def _is_trusted(self) -> bool:
        """Our own page is still found: else "there is no such object" would be said of anything."""
        if self._trusted is None:
            try:
                self._graph.get_fields(quote(self._know().native, safe=""), ("id",), endpoint="page")
                self._trusted = True
            except GraphError as error:
                self._stop(error)
                self._trusted = False
        return self._trusted

    def _presented(self, page: Page) -> Iterator[Step]:
        """How our page presents itself."""
        try:
            answer = self._graph.get_fields(quote(page.native, safe=""), asking.PROFILE, endpoint="page")
        except GraphError as error:
            self._stop(error)
            yield self._finding("H223", "warning", listing="profile")
            answer = page.answer
        if id_of(answer.body) == page.native:
            yield self._capture(answer, "page", "profile", {})

    # -- posts

    def _posts(self, page: Page, window: Window, anchors: dict[str, tuple[datetime, int]]) -> Iterator[Step]:
        light = window.horizon_name == _LIGHT
        path = f"{quote(page.native, safe='')}/published_posts"
        fields = asking.POST_LIGHT if light else asking.POST
        listing = Listing(
            self._graph,
            path,
            {"include_hidden": "true"},
            endpoint="published_posts",
            limit=LIMIT,
            fields=fields,
        )
        years: Counter[int] = Counter()
        claimed = 0
        self._listed.clear()
        for number, answer in enumerate(listing.read(), 1):
            posts = listed(answer.body)
            claimed = max(claimed, stated(answer.body) or 0)
            yield self._page_of_posts(answer, "published_posts", "posts", number, window)
            self._anchor(posts, window, anchors)
            self._listed.update(name for post in posts if (name := id_of(post)))
            times = [moment(post.get("created_time")) for post in posts]
            years.update(at.year for at in times if at is not None)
            if light and posts and window.since and all(at is not None and at < window.since for at in times):
                break
        left_out = window.memory.get(_UNLISTED, "0") != "0"
        if not light and (left_out or max(years.values(), default=0) >= RANKED_PER_YEAR):
            yield self._finding("H144", "warning")
        if claimed and not self._listed and not listing.reason:
            listing.reason = "H145"
            yield self._finding("H145", "error", count_stated=claimed)
        self._whole = not light and not listing.reason
        yield self._end("posts", window, listing, ("post",))
        if listing.error is not None:
            self._stop(listing.error)

    def _others(
        self,
        page: Page,
        window: Window,
        anchors: dict[str, tuple[datetime, int]],
        edge: str,
        name: str,
        kind: Kind,
    ) -> Iterator[Step]:
        """What others wrote on our page or about it. A listing that the platform does not give is told of."""
        path = f"{quote(page.native, safe='')}/{edge}"
        listing = Listing(self._graph, path, {}, endpoint=edge, limit=LIMIT, fields=asking.POST_LIGHT)
        for number, answer in enumerate(listing.read(), 1):
            posts = listed(answer.body)
            yield self._page_of_posts(answer, edge, name, number, window)
            self._anchor(posts, window, anchors)
            self._listed.update(native for post in posts if (native := id_of(post)))
        error = listing.error
        if isinstance(error, GraphError) and not error.retryable and error.code not in STOPPING:
            yield self._finding("H223", "warning", listing=name)
            return
        yield self._end(name, window, listing, (kind,))
        if error is not None:
            self._stop(error)

    def _page_of_posts(self, answer: Answer, endpoint: str, name: str, number: int, window: Window) -> Capture:
        """One page, with what stands beside its posts: asked for where they are recent, new or changed."""
        page = self._capture(answer, endpoint, name, {"limit": LIMIT, "page": number})
        known = unchanged(page, window)
        context = self._beside.of(post for post in listed(answer.body) if id_of(post) not in known)
        for value in context.values():
            self._remember_media(told(value))
        carried = {f"known:{native}": identity for native, identity in known.items()}
        return replace(page, context={**page.context, **context, **carried})

    @staticmethod
    def _anchor(posts: list[dict[str, Any]], window: Window, anchors: dict[str, tuple[datetime, int]]) -> None:
        """Note the threads to read."""
        for post in posts:
            native, created = id_of(post), moment(post.get("created_time"))
            if native is not None and within(created, window.since):
                anchors[native] = (created or window.now, stated(post.get("comments")) or 0)

    # -- what lies below

    def _threads(
        self, page: Page, window: Window, anchors: Mapping[str, tuple[datetime, int]], threads: Iterable[str]
    ) -> Iterator[Step]:
        newest = sorted(anchors, key=lambda native: (anchors[native][0], native), reverse=True)
        # What came empty before comes last: by then it has shown whether comments can be read at all.
        newest.sort(key=self._empty.was)
        done: set[str] = set()
        remaining = _chained(newest, threads)
        for native in remaining:
            if native in done:
                continue
            done.add(native)
            try:
                if self._whole and native not in self._listed and native.startswith(f"{page.native}_"):
                    yield from self._by_itself(native, window)
                yield from self._thread(native, anchors.get(native, (_BEGINNING, 0))[1])
            except HttpError as error:
                unread = {one for one in remaining if one not in done}
                if error.code in _SPENT and unread:
                    yield self._finding("H194", "warning", count_threads=len(unread))
                elif error.code not in STOPPING:
                    yield self._finding("H136", "error")
                raise

    def _by_itself(self, native: str, window: Window) -> Iterator[Step]:
        """A post that has comments still but stands in no listing any more: its edits would never be seen."""
        try:
            answer = self._graph.get_fields(quote(native, safe=""), asking.POST, endpoint="post")
        except GraphError as error:
            self._stop(error)
            return
        whole = replace(answer, body={"data": [answer.body]})
        yield self._page_of_posts(whole, "post", "post", 1, replace(window, since=None))

    def _thread(self, native: str, said: int) -> Iterator[Step]:
        """One thread.

        Raises:
            HttpError: nothing more can be asked, or the server has failed several times in a row.
        """
        thread = Thread(self._graph, native, said)
        for number, (answer, below) in enumerate(thread.read(), 1):
            context = {"root": native, **({"below": below} if below else {})}
            yield self._capture(answer, "comments", "thread", {"page": number}, **context)
        error, reason = thread.error, thread.reason
        if reason == "H127" and [one.outcome for one in self.look_up([native])] == ["not_found"]:
            reason = "H103"
        if self._empty.is_withheld(native, empty=reason == "H145", shown=thread.shown):
            reason = ""
        if reason == "H145":
            self._withheld = True
            yield self._finding("H145", "error", count_stated=thread.stated)
        elif not reason and thread.shown < thread.stated:
            yield self._finding("H132", "info", count_shown=thread.shown, count_stated=thread.stated)
        self._withheld = self._withheld or reason == "H102"
        yield ListingEnd(listing="thread", scope=native, complete=not reason, reason=reason, kinds=("comment", "reply"))
        if isinstance(error, HttpError):
            self._failures += error.retryable
            if error.code in STOPPING or self._graph.closed is not None or self._failures >= _PATIENCE:
                raise error
        else:
            self._failures = 0

    # -- private messages

    def _messages(self, page: Page, window: Window) -> Iterator[Step]:
        if not self._account.harvest.messages:
            yield self._finding("H140", "info")
            return
        conversations = Conversations(self._graph, page.native, window.since)
        for answer, context in conversations.read():
            yield self._capture(answer, "conversations", "messages", {}, **context)
        if conversations.denied:
            yield self._finding("H141", "warning")
            return
        yield ListingEnd(
            listing="messages",
            scope="",
            complete=not conversations.reason,
            since=window.since,
            reason=conversations.reason,
            kinds=("message",),
        )
        if conversations.error is not None:
            self._stop(conversations.error)

    # -- small

    def _stop(self, error: HttpError) -> None:
        """Raise it again where nothing more can be asked tonight."""
        if error.code in STOPPING or self._graph.closed is not None:
            raise error

    @staticmethod
    def _end(name: str, window: Window, listing: Listing, kinds: tuple[Kind, ...]) -> ListingEnd:
        return ListingEnd(
            listing=name,
            scope="",
            complete=not listing.reason,
            since=window.since,
            reason=listing.reason,
            kinds=kinds,
            unfiltered=name == "posts",
        )

    def _capture(
        self, answer: Answer, endpoint: str, listing: str, parameters: Mapping[str, str | int], **context: str
    ) -> Capture:
        self._remember_media(answer.body)
        if listing in ("thread", "visitor_posts", "mentions"):
            self._nameless += sum(not isinstance(one.get("from"), dict) for one in listed(answer.body))
        return Capture(
            endpoint=endpoint,
            parameters={"version": self._graph.version, **parameters},
            status=answer.status,
            at=answer.at,
            body=answer.body,
            listing=listing,
            context={"account": self._account.name, "own": self._know().native, **context},
        )

    def _remember_media(self, value: object) -> None:
        """Keep addresses whose secret parameters the archive does not keep, for the time of this run."""
        stack = [value]
        while stack:
            one = stack.pop()
            if isinstance(one, list):
                stack.extend(one)
            elif isinstance(one, dict):
                for name, inner in one.items():
                    if isinstance(inner, str) and "?" in inner and inner.startswith("http"):
                        self._signed[without_secrets(inner)] = inner
                    elif isinstance(inner, dict | list) and name != "paging":
                        stack.append(inner)

    def _finding(self, code: str, severity: Severity, *, count: int = 1, **parameters: str | int) -> Finding:
        pairs = tuple(parameters.items())
        return Finding(code=code, severity=severity, subject=self._account.name, count=count, parameters=pairs)

    def _refused(self, code: str) -> ConnectionRefusedByPlatformError:
        return ConnectionRefusedByPlatformError(self._finding(code, "error"))


def _is_absent(error: HttpError) -> bool:
    """The platform does not know the object: asked for by nothing but its id, its id is what is wrong."""
    return isinstance(error, GraphError) and (error.absent or (error.fault.code == 100 and not error.fault.no_field))


def _chained(first: Iterable[str], then: Iterable[str]) -> Iterator[str]:
    """One after the other; the second is not touched before the first is over."""
    yield from first
    yield from then
