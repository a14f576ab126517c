"""Our own videos: the playlist of uploads in full, the videos that are due, and their caption tracks."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping
from datetime import datetime
from typing import Any

from connectors.http import Answer, HttpError, Parameters
from connectors.platforms.youtube import fields
from connectors.platforms.youtube.quota import COSTS
from connectors.platforms.youtube.reading import picture_addresses, track_of, wants_captions
from connectors.platforms.youtube.steps import Scribe, Step
from connectors.platforms.youtube.values import id_of, inner, moment, number, objects
from connectors.platforms.youtube.wire import RefusedError, Wire
from schemas.finding import Finding, Severity
from schemas.neighbours import ListingEnd, Window

BEFORE = "platform.captions.before"
"""Remembered: videos published up to then still wait for their caption tracks."""
_BATCH = 50
_PER_FILM = COSTS["captions.list"] + COSTS["captions.download"]
_THREAD_UNITS = 3
"""Units kept for the comments of one video while caption tracks are asked for."""
_OVERHEAD = 30
_NO_PLAYLIST = "playlistNotFound"


class Uploads:
    """Reads the playlist of uploads once.

    The playlist is always read to its end: it costs a unit for 50 videos, has no time filter, and is ordered by the
    day of upload, not of publication. The videos themselves are asked for when they were published after ``since``.

    Args:
        channel: ours. signed: takes the addresses of pictures, as kept → as they can be asked for in this run.

    Attributes:
        times: of every upload its time of publication; None where the playlist does not say.
        stated: how many comments a video of tonight says it has.
        silent: videos that are not on record and state no comment: nothing below them can be missed.
        reason: finding code when the listing could not be read to its end; empty otherwise.
        until: when the platform has us ask again, where it said so.
    """

    def __init__(
        self, wire: Wire, scribe: Scribe, window: Window, channel: Mapping[str, Any], signed: dict[str, str]
    ) -> None:
        self._wire = wire
        self._scribe = scribe
        self._window = window
        self._light = window.horizon_name == "light"
        self._playlist = id_of(inner(inner(channel, "contentDetails"), "relatedPlaylists"), "uploads")
        self._videos_stated = number(inner(channel, "statistics").get("videoCount")) or 0
        self._waiting = moment(window.memory.get(BEFORE, ""))
        self._parts = f"{fields.BASIC_PARTS},{fields.MORE_PARTS}"
        self._new = self._live = self._unread = self._refused = 0
        self._left: list[datetime | None] = []
        self._found = 0
        self.times: dict[str, datetime | None] = {}
        self.stated: dict[str, int | None] = {}
        self.silent: set[str] = set()
        self._signed = signed
        self.reason = ""
        self.until: datetime | None = None

    def read(self) -> Iterator[Step]:
        """Captures and findings, then the end of the listing ``posts``."""
        try:
            yield from self._entries()
            newest = sorted(self.times.items(), key=lambda one: one[1] or self._window.now, reverse=True)
            due = [native for native, time in newest if self._is_due(time)]
            older = [native for native, time in newest if self._waits(time)]
            self._wire.quota.kept = _OVERHEAD + _THREAD_UNITS * len(due)
            for batch in _batches(due):
                yield from self._videos(batch)
            for batch in _batches(older):
                if not self._may_caption():
                    self._left.extend(self.times[native] for native in older)
                    break
                yield from self._videos(batch, only_captions=True)
            if due and not self._found:
                self.reason = "H145"
                yield self._scribe.finding("H145", "error", count_stated=len(due))
        except HttpError as error:
            self.reason, self.until = error.code, error.until
            yield self._scribe.finding(error.code, "error")
        yield from self._findings()
        yield ListingEnd(
            listing="posts",
            scope="",
            complete=not self.reason,
            since=self._window.since,
            reason=self.reason,
            kinds=("post",),
        )

    def also(self, natives: list[str]) -> Iterator[Step]:
        """Videos that are read beside those of the listing, for their comments' sake."""
        for batch in _batches([one for one in dict.fromkeys(natives) if one not in self.stated]):
            yield from self._videos(batch)

    def missing(self, natives: list[str]) -> Iterator[Step]:
        """Those of the videos that are neither read tonight nor on record."""
        unread = [one for one in dict.fromkeys(natives) if one not in self.stated]
        if unread:
            known = self._window.known(unread)
            yield from self.also([one for one in unread if one not in known])

    def remember(self) -> dict[str, str]:
        """Where the next night goes on with captions."""
        if self._light or self.reason:
            return {}
        times = [time for time in self._left if time is not None]
        return {BEFORE: max(times).isoformat() if times else ""}

    # -- the playlist

    def _entries(self) -> Iterator[Step]:
        if self._playlist is None:
            self.reason = "H128"
            yield self._scribe.finding("H128", "error")
            return
        wanted: Parameters = {"playlistId": self._playlist, "maxResults": _BATCH, "part": fields.UPLOAD_PARTS}
        try:
            for page, answer in enumerate(self._wire.pages("playlistItems.list", wanted), 1):
                yield self._scribe.capture(answer, "playlistItems.list", "uploads", page=page)
                times = dict(filter(None, map(_entry, objects(answer.body, "items"))))
                for native, time in times.items():
                    self.times.setdefault(native, time)
                if self._light and times and not any(map(self._is_due, times.values())):
                    break
        except RefusedError as error:
            # A channel without a video has no such playlist.
            if not (error.status == 404 and error.reason in (_NO_PLAYLIST, "") and not self._videos_stated):
                raise
        if not self.times and self._videos_stated:
            self.reason = "H145"
            yield self._scribe.finding("H145", "error", count_stated=self._videos_stated)

    def _is_due(self, time: datetime | None) -> bool:
        return self._window.since is None or time is None or time >= self._window.since

    def _waits(self, time: datetime | None) -> bool:
        """Older than what is due, but its captions may not have been asked for yet."""
        if self._light or self._waiting is None or time is None or self._is_due(time):
            return False
        return time <= self._waiting

    # -- the videos

    def _videos(self, batch: list[str], *, only_captions: bool = False) -> Iterator[Step]:
        known = self._window.known(batch)
        answer = yield from self._asked(batch)
        shown = {id_of(one): one for one in objects(answer.body, "items")}
        found = {native: shown[native] for native in batch if native in shown}
        self._found += len(found)
        self._unread += len(batch) - len(found)
        context = {"parts": "all" if fields.MORE_PARTS in self._parts else "basic"}
        taken = []
        for native, video in found.items():
            identity = known.get(native)
            if identity:
                context[f"known:{native}"] = identity
            tracks = yield from self._tracks(native, video, identity)
            if tracks is not None:
                context[f"tracks:{native}"] = tracks
            if tracks is not None or not only_captions:
                taken.append(video)
            if not only_captions:
                self.stated[native] = number(inner(video, "statistics").get("commentCount"))
                if native not in known and self.stated[native] == 0:
                    self.silent.add(native)
                self._new += native not in known
                self._live += native not in known and bool(inner(video, "liveStreamingDetails"))
            self._signed.update(pair for pair in picture_addresses(video) if pair[0] != pair[1])
        body = {**answer.body, "items": taken} if only_captions else None
        if taken or not only_captions:
            yield self._scribe.capture(answer, "videos.list", "posts", context, body=body)

    def _asked(self, batch: list[str]) -> Generator[Step, None, Answer]:
        wanted: Parameters = {"id": ",".join(batch), "part": self._parts}
        try:
            return self._wire.get("videos.list", wanted)
        except RefusedError as error:
            if error.status == 404 or self._parts == fields.BASIC_PARTS:
                raise
        answer = self._wire.get("videos.list", {**wanted, "part": fields.BASIC_PARTS})
        self._parts = fields.BASIC_PARTS
        yield self._scribe.finding("H266", "warning")
        return answer

    # -- caption tracks

    def _may_caption(self) -> bool:
        quota = self._wire.quota
        return quota.left() - quota.kept - quota.promised - quota.reserve >= _PER_FILM

    def _tracks(self, native: str, video: Mapping[str, Any], known: str | None) -> Generator[Step, None, str | None]:
        """The video's caption tracks, JSON; None when they are not asked for."""
        if self._light or not wants_captions(video, known):
            return None
        if not self._may_caption():
            self._left.append(self.times.get(native))
            return None
        try:
            answer = self._wire.get("captions.list", {"videoId": native, "part": "snippet"})
        except RefusedError:
            # Asked again when the video changes, not every night: it costs 50 units.
            self._refused += 1
            return "[]"
        except HttpError as error:
            if not error.retryable:
                raise
            # The video is handed over all the same; what ends the night ends it at the next request.
            self._left.append(self.times.get(native))
            return None
        yield self._scribe.capture(answer, "captions.list", "captions")
        tracks = [one for one in map(track_of, objects(answer.body, "items")) if one is not None]
        self._wire.quota.promised += COSTS["captions.download"] * len(tracks)
        return json.dumps(sorted(tracks, key=lambda one: one["id"]))

    def _findings(self) -> Iterator[Finding]:
        counted: tuple[tuple[str, Severity, int], ...] = (
            ("H264", "info", self._new),
            ("H265", "info", self._live),
            ("H267", "warning", 0 if self.reason == "H145" else self._unread),
            ("H268", "warning", self._refused),
            ("H261", "warning", len(self._left)),
        )
        for code, severity, count in counted:
            if count:
                yield self._scribe.finding(code, severity, count_films=count)


def _entry(entry: Mapping[str, Any]) -> tuple[str, datetime | None] | None:
    """A video's id and the latest time that its entry tells."""
    details, snippet = inner(entry, "contentDetails"), inner(entry, "snippet")
    native = id_of(details, "videoId") or id_of(inner(snippet, "resourceId"), "videoId")
    if native is None:
        return None
    times = [moment(details.get("videoPublishedAt")), moment(snippet.get("publishedAt"))]
    return native, max((time for time in times if time is not None), default=None)


def _batches(natives: list[str]) -> Iterator[list[str]]:
    for begin in range(0, len(natives), _BATCH):
        yield natives[begin : begin + _BATCH]
