"""One thread: the comments below a media object of ours, with all answers to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connectors.graph import GraphError
from connectors.http import Answer
from connectors.platforms.instagram import fields
from connectors.platforms.instagram.asking import Asking, Pages, node
from connectors.platforms.instagram.values import id_of, listed

LIMIT = 50
"""Comments per query, the most the platform gives; a full answer that names no next page may be cut."""
_INLINE = 25
"""Answers that stand in a comment at most; as many may be cut."""

Page = tuple[Answer, str, str]
"""An answer, the listing it belongs to (``thread`` or ``replies``), and the comment it lies below, or empty."""


_PATIENCE = 3
"""Threads in which asking for each comment's answers showed nothing new, after which it is not done any more."""


class Expansion:
    """How this server shows answers inside the comment they answer; learnt as the run goes on.

    Attributes:
        seen: it does. fruitless: threads in which asking for each comment's answers showed nothing new.
    """

    def __init__(self) -> None:
        self.seen = False
        self.fruitless = 0


class Thread:
    """Reads what lies below one media object or, where that is gone, below one comment.

    Args:
        stated: how many comments the platform says there are, answers included; None = it does not say.
        expansion: shared by the threads of a run.

    Attributes:
        reason: finding code when not everything could be read; empty otherwise.
        stated: as given; the caller may learn it later.
    """

    def __init__(self, asking: Asking, expansion: Expansion, stated: int | None) -> None:
        self._asking = asking
        self._expansion = expansion
        self.stated = stated
        self._shown: set[str] = set()
        self._visible: set[str] = set()
        self.reason = ""

    @property
    def shown(self) -> int:
        """How many comments were read."""
        return len(self._shown)

    def read(self, native: str) -> Iterator[Page]:
        """Everything below a media object.

        Raises:
            HttpError: the server could not be asked; what was read so far has been handed over.
        """
        unsure: list[str] = []
        untold: list[str] = []
        inside: list[str] = []
        pages = self._asking.pages(node(native, "comments"), fields.COMMENT_ASKED, endpoint="media.comments")
        most = 0
        for answer in pages.read():
            comments = listed(answer.body)
            most = max(most, len(comments))
            self._take(comments)
            for one in comments:
                self._mind(one, unsure, untold, inside)
            yield answer, "thread", ""
        self._settle(pages)
        for comment in unsure:
            yield from self.answers(comment)
        doubtful = untold if not self._expansion.seen else inside
        if self._lacks() and doubtful and self._expansion.fruitless < _PATIENCE:
            # Fewer than stated: answers may be cut, or not be shown inside comments at all. Asked for one by one.
            before = self.shown
            for comment in doubtful:
                yield from self.answers(comment)
            self._expansion.fruitless = self._expansion.fruitless + 1 if self.shown == before else 0
        if not pages.linked and most >= LIMIT and (self.stated is None or len(self._visible) < self.stated):
            self.reason = self.reason or "H148"

    def answers(self, native: str) -> Iterator[Page]:
        """Every answer to one comment. Raises HttpError as ``read``."""
        pages = self._asking.pages(node(native, "replies"), fields.REPLY_ASKED, endpoint="comment.replies")
        most = 0
        for answer in pages.read():
            replies = listed(answer.body)
            most = max(most, len(replies))
            self._take(replies)
            yield answer, "replies", native
        if isinstance(pages.error, GraphError) and pages.error.absent:
            return  # the comment was taken away between two requests
        self._settle(pages)
        if not pages.linked and most >= LIMIT and (self.stated is None or len(self._visible) < self.stated):
            self.reason = self.reason or "H148"

    def _lacks(self) -> bool:
        """Fewer were read than the platform says there are; or it does not say, and shows no answers inside."""
        if self.stated is None:
            return not self._expansion.seen
        return self.shown < self.stated

    def _mind(self, comment: dict[str, Any], unsure: list[str], untold: list[str], told: list[str]) -> None:
        """Note the comment if not all answers to it stand in it."""
        native = id_of(comment)
        if native is None:
            return
        if "replies" not in comment:
            untold.append(native)
            return
        self._expansion.seen = True
        replies = comment["replies"]
        inside = listed(replies)
        self._take(inside)
        paging = replies.get("paging") if isinstance(replies, dict) else None
        if (isinstance(paging, dict) and paging.get("next")) or len(inside) >= _INLINE:
            unsure.append(native)
        elif inside:
            told.append(native)

    def _take(self, comments: list[dict[str, Any]]) -> None:
        for one in comments:
            native = id_of(one)
            if native is not None:
                self._shown.add(native)
                if one.get("hidden") is not True:
                    self._visible.add(native)

    def _settle(self, pages: Pages) -> None:
        if pages.error is not None and not isinstance(pages.error, GraphError):
            raise pages.error
        if pages.error is not None and (pages.error.fault.throttled or pages.error.retryable):
            raise pages.error
        self.reason = self.reason or pages.reason
