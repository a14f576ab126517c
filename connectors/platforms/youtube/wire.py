"""Asking the Data API: addresses, what each request costs, refusals by their reason, pages by their token."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from connectors import pacing
from connectors.http import Answer, Budget, Http, HttpError, Parameters
from connectors.oauth import access_token, is_grant
from connectors.platforms.youtube.quota import COSTS, Quota
from schemas.account import Account
from schemas.neighbours import Clock, MediaBytes, MediaError

BASE = "https://www.googleapis.com"
TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
PATH = "youtube/v3/"
STOPPING = frozenset({"H101", "H105", "H110", "H111", "H260"})
"""Codes after which asking further is in vain tonight."""
PAGE_CAP = 2_000
"""Pages per listing; reaching it is reported."""
_PATHS = {
    "channels.list": "channels",
    "playlistItems.list": "playlistItems",
    "videos.list": "videos",
    "commentThreads.list": "commentThreads",
    "comments.list": "comments",
    "captions.list": "captions",
    "subscriptions.list": "subscriptions",
}
_CHANGES = {
    "comments.delete": ("DELETE", "comments"),
    "comments.setModerationStatus": ("POST", "comments/setModerationStatus"),
}
_DAY_IS_OVER = frozenset({"quotaExceeded", "dailyLimitExceeded"})
_TOO_FAST = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED"})
_BAD_TOKEN = frozenset({"authError", "keyInvalid", "API_KEY_INVALID"})
_CODES = {400: "H127", 403: "H102", 404: "H103"}
_ANSWERS = (200, 400, 403, 404, 429)
_LONGEST_PAUSE = 32.0


class RefusedError(HttpError):
    """The platform refuses this request and says why.

    Attributes:
        reason: the platform's word (``commentsDisabled`` …), or empty.
    """

    def __init__(self, code: str, endpoint: str, status: int, reason: str) -> None:
        super().__init__(code, endpoint, status)
        self.reason = reason


class Wire:
    """Asks one request at a time, so that the quota is counted exactly.

    Args:
        account: ``api_base`` with or without the path ``/youtube/v3``.
        token: the access token.
        quota: where units are counted.
        page_cap: pages per listing.
    """

    def __init__(
        self,
        account: Account,
        token: str | None,
        clock: Clock,
        quota: Quota,
        *,
        budget: Budget,
        page_cap: int,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        base = (account.api_base or BASE).rstrip("/")
        self.prefix = "" if base.endswith(("/youtube/v3", "/v3")) else PATH
        self.quota = quota
        self._clock = clock
        self._budget = budget
        self._page_cap = page_cap
        self._lock = threading.RLock()
        self._jitter = random.Random()  # noqa: S311  # spreads waits, guards nothing
        self._http = Http(base, name=account.name, clock=clock, budget=budget, sleep=sleep)
        # Pictures cost no units and are fetched beside the listings: their requests must not be counted as units.
        self._files = Http(base, name=account.name, clock=clock, budget=budget, sleep=sleep)
        self._grant = token if is_grant(token) else None
        self._sleep = sleep
        if self._grant is None:
            self._authorize(token)

    def _authorize(self, token: str | None) -> None:
        for one in (self._http, self._files):
            one.authorize(token or None)

    def _log_in(self) -> None:
        """Turn a grant into an access token, once a run."""
        if self._grant is not None:
            grant, self._grant = self._grant, None
            name = self._http.name
            token = access_token(grant, TOKEN_URL, name=name, clock=self._clock, budget=self._budget, sleep=self._sleep)
            self._authorize(token)

    def close(self) -> None:
        """Give back connections."""
        self._http.close()
        self._files.close()

    def get(self, endpoint: str, params: Parameters, *, floor: int = 0) -> Answer:
        """One answer; its body is an object.

        Args:
            endpoint: the method's documented name.
            params: query parameters.
            floor: units that must be left after it.

        Raises:
            RefusedError: the platform refuses this request.
            HttpError: it could not be answered; H110 when ``floor`` forbids asking, H260 when the day is used up.
        """
        cost = COSTS.get(endpoint, 1)
        with self._lock:
            self._log_in()
            for attempt in range(self._budget.attempts):
                self._check(endpoint, cost, floor)
                answer = self._asked(endpoint, params, cost)
                if answer.status == 200:
                    if not isinstance(answer.body, dict):
                        raise HttpError("H128", endpoint, 200)
                    return answer
                self._refused(endpoint, answer)
                if attempt + 1 < self._budget.attempts:
                    self._http.pause(self._wait(answer, attempt), endpoint=endpoint, status=answer.status)
        raise HttpError("H105", endpoint, 403, retryable=True)

    def change(self, endpoint: str, params: Parameters) -> Answer:
        """Change something, once; the answer has status 200 or 204.

        Args:
            endpoint: the method's documented name, one of ``_CHANGES``. params: query parameters.

        Raises:
            RefusedError: the platform refuses it. HttpError: as ``Http.once``; H260 when the day is used up.
        """
        cost = COSTS[endpoint]
        method, path = _CHANGES[endpoint]
        with self._lock:
            try:
                self._log_in()
                self._check(endpoint, cost, 0)
            except HttpError as error:
                raise HttpError(error.code, endpoint, error.status, until=error.until, unsent=True) from None
            ok = (*_ANSWERS, 204)
            self.quota.spend(cost)
            answer = self._http.once(method, self.prefix + path, params=params, endpoint=endpoint, ok=ok)
            if answer.status not in (200, 204):
                self._refused(endpoint, answer)
                raise HttpError("H105", endpoint, answer.status, retryable=True)
            return answer

    def pages(self, endpoint: str, params: Parameters, *, floor: int = 0) -> Iterator[Answer]:
        """Every page of a listing; their bodies have a list ``items``.

        Raises:
            HttpError: as ``get``; H114 for a listing that goes in circles, H113 for one that does not end.
        """
        token, used = "", set[str]()
        for _ in range(self._page_cap):
            answer = self.get(endpoint, {**params, "pageToken": token} if token else params, floor=floor)
            if not isinstance(answer.body.get("items", []), list):
                raise HttpError("H128", endpoint, 200)
            yield answer
            following = answer.body.get("nextPageToken")
            if not isinstance(following, str) or not following:
                return
            if following in used:
                raise HttpError("H114", endpoint)
            used.add(following)
            token = following
        raise HttpError("H113", endpoint)

    def picture(self, address: str, limit: int) -> MediaBytes:
        """Fetch a picture, on whatever host. Raises MediaError."""
        return self._files.download(address, endpoint="media", limit=limit)

    def caption(self, track: str, form: str, limit: int, *, floor: int) -> MediaBytes:
        """Fetch a caption file.

        Raises:
            MediaError: H262 when the quota does not suffice; the transport's code otherwise.
        """
        cost = COSTS["captions.download"]
        with self._lock:
            if self.quota.left() - cost < floor:
                raise MediaError("H262")
            before = self._http.requests
            try:
                found = self._http.download(
                    f"{self.prefix}captions/{track}",
                    endpoint="captions.download",
                    limit=limit,
                    params={"tfmt": form},
                    same_host=True,
                )
            except MediaError:
                self.quota.spend(max(1, self._http.requests - before))
                raise
            self.quota.spend(cost + self._http.requests - before - 1)
            return found

    def _check(self, endpoint: str, cost: int, floor: int) -> None:
        left = self.quota.left()
        if left <= 0:
            raise HttpError("H260", endpoint, retryable=True, until=self.quota.until())
        if left - cost < floor:
            raise HttpError("H110", endpoint, retryable=True)

    def _asked(self, endpoint: str, params: Parameters, cost: int) -> Answer:
        before = self._http.requests
        status = 0
        try:
            answer = self._http.get(f"{self.prefix}{_PATHS[endpoint]}", params, endpoint=endpoint, ok=_ANSWERS)
            status = answer.status
        finally:
            # A refused request costs at least one unit.
            self.quota.spend(self._http.requests - before - 1 + (cost if status == 200 else 1))
        return answer

    def _refused(self, endpoint: str, answer: Answer) -> None:
        """Raise, unless asking again after a pause may help."""
        reason = reason_of(answer.body)
        if reason in _DAY_IS_OVER:
            self.quota.exhaust()
            raise HttpError("H260", endpoint, answer.status, retryable=True, until=self.quota.until())
        if answer.status == 429 or reason in _TOO_FAST:
            return
        code = "H101" if reason in _BAD_TOKEN else _CODES[answer.status]
        raise RefusedError(code, endpoint, answer.status, reason)

    def _wait(self, answer: Answer, attempt: int) -> float:
        asked = pacing.retry_after(answer.headers, self._clock.now())
        own = min(self._budget.first_pause * 2.0**attempt, _LONGEST_PAUSE) * (0.5 + self._jitter.random() / 2)
        return own if asked is None else asked


def reason_of(body: Any) -> str:
    """Why the platform refuses, in its own word: an identifier, else empty."""
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return ""
    for name in ("errors", "details"):
        several = error.get(name)
        for one in several if isinstance(several, list) else ():
            reason = one.get("reason") if isinstance(one, dict) else None
            if isinstance(reason, str) and reason:
                return reason[:60]
    status = error.get("status")
    return status[:60] if isinstance(status, str) else ""
