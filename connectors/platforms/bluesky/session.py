"""One account's connection to Bluesky for one run."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from connectors.http import Answer, Budget, HttpError, Parameters
from connectors.platforms.bluesky.listing import LIST, PAGE, Listing
from connectors.platforms.bluesky.names import Address, address, blob_cid, is_did
from connectors.platforms.bluesky.parts import hidden_replies
from connectors.platforms.bluesky.reading import (
    POST,
    PROFILE,
    REPOST,
    THREADGATE,
    parse,
    stated_number,
)
from connectors.platforms.bluesky.threads import THREAD, Thread
from connectors.platforms.bluesky.wire import Wire, error_of
from schemas.account import Account
from schemas.finding import Finding, Severity
from schemas.neighbours import (
    Capture,
    Clock,
    Health,
    ListingEnd,
    Lookup,
    MediaBytes,
    MediaError,
    Parsed,
    PlatformError,
    Window,
)
from schemas.record import Cause, MediaRef

RECORD = "com.atproto.repo.getRecord"
POSTS = "app.bsky.feed.getPosts"
FOLLOW = "app.bsky.graph.follow"
BLOB = "com.atproto.sync.getBlob"
COMMIT = "com.atproto.sync.getLatestCommit"
CLOSED: dict[str, Cause] = {
    "RepoNotFound": "account",
    "RepoDeactivated": "account",
    "AccountDeactivated": "account",
    "RepoTakendown": "platform",
    "RepoSuspended": "platform",
    "AccountTakedown": "platform",
}
"""What a server says of an account that is not there: gone or closed by its owner, or taken down by the platform."""
_VIEWS = 25
"""Posts per ``getPosts``."""
_PAGES = 5_000
"""Pages per collection at most: half a million records."""

Step = Capture | ListingEnd | Finding


class BlueskySession:
    """Implements ``schemas.neighbours.Session``.

    Args:
        account: the account. secret: its app password, or None. clock: the home's clock.
        budget: bounds of the run. pages: pages read per collection at most.
    """

    def __init__(
        self,
        account: Account,
        secret: str | None,
        clock: Clock,
        *,
        budget: Budget = Budget(),  # noqa: B008  # frozen
        pages: int = _PAGES,
    ) -> None:
        self._account = account
        self._clock = clock
        self._wire = Wire(account, secret, clock, budget)
        self._pages = pages
        self._gates: dict[str, list[str]] | None = None
        self._gates_tried = False
        self._own_complete = True
        self._own_reason = ""
        self._threads: dict[str, list[str]] = {}
        self._cut_off: set[str] = set()
        self._stated: dict[str, int | None] = {}
        self._states: dict[str, Cause] = {}

    def health(self) -> Health:
        """Log in. An app password does not expire by itself.

        Raises:
            ConnectionRefusedByPlatformError: wrong or missing password, wrong account, or not reached.
        """
        self._wire.log_in()
        findings = () if self._wire.logged_in else (self._finding("H133", "warning"),)
        return Health(native=self._wire.did, findings=findings)

    def parse(self, capture: Capture) -> Parsed:
        """Pure; see ``reading.parse``."""
        return parse(capture)

    def remember(self) -> Mapping[str, str]:
        """Nothing: every run begins anew."""
        return {}

    def close(self) -> None:
        """Give back connections."""
        self._wire.close()

    # -- fetch

    def fetch(self, window: Window, threads: Iterable[str]) -> Iterator[Step]:
        """Profile, our posts and reposts (one listing, ``posts``), then every thread with replies.

        Raises:
            ConnectionRefusedByPlatformError: as ``health``.
        """
        self._wire.log_in()
        if not self._wire.logged_in:
            yield self._finding("H133", "warning")
        self._threads, self._stated, self._own_complete, self._own_reason = {}, {}, True, ""
        yield from self._read_threadgates()
        yield from self._read_profile()
        yield from self._read_own(window, POST, "posts")
        yield from self._read_own(window, REPOST, "boosts")
        yield ListingEnd(
            listing="posts",
            scope="",
            complete=self._own_complete,
            since=window.since,
            reason=self._own_reason,
        )
        yield from self._read_threads(threads)

    def _read_threadgates(self) -> Iterator[Step]:
        """Which replies we hide. All of them are read: a threadgate of any age may change on any day."""
        self._gates_tried = True
        listing = Listing(self._wire, THREADGATE, None, self._clock.now(), self._pages)
        gates: dict[str, list[str]] = {}
        for number, answer in enumerate(listing.read(), 1):
            yield self._capture(answer, LIST, "threadgates", {"limit": PAGE, "page": number})
            for _, record in listing.places(answer):
                post = address(record.get("post"))
                if post is not None and post.did == self._wire.did:
                    gates.setdefault(str(post), []).extend(hidden_replies(record))
        self._gates = gates if listing.complete else None
        if not listing.complete:
            yield self._finding("H152", "warning")
            yield self._finding(listing.reason, "warning")

    def _read_profile(self) -> Iterator[Step]:
        try:
            answer = self._wire.call(RECORD, {"repo": self._wire.did, "collection": PROFILE, "rkey": "self"})
        except HttpError as error:
            yield self._own_failed(error.code)
            return
        if answer.status == 200:
            yield self._capture(answer, RECORD, "profile", {})
        elif error_of(answer) == "RecordNotFound":
            yield self._finding("H159", "info")
        else:
            yield self._own_failed("H127")

    def _read_own(self, window: Window, collection: str, name: str) -> Iterator[Step]:
        listing = Listing(self._wire, collection, window.since, window.now, self._pages)
        for number, answer in enumerate(listing.read(), 1):
            yield self._capture(answer, LIST, name, {"limit": PAGE, "page": number}, hidden=self._hidden_own())
            if collection == POST:
                fresh = [self._note_thread(place, record) for place, record in listing.places(answer)]
                yield from self._read_counts(fresh)
        if listing.reordered:
            yield self._finding("H115", "warning")
        if not listing.complete:
            yield self._own_failed(listing.reason)

    def _note_thread(self, place: Address, record: dict[str, object]) -> str:
        """Remember in which thread an own post lies; its address."""
        uri = str(place)
        if "reply" not in record:
            self._threads.setdefault(uri, [])
            return uri
        reply = record["reply"]
        reference = reply.get("root") if isinstance(reply, dict) else None
        root = address(reference.get("uri")) if isinstance(reference, dict) else None
        self._threads.setdefault(str(root) if root else uri, []).append(uri)
        return uri

    def _read_counts(self, uris: Sequence[str]) -> Iterator[Step]:
        """Counters of own posts. They also tell which threads have replies at all."""
        for start in range(0, len(uris) if self._wire.logged_in else 0, _VIEWS):
            try:
                answer = self._wire.call(POSTS, {"uris": list(uris[start : start + _VIEWS])})
            except HttpError as error:
                yield self._finding(error.code, "warning")
                return
            if answer.status != 200:
                yield self._finding("H127", "warning")
                continue
            yield self._capture(answer, POSTS, "counts", {}, hidden=self._hidden_own())
            views = answer.body.get("posts") if isinstance(answer.body, dict) else None
            for view in views if isinstance(views, list) else ():
                if isinstance(view, dict) and isinstance(view.get("uri"), str):
                    self._stated[view["uri"]] = stated_number(view.get("replyCount"))

    def _read_threads(self, threads: Iterable[str]) -> Iterator[Step]:
        further = (uri for uri in threads if address(uri) is not None and uri not in self._threads)
        while batch := list(dict.fromkeys(islice(further, _VIEWS))):
            own = [uri for uri in batch if uri.startswith(f"at://{self._wire.did}/")]
            yield from self._read_counts(own)
            for uri in batch:
                self._threads.setdefault(uri, [])
            # A visitor's reply that the archive names was cut off from its thread: what it answered is gone.
            self._cut_off.update(uri for uri in batch if uri not in own)
        for root, known in self._threads.items():
            yield from self._read_thread(root, known)

    def _read_thread(self, root: str, known: Sequence[str]) -> Iterator[Step]:
        if not self._wire.logged_in:
            yield ListingEnd(listing="thread", scope=root, complete=False, reason="H133")
            return
        if not known and self._stated.get(root) == 0:
            yield ListingEnd(listing="thread", scope=root, complete=True)
            return
        thread = Thread(self._wire, root, known, below=root in self._cut_off)
        hidden = None if self._gates is None else " ".join(self._gates.get(root, ()))
        for number, (answer, below) in enumerate(thread.read(), 1):
            yield self._capture(
                answer, THREAD, "thread", {"part": number}, root=root, below="yes" if below else None, hidden=hidden
            )
        if thread.orphans:
            yield self._finding("H160", "info", count=thread.orphans)
        if thread.reason == "H132":
            yield self._finding("H132", "info", count_shown=thread.shown, count_stated=thread.stated)
        elif thread.reason:
            # What blocked or gone posts hide, the platform will not show tomorrow either.
            yield self._finding(thread.reason, "info" if thread.reason in ("H153", "H154") else "warning")
        yield ListingEnd(listing="thread", scope=root, complete=thread.complete, reason=thread.reason)

    def _hidden_own(self) -> str | None:
        """Own replies that our own threadgates hide; None when the threadgates could not be read."""
        if self._gates is None:
            return None
        mine = f"at://{self._wire.did}/"
        return " ".join(uri for hidden in self._gates.values() for uri in hidden if uri.startswith(mine))

    def _own_failed(self, code: str) -> Finding:
        self._own_complete = False
        self._own_reason = self._own_reason or code
        return self._finding(code, "error")

    def _capture(
        self, answer: Answer, endpoint: str, listing: str, parameters: dict[str, str | int], **context: str | None
    ) -> Capture:
        known = {"own": self._wire.did, "handle": self._wire.handle}
        return Capture(
            endpoint=endpoint,
            parameters=parameters,
            status=answer.status,
            at=answer.at,
            body=answer.body,
            listing=listing,
            context={**known, **{name: value for name, value in context.items() if value is not None}},
        )

    def _finding(self, code: str, severity: Severity, count: int = 1, **parameters: str | int) -> Finding:
        return Finding(
            code=code,
            severity=severity,
            subject=self._account.name,
            count=count,
            parameters=tuple(parameters.items()),
        )

    # -- one by one

    def look_up(self, natives: Sequence[str]) -> Iterator[Lookup]:
        """Ask for items directly.

        Ours: our own server's word. A visitor's post: found when the AppView shows it; not found when its author's
        own server says so; unclear when only the AppView does not show it, or nobody could be asked. A record that is
        gone from a repository that is there was deleted by the repository's owner; of an account that is gone, closed
        or taken down the server says so itself.

        Raises:
            ConnectionRefusedByPlatformError: as ``health``.
        """
        self._wire.log_in()
        others: list[str] = []
        for native in natives:
            place = address(native)
            if place is None:
                yield Lookup(native=native, outcome="unclear")
            elif place.did == self._wire.did:
                yield self._hidden(self._recorded(place))
            else:
                others.append(native)
        for start in range(0, len(others), _VIEWS):
            yield from self._look_up_others(others[start : start + _VIEWS])

    def _look_up_others(self, natives: Sequence[str]) -> Iterator[Lookup]:
        shown = self._shown(natives)
        for native in natives:
            place = address(native)
            if place is None or (shown is not None and native in shown):
                yield self._hidden(Lookup(native=native, outcome="unclear" if place is None else "found"))
                continue
            answer = self._recorded(place)
            if answer.outcome == "found" and shown is not None:
                # Still on its author's server, but shown to nobody: unless the account is closed, by whom it was taken
                # away cannot be seen.
                answer = self._closed(place)
            yield answer

    def _hidden(self, answer: Lookup) -> Lookup:
        """The answer, with whether we hide what was found."""
        if answer.outcome != "found" or not self._hides(answer.native):
            return answer
        return Lookup(native=answer.native, outcome="found", hidden=True, cause="us")

    def _shown(self, natives: Sequence[str]) -> set[str] | None:
        """Which posts the AppView shows; None when it could not be asked."""
        if not self._wire.logged_in:
            return None
        try:
            answer = self._wire.call(POSTS, {"uris": list(natives)})
        except HttpError:
            return None
        views = answer.body.get("posts") if answer.status == 200 and isinstance(answer.body, dict) else None
        if not isinstance(views, list):
            return None
        return {str(view.get("uri")) for view in views if isinstance(view, dict)}

    def _recorded(self, place: Address) -> Lookup:
        """What the server that holds the repository says of one record."""
        query = {"repo": place.did, "collection": place.collection, "rkey": place.rkey}
        native = str(place)
        try:
            answer = self._asked_home(place.did, RECORD, query)
            if answer is None:
                return Lookup(native=native, outcome="unclear")
            if answer.status == 200:
                return Lookup(native=native, outcome="found")
            if error_of(answer) == "RecordNotFound":
                return Lookup(native=native, outcome="not_found", cause=self._owner_state(place.did))
            cause = CLOSED.get(error_of(answer), "")
            # A server passes on what it does not hold: that an account is closed is asked of the repository itself.
            return Lookup(native=native, outcome="not_found", cause=cause) if cause else self._closed(place)
        except HttpError:
            return Lookup(native=native, outcome="unclear")

    def _closed(self, place: Address) -> Lookup:
        """Not found where the whole account is closed, else unclear."""
        cause = self._owner_state(place.did)
        gone = cause in ("account", "platform")
        return Lookup(native=str(place), outcome="not_found" if gone else "unclear", cause=cause if gone else "")

    def _owner_state(self, did: str) -> Cause:
        """Why a record is gone: its owner deleted it while the repository is there, or what became of the account."""
        if did not in self._states:
            try:
                answer = self._asked_home(did, COMMIT, {"did": did})
            except HttpError:
                return ""
            cause: Cause = ""
            if answer is not None and answer.status == 200:
                cause = "us" if did == self._wire.did else "author"
            elif answer is not None:
                cause = CLOSED.get(error_of(answer), "")
            self._states[did] = cause
        return self._states[did]

    def _asked_home(self, did: str, name: str, query: Parameters) -> Answer | None:
        """The answer of the server that holds a repository; None when nobody says which that is."""
        if did == self._wire.did:
            return self._wire.call(name, query)
        home = self._wire.home_of(did)
        return None if home is None else self._wire.call_at(home, name, query)

    def _hides(self, native: str) -> bool:
        if self._gates is None and not self._gates_tried:
            deque(self._read_threadgates(), maxlen=0)
        return any(native in hidden for hidden in (self._gates or {}).values())

    def liked(self) -> Iterator[tuple[str, str]]:
        """The accounts that ours follows: handle and address. Raises PlatformError."""
        self._wire.log_in()
        listing = Listing(self._wire, FOLLOW, None, self._clock.now(), self._pages)
        for answer in listing.read():
            for _, record in listing.places(answer):
                did = record.get("subject")
                if is_did(did):
                    name = self._wire.handle_of(str(did)) or str(did)
                    yield name, f"https://bsky.app/profile/{name}"
        if not listing.complete:
            raise PlatformError(listing.reason)

    def fetch_media(self, reference: MediaRef, author_native: str | None, limit: int) -> MediaBytes:
        """Fetch a blob from the server that holds its author's repository, and hold it against its id.

        Raises:
            MediaError: H118 or the transport's code; H119 too large; H120 when bytes and id differ.
        """
        self._wire.log_in()
        did, _, cid = reference.origin.rpartition("/")
        did = did or author_native or ""
        if not did or not cid:
            raise MediaError("H118")
        query = {"did": did, "cid": cid}
        got = self._wire.http.download(self._blob_place(did), endpoint=BLOB, limit=limit, params=query)
        if blob_cid(got.digest) != cid:
            got.file.close()
            raise MediaError("H120")
        return got

    def _blob_place(self, did: str) -> str:
        path = f"xrpc/{BLOB}"
        if did == self._wire.did:
            return path
        try:
            home = self._wire.home_of(did)
        except HttpError:
            home = None
        return f"{home}/{path}" if home else path
