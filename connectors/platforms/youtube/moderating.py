"""What a YouTube channel may take away and hide by itself, and how it is asked for.

Source: YouTube Data API v3 (``comments.setModerationStatus``, ``comments.delete``), from its description and from
knowledge. The token needs ``MODERATION_SCOPES``. Each act costs 50 units of the day's quota.

* ``remove``: our own comments and answers. Films are taken away by a person in YouTube Studio, and a visitor's comment
  can be deleted by its writer alone.
* ``hide``: a visitor's comment is *rejected*, after which nobody but the channel sees it.
* ``block``: YouTube offers it together with rejecting a comment only, so **the comment goes as well**.
* ``notify``: not offered.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from connectors.http import Answer, Budget, HttpError
from connectors.moderating import ALREADY, BY_HAND, DONE, UNCLEAR, UNKNOWN_ID, Acting, before
from connectors.platforms.youtube.comments import HIDDEN_BY
from connectors.platforms.youtube.quota import Quota
from connectors.platforms.youtube.session import YouTubeSession, units_of
from connectors.platforms.youtube.values import objects
from connectors.platforms.youtube.wire import PAGE_CAP, Wire
from schemas.account import Account
from schemas.neighbours import (
    Clock,
    ConnectionRefusedByPlatformError,
    Lookup,
    Moderated,
    ModerationAct,
    PlatformError,
    Session,
)

_COMMENT = "Ug"
"""Beginning of a comment's id."""
_PAGES = 20
"""Pages of a list that are looked through."""
_NATIVE = re.compile(r"[A-Za-z0-9_.-]{1,200}")


class YouTubeModerator(Acting):
    """See the module and ``connectors.moderating.Acting``.

    Raises:
        RefusedError: the option ``units`` is no number.
    """

    OWN = frozenset({"remove"})
    OTHERS = frozenset({"hide", "block"})

    def __init__(self, account: Account, secret: str, clock: Clock, *, budget: Budget | None = None) -> None:
        super().__init__(account, secret, clock, budget=budget)
        quota = Quota(units_of(account), clock)
        self._wire = Wire(account, secret, clock, quota, budget=self._budget, page_cap=PAGE_CAP)
        self._own = ""

    def look_up(self, native: str) -> Lookup:
        """As everywhere; the list by id does not tell what is held or rejected, so those lists are looked through."""
        answer = super().look_up(native)
        if answer.outcome != "found" or answer.hidden or not native.startswith(_COMMENT):
            return answer
        try:
            if self._is_held(native):
                return Lookup(native=native, outcome="found", hidden=True, cause="us")
        except (PlatformError, ConnectionRefusedByPlatformError):
            return Lookup(native=native, outcome="unclear")
        return answer

    def _is_held(self, native: str) -> bool:
        """The comment stands in one of the lists that only the channel sees. Raises HttpError."""
        comment = self._one("comments.list", native, "id,snippet") or {}
        snippet = comment.get("snippet")
        film = snippet.get("videoId") if isinstance(snippet, dict) else None
        if not film and not self._own:
            self._connect()
        where = {"videoId": str(film)} if film else {"allThreadsRelatedToChannelId": self._own}
        for status in HIDDEN_BY:
            more = {"moderationStatus": status, "part": "id,snippet,replies", "maxResults": "100"}
            for answer in islice(self._wire.pages("commentThreads.list", {**where, **more}), _PAGES):
                if any(native in _ids_in(one) for one in objects(answer.body, "items")):
                    return True
        return False

    def close(self) -> None:
        """Give back connections."""
        self._wire.close()

    def _connect(self) -> None:
        session = YouTubeSession(self._account, self._secret, self._clock, budget=self._budget)
        try:
            self._own = session.health().native
            self._wire.prefix = session.prefix
        finally:
            session.close()

    def _act(self, act: ModerationAct, native: str, author: str | None, text: str) -> Moderated:  # noqa: ARG002
        if not _NATIVE.fullmatch(native):
            return UNKNOWN_ID
        comment = before(lambda: self._one("comments.list", native, "id,snippet"))
        if comment is None:
            film = before(lambda: self._one("videos.list", native, "id"))
            return ALREADY if film is None else BY_HAND
        if self._is_own(comment):
            return _said(self._wire.change("comments.delete", {"id": native})) if act == "remove" else BY_HAND
        if act == "remove":
            return BY_HAND
        wanted = {"id": native, "moderationStatus": "rejected"}
        if act == "block":
            wanted["banAuthor"] = "true"
        return _said(self._wire.change("comments.setModerationStatus", wanted))

    def _one(self, endpoint: str, native: str, part: str) -> dict[str, Any] | None:
        try:
            body = self._wire.get(endpoint, {"id": native, "part": part}).body
        except HttpError as error:
            if error.status == 404:
                return None
            raise
        return next((one for one in objects(body, "items") if one.get("id") == native), None)

    def _is_own(self, comment: dict[str, Any]) -> bool:
        snippet = comment.get("snippet")
        author = snippet.get("authorChannelId") if isinstance(snippet, dict) else None
        return isinstance(author, dict) and author.get("value") == self._own

    def _session(self) -> Session:
        return YouTubeSession(self._account, self._secret, self._clock, budget=self._budget)


def _ids_in(thread: dict[str, Any]) -> set[object]:
    """Ids of a thread's comments that stand in the answer; a whole thread has its first comment's id."""
    replies = thread.get("replies")
    several = replies.get("comments") if isinstance(replies, dict) else None
    answers = {one.get("id") for one in several if isinstance(one, dict)} if isinstance(several, list) else set()
    snippet = thread.get("snippet")
    top = snippet.get("topLevelComment") if isinstance(snippet, dict) else None
    shown = isinstance(snippet, dict) and snippet.get("isPublic") is True
    return answers | ({top.get("id")} if isinstance(top, dict) and not shown else set())


def _said(answer: Answer) -> Moderated:
    return DONE if answer.status == 204 else UNCLEAR
