"""One Instagram account's connection for one run: what is asked, in which order, and when a listing is complete."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from connectors.graph import STOPPING, Graph, GraphError, version_findings
from connectors.http import Answer, Budget, HttpError
from connectors.platforms.instagram import fields
from connectors.platforms.instagram.asking import Asking, Pages, node
from connectors.platforms.instagram.letters import Letters
from connectors.platforms.instagram.lookups import LookUps, by_itself, is_comment
from connectors.platforms.instagram.posts import MEDIA_CAP, Posts
from connectors.platforms.instagram.reading import parse
from connectors.platforms.instagram.stories import Stories
from connectors.platforms.instagram.threads import LIMIT, Expansion, Thread
from connectors.platforms.instagram.values import count_of, id_of, listed, moment
from connectors.platforms.instagram.whose import Candidate, Finder, named
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
from schemas.record import MediaRef

Step = Capture | ListingEnd | Finding

BUDGET = Budget(total_wait=2 * 3600)
"""A first night with thousands of posts is spread over hours by the platform's usage headers."""
_PATIENCE = 3
"""Failed threads in a row after which the server counts as down."""
_LIGHT = "light"
_SPENT = ("H110", "H111")


class InstagramSession:
    """See the package's docstring and ``schemas.neighbours.Session``.

    Args:
        account: ``handle`` is the username or the account's number; ``api_base`` as in ``connectors.graph``.
        secret: the access token.
        clock: the home's clock.
        budget: bounds of the run.
        media_cap: how many media objects the platform lists at most.
        sleep: how to wait.
    """

    def __init__(
        self,
        account: Account,
        secret: str | None,
        clock: Clock,
        *,
        budget: Budget = BUDGET,
        media_cap: int = MEDIA_CAP,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._account = account
        self._clock = clock
        self._graph = Graph(account, secret, clock, budget=budget, sleep=sleep)
        self._asking = Asking(self._graph, LIMIT)
        self._media_cap = media_cap
        self._me: Candidate | None = None
        self._profile: Answer | None = None
        self._stories = Stories()
        self._expansion = Expansion()
        self._signed: dict[str, str] = {}
        self._withheld = False
        self._shown = ""
        self._failures = 0

    def remember(self) -> Mapping[str, str]:
        """When the stories of the last weeks were written, so that an expired one is told from a removed one."""
        return self._stories.remembered()

    def close(self) -> None:
        """Give back connections."""
        self._graph.close()

    def parse(self, capture: Capture) -> Parsed:
        """Pure; see ``reading.parse``."""
        return parse(capture)

    def health(self) -> Health:
        """Check that the token is valid and belongs to the account of the file, and when it ends.

        Raises:
            ConnectionRefusedByPlatformError: H116 for another account's token, H230 for one without any account;
                the transport's code otherwise.
            HttpError: the platform cannot be asked now.
        """
        me = self._know()
        findings = version_findings(self._graph.version, self._clock.now().date(), self._account.name)
        return Health(native=me.native, token_expires=self._graph.token_ends(), findings=findings)

    def fetch(self, window: Window, threads: Iterable[str]) -> Iterator[Step]:
        """The stories, the profile, our own media down to ``window.since``, the comments below, mentions, messages.

        The light pass (``window.horizon_name``) leaves out the profile, mentions and messages; it reads the stories,
        which live a day.

        Raises:
            ConnectionRefusedByPlatformError: as ``health``.
            HttpError: the platform is not to be asked any more.
        """
        me = self._know()
        light = window.horizon_name == _LIGHT
        self._stories.recall(window.memory, window.now)
        yield from self._live(me)
        if not light:
            yield from self._presented()
        posts = Posts(
            self._asking,
            me,
            since=window.since,
            cap=self._media_cap,
            stated=self._stated,
        )
        yield from self._own(posts, window)
        yield from self._below(posts, window, threads)
        if not light:
            yield from self._mentions(me, window)
            yield from self._letters(me, window)
        for kind in sorted(self._asking.narrowed):
            yield self._finding("H231", "info", kind=kind)
        self._asking.narrowed.clear()

    def look_up(self, natives: Sequence[str]) -> Iterator[Lookup]:
        """Ask for objects directly.

        ``not_found`` is said only when the platform says that there is no such object, while it still finds what
        is surely there and has withheld nothing tonight; a story that was written more than a day ago has then expired. Who
        took an object away Instagram does not tell.

        Raises:
            HttpError: nothing can be asked any more tonight.
        """
        self._know()
        lookups = LookUps(self._asking, self._stories, self._clock.now(), withheld=self._withheld, proof=self._proof())
        yield from lookups.read(natives)

    def fetch_media(self, reference: MediaRef, author_native: str | None, limit: int) -> MediaBytes:  # noqa: ARG002
        """Fetch an attachment to a temporary file; its address may be on another host. Raises MediaError."""
        return self._graph.download(self._signed.get(reference.origin, reference.origin), limit)

    # -- who we are

    def _know(self) -> Candidate:
        """Our own account, asked for once a run."""
        if self._me is None:
            finder = Finder(self._graph, self._account)
            others = 0
            try:
                for candidate in finder.candidates():
                    found = self._confirmed(candidate)
                    if found is not None:
                        self._me = found
                        return found
                    others += 1
            except HttpError as error:
                if error.retryable or error.code not in ("H101", "H102"):
                    raise
                raise self._refused(error.code) from None
            if others:
                raise self._refused("H116")
            code = finder.refused.code if finder.refused is not None else "H230"
            raise self._refused(code if code in ("H102", "H220", "H221") else "H230")
        return self._me

    def _confirmed(self, candidate: Candidate) -> Candidate | None:
        """The candidate with its name, if it is the account of the file."""
        handle = named(self._account.handle)
        if candidate.native == handle or candidate.name.casefold() == handle:
            if candidate.name:
                return candidate
        elif candidate.name and not handle.isdigit():
            return None
        try:
            answer = self._asking.get(candidate.path, fields.PROFILE_ASKED, endpoint="profile")
        except GraphError as error:
            if error.code in STOPPING or error.retryable or self._graph.closed is not None:
                raise
            return candidate if candidate.native == handle else None
        name = answer.body.get("username") if isinstance(answer.body, dict) else None
        known = {candidate.native, id_of(answer.body), id_of(answer.body, "ig_id"), str(name).casefold()}
        return replace(candidate, name=str(name or candidate.name)) if handle in known else None

    def _presented(self) -> Iterator[Step]:
        """How our account presents itself."""
        me = self._know()
        try:
            answer = self._asking.get(me.path, fields.PROFILE_ASKED, endpoint="profile")
        except GraphError as error:
            if error.code in STOPPING or self._graph.closed is not None:
                raise
            yield self._finding("H235", "warning")
            return
        self._profile = answer
        yield self._capture(answer, "profile", "profile", {})

    # -- our own media

    def _stated(self) -> int | None:
        """How many media objects the account says it has."""
        if self._profile is None:
            try:
                self._profile = self._asking.get(self._know().path, ("id,media_count",), endpoint="profile")
            except GraphError:
                return None
        return count_of(self._profile.body, "media_count")

    def _own(self, posts: Posts, window: Window) -> Iterator[Step]:
        for number, answer in enumerate(posts.read(), 1):
            self._shown = self._shown or next(filter(None, map(id_of, listed(answer.body))), "")
            yield self._capture(answer, "media", "posts", {"limit": LIMIT, "page": number})
        self._withheld = self._withheld or posts.reason == "H145"
        for code, severity, parameters in posts.findings():
            yield self._finding(code, severity, **parameters)
        yield ListingEnd(
            listing="posts",
            scope="",
            complete=not posts.reason,
            since=window.since,
            reason=posts.reason,
            kinds=("post",),
            unfiltered=True,
        )
        if self._graph.closed is not None:
            raise self._graph.closed

    def _below(self, posts: Posts, window: Window, threads: Iterable[str]) -> Iterator[Step]:
        done: set[str] = set()
        wanted = (*posts.recent(window.since),)
        remaining = _chained(wanted, threads)
        for native in remaining:
            if native in done:
                continue
            done.add(native)
            try:
                yield from self._thread(native, posts.stated_of(native), known=posts.has(native))
                self._failures = 0
            except HttpError as error:
                yield ListingEnd(listing="thread", scope=native, complete=False, reason=error.code)
                self._failures += error.retryable
                if error.code in STOPPING or self._graph.closed is not None:
                    unread = {one for one in remaining if one not in done}
                    if unread:
                        yield self._finding("H194", "warning", count_threads=len(unread))
                    raise
                if self._failures >= _PATIENCE:
                    yield self._finding("H136", "error")
                    for one in remaining:
                        yield ListingEnd(listing="thread", scope=one, complete=False, reason="H136")
                    return

    def _thread(self, native: str, stated: int | None, *, known: bool) -> Iterator[Step]:
        thread = Thread(self._asking, self._expansion, stated)
        media, pages = native, thread.read
        if not known:
            answer = by_itself(self._asking, native)
            if answer is None:
                yield _thread_end(native, "H103")
                return
            if is_comment(answer.body):
                media, pages = id_of(answer.body.get("media")) or "", thread.answers
                stated = None
                yield self._capture(answer, "comment", "comment", {}, thread=media)
            else:
                stated = thread.stated = count_of(answer.body, "comments_count")
                yield self._capture(answer, "media", "post", {})
        for page, listing, parent in pages(native):
            context = {"thread": media, **({"parent": parent} if parent else {})}
            yield self._capture(page, "comments" if listing == "thread" else "replies", listing, {}, **context)
        reason = thread.reason
        if reason == "H148":
            yield self._finding("H148", "warning", limit=LIMIT)
        elif not reason and stated and thread.shown < stated:
            if thread.shown:
                yield self._finding("H132", "info", count_shown=thread.shown, count_stated=stated)
            else:
                reason, self._withheld = "H145", True
                yield self._finding("H145", "error", count_stated=stated)
        yield _thread_end(native, reason)

    # -- what lies elsewhere

    def _live(self, me: Candidate) -> Iterator[Step]:
        """Stories that are there at this moment. One that is not any more has expired or was removed."""
        pages = self._asking.pages(node(me.native, "stories"), fields.MEDIA_ASKED, endpoint="stories")
        for answer in pages.read():
            for one in listed(answer.body):
                native, written = id_of(one), moment(one.get("timestamp"))
                if native is not None and written is not None:
                    self._stories.saw(native, written)
            yield self._capture(answer, "stories", "stories", {})
        yield from self._ended(
            pages, "stories", ListingEnd(listing="stories", scope="", complete=True, kinds=("story",))
        )

    def _mentions(self, me: Candidate, window: Window) -> Iterator[Step]:
        """Media of others in which our account is tagged."""
        pages = self._asking.pages(node(me.native, "tags"), fields.MENTION_ASKED, endpoint="tags")
        newest: datetime | None = None
        ordered = True
        for answer in pages.read():
            yield self._capture(answer, "tags", "mentions", {})
            times = [time for one in listed(answer.body) if (time := moment(one.get("timestamp"))) is not None]
            ordered = (
                ordered and times == sorted(times, reverse=True) and (not newest or not times or times[0] <= newest)
            )
            newest = times[-1] if times else newest
            if ordered and window.since is not None and times and max(times) < window.since:
                break
        end = ListingEnd(listing="mentions", scope="", complete=True, since=window.since)
        yield from self._ended(pages, "mentions", end)

    def _letters(self, me: Candidate, window: Window) -> Iterator[Step]:
        """Private messages, where the account file wants them."""
        if not self._account.harvest.messages:
            yield self._finding("H140", "info")
            return
        letters = Letters(self._asking, me.page or "me", window.since)
        for answer, conversation, messages in letters.read():
            page = replace(answer, body={"data": messages})
            yield self._capture(page, "conversations", "messages", {}, thread=conversation)
        if letters.denied:
            yield self._finding("H141", "warning")
        else:
            yield ListingEnd(
                listing="messages", scope="", complete=not letters.reason, since=window.since, reason=letters.reason
            )

    def _ended(self, pages: Pages, listing: str, end: ListingEnd) -> Iterator[Step]:
        """The listing's end; a finding alone where the platform does not give such a listing at all."""
        if not pages.reason:
            yield end
            return
        error = pages.error
        if isinstance(error, GraphError) and not error.retryable and error.code not in STOPPING:
            yield self._finding("H232", "warning", listing=listing)
            return
        yield ListingEnd(listing=listing, scope="", complete=False, reason=pages.reason)
        if self._graph.closed is not None:
            raise self._graph.closed

    # -- small

    def _proof(self) -> str:
        """The path of something that is surely there: our own account where it could be read, else what was shown."""
        if self._profile is not None:
            return self._know().path
        return node(self._shown) if self._shown else ""

    def _capture(
        self, answer: Answer, endpoint: str, listing: str, parameters: Mapping[str, str | int], **context: str
    ) -> Capture:
        self._remember_media(answer.body)
        me = self._know()
        return Capture(
            endpoint=endpoint,
            parameters=parameters,
            status=answer.status,
            at=answer.at,
            body=answer.body,
            listing=listing,
            context={"account": self._account.name, "own": me.native, "own_name": me.name, **context},
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
                    if isinstance(inner, str) and name.endswith("url") and "?" in inner:
                        self._signed[without_secrets(inner)] = inner
                    elif isinstance(inner, dict | list):
                        stack.append(inner)

    def _finding(self, code: str, severity: Severity, **parameters: str | int) -> Finding:
        return Finding(code=code, severity=severity, subject=self._account.name, parameters=tuple(parameters.items()))

    def _refused(self, code: str) -> ConnectionRefusedByPlatformError:
        return ConnectionRefusedByPlatformError(self._finding(code, "error"))


def _chained(first: Iterable[str], then: Iterable[str]) -> Iterator[str]:
    """One after the other; the second is not touched before the first is over."""
    yield from first
    yield from then


def _thread_end(native: str, reason: str) -> ListingEnd:
    return ListingEnd(listing="thread", scope=native, complete=not reason, reason=reason, kinds=("comment", "reply"))
