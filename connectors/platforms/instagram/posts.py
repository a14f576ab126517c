"""Our own media, newest first, page by page; carousels are completed with their parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from connectors.graph import STOPPING, GraphError
from connectors.http import Answer
from connectors.platforms.instagram import fields
from connectors.platforms.instagram.asking import Asking, node
from connectors.platforms.instagram.values import count_of, id_of, listed, moment
from connectors.platforms.instagram.whose import Candidate
from schemas.finding import Severity

MEDIA_CAP = 10_000
"""So many of the newest media objects are listed at most; what is older is only in the export."""

_CHILDREN_ASKED = (",".join(fields.CHILD_ASKED), ",".join(fields.CHILD_CORE))


class Posts:
    """Reads our own listing from its newest page on.

    The listing ends at ``since`` only after a page that is older altogether, and not at all once its order has been
    seen to be broken. The parts of a carousel are put into it where the page did not show them all.

    Args:
        stated: tells how many media objects the account says it has; None = it does not say. Asked for at need.

    Attributes:
        reason: finding code when the listing could not be read to its end; empty otherwise.
    """

    def __init__(
        self, asking: Asking, me: Candidate, *, since: datetime | None, cap: int, stated: Callable[[], int | None]
    ) -> None:
        self._asking = asking
        self._me = me
        self._since = since
        self._cap = cap
        self._ask_stated = stated
        self._stated: int | None = None
        self._seen: dict[str, tuple[datetime | None, int | None]] = {}
        self._last: datetime | None = None
        self._disorder = 0
        self._partless = 0
        self._to_the_end = False
        self.reason = ""

    def has(self, native: str) -> bool:
        """The listing showed it."""
        return native in self._seen

    def stated_of(self, native: str) -> int | None:
        """How many comments the platform says it has."""
        return self._seen.get(native, (None, None))[1]

    def recent(self, since: datetime | None) -> Iterator[str]:
        """Ids of what was shown and is not older than ``since``, in order."""
        for native, (written, _) in self._seen.items():
            if since is None or written is None or written >= since:
                yield native

    def findings(self) -> Iterator[tuple[str, Severity, dict[str, str | int]]]:
        """Code, severity and parameters of what was odd."""
        if self._disorder:
            yield "H115", "warning", {}
        if self._partless:
            yield "H233", "warning", {}
        if self.reason == "H145" and self._stated:
            yield "H145", "error", {"count_stated": self._stated}
        elif not self.reason and self._to_the_end and self._stated is not None and self._stated > len(self._seen):
            yield "H234", "info", {"count_stated": self._stated, "count_shown": len(self._seen)}

    def read(self) -> Iterator[Answer]:
        """The pages. Afterwards ``reason`` says whether that was all."""
        pages = self._asking.pages(node(self._me.native, "media"), fields.MEDIA_ASKED, endpoint="media")
        incomplete = ""
        for answer in pages.read():
            page = listed(answer.body)
            for one in page:
                reason = self._complete(one)
                if reason:
                    # Without its parts it would look like another version: it is read the next night.
                    incomplete = reason
                    answer.body["data"].remove(one)
            self._note(page)
            yield answer
            if self._is_old(page):
                self.reason = incomplete
                return
            if len(self._seen) > self._cap:
                break
        self.reason = pages.reason or incomplete
        if self.reason:
            return
        self._stated = self._ask_stated()
        self._to_the_end = True
        if not self._seen and self._stated:
            self.reason = "H145"
        elif len(self._seen) >= self._cap and (self._stated is None or self._stated > len(self._seen)):
            self.reason = "H144"

    def _note(self, page: list[dict[str, Any]]) -> None:
        for one in page:
            native, written = id_of(one), moment(one.get("timestamp"))
            if native is None:
                continue
            if native in self._seen:
                self._disorder += 1
            elif written is not None:
                self._disorder += self._last is not None and written > self._last
                self._last = written
            self._seen[native] = written, count_of(one, "comments_count")

    def _is_old(self, page: list[dict[str, Any]]) -> bool:
        if self._since is None or self._disorder or not page:
            return False
        times = [moment(one.get("timestamp")) for one in page]
        return all(time is not None and time < self._since for time in times)

    def _complete(self, media: dict[str, Any]) -> str:
        """Put the parts into a carousel that does not show them all; gives a code when that failed for tonight."""
        if media.get("media_type") != "CAROUSEL_ALBUM":
            return ""
        native, children = id_of(media), media.get("children")
        paging = children.get("paging") if isinstance(children, dict) else None
        more = isinstance(paging, dict) and bool(paging.get("next"))
        files = [one for one in listed(children) if "media_url" in one or "media_type" in one]
        if native is None or (files and not more):
            return ""
        pages = self._asking.pages(node(native, "children"), _CHILDREN_ASKED, endpoint="media.children")
        parts = [one for answer in pages.read() for one in listed(answer.body)]
        if pages.reason:
            refused = isinstance(pages.error, GraphError) and not pages.error.retryable
            if not refused or pages.reason in STOPPING:
                return pages.reason
            self._partless += 1
        elif parts:
            media["children"] = {"data": parts}
        return ""
