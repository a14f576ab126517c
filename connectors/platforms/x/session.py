"""One account on X for one run: who we are, what is asked in which order, and what is asked directly."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from connectors.attachments import of_attachment
from connectors.http import Answer, Budget, Http, HttpError
from connectors.platforms.x import fields, ours
from connectors.platforms.x.account import PROFILE
from connectors.platforms.x.asking import OK, Asker, problem
from connectors.platforms.x.lookup import outcomes, single, wordless
from connectors.platforms.x.message import MESSAGE
from connectors.platforms.x.others import SEARCHABLE, Others
from connectors.platforms.x.private import Messages
from connectors.platforms.x.reading import parse
from connectors.platforms.x.run import ABSENT, Run, Step
from connectors.platforms.x.spending import Spending
from connectors.platforms.x.values import id_of
from schemas.account import Account
from schemas.finding import Finding
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
    Window,
)
from schemas.record import MediaRef
from schemas.refusal import RefusedError

BASE = "https://api.x.com"
BUDGET = Budget(max_wait=1_000.0, total_wait=2 * 3600.0)
"""X's limits are per 15 minutes: one wait may take a little longer than that."""
_MARGIN = timedelta(hours=1)
"""X's clock is not ours."""
_ALONE = 300
"""Posts looked up one by one in a run, where X leaves them out of a joint look-up."""
_READ = "platform.read"


class XSession:
    """See the package's docstring and ``schemas.neighbours.Session``.

    Args:
        account: ``handle`` is the name after the @; ``api_base`` may end in ``/2``.
        secret: a bearer token: the account's own (OAuth 2.0, user context) or the app's.
        clock: the home's clock. budget: bounds of the run. sleep: how to wait.

    Raises:
        RefusedError: an option has a value that it cannot have.
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
        fashion = account.option("fields") or "tweet"
        if fashion not in fields.SPELLINGS:
            raise RefusedError("options.fields", fashion, 'write "tweet", "post" or nothing')
        self._account = account
        self._handle = account.handle.strip().removeprefix("@")
        base = (account.api_base or BASE).rstrip("/").removesuffix("/2")
        self._http = Http(base, name=account.name, clock=clock, budget=budget.within(account.harvest), sleep=sleep)
        self._http.authorize(secret or None)
        self._spending = Spending(account)
        asker = Asker(self._http, self._spending, fields.SPELLINGS[fashion])
        self._run = Run(account.name, self._handle, asker, self._spending, clock)
        self._me: Answer | None = None
        self._alone = 0
        self._failing = False
        self._witness: bool | None = None
        self._memory: dict[str, str] = {}

    def remember(self) -> Mapping[str, str]:
        """Posts read today, their cost this month, when everything was last read, and how many posts we had."""
        return {**self._memory, **self._run.remembered, **self._spending.remember()}

    def close(self) -> None:
        """Give back connections."""
        self._http.close()

    def parse(self, capture: Capture) -> Parsed:
        """Pure; see ``reading.parse``."""
        return parse(capture)

    def health(self) -> Health:
        """Check that the token is valid and belongs to the account of the file. X does not tell when it ends.

        Raises:
            ConnectionRefusedByPlatformError: H116 for another account's token; H101, H102, H103 as told.
            HttpError: X could not be asked.
        """
        self._know()
        return Health(native=self._run.own)

    def fetch(self, window: Window, threads: Iterable[str]) -> Iterator[Step]:
        """The profile, our posts down to ``window.since``, conversations, mentions, older conversations, messages.

        ``threads`` is read after the own listing has ended. Where the budget ends, it ends among the oldest.

        Raises:
            ConnectionRefusedByPlatformError, HttpError: as ``health``.
        """
        self._spending.begin(window.memory)
        me, run = self._know(), self._run
        run.down = ""
        light = window.horizon_name == "light"
        yield run.capture(me, "users.me" if run.is_user else "users.by_username", "profile")
        yield from ours.posts(run, window)
        others = Others(run, window)
        named = list(dict.fromkeys(threads))
        run.roots.want(named)
        yield from others.look_at([native for native in named if native not in run.roots.listed])
        recent, older = run.roots.split(window.now - SEARCHABLE + _MARGIN, light=light)
        yield from others.conversations(recent, recent=True)
        yield from others.mentions()
        yield from others.conversations(older, recent=False)
        yield from self._messages(window)
        if not light:
            yield from self._gaps(window)
        if run.asker.lacking:
            yield run.finding("H258", "warning", what=", ".join(run.asker.lacking))
        if not (run.down or light):
            self._memory[_READ] = window.now.isoformat()

    def look_up(self, natives: Sequence[str]) -> Iterator[Lookup]:
        """Ask for posts by id, a hundred at a time.

        ``not_found`` is said only where X says so of that id: beside the others (``errors``), or asked alone; a 404
        without a word counts where a post that was listed tonight is found the same way. That a
        post may not be shown to us (its author is suspended, protected or has blocked us) is ``unclear``.

        Raises:
            HttpError: X could not be asked; that is no answer about any post.
        """
        self._know()
        plain = []
        for native in natives:
            if native.startswith(MESSAGE) or native.endswith(PROFILE):
                yield Lookup(native=native, outcome="found" if native == f"{self._run.own}{PROFILE}" else "unclear")
            else:
                plain.append(native)
        answered: set[str] = set()
        try:
            for batch, answer in self._run.look_up(plain):
                found = outcomes(answer.body)
                for native in batch:
                    answered.add(native)
                    yield found.get(native) or self._looked_up_alone(native)
        except HttpError as error:
            self._failing = self._failing or error.status >= 500
            if error.status not in (400, *ABSENT):
                raise
        for native in plain:
            if native not in answered:
                yield self._looked_up_alone(native)

    def fetch_media(self, reference: MediaRef, author_native: str | None, limit: int) -> MediaBytes:  # noqa: ARG002
        """Fetch an attachment to a temporary file; its address may be on another host. Raises MediaError."""
        address = self._run.signed.get(reference.origin, reference.origin)
        parts = urlsplit(address)
        # X shows a picture in a size for reading unless it is asked for as it was uploaded.
        original = parts.netloc == "pbs.twimg.com" and parts.path.startswith("/media/") and not parts.query
        parameters = {"name": "orig"} if original else None
        try:
            return self._http.download(address, endpoint="media", limit=limit, params=parameters)
        except MediaError as error:
            raise of_attachment(error) from None

    # -- who we are

    def _know(self) -> Answer:
        """Our own account, asked for once a run."""
        if self._me is None:
            try:
                answer = self._identified()
            except HttpError as error:
                if error.retryable:
                    raise
                raise self._refused(error.code) from None
            user = answer.body.get("data") if isinstance(answer.body, dict) else None
            own = id_of(user)
            if own is None or not isinstance(user, dict):
                missing = isinstance(answer.body, dict) and answer.body.get("errors")
                raise self._refused("H103") if missing else self._refused("H128", kind="profile")
            username = user.get("username")
            if isinstance(username, str) and username.casefold() != self._handle.casefold():
                raise self._refused("H116")
            self._run.own, self._run.stated, self._run.stated_at = own, _stated(user), answer.at
            self._run.remember_media(answer.body)
            self._me = answer
        return self._me

    def _identified(self) -> Answer:
        """By the token where it is a user's; by the handle where it is the app's, which stands for nobody."""
        endpoint = "users.me"
        answer = self._user("2/users/me", endpoint)
        self._run.is_user = answer.status == 200
        if answer.status in (403, 404):
            endpoint = "users.by_username"
            answer = self._user(f"2/users/by/username/{quote(self._handle, safe='')}", endpoint)
        if answer.status != 200:
            raise problem(answer, endpoint)
        self._spending.note(posts=0, price=0, others=0, users=1, at=answer.at)
        return answer

    def _user(self, path: str, endpoint: str) -> Answer:
        for wanted in fields.PROFILE_FIELDS:
            parameters = {"user.fields": wanted} if wanted else None
            answer = self._http.get(path, parameters, endpoint=endpoint, ok=OK)
            if answer.status != 400:
                break
        return answer

    # -- the rest

    def _messages(self, window: Window) -> Iterator[Step]:
        run = self._run
        if not self._account.harvest.messages:
            yield run.finding("H140", "info")
            return
        reason = run.down
        if not reason:
            messages = Messages(self._http, self._spending)
            for number, answer in enumerate(messages.read(), 1):
                run.remember_media(answer.body)
                yield run.capture(answer, "dm_events", "messages", {"page": number})
            reason = messages.reason
            if reason and messages.status in ABSENT:
                yield run.finding("H141", "warning")
                return
        run.stop(reason)
        yield ListingEnd(listing="messages", scope="", complete=not reason, since=window.since, reason=reason)

    def _gaps(self, window: Window) -> Iterator[Finding]:
        """Answers that cannot be had any more."""
        run = self._run
        if run.roots.older_answered:
            yield run.finding("H251", "info", count_threads=run.roots.older_answered)
        before = window.memory.get(_READ)
        days = (window.now - datetime.fromisoformat(before)).days if before else 0
        if days > SEARCHABLE.days:
            yield run.finding("H252", "warning", days=days)

    def _looked_up_alone(self, native: str) -> Lookup:
        """X left the id out of a joint look-up: neither there nor told to be gone."""
        if self._alone >= _ALONE:
            return Lookup(native=native, outcome="unclear")
        self._alone += 1
        answer = self._one(native)
        found = single(native, answer)
        if found.outcome == "found":
            self._witness = True
        elif wordless(answer) and self._witnessed(native):
            return Lookup(native=native, outcome="not_found")
        return found

    def _one(self, native: str) -> Answer:
        return self._http.get(f"2/tweets/{quote(native, safe='')}", endpoint="tweets.get", ok=OK)

    def _witnessed(self, native: str) -> bool:
        """A post that was listed tonight is found alone, so that a 404 without words is about the post asked for."""
        if self._failing:
            return False
        if self._witness is None:
            there = next((one for one in sorted(self._run.shown, reverse=True) if one != native), None)
            self._witness = there is not None and single(there, self._one(there)).outcome == "found"
        return self._witness

    def _refused(self, code: str, kind: str = "") -> ConnectionRefusedByPlatformError:
        finding = self._run.finding(code, "error")
        return ConnectionRefusedByPlatformError(replace(finding, parameters=(("kind", kind),)) if kind else finding)


def _stated(user: Mapping[str, Any]) -> int:
    """How many posts the account says it has; 0 where it does not."""
    metrics = user.get("public_metrics")
    counts = [metrics.get(name) for name in ("post_count", "tweet_count")] if isinstance(metrics, Mapping) else []
    return next((one for one in counts if type(one) is int), 0)
