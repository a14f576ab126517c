"""Asking LinkedIn: Rest.li's headers, the version, and what is done when we have asked too often."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from urllib.parse import urlsplit, urlunsplit

from connectors import pacing
from connectors.http import Answer, Budget, Http, HttpError
from connectors.platforms.linkedin.versions import versions_of
from schemas.account import Account
from schemas.neighbours import Clock, MediaBytes
from schemas.refusal import RefusedError

BASE = "https://api.linkedin.com"
BUDGET = Budget(total_wait=6 * 3600)
STOPPING = frozenset({"H101", "H105", "H110", "H111", "H139"})
"""Codes after which asking further is in vain tonight."""
UNSAID = frozenset({400, 403, 404, 405, 501})
"""Answers of an interface that is not there, or not for us."""
_DAILY = re.compile(r"\bday\b|daily", re.IGNORECASE)
_ATTEMPTS = 7
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 32.0
"""The pauses together last a minute: the portability lists are said to allow one request a minute."""


class Wire:
    """One account's way to LinkedIn; may be shared by threads.

    Attributes:
        version: the version asked for at present.
        refused: the versions that LinkedIn did not answer.
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
        self._versions = list(versions_of(account.option("api_version")))
        self.version = self._versions.pop(0)
        self.refused: list[str] = []
        self._budget = budget.within(account.harvest)
        base = _without_version(account.api_base or BASE)
        self._http = Http(base, name=account.name, clock=clock, budget=self._budget, sleep=sleep)
        self._http.authorize(secret or None)
        self._pace = _seconds(account.option("finder_seconds", "0"))
        self._paced = False
        self._kept: dict[str, Answer] = {}

    def probe(self, path: str, query: str, *, endpoint: str, method: str) -> Answer:
        """Whatever is answered, a refusal too; a good answer is given again to whoever asks for it next.

        Raises:
            HttpError: as ``get``.
        """
        answer = self.get(path, query, endpoint=endpoint, method=method, ok=(200, *UNSAID))
        if answer.status == 200:
            self._kept[f"rest/{path}?{query}"] = answer
        return answer

    def get(
        self, path: str, query: str = "", *, endpoint: str, method: str = "", ok: Collection[int] = (200,)
    ) -> Answer:
        """Read one answer.

        Args:
            path: below ``/rest/``, its parts encoded already.
            query: without the question mark, encoded already.
            endpoint: allow-listed name for messages and capture notes.
            method: Rest.li's name of what is asked for (``FINDER``, ``BATCH_GET``).
            ok: statuses that are answers.

        Raises:
            HttpError: H139 when the version has ended; H105 with ``until`` when the day's limit is used up.
        """
        target = f"rest/{path}?{query}" if query else f"rest/{path}"
        kept = self._kept.pop(target, None)
        if kept is not None:
            return kept
        for attempt in count(1):
            answer = self._http.get(
                target,
                endpoint=endpoint,
                ok=(*ok, 426, 429),
                headers=self._headers(method),
            )
            if answer.status == 429:
                self._wait(answer, endpoint, attempt)
            elif answer.status != 426:
                return answer
            else:
                self.refused.append(self.version)
                if not self._versions:
                    raise HttpError("H139", endpoint, 426)
                self.version = self._versions.pop(0)
        raise HttpError("H105", endpoint, 429, retryable=True)

    def change(self, method: str, path: str, query: str = "", *, endpoint: str) -> Answer:
        """Change something, once; ``method`` is HTTP's and Rest.li's name of it. Other arguments as ``get``.

        Raises:
            HttpError: as ``Http.once``; H139 when the version has ended.
        """
        target = f"rest/{path}?{query}" if query else f"rest/{path}"
        ok, headers = (200, 204, 426), self._headers(method)
        answer = self._http.once(method, target, endpoint=endpoint, ok=ok, headers=headers)
        if answer.status == 426:
            raise HttpError("H139", endpoint, 426, unsent=True)
        return answer

    def finder(self, path: str, query: str, *, endpoint: str, ok: Collection[int] = (200,)) -> Answer:
        """Read one page of a portability list, at the pace of the account file (``finder_seconds``)."""
        if self._paced and self._pace:
            self._http.pause(self._pace, endpoint=endpoint)
        self._paced = True
        return self.get(path, query, endpoint=endpoint, method="FINDER", ok=ok)

    def download(self, address: str, limit: int) -> MediaBytes:
        """Fetch an attachment; its address may be on another host. Raises MediaError."""
        return self._http.download(address, endpoint="media", limit=limit)

    def close(self) -> None:
        """Give back connections."""
        self._http.close()

    def _headers(self, method: str) -> Mapping[str, str]:
        headers = {"LinkedIn-Version": self.version, "X-Restli-Protocol-Version": "2.0.0"}
        return {**headers, "X-RestLi-Method": method} if method else headers

    def _wait(self, answer: Answer, endpoint: str, attempt: int) -> None:
        """Wait after a refusal. LinkedIn counts by the day, from midnight UTC, and sends no usage header."""
        if _is_daily(answer.body):
            raise HttpError("H105", endpoint, 429, retryable=True, until=_midnight(answer.at))
        wait = pacing.retry_after(answer.headers, answer.at)
        if wait is not None and wait > self._budget.max_wait:
            raise HttpError("H105", endpoint, 429, retryable=True, until=answer.at + timedelta(seconds=wait))
        if attempt > _ATTEMPTS:
            raise HttpError("H105", endpoint, 429, retryable=True)
        own = min(_FIRST_PAUSE * 2.0 ** (attempt - 1), _LONGEST_PAUSE)
        self._http.pause(own if wait is None else wait, endpoint=endpoint, status=429)


def _is_daily(body: object) -> bool:
    message = body.get("message") if isinstance(body, dict) else None
    return isinstance(message, str) and _DAILY.search(message[:2_000]) is not None


def _midnight(at: datetime) -> datetime:
    return (at.astimezone(UTC) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def _without_version(base: str) -> str:
    """The host's address, whether or not the account file's ends in ``/rest``."""
    parts = urlsplit(base)
    path = parts.path.rstrip("/")
    for ending in ("/rest", "/v2"):
        path = path.removesuffix(ending)
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def _seconds(text: str) -> float:
    if not (text.isascii() and text.isdigit() and len(text) < 5):
        raise RefusedError("options.finder_seconds", text, "write a number of seconds, 0 for none")
    return float(text)
