"""One Mastodon account's connection for one run: what is asked, in which order, and when a listing is complete."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from connectors.http import Answer, Budget, Http, HttpError
from connectors.platforms.mastodon.finder import STOPPING, Finder
from connectors.platforms.mastodon.followed import followed
from connectors.platforms.mastodon.pages import LIMIT, Pages
from connectors.platforms.mastodon.places import Places
from connectors.platforms.mastodon.reading import PROFILE, account_native, id_of, moment, parse, uri_of
from connectors.platforms.mastodon.threads import Thread
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
from schemas.refusal import RefusedError

Step = Capture | ListingEnd | Finding

BUDGET = Budget(total_wait=6 * 3600)
"""Mastodon allows 300 requests in 5 minutes, so a first night with some thousand threads waits for hours."""
QUIET_AFTER = timedelta(days=7)
"""A status older than this that states no answers is not asked for any. Younger ones are: answers to followers only
are not counted by the server. When the counter moves, the thread is asked for by name (``threads``)."""
PAGE_CAP = 2_000
"""Pages of the own listing per run (80,000 statuses); reaching it is reported."""
_PATIENCE = 3
"""Failed threads in a row after which the server counts as down."""


def base_of(account: Account) -> str:
    """The server's address: ``api_base``, or the domain in the handle.

    Raises:
        RefusedError: the account file has neither.
    """
    domain = account.handle.strip().removeprefix("@").partition("@")[2]
    base = account.api_base or (f"https://{domain}" if domain else "")
    if not base:
        raise RefusedError("api_base", "", "write the server's address, or the handle as name@server")
    return base


class MastodonSession:
    """See the package's docstring and ``schemas.neighbours.Session``.

    Args:
        account: ``api_base`` is the server; empty = the domain in ``handle``.
        secret: the access token, or None.
        clock: the home's clock.
        budget: bounds of the run.
        page_cap: pages of the own listing.
        sleep: how to wait.

    Raises:
        RefusedError: the server cannot be told from the account file.
    """

    def __init__(
        self,
        account: Account,
        secret: str | None,
        clock: Clock,
        *,
        budget: Budget = BUDGET,
        page_cap: int = PAGE_CAP,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._account = account
        self._user, _, self._domain = account.handle.strip().removeprefix("@").partition("@")
        self._http = Http(base_of(account), name=account.name, clock=clock, budget=budget, sleep=sleep)
        self._http.authorize(secret or None)
        self._token = bool(secret)
        self._secret = secret or ""
        self._clock = clock
        self._page_cap = page_cap
        self._me: Answer | None = None
        self._own = ""
        self._places = Places(self._http, self._is_own)
        self._finder = Finder(self._http)
        self._signed: dict[str, str] = {}
        self._down = ""
        self._failures = 0

    def remember(self) -> Mapping[str, str]:
        """Nothing: every run begins anew."""
        return {}

    def close(self) -> None:
        """Give back connections."""
        self._http.close()

    def parse(self, capture: Capture) -> Parsed:
        """Pure; see ``reading.parse``."""
        return parse(capture)

    def health(self) -> Health:
        """Check that the token is valid and belongs to the account of the file. Mastodon tokens do not expire.

        Raises:
            ConnectionRefusedByPlatformError: H116 for another account's token; the transport's code otherwise.
        """
        answer = self._know()
        findings = () if self._token else (self._finding("H133", "info"),)
        return Health(native=account_native(answer.body) or "", findings=findings)

    def fetch(self, window: Window, threads: Iterable[str]) -> Iterator[Step]:
        """The profile, our own listing down to ``window.since``, then the threads of what was listed and ``threads``.

        A thread of ours begins with our own first status in it: with the root where that is ours, else with our
        topmost answer. ``threads`` is read after the own listing has ended.

        Raises:
            ConnectionRefusedByPlatformError: as ``health``.
        """
        me = self._know()
        self._down = ""
        if not self._token:
            yield self._finding("H133", "info")
        elif not self._account.harvest.messages:
            yield self._finding("H140", "info")
        self._remember_media(me.body)
        yield self._capture(me, "accounts.verify_credentials" if self._token else "accounts.lookup", "profile", {})
        anchors: dict[str, None] = {}
        yield from self._posts(window, anchors)
        for native in anchors:
            yield from self._thread(native)
        for native in threads:
            if native not in anchors:
                anchors[native] = None
                yield from self._thread(native)

    def look_up(self, natives: Sequence[str]) -> Iterator[Lookup]:
        """Ask for statuses directly.

        ``not_found`` is said only of statuses of our own server: by its id where the uri holds it, else by a search
        that has just found a status we know to be there. Of other servers' statuses we cannot know, so ``unclear``.

        Raises:
            HttpError: nothing can be asked any more tonight.
        """
        me = self._know()
        for native in natives:
            if native == f"{account_native(me.body)}{PROFILE}":
                yield Lookup(native=native, outcome="found")
                continue
            try:
                yield Lookup(native=native, outcome=self._finder.outcome(native))
            except HttpError as error:
                if error.code in STOPPING:
                    raise
                yield Lookup(native=native, outcome="unclear")

    def liked(self) -> Iterator[tuple[str, str]]:
        """The accounts that we follow: name as it is followed, and address. Raises PlatformError."""
        self._know()
        yield from followed(self._http, self._own, self._page_cap)

    def fetch_media(self, reference: MediaRef, author_native: str | None, limit: int) -> MediaBytes:  # noqa: ARG002
        """Fetch an attachment to a temporary file; its address may be on another host. Raises MediaError."""
        return self._http.download(self._signed.get(reference.origin, reference.origin), endpoint="media", limit=limit)

    # -- who we are

    def _know(self) -> Answer:
        """Our own account, asked for once a run."""
        if self._me is None:
            try:
                self._me = self._identified()
            except HttpError as error:
                # The request has nothing but the token that could be wrong; snac answers 400 to a bad one.
                bad_token = self._token and error.code == "H127"
                raise self._refused("H101" if bad_token else error.code) from None
        return self._me

    def _identified(self) -> Answer:
        if self._token:
            answer = self._http.get("api/v1/accounts/verify_credentials", endpoint="accounts.verify_credentials")
        else:
            answer = self._looked_up_account()
        self._own = id_of(answer.body) or ""
        self._finder.know(self._own, account_native(answer.body) if isinstance(answer.body, dict) else None)
        if not self._own or not self._finder.host:
            raise self._refused("H128", kind="account")
        if self._token and not self._named_right(answer.body):
            # The name's domain may differ from the host's: then the server itself must say who is meant.
            named = self._looked_up_account(missing="H116")
            if id_of(named.body) != self._own:
                raise self._refused("H116")
        return answer

    def _named_right(self, account: Mapping[str, Any]) -> bool:
        name, _, domain = str(account.get("acct")).partition("@")
        if name.casefold() != self._user.casefold():
            raise self._refused("H116")
        base, page = urlsplit(self._http.base), urlsplit(account_native(account) or "")
        hosts = {domain, base.netloc, base.hostname or "", page.netloc}
        return not self._domain or self._domain.casefold() in {host.casefold() for host in hosts}

    def _looked_up_account(self, missing: str = "H103") -> Answer:
        wanted = {"acct": self._account.handle.strip().removeprefix("@")}
        answer = self._http.get("api/v1/accounts/lookup", wanted, endpoint="accounts.lookup", ok=(200, 404))
        if answer.status == 404:
            raise self._refused(missing)
        return answer

    def _is_own(self, status: Mapping[str, Any]) -> bool:
        return id_of(status.get("account")) == self._own

    # -- our own listing

    def _posts(self, window: Window, anchors: dict[str, None]) -> Iterator[Step]:
        stated = self._know().body.get("statuses_count")
        path = f"api/v1/accounts/{quote(self._own, safe='')}/statuses"
        pages = Pages(self._http, path, window.since, self._page_cap, stated if type(stated) is int else 0)
        for number, answer in enumerate(pages.read(), 1):
            statuses = [one for one in answer.body if isinstance(one, dict)]
            context = self._places.of(statuses)
            self._remember_media(answer.body)
            yield self._capture(answer, "accounts.statuses", "posts", {"limit": LIMIT, "page": number}, **context)
            for status in statuses:
                uri, created = uri_of(status), moment(status.get("created_at"))
                if uri is None or not self._is_own(status):
                    continue
                self._finder.proof = self._finder.proof or uri
                recent = window.since is None or created is None or created >= window.since
                quiet = status.get("replies_count") == 0 and created is not None and created < window.now - QUIET_AFTER
                if recent and not quiet and not isinstance(status.get("reblog"), dict):
                    anchors[context.get(f"thread:{uri}", uri)] = None
        if self._places.failed:
            yield self._finding("H135", "warning", count=self._places.failed)
            self._places.failed = 0
        for code, severity, count in pages.findings():
            yield self._finding(code, severity, count=count)
        if pages.reason in STOPPING:
            self._down = pages.reason
        yield ListingEnd(
            listing="posts",
            scope="",
            complete=not pages.reason,
            since=window.since,
            reason=pages.reason,
            unfiltered=True,
        )

    def _thread(self, native: str) -> Iterator[Step]:
        reason = self._down
        if not reason:
            thread = Thread(self._http, self._places, self._finder, native, logged_in=self._token)
            try:
                for answer, shown, context in thread.read():
                    self._remember_media(answer.body)
                    yield self._capture(answer, "statuses.context", "thread", {"statuses": shown}, **context)
                self._failures = 0
            except HttpError as error:
                thread.reason = error.code
                self._failures += error.retryable
                if error.code in STOPPING or self._failures >= _PATIENCE:
                    self._down = error.code
                    yield self._finding(error.code if error.code in STOPPING else "H136", "error")
            reason = thread.reason
            if thread.deeper:
                yield self._finding("H131", "info")
            if thread.withheld:
                shown, stated = thread.withheld
                yield self._finding("H132", "info", count_shown=shown, count_stated=stated)
        yield ListingEnd(listing="thread", scope=native, complete=not reason, reason=reason)

    # -- small

    def _remember_media(self, value: object) -> None:
        """Keep addresses whose secret parameters the archive does not keep, for the time of this run."""
        stack = [value]
        while stack:
            one = stack.pop()
            if isinstance(one, list):
                stack.extend(one)
            elif isinstance(one, dict):
                for name, inner in one.items():
                    if name in ("url", "remote_url", "avatar", "header") and isinstance(inner, str) and "?" in inner:
                        self._signed[without_secrets(inner)] = inner
                    elif name in ("media_attachments", "descendants", "reblog"):
                        stack.append(inner)

    def _capture(
        self, answer: Answer, endpoint: str, listing: str, parameters: Mapping[str, str | int], **context: str
    ) -> Capture:
        return Capture(
            endpoint=endpoint,
            parameters=parameters,
            status=answer.status,
            at=answer.at,
            body=answer.body,
            listing=listing,
            context={"account": self._account.name, "own": self._own, **context},
        )

    def _finding(self, code: str, severity: Severity, *, count: int = 1, **parameters: str | int) -> Finding:
        pairs = tuple(parameters.items())
        return Finding(code=code, severity=severity, subject=self._account.name, count=count, parameters=pairs)

    def _refused(self, code: str, kind: str = "") -> ConnectionRefusedByPlatformError:
        parameters = {"kind": kind} if kind else {}
        return ConnectionRefusedByPlatformError(
            Finding(code=code, severity="error", subject=self._account.name, parameters=tuple(parameters.items()))
        )
