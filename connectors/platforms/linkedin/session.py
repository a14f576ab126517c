"""One LinkedIn page's connection for one run: what is asked, in which order, and when a listing is complete."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from connectors.http import Budget, HttpError
from connectors.platforms.linkedin import messages, versions
from connectors.platforms.linkedin.attachments import Attachments
from connectors.platforms.linkedin.follower import follow
from connectors.platforms.linkedin.identity import Identity, resolved, routes_wanted
from connectors.platforms.linkedin.names import PROFILE, encoded
from connectors.platforms.linkedin.notices import Notices
from connectors.platforms.linkedin.objects import native_in
from connectors.platforms.linkedin.paging import Listing
from connectors.platforms.linkedin.portability import Portability, name_of
from connectors.platforms.linkedin.reading import parse
from connectors.platforms.linkedin.routes import Page, Route
from connectors.platforms.linkedin.threads import Threads
from connectors.platforms.linkedin.wire import BUDGET, STOPPING, UNSAID, Wire
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
    Vanished,
    Window,
)
from schemas.record import Kind, MediaRef
from schemas.refusal import RefusedError

Step = Capture | ListingEnd | Finding

MARK = "platform.notifications"
"""Under which name the newest notification's time is remembered."""
TOKEN_LIFE = timedelta(days=60)
_SHOWN: tuple[Kind, ...] = ("post", "boost")
_BELOW: tuple[Kind, ...] = ("comment", "reply")
_PATIENCE = 3
"""Failed threads in a row after which the platform counts as down."""


class LinkedinSession:
    """See the package's docstring and ``schemas.neighbours.Follower``.

    Args:
        account: ``handle`` is the organisation's number, its URN, or its name in the page's address.
        secret: the access token.
        clock: the home's clock.
        budget: bounds of the run.
        sleep: how to wait.

    Raises:
        RefusedError: an option of the account file cannot be used.
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
        self._sleep = sleep
        self._wire = Wire(account, secret, clock, budget=budget, sleep=sleep)
        self._ends_told = account.option("api_version_ends")
        versions.end_of(self._wire.version, self._ends_told)
        self._issued = _issued(account.option("token_issued"))
        routes_wanted(account)
        self._identity: Identity | None = None
        self._attachments = Attachments(self._wire)
        self._down: HttpError | None = None
        self._failures = 0
        self._unread = 0
        self._mark = ""

    def remember(self) -> Mapping[str, str]:
        """How far the notifications have been read."""
        return {MARK: self._mark} if self._mark else {}

    def close(self) -> None:
        """Give back connections."""
        self._wire.close()

    def parse(self, capture: Capture) -> Parsed:
        """Pure; see ``reading.parse``."""
        return parse(capture)

    def health(self) -> Health:
        """Find the page, check that the token may read it, and tell which interface is used and until when.

        Raises:
            ConnectionRefusedByPlatformError: H101–H103 as LinkedIn answers, H116 for another page's token, H139 for a
                version that has ended, H247 for one that is refused before its day, H240 when the page's number cannot be found out.
            HttpError: LinkedIn asks us to stay away until a time.
        """
        identity = self._know()
        findings = [self._finding("H242", "info", route=identity.route.title)]
        ends = versions.end_of(self._wire.version, self._ends_told)
        warning = versions.finding_of(self._wire.version, ends, self._clock.now(), self._account.name)
        if warning is not None:
            findings.append(warning)
        if identity.route.late:
            findings.append(self._finding("H244", "info"))
        expires = None if self._issued is None else self._issued + TOKEN_LIFE
        return Health(native=identity.own, token_expires=expires, findings=findings)

    def fetch(self, window: Window, threads: Iterable[str]) -> Iterator[Step]:
        """The page itself, its posts down to ``window.since``, then threads.

        Threads of what was listed come first, then those that LinkedIn notifies of, then ``threads``.

        Raises:
            ConnectionRefusedByPlatformError: as ``health``. HttpError: LinkedIn asks us to stay away until a time.
        """
        identity = self._know()
        self._down, self._failures, self._unread = None, 0, 0
        below = Threads(identity.route, identity.own)
        light = window.horizon_name == "light"
        if not light:
            yield from self._profile()
        anchors: dict[str, None] = {}
        yield from self._posts(window, below, anchors, light=light)
        notices = Notices(self._wire, identity.own, late=identity.route.late)
        yield from self._notified(notices, window.memory.get(MARK, ""), below, anchors)
        for native in anchors:
            yield from self._thread(below, native)
        for native in threads:
            if native not in anchors:
                anchors[native] = None
                yield from self._thread(below, native)
        if not light:
            yield from self._messages()
        if identity.route.withheld:
            yield self._finding("H246", "error", count_withheld=identity.route.withheld)
        if identity.route.uncounted:
            yield self._finding("H245", "info")
        if below.nameless:
            yield self._finding("H146", "info", count_hidden=below.nameless)
        self._raise_if_parked()
        if notices.newest and not self._unread:
            self._mark = str(notices.newest)

    def look_up(self, natives: Sequence[str]) -> Iterator[Lookup]:
        """Ask for items directly.

        Raises:
            HttpError: nothing can be asked any more tonight.
        """
        route = self._know().route
        ours = f"{self._know().own}{PROFILE}"
        yield from (Lookup(native=native, outcome="found") for native in natives if native == ours)
        yield from route.look_up([native for native in natives if native != ours])

    def fetch_media(self, reference: MediaRef, author_native: str | None, limit: int) -> MediaBytes:  # noqa: ARG002 - port
        """Fetch an attachment; one that is known by its URN is asked for first. Raises MediaError."""
        return self._attachments.fetch(reference.origin, limit)

    def follow(self, stopped: Callable[[], bool], memory: Mapping[str, str]) -> Iterator[Capture | Vanished | Finding]:
        """Pull the notifications again and again; see ``follower.follow``."""
        identity = self._know()
        notices = Notices(self._wire, identity.own, late=identity.route.late)
        mark = memory.get(MARK, "")
        begun = _number(mark) or int(self._clock.now().timestamp() * 1000)
        for step, notice, at in follow(identity.route, notices, begun, self._clock, stopped, self._sleep):
            self._mark = str(at)
            if isinstance(step, Page):
                post = self._post_named(identity.route, notice.post)
                yield self._capture(step, "thread", {"count": len(step.items)}, root=post, parent=post)
            else:
                yield step

    # -- who we are

    def _know(self) -> Identity:
        """Our page and the interface it is read through, found out once a run."""
        if self._identity is None:
            try:
                self._identity = resolved(self._wire, self._account)
            except HttpError as error:
                if error.until is not None:
                    raise
                raise self._refused(error.code) from None
        return self._identity

    def _profile(self) -> Iterator[Step]:
        """How our page presents itself, where LinkedIn tells."""
        identity = self._know()
        number = encoded(identity.own.rpartition(":")[2])
        resource = "dmaOrganizations" if identity.route.late else "organizations"
        try:
            answer = self._wire.get(f"{resource}/{number}", endpoint=resource, ok=(200, *UNSAID))
        except HttpError as error:
            self._stop_if_stopping(error)
            return
        if answer.status == 200 and isinstance(answer.body, dict):
            name = answer.body.get("localizedName")
            if isinstance(name, str) and name:
                identity.name = name
            yield self._capture(Page(resource, answer, []), "profile", {})

    # -- our own listing

    def _posts(self, window: Window, below: Threads, anchors: dict[str, None], *, light: bool) -> Iterator[Step]:
        route = self._know().route
        listing = Listing(name_of if route.late else _post_name)
        try:
            if self._down is not None:
                raise self._down
            for number, page in enumerate(route.posts(listing, window.since, light=light), 1):
                yield self._capture(page, "posts", {"page": number})
                anchors.update(dict.fromkeys(below.learn(page, window)))
            if not light and isinstance(route, Portability):
                yield from self._reshares(route, listing)
        except HttpError as error:
            self._stop_if_stopping(error)
            listing.reason = error.code
        if listing.missing:
            listing.reason = listing.reason or "H103"
        yield from self._oddities(listing, whole=window.since is None)
        yield ListingEnd(
            listing="posts",
            scope="",
            complete=not listing.reason,
            since=window.since,
            reason=listing.reason,
            kinds=_SHOWN,
            unfiltered=not isinstance(route, Portability),
        )

    def _oddities(self, listing: Listing, *, whole: bool) -> Iterator[Finding]:
        """What is odd about the own listing; ``whole``: it was read to its beginning."""
        if listing.repeated:
            yield self._finding("H115", "info", count=listing.repeated)
        if listing.reason == "H145":
            yield self._finding("H145", "error", count_stated=listing.stated or 0)
        elif whole and not listing.reason and listing.stated is not None and listing.stated > listing.shown:
            yield self._finding("H243", "warning", count_stated=listing.stated, count_shown=listing.shown)

    def _reshares(self, route: Portability, posts: Listing) -> Iterator[Step]:
        """Reshares without a word of our own, where LinkedIn has a list of them."""
        listing = Listing(name_of)
        try:
            for number, page in enumerate(route.reshares(listing), 1):
                yield self._capture(page, "posts", {"page": number})
        except HttpError as error:
            if error.status not in UNSAID:
                raise
        if listing.reason in ("H113", "H114", "H246"):
            posts.reason = posts.reason or listing.reason

    # -- threads

    def _notified(self, notices: Notices, mark: str, below: Threads, anchors: dict[str, None]) -> Iterator[Step]:
        """Posts older than what was listed whose comments LinkedIn notifies of since the last run."""
        route = self._know().route
        try:
            told = notices.since(_number(mark)) if not self._stopped else []
            # Without a mark it is the first run, which reads everything.
            for urn in dict.fromkeys(one.post for one in told if mark and one.post and one.post not in anchors):
                page = None if urn in below.stated else route.one(urn)
                if page is not None:
                    yield self._capture(page, "post", {"count": 1})
                    anchors.update((native, None) for native, post in page.items if below.is_ours(post))
                elif urn in below.stated:
                    anchors[urn] = None
        except HttpError as error:
            self._stop_if_stopping(error)

    def _post_named(self, route: Route, urn: str) -> str:
        """The post's URN as its own listing has it; empty when that is not known."""
        if urn and ":activity:" not in urn:
            return urn
        page = route.one(urn) if urn else None
        return page.items[0][0] if page is not None and page.items else ""

    def _thread(self, below: Threads, native: str) -> Iterator[Step]:
        reason = self._stopped
        if not reason:
            shown, stated = 0, -1
            try:
                for step in below.read(native):
                    if isinstance(step, str):
                        reason = reason or step
                        continue
                    shown += step.new
                    counted = {"count": len(step.page.items)}
                    yield self._capture(step.page, "thread", counted, root=native, parent=step.above)
                stated = below.stated.get(native, -1) if shown or reason else below.stated_of(native)
                self._failures = 0
            except HttpError as error:
                reason = error.code
                self._failures += error.retryable
                self._stop_if_stopping(error)
                if not self._stopped and self._failures >= _PATIENCE:
                    self._down = error
                    yield self._finding("H136", "error")
            if not reason and shown == 0 and stated > 0:
                reason = "H145"
            if reason == "H145":
                yield self._finding("H145", "error", count_stated=max(stated, below.claimed.get(native, 0)))
            elif not reason and shown < stated:
                yield self._finding("H132", "info", count_shown=shown, count_stated=stated)
        self._unread += bool(reason)
        yield ListingEnd(listing="thread", scope=native, complete=not reason, reason=reason, kinds=_BELOW)

    # -- messages

    def _messages(self) -> Iterator[Step]:
        identity = self._know()
        if not self._account.harvest.messages:
            yield self._finding("H140", "info")
            return
        if not identity.route.late:
            yield self._finding("H141", "info")
            return
        if self._stopped:
            yield ListingEnd(listing="messages", scope="", complete=False, reason=self._stopped)
            return
        listing = Listing(messages.name_of)
        try:
            for page, root in messages.read(self._wire, identity.own, listing):
                yield self._capture(page, "messages", {}, root=root)
        except HttpError as error:
            self._stop_if_stopping(error)
            if error.status in UNSAID:
                yield self._finding("H141", "info")
                return
            listing.reason = error.code
        if listing.missing:
            yield self._finding("H141", "info")
            return
        yield ListingEnd(listing="messages", scope="", complete=not listing.reason, reason=listing.reason)

    # -- small

    @property
    def _stopped(self) -> str:
        """Why nothing more is asked for in this run, or empty."""
        return self._down.code if self._down is not None else ""

    def _raise_if_parked(self) -> None:
        """Hand on that LinkedIn asks us to stay away until a time."""
        if self._down is not None and self._down.until is not None:
            raise self._down

    def _stop_if_stopping(self, error: HttpError) -> None:
        if error.code in STOPPING:
            self._down = error

    def _capture(self, page: Page, listing: str, parameters: Mapping[str, str | int], **context: str) -> Capture:
        identity = self._know()
        body = page.body
        self._attachments.learn(body)
        return Capture(
            endpoint=page.endpoint,
            parameters=parameters,
            status=page.answer.status,
            at=page.answer.at,
            body=body,
            listing=listing,
            context={"account": self._account.name, "own": identity.own, "own_name": identity.name, **context},
        )

    def _finding(self, code: str, severity: Severity, *, count: int = 1, **parameters: str | int) -> Finding:
        pairs = tuple(parameters.items())
        return Finding(code=code, severity=severity, subject=self._account.name, count=count, parameters=pairs)

    def _refused(self, code: str) -> ConnectionRefusedByPlatformError:
        pairs: tuple[tuple[str, str | int], ...] = ()
        if code == "H139":
            ends = versions.end_of(self._wire.version, self._ends_told)
            pairs = (("version", self._wire.version), ("ends", ends.isoformat()))
            if ends > self._clock.now().date():
                # The calendar does not say so: no day is named that is yet to come.
                code, pairs = "H247", (("versions", ", ".join(self._wire.refused)),)
        finding = Finding(code=code, severity="error", subject=self._account.name, parameters=pairs)
        return ConnectionRefusedByPlatformError(finding)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _post_name(value: object) -> str | None:
    return native_in(value) if isinstance(value, dict) else None


def _issued(text: str) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise RefusedError("options.token_issued", text, "write a date as YYYY-MM-DD") from None
