"""Comments: what is new on the channel, the threads below single videos, and what visitors do not see.

A thread is complete when the public comments of its video, every answer below them, and the channel's comments of all
other moderation statuses were read. The newest comments of the channel help to find what is to be read; they prove
nothing by absence, since old comments that are edited or answered do not come up again.

Where the quota ends, it ends among the oldest: the time of the newest thread that was left is remembered, and the next
nights go on from there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from connectors.http import Answer, HttpError, Parameters
from connectors.platforms.youtube.comments import HELD, PUBLIC
from connectors.platforms.youtube.steps import Scribe, Step
from connectors.platforms.youtube.uploads import Uploads
from connectors.platforms.youtube.values import id_of, inner, moment, number, objects
from connectors.platforms.youtube.wire import STOPPING, RefusedError, Wire
from schemas.neighbours import ListingEnd, Window

BEFORE, SINCE, PASS = "platform.threads.before", "platform.threads.since", "platform.threads.pass"
"""Remembered of a pass that the quota cut: time of the newest thread left, how far back it reads, its name."""
YOUNG = timedelta(days=7)
"""Threads of younger videos are read first; those of older ones that we see for the first time, only if they have any."""
_PATIENCE = 3
"""Failed threads in a row after which the platform counts as down."""
_PAGE = 100
_THREAD_UNITS = 3


@dataclass(slots=True)
class _Thread:
    """One thread of tonight.

    Attributes:
        reason: finding code when it could not be read to its end. shown: threads that its listing had.
        closed: its comments are switched off.
    """

    reason: str = ""
    shown: int = 0
    closed: bool = False


class Discussion:
    """Reads comments once.

    Attributes:
        empty: the platform states comments and shows none: a permission is missing, and absence proves nothing.
        until: when the platform has us ask again, where it said so.
    """

    def __init__(self, wire: Wire, scribe: Scribe, window: Window, uploads: Uploads) -> None:
        self._wire = wire
        self._scribe = scribe
        self._window = window
        self._uploads = uploads
        self._light = window.horizon_name == "light"
        self._floor = wire.quota.reserve
        self._down = ""
        self._failures = 0
        self._discovered: dict[str, bool] = {}
        self._shown: set[str] = set()
        self._anything = False
        self._answered: set[str] = set()
        self._threads: dict[str, _Thread] = {}
        self._left: list[str] = []
        self._whole: str | None = None
        self._unproven = self._light
        self._held_reason = ""
        self._withheld = (0, 0)
        self._planned = False
        self._point = moment(window.memory.get(BEFORE, ""))
        self.empty = False
        self.until: datetime | None = None

    def read(self, threads: Iterable[str]) -> Iterator[Step]:
        """Captures, findings, and the end of every thread that was to be read. ``threads`` is read first of all."""
        named = dict.fromkeys(threads)
        if self._uploads.reason in STOPPING:
            self._down, self.until = self._uploads.reason, self._uploads.until
        else:
            yield from self._prepared(self._of_named(named))
            yield from self._prepared(self._newest())
        plan = self._plan(named)
        for done, native in enumerate(plan):
            self._wire.quota.kept = _THREAD_UNITS * (len(plan) - done)
            if self._down:
                self._left.append(native)
                continue
            yield from self._thread(native)
        if not self._light and self._down in ("", "H110"):
            yield from self._held()
        else:
            self._held_reason = self._down
        self._wire.quota.kept = 0
        yield from self._ends()

    @property
    def witness(self) -> str:
        """A public comment that was shown tonight; empty when there was none."""
        return min(self._shown, default="")

    def remember(self) -> dict[str, str]:
        """Where the next night goes on."""
        if self._light or not self._planned:
            return {}
        failed = [native for native, thread in self._threads.items() if thread.reason]
        unread = [time for native in (*self._left, *failed) if (time := self._uploads.times.get(native)) is not None]
        if not self._left or not unread:
            return {BEFORE: "", SINCE: "", PASS: ""}
        since, name = self._window.since, self._window.horizon_name
        if self._point is not None:
            earlier = self._earlier_since()
            wider = since is not None and (earlier is None or earlier < since)
            since, name = (earlier, self._window.memory.get(PASS, "")) if wider else (since, name)
        return {BEFORE: max(unread).isoformat(), SINCE: since.isoformat() if since else "", PASS: name}

    # -- what is to be read

    def _earlier_since(self) -> datetime | None:
        return moment(self._window.memory.get(SINCE, ""))

    def _plan(self, named: Mapping[str, None]) -> list[str]:
        """Threads to read: what is young, grown or has new comments first, then from the newest to the oldest."""
        self._planned = not self._uploads.reason
        young = self._window.now - YOUNG
        # What is discovered and not listed: the playlist was cut, or is behind.
        unlisted = [native for native in (*named, *self._discovered) if native not in self._uploads.times]
        plan: dict[str, tuple[int, float]] = dict.fromkeys(unlisted, (2, 0.0))
        for native, time in self._uploads.times.items():
            urgent = self._discovered.get(native, False) or native in named
            if urgent or self._is_due(native, time):
                first = urgent or time is None or time >= young
                plan[native] = (0 if first else 1, -(time or self._window.now).timestamp())
        return sorted(plan, key=plan.__getitem__)

    def _is_due(self, native: str, time: datetime | None) -> bool:
        now, since = self._window.now, self._window.since
        within = since is None or time is None or time >= since
        if time is None or time >= now - YOUNG:
            return within
        if native in self._uploads.silent:
            return False
        within = within or native in self._discovered
        if self._light or self._point is None:
            return within
        if time <= self._point:
            # Left by an earlier night, which may have read further back than this one.
            earlier = self._earlier_since()
            return within or earlier is None or time >= earlier
        return within and self._window.memory.get(PASS) != self._window.horizon_name

    # -- reading

    def _of_named(self, named: Iterable[str]) -> Iterator[Step]:
        """The named videos themselves: how many comments they state is what an empty list is held against."""
        yield from self._uploads.also([native for native in named if native in self._uploads.times])

    def _newest(self) -> Iterator[Step]:
        """The channel's newest comments down to ``since``."""
        wanted = {"allThreadsRelatedToChannelId": self._scribe.own}
        yield from self._walk(wanted, "newest", since=self._window.since)

    def _prepared(self, steps: Iterator[Step]) -> Iterator[Step]:
        if self._down:
            return
        try:
            yield from steps
        except RefusedError as error:
            if error.status == 403 and error.endpoint == "commentThreads.list":
                if error.reason != "commentsDisabled":
                    self._down = "H102"
                    yield self._scribe.finding("H269", "error")
            else:
                yield self._scribe.finding(error.code, "warning")
        except HttpError as error:
            yield from self._failed(error)

    def _thread(self, native: str) -> Iterator[Step]:
        thread = self._threads[native] = _Thread()
        try:
            if native in self._uploads.times or native in self._discovered:
                yield from self._of_video(native, thread)
            else:
                yield from self._of_unlisted(native, thread)
            self._failures = 0
        except RefusedError as error:
            thread.closed = error.reason == "commentsDisabled"
            # What was asked for by an id of unknown kind may be no video at all.
            gone = error.status == 404 or (error.status == 400 and native not in self._uploads.times)
            if not thread.closed and not gone:
                thread.reason = error.code
        except HttpError as error:
            if error.code == "H110":
                # Nothing is known of it: it is among those that are left.
                del self._threads[native]
                self._left.append(native)
            else:
                thread.reason = error.code
            yield from self._failed(error)

    def _failed(self, error: HttpError) -> Iterator[Step]:
        self._failures += error.retryable
        self.until = error.until or self.until
        if error.code in STOPPING:
            self._down = error.code
            if error.code != "H110":
                yield self._scribe.finding(error.code, "error")
        elif self._failures >= _PATIENCE:
            self._down = error.code
            yield self._scribe.finding("H136", "error")

    def _of_video(self, native: str, thread: _Thread) -> Iterator[Step]:
        if self._whole is None:
            try:
                yield from self._walk({"videoId": native}, "thread", video=native, replies=True, thread=thread)
            except RefusedError as error:
                if error.status != 400:
                    raise
                self._whole = ""
            if not thread.shown and native in self._discovered:
                # It has just shown a thread of this video: it does not know how to list one video's.
                self._whole = ""
            if self._whole is None:
                return
            yield from self._everything()
        thread.reason = self._whole or ""
        thread.shown = 1

    def _everything(self) -> Iterator[Step]:
        """All public comments of the channel: for a server that does not list those of one video."""
        try:
            yield from self._walk({"allThreadsRelatedToChannelId": self._scribe.own}, "thread", replies=True)
        except HttpError as error:
            self._whole = error.code
            yield from self._failed(error)

    def _of_unlisted(self, native: str, thread: _Thread) -> Iterator[Step]:
        """A comment whose parent is gone, or a video that is."""
        wanted = {"id": native, "part": "snippet", "textFormat": "plainText"}
        answer = self._ask("comments.list", wanted)
        found = next((one for one in objects(answer.body, "items") if id_of(one) == native), None)
        if found is None:
            yield from self._walk({"videoId": native}, "thread", video=native, replies=True, thread=thread)
            return
        yield self._scribe.capture(answer, "comments.list", "comments")
        if id_of(inner(found, "snippet"), "parentId") is None:
            yield from self._replies(native, {}, None, set())

    def _ask(self, endpoint: str, params: Parameters) -> Answer:
        return self._wire.get(endpoint, params, floor=self._floor)

    def _walk(
        self,
        wanted: Mapping[str, str],
        listing: str,
        *,
        video: str = "",
        status: str = PUBLIC,
        since: datetime | None = None,
        replies: bool = False,
        thread: _Thread | None = None,
    ) -> Iterator[Step]:
        """The pages of one listing of threads, and every answer below them. It has no time filter."""
        params: Parameters = {
            **wanted,
            "part": "snippet,replies",
            "order": "time",
            "maxResults": _PAGE,
            "textFormat": "plainText",
            **({"moderationStatus": status} if status != PUBLIC else {}),
        }
        context = {"status": status, **({"video": video} if video else {})}
        pages = self._wire.pages("commentThreads.list", params, floor=self._floor)
        for page, answer in enumerate(pages, 1):
            threads = objects(answer.body, "items")
            names = {native for one in threads if (native := id_of(_top(one)))}
            self._anything = self._anything or bool(threads)
            if status == PUBLIC:
                self._shown |= names
            shown = " ".join(sorted(names & self._shown))
            if not video:
                # A video that is not on record comes before its comments, else nobody would ever look for it.
                yield from self._uploads.missing([below for one in threads if (below := _video(one))])
            more = {"shown": shown} if shown else {}
            yield self._scribe.capture(answer, "commentThreads.list", listing, {**context, **more}, page=page)
            for one in threads:
                below = _video(one) or video
                if listing == "newest" and below and not _older(one, since):
                    fresh = not _older(one, self._window.now - YOUNG)
                    self._discovered[below] = fresh or self._discovered.get(below, False)
                if thread is not None and below == video:
                    thread.shown += 1
                if replies:
                    yield from self._answers(one, below, status)
            if threads and all(_older(one, since) for one in threads):
                return

    def _answers(self, thread: Mapping[str, Any], video: str, status: str) -> Iterator[Step]:
        """Answers that the page did not embed."""
        first = id_of(_top(thread))
        given = {native for one in objects(inner(thread, "replies"), "comments") if (native := id_of(one))}
        stated = number(inner(thread, "snippet").get("totalReplyCount"))
        if first is None or first in self._answered or (stated is not None and stated <= len(given)):
            return
        self._answered.add(first)
        yield from self._replies(first, {"video": video, "status": status}, stated, given)

    def _replies(self, parent: str, context: Mapping[str, str], stated: int | None, given: set[str]) -> Iterator[Step]:
        wanted: Parameters = {"parentId": parent, "part": "snippet", "maxResults": _PAGE, "textFormat": "plainText"}
        try:
            for page, answer in enumerate(self._wire.pages("comments.list", wanted, floor=self._floor), 1):
                given |= {native for one in objects(answer.body, "items") if (native := id_of(one))}
                kept = {name: value for name, value in context.items() if value}
                yield self._scribe.capture(answer, "comments.list", "replies", {**kept, "parent": parent}, page=page)
        except RefusedError as error:
            # Taken away since it was listed; where no answer is stated, there is none to be had.
            if error.status != 404 and stated is not None:
                raise
        if stated is not None and len(given) < stated:
            self._withheld = self._withheld[0] + len(given), self._withheld[1] + stated

    # -- what visitors do not see

    def _held(self) -> Iterator[Step]:
        """Comments held for review, taken for spam or rejected: of the whole channel, else video by video."""
        self._floor = self._wire.quota.reserve // 4
        channel = {"allThreadsRelatedToChannelId": self._scribe.own}
        try:
            for status in HELD:
                try:
                    yield from self._walk(channel, "held", status=status, replies=True)
                except RefusedError as error:
                    if error.reason != "commentsDisabled":
                        yield from self._held_by_video(status)
        except RefusedError:
            self._unproven = True
            yield self._scribe.finding("H263", "warning")
        except HttpError as error:
            self._held_reason = error.code
            yield from self._failed(error)

    def _held_by_video(self, status: str) -> Iterator[Step]:
        videos = [one for one, thread in self._threads.items() if one in self._uploads.times and not thread.closed]
        if not videos:
            self._unproven = True
        for native in videos:
            try:
                yield from self._walk({"videoId": native}, "held", video=native, status=status, replies=True)
            except RefusedError as error:
                if error.reason != "commentsDisabled" and error.status != 404:
                    raise

    # -- what came of it

    def _ends(self) -> Iterator[Step]:
        stated = {native: self._stated(native, thread) for native, thread in self._threads.items()}
        self.empty = not self._anything and any(stated.values())
        if self.empty:
            yield self._scribe.finding("H145", "error", count_stated=sum(stated.values()))
        if self._withheld[1]:
            shown, in_all = self._withheld
            yield self._scribe.finding("H132", "info", count_shown=shown, count_stated=in_all)
        for native, thread in self._threads.items():
            reason = thread.reason or self._held_reason or ("H145" if self.empty and stated[native] else "")
            # Comments that were switched off are neither shown nor taken away: nothing is claimed of them.
            doubtful = self._unproven or thread.closed or (stated[native] and not thread.shown)
            if doubtful and not reason:
                yield ListingEnd(listing="comments", scope=native, complete=True)
            else:
                yield self._end(native, reason)
        # The day's quota is the platform's, and the run's a part of it: either way it is for the next run.
        left = "H110" if self._down in ("H260", "") else self._down
        for native in self._left:
            yield self._end(native, left)

    def _stated(self, native: str, thread: _Thread) -> int:
        """How many comments a thread that was read says it has."""
        return 0 if thread.reason or thread.closed else self._uploads.stated.get(native) or 0

    def _end(self, native: str, reason: str) -> ListingEnd:
        return ListingEnd(
            listing="thread", scope=native, complete=not reason, reason=reason, kinds=("comment", "reply")
        )


def _top(thread: Mapping[str, Any]) -> Mapping[str, Any]:
    return inner(inner(thread, "snippet"), "topLevelComment")


def _video(thread: Mapping[str, Any]) -> str:
    return id_of(inner(thread, "snippet"), "videoId") or id_of(inner(_top(thread), "snippet"), "videoId") or ""


def _older(thread: Mapping[str, Any], since: datetime | None) -> bool:
    """The thread surely began before that."""
    began = moment(inner(_top(thread), "snippet").get("publishedAt"))
    return since is not None and began is not None and began < since
